"""The facts only the site knows."""

import sys
from typing import Annotated

import typer

from bot.bootstrap import App, BrokenScript, read_script
from bot.commands.options import By
from bot.commands.scripts import script_path
from bot.commands.shell import WRONG_USE, Shell, opened
from bot.core.text import fill
from bot.i18n import N_
from bot.leads.site import FACTS
from bot.service.facts import described
from bot.service.refused import COMMAND

app = typer.Typer()


# A Telegram group's number begins with a minus, which is no option.
@app.command(
    "site",
    context_settings={"ignore_unknown_options": True},
    help=N_("Show or set the facts only the site knows: recruiting, phones, hours, retention."),
)
def site(
    context: typer.Context,
    flow: str,
    action: Annotated[str, typer.Argument(help=N_("show or set"))] = "show",
    name: Annotated[str, typer.Argument(help=N_("The fact to set."))] = "",
    value: Annotated[str | None, typer.Argument(help=N_("What it is from now on."))] = None,
    by: By = COMMAND,
) -> None:
    shell: Shell = context.obj
    if action not in ("show", "set") or (action == "set") != (value is not None):
        shell.fail(shell.tr(SHOW_OR_SET))
        raise typer.Exit(WRONG_USE)
    with shell.careful(), opened(shell, context.command_path) as parts:
        study = study_id(flow, parts)
        if value is not None:
            parts.publishing.admit_fact(by, name, value)
            parts.publishing.set_fact(study, name, value, by)
        for fact, now in parts.publishing.facts(study).items():
            needed = shell.tr(N_("(still needed)")) if not now and FACTS[fact].default is None else ""
            sys.stdout.write(f"{fact} = {now}{needed}\n")
            if action == "show":
                sys.stdout.write(f"    {described(fact, shell.tr)}\n")
        if failed_at := parts.publishing.alerts_failed_at(study):
            since = f"{failed_at.astimezone(parts.settings.zone):%Y-%m-%d %H:%M}"
            shell.fail(fill(shell.tr(ALERTS_FAIL), {"since": since}))


SHOW_OR_SET = N_(
    'Write prescreen site FLOW show, or prescreen site FLOW set NAME VALUE. A value that may be empty is written as "".'
)
ALERTS_FAIL = N_(
    "Alerts do not reach alert_chat (since {since}): Telegram does not know the chat, or the bot may not write there. Add the bot to the group, or set another chat."
)


def study_id(flow: str, parts: App) -> str:
    """A study by its id, or by its script; Trouble."""
    if flow in {line.study for line in parts.publishing.list()}:
        return flow
    compiled = read_script(script_path(flow, parts.settings))
    if compiled.flow is None:
        raise BrokenScript(compiled)
    return compiled.flow.id
