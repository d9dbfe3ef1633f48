"""The states of a script, looked at by the engine's functions and by the second opinion."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import chain, product

from bot.core import screening as engine_screening
from bot.core.answers import Answer, Number, Period
from bot.core.computed import work_out
from bot.core.conversation import Conversation
from bot.core.criteria import Disclose, SettledBy, State
from bot.core.engine import Context, Engine, Turn
from bot.core.events import AnswerRecorded, AnswerRemoved
from bot.core.flow import Computed, Flow, Kind, Question, Stop
from bot.core.inputs import Answered, Commanded, Tapped
from bot.core.meaning import Finding, erases, findings, flag_of, is_valid
from bot.core.screening import EarlierFail, Screening
from bot.script.nodes import Node
from bot.script.rules.lengths import MESSAGE, length
from bot.script.walk.classes import Class, Raw, codes_read, limit_of, looks, merged, raw_answers
from bot.script.walk.opinion import Opinion, Outcome, Says, come_back_of, verdict_of
from bot.script.walk.values import Numbers, around, limits_of, telling_apart

Answers = Mapping[str, Answer]
#: Days of a month on which calendar months are tried; behind the 28th not every month has the day.
_DAYS = (1, 15, 28, 29, 30, 31)
_LEAP_CYCLE = 4 * 12
#: So much is looked at, counted in questions that a result is worked out of: some seconds. The shipped trials take a tenth.
MOST_LOOKS = 500_000
#: What a result costs beside its questions.
_EACH = 4
#: Answers of one question that are looked at one by one. A `multi` of ten options has half as many.
MOST_ANSWERS = 2048
#: Characters of a row of the list to check beside its words; of an answer that is a span of days.
_ROW, _DAYS_TEXT = 8, 24


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold: which sentence, of what part of the script, and the answers that lead there."""

    message: str
    about: str
    answers: Answers = field(default_factory=dict)
    wanted: str = ""
    got: str = ""
    #: Where `about` is a question, the part of the result that differs.
    part: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some questions and criteria of the script, for the engine and for the second opinion."""

    flow: Flow
    opinion: Opinion


@dataclass(slots=True)
class _Standing:
    """Conversations that stand at the same question and cannot be told apart from here on."""

    answers: Answers
    ways: int = 0
    length: int = 0


class _TooMuch(Exception):
    """There is more to look at than a walk may take."""


class Proof:
    """One walk. `faults` are what does not hold; nothing is raised."""

    def __init__(self, flow: Flow, root: Node, today: date) -> None:
        self.flow = flow
        self.today = today
        self.faults: dict[tuple[str, str], Fault] = {}
        self.looks = 0
        self.states = 0
        self.paths = 0
        self.longest = 0
        self.classes: dict[str, tuple[Class, ...]] = {}
        self._read = codes_read(flow)
        self._whole = Part(flow, Opinion(root))
        self._engine = Engine()
        self._reaching: dict[str, Answers] = {}
        self._endings: set[str] = set()
        self._found: dict[str, set[Finding]] = {}
        #: Question -> the numbers that a value worked out from them tells apart, and whether each counts.
        self._apart: dict[str, dict[Number, bool]] = {}

    def run(self) -> None:
        """Everything there is to prove, or that it is too much."""
        try:
            self._prove()
        except _TooMuch:
            self.paths = self.longest = 0
            if not any(message == "walk_too_many" for message, _ in self.faults):
                widest = max(self.classes, key=lambda id: len(self.classes[id]))
                self.fault("walk_too_many", widest, got=str(len(self.classes[widest])))

    def _prove(self) -> None:
        """From the single answer to the whole conversation."""
        for value in self.flow.computed:
            self._value(value)
            for id, numbers in telling_apart(value, self.flow.question_by_id).items():
                self._apart[id] = {**numbers, **self._apart.get(id, {})}
        for question in self.flow.questions:
            self._single_answers(question)
        self._calendar()
        if self.faults:
            return  # what a single answer means is wrong; every path would say so again
        self._in_order()
        for criterion in self.flow.criteria:
            if criterion.settled_by is SettledBy.QUESTIONS:
                self._criterion(criterion.id)
        for flag in self.flow.flags:
            self._states_of(self._closure(flag.when.questions()), frozenset())
        self._after_a_fail()
        self._retakes()
        self._verdicts()
        self._edits()
        self._asides()
        self._texts()

    def _look(self, questions: int = 1) -> None:
        """Before each result that is worked out."""
        self.looks += questions
        if self.looks > MOST_LOOKS:
            raise _TooMuch

    def fault(
        self, message: str, about: str, answers: Answers | None = None, wanted: str = "", got: str = ""
    ) -> None:
        """Remember the first fault of a kind about a part; the rest would say the same."""
        self.faults.setdefault((message, about), Fault(message, about, dict(answers or {}), wanted, got))

    # single answers, and those that a value is worked out from

    def _value(self, value: Computed) -> None:
        """Around every limit the value means for the engine what it means for the second opinion."""
        opinion = self._whole.opinion.values[value.id]
        for numbers in around(value, self.flow.question_by_id, limits_of(value)):
            self._look()
            worked = work_out(value, numbers)
            wanted = dict(opinion.says(numbers)), opinion.remark(numbers)
            got = (_said(worked.findings), worked.flag or "") if worked else ({}, "")
            if wanted != got:
                self.fault("walk_value", value.id, numbers, str(wanted[0]), str(got[0]))

    def _single_answers(self, question: Question) -> None:
        """Every answer means for the engine what it means for the second opinion; those that look alike are merged."""
        read = self._read.get(question.id, frozenset())
        apart = self._apart.get(question.id, {})
        raws = [*(Raw(answer, counts) for answer, counts in apart.items())]
        for raw in raw_answers(question, self.today, read):
            raws.append(raw)
            if len(raws) > MOST_ANSWERS:
                self.fault("walk_too_many", question.id, got=str(len(raws)))
                raise _TooMuch
        for raw in raws:
            self._single(question, raw, self.today)
        self.classes[question.id] = merged(question, raws, self.today, read, apart)
        if len(self.classes[question.id]) == 1:
            self.fault("walk_pointless", question.id)

    def _single(self, question: Question, raw: Raw, today: date) -> None:
        self._look()
        item = self._whole.opinion.item[question.id]
        answer = raw.answer
        wanted = dict(item.says(answer, today)), item.remark(answer), item.erases(answer)
        got = (
            _said(findings(question, answer, today)),
            flag_of(question, answer) or "",
            erases(question, answer),
        )
        if wanted != got:
            self.fault("walk_answer", question.id, {question.id: answer}, str(wanted[0]), str(got[0]))
        if not is_valid(question, answer, today):
            self.fault("walk_answer", question.id, {question.id: answer}, "valid", "invalid")

    def _calendar(self) -> None:
        """Windows agree around their limit on the first, the middle and the last days of every month of four years."""
        for question in self.flow.questions:
            if question.window is None:
                continue
            for month in range(_LEAP_CYCLE):
                for day in _DAYS:
                    try:
                        today = date(self.today.year + month // 12, month % 12 + 1, day)
                    except ValueError:
                        continue
                    limit = limit_of(question.window, today)
                    for step in (-1, 0, 1, 2):
                        near = limit + timedelta(step)
                        self._single(question, Raw(Period(near, near)), today)

    # both evaluators on one set of answers

    def _compare(
        self, part: Part, answers: Answers, earlier: tuple[EarlierFail, ...] = ()
    ) -> tuple[Outcome, Screening]:
        """Ask both. The engine gets the answers in another order, and some to questions that do not apply (X6)."""
        self._look(_EACH + len(part.flow.questions))
        before = [(fail.criterion, fail.question, fail.answer, fail.until) for fail in earlier]
        wanted = part.opinion.judge(answers, self.today, before)
        shuffled = {id: self.classes[id][0].answer for id in wanted.off}
        shuffled |= dict(reversed(list(answers.items())))
        screening = engine_screening.screen(part.flow, shuffled, self.today, earlier)
        got = seen(screening, wanted.off)
        if wanted != got:
            self._differs(part, answers, earlier, wanted, got)
        return wanted, screening

    def _differs(
        self, part: Part, answers: Answers, earlier: tuple[EarlierFail, ...], wanted: Outcome, got: Outcome
    ) -> None:
        about, want, have = first_difference(wanted, got)
        if earlier:
            question = earlier[0].question
            fault = Fault("walk_changed_answer", question, answers, want, have, about)
            self.faults.setdefault((fault.message, question), fault)
            return
        if ("walk_outcome", about) in self.faults:
            return
        fewest = dict(answers)
        for id in list(fewest):  # the shortest answers that still show it
            fewer = {each: answer for each, answer in fewest.items() if each != id}
            outcome = part.opinion.judge(fewer, self.today)
            result = seen(engine_screening.screen(part.flow, fewer, self.today), outcome.off)
            if outcome != result and first_difference(outcome, result)[0] == about:
                fewest = fewer
                _, want, have = first_difference(outcome, result)
        self.fault("walk_outcome", about, fewest, want, have)

    # the order of questions

    def _in_order(self) -> None:
        """From the first question to every ending, each answer taken: it ends, and how many paths there are."""
        places = {question.id: place for place, question in enumerate(self.flow.questions)}
        heap: list[tuple[int, str]] = []
        waiting: dict[tuple[int, str], _Standing] = {}

        def put(question: Question, answers: Answers, ways: int, length: int) -> None:
            place = places[question.id]
            key = (place, self._state_key(answers, place))
            if key not in waiting:
                heappush(heap, key)
                self._reaching.setdefault(question.id, answers)
                waiting[key] = _Standing(answers)
            waiting[key].ways += ways
            waiting[key].length = max(waiting[key].length, length)

        wanted, start = self._compare(self._whole, {})
        put(start.next or self.flow.questions[0], {}, 1, 0)
        while heap:
            key = heappop(heap)
            standing = waiting.pop(key)
            self.states += 1
            question = self.flow.questions[key[0]]
            for each in self.classes[question.id]:
                more = {**standing.answers, question.id: each.answer}
                ways, length = standing.ways * each.ways, standing.length + 1
                wanted, screening = self._compare(self._whole, more)
                if screening.next is None or each.erases:
                    self.paths += ways
                    self.longest = max(self.longest, length)
                    self._endings.add("under_age" if each.erases else wanted.verdict)
                elif places[screening.next.id] <= places[question.id]:
                    self.fault("walk_endless", screening.next.id, more)
                else:
                    put(screening.next, more, ways, length)
        for question in self.flow.questions:
            if question.id not in self._reaching:
                self.fault("walk_never_asked", question.id)

    def _state_key(self, answers: Answers, place: int) -> str:
        """What questions from this place on can see: codes their conditions look at, and blocks with a fail."""
        looked_at: set[str] = set()
        for question in self.flow.questions[place:]:
            looked_at |= question.ask_if.questions() if question.ask_if else set()
        seen_codes = [
            (id, sorted(engine_screening.codes_of(answers[id]) & self._read[id]))
            if id in answers
            else (id, "")
            for id in sorted(looked_at)
        ]
        failed = self._failed(answers) if self.flow.stop is Stop.END_OF_BLOCK else ()
        blocks = {self.flow.question_by_id[id].block for id in failed}
        return repr((seen_codes, sorted(blocks), self._unfinished(answers, self.flow.questions[place:])))

    def _failed(self, answers: Answers) -> Iterator[str]:
        """The answered questions by which something fails."""
        for id, answer in answers.items():
            found = findings(self.flow.question_by_id[id], answer, self.today)
            if any(each.fail for each in found.values()):
                yield id
        for value in self.flow.computed:
            worked = work_out(value, answers)
            if worked and any(each.fail for each in worked.findings.values()):
                yield from value.takes.values()

    def _unfinished(self, answers: Answers, later: Iterable[Question]) -> list[tuple[str, Answer]]:
        """Answers that a value will be worked out from, once the later ones are there."""
        ids = {question.id for question in later}
        terms = {
            id
            for value in self.flow.computed
            if not ids.isdisjoint(value.takes.values())
            for id in value.takes.values()
        }
        return [(id, answers[id]) for id in sorted(terms & answers.keys())]

    # one criterion by itself

    def _criterion(self, id: str) -> None:
        """Every combination of answers, and of questions left out, that this criterion can see."""
        own = [question.id for question in self.flow.questions if id in question.criteria]
        ids = self._closure(own)
        found = self._found.setdefault(id, set())
        for answers, screening in self._states_of(ids, frozenset({id})):
            found.add(screening.findings[id])
            for context in self._contexts(ids, answers):
                self._compare(self._whole, context)
            given = [
                item for item in map(self._whole.opinion.item.get, answers) if item and id in item.criteria
            ]
            left = [item for item in given if id not in item.says(answers[item.id], self.today)]
            if left and screening.findings[id].state is State.NA:
                self.fault("walk_unsettled", f"{left[0].id} {id}", answers)

    def _closure(self, ids: Iterable[str]) -> frozenset[str]:
        """The questions, and those that their conditions look at, however far back."""
        found: set[str] = set()
        left = list(ids)
        while left:
            id = left.pop()
            if id not in found:
                found.add(id)
                condition = self.flow.question_by_id[id].ask_if
                left += condition.questions() if condition else ()
        return frozenset(found)

    def _part(self, ids: frozenset[str], criteria: frozenset[str]) -> Part:
        flow = replace(
            self.flow,
            questions=tuple(question for question in self.flow.questions if question.id in ids),
            criteria=tuple(each for each in self.flow.criteria if each.id in criteria),
            flags=tuple(flag for flag in self.flow.flags if flag.when.questions() <= ids),
            computed=tuple(value for value in self.flow.computed if ids >= {*value.takes.values()}),
        )
        return Part(flow, self._whole.opinion.of(ids, criteria))

    def _states_of(
        self, ids: frozenset[str], criteria: frozenset[str]
    ) -> Iterator[tuple[dict[str, Answer], Screening]]:
        """Question by question, answered in every way or not at all, merging what later ones cannot tell apart."""
        order = [question for question in self.flow.questions if question.id in ids]
        states: dict[object, tuple[dict[str, Answer], Screening]] = {
            None: ({}, engine_screening.screen(self._part(frozenset(), criteria).flow, {}, self.today))
        }
        for place, question in enumerate(order):
            part = self._part(frozenset(each.id for each in order[: place + 1]), criteria)
            later = self._looked_at(order[place + 1 :], ids)
            merging: dict[object, tuple[dict[str, Answer], Screening]] = {}
            for answers, _ in states.values():
                for more in (
                    answers,
                    *({**answers, question.id: each.answer} for each in self.classes[question.id]),
                ):
                    outcome, screening = self._compare(part, more)
                    if len(more) > len(answers) and question.id not in outcome.asked:
                        break  # it does not apply here
                    key = (
                        self._visible(outcome, more, later),
                        *screening.findings.items(),
                        self._left(more, criteria),
                        *self._unfinished(more, order[place + 1 :]),
                    )
                    merging.setdefault(key, (more, screening))
            states = merging
            self.states += len(states)
        yield from states.values()

    def _looked_at(self, later: Sequence[Question], ids: frozenset[str]) -> list[str]:
        conditions = [question.ask_if for question in later if question.ask_if]
        conditions += [flag.when for flag in self.flow.flags if flag.when.questions() <= ids]
        return sorted({look.question for condition in conditions for look in looks(condition)})

    def _visible(self, outcome: Outcome, answers: Answers, later: Iterable[str]) -> tuple[object, ...]:
        return tuple(
            engine_screening.codes_of(answers[id]) & self._read[id]
            if id in outcome.asked
            else id in outcome.off
            for id in later
        )

    def _left(self, answers: Answers, criteria: frozenset[str]) -> bool:
        """Whether an answer left its criterion to a follow-up."""
        return any(
            id in item.criteria and id not in item.says(answer, self.today)
            for each, answer in answers.items()
            for item in (self._whole.opinion.item[each],)
            for id in criteria
        )

    def _contexts(self, ids: frozenset[str], answers: Answers) -> Iterator[Answers]:
        """The same answers on the whole script: the other questions unanswered, answered, one of them failing."""
        yield answers
        others = {
            question.id: self._best(question).answer
            for question in self.flow.questions
            if question.id not in ids
        }
        yield self._applying({**others, **answers}, ids)
        for question in self.flow.questions:
            failing = next(
                (each for each in self.classes[question.id] if each.fails and not each.erases), None
            )
            if question.id in others and failing is not None:
                yield self._applying({**others, question.id: failing.answer, **answers}, ids)
                return

    def _applying(self, answers: Answers, kept: frozenset[str]) -> dict[str, Answer]:
        """In the script's order, without answers to questions that do not apply."""
        asked = self._whole.opinion.judge(answers, self.today).asked
        return {id: answers[id] for id in asked if id in answers or id in kept}

    def _best(self, question: Question) -> Class:
        """The answer after which the most is asked and met."""
        order = (State.MEETS, State.NA, State.NOT_ASKED, State.OPEN, State.FAILS)

        def rank(each: Class) -> int:
            states = [found.state for found in each.findings.values()] or [State.NOT_ASKED]
            return max(order.index(state) for state in states)

        return min(self.classes[question.id], key=rank)

    # stopping

    def _after_a_fail(self) -> None:
        """Whatever is unanswered, a fail stops what the script says it stops."""
        for failing in self._failing():
            if not failing.keys() <= self._reaching.keys():
                continue
            for hole in self.flow.questions:
                if hole.id in failing or hole.id not in self._reaching:
                    continue
                ids = self._closure((*failing, hole.id))
                lead = {**self._reaching[hole.id]}
                for id in failing:
                    lead |= self._reaching[id]
                lead = {
                    id: answer for id, answer in {**lead, **failing}.items() if id in ids and id != hole.id
                }
                self.states += 1
                self._compare(self._part(ids, frozenset()), lead)

    def _failing(self) -> Iterator[Answers]:
        """One failing answer to each question that has one, and answers by which each value fails."""
        for question in self.flow.questions:
            failing = next((each for each in self.classes[question.id] if each.fails), None)
            if failing is not None:
                yield {question.id: failing.answer}
        for value in self.flow.computed:
            yield from (numbers for numbers, _ in self._fails_of(value))

    def _fails_of(self, value: Computed) -> Iterator[tuple[Numbers, Mapping[str, Finding]]]:
        """The numbers told apart by which a value fails, and how."""
        ids = [*value.takes.values()]
        for answers in product(*(self._apart[id] for id in ids)):
            self._look()
            numbers = dict(zip(ids, answers, strict=True))
            worked = work_out(value, numbers)
            if worked and any(each.fail for each in worked.findings.values()):
                yield numbers, worked.findings

    def _retakes(self) -> None:
        """X8: every answer after every failing one of an earlier run, whose day is none, is to come or has come."""
        for question in self.flow.questions:
            if question.id not in self._reaching:
                continue
            for old in self.classes[question.id]:
                self._retake(question, {question.id: old.answer}, old.findings)
            for value in self.flow.computed:
                if question.id in value.takes.values():
                    for numbers, found in self._fails_of(value):
                        self._retake(question, numbers, found)

    def _retake(self, question: Question, old: Answers, findings: Mapping[str, Finding]) -> None:
        """An answer given anew after one of them failed, by itself or with the others."""
        others = {id: answer for id, answer in old.items() if id != question.id}
        lead = self._complete({**self._reaching[question.id], **others})
        for criterion, found in findings.items():
            for until in (None, self.today, self.today + timedelta(1)) if found.fail else ():
                fail = EarlierFail(criterion, question.id, old[question.id], until)
                for new in self.classes[question.id]:
                    now = self._applying({**lead, question.id: new.answer}, frozenset())
                    self.states += 1
                    self._compare(self._whole, now, (fail,))

    # verdicts

    def _verdicts(self) -> None:
        """Whatever states the criteria have together: the verdict, what fails, what is open, when to come back."""
        states: dict[object, dict[str, Finding]] = {(): {}}
        for criterion in self.flow.criteria:
            merging: dict[object, dict[str, Finding]] = {}
            for so_far in states.values():
                for finding in sorted(self._found.get(criterion.id, {Finding(State.CLINICIAN)}), key=repr):
                    self._look()
                    more = {**so_far, criterion.id: finding}
                    result = Screening((), None, 0, more, (), {})
                    says = {id: say for id, found in more.items() if (say := _says(found))}
                    fails = {id: say for id, say in says.items() if say[0] == "fails"}
                    wanted = (
                        verdict_of(say[0] for say in says.values()),
                        come_back_of(fails.values()),
                        set(fails),
                    )
                    day = result.come_back.isoformat() if result.come_back else None
                    got = (result.verdict.value, day, set(result.fails))
                    if wanted != got:
                        self.fault("walk_verdict", criterion.id, {}, str(wanted[:2]), str(got[:2]))
                    # Beside the verdict: whether a fail has no day, and the last of the days.
                    days = [say[2] for say in fails.values()]
                    key = (
                        wanted[0],
                        None in days,
                        max((day for day in days if day), default=None),
                        "open" in says,
                    )
                    merging.setdefault(key, more)
            states = merging
            self.states += len(states)

    # edits, language, Back

    def _edits(self) -> None:
        """Each answer given anew, in every state it can be given anew in: what is left is what still applies."""
        for question in self.flow.questions:
            if question.id in self._reaching:
                self._edit(question, self._complete({**self._reaching[question.id]}))
        for question in self.flow.questions:
            if question.ask_if is None or question.id not in self._reaching:
                continue
            ids = self._closure((question.id,))
            for answers, _ in list(self._states_of(ids, frozenset(question.criteria))):
                for id in answers:
                    self._edit(self.flow.question_by_id[id], answers)

    def _complete(self, answers: Answers) -> dict[str, Answer]:
        """The answers, and the best one to everything that is asked behind them."""
        best = {question.id: self._best(question).answer for question in self.flow.questions}
        return self._applying({**best, **answers}, frozenset())

    def _edit(self, question: Question, before: Answers) -> None:
        for each in self.classes[question.id]:
            self._look(3 * (_EACH + len(self.flow.questions)))
            given = {**before, question.id: each.answer}
            wanted = self._whole.opinion.judge(given, self.today)
            kept = {id: given[id] for id in wanted.asked}
            stored, turn = self._record(question, each.answer, before)
            self.states += 1
            phase = "under_age" if each.erases else "asking" if wanted.next else "checking"
            got = None if turn.screening is None else seen(turn.screening, wanted.off)
            if (
                stored != kept
                or dict(turn.answers) != kept
                or got != wanted
                or turn.conversation.phase != phase
                or (phase == "asking" and turn.prompt.question != wanted.next)
            ):
                self.fault(
                    "walk_edit",
                    question.id,
                    {**before, question.id: each.answer},
                    _listed(kept),
                    _listed(stored),
                )

    def _record(self, question: Question, answer: Answer, answers: Answers) -> tuple[dict[str, Answer], Turn]:
        """What is stored after a question was reopened and answered, confirming where that is asked."""
        conversation = self._conversation(question.id)
        stored = dict(answers)
        turn = self._step(conversation, stored, Answered(answer))
        if (confirm := {"minor": "confirm", "conflict": "keep"}.get(conversation.overlay)) is not None:
            turn = self._step(conversation, stored, Tapped(conversation.prompt, confirm))
        return stored, turn

    def _conversation(self, reopened: str | None) -> Conversation:
        return Conversation(
            self.flow.languages[0],
            "walk",
            phase="asking",
            study=self.flow.id,
            version=self.flow.hash,
            prompt=1,
            live=True,
            reopened=reopened,
            consents=["consent_health"],
        )

    def _step(
        self, conversation: Conversation, answers: dict[str, Answer], received: Answered | Tapped | Commanded
    ) -> Turn:
        context = Context(
            today=self.today,
            offered={self.flow.id: self.flow},
            pinned=self.flow,
            recruiting=frozenset({self.flow.id}),
            answers=answers,
            languages=self.flow.languages,
        )
        turn = self._engine.step(context, conversation, received)
        for event in turn.events:
            match event:
                case AnswerRecorded(id, given):
                    answers[id] = given
                case AnswerRemoved(id):
                    answers.pop(id, None)
        return turn

    def _asides(self) -> None:
        """At each question: another language, and Back and forth again, leave answers and question as they were."""
        for id, lead in self._reaching.items():
            conversation, answers = self._conversation(None), dict(lead)
            asides = [("language", self.flow.languages[-1])]
            if lead:
                asides.append(("back", ".keep"))
            for command, choice in asides:
                self._step(conversation, answers, Commanded(command))
                turn = self._step(conversation, answers, Tapped(conversation.prompt, choice))
                self.states += 1
                if answers != lead or turn.prompt.question != id:
                    self.fault("walk_aside", id, lead, id, turn.prompt.question or "")

    # texts

    def _texts(self) -> None:
        """Every text that somebody can reach is there in every language."""
        for language in self.flow.languages:
            for name, text in self._reached():
                if not text.get(language, "").strip():
                    self.fault("walk_text_missing", f"{name} {language}")
            rows = [self._longest_row(self.flow.question_by_id[id], language) for id in self._reaching]
            if (total := sum(rows)) > MESSAGE:
                self.fault("walk_list_too_long", language, {}, str(MESSAGE), str(total))

    def _longest_row(self, question: Question, language: str) -> int:
        """Of the list to check: a number, the short name, the longest answer, the line's end."""
        labels = [length(option.label.get(language, "")) + 2 for option in question.options]
        longest = sum(labels) if question.kind is Kind.MULTI else max(labels, default=0)
        unit = length((question.unit or {}).get(language, ""))
        return _ROW + length(question.short.get(language, "")) + max(longest, _DAYS_TEXT + unit)

    def _reached(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        for id in self._reaching:
            question = self.flow.question_by_id[id]
            named = {"ask": question.ask, "help": question.help, "short": question.short}
            named |= {"unit": question.unit} if question.unit is not None else {}
            labels = {option.code: option.label for option in question.options}
            for name, text in chain(named.items(), labels.items()):
                yield f"{id} {name}", text
        for name in sorted(self._endings):
            yield f"texts {name}", self.flow.texts.get(name, {})
        for criterion in self.flow.criteria:
            fails = [found.fail for found in self._found.get(criterion.id, ()) if found.fail]
            if fails and criterion.disclose is Disclose.TOPIC:
                yield f"{criterion.id} ending", criterion.ending or {}
            if criterion.disclose is Disclose.DATE_ONLY and any(fail.until for fail in fails):
                yield "texts come_back", self.flow.texts.get("come_back", {})


def seen(screening: Screening, off: frozenset[str]) -> Outcome:
    """A result of the engine as the second opinion words it."""
    result = screening.to_dict()
    return Outcome(
        asked=tuple(result["asked"]),
        next=screening.next.id if screening.next else None,
        off=off,
        criteria=result["criteria"],
        fails=result["fails"],
        verdict=result["verdict"],
        come_back=result["come_back"],
        flags=frozenset((flag.name, flag.criterion) for flag in screening.flags),
    )


def first_difference(wanted: Outcome, got: Outcome) -> tuple[str, str, str]:
    """Which part of the result differs: a criterion's id or the name of the part, what it should be, what it is."""
    for id, state in wanted.criteria.items():
        mine = wanted.fails.get(id, state)
        theirs = got.fails.get(id, got.criteria.get(id, ""))
        if mine != theirs:
            return id, mine, theirs
    for name in ("asked", "next", "verdict", "come_back", "flags"):
        mine, theirs = getattr(wanted, name), getattr(got, name)
        if mine != theirs:
            return name, _plain(mine), _plain(theirs)
    raise AssertionError("they agree")


def _plain(value: object) -> str:
    words = [name for name, _ in value] if isinstance(value, frozenset) else value
    return str(", ".join(sorted(words)) if isinstance(words, list | tuple) else words or "-")


def _listed(answers: Answers) -> str:
    return ", ".join(sorted(answers)) or "-"


def _said(found: Mapping[str, Finding]) -> dict[str, Says]:
    return {criterion: say for criterion, finding in found.items() if (say := _says(finding))}


def _says(finding: Finding) -> Says | None:
    """A finding of the engine as the second opinion words it."""
    fail = finding.fail
    if fail is None:
        return (finding.state.value, "", None)
    until = fail.until
    return ("fails", fail.lasting.value, (until.year, until.month, until.day) if until else None)
