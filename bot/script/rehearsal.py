"""Rehearsals: sample cases beside a script, walked through the real conversation."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeGuard

from bot.core.answers import Answer, Skipped
from bot.core.computed import work_out
from bot.core.conversation import Conversation
from bot.core.engine import Context, Engine, Turn
from bot.core.events import AnswerRecorded, AnswerRemoved, RunEnded
from bot.core.flow import Flow, Question, Stop
from bot.core.inputs import Answered, Input, Tapped, Unclear
from bot.core.meaning import erases, findings, is_valid
from bot.core.prompts import OFFER_HUMAN_AFTER
from bot.core.screening import EarlierFail, Screening, codes_of, earlier_fails, screen
from bot.core.text import fill
from bot.core.truth import Truth
from bot.script.cases import Case, Reply

#: How an answer of a question is taken by a script whose limits were moved.
Shifted = Callable[[Question, Answer], Answer]


def walk(flow: Flow, case: Case, today: date) -> Screening:
    """What the conversation makes of a case. Same case, same day, same result."""
    earlier: tuple[EarlierFail, ...] = ()
    if case.earlier is not None:
        answers, then = case.earlier
        said, _ = _walk(flow, Case(case.id, case.language, answers), then, ())
        earlier = earlier_fails(flow, said, then)
    return _walk(flow, case, case.today or today, earlier)[1]


def _walk(
    flow: Flow, case: Case, today: date, earlier: tuple[EarlierFail, ...]
) -> tuple[Mapping[str, Answer], Screening]:
    engine = Engine()
    conversation = Conversation(case.language, "test", phase="asking", study=flow.id, version=flow.hash)
    conversation.consents = ["consent_health"]
    conversation.prompt, conversation.live = 1, True
    answers: dict[str, Answer] = {}
    values = dict(case.answers)
    edits = list(case.edits)
    while True:  # each turn takes an edit, a question or one of the tries at it
        context = Context(
            today=today,
            offered={flow.id: flow},
            pinned=flow,
            recruiting=frozenset({flow.id}),
            answers=answers,
            earlier=earlier,
            languages=flow.languages,
        )
        received = _next_input(engine, flow, context, conversation, values, edits)
        turn = engine.step(context, conversation, received)
        for event in turn.events:
            match event:
                case AnswerRecorded(question, answer):
                    answers[question] = answer
                case AnswerRemoved(question):
                    answers.pop(question, None)
        if any(isinstance(event, RunEnded) for event in turn.events):
            return _outcome(turn, answers, earlier, today)


def _outcome(
    turn: Turn, answers: Mapping[str, Answer], earlier: tuple[EarlierFail, ...], today: date
) -> tuple[Mapping[str, Answer], Screening]:
    assert turn.flow is not None
    if turn.conversation.phase != "under_age":
        assert turn.screening is not None
        return answers, turn.screening
    # X2: everything but the fact itself is erased.
    kept = {id: answer for id, answer in answers.items() if _is_erasing(turn.flow, id)}
    return {}, screen(turn.flow, kept, today, earlier)


def _is_erasing(flow: Flow, question: str) -> bool:
    return any(span.erases for span in flow.question_by_id[question].ranges)


def _next_input(
    engine: Engine,
    flow: Flow,
    context: Context,
    conversation: Conversation,
    values: dict[str, Reply],
    edits: list[tuple[str, Reply]],
) -> Input:
    prompt = engine.prompt(context, conversation)

    def tap(choice: str) -> Tapped:
        return Tapped(prompt.number, choice)

    match prompt.kind:
        case "checking" if edits:
            return tap("edit")
        case "checking":
            return tap("finish")
        case "edit":
            question, value = edits.pop(0)
            values[question] = value
            offered = any(choice.id == question for choice in prompt.choices)
            return tap(question) if offered else tap(".back")
        case "minor":
            return tap("confirm")
        case "conflict":
            return tap("keep")
    asked = prompt.question or ""
    answer = values.get(asked, Skipped())
    if answer == Skipped():
        return tap(".skip")
    if isinstance(answer, Unclear):
        understood = False
        said: Input = answer
    else:
        understood = is_valid(flow.question_by_id[asked], answer, context.today)
        said = Answered(answer)
    tries = conversation.tries.get(asked, 0)
    if asked in context.answers and tries >= OFFER_HUMAN_AFTER and not understood:
        return tap(".back")  # what was said before holds
    return said


def result(flow: Flow, case: Case, today: date, shift: Shifted = lambda _, answer: answer) -> Screening:
    """What `walk` finds, computed without a conversation: for asking the same of very many scripts.

    `shift` changes how a day is taken, before it is looked at.
    """
    day = case.today or today
    earlier: tuple[EarlierFail, ...] = ()
    if case.earlier is not None:
        answers, then = case.earlier
        said, _ = _Quick(flow, then, shift).run(Case(case.id, case.language, answers))
        earlier = earlier_fails(flow, said, then)
    quick = _Quick(flow, day, shift, earlier)
    return quick.run(case)[1]


def kept_answers(flow: Flow, case: Case, today: date) -> Mapping[str, Answer]:
    """The answers that count at the end of a case; of a minor none."""
    return _Quick(flow, case.today or today, lambda _, answer: answer).run(case)[0]


class _Quick:
    """A case without its conversation: what is asked next is all that matters of it."""

    def __init__(
        self, flow: Flow, today: date, shift: Shifted, earlier: tuple[EarlierFail, ...] = ()
    ) -> None:
        self._flow = flow
        self._today = today
        self._shift = shift
        self._earlier = earlier
        self._answers: dict[str, Answer] = {}

    def run(self, case: Case) -> tuple[Mapping[str, Answer], Screening]:
        """The answers that are kept, and the result."""
        values = dict(case.answers)
        if self._all_questions(values):
            return self._minor()
        for question, value in case.edits:
            values[question] = value
            if question not in self._answers or not self._takes(value, self._flow.question_by_id[question]):
                continue
            if self._record(self._flow.question_by_id[question], value) or self._questions_left(values):
                return self._minor()
        return self._answers, self._screen()

    def _all_questions(self, values: Mapping[str, Reply]) -> bool:
        """From the first question on, without looking back; whether it ends with a minor's age."""
        codes: dict[str, frozenset[str]] = {}
        failed: set[str] = set()
        for question in self._flow.questions:
            if failed and question.block not in failed:
                continue
            if question.ask_if is not None and question.ask_if.holds(codes) is not Truth.YES:
                continue
            answer = self._answers[question.id] = self._shift(question, self._reply(question, values))
            if erases(question, answer):
                return True
            codes[question.id] = codes_of(answer)
            blocks = self._failed_by(question, answer)
            if blocks and self._flow.stop is Stop.FIRST_FAIL:
                break
            if self._flow.stop is Stop.END_OF_BLOCK:
                failed |= blocks
        return False

    def _failed_by(self, question: Question, answer: Answer) -> set[str]:
        """The blocks in which an answer fails something, by itself or through a value worked out with it."""
        blocks = set()
        if any(found.fail for found in findings(question, answer, self._today).values()):
            blocks.add(question.block)
        for computed in self._flow.computed:
            worked = work_out(computed, self._answers) if question.id in computed.takes.values() else None
            if worked and worked.fails:
                blocks |= {self._flow.question_by_id[id].block for id in computed.takes.values()}
        return blocks

    def _questions_left(self, values: Mapping[str, Reply]) -> bool:
        """What an edit brought up (X7)."""
        while (question := self._screen().next) is not None:
            if self._record(question, self._reply(question, values)):
                return True
        return False

    def _reply(self, question: Question, values: Mapping[str, Reply]) -> Answer:
        value = values.get(question.id, Skipped())
        return value if self._takes(value, question) else Skipped()

    def _takes(self, value: Reply, question: Question) -> TypeGuard[Answer]:
        return not isinstance(value, Unclear) and is_valid(question, value, self._today)

    def _record(self, question: Question, answer: Answer) -> bool:
        """Whether it was a minor's age; answers that no longer apply go (X6)."""
        self._answers[question.id] = self._shift(question, answer)
        kept = {asked.id for asked in self._screen().asked}
        self._answers = {id: given for id, given in self._answers.items() if id in kept}
        return erases(question, answer)

    def _screen(self) -> Screening:
        return screen(self._flow, self._answers, self._today, self._earlier)

    def _minor(self) -> tuple[Mapping[str, Answer], Screening]:
        self._answers = {id: answer for id, answer in self._answers.items() if _is_erasing(self._flow, id)}
        return {}, self._screen()


