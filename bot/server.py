"""The one HTTP server and what runs beside it: webhook or poller, sender, timers."""

import asyncio
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Route

from bot.bootstrap import App
from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.errors import TelegramRefused
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.profile import register_profile
from bot.channels.telegram.webhook import check_webhook, register, webhook_route
from bot.channels.web import chat
from bot.channels.web.words import Closed
from bot.config import LOOPBACK, browser_address
from bot.previews import Previews
from bot.service.messages import TELEGRAM, Incoming, InGroup, Membership
from bot.service.sender import Sender
from bot.service.views import StaffMember
from bot.staff import pages
from bot.staff.frame import SESSION
from bot.store.database import Trouble

log = structlog.get_logger(__name__)


#: The chat with a script in the making, inside its staff page.
TRY = "/staff/flows/{study}/try/chat"


class _Server(uvicorn.Server):
    """Stops when told to, and lets what runs beside it finish: uvicorn would end the process at once."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


class _Bell:
    """The reception for Telegram: after each commit the sender looks at the outbox."""

    def __init__(self, app: App, ring: Callable[[], None]) -> None:
        self._app = app
        self._ring = ring

    async def take(self, incoming: Incoming | InGroup | Membership) -> None:
        await self._app.reception.take(incoming)
        self._ring()


@dataclass(frozen=True, slots=True)
class _Webhook:
    """Where Telegram posts updates, and the secret it shows."""

    url: str
    secret: str


def bind(host: str, port: int) -> socket.socket:
    """The listening socket; Trouble when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError):
        listening.close()
        raise Trouble("port_taken", f"{host}:{port}") from None
    return listening


async def serve(app: App, listening: socket.socket, announce: Callable[[str], None]) -> None:
    """Serve until stopped. Raises TelegramRefused and Trouble. `announce` is told the address once it listens.

    An embedded database is held by `served_alone` before.
    """
    app.start()
    try:
        async with asyncio.TaskGroup() as group:
            await _serve(app, listening, announce, group)
    except* (TelegramRefused, Trouble) as problems:
        raise _first(problems) from None
    finally:
        app.stop()


def _first(problem: BaseException) -> BaseException:
    """What a group of groups is about."""
    return _first(problem.exceptions[0]) if isinstance(problem, BaseExceptionGroup) else problem


async def _serve(
    app: App, listening: socket.socket, announce: Callable[[str], None], group: asyncio.TaskGroup
) -> None:
    settings = app.settings
    previews = Previews(settings, app.clock)
    routes = [*_health(app), *web_routes(app, previews)]
    face, bell = _telegram(app) if settings.telegram_token is not None else (None, [])
    webhook = _webhook(app, settings.webhook_url) if face is not None and settings.webhook_url else None
    background = [app.timers.run()]
    if face is not None:
        if webhook is not None:
            routes.append(webhook_route(face, webhook.secret))
        background.append(_talk(app, face, bell, webhook))
    server = _Server(
        uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            lifespan="off",  # nothing here needs it, and it logs a traceback when Telegram refuses us
            access_log=False,
            timeout_graceful_shutdown=5,
            server_header=False,
        )
    )
    tasks = [group.create_task(work) for work in background]
    serving = group.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = listening.getsockname()[:2]
    announce(browser_address(host, port))
    with suppress(asyncio.CancelledError):
        await serving
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    previews.close()
    if face is not None:
        await face.stop()


async def _talk(
    app: App, face: TelegramFace, bell: list[Callable[[], None]], webhook: _Webhook | None
) -> None:
    """Everything towards Telegram, however long Telegram takes to be reached."""
    await face.start()
    alone = app.database.engine.dialect.name == "sqlite"  # the lock file sees to it
    sender = Sender(app.database, face.carrier, TELEGRAM.name, app.clock, alone)
    bell.append(sender.ring)
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.run())
        if webhook is not None:
            await register(face.bot, webhook.url, webhook.secret)
        else:
            group.create_task(Poller(face).run())
        await register_profile(face.bot, app.translators)


def _telegram(app: App) -> tuple[TelegramFace, list[Callable[[], None]]]:
    bell: list[Callable[[], None]] = []
    token = app.settings.telegram_token
    assert token is not None

    def ring() -> None:
        for each in bell:
            each()

    return TelegramFace(token.get_secret_value(), _Bell(app, ring), app.settings.telegram_api), bell


def _webhook(app: App, url: str) -> _Webhook:
    secret = app.settings.webhook_secret
    if secret is not None:
        words = secret.get_secret_value()
    else:
        made = secrets.token_urlsafe(32).encode()
        words = app.database.run_now(lambda records: records.keep("webhook_secret", made)).decode()
    return _Webhook(check_webhook(url, words), words)


def web_routes(app: App, previews: Previews) -> list[BaseRoute]:
    """Staff pages always; the browser chat only in the demonstration, where the queue needs no login."""
    demo = app.settings.mode == "demo"
    secure = bool(app.settings.webhook_url)
    # Whoever reaches this machine's own address may look; others log in.
    guest = StaffMember("demo", "demo", has_reports=True) if demo and app.settings.host in LOOPBACK else None
    routes = [
        *_tries(app, previews, guest, secure),
        *pages.routes(app, app.settings.zone, secure, guest),
    ]
    if demo:
        routes += [*chat.routes(app.intake, app.translators), *chat.demo_home(app.translators)]
    else:
        routes.append(Route("/", _to_staff))
    return routes


def _tries(app: App, previews: Previews, guest: StaffMember | None, secure_cookies: bool) -> list[BaseRoute]:
    """The chats with scripts in the making, for whoever is logged in."""

    @asynccontextmanager
    async def open_chat(request: Request) -> AsyncIterator[chat.Preview | Closed]:
        cookie = request.cookies.get(SESSION)
        member = (await app.staff.session(cookie) if cookie else None) or guest
        if member is None:
            yield Closed.LOGGED_OUT
            return
        source = await app.scripts.source(request.path_params["study"], member)
        if source is None:
            yield Closed.NO_SCRIPT
            return
        async with previews.chat(source) as preview:
            yield preview or Closed.HAS_ERRORS

    return chat.preview_routes(TRY, open_chat, app.translators, secure_cookies)


async def _to_staff(request: Request) -> RedirectResponse:
    return RedirectResponse("/staff")


def _health(app: App) -> list[BaseRoute]:
    async def alive(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> JSONResponse:
        try:
            await app.database.run(lambda records: records.published())
        except Exception as problem:
            log.error("not ready", problem=type(problem).__name__)
            return JSONResponse({"status": "database"}, status_code=503)
        return JSONResponse({"status": "ok"})

    return [Route("/healthz", alive), Route("/readyz", ready)]
