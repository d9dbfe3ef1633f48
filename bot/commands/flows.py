"""Flow versions: submitted, approved, published."""

import sys
from typing import Annotated

import typer

from bot.bootstrap import App, BrokenScript, read_script
from bot.commands.scripts import script_path
from bot.commands.shell import Shell, opened
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
        kept = parts.publishing.submit(compiled.source.encode(), by)
        sys.stdout.write(f"{kept.id} {kept.hash}\n")


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
        sys.stdout.write(f"{parts.publishing.approve(version, ethics_number, by)}\n")


@app.command("publish", help=N_("Let new runs take an approved version; running chats stay on theirs."))
def publish_flow(context: typer.Context, version: str, by: Annotated[str, typer.Option()]) -> None:
    shell: Shell = context.obj
    with shell.careful(), opened(shell) as parts:
        _admit(parts, by, "publish")
        sys.stdout.write(f"{parts.publishing.publish(version, by)}\n")


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
