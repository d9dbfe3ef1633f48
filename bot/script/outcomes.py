"""What the answers to a question come to, those that come to the same together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.core.criteria import State
from bot.core.flow import Computed, Flow, Meaning, Option, Question, Range
from bot.core.text import Text
from bot.core.truth import Truth
from bot.script.words import (
    both,
    computed_from,
    goes_into_words,
    length_words,
    listed,
    meaning_words,
    means_words,
    span_words,
    window_fails,
)

P = TypeVar("P", Option, Range)
#: An answer of a minor: the run ends and nothing is kept (X2).
MINOR = "minor"
_ERASED: Text = {"zh": "未成年：全部删除", "en": "a minor: all is erased"}
BEGINS: Text = {"zh": "同意之后", "en": "After the consent"}
CHECKS: Text = {"zh": "核对回答", "en": "Checks the answers"}
VERDICTS = ("likely_match", "needs_review", "not_match")
ENDINGS: Mapping[str, Text] = {
    "likely_match": {"zh": "可能符合", "en": "Likely match"},
    "needs_review": {"zh": "待核实", "en": "Needs review"},
    "not_match": {"zh": "不符合", "en": "Not a match"},
    "under_age": {"zh": "未成年", "en": "Under age"},
}
#: A label may have commas of its own.
_APART: Text = {"zh": " · ", "en": " · "}
#: In the order in which they are shown; an answer with several meanings goes by the one that is last here.
KINDS = (State.MEETS, State.NA, State.OPEN, State.NOT_ASKED, State.FAILS)


@dataclass(frozen=True, slots=True)
class Meant:
    """An answer and what it means. `kind` is a state's value, or `minor`; `flag` a remark that goes with it."""

    kind: str
    meaning: Text
    answer: Text
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers that mean the same."""

    kind: str
    meaning: Text
    answers: Text


def outcomes(flow: Flow, question: Question, criterion: str = "") -> list[Outcome]:
    """All of a question but Skip, which is always open; for one criterion where it is named."""
    return _grouped(answers(flow, _about(question, criterion) if criterion else question))


def computed_outcomes(value: Computed, criterion: str = "") -> list[Outcome]:
    """All of a value that is worked out from answers; for one criterion where it is named."""
    found = value.ranges if not criterion else tuple(_narrow(part, criterion) for part in value.ranges)
    return _grouped(ranges(found))


def settles(flow: Flow, value: Computed) -> Question | None:
    """The question after which a value is known: the last one it is worked out from."""
    taken = [question for question in flow.questions if question.id in value.takes.values()]
    return taken[-1] if taken else None


def _grouped(meant: Iterable[Meant]) -> list[Outcome]:
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[Text]] = {}
    for found in meant:
        grouped.setdefault((found.kind, tuple(found.meaning.items())), []).append(found.answer)
    order = [*(state.value for state in KINDS), MINOR]
    groups = [
        Outcome(kind, dict(meaning), listed(labels, _APART)) for (kind, meaning), labels in grouped.items()
    ]
    return sorted(groups, key=lambda outcome: order.index(outcome.kind))


def _about(question: Question, criterion: str) -> Question:
    """The question with what its answers mean for one criterion alone."""
    return replace(
        question,
        criteria=(criterion,),
        options=tuple(_narrow(option, criterion) for option in question.options),
        ranges=tuple(_narrow(part, criterion) for part in question.ranges),
    )


def _narrow(part: P, criterion: str) -> P:
    means = {id: meaning for id, meaning in part.means.items() if id == criterion}
    return replace(part, means=means)


def answers(flow: Flow, question: Question) -> Iterator[Meant]:
    """Every answer that a question offers, in its order. Skip, which all of them offer, is always open."""
    yield from ranges(question.ranges, question.unit)
    low, high = question.valid or (None, None)
    for value in computed_from(flow, question):
        if {*value.criteria} & {*question.criteria}:
            span = span_words(low, high, question.unit)
            yield Meant(State.NOT_ASKED.value, goes_into_words(value), span)
    if question.window is not None:
        length = length_words(question.window)
        long_ago = both({"zh": "满 {length}", "en": "at least {length} ago"}, length=length)
        yield Meant(State.MEETS.value, meaning_words(Meaning(State.MEETS)), long_ago)
        lately = both({"zh": "不满 {length}", "en": "less than {length} ago"}, length=length)
        yield Meant(State.FAILS.value, window_fails(question.window), lately)
    for option in question.options:
        kind, meaning = _kind(option.means), _meaning(option.means)
        if kind == State.NOT_ASKED.value:
            meaning = _follow_up(flow, question, option.code) or meaning
        yield Meant(kind, meaning, option.label)


def ranges(found: Iterable[Range], unit: Text | None = None) -> Iterator[Meant]:
    """What each range of a number means."""
    for part in found:
        kind, meaning = (MINOR, _ERASED) if part.erases else (_kind(part.means), _meaning(part.means))
        yield Meant(kind, meaning, span_words(part.low, part.high, unit), part.flag or "")


def _kind(means: Mapping[str, Meaning]) -> str:
    states = [meaning.state for meaning in means.values()] or [State.NA]
    return max(states, key=KINDS.index).value


def _meaning(means: Mapping[str, Meaning]) -> Text:
    """Where all criteria fare alike they are not named."""
    if len(set(means.values())) == 1:
        return meaning_words(next(iter(means.values())))
    return means_words(means)


def _follow_up(flow: Flow, question: Question, code: str) -> Text | None:
    """The questions that an answer leads to, by their numbers."""
    said = {question.id: frozenset({code})}
    numbers = [
        str(number)
        for number, later in enumerate(flow.questions, 1)
        if later.ask_if is not None
        and question.id in later.ask_if.questions()
        and {*question.criteria} & {*later.criteria}
        and later.ask_if.holds(said) is not Truth.NO
    ]
    if not numbers:
        return None
    return both(
        {"zh": "接着问第 {numbers} 题", "en": "goes on to question {numbers}"}, numbers=listed(numbers)
    )
