"""Flow versions: submitted, approved, published."""

import sys
from typing import Annotated

import typer

from bot.bootstrap import App, BrokenScript, read_script
from bot.commands.scripts import script_path
from bot.commands.shell import Shell, opened
from bot.core.text import fill
from bot.i18n import N_

app = typer.Typer(no_args_is_help=True, help=N_("Flow versions: submit, approve, publish."))


@app.command("submit", help=N_("Keep a script's exact content as a version; BY counts as its author."))
def submit_flow(context: typer.Context, flow: str, by: Annotated[str, typer.Option()]) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        path = script_path(flow, parts.settings)
        compiled = read_script(path)
        if compiled.flow is None:
            raise BrokenScript(compiled)
        _admit(parts, by, "submit")
        hash = compiled.flow.hash
        if hash not in {line.hash for line in parts.publishing.list()}:
            words = KEPT
        else:
            words = KEPT_BEFORE if parts.publishing.is_author(hash, by) else ANOTHER_AUTHOR
        parts.publishing.submit(compiled.source.encode(), by)
        _say(shell, parts, hash, words, by)


@app.command("approve", help=N_("Record the ethics approval of one exact version; not by an author of it."))
def approve_flow(
    context: typer.Context,
    version: str,
    ethics_number: Annotated[str, typer.Option()],
    by: Annotated[str, typer.Option()],
) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        _admit(parts, by, "approve")
        _say(shell, parts, parts.publishing.approve(version, ethics_number, by), APPROVED, by)


@app.command("publish", help=N_("Let new runs take an approved version; running chats stay on theirs."))
def publish_flow(context: typer.Context, version: str, by: Annotated[str, typer.Option()]) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        _admit(parts, by, "publish")
        _say(shell, parts, parts.publishing.publish(version, by), PUBLISHED, by)


KEPT = N_("{study} {hash} is kept as a version; {by} counts as its author.")
KEPT_BEFORE = N_("{study} {hash} is kept already; {by} counts as its author.")
ANOTHER_AUTHOR = N_(
    "{study} {hash} is kept already; {by} now counts as its author too and cannot approve it."
)
APPROVED = N_("{study} {hash} is approved (ethics number {number}, recorded by {by}).")
PUBLISHED = N_("{study} {hash} is published: new runs take it, running chats stay on their version.")

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


def _admit(parts: App, by: str, step: str) -> None:
    """In the demonstration, where nobody is real, everybody may; Refused."""
    if not parts.shelf.demo:
        parts.publishing.admit(by, step)


@app.command("list", help=N_("Every kept version: who brought it in, its approval, and which one runs."))
def list_flows(context: typer.Context) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
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
            runs = [shell.tr(N_("published"))] if line.published else []
            if line.words_changed:
                runs.append(shell.tr(N_("interface words changed since the approval")))
            state = " · ".join(runs)
            sys.stdout.write(f"{line.hash[:12]}  {line.study}  {line.added_by}  {approved}  {state}\n")
        if not lines:
            sys.stdout.write(shell.tr(N_("No version is kept yet.")) + "\n")
