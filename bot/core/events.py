"""What a turn of the conversation brought about. The engine returns these and never sends anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.core.answers import Answer
from bot.core.flow import Flow
from bot.core.screening import Screening


class Wants(Enum):
    """What typed text can be, beside a button's label or number."""

    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    PHONE = "phone"
    MESSAGE = "message"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, by id. Interface controls begin with a dot; option codes never do."""

    id: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the person is asked now: words follow from `kind` (a phase or an overlay) and `question`."""

    number: int
    kind: str
    wants: Wants = Wants.CHOICE
    choices: tuple[Choice, ...] = ()
    controls: tuple[str, ...] = ()
    question: str | None = None
    position: tuple[int, int] = (0, 0)
    picker: str = ""
    previous: Answer | None = None
    #: What the person wrote and is asked about.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Prompted:
    """Ask this now, as a new message."""

    prompt: Prompt
    language: str


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The live prompt has other buttons now (a tick, a picker's next page)."""

    prompt: Prompt
    language: str


@dataclass(frozen=True, slots=True)
class Settled:
    """This prompt is done: it shows what was chosen and loses its buttons.

    `flow`, `answers` and `screening` are what it was worded from; the turn may have left them behind.
    """

    prompt: Prompt
    language: str
    choice: str | None = None
    answer: Answer | None = None
    flow: Flow | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    screening: Screening | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A fixed message by name; `question` for a question's help."""

    what: str
    language: str
    question: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """A consent, one per purpose (R-8)."""

    purpose: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class RunStarted:
    """All consents are given; from here on answers are kept."""


@dataclass(frozen=True, slots=True)
class RunRenewed:
    """The person agreed to a newer version: the run goes on under it, with the answers that still apply."""


@dataclass(frozen=True, slots=True)
class AnswerRecorded:
    """An answer, typed or tapped; an earlier one to the same question stays in the record."""

    question: str
    answer: Answer
    typed: bool


@dataclass(frozen=True, slots=True)
class AnswerRemoved:
    """An answer whose question no longer applies (X6), or is no longer there."""

    question: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run has an outcome: a verdict, or one of the other endings."""

    outcome: str
    screening: Screening | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person who agreed to be contacted."""

    name: str = ""
    phone: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class LeadQueued:
    """The person agreed to be contacted and said how."""

    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class EvidenceAdded:
    """A later run of a person who is in the queue already."""


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A new phone or time for the open lead."""

    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class ContactWithdrawn:
    """The person no longer wishes to be contacted; the answers stay until their time is over."""


@dataclass(frozen=True, slots=True)
class RequestMade:
    """Somebody asks for a human: `unwell` (urgent), `human` or `check` (R-12, R-26)."""

    kind: str


@dataclass(frozen=True, slots=True)
class MessageToTeam:
    """Words for whoever works on a lead; the person has agreed that they are passed on."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Everything of the person is to go: `run`, `study` or `all`; `chat` for the transient row before consent."""

    scope: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that is counted without anybody's data (funnel, safety words).

    `day` and `study` say under which day and study; left out, they are today and the conversation's.
    """

    name: str
    day: str = ""
    study: str | None = None


Event = (
    Prompted
    | Redrawn
    | Settled
    | Said
    | ConsentAnswered
    | RunStarted
    | RunRenewed
    | AnswerRecorded
    | AnswerRemoved
    | RunEnded
    | LeadQueued
    | EvidenceAdded
    | ContactChanged
    | ContactWithdrawn
    | RequestMade
    | MessageToTeam
    | Erased
    | Counted
)
