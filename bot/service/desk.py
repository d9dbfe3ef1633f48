"""What coordinators see and do: the queue, a lead, logging in."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.core.answers import from_value
from bot.core.criteria import State
from bot.core.flow import Flow, Question
from bot.core.run import Chat, RecordedAnswer, effective
from bot.core.screening import Screening, screen
from bot.i18n import Translators
from bot.leads.lead import Lead, Request
from bot.leads.life import OPEN, THEIRS, steps_from
from bot.service.evidence import fails_before
from bot.service.messages import TELEGRAM
from bot.service.names import check_names
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf
from bot.service.views import (
    AnswerView,
    CannedView,
    CheckView,
    ConsentView,
    CriterionView,
    DoneView,
    Edit,
    FlagView,
    Identity,
    LeadView,
    QueueRow,
    RelayView,
    RunView,
    Session,
    StaffMember,
    StepView,
    WorkedView,
)
from bot.service.wording import Wording, visit_words, worked_words

ROLES = ("coordinator", "editor", "approver", "auditor", "admin")
#: Who works on leads.
WORKS = frozenset({"coordinator", "admin"})
#: Who may see who somebody is.
SEES_IDENTITY = frozenset({"coordinator", "admin"})
#: Who may take the prescreening log out of the house.
EXPORTS = frozenset({"coordinator", "auditor", "admin"})
LINK_FOR = timedelta(minutes=10)
SESSION_FOR = timedelta(hours=10)


def chat_link(channel: str, address: str) -> str:
    """A link that opens the person's chat in the coordinator's own Telegram; "" on channels without one."""
    return f"tg://user?id={address}" if channel == TELEGRAM.name and address else ""


class NotAllowed(Exception):
    """The role may not do this."""


class NoSuchStaff(Exception):
    """Nobody of that name is registered."""


def _held(lead: Lead, now: datetime) -> bool:
    """Whether somebody works on it now."""
    return bool(lead.claimed_by) and (lead.claimed_until is None or lead.claimed_until > now)


def registered(records: Records) -> dict[str, str]:
    """Everybody who is registered, with their role."""
    return {row.name: row.role for row in records.staff()}


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a lead's person answered: in the run that counts, and in their other runs of the study."""

    now: Sequence[RecordedAnswer]
    before: Sequence[RecordedAnswer]

    def to(self, question: str) -> tuple[list[RecordedAnswer], list[RecordedAnswer]]:
        """What was said to one question, both ways; an answer that was removed is none."""
        now, before = (
            [line for line in lines if line.question == question and line.value is not None]
            for lines in (self.now, self.before)
        )
        return now, before


