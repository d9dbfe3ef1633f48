"""A script as a Mermaid flowchart, for documents that draw such text."""

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from bot.core.criteria import State
from bot.core.flow import Flow, Stop
from bot.script.drawing.cards import Card, cards
from bot.script.outcomes import BEGINS, CHECKS, ENDINGS, MINOR, VERDICTS
from bot.script.words import condition_words

#: The first one first: the others bring it in.
_MARKS = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;"}


def mermaid(flow: Flow, language: str) -> str:
    """The questions by block in their order, conditions dashed, the answers that end them."""
    return "".join(f"{line}\n" for line in _lines(flow, language))


def _lines(flow: Flow, language: str) -> Iterator[str]:
    drawn = list(cards(flow, language))
    nodes = {card.id: f"q{number}" for number, card in enumerate(drawn, 1)}
    endings = {outcome.kind for card in drawn for outcome in card.outcomes}
    yield "flowchart TD"
    yield f"  begin([{_quoted(BEGINS[language])}])"
    for place, (block, members) in enumerate(groupby(drawn, lambda card: card.block)):
        yield f"  subgraph block{place} [{_quoted(block)}]"
        yield from (f"    {nodes[card.id]}[{_label(card, language)}]" for card in members)
        yield "  end"
    yield f"  checks([{_quoted(CHECKS[language])}])"
    for name in ENDINGS if MINOR in endings else VERDICTS:
        yield f"  {name}[{_quoted(ENDINGS[name][language])}]"
    yield from (f"  {step} --> {then}" for step, then in pairwise(["begin", *nodes.values(), "checks"]))
    yield from (f"  checks --> {name}" for name in VERDICTS)
    yield from _conditions(flow, nodes, language)
    for card in drawn:
        yield from _leaving(flow, card, nodes[card.id], language)


def _label(card: Card, language: str) -> str:
    title = f"{' '.join(card.title.split())} ({', '.join(id for id, linked in card.chips if not linked)})"
    rows = [f"{found.meaning[language]}: {found.answers[language]}" for found in card.outcomes]
    return f'"{"<br/>".join(map(_plain, (title, *rows)))}"'


def _conditions(flow: Flow, nodes: Mapping[str, str], language: str) -> Iterator[str]:
    """From the question a condition looks at, or a value takes, to what depends on it."""
    for question in flow.questions:
        if question.ask_if is not None:
            words = _quoted(condition_words(flow, question.ask_if)[language])
            for earlier in sorted(question.ask_if.questions()):
                if (node := nodes.get(f"question-{earlier}")) is not None:
                    yield f"  {node} -. {words} .-> {nodes[f'question-{question.id}']}"
    for value in flow.computed:
        for taken in value.takes.values():
            if (node := nodes.get(f"question-{taken}")) is not None:
                yield f"  {node} -.-> {nodes[f'computed-{value.id}']}"


def _leaving(flow: Flow, card: Card, node: str, language: str) -> Iterator[str]:
    for found in card.outcomes:
        if found.kind == MINOR:
            yield f"  {node} -- {_quoted(found.answers[language])} --> under_age"
        if found.kind == State.FAILS.value and flow.stop is not Stop.ASK_ALL:
            yield f"  {node} -- {_quoted(found.answers[language])} --> not_match"


def _quoted(words: str) -> str:
    return f'"{_plain(words)}"'


def _plain(words: str) -> str:
    """Words without the marks that mean something to Mermaid within quotes."""
    for mark, name in _MARKS.items():
        words = words.replace(mark, name)
    return words
