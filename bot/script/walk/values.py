"""The numbers a value is worked out from: those around its limits, and a few that stand for all.

A value only grows, or only shrinks, with each of its numbers. Between two limits all of them mean the same, so those
beside a limit are the ones to look at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

from bot.core.answers import Amount, Number, amount, number
from bot.core.computed import FORMULAS, value_of, work_out
from bot.core.criteria import WORST_FIRST
from bot.core.flow import Computed, Question, step

#: Question -> a number that is answered.
Numbers = Mapping[str, Number]
#: So many numbers of every term but the last are looked at; of more, round ones all over them.
MOST_OF_A_TERM = 120


def limits_of(value: Computed) -> set[Fraction]:
    """The first and the last value of each range."""
    ends = [end for part in value.ranges for end in (part.low, part.high)]
    return {Fraction(end) for end in ends if end is not None}


def around(
    value: Computed, questions: Mapping[str, Question], limits: Iterable[Fraction]
) -> Iterator[Numbers]:
    """Numbers for all terms: of the last those between which a limit is passed, its ends, and spans of two."""
    *leading, last = [value.takes[term] for term in FORMULAS[value.formula].units]
    for amounts in product(*(_all_over(questions[id]) for id in leading)):
        fixed = {id: number(each) for id, each in zip(leading, amounts, strict=True)}
        wide = {id: _with_next(questions[id], each) for id, each in zip(leading, amounts, strict=True)}
        line = _Line(value, questions[last], fixed)
        places = sorted({0, line.end, *(place for limit in limits for place in line.beside(limit))})
        for place in places:
            exact = number(line.amount(place))
            yield {**fixed, last: exact}
            yield {**wide, last: exact}
        for low, high in pairwise(places):
            yield {**fixed, last: Number(line.amount(low), line.amount(high))}


def standing_for_all(values: Sequence[Computed], questions: Mapping[str, Question]) -> list[Numbers]:
    """Numbers for each limit of some values of the same terms, and for each stretch between two and beyond them.

    Those that speak least against a person come first. A limit that no numbers hit exactly has none.
    """
    limits = {limit for value in values for limit in limits_of(value)}
    found: dict[tuple[int, bool], Numbers] = {}
    for numbers in around(values[0], questions, limits):
        low, high = value_of(values[0], numbers)
        if low == high:
            found.setdefault((sum(limit < low for limit in limits), low in limits), numbers)
    return sorted(found.values(), key=lambda numbers: _badness(values[0], numbers))


def telling_apart(value: Computed, questions: Mapping[str, Question]) -> dict[str, dict[Number, bool]]:
    """By question the few answers that bring out whatever the value can mean, the best first.

    Those that count are one for each range, with one answer to all questions but the last.
    """
    outcomes: dict[object, Numbers] = {}
    for numbers in standing_for_all([value], questions):
        worked = work_out(value, numbers)
        assert worked is not None
        inside = [place for place, part in enumerate(value.ranges) if part.covers(worked.high)]
        outcomes.setdefault(inside[0] if inside else tuple(worked.findings.items()), numbers)
    *leading, last = [value.takes[term] for term in FORMULAS[value.formula].units]
    base = next(iter(outcomes.values()))
    found: dict[str, dict[Number, bool]] = {id: {} for id in (*leading, last)}
    for key, numbers in outcomes.items():
        based = all(numbers[id] == base[id] for id in leading)
        for id in leading:
            found[id].setdefault(numbers[id], based)
        found[last].setdefault(numbers[last], based and isinstance(key, int))
    return found


def _badness(value: Computed, numbers: Numbers) -> int:
    worked = work_out(value, numbers)
    assert worked is not None
    return -min(WORST_FIRST.index(found.state) for found in worked.findings.values())


class _Line:
    """The numbers of the last term, counted from its first, with fixed ones for the other terms."""

    def __init__(self, value: Computed, question: Question, fixed: Numbers) -> None:
        assert question.valid is not None
        self._value = value
        self._question = question
        self._fixed = fixed
        self.end = _places(question) - 1
        self._grows = self._at(0) < self._at(self.end)

    def amount(self, place: int) -> Amount:
        """The number at a place."""
        return _amount(self._question, place)

    def beside(self, limit: Fraction) -> Iterator[int]:
        """Where the value reaches a limit, the place before and the place after."""
        low, high = 0, self.end + 1
        while low < high:
            middle = (low + high) // 2
            value = self._at(middle)
            if value == limit or (value > limit) is self._grows:
                high = middle
            else:
                low = middle + 1
        yield from (place for place in (low - 1, low, low + 1) if 0 <= place <= self.end)

    def _at(self, place: int) -> Fraction:
        return value_of(self._value, {**self._fixed, self._question.id: number(self.amount(place))})[0]


def _all_over(question: Question) -> list[Amount]:
    """Numbers of a question from its first to its last, the roundest and those in the middle first."""
    places = _places(question)
    stride = next(
        size * 10**power
        for power in range(places)
        for size in (1, 2, 5)
        if places <= MOST_OF_A_TERM * size * 10**power
    )
    middle = _amount(question, places // 2)
    amounts = [_amount(question, place) for place in {*range(0, places, stride), places - 1}]
    return sorted(amounts, key=lambda each: (each % 10 != 0, abs(each - middle), each))


def _with_next(question: Question, amount: Amount) -> Number:
    """A number that may also be the next one."""
    assert question.valid is not None
    return Number(amount, min(amount + step(question.decimals), question.valid[1]))


def _places(question: Question) -> int:
    assert question.valid is not None
    return int((question.valid[1] - question.valid[0]) / step(question.decimals)) + 1


def _amount(question: Question, place: int) -> Amount:
    assert question.valid is not None
    return amount(question.valid[0] + place * step(question.decimals))
