"""The queue's pages: logging in, the queue, one lead."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.i18n import Translators
from bot.service.views import Choices, Day, LeadView, QueuePage, QueueRow, Session, StaffMember, Wanted
from bot.staff import flows, hand_off, relay, reports, site, work
from bot.staff.filters import FILTERS, wanted_of
from bot.staff.frame import (
    FORM,
    GOODBYE,
    HEADERS,
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
from bot.staff.relay import Relay as Writing
from bot.staff.reports import Reports as Reporting
from bot.staff.work import ByHand as Entering
from bot.staff.work import Requests as WorkOnRequests
from bot.staff.work import Work as WorkOnLeads


class Desk(Protocol):
    """The part of the staff service these pages need."""

    async def queue(
        self, language: str, member: StaffMember | None = None, wanted: Wanted = ..., at: str = ""
    ) -> QueuePage:
        """A page of what waits, first things first. NotAllowed."""

    async def closed(self, language: str, at: str = "", member: StaffMember | None = None) -> QueuePage:
        """A page of closed leads, the latest first. NotAllowed."""

    async def search(self, text: str, language: str, member: StaffMember) -> Sequence[QueueRow]:
        """By code, phone or words. NotAllowed."""

    async def day(self, language: str, member: StaffMember) -> Day:
        """What is before somebody today. NotAllowed."""

    async def choices(self, language: str) -> Choices:
        """What there is to filter by."""

    async def lead(self, code: str, language: str, member: StaffMember) -> LeadView | None:
        """One lead with its identity; that `member` opened it goes into the trail. NotAllowed."""

    async def mark(self, code: str, member: StaffMember) -> str:
        """Changes with the lead; "" when it is gone. NotAllowed."""


class Staff(Protocol):
    """Logging in."""

    async def login(self, token: str) -> Session | None:
        """Uses up a login link's token. None: wrong, used or too old."""

    async def session(self, cookie: str) -> StaffMember | None:
        """Whose session this is. None: ended."""

    async def logout(self, cookie: str) -> None:
        """Ends a session."""

    async def note_refused(self, member: StaffMember, what: str) -> None:
        """Somebody wanted what is not for their role."""


