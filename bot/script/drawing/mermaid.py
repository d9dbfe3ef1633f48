"""A script as a Mermaid flowchart, for documents that draw such text."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from bot.core.criteria import State
from bot.core.flow import Flow, Question, Stop
from bot.script.outcomes import BEGINS, CHECKS, ENDINGS, MINOR, VERDICTS, outcomes
from bot.script.words import condition_words

#: The first one first: the others bring it in.
_MARKS = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;"}


def mermaid(flow: Flow, language: str) -> str:
    """The questions by block in their order, conditions dashed, the answers that end them."""
    return "".join(f"{line}\n" for line in _lines(flow, language))


def _lines(flow: Flow, language: str) -> Iterator[str]:
    numbered = list(enumerate(flow.questions, 1))
    erases = any(part.erases for question in flow.questions for part in question.ranges)
    yield "flowchart TD"
    yield f"  begin([{_quoted(BEGINS[language])}])"
    for place, (block, questions) in enumerate(groupby(numbered, lambda each: each[1].block)):
        yield f"  subgraph block{place} [{_quoted(block)}]"
        for number, question in questions:
            yield f"    q{number}[{_label(flow, number, question, language)}]"
        yield "  end"
    yield f"  checks([{_quoted(CHECKS[language])}])"
    for name in ENDINGS if erases else VERDICTS:
        yield f"  {name}[{_quoted(ENDINGS[name][language])}]"
    steps = ["begin", *(f"q{number}" for number, _ in numbered), "checks"]
    yield from (f"  {step} --> {following}" for step, following in pairwise(steps))
    for name in VERDICTS:
        yield f"  checks --> {name}"
    numbers = {question.id: number for number, question in numbered}
    for number, question in numbered:
        yield from _edges(flow, number, question, numbers, language)


def _label(flow: Flow, number: int, question: Question, language: str) -> str:
    title = f"{number} {question.short[language]} ({', '.join(question.criteria)})"
    rows = [f"{found.meaning[language]}: {found.answers[language]}" for found in outcomes(flow, question)]
    return f'"{"<br/>".join(map(_plain, (title, *rows)))}"'


def _edges(
    flow: Flow, number: int, question: Question, numbers: dict[str, int], language: str
) -> Iterator[str]:
    if question.ask_if is not None:
        words = _quoted(condition_words(flow, question.ask_if)[language])
        for earlier in sorted(question.ask_if.questions() & {*numbers}):
            yield f"  q{numbers[earlier]} -. {words} .-> q{number}"
    for found in outcomes(flow, question):
        if found.kind == MINOR:
            yield f"  q{number} -- {_quoted(found.answers[language])} --> under_age"
        if found.kind == State.FAILS.value and flow.stop is not Stop.ASK_ALL:
            yield f"  q{number} -- {_quoted(found.answers[language])} --> not_match"


def _quoted(words: str) -> str:
    return f'"{_plain(words)}"'


def _plain(words: str) -> str:
    """Words without the marks that mean something to Mermaid within quotes."""
    for mark, name in _MARKS.items():
        words = words.replace(mark, name)
    return words
