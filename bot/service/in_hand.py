"""A lead in somebody's hands, in one transaction: tries, steps, checks, notes, and taking back (Q-1, Q-6, Q-7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.run import Chat
from bot.core.screening import Verdict
from bot.leads.attempts import IN_VAIN, OUTCOMES, Attempt, next_due, tried_enough
from bot.leads.due import after_step
from bot.leads.lead import PHONE, Lead, LeadEvent, rank
from bot.leads.life import CLOSED, THEIRS, TRIES, WHY, Standing, steps_from
from bot.leads.queue import CALLED, still_open
from bot.leads.search import tokens
from bot.leads.site import Site
from bot.leads.visits import Visit, standing
from bot.service.letters import Letters
from bot.service.placing import arrange
from bot.service.ports import Records
from bot.service.shelf import Shelf
from bot.service.staff import WORKS, registered
from bot.service.views import StaffMember

CHANNELS = ("phone", "chat", "visit")
#: What a check of a criterion may come to.
CHECKS = ("meets", "fails", "open")
#: A remark of a lead of which a check found that it does not fit.
FOUND_TO_FAIL = "found_to_fail"
#: What changes a decision that was made without knowing of it.
SURPRISING = ("attempt", "step", "undo", "news")
#: How long a visit lasts before anybody asks how it went.
VISIT_LASTS = timedelta(hours=2)
#: Nothing is agreed for later: a year was mistyped.
FARTHEST = timedelta(days=366)
LONGEST_NOTE = 2000
#: Steps that close a lead or end its way here: a button of a chat asks about them once more.
SURE = ("consent", "enrol", "close_study", "give_up")
#: The same thing by the same person within this time is a form that was sent twice.
TWICE_WITHIN = timedelta(minutes=1)


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
    #: One of bot.leads.life.WHY, and words.
    why: str = ""
    reason: str = ""
    visit: datetime | None = None
    other: str = ""
    agrees: bool = False
    #: Whether the person agreed to be told of the visit in the chat.
    tell: bool = False


def check_coordinator(records: Records, name: str) -> None:
    """CannotWork: nobody of that name works on leads."""
    if registered(records).get(name) not in WORKS:
        raise CannotWork("no_coordinator", name)


def check_nothing_since(events: Sequence[LeadEvent], seen: int) -> None:
    """What was decided by an old page or message is not done over what somebody did since, the person included.

    CannotWork. `seen`: the last event that stood there.
    """
    since = [each for each in events if each.id > seen and each.kind in SURPRISING]
    if since:
        raise CannotWork("changed_since", since[-1].who)


@dataclass(frozen=True)
class InHand:
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
        check_coordinator(self.records, to)
        self.records.change_lead(self.lead.code, claimed_by=to)
        self._trail("handed_over", {"from": self.member.id, "to": to})

    def attempt(
        self, channel: str, outcome: str, call_back: datetime | None, note: str, seen: int | None = None
    ) -> None:
        self._must_be_open()
        given = {
            "channel": channel,
            "outcome": outcome,
            **({"due": call_back.isoformat()} if call_back and outcome == "call_back" else {}),
        }
        if self._is_twice("attempt", given, note):
            return
        self._nothing_since(seen)
        if channel not in CHANNELS or outcome not in OUTCOMES:
            raise CannotWork("no_such_outcome", outcome)
        if call_back is not None and outcome != "call_back":
            raise CannotWork("call_back_too")
        if outcome == "call_back":
            if call_back is None:
                raise CannotWork("needs", "call_back")
            if call_back <= self.now:
                raise CannotWork("past_call")
            self._must_be_near(call_back)
        attempts = self._attempts()
        if outcome in IN_VAIN:
            self._may_try(attempts)
        status = self._after_try(outcome)
        due = self.lead.due_at
        if status in CALLED:
            count = len(attempts) + 1
            due = next_due(self.site.hours, self.now, outcome, call_back, count) or after_step(
                self.site, status, self.now
            )
        detail = {"channel": channel, "outcome": outcome, "due": due.isoformat(), **self._was()}
        self._write("attempt", detail, note)
        self._arrange(status=status, due_at=due, last_try=outcome, tries=len(attempts) + 1)

    def _may_try(self, attempts: Sequence[Attempt]) -> None:
        """Our own tries are limited, per day and in all, unless this one is the call that the person asked for (Q-6)."""
        if attempts and attempts[-1].outcome == "call_back":
            return
        today = self.now.astimezone(self.zone).date()
        tries = [each for each in attempts if each.at.astimezone(self.zone).date() == today]
        if len(attempts) >= TRIES:
            raise CannotWork("tried_out", str(len(attempts)))
        if len(tries) >= int(self.site["tries_per_day"]):
            raise CannotWork("tried_today", str(len(tries)))

    def _after_try(self, outcome: str) -> str:
        standing = Standing(self.lead.status)
        standing.take("reach" if outcome == "reached" else "try")
        return standing.status

    def step(self, step: str, brought: Brought, seen: int | None = None) -> None:
        needs = steps_from(self.lead.status).get(step)
        if needs is None or step in THEIRS:
            raise CannotWork("no_such_step", step)
        self._nothing_since(seen)
        if brought.visit is not None:
            if brought.visit < self.now:
                raise CannotWork("past_visit")
            self._must_be_near(brought.visit)
        if brought.other and not self._is_other(brought.other):
            raise CannotWork("no_other", brought.other)
        if "criterion" in needs and brought.criterion and not self._is_criterion(brought.criterion):
            raise CannotWork("needs", "criterion")
        if brought.why and brought.why not in WHY:
            raise CannotWork("no_such_outcome", brought.why)
        attempts = self._attempts()
        visit = self.lead.visit_at
        standing = Standing(
            self.lead.status,
            criterion=brought.criterion,
            reason=brought.reason,
            visit=brought.visit.isoformat() if brought.visit else "",
            other=brought.other,
            agrees=brought.agrees,
            tried_enough=tried_enough(attempts, self.now),
            was_reached=any(each.outcome == "reached" for each in attempts),
            is_the_day=visit is None or self._day(visit) <= self._day(self.now),
            visit_is_over=visit is None or visit <= self.now,
        )
        if not standing.take(step):
            missing = next((need for need in needs if not str(getattr(standing, need) or "").strip()), "")
            too_soon = "before_visit" if step in ("attend", "miss") else "not_yet"
            raise CannotWork("needs" if missing else too_soon, missing or step)
        known = self._told_visit() is not None
        said = {"criterion": brought.criterion, "other": brought.other, "why": brought.why}
        detail = {
            "step": step,
            "became": standing.status,
            **self._was(),
            **{name: value for name, value in said.items() if value},
            **({"visit": standing.visit} if standing.visit else {}),
            **({"told": True} if step == "book" and (brought.tell or known) and self._can_tell() else {}),
        }
        self._write("step", detail, brought.reason)
        booked = brought.visit if step == "book" else None
        self._arrange(**self._after_step(step, standing.status, booked))
        if booked is not None and "told" in detail:
            self.letters.tell_visit(
                self.records, self.chat, self.lead, booked, known, self.member.id, self.now
            )
        self._mind_visit(standing.status)

    def _after_step(self, step: str, status: str, visit: datetime | None) -> dict[str, Any]:
        changes: dict[str, Any] = {"status": status, "last_try": None, "visit_at": visit}
        if status in CLOSED:
            return changes | {"closed_at": self.now, "claimed_by": None, "claimed_until": None}
        if step == "reopen":
            changes |= {"closed_at": None, "tries": 0}
        if visit is not None:
            changes["due_at"] = max(self.site.hours.closing(visit), visit + VISIT_LASTS)
        else:
            changes["due_at"] = after_step(self.site, status, self.now)
        return changes

    def _can_tell(self) -> bool:
        """Whether the person has a chat, and the bot may write there."""
        return self.lead.channel != PHONE and not self.records.blocked_leads([self.lead.code])

    def tell(self, seen: int | None = None) -> None:
        """The person agreed to be told of their visit in the chat, and reminded the day before."""
        self._nothing_since(seen)
        visit = self._visit()
        if visit is None or visit.told or self.lead.channel == PHONE:
            raise CannotWork("no_visit_to_tell")
        told = self.letters.tell_visit(
            self.records, self.chat, self.lead, visit.at, False, self.member.id, self.now
        )
        if told.state == "blocked":
            raise CannotWork("blocked")
        self._write("told_visit", {"visit": visit.at.isoformat()}, "")
        self._mind_visit(self.lead.status)

    def check(self, criterion: str, state: str) -> None:
        self._must_be_open()
        if state not in CHECKS:
            raise CannotWork("no_such_outcome", state)
        if not self._is_criterion(criterion):
            raise CannotWork("needs", "criterion")
        self._write("check", {"criterion": criterion, "state": state}, "")
        opened = still_open(self.lead.open_criteria, {criterion: state})
        flow, fails = self._flow(), self._found_to_fail()
        verdict = Verdict.NOT_MATCH if fails else Verdict(self.lead.verdict)
        weight = rank(flow, verdict, opened) if flow else self.lead.rank
        flags = [flag for flag in self.lead.flags if flag != FOUND_TO_FAIL] + (
            [FOUND_TO_FAIL] if fails else []
        )
        self._arrange(open_criteria=opened, rank=weight, flags=flags)

    def _found_to_fail(self) -> bool:
        """Whether a check that stands came to a criterion that is not met."""
        found = {
            str(each.detail["criterion"]): each.detail["state"]
            for each in self.records.lead_events(self.chat, self.lead.code)
            if each.kind == "check"
        }
        return "fails" in found.values()

    def note(self, text: str) -> None:
        if not text.strip():
            raise CannotWork("needs", "text")
        if len(text) > LONGEST_NOTE:
            raise CannotWork("long_note", str(len(text)))
        if self._is_twice("note", {}, text.strip()):
            return
        self._write("note", {}, text.strip())

    def undo(self, reason: str, seen: int | None = None) -> None:
        if not reason.strip():
            raise CannotWork("needs", "reason")
        done = [
            each
            for each in self.records.lead_events(self.chat, self.lead.code)
            if each.kind in ("attempt", "step") and not each.undone_by and each.who != "participant"
        ]
        if not done:
            raise CannotWork("nothing_done")
        self._nothing_since(seen)
        last, known = done[-1], self._told_visit()
        self.records.undo_lead_event(last.id, self.member.id, self.now)
        self._write("undo", {"of": last.id, "kind": last.kind}, reason.strip())
        was, visit = last.detail, last.detail.get("was_visit")
        status = str(was.get("was", self.lead.status))
        self._arrange(
            status=status,
            due_at=datetime.fromisoformat(str(was["was_due"])) if "was_due" in was else self.lead.due_at,
            last_try=was.get("was_try"),
            visit_at=datetime.fromisoformat(str(visit)) if visit else None,
            tries=len(self._attempts()),
            **self._closed_again(status, was),
        )
        self._mind_visit(status)
        if known and last.detail.get("step") == "book":
            self._untell(known, status)

    def _closed_again(self, status: str, was: Mapping[str, Any]) -> dict[str, Any]:
        """As it was before it was reopened: closed on that day, and nobody's."""
        if status not in CLOSED:
            return {"closed_at": None}
        closed = was.get("was_closed")
        at = datetime.fromisoformat(str(closed)) if closed else self.now
        return {"closed_at": at, "claimed_by": None, "claimed_until": None}

    def _untell(self, known: datetime, status: str) -> None:
        """The person learns that a visit they were told of does not stand, or that the one before it does again."""
        by = (self.member.id, self.now)
        if visit := self._visit(status):
            self.letters.tell_visit(self.records, self.chat, self.lead, visit.at, True, *by)
        else:
            self.letters.call_off(self.records, self.chat, self.lead, known, *by)

    def _visit(self, status: str = "") -> Visit | None:
        """The visit that stands, by the lead's status or another."""
        events = self.records.lead_events(self.chat, self.lead.code)
        return standing(status or self.lead.status, events)

    def _told_visit(self, status: str = "") -> datetime | None:
        """The same, if the person knows of it."""
        visit = self._visit(status)
        return visit.at if visit and visit.told else None

    def _mind_visit(self, status: str) -> None:
        """The reminder of the visit that stands now and that the person knows of, if there is one."""
        self.letters.mind_visit(self.records, self.lead.code, self._told_visit(status), self.now)

    def _was(self) -> dict[str, Any]:
        """What taking it back would bring back."""
        lead = self.lead
        return {
            "was": lead.status,
            "was_due": lead.due_at.isoformat(),
            "was_try": lead.last_try,
            **({"was_visit": lead.visit_at.isoformat()} if lead.visit_at else {}),
            **({"was_closed": lead.closed_at.isoformat()} if lead.closed_at else {}),
        }

    def _must_be_near(self, moment: datetime) -> None:
        if moment > self.now + FARTHEST:
            raise CannotWork("too_far")

    def _is_twice(self, kind: str, detail: Mapping[str, Any], words: str) -> bool:
        """Whether just this was the last thing done, a moment ago and by the same person."""
        events = self.records.lead_events(self.chat, self.lead.code)
        last = events[-1] if events else None
        if last is None or (last.kind, last.who, last.words) != (kind, self.member.id, words):
            return False
        same = all(last.detail.get(name) == value for name, value in detail.items())
        return same and not last.undone_by and self.now - last.at < TWICE_WITHIN

    def _nothing_since(self, seen: int | None) -> None:
        if seen is not None:
            check_nothing_since(self.records.lead_events(self.chat, self.lead.code), seen)

    @property
    def site(self) -> Site:
        """The facts of the lead's study."""
        return self.shelf.site(self.records, self.lead.study)

    def _arrange(self, **changes: Any) -> None:
        arrange(self.records, self.site, self.lead.code, self.now, **changes)

    def _flow(self) -> Flow | None:
        run = self.records.run(self.lead.run)
        return self.shelf.flow(self.records, run.version) if run else None

    def _is_criterion(self, id: str) -> bool:
        flow = self._flow()
        return flow is not None and id in flow.criterion_by_id

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _is_other(self, code: str) -> bool:
        """Whether a code is another lead's of the same study (Q-10)."""
        found = self.records.lead(code)
        return found is not None and code != self.lead.code and found[0].study == self.lead.study

    def _must_be_open(self) -> None:
        if self.lead.status in CLOSED:
            raise CannotWork("closed", self.lead.status)

    def _attempts(self) -> list[Attempt]:
        """Those that count: since the lead was reopened, if it was."""
        events = [each for each in self.records.lead_events(self.chat, self.lead.code) if not each.undone_by]
        begins = max((n for n, each in enumerate(events) if each.detail.get("step") == "reopen"), default=0)
        return [
            Attempt(each.at, str(each.detail["outcome"]))
            for each in events[begins:]
            if each.kind == "attempt"
        ]

    def _write(self, kind: str, detail: Mapping[str, Any], words: str) -> None:
        self.records.add_lead_event(self.chat, self.lead.code, kind, self.member.id, detail, words, self.now)
        self.records.add_words(self.lead.code, tokens(words))
        self._trail(kind, detail)

    def _trail(self, what: str, detail: Mapping[str, Any]) -> None:
        self.records.note(self.lead.code, f"staff:{self.member.id}", what, detail, self.now)
