"""Every fail says whether it is for good or can pass."""

from collections.abc import Iterator, Mapping

from bot.core.criteria import State
from bot.core.flow import Meaning
from bot.script.problems import Problem
from bot.script.rules.ranges import span
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """Options and ranges that mean fails, without a `lasting` of their own or of their question."""
    for index, question in enumerate(script.flow.questions):
        for place, option in enumerate(question.options):
            if _unsaid(option.means):
                yield script.problem("no_lasting", script.meaning_path(index, place), word=option.code)
    for path, _, ranges in script.ranged():
        for place, part in enumerate(ranges):
            if _unsaid(part.means):
                yield script.problem("no_lasting", (*path, place, "means"), word=span(part.low, part.high))


def _unsaid(means: Mapping[str, Meaning]) -> bool:
    return any(meaning.state is State.FAILS and meaning.lasting is None for meaning in means.values())
