"""What all staff pages share: who is looking, in which language, and the page around the content."""

import hmac
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.i18n import N_, Translator, Translators
from bot.service.publishing import Refused
from bot.service.staff import NotAllowed
from bot.service.views import StaffMember
from bot.staff import words

SESSION = "prescreen_staff"
FORM = "prescreen_form"
LANGUAGE = "prescreen_language"
#: How long a reader's choice of language is kept.
REMEMBERED = 365 * 24 * 3600
#: What one request may bring: a workbook, or a script in a form, which makes nine characters of a Chinese one.
LARGEST_BODY = 12 * 1024 * 1024
#: So many times as much is read and dropped before it is answered: a browser still sending would not see the answer.
_PATIENCE = 10
#: Values of one form: a card has as many as its part of the script.
MOST_FIELDS = 20_000

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

#: Status, heading, explanation; shown in every language, because nobody may have chosen one yet.
LOGGED_OUT = (
    401,
    N_("Please log in"),
    N_("Ask your administrator for a login link, or open the one you were sent. Each link works once."),
)
ENDED = (
    401,
    N_("Your session has ended"),
    N_(
        "For safety you were logged out. For a new login link send /login to the bot in Telegram, or ask your administrator."
    ),
)
USED_LINK = (
    403,
    N_("This link no longer works"),
    N_("A login link works once and for a short time. Please ask your administrator for a new one."),
)
OLD_FORM = (
    403,
    N_("This page was too old"),
    N_("Nothing was changed. Please go back, load the page again and repeat the step."),
)
NOT_FOUND = (
    404,
    N_("There is nothing here"),
    N_("The address may be mistyped, or the lead was deleted at the person's wish."),
)
NOT_YOURS = (
    403,
    N_("This is not for your role"),
    N_("Ask somebody who has the role, or your administrator for it."),
)
LOGIN_AGAIN = (
    403,
    N_("Please log in again first"),
    N_(
        "Names and phones are handed off only within ten minutes of a login. Please open a fresh login link, then come back to this page. Nothing was handed off."
    ),
)
TOO_LARGE = (
    413,
    N_("This is too large"),
    N_("Nothing was changed. Please check that it is the right file, then go back and choose again."),
)
GOODBYE = (200, N_("You are logged out"), N_("To come back, open a new login link."))


class Sessions(Protocol):
    """Who is logged in."""

    async def session(self, cookie: str) -> StaffMember | None:
        """Whose session this is. None: ended."""

    async def note_refused(self, member: StaffMember, what: str) -> None:
        """Somebody wanted what is not for their role."""


