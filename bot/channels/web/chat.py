"""The chat page, what it posts and what it fetches."""

import hashlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.words import CLOSED, COMMANDS, WORDS, Closed
from bot.i18n import Translators
from bot.service.messages import WEB, Content, Incoming, Outgoing, Press, Text

COOKIE = "prescreen_chat"
#: How long a browser remembers its chat: people come back after days.
REMEMBERED = 30 * 24 * 3600
#: A post is one message; Telegram's own limit is 4096 characters.
LONGEST_TEXT = 4096
LARGEST_BODY = 32 * 1024

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
#: The statuses of a chat that is not open; the page knows them.
CLOSED_STATUS = {Closed.LOGGED_OUT: 401, Closed.NO_SCRIPT: 404, Closed.HAS_ERRORS: 409}
PAGE_HEADERS = {**HEADERS, "Content-Security-Policy": CSP, "X-Frame-Options": "SAMEORIGIN"}

_HERE = Path(__file__).parent
#: Everything put into them is escaped.
TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{22}")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what Telegram allows after /start


class Posted(Protocol):
    """One operation of a chat, with its place in the chat."""

    @property
    def seq(self) -> int: ...
    @property
    def outgoing(self) -> Outgoing: ...


class Intake(Protocol):
    """The part of the service a pull channel needs."""

    async def take(self, incoming: Incoming) -> None:
        """Returns after the commit; a seen update is ignored. An exception: not committed."""

    async def feed(self, channel: str, address: str, after: int = 0) -> Sequence[Posted]:
        """All operations of a chat after `after`, in order."""


class Update(BaseModel):
    """What the page posts. `id` is made by the page and stays the same when it tries again."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    text: str | None = Field(None, max_length=LONGEST_TEXT)
    press: str | None = Field(None, min_length=1, max_length=64)
    ref: str = Field("", max_length=20)
    #: Which chat the page shows. What was meant for another one is not taken.
    chat: str = Field("", max_length=16)
    language: str = Field("", max_length=16)
    after: int = Field(0, ge=0, le=2**53)

    @model_validator(mode="after")
    def _has_one_content(self) -> "Update":
        if self.text is not None:
            self.text = self.text.replace("\0", "").strip()
        if bool(self.text) == bool(self.press):
            raise ValueError("either text or press")
        return self

    @property
    def content(self) -> Content:
        """As the service takes it. A message of this channel is named by its place in the feed."""
        return Press(self.press, self.ref) if self.press else Text(self.text or "")


class Assets(StaticFiles):
    """Files of this package. Browsers ask each time whether they have changed, so an upgrade shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """With our headers."""
        response = super().file_response(*args, **kwargs)
        response.headers.update({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})
        return response


@dataclass(frozen=True, slots=True)
class Preview:
    """The chats with one script in the making. `name` is another one when they began anew, by whatever cause."""

    intake: Intake
    name: str


