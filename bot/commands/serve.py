"""Serving: the demonstration, and Telegram with the staff pages."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.bootstrap import App, bootstrap, check_today, make_data_dir
from bot.commands import warnings
from bot.commands.shell import FINE, Shell, quiet_logs
from bot.config import Settings
from bot.i18n import N_, Translator
from bot.server import bind, serve
from bot.store.database import served_alone

app = typer.Typer()


@app.command(help=N_("Try it: a chat and the queue in the browser, without token or server."))
def demo(
    context: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help=N_("Instead of the port in PRESCREEN_LISTEN, or 8080.")),
    ] = None,
) -> None:
    shell: Shell = context.obj
    quiet_logs(logging.ERROR)
    with shell.careful():
        settings = shell.settings()
        settings = settings.model_copy(
            update={
                "mode": "demo",
                "telegram_token": None,
                "data_dir": settings.data_dir / "demo",
                "database_url": None,
                "key": None,
                "key_file": None,
            }
        )
        if port is not None:
            host, _, _ = settings.listen.rpartition(":")
            settings = settings.model_copy(update={"listen": f"{host}:{port}"})

        with held(settings) as listening:
            _run(bootstrap(settings), listening, shell)


@app.command("serve", help=N_("Serve Telegram and the staff pages, by long polling or webhook."))
def serve_command(context: typer.Context) -> None:
    shell: Shell = context.obj
    quiet_logs(logging.INFO)
    with shell.careful():
        settings = shell.settings()
        check_today(settings)
        with held(settings) as listening:
            parts = shell.put_together(settings)
            if settings.telegram_token is None:
                shell.trouble("no_token")
            for sentence in warnings.of(parts, shell.tr):
                shell.fail(sentence)
            _run(parts, listening, shell)


@contextmanager
def held(settings: Settings) -> Iterator[socket.socket]:
    """The address and the database, for this process alone; nothing is made before the address is free. Trouble."""
    with bind(settings.host, settings.port) as listening:
        make_data_dir(settings)
        with served_alone(settings.database):
            yield listening


def _run(parts: App, listening: socket.socket, shell: Shell) -> None:
    def announce(address: str) -> None:
        for line in _doors(parts, address, shell.tr):
            shell.console.print(line)

    try:
        asyncio.run(serve(parts, listening, announce))
    except KeyboardInterrupt:
        raise typer.Exit(FINE) from None
    finally:
        parts.database.engine.dispose()


def _doors(parts: App, address: str, tr: Translator) -> Iterator[str]:
    """What there is to open in a browser."""
    if parts.shelf.demo:
        everything = tr(N_("Demonstration. Open in your browser:"))
        chat, queue = tr(N_("the chat alone:")), tr(N_("the queue alone:"))
        yield f"[bold]{everything}[/bold] {address}/"
        yield f"  {chat} {address}/chat"
        yield f"  {queue} {address}/staff"
        yield tr(N_("Ctrl+C stops. Everything you enter stays on this machine."))
    else:
        queue, link = tr(N_("The queue, for coordinators:")), tr(N_("a link to log in:"))
        yield f"[bold]{queue}[/bold] {address}/staff"
        yield f"  {link} prescreen staff link NAME"
