"""What coordinators do with a lead: claim it, try to reach the person, check what is open, take its next step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.core.run import Chat
from bot.leads.attempts import IN_VAIN, OUTCOMES, Attempt, next_due, tried_enough
from bot.leads.lead import Lead
from bot.leads.life import CLOSED, THEIRS, TRIES, Standing, steps_from
from bot.service.desk import WORKS, NotAllowed, registered
from bot.service.letters import Letters
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf
from bot.service.views import StaffMember

T = TypeVar("T")

CHANNELS = ("phone", "chat", "visit")
#: What a check of a criterion may come to.
CHECKS = ("meets", "fails", "open")


@dataclass(eq=False)
class CannotWork(Exception):
    """A step that is not possible; `reason` names the sentence that says why."""

    reason: str
    detail: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brings along for a step: see bot.leads.life.NEEDS."""

    criterion: str = ""
    reason: str = ""
    visit: datetime | None = None
    other: str = ""
    agrees: bool = False
    #: Whether the person agreed to be told of the visit in the chat.
    tell: bool = False


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
            _coordinator(records, to)
            now = self._clock()
            mine = [lead for lead in records.leads() if lead.claimed_by == absent]
            for lead in mine:
                until = now + self._claim_for(records, lead.study)
                records.change_lead(lead.code, claimed_by=to, claimed_until=until)
                records.note(lead.code, f"staff:{member.id}", "handed_over", {"from": absent, "to": to}, now)
            return len(mine)

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
    ) -> None:
        """One try to reach the person (Q-6). CannotWork: one today already, or as many as there may be."""
        await self._act(code, member, lambda work: work.attempt(channel, outcome, call_back, note))

    async def step(self, code: str, step: str, brought: Brought, member: StaffMember) -> None:
        """A step of the lead's life (Q-1). CannotWork: not from here, or something for it is missing."""
        await self._act(code, member, lambda work: work.step(step, brought))

    async def check(self, code: str, criterion: str, state: str, member: StaffMember) -> None:
        """What a coordinator found out about a criterion (Q-7)."""
        await self._act(code, member, lambda work: work.check(criterion, state))

    async def note(self, code: str, text: str, member: StaffMember) -> None:
        """A remark for whoever calls next."""
        await self._act(code, member, lambda work: work.note(text))

    async def undo(self, code: str, reason: str, member: StaffMember) -> None:
        """Take back the last attempt or step, and say why. CannotWork: nothing was done."""
        await self._act(code, member, lambda work: work.undo(reason))

    async def act(self, code: str, member: StaffMember, do: Callable[[Records, Chat, Lead], T]) -> T:
        """Something of another part, under the same rules. NotAllowed, CannotWork."""
        return await self._act(code, member, lambda work: do(work.records, work.chat, work.lead))

    async def _act(self, code: str, member: StaffMember, act: Callable[["_At"], T]) -> T:
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
            return act(_At(records, self._shelf, self._letters, chat, lead, member, now, self._zone))

        return await self._store.run(run)

    def _allow(self, records: Records, member: StaffMember) -> None:
        if not self._shelf.demo and registered(records).get(member.id) not in WORKS:
            raise NotAllowed(member.id)

    def _claim_for(self, records: Records, study: str) -> timedelta:
        return timedelta(minutes=int(self._shelf.site(records, study)["claim_minutes"]))


def _coordinator(records: Records, name: str) -> None:
    if registered(records).get(name) not in WORKS:
        raise CannotWork("no_coordinator", name)


