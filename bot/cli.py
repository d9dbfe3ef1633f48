"""The `prescreen` command."""

import inspect
import locale
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from bot.commands import (
    audit,
    chat,
    config,
    database,
    flows,
    log,
    new_flow,
    queue,
    report,
    scripts,
    serve,
    site,
    staff,
)
from bot.commands.shell import Shell, language_of
from bot.commands.usage import Commands
from bot.i18n import N_, Translator

app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for commands in (serve.app, chat.app, scripts.app, site.app, config.app):
    app.add_typer(commands)
flows.app.add_typer(new_flow.app)
queue.app.add_typer(log.app)
queue.app.add_typer(report.app)
for name, group in (
    ("leads", queue.app),
    ("flows", flows.app),
    ("staff", staff.app),
    ("db", database.app),
    ("audit", audit.app),
):
    app.add_typer(group, name=name)


@app.callback(help=N_("Prescreens prospective participants of clinical trials, in Chinese and English."))
def prescreen(
    context: typer.Context,
    language: Annotated[str, typer.Option(help=N_("zh or en; the terminal's own unless given."))] = "",
) -> None:
    context.obj = Shell.of(language)


def main() -> None:
    """The entry point."""
    with suppress(locale.Error):  # a language that this machine has no locale for
        locale.setlocale(locale.LC_CTYPE, "")
    _translate_help(app, Shell.of(language_of(sys.argv)).tr)
    app()


def _translate_help(group: typer.Typer, tr: Translator) -> None:
    """Typer takes help texts when commands are declared, before anybody's language is known."""
    callback = group.registered_callback
    if callback is not None and isinstance(callback.help, str):
        callback.help = tr(callback.help)
        _translate_parameters(callback.callback, tr)
    for command in group.registered_commands:
        command.help = tr(str(command.help))
        _translate_parameters(command.callback, tr)
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            if isinstance(inner.typer_instance.info.help, str):
                inner.typer_instance.info.help = tr(inner.typer_instance.info.help)
            _translate_help(inner.typer_instance, tr)


def _translate_parameters(command: Callable[..., Any] | None, tr: Translator) -> None:
    """What the options and arguments of a command are for."""
    if command is None:
        return
    for parameter in inspect.signature(command).parameters.values():
        for words in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(words, OptionInfo | ArgumentInfo) and words.help:
                words.help = tr(words.help)
