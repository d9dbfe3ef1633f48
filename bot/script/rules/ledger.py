"""Every criterion can be met, and be failed where a person's own answer may fail it."""

from collections.abc import Iterator, Sequence

from bot.core.criteria import Disclose, SettledBy, State
from bot.core.flow import Computed, Kind, Question
from bot.script.problems import Problem
from bot.script.rules.unsure import is_unsure
from bot.script.script import Path, Script

#: States that keep a way open: met, not applicable, or left to a follow-up.
_GOOD = {State.MEETS, State.NA, State.NOT_ASKED}


def check(script: Script) -> Iterator[Problem]:
    """Question by question and value by value, then criterion by criterion."""
    for index, question in enumerate(script.flow.questions):
        if readable(script, index):
            yield from _question(script, index, question)
    for index, value in enumerate(script.flow.computed):
        if value.ranges:
            yield from _decided(script, ("computed", index), value, value.criteria, always=True)
    for index, criterion in enumerate(script.flow.criteria):
        if criterion.settled_by is SettledBy.QUESTIONS:
            yield from _criterion(script, index, criterion.id)


def states(decides: Question | Computed, criterion: str, firm: bool = False) -> list[State]:
    """What the answers, or a value's ranges, say of a criterion, in their order; `firm`: without those not sure."""
    means = [part.means for part in decides.ranges]
    if isinstance(decides, Question):
        means[:0] = [option.means for option in decides.options if not (firm and is_unsure(option))]
    found = [said[criterion].state for said in means if criterion in said]
    windows = isinstance(decides, Question) and decides.window is not None
    return found + [State.MEETS, State.FAILS] * windows


def readable(script: Script, index: int) -> bool:
    """Whether all its answers and their meanings are known; what was reported is not held against a script twice."""
    question = script.flow.questions[index]
    said = all(option.means for option in question.options) and script.was_read(index)
    if question.kind is Kind.DATE:
        return said and question.window is not None
    worked = [value for value in script.flow.computed if question.id in value.takes.values()]
    given = question.options or question.ranges or (question.worked_out and not question.decided)
    return said and bool(given) and all(value.ranges for value in worked)


def _question(script: Script, index: int, question: Question) -> Iterator[Problem]:
    path: Path = ("questions", index)
    yield from _decided(script, path, question, question.decided, question.ask_if is None)
    for place, option in enumerate(question.options):
        path = (*script.options_path(index), place, "lasting")
        if script.exists(*path) and not any(m.state is State.FAILS for m in option.means.values()):
            yield script.problem("lasting_unused", path, question=option.code)


def _decided(
    script: Script, at: Path, decides: Question | Computed, criteria: Sequence[str], always: bool
) -> Iterator[Problem]:
    """What all meanings together say of each criterion. `always`: nobody is spared the question."""
    known = [name for name in criteria if name in script.flow.criterion_by_id]
    for criterion in known:
        path = (*at, "criteria", decides.criteria.index(criterion))
        firm = states(decides, criterion, firm=True)
        values = {"question": decides.id, "criterion": criterion}
        if firm and set(firm) == {State.FAILS}:
            yield script.problem("all_fail", path, **values)
        elif firm and not _GOOD & {*firm} and always:
            yield script.problem("never_met", path, **values)
    alike = [set(states(decides, criterion, firm=True)) for criterion in known]
    if alike and all(found == {State.MEETS} for found in alike):
        yield script.problem("answers_alike", (*at, "id"), question=decides.id)
    if _lasting_unused(script, at, decides):
        yield script.problem("lasting_unused", (*at, "lasting"), question=decides.id)


def _lasting_unused(script: Script, at: Path, decides: Question | Computed) -> bool:
    """`lasting` says how long a fail lasts: where nothing fails, a meaning was lost."""
    fails = any(State.FAILS in states(decides, criterion) for criterion in decides.criteria)
    return script.exists(*at, "lasting") and not fails


def _criterion(script: Script, index: int, name: str) -> Iterator[Problem]:
    asking = [(at, q) for at, q in enumerate(script.flow.questions) if name in q.criteria]
    deciding: list[tuple[Path, Question | Computed]] = [(("questions", at), q) for at, q in asking]
    deciding += [
        (("computed", at), value) for at, value in enumerate(script.flow.computed) if name in value.criteria
    ]
    left_over = bool(asking) and State.NOT_ASKED in states(asking[-1][1], name)  # a follow-up is missing
    if not asking or left_over or not all(readable(script, at) for at, _ in asking):
        return
    fails = [(path, decides.id) for path, decides in deciding if State.FAILS in states(decides, name)]
    never = script.scalar("criteria", index, "never_fails")
    says_never = never is not None and never.text == "true"
    if fails and says_never:
        at, id = fails[0]
        path: Path = ("criteria", index, "never_fails")
        line = script.line(*at, "id")
        yield script.problem("fails_after_all", path, criterion=name, question=id, line=line)
    elif (
        not fails
        and not says_never
        and not _unsettled(script)
        and not any(_lasting_unused(script, at, decides) for at, decides in deciding)
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
