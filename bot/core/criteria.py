"""Criteria of a protocol and what is known of each."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from bot.core.text import Text


class State(Enum):
    """What is known of a criterion; `meets` is always good for taking part, for exclusions too."""

    MEETS = "meets"
    FAILS = "fails"
    OPEN = "open"
    NA = "na"
    CLINICIAN = "clinician"
    NOT_ASKED = "not_asked"


#: Worst part first. A part nobody asked is worse than one that is met: the criterion is not settled.
WORST_FIRST = (State.FAILS, State.OPEN, State.NOT_ASKED, State.MEETS, State.NA, State.CLINICIAN)


class Lasting(Enum):
    """Whether a fail can pass with time."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


class SettledBy(Enum):
    """Who settles a criterion: the bot's questions, or the team at one of its steps."""

    QUESTIONS = "questions"
    COORDINATOR = "coordinator"
    VISIT = "visit"
    INVESTIGATOR = "investigator"


class Disclose(Enum):
    """What an ending may say of a criterion that failed (brief, section 3.4)."""

    NONE = "none"
    DATE_ONLY = "date_only"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One numbered item of the protocol."""

    id: str
    inclusion: bool
    text: Text
    settled_by: SettledBy
    reason: Text
    disclose: Disclose = Disclose.NONE
    ending: Text | None = None
    often_fails: bool = False
    #: No answer may fail it, only a person decides. For the record: nothing that runs asks.
    never_fails: bool = False


@dataclass(frozen=True, slots=True)
class Fail:
    """How a criterion failed. `until` is the day it passes, where that follows from the answer."""

    lasting: Lasting
    until: date | None = None

    @property
    def value(self) -> str:
        """`permanent`, `temporary` or the date, as in the machine output."""
        return self.until.isoformat() if self.until else self.lasting.value


def worse(first: Fail, second: Fail) -> Fail:
    """Of two fails the one that holds longer: permanent, then temporary without a date, then the later date."""

    def rank(fail: Fail) -> tuple[bool, bool, date]:
        return (fail.lasting is Lasting.PERMANENT, fail.until is None, fail.until or date.min)

    return max(first, second, key=rank)