class Chat:
    """The endpoints below `base`. The chat's id lives in a cookie that no script can read.

    `name` sets the chats of this intake apart from those of another one with the same cookies.
    """

    def __init__(
        self,
        intake: Intake,
        translators: Translators,
        secure_cookies: bool,
        base: str = "/chat",
        name: str = "",
    ) -> None:
        self._intake = intake
        self._translators = translators
        self._secure = secure_cookies
        self._base = base
        self._name = name

    async def page(self, request: Request) -> Response:
        """The empty frame. The chat itself comes by the feed: a Strict cookie is not sent when a link led here."""
        language = self._language(request)
        start = request.query_params.get("start", "")
        words = {
            name: {key: tr(text) for key, text in WORDS.items()} for name, tr in self._translators.items()
        }
        html = TEMPLATES.get_template("chat.html").render(
            language=language,
            base=self._base,
            asked_language=language if request.query_params.get("lang") else "",
            start=start if _PAYLOAD.fullmatch(start) else "",
            words=words[language],
            all_words=json.dumps(words, ensure_ascii=False),
            commands=COMMANDS,
            longest=LONGEST_TEXT,
        )
        return HTMLResponse(html, headers=PAGE_HEADERS)

    async def feed(self, request: Request) -> Response:
        """What is new in this chat. A browser without a chat gets one."""
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            return _refused(400, "after is a number")
        if address := _address(request):
            response = await self._news(address, int(after))
            if after == "0":
                self._remember(response, address)
            return response
        address = _new_address()
        response = JSONResponse({"chat": self._tag(address), "new": True, "feed": []}, headers=HEADERS)
        self._remember(response, address)
        return response

    async def updates(self, request: Request) -> Response:
        """One message or press of the person; answers with what is new."""
        address = _address(request)
        if not address or not _same_origin(request):
            return _refused(403, "no chat")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return _refused(413, "too long")
        try:
            update = Update.model_validate_json(body)
        except ValidationError:
            return _refused(400, "not an update")
        if update.chat and update.chat != self._tag(address):
            return await self._news(address, update.after)
        await self._intake.take(
            Incoming(
                channel=WEB.name,
                address=address,
                update=f"{address}:{update.id}",
                content=update.content,
                language=self._nearest(update.language) or self._accepted(request),
            )
        )
        return await self._news(address, update.after)

    async def new(self, request: Request) -> Response:
        """Another chat, as another person."""
        if not _same_origin(request):
            return _refused(403, "not from this page")
        response = RedirectResponse(self._base, status_code=303, headers=HEADERS)
        self._remember(response, _new_address())
        return response

    async def _news(self, address: str, after: int) -> Response:
        feed = [
            {"seq": posted.seq, **posted.outgoing.to_dict()}
            for posted in await self._intake.feed(WEB.name, address, after)
        ]
        return JSONResponse({"chat": self._tag(address), "new": False, "feed": feed}, headers=HEADERS)

    def _tag(self, address: str) -> str:
        """Tells the page whether it is still the same chat, without giving the id to scripts."""
        return hashlib.sha256(f"{self._name}{address}".encode()).hexdigest()[:16]

    def _remember(self, response: Response, address: str) -> None:
        response.set_cookie(
            COOKIE,
            address,
            max_age=REMEMBERED,
            path=self._base,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def _language(self, request: Request) -> str:
        return self._nearest(request.query_params.get("lang", "")) or self._accepted(request)

    def _nearest(self, tag: str) -> str:
        return self._translators.nearest(tag) if tag else ""

    def _accepted(self, request: Request) -> str:
        return accepted(request, self._translators)


def routes(intake: Intake, translators: Translators, secure_cookies: bool = False) -> list[BaseRoute]:
    """`/chat` and its files."""
    chat = Chat(intake, translators, secure_cookies)
    return [
        Route("/chat", chat.page),
        Route("/chat/feed", chat.feed),
        Route("/chat/updates", chat.updates, methods=["POST"]),
        Route("/chat/new", chat.new, methods=["POST"]),
        Mount("/static/chat", Assets(directory=_HERE / "static")),
    ]


def preview_routes(
    path: str,
    open_chat: Callable[[Request], AbstractAsyncContextManager[Preview | Closed]],
    translators: Translators,
    secure_cookies: bool,
) -> list[BaseRoute]:
    """A chat below `path` for each script in the making. `open_chat` keeps it open for an answer, or says why not."""

    def endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            async with open_chat(request) as opened:
                if isinstance(opened, Closed):
                    return _closed(opened, request, translators)
                base = path.format(**request.path_params)
                chat = Chat(opened.intake, translators, secure_cookies, base, opened.name)
                response: Response = await getattr(chat, name)(request)
                return response

        return answer

    return [
        Route(path, endpoint("page")),
        Route(f"{path}/feed", endpoint("feed")),
        Route(f"{path}/updates", endpoint("updates"), methods=["POST"]),
        Route(f"{path}/new", endpoint("new"), methods=["POST"]),
        Mount("/static/chat", Assets(directory=_HERE / "static")),
    ]


def _closed(closed: Closed, request: Request, translators: Translators) -> Response:
    """A page for whoever opens the chat; the chat's own page loads itself again when it hears of it."""
    asked = request.query_params.get("lang")
    language = translators.nearest(asked) if asked else accepted(request, translators)
    html = TEMPLATES.get_template("closed.html").render(
        language=language, text=translators[language](CLOSED[closed])
    )
    return HTMLResponse(html, CLOSED_STATUS[closed], headers=PAGE_HEADERS)


def demo_home(translators: Translators) -> list[BaseRoute]:
    """`/` of the demonstration: the chat and the queue side by side. Needs the routes of both."""
    template = TEMPLATES.get_template("home.html")

    async def home(request: Request) -> Response:
        language = accepted(request, translators)
        both = [(name, translators[name]) for name in sorted(translators, key=lambda name: name != language)]
        return HTMLResponse(template.render(language=language, languages=both), headers=PAGE_HEADERS)

    return [Route("/", home)]


def accepted(request: Request, translators: Translators) -> str:
    """The language the browser asks for first."""
    first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return translators.nearest("" if first == "*" else first)


def _address(request: Request) -> str | None:
    address = request.cookies.get(COOKIE, "")
    return address if _ADDRESS.fullmatch(address) else None


def _new_address() -> str:
    return secrets.token_urlsafe(16)


def _same_origin(request: Request) -> bool:
    """Whether one of our own pages posted this. Browsers send the first header on https and localhost only."""
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers=HEADERS)