_SENTENCE = {"en": "{what}: expected {wanted}, is {got}", "zh": "{what}：预期 {wanted}，实际 {got}"}
_NAMES_ZH = {
    "verdict": "初筛结论",
    "open": "待核实的标准",
    "flags": "提示",
    "fails": "不符合的标准",
    "come_back": "再来日期",
    "asked": "问到的题",
}
_NOTHING = {"en": "none", "zh": "无"}
#: What the codes of a result stand for.
_CODES_ZH = {
    "likely_match": "可能适合",
    "needs_review": "需要核实",
    "not_match": "可能不适合",
    "meets": "符合",
    "fails": "不符合",
    "open": "待核实",
    "na": "不适用",
    "not_asked": "没问到",
    "clinician": "由团队判断",
    "permanent": "以后也不符合",
    "temporary": "以后可能符合",
}


def differences(case: Case, result: Screening, language: str = "en") -> list[str]:
    """Where a result is not what was expected, one line each, in the language of the reader."""
    return [
        fill(
            _SENTENCE[language],
            {
                "what": _NAMES_ZH.get(what, what) if language == "zh" else what,
                "wanted": _plain(wanted, language),
                "got": _plain(got, language),
            },
        )
        for what, wanted, got in _differences(case.expect, result)
    ]


def _plain(value: Any, language: str) -> str:
    match value:
        case dict():
            return ", ".join(f"{key} {how}" for key, how in value.items()) or _NOTHING[language]
        case list():
            return ", ".join(value) or _NOTHING[language]
        case None:
            return _NOTHING[language]
        case str() if language == "zh" and value in _CODES_ZH:
            return f"{_CODES_ZH[value]}（{value}）"
        case _:
            return str(value)


def _differences(expect: Mapping[str, Any], result: Screening) -> Iterator[tuple[str, Any, Any]]:
    found = result.to_dict()
    got: Any
    for key, wanted in expect.items():
        match key:
            case "criteria":
                for id, state in wanted.items():
                    if found["criteria"][id] != state:
                        yield id, state, found["criteria"][id]
                continue
            case "open":
                wanted, got = sorted(wanted), sorted(result.open)
            case "flags":
                wanted, got = sorted(wanted), sorted(found["flags"])
            case "asked" if isinstance(wanted, int):
                got = len(found["asked"])
            case "asked":
                wanted, got = list(wanted), found["asked"]
            case _:
                got = found[key]
        if wanted != got:
            yield key, wanted, got
