"""A lead or a request as somebody opens it, in one transaction; that they did stands in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.run import Chat, effective
from bot.core.screening import screen
from bot.leads.lead import PHONE, Lead, Request
from bot.leads.life import OPEN, THEIRS, steps_from
from bot.leads.visits import standing
from bot.service.check_sheet import Said, Sheet
from bot.service.evidence import fails_before
from bot.service.messages import TELEGRAM
from bot.service.placing import arrange
from bot.service.ports import Records
from bot.service.queue_rows import is_held, rows_of
from bot.service.shelf import Shelf
from bot.service.staff import WORKS, registered, sees_identity, works_on_leads
from bot.service.views import (
    CannedView,
    CheckView,
    ConsentView,
    DoneView,
    FlagView,
    Identity,
    LeadView,
    RelayView,
    RunView,
    StaffMember,
    StepView,
)
from bot.service.when import visit_words
from bot.service.wording import Wording

#: What is noted once a visit's day has come.
OF_A_VISIT = frozenset({"attend", "miss"})


def chat_link(channel: str, address: str) -> str:
    """A link that opens the person's chat in the coordinator's own Telegram; "" on channels without one."""
    return f"tg://user?id={address}" if channel == TELEGRAM.name and address else ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What one reader sees in their language; `member` is None for a command, which is somebody's with the keys."""

    records: Records
    shelf: Shelf
    wording: Wording
    language: str
    member: StaffMember | None
    now: datetime
    #: Whether what is news counts as read now.
    reads: bool = True

    def see(self, code: str) -> LeadView | None:
        """Everything of it; None: there is none such."""
        if found := self.records.lead(code):
            return self._lead(*found)
        request = self.records.request(code)
        return self._request(request) if request else None

    # leads

    def _lead(self, lead: Lead, chat: Chat) -> LeadView:
        records, code = self.records, lead.code
        records.note(code, self._who, "opened", {}, self.now)
        run = records.runs_of_lead(chat, code)[-1]
        others = [other for other in records.ended_runs(chat, lead.study) if other.id != run.id]
        runs = sorted((run, *others), key=lambda each: each.started_at)
        flow = self.shelf.flow(records, run.version)
        sheet: dict[str, Any] = {"flags": tuple(FlagView(flag) for flag in lead.flags)}
        if flow is not None:
            said = Said(
                tuple(records.answers(chat, run.id)),
                tuple(line for other in others for line in records.answers(chat, other.id)),
            )
            day = date.fromisoformat(run.ended_on) if run.ended_on else run.started_at.date()
            before = fails_before(records, self.shelf, chat, lead.study, run.id)
            screening = screen(flow, effective(said.now), day, before)
            named = {flag.name for flag in screening.flags}
            sheet = {
                "criteria": Sheet(
                    self.wording, flow, screening, said, self.language, lead.language, self.now
                ).criteria(run.result.get("criteria", {})),
                "flags": (
                    *(FlagView(flag.name, flag.criterion) for flag in screening.flags),
                    *(FlagView(flag) for flag in lead.flags if flag not in named),
                ),
            }
        return LeadView(
            row=rows_of(records, self.shelf, [lead], self.language, self.now)[0],
            identity=self._identity(chat, code),
            consents=tuple(
                ConsentView(
                    row.purpose.removeprefix("consent_"), row.agreed, row.at, row.text_hash, row.withdrawn_at
                )
                for run in runs
                for row in records.consents(run.id)
            ),
            runs=tuple(RunView(r.started_at, None, r.outcome or "", r.version) for r in runs),
            **sheet,
            **self._work(lead, chat),
            **self._relay(lead, chat),
        )

    def _identity(self, chat: Chat, code: str) -> Identity:
        if not sees_identity(self.records, self.shelf, self.member):
            return Identity()
        return Identity(*self.records.identity(chat, code), chat_link(chat.channel, chat.address))

    def _work(self, lead: Lead, chat: Chat) -> dict[str, Any]:
        """What was done with a lead, and what whoever looks can do with it."""
        events = self.records.lead_events(chat, lead.code)
        me, visit = self.member.id if self.member else "", standing(lead.status, events)
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
                StepView(step, needs)
                for step, needs in steps_from(lead.status).items()
                if step not in THEIRS and not (step in OF_A_VISIT and self._is_to_come(lead))
            ),
            "checks": {
                str(event.detail["criterion"]): CheckView(str(event.detail["state"]), event.who, event.at)
                for event in events
                if event.kind == "check"
            },
            "may_work": self._works and lead.status != "withdrawn",
            "mine": self._is_mine(lead),
            "colleagues": tuple(
                sorted(
                    name for name, role in registered(self.records).items() if role in WORKS and name != me
                )
            ),
            "alike": tuple(self.records.same_phone(lead.code)),
            "seen": events[-1].id if events else 0,
            "visit_told": bool(visit and visit.told),
            "may_tell": self._works and lead.channel != PHONE and bool(visit and not visit.told),
            "mark": self.records.lead_mark(lead.code),
        }

    # what is written through the bot

    def _relay(self, lead: Lead, chat: Chat) -> dict[str, Any]:
        """What was written through the bot. What is news is read now, if whoever looks works on leads."""
        records, now = self.records, self.now
        awake = self.shelf.site(records, lead.study).waking.next_open(now)
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
        marks = self._works and self.reads
        if marks and self.member is not None and records.read_messages(lead.code, self.member.id, now):
            records.note(lead.code, self._who, "read", {}, now)
            arrange(records, self.shelf.site(records, lead.study), lead.code, now)
        return {
            "relay": tuple(messages),
            **self._writing(lead.study, str(chat.state.get("language") or lead.language), lead.visit_at),
            "may_write": self._works and lead.status in OPEN and lead.channel != PHONE,
            "quiet_until": awake if awake > now else None,
        }

    def _writing(self, study: str, theirs: str, visit: datetime | None) -> dict[str, Any]:
        """The person's language, and what can be written without typing."""
        site = self.shelf.site(self.records, study)

        def canned(language: str) -> Mapping[str, str]:
            when = visit_words(visit, site.zone, language) if visit else ""
            return self.wording.canned(language, site["phone"] or "…", when)

        ours = canned(self.language)
        return {
            "reads": theirs,
            "canned": tuple(CannedView(code, words, ours[code]) for code, words in canned(theirs).items()),
        }

    # requests

    def _request(self, request: Request) -> LeadView:
        records, code, now = self.records, request.code, self.now
        if self._works and self.reads and request.seen_at is None:
            records.change_request(code, seen_at=now)
        records.note(code, self._who, "opened", {}, now)
        identity = Identity()
        if sees_identity(records, self.shelf, self.member):
            identity = Identity(chat=chat_link(request.channel, records.request_address(code)))
        waking = self.shelf.site(records, request.study or "").waking
        quiet = not waking.is_open(now) and not request.urgent
        return LeadView(
            row=rows_of(records, self.shelf, [request], self.language, now)[0],
            identity=identity,
            same_chat=tuple(records.leads_of_address(request.channel, records.request_address(code))),
            may_work=self._works,
            mine=self._is_mine(request),
            **self._writing(request.study or "", request.language, None),
            may_write=self._works and request.status == "new",
            quiet_until=waking.next_open(now) if quiet else None,
        )

    # who looks

    def _is_to_come(self, lead: Lead) -> bool:
        """Whether the visit's day has not come yet."""
        if lead.visit_at is None:
            return False
        zone = self.shelf.site(self.records, lead.study).zone
        return lead.visit_at.astimezone(zone).date() > self.now.astimezone(zone).date()

    @property
    def _who(self) -> str:
        return f"staff:{self.member.id}" if self.member else "command"

    @property
    def _works(self) -> bool:
        return self.member is not None and works_on_leads(self.records, self.shelf, self.member)

    def _is_mine(self, each: Lead | Request) -> bool:
        return self.member is not None and is_held(each, self.now) and each.claimed_by == self.member.id
