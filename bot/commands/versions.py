"""What is made of a script's versions: what changed, the drawing, the committee's document, past answers anew."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import App, BrokenScript, read_script
from bot.commands.options import By, Json
from bot.commands.scripts import script_path
from bot.commands.shell import Shell, moment, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.script.diff import Change, diff, lines
from bot.script.drawing import drawing, mermaid
from bot.script.library import SCRIPT_NAME
from bot.script.life import Version
from bot.script.words import listed
from bot.service.publishing import Refused
from bot.service.replay import Report
from bot.staff.words import STATES, VERDICTS
from bot.store.database import Trouble

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Named:
    """A version, and what it is called in a report."""

    version: Version
    title: str


class Lookup(AbstractContextManager["Lookup"]):
    """Versions by the names given on the command line; FLOW is a script's file, its folder or a study.

    The store is opened only where a name needs it.
    """

    def __init__(self, shell: Shell, flow: str, command: str) -> None:
        self._shell = shell
        self._command = command
        self._stack = ExitStack()
        path = Path(flow)
        own = path.is_file() or (path / SCRIPT_NAME).is_file()
        self._file = self._from_file(flow) if own else None
        self.study = self._file.version.flow.id if self._file else flow

    def __exit__(self, *problem: Any) -> None:
        self._stack.__exit__(*problem)

    @cached_property
    def parts(self) -> App:
        """The application, open until the look-up is over."""
        return self._stack.enter_context(opened(self._shell, self._command))

    def old(self, name: str) -> Named:
        """What a change starts from: the version that runs, unless another is named. Refused, Trouble, BrokenScript."""
        if name:
            return self._named(name)
        if self.parts.shelf.demo:
            return self._from_file(self.study)  # what the demonstration shows
        return self._kept(self.parts.versions.current(self.study))

    def new(self, name: str) -> Named:
        """What a change leads to: the file that is FLOW, else the draft, else the script in the flows folder."""
        if name:
            return self._named(name)
        if self._file is not None:
            return self._file
        if self.parts.drafts.draft(self.study) is not None:
            return self._named("draft")
        return self._from_file(self.study)

    def one(self, name: str) -> Named:
        """What is shown by itself: the file that is FLOW, else the draft, else what runs, else the script in the folder."""
        if name or self._file is not None:
            return self.new(name)
        if self.parts.drafts.draft(self.study) is None:
            with suppress(Refused):
                return self._kept(self.parts.versions.current(self.study))
        return self.new("")

    def _named(self, name: str) -> Named:
        known = name in ("draft", "published", "approved")
        if known or (re.fullmatch("[0-9a-f]+", name) and not Path(name).exists()):
            return self._kept(self.parts.versions.find(self.study, name))
        found = self._from_file(name)
        if found.version.flow.id != self.study:
            raise Refused("other_study", f"{found.title} ({found.version.flow.id})")
        return found

    def _from_file(self, name: str) -> Named:
        path = script_path(name, self._shell.settings())
        compiled = read_script(path)
        if compiled.flow is None:
            raise BrokenScript(compiled)
        return Named(Version(compiled.flow), str(path))

    def _kept(self, found: Version) -> Named:
        words = N_("version {hash} of {study}: {who}, {when}")
        if found.state == "draft":
            words = N_("draft {revision} of {study}: {who}, {when}")
        values = {
            "study": found.flow.id,
            "revision": str(found.revision),
            "hash": found.flow.hash[:12],
            "who": found.by,
            "when": moment(self.parts, found.at) if found.at else "",
        }
        return Named(found, fill(self._shell.tr(words), values))


_Version = Annotated[str, typer.Option(help=N_("draft, published, approved, a version or a file."))]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help=N_("A file to write; else it is printed."))
]
_Language = Annotated[str, typer.Option(help=N_("zh or en; the terminal's own unless given."))]


@app.command(
    "diff",
    help=N_("Say in words what changed between two versions, for participants and for the criteria."),
)
def diff_flow(
    context: typer.Context,
    flow: str,
    old: Annotated[
        str, typer.Option("--from", help=N_("published, approved, draft, a version or a file."))
    ] = "",
    new: Annotated[
        str, typer.Option("--to", help=N_("draft, published, approved, a version or a file."))
    ] = "",
    language: _Language = "",
    as_json: Json = False,
) -> None:
    shell = Shell.of(language) if language else context.obj
    with shell.careful(), Lookup(shell, flow, context.command_path) as lookup:
        before, after = lookup.old(old), lookup.new(new)
        found = diff(before.version.flow, after.version.flow)
        if as_json:
            printed = {
                "from": before.version.to_dict(),
                "to": after.version.to_dict(),
                "changes": [change.to_dict() for change in found],
            }
            sys.stdout.write(json.dumps(printed, ensure_ascii=False, indent=1) + "\n")
            return
        sys.stdout.write(f"- {before.title}\n+ {after.title}\n\n")
        sys.stdout.writelines(f"{line}\n" for line in lines(found, shell.language))
        same = before.version.flow.hash == after.version.flow.hash
        sys.stdout.writelines(f"{line}\n" for line in _summed_up(found, same, shell))


def _summed_up(found: tuple[Change, ...], same: bool, shell: Shell) -> Iterator[str]:
    """That nothing differs, or how many texts wait for their other language."""
    if same:
        yield shell.tr(N_("Both are the same, to the byte."))
    elif not found:
        yield shell.tr(N_("They say the same; only comments or the way of writing differ."))
    if behind := sum(bool(change.left_behind) for change in found):
        words = N_(
            "Changed in one language only, marked with !: {count}. Look whether the other still says the same."
        )
        yield "\n" + fill(shell.tr(words), {"count": str(behind)})


class Form(Enum):
    """How a drawing is written."""

    SVG = "svg"
    MERMAID = "mermaid"


@app.command(
    "graph", help=N_("Draw a script: the questions in order, what their answers lead to, the criteria.")
)
def graph_flow(
    context: typer.Context,
    flow: str,
    version: _Version = "",
    form: Annotated[Form, typer.Option("--format", help=N_("svg, or mermaid for documents."))] = Form.SVG,
    language: _Language = "",
    output: _Output = None,
) -> None:
    shell = Shell.of(language) if language else context.obj
    with shell.careful(), Lookup(shell, flow, context.command_path) as lookup:
        draw = drawing if form is Form.SVG else mermaid
        _write(draw(lookup.one(version).version.flow, shell.language), output)


class Languages(Enum):
    """The languages of a document."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


