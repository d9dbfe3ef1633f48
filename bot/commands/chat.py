"""A conversation in the terminal."""

import asyncio
import logging
import signal
import sys
from typing import Annotated

import typer

from bot.bootstrap import App, bootstrap
from bot.channels.terminal.chat import TerminalChat
from bot.commands.scripts import given_day, script_path
from bot.commands.shell import Shell, quiet_logs
from bot.i18n import N_

app = typer.Typer()


@app.command("chat", help=N_("Talk to a flow in the terminal; nothing is kept."))
def chat_command(
    context: typer.Context,
    flow: str,
    today: Annotated[str, typer.Option(help="Pretend that it is this day, YYYY-MM-DD.")] = "",
) -> None:
    shell: Shell = context.obj
    quiet_logs(logging.ERROR)
    with shell.careful():
        settings = shell.settings().model_copy(
            update={
                "mode": "demo",
                "database_url": "sqlite://",
                "key": None,
                "key_file": None,
                "today": given_day(today),
            }
        )
        parts = bootstrap(settings, only=script_path(flow, settings))
        asyncio.run(_chat(parts, shell))


async def _chat(parts: App, shell: Shell) -> None:
    # asyncio's own handler would wait until the line that is being typed ends.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parts.start()
    colours = sys.stdout.isatty()

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def read_line() -> str | None:
        try:
            return input("> " if colours else "")
        except (EOFError, KeyboardInterrupt):
            return None

    try:
        terminal = TerminalChat(parts.intake, write, shell.tr, shell.language, colours)
        await terminal.run(read_line)
    finally:
        parts.stop()
