"""Values worked out from several answers by a closed table of formulas, exactly, as intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bot.core.answers import Answer, Number
from bot.core.flow import Computed, step
from bot.core.meaning import Finding, by_ranges, flag_at

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Formula:
    """What it takes, each term in its unit (as the unit is written in English), and how it is worked out.

    Every term is more than 0.
    """

    units: Mapping[str, str]
    work_out: Callable[[Mapping[str, Interval]], Interval]


def _bmi(terms: Mapping[str, Interval]) -> Interval:
    """Kilograms by the square of the meters."""
    (shortest, tallest), (lightest, heaviest) = terms["height"], terms["weight"]
    return lightest * 10_000 / tallest**2, heaviest * 10_000 / shortest**2


FORMULAS: Mapping[str, Formula] = {"bmi": Formula({"height": "cm", "weight": "kg"}, _bmi)}


@dataclass(frozen=True, slots=True)
class Worked:
    """A computed value: the interval it lies in and what that says of its criteria."""

    computed: Computed
    low: Fraction
    high: Fraction
    findings: Mapping[str, Finding]

    @property
    def fails(self) -> bool:
        """Whether a criterion fails by it."""
        return any(found.fail for found in self.findings.values())

    @property
    def flag(self) -> str | None:
        """A remark that goes with the value."""
        return flag_at(self.computed.ranges, self.high)


def value_of(computed: Computed, numbers: Mapping[str, Number]) -> Interval:
    """The interval for one number, or interval of them, to each of its questions."""
    terms = {term: numbers[question] for term, question in computed.takes.items()}
    exact = {term: (Fraction(found.low), Fraction(found.high)) for term, found in terms.items()}
    return FORMULAS[computed.formula].work_out(exact)


def work_out(computed: Computed, answers: Mapping[str, Answer]) -> Worked | None:
    """The value the answers give; None while one of them is missing or was skipped."""
    given = {id: answers.get(id) for id in computed.takes.values()}
    numbers = {id: answer for id, answer in given.items() if isinstance(answer, Number)}
    if len(numbers) < len(given):
        return None
    low, high = value_of(computed, numbers)
    found = by_ranges(computed.criteria, computed.ranges, low, high, step(computed.decimals))
    return Worked(computed, low, high, found)
