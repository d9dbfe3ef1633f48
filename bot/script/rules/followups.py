"""An answer that only opens a follow-up has one."""

from collections.abc import Iterator

from bot.core.criteria import State
from bot.script.problems import Problem
from bot.script.rules.ranges import span
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """For every `next` a later question decides the criterion and asks about this question in its `ask_if`."""
    for index, question in enumerate(script.flow.questions):
        for place, option in enumerate(question.options):
            for criterion, meaning in option.means.items():
                if meaning.state is State.NOT_ASKED and not _followed(script, index, criterion):
                    path = script.meaning_path(index, place)
                    values = {"word": option.code, "criterion": criterion, "question": question.id}
                    yield script.problem("next_without_question", path, **values)
    for where, _, ranges in script.ranged():
        for place, part in enumerate(ranges):
            if any(meaning.state is State.NOT_ASKED for meaning in part.means.values()):
                word = span(part.low, part.high)
                yield script.problem("next_in_range", (*where, place, "means"), word=word)


def _followed(script: Script, index: int, criterion: str) -> bool:
    """Whether a later question follows this one up; a condition that could not be read gets the benefit of doubt."""
    ids = script.flow.question_by_id
    name = script.flow.questions[index].id
    for later, question in enumerate(script.flow.questions[index + 1 :], index + 1):
        if criterion in question.criteria and script.exists("questions", later, "ask_if"):
            named = {name} if question.ask_if is None else question.ask_if.questions()
            if any(each == name or each not in ids for each in named):
                return True
    return False
