"""What coordinators see: the queue, a lead, their day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.answers import from_value
from bot.core.criteria import State
from bot.core.flow import Flow, Question
from bot.core.run import Chat, RecordedAnswer, effective
from bot.core.screening import Screening, screen
from bot.i18n import Translators
from bot.leads.lead import PHONE, Lead, Request
from bot.leads.life import OPEN, THEIRS, steps_from
from bot.leads.queue import AT_ITS_HOUR, COUNTED, Cursor, Wanted
from bot.leads.search import asked_for, is_in
from bot.reading.phone import REGION, read_phone
from bot.service.evidence import fails_before
from bot.service.messages import TELEGRAM
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf
from bot.service.staff import SEES_IDENTITY, SEES_LEADS, WORKS, NotAllowed, registered
from bot.service.views import (
    AnswerView,
    CannedView,
    CheckView,
    Choices,
    ConsentView,
    CriterionView,
    Day,
    DoneView,
    Edit,
    FlagView,
    Identity,
    LeadView,
    QueuePage,
    QueueRow,
    RelayView,
    RunView,
    StaffMember,
    StepView,
    WorkedView,
)
from bot.service.wording import Wording, visit_words, worked_words

#: Rows of one page.
PER_PAGE = 50
EVERYTHING = Wanted()


def chat_link(channel: str, address: str) -> str:
    """A link that opens the person's chat in the coordinator's own Telegram; "" on channels without one."""
    return f"tg://user?id={address}" if channel == TELEGRAM.name and address else ""


def _held(each: Lead | Request, now: datetime) -> bool:
    """Whether somebody works on it now."""
    return bool(each.claimed_by) and (each.claimed_until is None or each.claimed_until > now)


def cursor_of(text: str) -> dict[str, Any]:
    """Where a page of the queue begins or ends, from the text that a page carries; nothing for any other text."""
    way, _, rest = text.partition(".")
    number, _, code = rest.partition(".")
    if way in ("after", "before") and number.isdecimal() and len(number) < 19 and code:
        return {way: Cursor(int(number), code[:16])}
    return {"last": True} if text == "last" else {}


def _closed_cursor(text: str) -> tuple[datetime, str] | None:
    moment, _, code = text.rpartition(".")
    try:
        return datetime.fromisoformat(moment), code[:16]
    except ValueError:
        return None


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
        self,
        store: Store,
        shelf: Shelf,
        wording: Wording,
        translators: Translators,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._zone = zone
        self._store = store
        self._shelf = shelf
        self._wording = wording
        self._translators = translators
        self._clock = clock

    # the queue

    async def queue(
        self,
        language: str,
        member: StaffMember | None = None,
        wanted: Wanted = EVERYTHING,
        at: str = "",
    ) -> QueuePage:
        """A page of leads and requests in the order in which they should be worked (Q-3).

        `at` is a cursor of another page, "last" for the last one; what is none begins at the first. NotAllowed.
        """

        def read(records: Records) -> QueuePage:
            self._admit(records, member)
            return self._queue(records, language, wanted, at, PER_PAGE)

        return await self._store.run(read)

    def queue_now(self, language: str, wanted: Wanted = EVERYTHING, limit: int = 500) -> list[QueueRow]:
        """The same for a command."""
        page = self._store.run_now(lambda records: self._queue(records, language, wanted, "", limit))
        return list(page.rows)

    def _queue(self, records: Records, language: str, wanted: Wanted, at: str, limit: int) -> QueuePage:
        now = self._clock()
        where = cursor_of(at)
        span: dict[str, Any] = {"limit": limit + 1, **where}
        found: list[Lead | Request] = list(records.leads_page(wanted, now, **span))
        if not (wanted.criterion or wanted.verdict or wanted.status or wanted.unread):
            found += self._requests(records, wanted, now, span)
        found.sort(key=lambda each: (each.place, each.code))
        backwards = "before" in where or "last" in where
        more = len(found) > limit
        kept = found[-limit:] if backwards else found[:limit]
        rows = tuple(self._marked(records, self._rows(records, kept, language, now)))
        waiting = records.waiting(wanted, now)
        has_later = (more if not backwards else "before" in where) and bool(kept)
        has_earlier = (more if backwards else "after" in where) and bool(kept)
        return QueuePage(
            rows,
            later=f"after.{kept[-1].place}.{kept[-1].code}" if has_later else "",
            earlier=f"before.{kept[0].place}.{kept[0].code}" if has_earlier else "",
            waiting=waiting + (len(rows) - sum(row.kind == "lead" for row in rows)),
            more=waiting >= COUNTED,
        )

    @staticmethod
    def _requests(
        records: Records, wanted: Wanted, now: datetime, span: Mapping[str, Any]
    ) -> Iterable[Request]:
        """Requests have neither verdict nor criteria; those that are late or free are told by themselves."""
        asked = records.requests_page(
            now, **span, who=wanted.who, language=wanted.language, study=wanted.study
        )
        for request in asked:
            if wanted.free and _held(request, now):
                continue
            if not wanted.late or request.due_at <= now:
                yield request

    async def closed(self, language: str, at: str = "", member: StaffMember | None = None) -> QueuePage:
        """Closed leads, the latest first, a page at a time. NotAllowed."""

        def read(records: Records) -> QueuePage:
            self._admit(records, member)
            now = self._clock()
            leads = records.closed_page(PER_PAGE + 1, _closed_cursor(at))
            rows = tuple(self._rows(records, leads[:PER_PAGE], language, now))
            more = len(leads) > PER_PAGE
            last = leads[PER_PAGE - 1] if more else None
            later = f"{last.closed_at.isoformat()}.{last.code}" if last and last.closed_at else ""
            return QueuePage(rows, later=later)

        return await self._store.run(read)

    async def search(self, text: str, language: str, member: StaffMember) -> tuple[QueueRow, ...]:
        """Leads by code, by exactly their phone, or by words of what was noted (Q-10). NotAllowed: not your role.

        Words and phones are looked up by keyed hash; what was found by words is opened and read to be sure.
        """

        def find(records: Records) -> tuple[QueueRow, ...]:
            if not self._sees_identity(records, member):
                raise NotAllowed(member.id)
            now = self._clock()
            return tuple(self._rows(records, self._found(records, text.strip()), language, now))

        return await self._store.run(find)

    def _found(self, records: Records, text: str) -> list[Lead]:
        code = text.upper().replace(" ", "")
        for candidate in (code, f"L-{code}", f"L-{code[:4]}-{code[4:]}"):
            if found := records.lead(candidate):
                return [found[0]]
        if phone := read_phone(text, REGION):
            return list(records.with_phone(phone, PER_PAGE))
        asked = asked_for(text)
        if not asked:
            return []
        return [
            lead
            for lead, written in records.with_words(asked, PER_PAGE)
            if any(is_in(text, words) for words in written)
        ]

    async def day(self, language: str, member: StaffMember) -> Day:
        """What is before somebody today (Q-13). NotAllowed."""

        def read(records: Records) -> Day:
            self._admit(records, member)
            now = self._clock()
            local = now.astimezone(self._zone)
            begins = datetime.combine(local.date(), time(), self._zone)
            ends = begins + timedelta(days=1)

            def rows(leads: Sequence[Lead]) -> tuple[QueueRow, ...]:
                return tuple(self._marked(records, self._rows(records, leads, language, now)))

            return Day(
                held=rows(records.leads_page(Wanted(who=member.id), now, PER_PAGE)),
                calls=rows(records.leads_due("call_back", begins, ends)),
                visits=rows(records.leads_due("visit", begins, ends)),
                late=records.waiting(Wanted(late=True), now),
                new=records.waiting(Wanted(status="new"), now),
            )

        return await self._store.run(read)

    async def choices(self, language: str) -> Choices:
        """What there is to filter by."""

        def read(records: Records) -> Choices:
            flows = self._shelf.offer(records, self._clock().astimezone(self._zone).date()).flows
            asked = {
                criterion.id: None
                for flow in flows.values()
                for criterion in flow.criteria
                if criterion.settled_by.value == "questions"
            }
            staff = tuple(name for name, role in registered(records).items() if role in WORKS)
            names = {study: flow.study.name[language] for study, flow in flows.items()}
            return Choices(names, tuple(self._translators), tuple(asked), staff)

        return await self._store.run(read)

    def _rows(
        self, records: Records, found: Sequence[Lead | Request], language: str, now: datetime
    ) -> list[QueueRow]:
        """A page's rows. Every version is looked up once, not once a row."""
        versions = records.versions_of_runs([each.run for each in found if isinstance(each, Lead)])
        names: dict[tuple[str, str], str] = {}
        rows = []
        for each in found:
            version = versions.get(each.run, "") if isinstance(each, Lead) else ""
            key = each.study or "", version
            if key not in names:
                names[key] = self._study_name(records, *key, language)
            if isinstance(each, Lead):
                rows.append(self._lead_row(each, names[key], now))
            else:
                rows.append(self._request_row(each, names[key], now))
        return rows

    @staticmethod
    def _lead_row(lead: Lead, study_name: str, now: datetime) -> QueueRow:
        held = _held(lead, now)
        return QueueRow(
            code=lead.code,
            kind="lead",
            study_name=study_name,
            urgent=False,
            demo=lead.demo,
            language=lead.language,
            verdict=lead.verdict,
            open=tuple(lead.open_criteria),
            flags=tuple(lead.flags),
            created_at=lead.created_at,
            due_at=None if lead.closed_at else lead.due_at,
            overdue=lead.closed_at is None and lead.due_at < now,
            reach="phone" if lead.reach == "phone" else "chat",
            call_time=lead.call_time,
            status=lead.status,
            claimed_by=lead.claimed_by or "" if held else "",
            claimed_until=lead.claimed_until if held else None,
            next="" if lead.closed_at else lead.next,
            at_hour=lead.next in AT_ITS_HOUR,
            tries=lead.tries,
            last_try=lead.last_try or "",
            visit_at=lead.visit_at,
            escalated=lead.escalated_at is not None,
            unread=lead.unread,
            closed_at=lead.closed_at,
        )

    @staticmethod
    def _marked(records: Records, rows: Sequence[QueueRow]) -> list[QueueRow]:
        """With whose person has blocked the bot."""
        blocked = records.blocked_leads([row.code for row in rows if row.kind == "lead"])
        return [replace(row, blocked=True) if row.code in blocked else row for row in rows]

    @staticmethod
    def _request_row(request: Request, study_name: str, now: datetime) -> QueueRow:
        kind, held = request.kind, _held(request, now)
        return QueueRow(
            code=request.code,
            kind="unwell" if kind == "unwell" else "check" if kind == "check" else "human",
            study_name=study_name,
            urgent=request.urgent and request.status == "new",
            demo=request.demo,
            language=request.language,
            verdict="",
            open=(),
            flags=(),
            created_at=request.created_at,
            due_at=request.due_at if request.status == "new" else None,
            overdue=request.status == "new" and request.due_at < now,
            reach="chat",
            call_time="",
            status=request.status,
            claimed_by=request.claimed_by or "" if held else "",
            claimed_until=request.claimed_until if held else None,
            escalated=request.escalated_at is not None,
            closed_by=request.closed_by or "",
            closed_how=request.closed_how or "",
        )

    def _study_name(self, records: Records, study: str, version: str, language: str) -> str:
        flow = self._shelf.flow(records, version) if version else None
        flow = flow or self._shelf.offer(records, self._clock().date()).flows.get(study)
        return flow.study.name[language] if flow else study

    # one lead

    async def lead(self, code: str, language: str, member: StaffMember | None = None) -> LeadView | None:
        """Everything of one lead or request; None when there is none such. NotAllowed."""
        return await self._store.run(lambda records: self._lead(records, code, language, member))

    def lead_now(self, code: str, language: str) -> LeadView | None:
        """The same for a command."""
        return self._store.run_now(lambda records: self._lead(records, code, language, None))

    def _lead(
        self, records: Records, code: str, language: str, member: StaffMember | None
    ) -> LeadView | None:
        self._admit(records, member)
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
            criteria = self._criteria(
                flow, screening, run.result.get("criteria", {}), said, language, lead.language
            )
            flags = (
                *(FlagView(f.name, f.criterion) for f in screening.flags),
                *(FlagView(flag) for flag in lead.flags if flag not in {f.name for f in screening.flags}),
            )
        return LeadView(
            row=self._marked(records, self._rows(records, [lead], language, now))[0],
            identity=identity,
            criteria=criteria,
            flags=flags,
            consents=tuple(
                ConsentView(
                    row.purpose.removeprefix("consent_"), row.agreed, row.at, row.text_hash, row.withdrawn_at
                )
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
        awake = self._shelf.site(records, lead.study).waking.next_open(now)
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
            "may_write": works and lead.status in OPEN and lead.channel != PHONE,
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
        may = self._works(records, member)
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
                    event.id,
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
            "seen": events[-1].id if events else 0,
        }

    def _request(
        self, records: Records, code: str, language: str, member: StaffMember | None, now: datetime
    ) -> LeadView | None:
        request = records.request(code)
        if request is None:
            return None
        may = self._works(records, member)
        if may and request.seen_at is None:
            records.change_request(code, seen_at=now)
        records.note(code, f"staff:{member.id}" if member else "command", "opened", {}, now)
        identity = Identity()
        if self._sees_identity(records, member):
            identity = Identity(chat=chat_link(request.channel, records.request_address(code)))
        waking = self._shelf.site(records, request.study or "").waking
        quiet = not waking.is_open(now) and not request.urgent
        return LeadView(
            row=self._rows(records, [request], language, now)[0],
            identity=identity,
            may_work=may,
            mine=member is not None and _held(request, now) and request.claimed_by == member.id,
            **self._writing(records, request.study or "", request.language, language, None),
            may_write=may and request.status == "new",
            quiet_until=waking.next_open(now) if quiet else None,
        )

    def _admit(self, records: Records, member: StaffMember | None) -> None:
        """NotAllowed: neither works on leads nor audits how others do. A command is somebody's with the keys."""
        if member is None or self._shelf.demo:
            return
        if registered(records).get(member.id) not in SEES_LEADS:
            raise NotAllowed(member.id)

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
        spoken: str,
    ) -> tuple[CriterionView, ...]:
        views = []
        other = next((each for each in flow.languages if each != language), "")
        for criterion in flow.criteria:
            state = stored.get(criterion.id) or screening.findings[criterion.id].state.value
            answers = [
                self._answer(question, criterion.id, screening, said, language, spoken)
                for question in screening.asked
                if criterion.id in (*question.criteria, *question.linked)
            ]
            if not answers and not screening.asked:
                answers = self._to_ask(flow, criterion.id, language, spoken)
            views.append(
                CriterionView(
                    id=criterion.id,
                    inclusion=criterion.inclusion,
                    text=criterion.text[language],
                    state=State(state).value,
                    settled_by=criterion.settled_by.value,
                    reason=criterion.reason[language],
                    answers=tuple(answers),
                    also=criterion.text.get(other, ""),
                    also_in=other,
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

    def _to_ask(self, flow: Flow, criterion: str, language: str, spoken: str) -> list[AnswerView]:
        """The questions of a criterion for somebody who was asked none: they were entered by hand."""
        return [
            AnswerView(
                question_id=question.id,
                ask=question.ask[language],
                part=question.part[language] if question.part else "",
                answer="",
                state="open",
                at=self._clock(),
                typed=False,
                ask_them=question.ask.get(spoken, "") if spoken != language else "",
                ask_in=spoken,
            )
            for question in flow.questions
            if criterion in question.criteria
        ]

    def _answer(
        self,
        question: Question,
        criterion: str,
        screening: Screening,
        said: Said,
        language: str,
        spoken: str,
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
            ask_them=question.ask.get(spoken, "") if spoken != language else "",
            ask_in=spoken,
        )


def _state(screening: Screening, question: Question, criterion: str) -> State:
    """What an answer says of a criterion, by itself or through a value that was worked out from it."""
    own = screening.parts[question.id].get(criterion)
    if own is None and criterion in question.worked_out:
        values = [value for value in screening.worked if question.id in value.computed.takes.values()]
        return values[0].findings[criterion].state if values else State.OPEN
    return own.state if own else State.NA
