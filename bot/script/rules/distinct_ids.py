"""Two things of one kind never have the same id."""

from collections.abc import Iterator, Sequence

from bot.script.problems import Problem
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """Criteria, questions, computed values, notes, and the codes of each list of options."""
    flow = script.flow
    yield from _twice(script, ("criteria",), "id", [criterion.id for criterion in flow.criteria])
    yield from _twice(script, ("questions",), "id", [question.id for question in flow.questions])
    yield from _twice(script, ("computed",), "id", [value.id for value in flow.computed])
    yield from _like_a_question(script)
    yield from _twice(script, ("notes",), "id", [note.id for note in flow.notes])
    for index, question in enumerate(flow.questions):
        codes = [option.code for option in question.options]
        yield from _twice(script, script.options_path(index), "code", codes)


def _like_a_question(script: Script) -> Iterator[Problem]:
    """A computed value and a question are told apart by their ids."""
    places = {question.id: index for index, question in reversed([*enumerate(script.flow.questions)])}
    for index, value in enumerate(script.flow.computed):
        if value.id and value.id in places:
            line = script.line("questions", places[value.id], "id")
            yield script.problem("duplicate_id", ("computed", index, "id"), word=value.id, line=line)


def _twice(script: Script, path: Path, key: str, ids: Sequence[str]) -> Iterator[Problem]:
    firsts: dict[str, int] = {}
    for index, name in enumerate(ids):
        first = firsts.setdefault(name, index)
        if name and first < index:
            line = script.line(*path, first, key)
            yield script.problem("duplicate_id", (*path, index, key), word=name, line=line)
