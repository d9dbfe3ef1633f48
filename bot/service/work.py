"""What coordinators do with a lead: claim it, try to reach the person, check what is open, take its next step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.core.run import Chat
from bot.leads.lead import Lead, Request
from bot.leads.queue import Cursor, Lane, Wanted, first_place_after, narrows
from bot.service.in_hand import Brought, CannotWork, InHand, check_coordinator
from bot.service.letters import Letters
from bot.service.ports import Clock, Records, Store
from bot.service.queue_rows import is_held
from bot.service.shelf import Shelf
from bot.service.staff import admit_worker
from bot.service.views import StaffMember

T = TypeVar("T")

#: Rows of the queue that are looked at together for one that is free.
AT_A_TIME = 20
#: So many waiting requests are looked at.
MOST_REQUESTS = 200


class Work:
    """Each act is one transaction, in the trail, and extends the claim of whoever acts."""

    def __init__(self, store: Store, shelf: Shelf, letters: Letters, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._letters = letters
        self._shelf = shelf
        self._clock = clock
        self._zone = zone

    # whose it is

    async def claim(self, code: str, member: StaffMember) -> None:
        """Nobody else works on it until the claim ends (Q-4). CannotWork: somebody does already."""
        await self._act(code, member, lambda work: None)

    async def claim_next(self, wanted: Wanted, member: StaffMember) -> str | None:
        """The first lead or request in the queue's order that nobody works on and that can be done now; None: none is.

        Requests have neither verdict nor criteria; in the quiet hours nobody is called, and urgent requests are seen to.
        """

        def take(records: Records) -> str | None:
            self._allow(records, member)
            now, after = self._clock(), None
            requests = iter(() if narrows(wanted) else self._free_requests(records, wanted, now))
            request = next(requests, None)
            while leads := records.leads_page(replace(wanted, free=True), now, AT_A_TIME, after):
                for lead in leads:
                    while request is not None and request.place <= lead.place:
                        if self._take_request(records, request, member, now):
                            return request.code
                        request = next(requests, None)
                    if lead.place >= first_place_after(Lane.NOW):
                        return None
                    if not self._shelf.site(records, lead.study).waking.is_open(now):
                        continue
                    if records.claim(lead.code, member.id, now + self._claim_for(records, lead.study), now):
                        records.note(lead.code, f"staff:{member.id}", "claimed", {}, now)
                        return lead.code
                # Others took them all since they were read.
                after = Cursor(leads[-1].place, leads[-1].code)
            while request is not None:
                if self._take_request(records, request, member, now):
                    return request.code
                request = next(requests, None)
            return None

        return await self._store.run(take)

    def _free_requests(self, records: Records, wanted: Wanted, now: datetime) -> list[Request]:
        found = records.requests_page(now, MOST_REQUESTS, language=wanted.language, study=wanted.study)
        return [
            each
            for each in found
            if not is_held(each, now) and (each.urgent or self._is_awake(records, each, now))
        ]

    def _is_awake(self, records: Records, request: Request, now: datetime) -> bool:
        return self._shelf.site(records, request.study or "").waking.is_open(now)

    def _take_request(self, records: Records, request: Request, member: StaffMember, now: datetime) -> bool:
        until = now + self._claim_for(records, request.study or "")
        if not records.claim_request(request.code, member.id, until, now):
            return False
        records.note(request.code, f"staff:{member.id}", "claimed", {}, now)
        return True

    async def release(self, code: str, member: StaffMember) -> None:
        """Others may take it again."""
        await self._act(code, member, lambda work: work.let_go())

    async def hand_over(self, code: str, to: str, member: StaffMember) -> None:
        """Another coordinator works on it from now on. CannotWork: there is none of that name."""
        await self._act(code, member, lambda work: work.give(to))

    async def take_over(self, absent: str, to: str, member: StaffMember) -> int:
        """All leads of a colleague who is away go to another; returns how many. NotAllowed, CannotWork."""

        def move(records: Records) -> int:
            self._allow(records, member)
            check_coordinator(records, to)
            now = self._clock()
            moved = 0
            for code in records.claimed_by(absent):
                until = now + self._claim_for(records, records.lead_alone(code).study)
                if records.pass_claim(code, absent, to, until):
                    records.note(code, f"staff:{member.id}", "handed_over", {"from": absent, "to": to}, now)
                    moved += 1
            return moved

        return await self._store.run(move)

    # what is done

    async def attempt(
        self,
        code: str,
        channel: str,
        outcome: str,
        member: StaffMember,
        call_back: datetime | None = None,
        note: str = "",
        seen: int | None = None,
    ) -> None:
        """One try to reach the person (Q-6). CannotWork: one today already, or as many as there may be."""
        await self._act(code, member, lambda work: work.attempt(channel, outcome, call_back, note, seen))

    async def step(
        self, code: str, step: str, brought: Brought, member: StaffMember, seen: int | None = None
    ) -> None:
        """A step of the lead's life (Q-1). CannotWork: not from here, or something for it is missing.

        `seen`: the last thing that stood on the page from which it is taken; CannotWork when more was done since.
        """
        await self._act(code, member, lambda work: work.step(step, brought, seen))

    async def tell(self, code: str, member: StaffMember, seen: int | None = None) -> None:
        """The person agreed to be told of their visit in the chat. CannotWork: there is none they do not know of."""
        await self._act(code, member, lambda work: work.tell(seen))

    async def check(self, code: str, criterion: str, state: str, member: StaffMember) -> None:
        """What a coordinator found out about a criterion (Q-7)."""
        await self._act(code, member, lambda work: work.check(criterion, state))

    async def note(self, code: str, text: str, member: StaffMember) -> None:
        """A remark for whoever calls next."""
        await self._act(code, member, lambda work: work.note(text))

    async def undo(self, code: str, reason: str, member: StaffMember, seen: int | None = None) -> None:
        """Take back the last attempt or step, and say why. CannotWork: nothing was done, or more since `seen`."""
        await self._act(code, member, lambda work: work.undo(reason, seen))

    async def act(self, code: str, member: StaffMember, do: Callable[[Records, Chat, Lead], T]) -> T:
        """Something of another part, under the same rules. NotAllowed, CannotWork."""
        return await self._act(code, member, lambda work: do(work.records, work.chat, work.lead))

    async def _act(self, code: str, member: StaffMember, act: Callable[["InHand"], T]) -> T:
        def run(records: Records) -> T:
            self._allow(records, member)
            found = records.lead(code)
            if found is None:
                raise CannotWork("no_such_lead", code)
            lead, chat = found
            if lead.status == "withdrawn":
                raise CannotWork("withdrawn")
            now = self._clock()
            until = now + self._claim_for(records, lead.study)
            if not records.claim(code, member.id, until, now):
                other = records.lead(code)
                taken = other[0] if other else lead
                raise CannotWork("claimed", taken.claimed_by or "", taken.claimed_until)
            if lead.claimed_by != member.id or (lead.claimed_until or now) <= now:
                records.note(code, f"staff:{member.id}", "claimed", {}, now)
            return act(InHand(records, self._shelf, self._letters, chat, lead, member, now, self._zone))

        return await self._store.run(run)

    def _allow(self, records: Records, member: StaffMember) -> None:
        admit_worker(records, self._shelf, member)

    def _claim_for(self, records: Records, study: str) -> timedelta:
        return timedelta(minutes=int(self._shelf.site(records, study)["claim_minutes"]))
