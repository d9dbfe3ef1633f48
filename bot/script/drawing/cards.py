"""What stands on the cards of a drawing: the questions in their order, and the values worked out from answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.flow import Computed, Flow, Kind, Question
from bot.core.text import Text
from bot.script.outcomes import Outcome, computed_outcomes, outcomes, settles
from bot.script.words import KINDS, asked_words, takes_words

_COMPUTED: Text = {"zh": "算出的值", "en": "a computed value"}


@dataclass(frozen=True, slots=True)
class Card:
    """One card in one language; `chips` are criteria, with whether they are only shown there."""

    id: str
    block: str
    title: str
    kind: str
    chips: Sequence[tuple[str, bool]]
    note: str
    ask: str
    outcomes: Sequence[Outcome]
    conditional: bool


def cards(flow: Flow, language: str) -> Iterator[Card]:
    """All of a script's, top to bottom; a value stands behind the last question it is worked out from."""
    for number, question in enumerate(flow.questions, 1):
        yield _question(flow, question, number, language)
        yield from (
            _value(flow, value, question, language)
            for value in flow.computed
            if settles(flow, value) is question
        )


def _question(flow: Flow, question: Question, number: int, language: str) -> Card:
    return Card(
        id=f"question-{question.id}",
        block=question.block,
        title=f"{number}  {question.short.get(language, '')}",
        kind="" if question.kind is Kind.SINGLE else KINDS[question.kind][language],
        chips=[*((id, False) for id in question.criteria), *((id, True) for id in question.linked)],
        note="" if question.ask_if is None else asked_words(flow, question.ask_if)[language],
        ask=question.ask.get(language, ""),
        outcomes=outcomes(flow, question),
        conditional=question.ask_if is not None,
    )


def _value(flow: Flow, value: Computed, question: Question, language: str) -> Card:
    return Card(
        id=f"computed-{value.id}",
        block=question.block,
        title=value.short.get(language, ""),
        kind=_COMPUTED[language],
        chips=[(id, False) for id in value.criteria],
        note=takes_words(flow, value)[language],
        ask="",
        outcomes=computed_outcomes(value),
        conditional=False,
    )
