"""An answer that only opens a follow-up has one."""

from collections.abc import Iterator, Sequence

from bot.core.criteria import State
from bot.core.flow import Question
from bot.core.truth import Truth
from bot.script.problems import Problem
from bot.script.reach import Way, ways
from bot.script.rules.ranges import span
from bot.script.rules.reach import names_exist
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """For every `next` a later question decides the criterion and asks about this question in its `ask_if`."""
    for index, question in enumerate(script.flow.questions):
        for place, option in enumerate(question.options):
            for criterion, meaning in option.means.items():
                if meaning.state is not State.NOT_ASKED:
                    continue
                path = script.meaning_path(index, place)
                values = {"word": option.code, "criterion": criterion, "question": question.id}
                if not _followed(script, index, criterion):
                    yield script.problem("next_without_question", path, **values)
                elif not _led_on(script, index, option.code, criterion):
                    yield script.problem("next_leads_nowhere", path, **values)
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


def _led_on(script: Script, index: int, code: str, criterion: str) -> bool:
    """Whether this very answer leads to a follow-up; where that cannot be told it does."""
    for later, question in enumerate(script.flow.questions[index + 1 :], index + 1):
        path = ("questions", later, "ask_if")
        if criterion not in question.criteria or not script.exists(*path):
            continue
        if question.ask_if is None or not names_exist(script, path, later):
            return True
        if (found := ways(script.flow, question.ask_if)) is None:
            return True
        holding = [way for way in found if question.ask_if.holds(way.codes) is Truth.YES]
        if not holding or _depends(script.flow.questions[index], code, criterion, holding):
            return True  # a condition that never holds is another rule's
    return False


def _depends(question: Question, code: str, criterion: str, holding: Sequence[Way]) -> bool:
    """Whether the answer opens the way, and one that meets the criterion does not: else it is asked anyway."""
    met = {
        option.code
        for option in question.options
        if (meaning := option.means.get(criterion)) and meaning.state is State.MEETS
    }
    others = {True: set[object](), False: set[object]()}
    for way in holding:
        codes = way.codes.get(question.id, frozenset())
        rest = frozenset((name, answer) for name, answer in way.codes.items() if name != question.id)
        if code in codes:
            others[True].add(rest)
        elif codes & met:
            others[False].add(rest)
    return bool(others[True] - others[False])
