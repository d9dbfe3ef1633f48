"""Flow versions: submitted, approved, published."""

import hashlib
import sys
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import App, BrokenScript, read_script
from bot.commands import drafts, sheets, versions
from bot.commands.options import By
from bot.commands.scripts import script_path
from bot.commands.shell import PROBLEMS, Shell, moment, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.script.compile import Compiled, compile_script
from bot.script.walk import walk_script
from bot.service.publishing import Conflict

app = typer.Typer(no_args_is_help=True, help=N_("Flow versions: draft, submit, approve, publish, retire."))
app.add_typer(drafts.app)
app.add_typer(versions.app)
app.add_typer(sheets.app)


@app.command("submit", help=N_("Keep a script's exact content as a version; BY counts as its author."))
def submit_flow(context: typer.Context, flow: str, by: By) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        source, revision = _submitted(parts, shell, flow)
        before = {line.hash for line in parts.publishing.list()}
        hash = hashlib.sha256(source).hexdigest()
        author = hash in before and parts.publishing.is_author(hash, by)
        try:
            kept = parts.publishing.submit(source, by, revision)
        except Conflict as conflict:
            shell.trouble("changed_just_now", f"{conflict.who}, {moment(parts, conflict.at)}")
            raise typer.Exit(PROBLEMS) from None
        words = KEPT if kept.hash not in before else KEPT_BEFORE if author else ANOTHER_AUTHOR
        _say(shell, parts, kept.hash, words, by)


def _submitted(parts: App, shell: Shell, flow: str) -> tuple[bytes, int]:
    """A file, or a study's draft with its revision where only a study is named; its problems are told.

    Trouble, BrokenScript.
    """
    draft = None if Path(flow).exists() else parts.drafts.draft(flow)
    if draft is None:
        compiled = read_script(script_path(flow, parts.settings))
    else:
        words = N_("draft {revision} of {study}")
        values = {"study": draft.study, "revision": str(draft.revision)}
        compiled = compile_script(draft.source, fill(shell.tr(words), values))
    compiled = _walked(compiled, parts)
    if compiled.flow is None:
        raise BrokenScript(compiled)
    if compiled.problems:
        shell.fail(compiled.report(shell.language))
    return compiled.source.encode(), draft.revision if draft else 0


def _walked(compiled: Compiled, parts: App) -> Compiled:
    """With what a walk of every path finds; nothing is submitted with an error in it."""
    if compiled.script is None:
        return compiled
    today = parts.clock().astimezone(parts.settings.zone).date()
    problems = (*compiled.problems, *walk_script(compiled.script, today).problems)
    broken = any(problem.severity == "error" for problem in problems)
    return replace(compiled, problems=problems, flow=None if broken else compiled.flow)


