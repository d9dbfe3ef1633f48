"""Which answers lead to a question: every way to answer the questions its condition depends on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.core.answers import SKIP
from bot.core.criteria import State
from bot.core.flow import All, Any, Condition, Flow, Kind, Question, Stop
from bot.core.truth import Truth

#: More ways than this are not walked; the script gets the benefit of the doubt.
MOST_WAYS = 20_000
_MOST_CODES = 6


@dataclass(frozen=True, slots=True)
class Way:
    """The codes answered so far, and the groups of questions in which an answer failed."""

    codes: Mapping[str, frozenset[str]]
    failed: frozenset[str] = frozenset()

    def stops(self, flow: Flow, question: Question) -> bool:
        """Whether the script stops before a question that comes later."""
        if not self.failed or flow.stop is Stop.ASK_ALL:
            return False
        return flow.stop is Stop.FIRST_FAIL or question.block not in self.failed


def ways(flow: Flow, condition: Condition) -> tuple[Way, ...] | None:
    """Every way to answer what a condition depends on; None if that cannot be told (reported elsewhere, or too many)."""
    questions = _needed(flow, condition)
    if questions is None:
        return None
    conditions = [condition, *(each.ask_if for each in questions if each.ask_if)]
    codes = frozenset().union(*(_codes(each) for each in conditions))
    if any(
        len([o for o in each.options if o.code in codes]) > _MOST_CODES
        for each in questions
        if each.kind is Kind.MULTI
    ):
        return None
    found: list[Way] = []
    for way in _walk(questions, codes, Way({})):
        found.append(way)
        if len(found) > MOST_WAYS:
            return None
    return tuple(found)


def _needed(flow: Flow, condition: Condition) -> list[Question] | None:
    """The questions a condition looks at and those they depend on, in the order of the script."""
    order = {question.id: index for index, question in enumerate(flow.questions)}
    wanted, seen = list(condition.questions()), set[str]()
    while wanted:
        name = wanted.pop()
        question = flow.question_by_id.get(name)
        if question is None:
            return None
        if name not in seen:
            seen.add(name)
            deeper = question.ask_if.questions() if question.ask_if else frozenset()
            if any(order.get(each, order[name]) >= order[name] for each in deeper):
                return None
            wanted += deeper
    return sorted((flow.question_by_id[name] for name in seen), key=lambda each: order[each.id])


def _walk(questions: Sequence[Question], codes: frozenset[str], way: Way) -> Iterator[Way]:
    if not questions:
        yield way
        return
    question, rest = questions[0], questions[1:]
    if question.ask_if is not None and question.ask_if.holds(way.codes) is not Truth.YES:
        yield from _walk(rest, codes, way)
        return
    for answered, fails in _answers(question, codes):
        failed = way.failed | {question.block} if fails else way.failed
        yield from _walk(rest, codes, Way({**way.codes, question.id: answered}, failed))


def _answers(question: Question, codes: frozenset[str]) -> Iterator[tuple[frozenset[str], bool]]:
    """What can be answered, and whether it fails. Of codes nobody asks about one stands for all."""
    yield frozenset({SKIP}), False
    if question.kind in (Kind.NUMBER, Kind.DATE):
        yield frozenset(), False
    failing = {
        option.code: any(meaning.state is State.FAILS for meaning in option.means.values())
        for option in question.options
    }
    if question.kind is not Kind.MULTI:
        yield from ((frozenset({code}), fails) for code, fails in failing.items())
        return
    others = sorted((code for code in failing if code not in codes), key=lambda code: failing[code])
    picks = [code for code in failing if code in codes] + others[:1]
    for size in range(1, len(picks) + 1):
        for picked in combinations(picks, size):
            contradicts = size > 1 and bool(question.exclusive & {*picked})
            yield frozenset(picked), not contradicts and any(failing[code] for code in picked)


def _codes(condition: Condition) -> frozenset[str]:
    match condition:
        case All(parts) | Any(parts):
            return frozenset().union(*(_codes(part) for part in parts))
        case _:
            return condition.codes
