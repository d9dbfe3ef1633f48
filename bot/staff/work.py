"""What is done on a lead's page: claim, attempts, steps, checks, notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.i18n import N_
from bot.service.desk import NotAllowed
from bot.service.views import StaffMember
from bot.service.work import Brought, CannotWork
from bot.staff.frame import NOT_YOURS, OLD_FORM, Frame, see_other

#: Why something was not done; `{detail}` is what it is about, `{when}` until when.
REFUSALS: Mapping[str, str] = {
    "claimed": N_("{detail} works on this lead until {when}. Nothing was changed."),
    "no_such_lead": N_("There is no such lead any more."),
    "no_coordinator": N_("Nobody of that name works on leads."),
    "no_such_outcome": N_("Choose what came of it."),
    "no_such_step": N_("This step is not possible from here any more. Load the page again."),
    "tried_today": N_("There was a try today already. The next one is for another day, unless the person asked for a call back."),
    "tried_out": N_("There were {detail} tries, and that is enough. Two weeks after the last one the person may be given up; if you do reach them, write that down."),
    "withdrawn": N_("The person withdrew in the chat and wants no contact any more. Nothing was changed."),
    "past_visit": N_("This day has passed already. Give the day and time of a visit to come."),
    "no_other": N_("{detail} is not the code of another lead of this study."),
    "closed": N_("This lead is closed. Reopen it first."),
    "not_yet": N_("Not yet: a person is given up after three tries, and two weeks after the last one."),
    "nothing_done": N_("There is nothing to take back."),
    "bad_time": N_("Give a day and a time."),
}  # fmt: skip
NEEDED: Mapping[str, str] = {
    "criterion": N_("Say which criterion or reason it is."),
    "visit": N_("Give the day and time of the visit."),
    "other": N_("Give the code of the other lead."),
    "reason": N_("Say why."),
    "agrees": N_("Only who agreed to it is put on the waiting list. Tick it when the person did."),
    "call_back": N_("Give the day and time of the call back."),
    "text": N_("Write something first."),
}


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
    ) -> None: ...
    async def step(self, code: str, step: str, brought: Brought, member: StaffMember) -> None: ...
    async def check(self, code: str, criterion: str, state: str, member: StaffMember) -> None: ...
    async def note(self, code: str, text: str, member: StaffMember) -> None: ...
    async def undo(self, code: str, reason: str, member: StaffMember) -> None: ...


class LeadPage(Protocol):
    """The page that the forms stand on."""

    async def lead(self, request: Request, why: str = "", status: int = 200) -> Response: ...


class WorkForms:
    """The forms of a lead's page."""

    def __init__(self, work: Work, frame: Frame, page: LeadPage, zone: ZoneInfo) -> None:
        self._work = work
        self._frame = frame
        self._page = page
        self._zone = zone

    async def act(self, request: Request) -> Response:
        """One of them. What is not possible is said on the page."""
        member = await self._frame.member(request)
        if member is None:
            return self._frame.closed(request)
        form = await self._frame.form(request)
        if form is None:
            return self._frame.message(request, OLD_FORM)
        code = request.path_params["code"]
        try:
            await self._do(code, form, member)
        except NotAllowed:
            return self._frame.message(request, NOT_YOURS)
        except CannotWork as problem:
            return await self._page.lead(request, self._because(request, problem), 409)
        return see_other(f"/staff/leads/{code}")

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
                )
            case "step":
                brought = Brought(
                    criterion=form.get("criterion", ""),
                    reason=form.get("reason", ""),
                    visit=self._moment(form.get("visit", "")),
                    other=form.get("other", "").strip().upper(),
                    agrees=bool(form.get("agrees")),
                    tell=bool(form.get("tell")),
                )
                await self._work.step(code, form.get("step", ""), brought, member)
            case "check":
                await self._work.check(code, form.get("criterion", ""), form.get("state", ""), member)
            case "note":
                await self._work.note(code, form.get("text", ""), member)
            case "undo":
                await self._work.undo(code, form.get("reason", ""), member)

    def _moment(self, text: str) -> datetime | None:
        """A moment as a browser sends it, in the site's zone."""
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self._zone)
        except ValueError:
            raise CannotWork("bad_time") from None

    def _because(self, request: Request, problem: CannotWork) -> str:
        tr = self._frame.tr(request)
        if problem.reason == "needs":
            return tr(NEEDED[problem.detail])
        when = self._frame.say(request).when(problem.until) if problem.until else ""
        return tr(REFUSALS[problem.reason]).format(detail=problem.detail, when=when)


def routes(work: Work, frame: Frame, page: LeadPage, zone: ZoneInfo) -> list[Route]:
    """What the forms of a lead's page post to."""
    return [Route("/staff/leads/{code}", WorkForms(work, frame, page, zone).act, methods=["POST"])]
