"""What one answer says of the criteria its question decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from bot.core.answers import Answer, Chosen, Number, Period, Skipped, add_months
from bot.core.criteria import WORST_FIRST, Fail, Lasting, State, worse
from bot.core.flow import Kind, Meaning, Question
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
            return question.valid[0] <= low <= high <= question.valid[1]
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
    if not isinstance(answer, Number):
        return None
    return next((r.flag for r in question.ranges if r.flag and r.covers(answer.high)), None)


def findings(question: Question, answer: Answer, today: date) -> Mapping[str, Finding]:
    """The finding for each criterion the answer says something about; one it leaves to a follow-up is absent."""
    match answer:
        case Chosen(codes) if not contradicts_itself(question, answer):
            options = [question.option(code) for code in codes]
            if None in options:
                return _all_open(question)
            return _merge([option.means for option in options if option])
        case Number(low, high) if question.ranges:
            hit = [
                r
                for r in question.ranges
                if r.covers(low) or r.covers(high) or _within(r.low, r.high, answer)
            ]
            merged = _merge([r.means for r in hit])
            straddles = len({tuple(sorted((c, m.state) for c, m in r.means.items())) for r in hit}) > 1
            return _all_open(question) if straddles or not merged else merged
        case Period() if question.window:
            return {criterion: _window_finding(question, answer, today) for criterion in question.criteria}
        case _:
            return _all_open(question)


def _within(low: int | None, high: int | None, answer: Number) -> bool:
    return low is not None and high is not None and answer.low <= low and high <= answer.high


def _all_open(question: Question) -> dict[str, Finding]:
    return {criterion: Finding(State.OPEN) for criterion in question.criteria}


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
    """Calendar months on days; a longer period is decided by both its ends, else open."""
    assert question.window is not None
    passed = {add_months(day, question.window.months) <= today for day in (period.start, period.end)}
    truth = known(passed.pop()) if len(passed) == 1 else Truth.UNKNOWN
    if truth is Truth.UNKNOWN:
        return Finding(State.OPEN)
    if truth is Truth.YES:
        return Finding(State.MEETS)
    until = add_months(period.end, question.window.months)
    return Finding(State.FAILS, Fail(question.window.lasting, until))
