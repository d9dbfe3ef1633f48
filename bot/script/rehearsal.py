"""Rehearsals: sample cases beside a script, walked through the real conversation."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.core.answers import Answer, Skipped
from bot.core.conversation import Conversation
from bot.core.engine import Context, Engine, Turn
from bot.core.events import AnswerRecorded, AnswerRemoved, RunEnded
from bot.core.flow import Flow
from bot.core.inputs import Answered, Input, Tapped, Unclear
from bot.core.prompts import OFFER_HUMAN_AFTER
from bot.core.screening import EarlierFail, Screening, earlier_fails, screen
from bot.core.text import fill
from bot.script.cases import Case, Reply


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
        turn = engine.step(context, conversation, _next_input(engine, context, conversation, values, edits))
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
    if asked in context.answers and conversation.tries.get(asked, 0) >= OFFER_HUMAN_AFTER:
        return tap(".back")  # what was said before holds
    return answer if isinstance(answer, Unclear) else Answered(answer)


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
