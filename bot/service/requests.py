"""What coordinators do with a request: take it, answer, close it with what came of it (Q-4, R-26)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.leads.lead import Request
from bot.service.in_hand import CannotWork
from bot.service.placing import REQUEST, place_request
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf
from bot.service.staff import admit_worker
from bot.service.views import StaffMember

T = TypeVar("T")

#: What may come of a request: they were spoken with, the study doctor has it, nobody was reached, it was no matter.
HOW = ("spoken", "doctor", "not_reached", "nothing")


class Requests:
    """Each act is one transaction, in the trail. A request holds nothing but its kind and a way to answer."""

    def __init__(self, store: Store, shelf: Shelf, clock: Clock) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock

    async def claim(self, code: str, member: StaffMember) -> None:
        """Nobody else sees to it until the claim ends. CannotWork: somebody does already, or it is closed."""
        await self._act(code, member, lambda records, request, now: None)

    async def release(self, code: str, member: StaffMember) -> None:
        """Others may take it again."""

        def let_go(records: Records, request: Request, now: datetime) -> None:
            records.change_request(code, claimed_by=None, claimed_until=None)
            records.note(code, f"staff:{member.id}", "released", {}, now)
            if request.escalated_at is None:
                records.set_timer(REQUEST, code, max(now, request.due_at))

        await self._act(code, member, let_go)

    async def close(self, code: str, how: str, member: StaffMember) -> None:
        """It was seen to. CannotWork: it is not said how."""

        def finish(records: Records, request: Request, now: datetime) -> None:
            if how not in HOW:
                raise CannotWork("needs", "how")
            records.change_request(
                code,
                status="closed",
                closed_by=member.id,
                closed_how=how,
                claimed_by=None,
                claimed_until=None,
            )
            records.note(code, f"staff:{member.id}", "closed", {"how": how}, now)

        await self._act(code, member, finish)

    async def reopen(self, code: str, member: StaffMember) -> None:
        """It was closed too soon; whoever reopens it has it. CannotWork: it is open, or gone."""

        def again(records: Records) -> None:
            request = self._found(records, code, member)
            if request.status == "new":
                raise CannotWork("no_such_step", "reopen")
            now = self._clock()
            until = now + self._claim_for(records, request)
            records.change_request(
                code,
                status="new",
                closed_by=None,
                closed_how=None,
                claimed_by=member.id,
                claimed_until=until,
                escalated_at=None,
            )
            records.note(code, f"staff:{member.id}", "reopened", {}, now)
            if found := records.request(code):
                place_request(records, self._shelf.site(records, found.study or ""), found, now)
            records.set_timer(REQUEST, code, max(request.due_at, until))

        await self._store.run(again)

    async def act(self, code: str, member: StaffMember, do: Callable[[Records, Request, datetime], T]) -> T:
        """Something of another part, under the same rules. NotAllowed, CannotWork."""
        return await self._act(code, member, do)

    async def _act(self, code: str, member: StaffMember, act: Callable[[Records, Request, datetime], T]) -> T:
        def run(records: Records) -> T:
            request = self._found(records, code, member)
            if request.status != "new":
                raise CannotWork("request_closed", request.closed_by or "")
            now = self._clock()
            if not records.claim_request(code, member.id, now + self._claim_for(records, request), now):
                taken = records.request(code) or request
                if taken.status != "new":
                    raise CannotWork("request_closed", taken.closed_by or "")
                raise CannotWork("claimed", taken.claimed_by or "", taken.claimed_until)
            if request.claimed_by != member.id or (request.claimed_until or now) <= now:
                records.note(code, f"staff:{member.id}", "claimed", {}, now)
            return act(records, request, now)

        return await self._store.run(run)

    def _found(self, records: Records, code: str, member: StaffMember) -> Request:
        admit_worker(records, self._shelf, member)
        request = records.request(code)
        if request is None:
            raise CannotWork("no_such_lead", code)
        return request

    def _claim_for(self, records: Records, request: Request) -> timedelta:
        site = self._shelf.site(records, request.study or "")
        return timedelta(minutes=int(site["claim_minutes"]))
