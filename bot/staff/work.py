"""What is done on a lead's page: claim, attempts, steps, checks, notes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.service.by_hand import Caller
from bot.service.in_hand import Brought, CannotWork
from bot.service.views import Choices, StaffMember, Wanted
from bot.staff.filters import FILTERS, wanted_of
from bot.staff.frame import Frame, see_other
from bot.staff.refusals import because


class Work(Protocol):
    """The part of the staff service these forms need."""

    async def claim(self, code: str, member: StaffMember) -> None: ...
    async def release(self, code: str, member: StaffMember) -> None: ...
    async def hand_over(self, code: str, to: str, member: StaffMember) -> None: ...
    async def attempt(
        self,
        code: str,
        channel: str,
        outcome: str,
        member: StaffMember,
        call_back: datetime | None = None,
        note: str = "",
        seen: int | None = None,
    ) -> None: ...
    async def take_over(self, absent: str, to: str, member: StaffMember) -> int: ...
    async def claim_next(self, wanted: Wanted, member: StaffMember) -> str | None: ...
    async def step(
        self, code: str, step: str, brought: Brought, member: StaffMember, seen: int | None = None
    ) -> None: ...
    async def tell(self, code: str, member: StaffMember, seen: int | None = None) -> None: ...
    async def check(self, code: str, criterion: str, state: str, member: StaffMember) -> None: ...
    async def note(self, code: str, text: str, member: StaffMember) -> None: ...
    async def undo(self, code: str, reason: str, member: StaffMember, seen: int | None = None) -> None: ...


class Requests(Protocol):
    """The part of the staff service that requests need."""

    async def claim(self, code: str, member: StaffMember) -> None: ...
    async def release(self, code: str, member: StaffMember) -> None: ...
    async def close(self, code: str, how: str, member: StaffMember) -> None: ...
    async def reopen(self, code: str, member: StaffMember) -> None: ...


class LeadPage(Protocol):
    """The page that the forms stand on."""

    async def lead(
        self, request: Request, why: str = "", status: int = 200, form: Mapping[str, str] | None = None
    ) -> Response: ...


class ByHand(Protocol):
    """The part of the staff service that enters people."""

    async def words(self, language: str) -> str: ...
    async def admit(self, member: StaffMember) -> None: ...
    async def enter(self, caller: Caller, member: StaffMember) -> str: ...


class Choosing(Protocol):
    """Studies and languages to choose from."""

    async def choices(self, language: str) -> Choices: ...


class EntryForm:
    """Somebody phoned in."""

    def __init__(self, by_hand: ByHand, desk: Choosing, frame: Frame) -> None:
        self._by_hand = by_hand
        self._desk = desk
        self._frame = frame

    async def show(self, request: Request) -> Response:
        """The empty form."""
        return await self._page(request, {}, "", 200)

    async def enter(self, request: Request) -> Response:
        """A new lead, opened at once; or what is missing."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        caller = Caller(
            study=form.get("study", ""),
            name=form.get("name", ""),
            phone=form.get("phone", ""),
            language=form.get("language", ""),
            call_time=form.get("call_time", ""),
            note=form.get("note", "")[:2000],
            agreed=bool(form.get("agreed")),
        )
        try:
            code = await self._by_hand.enter(caller, member)
        except CannotWork as problem:
            return await self._page(request, form, because(problem, self._frame.say(request)), 409)
        return see_other(f"/staff/leads/{code}")

    async def _page(self, request: Request, form: Mapping[str, str], why: str, status: int) -> Response:
        member = await self._frame.member(request)
        await self._by_hand.admit(member)
        choices = await self._desk.choices(self._frame.language(request))
        spoken = [(language, await self._by_hand.words(language)) for language in choices.languages]
        return self._frame.page(
            request, "enter.html", status, member=member, choices=choices, spoken=spoken, form=form, why=why
        )


