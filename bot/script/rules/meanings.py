"""Every answer says what it means for every criterion its question decides."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.flow import Meaning
from bot.script.problems import Problem
from bot.script.rules.ranges import span
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """Options without a meaning, and meanings that leave a criterion out."""
    for index, question in enumerate(script.flow.questions):
        without = tuple(option.code for option in question.options if not option.means and option.code)
        if without and question.criteria:
            yield script.problem(
                "no_meaning", ("questions", index, "means"), question=question.id, codes=without
            )
        for place, option in enumerate(question.options):
            path = script.meaning_path(index, place)
            yield from _left_out(script, path, question.criteria, option.code, option.means)
    for where, criteria, ranges in script.ranged():
        for place, part in enumerate(ranges):
            path = (*where, place, "means")
            yield from _left_out(script, path, criteria, span(part.low, part.high), part.means)


def _left_out(
    script: Script, path: Path, criteria: Sequence[str], word: str, means: Mapping[str, Meaning]
) -> Iterator[Problem]:
    for criterion in criteria if means else ():
        if criterion not in means and criterion in script.flow.criterion_by_id:
            yield script.problem("meaning_of_criterion", path, word=word, criterion=criterion)
