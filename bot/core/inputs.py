"""What can reach a conversation, already read by the channel and the reader of typed text."""

from dataclasses import dataclass

from bot.core.answers import Answer


@dataclass(frozen=True, slots=True)
class Started:
    """/start, with what its link carried: `<study>-<source>`, either part may be missing."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button of the prompt with this number. 0: a button of a conversation that is no more."""

    prompt: int
    choice: str


@dataclass(frozen=True, slots=True)
class Picked:
    """Typed text that is exactly one of the live buttons (its label or its number)."""

    choice: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Typed text that reads as an answer to the question that stands."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Named:
    """What the person wants to be called, as written."""

    name: str


@dataclass(frozen=True, slots=True)
class GavePhone:
    """A phone number in E.164, typed or shared by the person's own contact button."""

    phone: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """Typed text where a message to the study team may be written."""

    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Typed text that is none of these. The text itself goes no further (X10)."""


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Typed text with words of an emergency, of self-harm, or of feeling ill in the study (R-25, R-26)."""

    kind: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """One of the commands, without its slash."""

    command: str


@dataclass(frozen=True, slots=True)
class SentOther:
    """A photo, voice, file, location, somebody else's contact…: refused kindly and not stored (R-16).

    `edited`: an older message was changed, which changes no answer.
    """

    edited: bool = False


@dataclass(frozen=True, slots=True)
class Reminded:
    """A day has passed since the last answer (R-29)."""


Input = (
    Started
    | Tapped
    | Picked
    | Answered
    | Named
    | GavePhone
    | Wrote
    | Unclear
    | Alarmed
    | Commanded
    | SentOther
    | Reminded
)

#: What the button under a message of the team chooses, before the code of the lead it is about. Such a message is no
#: prompt: the button is good at any time, as long as the team reads what is written.
REPLY = "reply:"
LONGEST_MESSAGE = 1000

COMMANDS = (
    "start", "language", "back", "pause", "help", "human", "unwell", "status",
    "stop", "restart", "privacy", "mydata", "delete",
)  # fmt: skip