class WorkForms:
    """The forms of a lead's page."""

    def __init__(self, work: Work, requests: Requests, frame: Frame, page: LeadPage, zone: ZoneInfo) -> None:
        self._work = work
        self._requests = requests
        self._frame = frame
        self._page = page
        self._zone = zone

    async def next(self, request: Request) -> Response:
        """Takes the first lead of the queue that can be done now, and opens it."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        seen = {name: value for name, value in form.items() if name in FILTERS and value}
        code = await self._work.claim_next(replace(wanted_of(seen, member), who=""), member)
        return see_other(f"/staff/leads/{code}" if code else f"/staff?{urlencode({**seen, 'none': '1'})}")

    async def take_over(self, request: Request) -> Response:
        """All leads of a colleague who is away go to another (Q-4)."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        moved = await self._work.take_over(form.get("absent", ""), form.get("to", ""), member)
        return see_other(f"/staff/day?moved={moved}")

    async def act(self, request: Request) -> Response:
        """One of them. What is not possible is said on the page, and what was written stays in its field."""
        member = await self._frame.member(request)
        form = await self._frame.form(request)
        code = request.path_params["code"]
        try:
            await (self._answer if code.startswith("R-") else self._do)(code, form, member)
        except CannotWork as problem:
            return await self._page.lead(request, because(problem, self._frame.say(request)), 409, form)
        place = "#open-items" if form.get("do") == "check" else ""
        return see_other(f"/staff/leads/{code}{place}")

    async def _answer(self, code: str, form: Mapping[str, str], member: StaffMember) -> None:
        match form.get("do"):
            case "claim":
                await self._requests.claim(code, member)
            case "release":
                await self._requests.release(code, member)
            case "close":
                await self._requests.close(code, form.get("how", ""), member)
            case "reopen":
                await self._requests.reopen(code, member)
            case other:
                raise CannotWork("no_such_step", str(other))

    async def _do(self, code: str, form: Mapping[str, str], member: StaffMember) -> None:
        match form.get("do"):
            case "claim":
                await self._work.claim(code, member)
            case "release":
                await self._work.release(code, member)
            case "hand_over":
                await self._work.hand_over(code, form.get("to", ""), member)
            case "attempt":
                await self._work.attempt(
                    code,
                    form.get("channel", ""),
                    form.get("outcome", ""),
                    member,
                    self._moment(form.get("call_back", "")),
                    form.get("note", ""),
                    _seen(form),
                )
            case "step":
                brought = Brought(
                    criterion=form.get("criterion", ""),
                    why=form.get("why", ""),
                    reason=form.get("reason", ""),
                    visit=self._moment(form.get("visit", "")),
                    other=form.get("other", "").strip().upper(),
                    agrees=bool(form.get("agrees")),
                    tell=bool(form.get("tell")),
                )
                await self._work.step(code, form.get("step", ""), brought, member, _seen(form))
            case "tell":
                await self._work.tell(code, member, _seen(form))
            case "check":
                await self._work.check(code, form.get("criterion", ""), form.get("state", ""), member)
            case "note":
                await self._work.note(code, form.get("text", ""), member)
            case "undo":
                await self._work.undo(code, form.get("reason", ""), member, _seen(form))
            case other:
                raise CannotWork("no_such_step", str(other))

    def _moment(self, text: str) -> datetime | None:
        """A moment as a browser sends it, in the site's zone."""
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self._zone)
        except ValueError:
            raise CannotWork("bad_time") from None


def _seen(form: Mapping[str, str]) -> int | None:
    """The last thing that stood on the page."""
    seen = form.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 19 else None


def entry_routes(by_hand: ByHand, desk: Choosing, frame: Frame) -> list[Route]:
    """`/staff/enter`."""
    form = EntryForm(by_hand, desk, frame)
    return [
        Route("/staff/enter", form.show, methods=["GET"]),
        Route("/staff/enter", form.enter, methods=["POST"]),
    ]


def routes(work: Work, requests: Requests, frame: Frame, page: LeadPage, zone: ZoneInfo) -> list[Route]:
    """What the forms of the queue and of a lead's page post to."""
    forms = WorkForms(work, requests, frame, page, zone)
    return [
        Route("/staff/next", forms.next, methods=["POST"]),
        Route("/staff/day", forms.take_over, methods=["POST"]),
        Route("/staff/leads/{code}", forms.act, methods=["POST"]),
    ]
