"""The webhook: Telegram posts updates here and repeats each until it is answered with 200."""

import hmac
import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest

from bot.channels.telegram.app import TelegramFace, where
from bot.channels.telegram.door import ALLOWED_UPDATES
from bot.channels.telegram.errors import BadWebhook, BadWebhookPath, BadWebhookSecret
from bot.channels.telegram.patience import insist

log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name, not a secret
#: What Telegram takes as a secret token.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAX_BYTES = 1 << 20
#: How many updates Telegram may post at a time.
MAX_CONNECTIONS = 40


def check_webhook(url: str, secret: str) -> str:
    """The address to register, its path filled in where it has none. Raises BadWebhookPath or BadWebhookSecret."""
    if not _SECRET.fullmatch(secret):
        raise BadWebhookSecret
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadWebhook from None
    if parts.path.rstrip("/") not in ("", PATH):
        raise BadWebhookPath
    return parts._replace(path=PATH).geturl()


def webhook_route(face: TelegramFace, secret: str, path: str = PATH) -> Route:
    """The route for the one HTTP server. Answers 200 only after the commit."""
    expected = secret.encode()

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, expected):
            return Response(status_code=401)
        try:
            body = await _body(request)
            if body is None:
                return Response(status_code=413)
            update = _object(body)
        except (ClientDisconnect, ValueError, RecursionError):
            return Response(status_code=400)
        try:
            await face.deliver_update(update)
        except Exception as error:  # whatever it was, nothing was committed: Telegram shall send it again
            log.error("update %s was not committed: %s", update["update_id"], where(error))
            return Response(status_code=500)
        return Response(status_code=200)

    return Route(path, receive, methods=["POST"])


async def register(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where to post. What waits there stays. Raises BadToken or BadWebhook."""

    async def call() -> None:
        try:
            await bot.set_webhook(
                url,
                max_connections=MAX_CONNECTIONS,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                secret_token=secret,
            )
        except BadRequest:
            raise BadWebhook from None

    await insist(bot, call)


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long, whatever length the request claims."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    parsed = json.loads(body)
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return parsed
