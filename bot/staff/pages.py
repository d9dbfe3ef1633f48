"""The queue's pages: logging in, the queue, one lead."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.i18n import Translators
from bot.service.views import LeadView, QueueRow, Session, StaffMember
from bot.staff import flows, reports, site, work
from bot.staff.frame import (
    FORM,
    GOODBYE,
    LOGGED_OUT,
    NOT_FOUND,
    OLD_FORM,
    SESSION,
    STATIC,
    USED_LINK,
    Assets,
    Bounded,
    Frame,
    form_token,
    is_ours,
    see_other,
)


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


class Pages:
    """The endpoints of the queue."""

    def __init__(self, desk: Desk, frame: Frame, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._frame = frame
        self._clock = clock

    async def ask_login(self, request: Request) -> Response:
        """The button behind a login link. Only pressing it uses the link up: previews of links fetch them too."""
        token = request.query_params.get("token", "")
        if not token:
            return self._frame.message(request, LOGGED_OUT)
        secret = request.cookies.get(FORM) or secrets.token_urlsafe(16)
        response = self._frame.page(request, "login.html", token=token, form_token=form_token(secret))
        self._frame.keep(response, FORM, secret, max_age=3600, samesite="strict")
        return response

    async def login(self, request: Request) -> Response:
        """Uses the link up and opens a session."""
        async with self._frame.sent(request) as form:
            if not is_ours(form.get("form_token"), request.cookies.get(FORM)):
                return self._frame.message(request, OLD_FORM)
        session = await self._desk.login(str(form.get("token", "")))
        if session is None:
            return self._frame.message(request, USED_LINK)
        response = see_other("/staff")
        left = int((session.expires_at - self._clock()).total_seconds())
        self._frame.keep(response, SESSION, session.cookie, max_age=left)
        response.delete_cookie(FORM, path="/staff")
        return response

    async def logout(self, request: Request) -> Response:
        """Ends the session."""
        cookie = request.cookies.get(SESSION)
        async with self._frame.sent(request) as form:
            if not is_ours(form.get("form_token"), cookie):
                return self._frame.message(request, OLD_FORM)
        await self._desk.logout(cookie or "")
        response = self._frame.message(request, GOODBYE)
        response.delete_cookie(SESSION, path="/staff")
        return response

    async def queue(self, request: Request) -> Response:
        """What waits, first things first."""
        member = await self._frame.member(request)
        if member is None:
            return self._frame.closed(request)
        rows = await self._desk.queue(self._frame.language(request))
        return self._frame.page(
            request, "queue.html", member=member, rows=rows, several=len({row.study_name for row in rows}) > 1
        )

    async def lead(self, request: Request, why: str = "", status: int = 200) -> Response:
        """One lead: what is open first, then everything."""
        member = await self._frame.member(request)
        if member is None:
            return self._frame.closed(request)
        view = await self._desk.lead(request.path_params["code"], self._frame.language(request), member)
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        return self._frame.page(request, "lead.html", status, member=member, view=view, row=view.row, why=why)

    async def nothing(self, request: Request) -> Response:
        """Any other address below /staff."""
        return self._frame.message(request, NOT_FOUND)


def routes(
    desk: Desk,
    sites: site.Sites,
    scripts: flows.Scripts,
    working: work.Work,
    log: reports.PrescreeningLog,
    told: reports.Reports,
    translators: Translators,
    clock: Callable[[], datetime],
    zone: ZoneInfo,
    secure_cookies: bool,
    guest: StaffMember | None = None,
) -> list[BaseRoute]:
    """`/staff` and its files. `guest` is for the demonstration: it reads without logging in."""
    frame = Frame(desk, translators, clock, zone, secure_cookies, guest)
    pages = Pages(desk, frame, clock)
    found = [
        Route("/staff", pages.queue),
        Route("/staff/login", pages.ask_login, methods=["GET"]),
        Route("/staff/login", pages.login, methods=["POST"]),
        Route("/staff/logout", pages.logout, methods=["POST"]),
        Route("/staff/leads/{code}", pages.lead, methods=["GET"]),
        *work.routes(working, frame, pages, zone),
        *reports.routes(log, told, frame),
        *site.routes(sites, frame),
        *flows.routes(scripts, frame),
        Route("/staff/{rest:path}", pages.nothing),
    ]
    for route in found:
        route.app = Bounded(route.app, frame)
    return [*found, Mount("/static/staff", Assets(directory=STATIC))]
