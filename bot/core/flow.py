"""A trial's flow: study facts, criteria, questions and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property

from bot.core.answers import Amount, add_months
from bot.core.criteria import Criterion, Lasting, State
from bot.core.text import Text
from bot.core.truth import Truth, all_of, any_of, known


class Kind(Enum):
    """How a question is answered."""

    SINGLE = "single"
    MULTI = "multi"
    NUMBER = "number"
    DATE = "date"


class Stop(Enum):
    """When the questions end after a definite fail (brief, section 2.3)."""

    FIRST_FAIL = "first_fail"
    END_OF_BLOCK = "end_of_block"
    ASK_ALL = "ask_all"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer says of one criterion; `NOT_ASKED` stands for "only opens a follow-up"."""

    state: State
    lasting: Lasting | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer button: its code, its words and what it means for each criterion of the question."""

    code: str
    label: Text
    means: Mapping[str, Meaning]


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high` (None: no limit) and their meaning. `erases`: X2, a minor's run is not kept."""

    low: Amount | None
    high: Amount | None
    means: Mapping[str, Meaning]
    erases: bool = False
    flag: str | None = None

    def covers(self, value: Amount | Fraction) -> bool:
        """Whether a number lies in the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Window:
    """A calendar rule: met when the day lies at least `months` (or `days`) back, else failed until then."""

    months: int
    lasting: Lasting
    days: int = 0

    def passes_on(self, day: date) -> date:
        """The day on which enough time has passed since `day`."""
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Is:
    """Holds when the answer to a question is (or contains) one of the codes; `negated`: none of them."""

    question: str
    codes: frozenset[str]
    negated: bool = False

    def holds(self, codes: Mapping[str, frozenset[str]]) -> Truth:
        """UNKNOWN when the question has no answer (not asked, or it does not apply)."""
        if self.question not in codes:
            return Truth.UNKNOWN
        return known(bool(codes[self.question] & self.codes) != self.negated)

    def questions(self) -> frozenset[str]:
        """Ids of the questions it looks at."""
        return frozenset({self.question})


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part does."""

    parts: tuple["Condition", ...]

    def holds(self, codes: Mapping[str, frozenset[str]]) -> Truth:
        """Three-valued `and`."""
        return all_of(part.holds(codes) for part in self.parts)

    def questions(self) -> frozenset[str]:
        """Ids of the questions it looks at."""
        return frozenset().union(*(part.questions() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Any:
    """Holds when at least one part does."""

    parts: tuple["Condition", ...]

    def holds(self, codes: Mapping[str, frozenset[str]]) -> Truth:
        """Three-valued `or`."""
        return any_of(part.holds(codes) for part in self.parts)

    def questions(self) -> frozenset[str]:
        """Ids of the questions it looks at."""
        return frozenset().union(*(part.questions() for part in self.parts))


Condition = Is | All | Any


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, how it is answered and what each answer means.

    A number may have a `unit` and `decimals`; of the criteria in `worked_out` it says nothing by itself,
    a value computed from it does (an answer that is missing leaves them open all the same).
    """

    id: str
    kind: Kind
    criteria: tuple[str, ...]
    ask: Text
    help: Text
    short: Text
    linked: tuple[str, ...] = ()
    preface: Text | None = None
    part: Text | None = None
    block: str = ""
    ask_if: Condition | None = None
    options: tuple[Option, ...] = ()
    exclusive: frozenset[str] = frozenset()
    valid: tuple[Amount, Amount] | None = None
    ranges: tuple[Range, ...] = ()
    unit: Text | None = None
    decimals: int = 0
    worked_out: frozenset[str] = frozenset()
    window: Window | None = None

    def option(self, code: str) -> Option | None:
        """The option with this code."""
        return next((option for option in self.options if option.code == code), None)

    @property
    def decided(self) -> tuple[str, ...]:
        """The criteria that a number says something of by itself."""
        return tuple(criterion for criterion in self.criteria if criterion not in self.worked_out)


def step(decimals: int) -> Amount:
    """The smallest difference between two numbers with so many decimals."""
    return Decimal(1).scaleb(-decimals) if decimals else 1


@dataclass(frozen=True, slots=True)
class Computed:
    """A value worked out from answers by one of the formulas in code, and what its ranges mean.

    `takes` says which question gives each of the formula's terms.
    """

    id: str
    short: Text
    formula: str
    takes: Mapping[str, str]
    criteria: tuple[str, ...]
    ranges: tuple[Range, ...]
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class CrossFlag:
    """A remark for the check sheet that follows from several answers (X5)."""

    flag: str
    when: Condition
    criterion: str


@dataclass(frozen=True, slots=True)
class Study:
    """What a flow says of its study. Phones, hours and recruiting status are site facts, not here."""

    name: Text
    site: Text
    protocol: str
    registry: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A place where the sources disagree, what was decided and whether a site must confirm it."""

    id: str
    criteria: tuple[str, ...]
    text: Text
    site_decides: bool = False


@dataclass(frozen=True, slots=True)
class Exempt:
    """A phrase that the checker would stop, and why it is right in this flow. For the record: nothing that runs asks."""

    phrase: str
    reason: Text


@dataclass(frozen=True)
class Flow:
    """A whole script in one version. `hash` is the SHA-256 of its file; it names the version."""

    id: str
    languages: tuple[str, ...]
    study: Study
    criteria: tuple[Criterion, ...]
    questions: tuple[Question, ...]
    texts: Mapping[str, Text]
    notice: Mapping[str, Text]
    stop: Stop = Stop.FIRST_FAIL
    computed: tuple[Computed, ...] = ()
    flags: tuple[CrossFlag, ...] = ()
    notes: tuple[Note, ...] = ()
    hash: str = ""
    author: str = ""
    glossary: Mapping[str, Text] = field(default_factory=dict)
    allowed: tuple[Exempt, ...] = ()

    @cached_property
    def question_by_id(self) -> Mapping[str, Question]:
        """Questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def criterion_by_id(self) -> Mapping[str, Criterion]:
        """Criteria by id."""
        return {criterion.id: criterion for criterion in self.criteria}
