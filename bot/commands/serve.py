"""Serving: the demonstration, and Telegram with the staff pages."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.bootstrap import App, bootstrap, check_today, make_data_dir
from bot.commands.shell import FINE, Shell, quiet_logs
from bot.config import Settings
from bot.core.text import fill
from bot.i18n import N_, Translator
from bot.leads.site import STATUS_HOLDS
from bot.server import bind, serve
from bot.store.database import served_alone

app = typer.Typer()


@app.command(help=N_("Try it: a chat and the queue in the browser, without token or server."))
def demo(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(help="Instead of the port in PRESCREEN_LISTEN, or 8080.")
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

        def announce(address: str) -> None:
            tr = shell.tr
            everything = tr(N_("Demonstration. Open in your browser:"))
            chat, queue = tr(N_("the chat alone:")), tr(N_("the queue alone:"))
            shell.console.print(f"[bold]{everything}[/bold] {address}/")
            shell.console.print(f"  {chat} {address}/chat")
            shell.console.print(f"  {queue} {address}/staff")
            shell.console.print(tr(N_("Ctrl+C stops. Everything you enter stays on this machine.")))

        with held(settings) as listening:
            _run(bootstrap(settings), listening, announce)


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
            for sentence in (*_not_open(parts, shell.tr), *_other_words(parts, shell.tr)):
                shell.fail(sentence)
            _run(parts, listening, lambda address: shell.console.print(address))


def _not_open(parts: App, tr: Translator) -> Iterator[str]:
    """Why people will hear that a study is not open (C2)."""
    if parts.shelf.demo:
        return
    today = parts.clock().astimezone(parts.settings.zone).date()
    offer = parts.database.run_now(lambda records: parts.shelf.offer(records, today))
    if not offer.flows:
        yield tr(
            N_(
                "No approved flow is published, so people hear that the study is not open. See: prescreen flows --help"
            )
        )
    for study, site in offer.sites.items():
        if site.missing:
            words = tr(
                N_(
                    "{study}: site facts are missing, so the study is not open: {names}. Set them: prescreen site {study} set NAME VALUE"
                )
            )
            yield fill(words, {"study": study, "names": ", ".join(site.missing)})
        if site.stopped:
            words = tr(
                N_(
                    "{study}: recruiting is set to no (ended on {day}), so people hear that it is not recruiting."
                )
            )
            yield fill(words, {"study": study, "day": site["ended_on"]})
        elif not site.missing and study not in offer.recruiting:
            words = tr(
                N_(
                    "{study}: recruiting is not confirmed (a confirmation holds {days} days), so people hear that it is not recruiting. Set recruiting=yes and status_checked_on to today's date."
                )
            )
            yield fill(words, {"study": study, "days": str(STATUS_HOLDS.days)})


def _other_words(parts: App, tr: Translator) -> Iterator[str]:
    """An approval holds for the interface words it was given for, too."""
    if parts.shelf.demo:
        return
    words = tr(
        N_(
            "{study}: participants read other interface words (buttons, prompts, commands) now than when version {version} was approved. Let the ethics committee see them, then approve it again: prescreen flows approve {version}"
        )
    )
    for line in parts.publishing.list():
        if line.published and line.words_changed:
            yield fill(words, {"study": line.study, "version": line.hash[:12]})


@contextmanager
def held(settings: Settings) -> Iterator[socket.socket]:
    """The address and the database, for this process alone; nothing is made before the address is free. Trouble."""
    with bind(settings.host, settings.port) as listening:
        make_data_dir(settings)
        with served_alone(settings.database):
            yield listening


def _run(parts: App, listening: socket.socket, announce: Callable[[str], None]) -> None:
    try:
        asyncio.run(serve(parts, listening, announce))
    except KeyboardInterrupt:
        raise typer.Exit(FINE) from None
    finally:
        parts.database.engine.dispose()
