"""Every criterion can be met, and be failed where a person's own answer may fail it."""

from collections.abc import Iterator

from bot.core.criteria import Disclose, SettledBy, State
from bot.core.flow import Kind, Question
from bot.script.problems import Problem
from bot.script.rules.unsure import is_unsure
from bot.script.script import Script

#: States that keep a way open: met, not applicable, or left to a follow-up.
_GOOD = {State.MEETS, State.NA, State.NOT_ASKED}


def check(script: Script) -> Iterator[Problem]:
    """Question by question, then criterion by criterion."""
    for index, question in enumerate(script.flow.questions):
        if readable(script, index):
            yield from _question(script, index, question)
    for index, criterion in enumerate(script.flow.criteria):
        if criterion.settled_by is SettledBy.QUESTIONS:
            yield from _criterion(script, index, criterion.id)


def states(question: Question, criterion: str, firm: bool = False) -> list[State]:
    """What the answers say of a criterion, in their order; `firm`: without those that are not sure."""
    options = [option for option in question.options if not (firm and is_unsure(option))]
    found = [
        means[criterion].state
        for means in (*(o.means for o in options), *(r.means for r in question.ranges))
        if criterion in means
    ]
    return found + [State.MEETS, State.FAILS] * (question.window is not None)


def readable(script: Script, index: int) -> bool:
    """Whether all its answers and their meanings are known; what was reported is not held against a script twice."""
    question = script.flow.questions[index]
    said = all(option.means for option in question.options) and script.was_read(index)
    given = question.window is not None if question.kind is Kind.DATE else question.options or question.ranges
    return said and bool(given)


def _question(script: Script, index: int, question: Question) -> Iterator[Problem]:
    known = [name for name in question.criteria if name in script.flow.criterion_by_id]
    for place, criterion in enumerate(known):
        path = ("questions", index, "criteria", place)
        firm = states(question, criterion, firm=True)
        values = {"question": question.id, "criterion": criterion}
        if firm and set(firm) == {State.FAILS}:
            yield script.problem("all_fail", path, **values)
        elif firm and not _GOOD & {*firm} and question.ask_if is None:
            yield script.problem("never_met", path, **values)
    alike = [set(states(question, criterion, firm=True)) for criterion in known]
    if alike and all(found == {State.MEETS} for found in alike):
        yield script.problem("answers_alike", ("questions", index, "id"), question=question.id)
    yield from _lasting(script, index, question)


def _lasting(script: Script, index: int, question: Question) -> Iterator[Problem]:
    """`lasting` says how long a fail lasts: where nothing fails, a meaning was lost."""
    if _lasting_unused(script, index, question):
        yield script.problem("lasting_unused", ("questions", index, "lasting"), question=question.id)
    for place, option in enumerate(question.options):
        path = (*script.options_path(index), place, "lasting")
        if script.exists(*path) and not any(m.state is State.FAILS for m in option.means.values()):
            yield script.problem("lasting_unused", path, question=option.code)


def _lasting_unused(script: Script, index: int, question: Question) -> bool:
    fails = any(State.FAILS in states(question, criterion) for criterion in question.criteria)
    return script.exists("questions", index, "lasting") and not fails


def _criterion(script: Script, index: int, name: str) -> Iterator[Problem]:
    asking = [(at, q) for at, q in enumerate(script.flow.questions) if name in q.criteria]
    left_over = bool(asking) and State.NOT_ASKED in states(asking[-1][1], name)  # a follow-up is missing
    if not asking or left_over or not all(readable(script, at) for at, _ in asking):
        return
    fails = [at for at, question in asking if State.FAILS in states(question, name)]
    never = script.scalar("criteria", index, "never_fails")
    says_never = never is not None and never.text == "true"
    if fails and says_never:
        question = script.flow.questions[fails[0]]
        path = ("criteria", index, "never_fails")
        line = script.line("questions", fails[0], "id")
        yield script.problem("fails_after_all", path, criterion=name, question=question.id, line=line)
    elif (
        not fails
        and not says_never
        and not _unsettled(script)
        and not any(_lasting_unused(script, at, q) for at, q in asking)
    ):
        yield script.problem("never_failed", ("criteria", index, "id"), criterion=name)
    if script.flow.criteria[index].disclose is Disclose.DATE_ONLY and not any(q.window for _, q in asking):
        yield script.problem("date_never", ("criteria", index, "disclose"), criterion=name)


def _unsettled(script: Script) -> bool:
    """Whether a question names a criterion that does not exist, so that one that does may lack its question."""
    return any(
        name not in script.flow.criterion_by_id
        for question in script.flow.questions
        for name in question.criteria
    )