class Assets(StaticFiles):
    """Files of this package. Browsers ask each time whether they have changed, so an upgrade shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """With our headers."""
        response = super().file_response(*args, **kwargs)
        response.headers.update({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})
        return response


class Frame:
    """Around every page. `guest`, in the demonstration only, reads without logging in."""

    def __init__(
        self,
        sessions: Sessions,
        translators: Translators,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        secure_cookies: bool,
        guest: StaffMember | None,
    ) -> None:
        self._sessions = sessions
        self._translators = translators
        self._clock = clock
        self._zone = zone
        self._secure = secure_cookies
        self._guest = guest
        self._templates = templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.filters["tongue"] = lambda code, say: say.tongue(code)

    async def member(self, request: Request) -> StaffMember:
        """Who is looking. Instead: nobody who may."""
        cookie = request.cookies.get(SESSION)
        member = (await self._sessions.session(cookie) if cookie else None) or self._guest
        if member is None:
            raise Instead(ENDED if cookie is not None else LOGGED_OUT)
        return member

    def message(self, request: Request, message: tuple[int, str, str]) -> Response:
        """A page of one of the messages above."""
        status, heading, text = message
        return self.page(request, "message.html", status, heading=heading, text=text)

    async def not_yours(self, request: Request, member: StaffMember) -> Response:
        """Instead of what is not for somebody's role; that they wanted it goes into the trail."""
        await self._note_refused(request, member)
        status, heading, text = NOT_YOURS
        return self.page(request, "message.html", status, heading=heading, text=text, member=member)

    async def note_refusal(self, request: Request, problem: Exception) -> None:
        """Likewise where the page itself says that a step is not for somebody's role."""
        if isinstance(problem, Refused) and problem.who:
            await self._note_refused(request, await self.member(request))

    async def _note_refused(self, request: Request, member: StaffMember) -> None:
        address = request.url.path
        for name, value in request.path_params.items():  # which may be anything that was typed there
            address = address.replace(str(value), f"{{{name}}}")
        await self._sessions.note_refused(member, f"{request.method} {address}")

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the reader's language."""
        language = self.language(request)
        tr = self._translators[language]
        secret = request.cookies.get(SESSION) or request.cookies.get(FORM) or secrets.token_urlsafe(16)
        html = self._templates.get_template(template).render(
            tr=tr,
            language=language,
            others=[(name, self._here(request, name)) for name in self._translators if name != language],
            translators=sorted(self._translators.items(), key=lambda pair: pair[0] != language),
            say=words.Wording(language, tr, self._zone, self._clock()),
            words=words,
            logged_in=SESSION in request.cookies,
            **{"own_form": form_token(secret), **values},
        )
        # Half a character, which a script may hold by an escape, is shown as a question mark.
        response = HTMLResponse(html.encode("utf-8", "replace"), status, headers=HEADERS)
        if self._guest is not None and SESSION not in request.cookies:
            self.keep(response, FORM, secret, max_age=3600, samesite="strict")
        if request.query_params.get("lang") == language:
            self.keep(response, LANGUAGE, language, max_age=REMEMBERED)
        return response

    def language(self, request: Request) -> str:
        """The reader's language: chosen, remembered, or the browser's."""
        for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE)):
            if chosen in self._translators:
                return str(chosen)
        first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
        return self._translators.nearest("" if first == "*" else first)

    @staticmethod
    def _here(request: Request, language: str) -> str:
        """This page in another language. A page that came by POST is left for the one of the same address."""
        url = request.url.include_query_params(lang=language)
        return f"{url.path}?{url.query}"

    def keep(self, response: Response, name: str, value: str, max_age: int, samesite: Any = "lax") -> None:
        """A cookie for the staff pages alone."""
        response.set_cookie(
            name, value, max_age=max_age, path="/staff", secure=self._secure, httponly=True, samesite=samesite
        )

    def tr(self, request: Request) -> Translator:
        """The reader's words."""
        return self._translators[self.language(request)]

    def say(self, request: Request) -> words.Wording:
        """The reader's words for codes and times."""
        return words.Wording(self.language(request), self.tr(request), self._zone, self._clock())

    @staticmethod
    def secret(request: Request) -> str | None:
        """What the forms of this reader are made with."""
        return request.cookies.get(SESSION) or request.cookies.get(FORM)

    @staticmethod
    def sent(request: Request) -> AbstractAsyncContextManager[FormData]:
        """What a form brought; `Bounded` sees to its size."""
        return request.form(max_part_size=LARGEST_BODY, max_fields=MOST_FIELDS)

    async def form(self, request: Request) -> dict[str, str]:
        """What was sent with a form of ours by whoever is logged in. Instead: another page made it up."""
        async with self.sent(request) as sent:
            if not is_ours(sent.get("form_token"), self.secret(request)):
                raise Instead(OLD_FORM)
            return {name: str(value) for name, value in sent.items()}


class Instead(Exception):
    """What is shown instead of a page: one of the messages above."""

    def __init__(self, message: tuple[int, str, str]) -> None:
        super().__init__(message[1])
        self.message = message


class TooLarge(Exception):
    """A request brought more than it may."""


class Bounded:
    """Around every page: nobody's request fills the memory or the disk, also before anybody has logged in.

    Who is not logged in is told so here, and what is not for somebody's role is refused and logged.
    """

    def __init__(self, app: ASGIApp, frame: Frame) -> None:
        self._app = app
        self._frame = frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the page answers, or that it was too large."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                while message.get("more_body") and taken < _PATIENCE * LARGEST_BODY:
                    message = await receive()
                    taken += len(message.get("body", b""))
                raise TooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except TooLarge:
            await self._frame.message(Request(scope), TOO_LARGE)(scope, receive, send)
        except Instead as instead:
            await self._frame.message(Request(scope), instead.message)(scope, receive, send)
        except NotAllowed:
            request = Request(scope)
            refused = await self._frame.not_yours(request, await self._frame.member(request))
            await refused(scope, receive, send)


def form_token(secret: str) -> str:
    """Belongs to one cookie, and says nothing about it: other sites can neither read nor make it."""
    return hmac.digest(secret.encode(), b"form", "sha256").hex()


def is_ours(token: object, secret: str | None) -> bool:
    """Whether a form was made for the holder of this cookie."""
    return bool(secret) and hmac.compare_digest(str(token).encode(), form_token(secret or "").encode())


def see_other(path: str) -> Response:
    """To another page, after something was done."""
    return RedirectResponse(path, status_code=303, headers=HEADERS)
