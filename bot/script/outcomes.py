"""What the answers to a question come to, those that come to the same together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.criteria import State
from bot.core.flow import Computed, Flow, Meaning, Question
from bot.core.text import Text
from bot.core.truth import Truth
from bot.script.words import (
    both,
    length_words,
    listed,
    meaning_words,
    means_words,
    span_words,
    window_fails,
)

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
    if criterion:
        flow, question = _values_about(flow, criterion), _about(question, criterion)
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[Text]] = {}
    for found in answers(flow, question):
        grouped.setdefault((found.kind, tuple(found.meaning.items())), []).append(found.answer)
    order = [*(state.value for state in KINDS), MINOR]
    groups = [
        Outcome(kind, dict(meaning), listed(labels, _APART)) for (kind, meaning), labels in grouped.items()
    ]
    return sorted(groups, key=lambda outcome: order.index(outcome.kind))


def _about(question: Question, criterion: str) -> Question:
    """The question with what its answers mean for one criterion alone."""
    own = () if criterion in question.worked_out else question.ranges
    return replace(
        question,
        criteria=(criterion,),
        options=tuple(replace(option, means=_narrow(option.means, criterion)) for option in question.options),
        ranges=tuple(replace(part, means=_narrow(part.means, criterion)) for part in own),
    )


def _values_about(flow: Flow, criterion: str) -> Flow:
    """The flow with the computed values that decide a criterion, and what they mean for it alone."""
    values = [value for value in flow.computed if criterion in value.criteria]
    return replace(
        flow,
        computed=tuple(
            replace(
                value,
                ranges=tuple(replace(part, means=_narrow(part.means, criterion)) for part in value.ranges),
            )
            for value in values
        ),
    )


def _narrow(means: Mapping[str, Meaning], criterion: str) -> Mapping[str, Meaning]:
    return {id: meaning for id, meaning in means.items() if id == criterion}


def answers(flow: Flow, question: Question) -> Iterator[Meant]:
    """Every answer that a question offers, in its order. Skip, which all of them offer, is always open."""
    for part in question.ranges:
        kind, meaning = (MINOR, _ERASED) if part.erases else (_kind(part.means), _meaning(part.means))
        yield Meant(kind, meaning, span_words(part.low, part.high, question.unit), part.flag or "")
    for value in flow.computed:
        if question.id in value.takes.values():
            yield from _worked_out(flow, question, value)
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


def _worked_out(flow: Flow, question: Question, value: Computed) -> Iterator[Meant]:
    """What a value means, at the last question it is worked out from; at the others that it goes into it."""
    *_, last = (each.id for each in flow.questions if each.id in value.takes.values())
    if question.id != last:
        goes_into = both({"zh": "用来算{short}", "en": "goes into the {short}"}, short=value.short)
        yield Meant(State.NOT_ASKED.value, goes_into, {"zh": "数字", "en": "a number"})
        return
    for part in value.ranges:
        span = both(
            {"zh": "{short} {span}", "en": "{short} {span}"},
            short=value.short,
            span=span_words(part.low, part.high),
        )
        yield Meant(_kind(part.means), _meaning(part.means), span, part.flag or "")


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