@app.command("approve", help=N_("Record the ethics approval of one exact version; not by an author of it."))
def approve_flow(
    context: typer.Context,
    version: str,
    ethics_number: Annotated[str, typer.Option(help=N_("The number of the ethics committee's approval."))],
    by: By,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        _say(shell, parts, parts.publishing.approve(version, ethics_number, by), APPROVED, by)


class Running(Enum):
    """What becomes of the chats that run on an earlier version."""

    CONTINUE = "continue"
    RE_CONSENT = "re-consent"
    END = "end"


_RunningOption = Annotated[
    Running,
    typer.Option(
        help=N_(
            "Chats that run on an earlier version: go on with it, ask for consent to the new one, or end kindly."
        )
    ),
]


@app.command(
    "publish", help=N_("Let new runs take an approved version, and say what becomes of running chats.")
)
def publish_flow(
    context: typer.Context,
    version: str,
    by: By,
    running: _RunningOption = Running.CONTINUE,
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        _say(shell, parts, parts.publishing.publish(version, by, running.value), PUBLISHED, by)


KEPT = N_("{study} {hash} is kept as a version; {by} counts as its author.")
KEPT_BEFORE = N_("{study} {hash} is kept already; {by} counts as its author.")
ANOTHER_AUTHOR = N_(
    "{study} {hash} is kept already; {by} now counts as its author too and cannot approve it."
)
APPROVED = N_("{study} {hash} is approved (ethics number {number}, recorded by {by}).")
PUBLISHED = N_("{study} {hash} is published: new runs take it.")

TO_APPROVE = N_(
    "Next, somebody who is no author of it: prescreen flows approve {short} --ethics-number NUMBER --by NAME"
)
TO_PUBLISH = N_("Next: prescreen flows publish {short} --by NAME")
TO_OPEN = N_("It is open once the site says so. See: prescreen site {study} show")


def _say(shell: Shell, parts: App, hash: str, words: str, by: str) -> None:
    """What happened to a version, and what comes next. Its study and hash are the first two words."""
    line = next(line for line in parts.publishing.list() if line.hash == hash)
    step = TO_OPEN if line.published else TO_PUBLISH if line.approved_by else TO_APPROVE
    values = {
        "study": line.study,
        "hash": hash,
        "short": hash[:12],
        "by": by,
        "number": line.ethics_number,
    }
    for sentence in (words, step):
        sys.stdout.write(fill(shell.tr(sentence), values) + "\n")


@app.command("rollback", help=N_("Let new runs take the version again that was published before."))
def roll_back_flow(
    context: typer.Context,
    study: str,
    by: By,
    running: _RunningOption = Running.CONTINUE,
    present: Annotated[
        str,
        typer.Option("--from", help=N_("Only if this version is the one in use; else nothing is changed.")),
    ] = "",
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        hash = parts.publishing.roll_back(study, by, running.value, present)
        sys.stdout.write(fill(shell.tr(ROLLED_BACK), {"study": study, "hash": hash}) + "\n")


@app.command("retire", help=N_("Let no new run take a version any more, for good."))
def retire_flow(context: typer.Context, version: str, by: By) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        before = {line.hash: line for line in parts.publishing.list()}
        line = before[parts.publishing.retire(version, by)]
        words = RETIRED_IN_USE if line.published and not parts.shelf.demo else RETIRED
        sys.stdout.write(fill(shell.tr(words), {"study": line.study, "hash": line.hash}) + "\n")


# Study and hash are the first two words here too.
ROLLED_BACK = N_("{study} {hash} is in use again: new runs take it.")
RETIRED = N_("{study} {hash} is retired for good.")
RETIRED_IN_USE = N_(
    "{study} {hash} is retired for good. It was in use: the study is not open now, and running chats end at their next turn. Next: publish another version."
)


#: What the list says of each state but the ordinary first ones.
STATES = {
    "published": N_("published"),
    "replaced": N_("replaced"),
    "retired": N_("retired"),
}


@app.command("list", help=N_("Every kept version: who brought it in, its approval, and which one runs."))
def list_flows(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell, context.command_path) as parts:
        lines = parts.publishing.list()
        titles = (
            N_("Version"),
            N_("Study"),
            N_("Brought in by"),
            N_("Ethics number (approved by)"),
            N_("State"),
        )
        if lines:
            sys.stdout.write("  ".join(shell.tr(title) for title in titles) + "\n")
        for line in lines:
            approved = f"{line.ethics_number} ({line.approved_by})" if line.approved_by else "-"
            runs = [shell.tr(STATES[line.state])] if line.state in STATES else []
            if line.state != "retired" and parts.publishing.is_broken(line.hash):
                runs.append(
                    shell.tr(N_("broken: the checker finds errors in it now, so it can only be retired"))
                )
            if line.words_changed:
                runs.append(shell.tr(N_("interface words changed since the approval")))
            state = " · ".join(runs)
            sys.stdout.write(f"{line.hash[:12]}  {line.study}  {line.added_by}  {approved}  {state}\n")
        for study, revision, who, at in parts.drafts.list():
            words = shell.tr(N_("draft {revision} of {study}: {who}, {when}"))
            values = {"study": study, "revision": str(revision), "who": who, "when": moment(parts, at)}
            sys.stdout.write(f"{fill(words, values)}\n")
        if not lines:
            sys.stdout.write(shell.tr(N_("No version is kept yet.")) + "\n")
