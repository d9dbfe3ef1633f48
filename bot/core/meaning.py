"""What one answer says of the criteria its question decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import assert_never

from bot.core.answers import Amount, Answer, Chosen, Number, Period, Skipped
from bot.core.criteria import WORST_FIRST, Fail, Lasting, State, worse
from bot.core.flow import Kind, Meaning, Question, Range, step
from bot.core.truth import Truth, known

#: No answer about a living person's past lies before this day (X3).
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of a criterion, as far as one answer or all of them tell."""

    state: State
    fail: Fail | None = None


def worst(findings: list[Finding]) -> Finding:
    """A criterion takes its worst part; of several fails the one that holds longest."""
    state = min((finding.state for finding in findings), key=WORST_FIRST.index)
    fail: Fail | None = None
    for finding in findings:
        if finding.fail is not None:
            fail = finding.fail if fail is None else worse(fail, finding.fail)
    return Finding(state, fail)


def is_valid(question: Question, answer: Answer, today: date) -> bool:
    """Whether the answer is one that the question takes. Skip always is; a future date never (X3)."""
    match answer:
        case Skipped():
            return True
        case Chosen(codes):
            known = all(question.option(code) for code in codes)
            return (
                known and len(set(codes)) == len(codes) and (len(codes) == 1 or question.kind is Kind.MULTI)
            )
        case Number(low, high):
            if question.kind is not Kind.NUMBER or question.valid is None:
                return False
            whole = all(end % step(question.decimals) == 0 for end in (low, high))
            return whole and question.valid[0] <= low <= high <= question.valid[1]
        case Period(start, end):
            return question.kind is Kind.DATE and EARLIEST <= start <= min(end, today)
        case _:
            assert_never(answer)


def contradicts_itself(question: Question, answer: Answer) -> bool:
    """X1: an exclusive option ("never") together with another one."""
    return isinstance(answer, Chosen) and len(answer.codes) > 1 and bool(question.exclusive & {*answer.codes})


def erases(question: Question, answer: Answer) -> bool:
    """X2: whether the answer says that the person is a minor, whose run is not kept."""
    if not isinstance(answer, Number):
        return False
    found = [r for r in question.ranges if r.covers(answer.low) and r.covers(answer.high)]
    return bool(found) and found[0].erases


def is_age(question: Question) -> bool:
    """Whether the number is an age in full years: only such a number says who is a minor."""
    return any(r.erases for r in question.ranges)


def flag_of(question: Question, answer: Answer) -> str | None:
    """A remark that goes with a number, such as near_limit."""
    return flag_at(question.ranges, answer.high) if isinstance(answer, Number) else None


def flag_at(ranges: Sequence[Range], value: Amount | Fraction) -> str | None:
    """A remark that goes with the range a value lies in."""
    return next((r.flag for r in ranges if r.flag and r.covers(value)), None)


def findings(question: Question, answer: Answer, today: date) -> Mapping[str, Finding]:
    """The finding for each criterion the answer says something about; one it leaves to a follow-up is absent."""
    match answer:
        case Chosen(codes) if not contradicts_itself(question, answer):
            options = [question.option(code) for code in codes]
            if None in options:
                return _all_open(question)
            return _merge([option.means for option in options if option])
        case Number(low, high):
            return by_ranges(question.decided, question.ranges, low, high, step(question.decimals))
        case Period() if question.window:
            return {criterion: _window_finding(question, answer, today) for criterion in question.criteria}
        case _:
            return _all_open(question)


def by_ranges(
    criteria: Sequence[str],
    ranges: Sequence[Range],
    low: Amount | Fraction,
    high: Amount | Fraction,
    step: Amount,
) -> dict[str, Finding]:
    """What an interval means: open when it touches ranges that say different things.

    A value that falls between two ranges, as an exact 18.45 between 18.4 and 18.5, touches both.
    """
    hit = [
        r
        for r in ranges
        if (r.low is None or high > r.low - step) and (r.high is None or low < r.high + step)
    ]
    merged = _merge([r.means for r in hit])
    straddles = len({tuple(sorted((c, m.state.value) for c, m in r.means.items())) for r in hit}) > 1
    return _open(criteria) if straddles or not merged else merged


def _open(criteria: Sequence[str]) -> dict[str, Finding]:
    return {criterion: Finding(State.OPEN) for criterion in criteria}


def _all_open(question: Question) -> dict[str, Finding]:
    return _open(question.criteria)


def _merge(meanings: list[Mapping[str, Meaning]]) -> dict[str, Finding]:
    parts: dict[str, list[Finding]] = {}
    for means in meanings:
        for criterion, meaning in means.items():
            if meaning.state is State.NOT_ASKED:
                continue  # the follow-up says it
            fail = Fail(meaning.lasting or Lasting.PERMANENT) if meaning.state is State.FAILS else None
            parts.setdefault(criterion, []).append(Finding(meaning.state, fail))
    return {criterion: worst(found) for criterion, found in parts.items()}


def _window_finding(question: Question, period: Period, today: date) -> Finding:
    """Calendar months, or days, on days; a longer period is decided by both its ends, else open."""
    assert question.window is not None
    passed = {question.window.passes_on(day) <= today for day in (period.start, period.end)}
    truth = known(passed.pop()) if len(passed) == 1 else Truth.UNKNOWN
    if truth is Truth.UNKNOWN:
        return Finding(State.OPEN)
    if truth is Truth.YES:
        return Finding(State.MEETS)
    until = question.window.passes_on(period.end)
    return Finding(State.FAILS, Fail(question.window.lasting, until))