class Desk:
    """The staff side of the queue. Opening a lead is written into the trail."""

    def __init__(
        self, store: Store, shelf: Shelf, wording: Wording, translators: Translators, clock: Clock
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._wording = wording
        self._translators = translators
        self._clock = clock

    # the queue

    async def queue(self, language: str) -> list[QueueRow]:
        """Leads and requests in the order in which they should be worked (Q-3)."""
        return await self._store.run(lambda records: self._queue(records, language))

    def queue_now(self, language: str) -> list[QueueRow]:
        """The same for a command."""
        return self._store.run_now(lambda records: self._queue(records, language))

    def _queue(self, records: Records, language: str) -> list[QueueRow]:
        now = self._clock()
        rows = [self._request_row(records, request, language, now) for request in records.requests()]
        rank = {}
        for lead in records.leads():
            row = self._lead_row(records, lead, language, now)
            rank[lead.code] = lead.rank
            rows.append(row)
        return sorted(
            self._marked(records, rows),
            key=lambda row: (not row.urgent, not row.overdue, rank.get(row.code, 0), row.created_at),
        )

    def _lead_row(self, records: Records, lead: Lead, language: str, now: datetime) -> QueueRow:
        return QueueRow(
            code=lead.code,
            kind="lead",
            study_name=self._study_name(records, lead.study, lead.run, language),
            urgent=False,
            demo=lead.demo,
            language=lead.language,
            verdict=lead.verdict,
            open=tuple(lead.open_criteria),
            flags=tuple(lead.flags),
            created_at=lead.created_at,
            due_at=lead.due_at,
            overdue=lead.due_at < now,
            reach="phone" if lead.reach == "phone" else "chat",
            call_time=lead.call_time,
            status=lead.status,
            claimed_by=lead.claimed_by or "" if _held(lead, now) else "",
            claimed_until=lead.claimed_until if _held(lead, now) else None,
            unread=lead.unread,
        )

    @staticmethod
    def _marked(records: Records, rows: Sequence[QueueRow]) -> list[QueueRow]:
        """With whose person has blocked the bot."""
        blocked = records.blocked_leads([row.code for row in rows if row.kind == "lead"])
        return [replace(row, blocked=True) if row.code in blocked else row for row in rows]

    def _request_row(self, records: Records, request: Request, language: str, now: datetime) -> QueueRow:
        kind = request.kind
        return QueueRow(
            code=request.code,
            kind="unwell" if kind == "unwell" else "check" if kind == "check" else "human",
            study_name=self._study_name(records, request.study or "", None, language),
            urgent=request.urgent,
            demo=request.demo,
            language=request.language,
            verdict="",
            open=(),
            flags=(),
            created_at=request.created_at,
            due_at=request.due_at,
            overdue=request.due_at < now,
            reach="chat",
            call_time="",
            status=request.status,
        )

    def _study_name(self, records: Records, study: str, run: str | None, language: str) -> str:
        stored = records.run(run) if run else None
        flow = self._shelf.flow(records, stored.version) if stored else None
        flow = flow or self._shelf.offer(records, self._clock().date()).flows.get(study)
        return flow.study.name[language] if flow else study

    # one lead

    async def lead(self, code: str, language: str, member: StaffMember | None = None) -> LeadView | None:
        """Everything of one lead or request; None when there is none such."""
        return await self._store.run(lambda records: self._lead(records, code, language, member))

    def lead_now(self, code: str, language: str) -> LeadView | None:
        """The same for a command."""
        return self._store.run_now(lambda records: self._lead(records, code, language, None))

    def _lead(
        self, records: Records, code: str, language: str, member: StaffMember | None
    ) -> LeadView | None:
        now = self._clock()
        found = records.lead(code)
        if found is None:
            return self._request(records, code, language, member, now)
        lead, chat = found
        who = f"staff:{member.id}" if member else "command"
        records.note(code, who, "opened", {}, now)
        identity = Identity()
        if self._sees_identity(records, member):
            identity = Identity(*records.identity(chat, code), chat_link(chat.channel, chat.address))
        run = records.runs_of_lead(chat, code)[-1]
        others = [other for other in records.ended_runs(chat, lead.study) if other.id != run.id]
        runs = sorted((run, *others), key=lambda each: each.started_at)
        flow = self._shelf.flow(records, run.version)
        criteria: tuple[CriterionView, ...] = ()
        flags: tuple[FlagView, ...] = tuple(FlagView(flag) for flag in lead.flags)
        if flow is not None:
            said = Said(
                tuple(records.answers(chat, run.id)),
                tuple(line for other in others for line in records.answers(chat, other.id)),
            )
            day = date.fromisoformat(run.ended_on) if run.ended_on else run.started_at.date()
            before = fails_before(records, self._shelf, chat, lead.study, run.id)
            screening = screen(flow, effective(said.now), day, before)
            criteria = self._criteria(flow, screening, run.result.get("criteria", {}), said, language)
            flags = (
                *(FlagView(f.name, f.criterion) for f in screening.flags),
                *(FlagView(flag) for flag in lead.flags if flag not in {f.name for f in screening.flags}),
            )
        return LeadView(
            row=self._marked(records, [self._lead_row(records, lead, language, now)])[0],
            identity=identity,
            criteria=criteria,
            flags=flags,
            consents=tuple(
                ConsentView(row.purpose.removeprefix("consent_"), row.agreed, row.at, row.text_hash)
                for run in runs
                for row in records.consents(run.id)
            ),
            runs=tuple(RunView(r.started_at, None, r.outcome or "", r.version) for r in runs),
            **self._work(records, lead, chat, member, now),
            **self._relay(records, lead, chat, member, language, now),
        )

    def _relay(
        self,
        records: Records,
        lead: Lead,
        chat: Chat,
        member: StaffMember | None,
        language: str,
        now: datetime,
    ) -> dict[str, Any]:
        """What was written through the bot. What is news is read now, if whoever looks works on leads."""
        works = self._works(records, member)
        awake = self._shelf.site(records, lead.study).awake.opens(now)
        messages = [
            RelayView(
                each.way,
                each.who,
                each.words,
                each.at,
                each.read_at,
                each.state,
                awake if each.state == "waiting" else None,
            )
            for each in records.messages(chat, lead.code)
        ]
        if works and member is not None and records.read_messages(lead.code, member.id, now):
            records.note(lead.code, f"staff:{member.id}", "read", {}, now)
        return {
            "relay": tuple(messages),
            **self._writing(
                records, lead.study, str(chat.state.get("language") or lead.language), language, lead.visit_at
            ),
            "may_write": works and lead.status in OPEN,
            "quiet_until": awake if awake > now else None,
        }

    def _writing(
        self, records: Records, study: str, theirs: str, ours: str, visit: datetime | None
    ) -> dict[str, Any]:
        """The person's language, and what can be written without typing."""
        site = self._shelf.site(records, study)
        both = [
            self._wording.canned(
                each, site["phone"] or "…", visit_words(visit, site.zone, each) if visit else ""
            )
            for each in (theirs, ours)
        ]
        return {
            "reads": theirs,
            "canned": tuple(CannedView(code, words, both[1][code]) for code, words in both[0].items()),
        }

    def _works(self, records: Records, member: StaffMember | None) -> bool:
        return member is not None and (self._shelf.demo or registered(records).get(member.id) in WORKS)

    def _work(
        self, records: Records, lead: Lead, chat: Chat, member: StaffMember | None, now: datetime
    ) -> dict[str, Any]:
        """What was done with a lead, and what whoever looks can do with it."""
        events = records.lead_events(chat, lead.code)
        staff = registered(records)
        may = member is not None and (self._shelf.demo or staff.get(member.id) in WORKS)
        may = may and lead.status != "withdrawn"
        others = sorted(
            name for name, role in staff.items() if role in WORKS and (not member or name != member.id)
        )
        return {
            "done": tuple(
                DoneView(
                    event.kind,
                    event.at,
                    event.who,
                    {name: str(value) for name, value in event.detail.items() if value is not None},
                    event.words,
                    event.undone_by,
                )
                for event in reversed(events)
            ),
            "steps": tuple(
                StepView(step, needs) for step, needs in steps_from(lead.status).items() if step not in THEIRS
            ),
            "checks": {
                str(event.detail["criterion"]): CheckView(str(event.detail["state"]), event.who, event.at)
                for event in events
                if event.kind == "check"
            },
            "may_work": may,
            "mine": member is not None and _held(lead, now) and lead.claimed_by == member.id,
            "colleagues": tuple(others),
            "alike": tuple(records.same_phone(lead.code)),
        }

    def _request(
        self, records: Records, code: str, language: str, member: StaffMember | None, now: datetime
    ) -> LeadView | None:
        request = next((request for request in records.requests() if request.code == code), None)
        if request is None:
            return None
        records.note(code, f"staff:{member.id}" if member else "command", "opened", {}, now)
        identity = Identity()
        if self._sees_identity(records, member):
            identity = Identity(chat=chat_link(request.channel, records.request_address(code)))
        works = self._works(records, member)
        awake = self._shelf.site(records, request.study or "").awake.opens(now)
        return LeadView(
            self._request_row(records, request, language, now),
            identity,
            **self._writing(records, request.study or "", request.language, language, None),
            may_write=works,
            quiet_until=awake if awake > now and not request.urgent else None,
        )

    def _sees_identity(self, records: Records, member: StaffMember | None) -> bool:
        """By role; in the demonstration, where nobody is real, everybody."""
        if member is None or self._shelf.demo:
            return True
        return registered(records).get(member.id) in SEES_IDENTITY

    def _criteria(
        self,
        flow: Flow,
        screening: Screening,
        stored: Mapping[str, str],
        said: Said,
        language: str,
    ) -> tuple[CriterionView, ...]:
        views = []
        for criterion in flow.criteria:
            state = stored.get(criterion.id) or screening.findings[criterion.id].state.value
            answers = [
                self._answer(question, criterion.id, screening, said, language)
                for question in screening.asked
                if criterion.id in (*question.criteria, *question.linked)
            ]
            views.append(
                CriterionView(
                    id=criterion.id,
                    inclusion=criterion.inclusion,
                    text=criterion.text[language],
                    state=State(state).value,
                    settled_by=criterion.settled_by.value,
                    reason=criterion.reason[language],
                    answers=tuple(answers),
                    worked=tuple(
                        WorkedView(
                            name=value.computed.short[language],
                            value=worked_words(value),
                            state=value.findings[criterion.id].state.value,
                        )
                        for value in screening.worked
                        if criterion.id in value.findings
                    ),
                )
            )
        return tuple(views)

    def _answer(
        self,
        question: Question,
        criterion: str,
        screening: Screening,
        said: Said,
        language: str,
    ) -> AnswerView:
        now, before = said.to(question.id)
        words = [self._wording.answer(question, from_value(line.value), language) for line in now]
        other = [
            Edit(word, line.at)
            for line in before
            if (word := self._wording.answer(question, from_value(line.value), language)) != words[-1]
        ]
        linked = criterion not in question.criteria
        return AnswerView(
            question_id=question.id,
            ask=question.ask[language],
            part=question.part[language] if question.part else "",
            answer=words[-1],
            state=_state(screening, question, question.criteria[0] if linked else criterion).value,
            at=now[-1].at,
            typed=now[-1].typed,
            edits=tuple(Edit(word, line.at) for word, line in zip(words[-2::-1], now[-2::-1], strict=True)),
            earlier=tuple(other),
            linked=linked,
        )

    # logging in

    def add_staff(self, name: str, role: str) -> str:
        """Register a member of staff, or give them another role, which ends their sessions and links.

        Returns the role they had, "" when they were not registered; NotAllowed, BadName.
        """
        check_names(name)
        if role not in ROLES:
            raise NotAllowed(role)

        def add(records: Records) -> str:
            before = registered(records).get(name, "")
            if role != before:
                records.add_staff(name, role, self._clock())
                records.note(f"staff:{name}"[:64], "command", "added", {"role": role}, self._clock())
            return before

        return self._store.run_now(add)

    def staff(self) -> dict[str, str]:
        """Everybody who is registered, with their role."""
        return self._store.run_now(registered)

    def remove_staff(self, name: str) -> None:
        """Ends their sessions and links; NoSuchStaff."""

        def remove(records: Records) -> None:
            if name not in registered(records):
                raise NoSuchStaff(name)
            records.remove_staff(name, self._clock())
            records.note(f"staff:{name}"[:64], "command", "removed", {}, self._clock())

        self._store.run_now(remove)

    def link(self, name: str) -> str:
        """The token of a one-time login link; NoSuchStaff."""
        token = secrets.token_urlsafe(24)

        def make(records: Records) -> None:
            if name not in registered(records):
                raise NoSuchStaff(name)
            records.add_token(name, "link", token, self._clock() + LINK_FOR)

        self._store.run_now(make)
        return token

    async def login(self, token: str) -> Session | None:
        """A session for a link that was not used before."""
        cookie = secrets.token_urlsafe(32)

        def use(records: Records) -> Session | None:
            now = self._clock()
            name = records.use_link(token, now)
            if name is None:
                return None
            records.add_token(name, "session", cookie, now + SESSION_FOR)
            records.note(f"staff:{name}"[:64], f"staff:{name}", "logged_in", {}, now)
            role = registered(records)[name]
            return Session(cookie, StaffMember(name, name, role in EXPORTS), now + SESSION_FOR)

        return await self._store.run(use)

    async def session(self, cookie: str) -> StaffMember | None:
        """Who a session belongs to; None when it is over."""

        def find(records: Records) -> StaffMember | None:
            row = records.session(cookie, self._clock())
            return StaffMember(row.name, row.name, row.role in EXPORTS) if row else None

        return await self._store.run(find)

    async def logout(self, cookie: str) -> None:
        """End a session."""
        await self._store.run(lambda records: records.end_session(cookie))


def _state(screening: Screening, question: Question, criterion: str) -> State:
    """What an answer says of a criterion, by itself or through a value that was worked out from it."""
    own = screening.parts[question.id].get(criterion)
    if own is None and criterion in question.worked_out:
        values = [value for value in screening.worked if question.id in value.computed.takes.values()]
        return values[0].findings[criterion].state if values else State.OPEN
    return own.state if own else State.NA
