"""A script as a workbook for translators and doctors, and back."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import BrokenScript
from bot.commands.drafts import save_draft
from bot.commands.scripts import script_path
from bot.commands.shell import FINE, PROBLEMS, Shell, opened
from bot.core.text import fill
from bot.export.flow_sheet import TooLong, flow_sheet, read_sheet
from bot.i18n import N_
from bot.script.compile import compile_script
from bot.script.messages import language_name
from bot.script.problems import render, render_all
from bot.script.rows import NUMBER
from bot.script.taking import Taken, take
from bot.service.drafts import Pulled
from bot.store.database import Trouble

app = typer.Typer()

_Draft = Annotated[bool, typer.Option("--draft", help=N_("The study's draft in the database, not a file."))]


@app.command(
    "sheet",
    help=N_(
        "Write a script as a workbook (XLSX) in which translators and doctors edit its texts and limits."
    ),
)
def sheet(
    context: typer.Context,
    flow: str,
    output: Annotated[Path, typer.Option("--output", "-o", help=N_("The file to write, .xlsx."))],
    draft: _Draft = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        given = _given(shell, flow, draft)
        try:
            made = flow_sheet(given.source, given.name)
        except TooLong as found:
            shell.fail(render(found.problem, [], shell.language))
            raise typer.Exit(PROBLEMS) from None
        if made is None:
            raise BrokenScript(compile_script(given.source, given.name))
        if output.exists():
            raise Trouble("file_there", str(output))
        _write(output, made)
        sys.stdout.write(f"{output}\n")


@app.command(
    "take", help=N_("Say what an edited workbook would change in its script; with --apply, change it.")
)
def take_sheet(
    context: typer.Context,
    flow: str,
    workbook: Path,
    apply: Annotated[bool, typer.Option("--apply", help=N_("Write the changes."))] = False,
    draft: _Draft = False,
    by: Annotated[str, typer.Option(help=N_("Whose change it is, for a draft."))] = "",
) -> None:
    shell: Shell = context.obj
    with shell.careful():
        given = _given(shell, flow, draft)
        try:
            data = workbook.read_bytes()
        except OSError as problem:
            raise Trouble("unreadable_workbook", f"{workbook}: {problem.strerror}") from None
        taken = take(given.source, given.name, read_sheet(data, str(workbook)))
        sys.stdout.writelines(f"{line}\n" for line in _told(taken, shell))
        for problems, source in ((taken.problems, ""), (taken.compiled.problems, taken.compiled.source)):
            if problems:
                shell.fail(render_all(problems, source, shell.language))
        if not taken.whole:
            shell.fail(
                shell.tr(
                    N_(
                        "The workbook cannot be taken like this: put right what is said of it, and take it again. The script stays as it is."
                    )
                )
            )
        elif apply and taken.changes:
            _apply(shell, given, taken, by)
    raise typer.Exit(FINE if taken.whole and taken.compiled.flow is not None else PROBLEMS)


@dataclass(frozen=True, slots=True)
class _Given:
    """A script of a file, or one pulled out of the database."""

    source: bytes
    name: str
    path: Path | None = None
    pulled: Pulled | None = None


def _given(shell: Shell, flow: str, draft: bool) -> _Given:
    if draft:
        with opened(shell, "prescreen flows take") as parts:
            copy = parts.drafts.pull(flow)
            words = N_("draft {revision} of {study}")
            values = {"study": flow, "revision": str(copy.pulled.revision)}
            return _Given(copy.source, fill(shell.tr(words), values), pulled=copy.pulled)
    path = script_path(flow, shell.settings())
    try:
        return _Given(path.read_bytes(), str(path), path)
    except OSError as problem:
        raise Trouble("unreadable_script", f"{path}: {problem.strerror}") from None


def _apply(shell: Shell, given: _Given, taken: Taken, by: str) -> None:
    if given.path is not None:
        _write(given.path, taken.source)
        changed = str(given.path)
    else:
        with opened(shell, "prescreen flows take") as parts:
            saved = save_draft(shell, parts, taken.source, by, given.pulled)
            values = {"study": saved.study, "revision": str(saved.revision)}
            changed = fill(shell.tr(N_("draft {revision} of {study}")), values)
    words = shell.tr(N_("Changes written to {where}: {count}"))
    sys.stdout.write(fill(words, {"count": str(len(taken.changes)), "where": changed}) + "\n")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as problem:
        raise Trouble("unwritable_file", f"{path}: {problem.strerror}") from None


def _told(taken: Taken, shell: Shell) -> Iterator[str]:
    """Each change with the words before and after, what was noted, and how many there are."""
    for change in taken.changes:
        yield change.place[shell.language]
        for language, new in change.new.items():
            yield from _beside(language, change.old[language], new)
        for language in change.left_behind:
            words = shell.tr(N_("The text in {language} did not change with it."))
            yield "  ! " + fill(words, {"language": language_name(language)[shell.language].strip()})
        yield ""
    for place, note in taken.notes:
        values = {"place": place[shell.language], "note": note}
        yield fill(shell.tr(N_("Note on {place}: {note}")), values)
    words = N_("Changes: {count}") if taken.changes else N_("Nothing would change.")
    yield fill(shell.tr(words), {"count": str(len(taken.changes))})


def _beside(language: str, old: str, new: str) -> Iterator[str]:
    """Old beside new, a line each; one line where nothing changed."""
    marked = [("-", old), ("+", new)] if old != new else [(" ", new)]
    for mark, text in marked:
        for line in text.split("\n"):
            yield f"  {mark} {line}" if language == NUMBER else f"  {mark} {language}  {line}"