class Pages:
    """The endpoints of the queue."""

    def __init__(self, desk: Desk, staff: Staff, frame: Frame, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._staff = staff
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
        session = await self._staff.login(str(form.get("token", "")))
        if session is None:
            return self._frame.message(request, USED_LINK)
        response = see_other("/staff" if session.member.has_queue else "/staff/flows")
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
        await self._staff.logout(cookie or "")
        response = self._frame.message(request, GOODBYE)
        response.delete_cookie(SESSION, path="/staff")
        return response

    async def queue(self, request: Request) -> Response:
        """What waits, first things first."""
        member = await self._frame.member(request)
        language, query = self._frame.language(request), request.query_params
        wanted = wanted_of(query, member)
        page = await self._desk.queue(language, member, wanted, query.get("at", ""))
        chosen = {name: value for name, value in query.items() if name in FILTERS and value}
        return self._frame.page(
            request,
            "queue.html",
            member=member,
            page=page,
            rows=page.rows,
            choices=await self._desk.choices(language),
            chosen=chosen,
            address=f"/staff?{urlencode(chosen)}&" if chosen else "/staff?",
            nothing_free="none" in query,
        )

    async def closed(self, request: Request) -> Response:
        """Leads nobody works on any more."""
        member = await self._frame.member(request)
        at = request.query_params.get("at", "")
        page = await self._desk.closed(self._frame.language(request), at, member)
        return self._frame.page(request, "closed.html", member=member, page=page, rows=page.rows)

    async def day(self, request: Request) -> Response:
        """What is before whoever looks."""
        member = await self._frame.member(request)
        day = await self._desk.day(self._frame.language(request), member)
        choices = await self._desk.choices(self._frame.language(request))
        moved = request.query_params.get("moved", "")
        return self._frame.page(
            request,
            "day.html",
            member=member,
            day=day,
            staff=choices.staff,
            moved=moved if moved.isdecimal() else "",
        )

    async def nothing_sought(self, request: Request) -> Response:
        """The field alone: an address holds nothing that was looked for."""
        member = await self._frame.member(request)
        return self._frame.page(request, "search.html", member=member, rows=(), text="", sought=False)

    async def search(self, request: Request) -> Response:
        """Leads that are looked for. By POST: a phone number has no place in an address."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        text = form.get("text", "")[:200]
        rows = await self._desk.search(text, self._frame.language(request), member)
        if len(rows) == 1 and rows[0].code.replace("-", "") == text.upper().strip().replace("-", ""):
            return see_other(f"/staff/leads/{rows[0].code}")
        return self._frame.page(request, "search.html", member=member, rows=rows, text=text, sought=True)

    async def lead(
        self,
        request: Request,
        why: str = "",
        status: int = 200,
        form: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> Response:
        """One lead: what is open first, then everything."""
        member = await self._frame.member(request)
        view = await self._desk.lead(request.path_params["code"], self._frame.language(request), member)
        if view is None:
            return self._frame.message(request, NOT_FOUND)
        return self._frame.page(
            request,
            "lead.html",
            status,
            member=member,
            view=view,
            row=view.row,
            why=why,
            form=form or {},
            typed=typed,
            chosen=request.query_params.get("say", ""),
            answered="answered" in request.query_params,
        )

    async def mark(self, request: Request) -> Response:
        """What a page of a lead compares with its own mark while it stands open."""
        member = await self._frame.member(request)
        mark = await self._desk.mark(request.path_params["code"], member)
        return PlainTextResponse(mark, headers=HEADERS)

    async def nothing(self, request: Request) -> Response:
        """Any other address below /staff."""
        return self._frame.message(request, NOT_FOUND)


class Services(Protocol):
    """What the pages need of the product."""

    @property
    def desk(self) -> Desk: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def work(self) -> WorkOnLeads: ...
    @property
    def requests(self) -> WorkOnRequests: ...
    @property
    def by_hand(self) -> Entering: ...
    @property
    def relay(self) -> Writing: ...
    @property
    def log(self) -> reports.PrescreeningLog: ...
    @property
    def reports(self) -> Reporting: ...
    @property
    def handing(self) -> hand_off.Handing: ...
    @property
    def sites(self) -> site.Sites: ...
    @property
    def scripts(self) -> flows.Scripts: ...
    @property
    def translators(self) -> Translators: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


def routes(
    of: Services, zone: ZoneInfo, secure_cookies: bool, guest: StaffMember | None = None
) -> list[BaseRoute]:
    """`/staff` and its files. `guest` is for the demonstration: it reads without logging in."""
    frame = Frame(of.staff, of.translators, of.clock, zone, secure_cookies, guest)
    pages = Pages(of.desk, of.staff, frame, of.clock)
    found = [
        Route("/staff", pages.queue),
        Route("/staff/day", pages.day),
        Route("/staff/closed", pages.closed),
        Route("/staff/search", pages.nothing_sought, methods=["GET"]),
        Route("/staff/search", pages.search, methods=["POST"]),
        Route("/staff/login", pages.ask_login, methods=["GET"]),
        Route("/staff/login", pages.login, methods=["POST"]),
        Route("/staff/logout", pages.logout, methods=["POST"]),
        Route("/staff/leads/{code}", pages.lead, methods=["GET"]),
        Route("/staff/leads/{code}/mark", pages.mark),
        *work.entry_routes(of.by_hand, of.desk, frame),
        *work.routes(of.work, of.requests, frame, pages, zone),
        *relay.routes(of.relay, frame, pages),
        *reports.routes(of.log, of.reports, of.handing, frame),
        *site.routes(of.sites, frame),
        *flows.routes(of.scripts, frame),
        Route("/staff/{rest:path}", pages.nothing),
    ]
    for route in found:
        route.app = Bounded(route.app, frame)
    return [*found, Mount("/static/staff", Assets(directory=STATIC))]
