"""Drafts: out of the store into a file, and back."""

import json
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.commands.options import By
from bot.commands.shell import PROBLEMS, Shell, moment, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.script.compile import compile_script
from bot.script.library import SCRIPT_NAME
from bot.service.drafts import Draft, Pulled
from bot.service.publishing import Conflict
from bot.store.database import Trouble

app = typer.Typer()


@app.command(
    "pull", help=N_("Write a study's draft into a file; where there is none, its published version.")
)
def pull(
    context: typer.Context,
    study: str,
    into: Annotated[Path | None, typer.Option(help=N_("A folder; the flows folder unless given."))] = None,
    published: Annotated[bool, typer.Option("--published", help=N_("Not the draft."))] = False,
    over: Annotated[bool, typer.Option("--over", help=N_("Overwrite changes in the file."))] = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        copy = parts.drafts.pull(study, published)
        path = (into or parts.settings.flows) / study / SCRIPT_NAME
        if not over and _has_changes(path, copy.source):
            raise Trouble("file_in_the_way", str(path))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(copy.source)
            _write_note(path, copy.pulled, copy.source)
        except OSError as problem:
            raise Trouble("unwritable_file", f"{path}: {problem.strerror}") from None
        revision = copy.pulled.revision if not published else 0
        words = N_("draft {revision} of {study}: {who}, {when}") if revision else N_("{study}: {who}, {when}")
        values = {
            "study": study,
            "revision": str(revision),
            "who": copy.who,
            "when": moment(parts, copy.at),
        }
        sys.stdout.write(f"{path}\n{fill(shell.tr(words), values)}\n")
        if copy.newer:
            words = N_("Version {hash} was published after this draft was begun.")
            shell.fail(fill(shell.tr(words), {"hash": copy.newer[:12]}))


@app.command("push", help=N_("Bring a file in as the study's draft; it need not be right yet."))
def push(
    context: typer.Context,
    file: Path,
    by: By,
    over: Annotated[bool, typer.Option("--over", help=N_("Replace what others changed since."))] = False,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        if file.is_dir():
            file = file / SCRIPT_NAME
        try:
            source = file.read_bytes()
        except OSError as problem:
            raise Trouble("unreadable_script", f"{file}: {problem.strerror}") from None
        draft = save_draft(shell, parts, source, by, _read_note(file), over)
        # The note only helps the next pull and push; a folder that cannot be written is no reason to fail now.
        with suppress(OSError):
            pulled = parts.drafts.pull(draft.study).pulled
            _write_note(file, replace(pulled, revision=draft.revision), source)
        words = N_("draft {revision} of {study}: {who}, {when}")
        values = {
            "study": draft.study,
            "revision": str(draft.revision),
            "who": by,
            "when": moment(parts, draft.saved_at),
        }
        sys.stdout.write(f"{fill(shell.tr(words), values)}\n")
        compiled = compile_script(source, str(file))
        if compiled.problems:
            shell.fail(compiled.report(shell.language))


def save_draft(
    shell: Shell, parts: App, source: bytes, by: str, pulled: Pulled | None, over: bool = False
) -> Draft:
    """The study's next draft; an exit that says who else changed it. Refused, and what `Drafts.push` raises."""
    parts.publishing.admit(by, "draft")
    try:
        return parts.drafts.push(source, by, pulled, over)
    except Conflict as conflict:
        reason = "changed_since" if conflict.what == "drafted" else "published_since"
        shell.trouble(reason, f"{conflict.who}, {moment(parts, conflict.at)}")
        raise typer.Exit(PROBLEMS) from None


def _note_of(path: Path) -> Path:
    """Beside a file: what it was pulled from, or pushed as."""
    return path.with_name(f".{path.name}.pulled")


def _write_note(path: Path, pulled: Pulled, source: bytes) -> None:
    note = {**asdict(pulled), "digest": sha256(source).hexdigest()}
    _note_of(path).write_text(json.dumps(note) + "\n", encoding="utf-8")


def _read_note(path: Path) -> Pulled | None:
    """What a file was pulled from; None where that is not known."""
    try:
        note = json.loads(_note_of(path).read_text(encoding="utf-8"))
        based_on = str(note.get("based_on", note["published"]))
        return Pulled(str(note["study"]), int(note["revision"]), str(note["published"]), based_on)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _has_changes(path: Path, source: bytes) -> bool:
    """Whether there is something in a file that was neither pulled nor pushed."""
    if not path.exists():
        return False
    try:
        here = path.read_bytes()
        note = json.loads(_note_of(path).read_text(encoding="utf-8"))
        known = sha256(here).hexdigest() == note["digest"]
    except (OSError, ValueError, TypeError, KeyError):
        return not path.is_file() or path.read_bytes() != source
    return not known and here != source