@app.command("pack", help=N_("Write the ethics committee's document of a version: HTML that prints to PDF."))
def pack_flow(
    context: typer.Context,
    flow: str,
    version: _Version = "",
    language: Annotated[Languages, typer.Option(help=N_("zh, en or both side by side."))] = Languages.BOTH,
    output: _Output = None,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), Lookup(shell, flow, context.command_path) as lookup:
        found, parts = lookup.one(version).version, lookup.parts
        if found.at is None:  # a file; its content may be kept
            found = parts.versions.of(found.flow)
        before = parts.versions.approved_before(found)
        _write(parts.documents.pack(found, before, language.value), output)


@app.command(
    "replay",
    help=N_("Judge past answers by another version: whose verdict would change. Nobody is contacted."),
)
def replay_flow(
    context: typer.Context,
    flow: str,
    by: By,
    new: Annotated[
        str, typer.Option("--to", help=N_("draft, published, approved, a version or a file."))
    ] = "",
    as_json: Json = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), Lookup(shell, flow, context.command_path) as lookup:
        found = lookup.new(new)
        report = lookup.parts.replay.run(found.version.flow, by)
        if as_json:
            sys.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
            return
        sys.stdout.writelines(f"{line}\n" for line in _replayed(report, found, shell))


def _replayed(report: Report, named: Named, shell: Shell) -> Iterator[str]:
    """The leads to look at again with what would be otherwise, the others as counts."""

    def say(words: str, **values: object) -> str:
        return fill(shell.tr(words), {name: str(value) for name, value in values.items()})

    def verdict(code: str | None) -> str:
        return shell.tr(VERDICTS[code] if code else N_("not settled before more is asked"))

    yield say(
        N_("People whose answers were judged by {version}: {people}"),
        people=report.people,
        version=named.title,
    )
    yield say(N_("Leads to look at again: {count}"), count=len(report.leads))
    for lead in report.leads:
        replayed = lead.replayed
        after = verdict(replayed.after.value if replayed.after else None)
        yield f"  {lead.code}  {verdict(replayed.before.value)} → {after}"
        for id, states in replayed.criteria.items():
            was, now = (shell.tr(STATES[state.value][1]) if state else "–" for state in states)
            yield f"      {id} {was} → {now}"
        if replayed.asks:
            asked = (named.version.flow.question_by_id[id].short for id in replayed.asks)
            yield "      " + say(N_("to be asked: {questions}"), questions=listed(asked)[shell.language])
    yield say(N_("Leads for which nothing changes: {count}"), count=report.leads_same)
    yield say(N_("People without an open lead: {count}"), count=sum(report.others.values()))
    for (before, later), count in report.others.items():
        yield f"  {verdict(before)} → {verdict(later)}: {count}"
    yield shell.tr(N_("Nobody is contacted, and nothing that is kept changes."))


def _write(text: str, output: Path | None) -> None:
    """Into a file, or to standard output; Trouble."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Trouble("unwritable_file", f"{output}: {problem.strerror}") from None
    sys.stdout.write(f"{output}\n")
