"""Every question can be reached, and every condition can hold and can fail to hold."""

from collections.abc import Iterator

from bot.core.answers import SKIP
from bot.core.flow import Condition
from bot.core.truth import Truth
from bot.script.conditions import mentions
from bot.script.problems import Problem
from bot.script.reach import ways
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """`ask_if` of questions and `when` of flags."""
    for index, question in enumerate(script.flow.questions):
        path: Path = ("questions", index, "ask_if")
        if question.ask_if is not None and names_exist(script, path, index):
            yield from _condition(script, path, question.ask_if, index)
    for index, flag in enumerate(script.flow.flags):
        path = ("flags", index, "when")
        if names_exist(script, path, len(script.flow.questions)):
            yield from _condition(script, path, flag.when, None)


def _condition(script: Script, path: Path, condition: Condition, index: int | None) -> Iterator[Problem]:
    found = ways(script.flow, condition)
    if found is None:
        return
    holding = [way for way in found if condition.holds(way.codes) is Truth.YES]
    if not holding:
        yield script.problem("condition_never", path)
    elif index is not None and all(way.stops(script.flow, script.flow.questions[index]) for way in holding):
        question = script.flow.questions[index]
        yield script.problem("never_reached", path, question=question.id, stop=script.flow.stop.value)
    else:
        answered = [way for way in found if not any(SKIP in codes for codes in way.codes.values())]
        if answered and all(condition.holds(way.codes) is Truth.YES for way in answered):
            yield script.problem("condition_always", path)


def names_exist(script: Script, path: Path, before: int) -> bool:
    """Whether all that a condition names exists and comes before; what does not was reported."""
    node = script.scalar(*path)
    earlier = {question.id: question for question in script.flow.questions[:before]}
    for mention in mentions(node.text) if node else ():
        question = earlier.get(mention.question.text)
        if question is None or any(question.option(code.text) is None for code in mention.codes):
            return False
    return node is not None
