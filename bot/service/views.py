"""What staff pages and commands show: plain values, texts already in the reader's language, times in UTC.

Codes (verdict, state, kind, flags) stay codes; the pages have the words for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.leads.queue import Wanted as Wanted  # pages make a filter of it

Kind = Literal["lead", "unwell", "human", "check"]
Reach = Literal["chat", "phone"]
StateCode = Literal["meets", "fails", "open", "na", "clinician", "not_asked"]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who may read the queue."""

    id: str
    name: str
    #: Whether reports are for them; what they take is checked again.
    has_reports: bool = field(default=False, compare=False)
    #: When this session began: some things are only done soon after a login.
    logged_in_at: datetime | None = field(default=None, compare=False)
    #: Whether the queue is for them; it is checked again where it is read.
    has_queue: bool = field(default=True, compare=False)
    #: Whether they work on leads, rather than look on; it is checked again where something is done.
    works: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A login: `cookie` is the secret the browser keeps until `expires_at`."""

    cookie: str
    member: StaffMember
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One lead or request as the queue lists it (Q-2). Nobody's identity.

    A request has no verdict, open criteria or call time. `open` are criterion ids, `flags` codes,
    `call_time` one of the contact times (`morning`, …) or "".
    """

    code: str
    kind: Kind
    study_name: str
    urgent: bool
    demo: bool
    language: str
    verdict: str
    open: tuple[str, ...]
    flags: tuple[str, ...]
    created_at: datetime
    due_at: datetime | None
    overdue: bool
    reach: Reach
    call_time: str
    status: str
    #: Who works on it now, "" for nobody, and until when.
    claimed_by: str = ""
    claimed_until: datetime | None = None
    #: What is to be done next: one of bot.leads.queue.NEXT's values, or what tries make of it; "" for a request.
    next: str = ""
    #: Whether it is for an hour that was agreed, so that it is not late before that.
    at_hour: bool = False
    #: Tries so far, and what the last one came to.
    tries: int = 0
    last_try: str = ""
    visit_at: datetime | None = None
    escalated: bool = False
    unread: int = 0
    #: Whether they blocked the bot.
    blocked: bool = False
    closed_at: datetime | None = None
    #: Of a closed request: by whom and how.
    closed_by: str = ""
    closed_how: str = ""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `later` and `earlier` are cursors of the pages after and before it, "" where there is none.

    `waiting` is how many a filter leaves, never told beyond `more` (True: that many, or more).
    """

    rows: tuple[QueueRow, ...]
    later: str = ""
    earlier: str = ""
    waiting: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the queue can be filtered by: studies with their names, languages, criteria of the studies."""

    studies: Mapping[str, str]
    languages: tuple[str, ...]
    criteria: tuple[str, ...]
    staff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What is before somebody today: what they hold, calls and visits agreed for today, and what they did."""

    held: tuple[QueueRow, ...]
    calls: tuple[QueueRow, ...]
    visits: tuple[QueueRow, ...]
    late: int
    new: int
    #: Urgent requests that nobody has taken, and leads with messages that nobody has read.
    urgent: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is. `phone` is E.164, `chat` a link that opens the person's chat; either may be ""."""

    name: str = ""
    phone: str = ""
    chat: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """An earlier answer to the same question, and when it was given."""

    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer as it bears on one criterion.

    `ask` is the question as it was asked, `part` the piece of the criterion it settles ("" for all of it).
    `edits` are what was said to it before, the latest first. `linked` answers are decided under another criterion and only shown here. `earlier` are other answers the
    same person gave to the question in other runs (X8).
    """

    question_id: str
    ask: str
    part: str
    answer: str
    state: StateCode
    at: datetime
    typed: bool
    edits: tuple[Edit, ...] = ()
    earlier: tuple[Edit, ...] = ()
    linked: bool = False
    #: The question in the person's language, where that is another one than the reader's.
    ask_them: str = ""
    ask_in: str = ""


@dataclass(frozen=True, slots=True)
class WorkedView:
    """A value worked out from answers, such as a BMI, as it bears on one criterion."""

    name: str
    value: str
    state: StateCode


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion, what is known of it and from which answers. `settled_by` and `reason` are for the reader."""

    id: str
    inclusion: bool
    text: str
    state: StateCode
    settled_by: str
    reason: str
    answers: tuple[AnswerView, ...] = ()
    worked: tuple[WorkedView, ...] = ()
    #: Its text in the other language, which the call may be held in (Q-7).
    also: str = ""
    also_in: str = ""


@dataclass(frozen=True, slots=True)
class FlagView:
    """A remark for the coordinator, with the criterion it belongs to, if any."""

    name: str
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent, one per purpose (`health`, `abroad`, `contact`). `notice` names the notice as it was shown."""

    purpose: str
    agreed: bool
    at: datetime
    notice: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """One walk through the flow: its outcome, or "" while it lasts, and the flow version."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str
    version: str


@dataclass(frozen=True, slots=True)
class DoneView:
    """One thing that was done with a lead; `undone_by` "" unless it was taken back.

    `detail` holds codes: of an attempt its channel, outcome and when the next is due; of a step where it led and what
    for; of a check the criterion and its state.
    """

    kind: str
    at: datetime
    who: str
    detail: Mapping[str, str]
    words: str
    undone_by: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the lead's life that can be taken now, and what has to be brought along for it."""

    step: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """What a coordinator found out about a criterion last (Q-7)."""

    state: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RelayView:
    """A message "to" the person or "from" them; see bot.leads.lead.Message. `goes_at`: when one that waits goes."""

    way: str
    who: str
    words: str
    at: datetime
    read_at: datetime | None
    state: str
    goes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CannedView:
    """A reply nobody needs to type, in the person's language and in the reader's."""

    code: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class LeadView:
    """Everything of one lead or request. Whoever asks for it is written into the trail."""

    row: QueueRow
    identity: Identity
    criteria: tuple[CriterionView, ...] = ()
    flags: tuple[FlagView, ...] = ()
    consents: tuple[ConsentView, ...] = ()
    runs: tuple[RunView, ...] = ()
    done: tuple[DoneView, ...] = ()
    steps: tuple[StepView, ...] = ()
    checks: Mapping[str, CheckView] = field(default_factory=dict)
    #: Whether whoever looks works on leads, and whether this one is theirs now.
    may_work: bool = False
    mine: bool = False
    #: To whom it can be handed over.
    colleagues: tuple[str, ...] = ()
    #: Other leads with the same phone (Q-10).
    alike: tuple[str, ...] = ()
    #: Of a request: the leads of the same chat.
    same_chat: tuple[str, ...] = ()
    #: What was written through the bot, the earliest first; `reads` is the language the person reads now.
    relay: tuple[RelayView, ...] = ()
    reads: str = ""
    canned: tuple[CannedView, ...] = ()
    may_write: bool = False
    #: The last thing on the page, so that nothing is decided over what was done since.
    seen: int = 0
    #: Whether a visit stands that the person was told of: they are told of every change.
    visit_told: bool = False
    #: Whether a visit stands that the person was not told of, and can be.
    may_tell: bool = False
    #: Changes with whatever is done with the lead or written by its person.
    mark: str = ""
    #: Until when nobody is called or written to; None: now they are (Q-6).
    quiet_until: datetime | None = None

    @property
    def goes_abroad(self) -> bool:
        """Whether what is said of the person may pass abroad; of a request only an account there is known (R-13)."""
        if self.row.kind != "lead":
            return True
        given = [each for each in self.consents if each.purpose == "abroad"]
        return bool(given) and given[-1].agreed and given[-1].withdrawn_at is None
