"""The staff pages and who may see them."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.i18n import N_, Translators
from bot.service.views import LeadView, QueueRow, Session, StaffMember
from bot.staff import words

SESSION = "prescreen_staff"
FORM = "prescreen_form"
LANGUAGE = "prescreen_language"
#: How long a reader's choice of language is kept.
REMEMBERED = 365 * 24 * 3600

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
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

#: Status, heading, explanation; shown in every language, because nobody may have chosen one yet.
LOGGED_OUT = (
    401,
    N_("Please log in"),
    N_("Ask your administrator for a login link, or open the one you were sent. Each link works once."),
)
ENDED = (
    401,
    N_("Your session has ended"),
    N_("For safety you were logged out. Please open a new login link."),
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
GOODBYE = (200, N_("You are logged out"), N_("To come back, open a new login link."))


class Desk(Protocol):
    """The part of the staff service these pages need."""

    async def login(self, token: str) -> Session | None:
        """Uses up a login link's token. None: wrong, used or too old."""

    async def session(self, cookie: str) -> StaffMember | None:
        """Whose session this is. None: ended."""

    async def logout(self, cookie: str) -> None:
        """Ends a session."""

    async def queue(self, language: str) -> Sequence[QueueRow]:
        """Everything that waits, first things first."""

    async def lead(self, code: str, language: str, member: StaffMember) -> LeadView | None:
        """One lead with its identity; that `member` opened it goes into the trail."""


class Assets(StaticFiles):
    """Files of this package. Browsers ask each time whether they have changed, so an upgrade shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """With our headers."""
        response = super().file_response(*args, **kwargs)
        response.headers.update({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})
        return response


class Pages:
    """The endpoints. `guest`, in the demonstration only, reads without logging in."""

    def __init__(
        self,
        desk: Desk,
        translators: Translators,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        secure_cookies: bool,
        guest: StaffMember | None,
    ) -> None:
        self._desk = desk
        self._translators = translators
        self._clock = clock
        self._zone = zone
        self._secure = secure_cookies
        self._guest = guest
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def ask_login(self, request: Request) -> Response:
        """The button behind a login link. Only pressing it uses the link up: previews of links fetch them too."""
        token = request.query_params.get("token", "")
        if not token:
            return self._message(request, LOGGED_OUT)
        secret = request.cookies.get(FORM) or secrets.token_urlsafe(16)
        response = self._page(request, "login.html", token=token, form_token=_form_token(secret))
        self._keep(response, FORM, secret, max_age=3600, samesite="strict")
        return response

    async def login(self, request: Request) -> Response:
        """Uses the link up and opens a session."""
        form = await request.form()
        if not _is_ours(form.get("form_token"), request.cookies.get(FORM)):
            return self._message(request, OLD_FORM)
        session = await self._desk.login(str(form.get("token", "")))
        if session is None:
            return self._message(request, USED_LINK)
        response = _to("/staff")
        left = int((session.expires_at - self._clock()).total_seconds())
        self._keep(response, SESSION, session.cookie, max_age=left)
        response.delete_cookie(FORM, path="/staff")
        return response

    async def logout(self, request: Request) -> Response:
        """Ends the session."""
        cookie = request.cookies.get(SESSION)
        form = await request.form()
        if not _is_ours(form.get("form_token"), cookie):
            return self._message(request, OLD_FORM)
        await self._desk.logout(cookie or "")
        response = self._message(request, GOODBYE)
        response.delete_cookie(SESSION, path="/staff")
        return response

    async def queue(self, request: Request) -> Response:
        """What waits, first things first."""
        member = await self._member(request)
        if member is None:
            return self._closed(request)
        rows = await self._desk.queue(self._language(request))
        return self._page(
            request, "queue.html", member=member, rows=rows, several=len({row.study_name for row in rows}) > 1
        )

    async def lead(self, request: Request) -> Response:
        """One lead: what is open first, then everything."""
        member = await self._member(request)
        if member is None:
            return self._closed(request)
        view = await self._desk.lead(request.path_params["code"], self._language(request), member)
        if view is None:
            return self._message(request, NOT_FOUND)
        return self._page(request, "lead.html", member=member, view=view, row=view.row)

    async def nothing(self, request: Request) -> Response:
        """Any other address below /staff."""
        return self._message(request, NOT_FOUND)

    async def _member(self, request: Request) -> StaffMember | None:
        cookie = request.cookies.get(SESSION)
        return (await self._desk.session(cookie) if cookie else None) or self._guest

    def _closed(self, request: Request) -> Response:
        return self._message(request, ENDED if SESSION in request.cookies else LOGGED_OUT)

    def _message(self, request: Request, message: tuple[int, str, str]) -> Response:
        status, heading, text = message
        return self._page(request, "message.html", status, heading=heading, text=text)

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        language = self._language(request)
        tr = self._translators[language]
        cookie = request.cookies.get(SESSION)
        html = self._templates.get_template(template).render(
            tr=tr,
            language=language,
            others=[(name, self._here(request, name)) for name in self._translators if name != language],
            translators=sorted(self._translators.items(), key=lambda pair: pair[0] != language),
            say=words.Wording(language, tr, self._zone, self._clock()),
            words=words,
            logout_token=_form_token(cookie) if cookie else "",
            **values,
        )
        response = HTMLResponse(html, status, headers=HEADERS)
        if request.query_params.get("lang") == language:
            self._keep(response, LANGUAGE, language, max_age=REMEMBERED)
        return response

    def _language(self, request: Request) -> str:
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

    def _keep(self, response: Response, name: str, value: str, max_age: int, samesite: Any = "lax") -> None:
        response.set_cookie(
            name, value, max_age=max_age, path="/staff", secure=self._secure, httponly=True, samesite=samesite
        )


def routes(
    desk: Desk,
    translators: Translators,
    clock: Callable[[], datetime],
    zone: ZoneInfo,
    secure_cookies: bool,
    guest: StaffMember | None = None,
) -> list[BaseRoute]:
    """`/staff` and its files. `guest` is for the demonstration: it reads without logging in."""
    pages = Pages(desk, translators, clock, zone, secure_cookies, guest)
    return [
        Route("/staff", pages.queue),
        Route("/staff/login", pages.ask_login, methods=["GET"]),
        Route("/staff/login", pages.login, methods=["POST"]),
        Route("/staff/logout", pages.logout, methods=["POST"]),
        Route("/staff/leads/{code}", pages.lead),
        Route("/staff/{rest:path}", pages.nothing),
        Mount("/static/staff", Assets(directory=_HERE / "static")),
    ]


def _form_token(secret: str) -> str:
    """Belongs to one cookie, and says nothing about it: other sites can neither read nor make it."""
    return hmac.digest(secret.encode(), b"form", "sha256").hex()


def _is_ours(token: object, secret: str | None) -> bool:
    return bool(secret) and hmac.compare_digest(str(token).encode(), _form_token(secret or "").encode())


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers=HEADERS)
