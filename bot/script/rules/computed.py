"""A computed value is worked out from questions that ask for the right numbers in the right units."""

from collections.abc import Iterator

from bot.core.computed import FORMULAS
from bot.core.criteria import SettledBy
from bot.core.flow import Computed, Kind, Question
from bot.script.problems import Problem, hint
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """The questions of a formula, and the criteria it decides."""
    for index, value in enumerate(script.flow.computed):
        for term, name in value.takes.items():
            path: Path = ("computed", index, "from", term)
            question = script.flow.question_by_id.get(name)
            if question is None:
                way_out = hint(name, script.flow.question_by_id)
                yield script.problem("condition_unknown", path, word=name, hint=way_out)
            else:
                yield from _question(script, path, value, term, question)
        for place, criterion in enumerate(value.criteria):
            decided = script.flow.criterion_by_id.get(criterion)
            if decided is not None and decided.settled_by is not SettledBy.QUESTIONS:
                path = ("computed", index, "criteria", place)
                said = {"criterion": criterion, "settled_by": decided.settled_by.value}
                yield script.problem("value_of_team", path, question=value.id, **said)


def _question(
    script: Script, path: Path, value: Computed, term: str, question: Question
) -> Iterator[Problem]:
    if question.kind is not Kind.NUMBER:
        yield script.problem("computed_not_number", path, word=question.id)
        return
    unit = FORMULAS[value.formula].units[term] if value.formula else None
    if unit and (question.unit or {}).get("en") != unit:
        yield script.problem("computed_unit", path, term=term, unit=unit, word=question.id)
    if question.valid is not None and question.valid[0] <= 0:
        yield script.problem("computed_zero", path, term=term, word=question.id)
    for criterion in value.criteria:
        if criterion not in question.criteria and criterion in script.flow.criterion_by_id:
            yield script.problem("computed_criterion", path, criterion=criterion, word=question.id)