@dataclass(frozen=True)
class _At:
    """Somebody at work on a lead, in one transaction."""

    records: Records
    shelf: Shelf
    letters: Letters
    chat: Chat
    lead: Lead
    member: StaffMember
    now: datetime
    zone: ZoneInfo

    def let_go(self) -> None:
        self.records.change_lead(self.lead.code, claimed_by=None, claimed_until=None)
        self._trail("released", {})

    def give(self, to: str) -> None:
        _coordinator(self.records, to)
        self.records.change_lead(self.lead.code, claimed_by=to)
        self._trail("handed_over", {"from": self.member.id, "to": to})

    def attempt(self, channel: str, outcome: str, call_back: datetime | None, note: str) -> None:
        self._must_be_open()
        if channel not in CHANNELS or outcome not in OUTCOMES:
            raise CannotWork("no_such_outcome", outcome)
        if outcome == "call_back" and call_back is None:
            raise CannotWork("needs", "call_back")
        site = self.shelf.site(self.records, self.lead.study)
        attempts = self._attempts()
        today = self.now.astimezone(self.zone).date()
        tries = [each for each in attempts if each.at.astimezone(self.zone).date() == today]
        asked_for = any(each.outcome == "call_back" for each in attempts)
        if outcome in IN_VAIN and not asked_for:
            if len(attempts) >= TRIES:
                raise CannotWork("tried_out", str(len(attempts)))
            if len(tries) >= int(site["tries_per_day"]):
                raise CannotWork("tried_today", str(len(tries)))
        due = next_due(site.hours, self.now, outcome, call_back, len(attempts) + 1)
        detail = {"channel": channel, "outcome": outcome, "due": due.isoformat() if due else None}
        self._write("attempt", detail, note)
        standing = Standing(self.lead.status)
        trigger = "reach" if outcome == "reached" else "try"
        changes: dict[str, Any] = {}
        if standing.take(trigger):
            changes["status"] = standing.status
        if due is not None:
            changes["due_at"] = due
        if changes:
            self.records.change_lead(self.lead.code, **changes)

    def step(self, step: str, brought: Brought) -> None:
        needs = steps_from(self.lead.status).get(step)
        if needs is None or step in THEIRS:
            raise CannotWork("no_such_step", step)
        if brought.visit is not None and brought.visit < self.now:
            raise CannotWork("past_visit")
        if brought.other and not self._is_other(brought.other):
            raise CannotWork("no_other", brought.other)
        attempts = self._attempts()
        standing = Standing(
            self.lead.status,
            criterion=brought.criterion,
            reason=brought.reason,
            visit=brought.visit.isoformat() if brought.visit else "",
            other=brought.other,
            agrees=brought.agrees,
            tried_enough=tried_enough(attempts, self.now),
            was_reached=any(each.outcome == "reached" for each in attempts),
        )
        if not standing.take(step):
            missing = next((need for need in needs if not getattr(standing, need)), "")
            raise CannotWork("needs" if missing else "not_yet", missing or step)
        known = self._was_told()
        detail = {
            "step": step,
            "was": self.lead.status,
            "became": standing.status,
            "was_due": self.lead.due_at.isoformat(),
            **{
                name: value
                for name, value in (("criterion", brought.criterion), ("other", brought.other))
                if value
            },
            **({"visit": standing.visit} if standing.visit else {}),
            **({"told": True} if step == "book" and (brought.tell or known) else {}),
        }
        self._write("step", detail, brought.reason)
        changes: dict[str, Any] = {"status": standing.status}
        if standing.status in CLOSED:
            changes |= {"closed_at": self.now, "claimed_by": None, "claimed_until": None}
        elif self.lead.status in CLOSED:
            changes["closed_at"] = None
        if brought.visit is not None:
            changes["due_at"] = brought.visit
        self.records.change_lead(self.lead.code, **changes)
        if brought.visit is not None and "told" in detail:
            arguments = (brought.visit, known, self.member.id, self.now)
            self.letters.tell_visit(self.records, self.chat, self.lead, *arguments)
        self._mind_visit(standing.status)

    def check(self, criterion: str, state: str) -> None:
        self._must_be_open()
        if state not in CHECKS:
            raise CannotWork("no_such_outcome", state)
        self._write("check", {"criterion": criterion, "state": state}, "")

    def note(self, text: str) -> None:
        if not text.strip():
            raise CannotWork("needs", "text")
        self._write("note", {}, text.strip())

    def undo(self, reason: str) -> None:
        if not reason.strip():
            raise CannotWork("needs", "reason")
        done = [
            each
            for each in self.records.lead_events(self.chat, self.lead.code)
            if each.kind in ("attempt", "step") and not each.undone_by
        ]
        if not done:
            raise CannotWork("nothing_done")
        last = done[-1]
        self.records.undo_lead_event(last.id, self.member.id, self.now)
        self._write("undo", {"of": last.id, "kind": last.kind}, reason.strip())
        if last.kind == "step":
            was = str(last.detail["was"])
            changes: dict[str, Any] = {
                "status": was,
                "due_at": datetime.fromisoformat(str(last.detail["was_due"])),
                "closed_at": self.now if was in CLOSED else None,
            }
            self.records.change_lead(self.lead.code, **changes)
            self._mind_visit(was)

    def _visits(self) -> list[Mapping[str, Any]]:
        """What the visits were booked with, those that were taken back left out."""
        return [
            each.detail
            for each in self.records.lead_events(self.chat, self.lead.code)
            if each.kind == "step" and each.detail.get("visit") and not each.undone_by
        ]

    def _was_told(self) -> bool:
        """Whether a visit stands that the person knows of."""
        visits = self._visits()
        return self.lead.status == "visit_booked" and bool(visits and visits[-1].get("told"))

    def _mind_visit(self, status: str) -> None:
        """The visit that stands now, if any does, and the reminder of it."""
        visits = self._visits() if status == "visit_booked" else []
        visit = datetime.fromisoformat(str(visits[-1]["visit"])) if visits else None
        self.records.change_lead(self.lead.code, visit_at=visit)
        told = bool(visits and visits[-1].get("told"))
        self.letters.mind_visit(self.records, self.lead.code, visit if told else None, self.now)

    def _is_other(self, code: str) -> bool:
        """Whether a code is another lead's of the same study (Q-10)."""
        found = self.records.lead(code)
        return found is not None and code != self.lead.code and found[0].study == self.lead.study

    def _must_be_open(self) -> None:
        if self.lead.status in CLOSED:
            raise CannotWork("closed", self.lead.status)

    def _attempts(self) -> list[Attempt]:
        return [
            Attempt(each.at, str(each.detail["outcome"]))
            for each in self.records.lead_events(self.chat, self.lead.code)
            if each.kind == "attempt" and not each.undone_by
        ]

    def _write(self, kind: str, detail: Mapping[str, Any], words: str) -> None:
        self.records.add_lead_event(self.chat, self.lead.code, kind, self.member.id, detail, words, self.now)
        self._trail(kind, detail)

    def _trail(self, what: str, detail: Mapping[str, Any]) -> None:
        self.records.note(self.lead.code, f"staff:{self.member.id}", what, detail, self.now)
