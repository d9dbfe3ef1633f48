"""What no rehearsal notices: the script changed one meaning at a time, and the cases that would tell.

A change is noticed when a rehearsal that comes out as expected no longer does: its verdict, criteria, fails, flags,
come-back date or the questions asked. One that shows in no answers at all is not reported: every combination of the
answers it can touch was compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, combinations, islice, product
from math import prod

from bot.core.answers import Answer, Number, Period
from bot.core.criteria import State
from bot.core.flow import Flow, Question
from bot.core.inputs import Unclear
from bot.core.meaning import findings, is_valid
from bot.core.screening import screen
from bot.core.text import Text
from bot.script.cases import Case, Id
from bot.script.changes import Change, Shift, changes
from bot.script.problems import Problem
from bot.script.rehearsal import Shifted, differences, result
from bot.script.script import Script
from bot.script.walk.classes import Raw, codes_read, limit_of, merged, raw_answers, signature
from bot.script.walk.values import standing_for_all
from bot.script.written import expectation

#: So many combinations of answers are compared before a change is left to a person.
MOST_COMBINATIONS = 60_000
#: So many rehearsals are tried before it is asked whether a change can show at all.
FIRST_CASES = 30

Answers = Mapping[str, Answer]
#: Question -> codes that a condition looks at.
Read = Mapping[str, frozenset[str]]
#: What is said to each question, and the edits that follow.
Said = tuple[dict[str, Answer], tuple[tuple[str, Answer], ...]]
_BADNESS = (State.MEETS, State.NA, State.NOT_ASKED, State.OPEN, State.FAILS)


@dataclass(frozen=True, slots=True)
class Unwitnessed:
    """A change that no rehearsal notices, and the case that would; None where none was found."""

    change: Change
    case: Case | None


@dataclass(frozen=True, slots=True)
class Witness:
    """How many changes were tried, how many can show nowhere, and which nobody would notice."""

    tried: int
    invisible: int
    unwitnessed: tuple[Unwitnessed, ...]
    problems: tuple[Problem, ...]
    #: Rehearsals that are not as expected, which therefore notice nothing.
    not_counted: tuple[Id, ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        """The proposed cases, each once."""
        found = {one.case.id: one.case for one in self.unwitnessed if one.case is not None}
        return tuple(found.values())

    def gaps_of(self, case: Case) -> tuple[Text, ...]:
        """What a proposed case would say."""
        return tuple(one.change.gap for one in self.unwitnessed if one.case and one.case.id == case.id)


def witness(script: Script, cases: Sequence[Case], today: date) -> Witness:
    """Tries every change of a script on its rehearsals."""
    search = _Search(script.flow, cases, today)
    tried, invisible, found = 0, 0, []
    for change in changes(script.flow):
        tried += 1
        if search.is_noticed(change, FIRST_CASES):
            continue
        case, certain = search.case_that_shows(change)
        if case is None and certain:
            invisible += 1
        elif not search.is_noticed(change):
            found.append(Unwitnessed(change, case and search.propose(change, case)))
    problems = tuple(_problem(script, one) for one in found)
    return Witness(tried, invisible, tuple(found), problems, tuple(search.not_counted))


def _problem(script: Script, one: Unwitnessed) -> Problem:
    message = "unwitnessed" if one.case else "unwitnessed_hard"
    name = str(one.case.id) if one.case else ""
    match one.change.path:
        case ("questions", int(index), "options", int(place), *_):
            path = script.meaning_path(index, place)
        case path:
            pass
    return script.problem(message, path, gap=one.change.gap, case=name)


class _Search:
    """The rehearsals of a script that come out as expected, and the answers that could be one."""

    def __init__(self, flow: Flow, cases: Sequence[Case], today: date) -> None:
        self._flow = flow
        self._today = today
        self._cases: list[Case] = []
        #: Question -> what is said to it on which day -> the cases that say it.
        self._said: dict[str, dict[tuple[Answer, date], list[Case]]] = {}
        self._proposed: list[Case] = []
        self._own_numbers = _told_apart(flow, flow)
        self.not_counted: list[Id] = []
        for case in cases:
            if differences(case, result(flow, case, today)):
                self.not_counted.append(case.id)
            else:
                self._add(case)

    def _add(self, case: Case) -> None:
        day = case.today or self._today
        self._cases.append(case)
        earlier = case.earlier[0].items() if case.earlier else ()
        said = [(id, answer, day) for id, answer in (*case.answers.items(), *case.edits)]
        said += [(id, answer, case.earlier[1]) for id, answer in earlier if case.earlier]
        for id, answer, when in said:
            if not isinstance(answer, Unclear):
                self._said.setdefault(id, {}).setdefault((answer, when), []).append(case)

    # is it noticed

    def is_noticed(self, change: Change, most: int | None = None) -> bool:
        """Whether a rehearsal comes out otherwise than expected; `most`: of so many that could."""
        return any(self._notices(change, case) for case in islice(self._candidates(change), most))

    def _candidates(self, change: Change) -> Iterator[Case]:
        """First those with an answer that means something else now; only they, if nothing but answers is changed."""
        read = _read_by_both(self._flow, change.flow)
        tried: set[object] = set()
        for id in change.questions:
            for (answer, day), cases in self._said.get(id, {}).items():
                if self._differs(change, id, answer, day, read):
                    yield from (case for case in cases if case.id not in tried)
                    tried |= {case.id for case in cases}
        if _is_of_answers(self._flow, change):
            return
        yield from (case for case in self._cases if case.id not in tried)

    def _differs(self, change: Change, id: str, answer: Answer, day: date, read: Read) -> bool:
        before, after = self._flow.question_by_id[id], change.flow.question_by_id[id]
        taken = _shifted(change.shift, day)(after, answer)
        return _seen(before, answer, day, read) != _seen(after, taken, day, read)

    def _notices(self, change: Change, case: Case) -> bool:
        found = result(change.flow, case, self._today, _shifted(change.shift, case.today or self._today))
        return bool(differences(case, found))

    # a case that would

    def case_that_shows(self, change: Change) -> tuple[Case | None, bool]:
        """The fewest answers that tell the two scripts apart; without any, whether that is certain."""
        for case in self._proposed:
            if self._notices(change, case):
                return case, True
        best, choices = self._choices(change)
        single = [(id, answer) for id, answers in choices.items() for answer in answers]
        if (found := self._first(change, self._near(best, single))) is not None:
            return found, True
        state = self._state_that_differs(change, best, choices)
        if state is None:
            return None, True
        further: list[Said] = [({**best, **state}, ())]
        further += [({**best, **state}, ((id, best[id]),)) for id in state]
        further += [({**best, **state, id: best[id]}, ((id, answer),)) for id, answer in state.items()]
        pairs: Iterator[Said] = (
            ({**best, id: answer, other: second}, ())
            for (id, answer), (other, second) in combinations(single, 2)
            if id != other
        )
        return self._first(change, chain(further, pairs)), False

    def _near(self, best: Answers, single: Sequence[tuple[str, Answer]]) -> Iterator[Said]:
        """Those whom nothing speaks against, and those with one answer changed, at once or afterwards."""
        yield dict(best), ()
        for id, answer in single:
            yield {**best, id: answer}, ()
        for id, answer in single:
            yield dict(best), ((id, answer),)

    def _first(self, change: Change, said: Iterable[Said]) -> Case | None:
        """The first answers that the two scripts take otherwise."""
        shift = _shifted(change.shift, self._today)
        for answers, edits in said:
            case = Case("", "zh", answers, edits, self._today)
            before = result(self._flow, case, self._today)
            if before.to_dict() != result(change.flow, case, self._today, shift).to_dict():
                return case
        return None

    def _state_that_differs(
        self, change: Change, best: Answers, choices: Mapping[str, Sequence[Answer]]
    ) -> dict[str, Answer] | None:
        """Of all answers to the questions it can touch, each also left out, the first by which the result differs.

        Where they are too many to be compared, none is said to be: nothing is certain then.
        """
        before, after = (_only(flow, choices) for flow in (self._flow, change.flow))
        shift = _shifted(change.shift, self._today)
        ways = [(None, best[id], *answers) for id, answers in choices.items()]
        if prod(map(len, ways)) > MOST_COMBINATIONS:
            return {}
        for answers in product(*ways):
            state = {id: answer for id, answer in zip(choices, answers, strict=True) if answer is not None}
            taken = {id: shift(self._flow.question_by_id[id], answer) for id, answer in state.items()}
            if _result(before, state, self._today) != _result(after, taken, self._today):
                return state
        return None

    def _choices(self, change: Change) -> tuple[dict[str, Answer], dict[str, list[Answer]]]:
        """The best answer to each question, and for those it can touch the others, one of each class."""
        best: dict[str, Answer] = {}
        choices: dict[str, list[Answer]] = {}
        touched = self._touched(change.questions)
        read = _read_by_both(self._flow, change.flow)
        for question in self._flow.questions:
            answers = self._classes(change, question, read)
            answers.sort(key=lambda answer: _badness(question, answer, self._today))
            best[question.id] = answers[0]
            if question.id in touched:
                choices[question.id] = answers[1:]
        return best, choices

    def _classes(self, change: Change, question: Question, read: Read) -> list[Answer]:
        """One answer of those that look alike to both scripts."""
        seen = read.get(question.id, frozenset())
        apart = self._numbers(change.flow).get(question.id, [])
        raws = [*map(Raw, apart), *raw_answers(question, self._today, seen)]
        if question.id not in change.questions:
            return [each.answer for each in merged(question, raws, self._today, seen, apart)]
        shift = _shifted(change.shift, self._today)
        after = change.flow.question_by_id[question.id]
        classes: dict[object, Answer] = {}
        for raw in (*raws, *raw_answers(after, self._today, seen)):
            taken = shift(after, raw.answer)
            key = (_seen(question, raw.answer, self._today, read), _seen(after, taken, self._today, read))
            classes.setdefault((key, raw.answer if raw.answer in apart else None), raw.answer)
        return list(classes.values())

    def _numbers(self, other: Flow) -> Mapping[str, list[Number]]:
        """Question -> the numbers that the values of both scripts tell apart, one that meets everything first."""
        if other.computed == self._flow.computed:
            return self._own_numbers
        return _told_apart(self._flow, other)

    def _touched(self, ids: frozenset[str]) -> frozenset[str]:
        """The questions of the same criteria, those that look at one of them, and all that these look at."""
        found = set(ids or self._flow.question_by_id)
        criteria = {criterion for id in found for criterion in self._flow.question_by_id[id].criteria}
        flags = [flag.when.questions() for flag in self._flow.flags]
        found |= {id for looked_at in flags if looked_at & ids for id in looked_at}
        found |= {question.id for question in self._flow.questions if criteria & {*question.criteria}}
        found |= {q.id for q in self._flow.questions if q.ask_if and q.ask_if.questions() & found}
        for question in reversed(self._flow.questions):
            if question.id in found and question.ask_if:
                found |= question.ask_if.questions()
        return frozenset(found)

    def propose(self, change: Change, case: Case) -> Case:
        """The case with what comes out now, for a person to judge."""
        if case.id:
            return case
        found = result(self._flow, case, self._today)
        about = "-".join(sorted(change.questions)) or "stop"
        number = sum(str(each.id).startswith(f"witness-{about}-") for each in self._proposed) + 1
        shift = _shifted(change.shift, self._today)
        ids = {
            question.id
            for each in (case, replace(case, edits=()))
            for one in (result(self._flow, each, self._today), result(change.flow, each, self._today, shift))
            for question in one.asked
        }
        asked = {id: answer for id, answer in case.answers.items() if id in ids}
        criteria = {id for each in change.questions for id in self._flow.question_by_id[each].criteria}
        expect = expectation(found, criteria)
        self._proposed.append(replace(case, id=f"witness-{about}-{number}", answers=asked, expect=expect))
        return self._proposed[-1]


def _read_by_both(flow: Flow, other: Flow) -> Read:
    """Question -> its codes that some condition of either script looks at."""
    one, two = codes_read(flow), codes_read(other)
    return {id: one.get(id, frozenset()) | two.get(id, frozenset()) for id in one | two}


def _seen(question: Question, answer: Answer, today: date, read: Read) -> object:
    """All that can be seen of an answer, also whether it is taken at all."""
    if not is_valid(question, answer, today):
        return None
    return signature(question, answer, today, read.get(question.id, frozenset()))


def _badness(question: Question, answer: Answer, today: date) -> int:
    """How much speaks against the person by this answer."""
    seen = _seen(question, answer, today, {})
    if seen is None:
        return len(_BADNESS)
    return max(
        (_BADNESS.index(found.state) for found in findings(question, answer, today).values()), default=2
    )


def _is_of_answers(flow: Flow, change: Change) -> bool:
    """Whether it changes what answers mean, and not which questions are asked or which flags there are."""
    same = all(
        flow.question_by_id[id].ask_if == change.flow.question_by_id[id].ask_if for id in change.questions
    )
    of_answers = flow.flags == change.flow.flags and flow.computed == change.flow.computed
    return bool(change.questions) and same and of_answers


def _told_apart(flow: Flow, other: Flow) -> dict[str, list[Number]]:
    """Question -> numbers for each limit of a value in either script, and between them."""
    found: dict[str, list[Number]] = {}
    for value, changed in zip(flow.computed, other.computed, strict=True):
        for numbers in standing_for_all([value, changed], flow.question_by_id):
            for id, answer in numbers.items():
                if answer not in found.setdefault(id, []):
                    found[id].append(answer)
    return found


def _result(flow: Flow, answers: Answers, today: date) -> object:
    found = screen(flow, answers, today)
    return found.to_dict(), found.next.id if found.next else None


def _only(flow: Flow, ids: Iterable[str]) -> Flow:
    """The script with these questions alone, and with what they decide."""
    kept = {*ids}
    questions = tuple(question for question in flow.questions if question.id in kept)
    decided = {criterion for question in questions for criterion in question.criteria}
    return replace(
        flow,
        questions=questions,
        criteria=tuple(criterion for criterion in flow.criteria if criterion.id in decided),
        flags=tuple(flag for flag in flow.flags if flag.when.questions() <= kept),
        computed=tuple(value for value in flow.computed if kept >= {*value.takes.values()}),
    )


def _shifted(shift: Shift | None, today: date) -> Shifted:
    """How days are taken by a script whose window ends a day sooner or later."""
    if shift is None:
        return lambda _, answer: answer
    limit = limit_of(shift.window, today)
    beyond = limit + timedelta(1)
    moved = {limit: beyond} if shift.on_limit else {beyond: limit}

    def taken(question: Question, answer: Answer) -> Answer:
        if question.id != shift.question or not isinstance(answer, Period):
            return answer
        start, end = (moved.get(day, day) for day in (answer.start, answer.end))
        return Period(min(start, end), end)

    return taken
