"""Rehearsals: sample cases beside a script, walked through the real conversation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.core.answers import SKIP, Answer, from_value
from bot.core.conversation import Conversation
from bot.core.engine import Context, Engine, Turn
from bot.core.events import AnswerRecorded, AnswerRemoved, RunEnded
from bot.core.flow import Flow
from bot.core.inputs import Answered, Input, Tapped, Unclear
from bot.core.screening import EarlierFail, Screening, earlier_fails, screen
from bot.core.text import fill

#: More turns than any walk needs: four tries at each question and each edit.
_TURNS = 2000


class BadCase(ValueError):
    """A case that is not written as one; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Case:
    """Answers somebody gives after consent, and what staff expect of them."""

    id: str
    language: str
    answers: Mapping[str, Any]
    edits: tuple[tuple[str, Any], ...] = ()
    today: date | None = None
    earlier: tuple[Mapping[str, Any], date] | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """The cases of YAML or JSON files, in order; BadCase names the file and the case."""
    rows: list[tuple[Path, Mapping[str, Any]]] = []
    for path in paths:
        try:
            loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise BadCase(f"{path}: {problem.strerror}") from None
        except (YAMLError, UnicodeDecodeError) as problem:
            raise BadCase(f"{path}: not readable as YAML: {str(problem).splitlines()[0]}") from None
        if not isinstance(loaded, list) or not all(isinstance(row, dict) for row in loaded):
            raise BadCase(f"{path}: a list of cases is expected, each beginning with `- id:`")
        rows += [(path, row) for row in loaded]
    answers_of = {row.get("id"): row.get("answers") or {} for _, row in rows}
    return [_case(path, row, answers_of) for path, row in rows]


def _case(path: Path, row: Mapping[str, Any], answers_of: Mapping[Any, Mapping[str, Any]]) -> Case:
    where = f"{path}: {row.get('id', 'a case without id')}"
    unknown = set(row) - {"id", "language", "about", "like", "answers", "edits", "today", "earlier", "expect"}
    if unknown or "id" not in row:
        raise BadCase(f"{where}: unknown or missing key {', '.join(map(str, sorted(unknown))) or 'id'}")
    if (like := row.get("like")) is not None and like not in answers_of:
        raise BadCase(f"{where}: there is no case {like!r} to be like")
    try:
        earlier = row.get("earlier")
        return Case(
            id=str(row["id"]),
            language=str(row.get("language", "zh")),
            answers={**(answers_of[like] if like else {}), **(row.get("answers") or {})},
            edits=tuple((edit["id"], edit["value"]) for edit in row.get("edits") or ()),
            today=_day(row.get("today")),
            earlier=(earlier["answers"], _day(earlier["today"]) or date.min) if earlier else None,
            expect=row.get("expect") or {},
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadCase(f"{where}: {type(problem).__name__} {problem}") from None


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def walk(flow: Flow, case: Case, today: date) -> Screening:
    """What the conversation makes of a case. Same case, same day, same result."""
    day = case.today or today
    earlier: tuple[EarlierFail, ...] = ()
    if case.earlier is not None:
        said, then = case.earlier
        first = Case(case.id, case.language, said)
        answers, result = _walk(flow, first, then, ())
        erased = result.asked == () or "erased" in answers
        earlier = () if erased else earlier_fails(flow, answers, then)
    return _walk(flow, case, day, earlier)[1]


def _walk(
    flow: Flow, case: Case, today: date, earlier: tuple[EarlierFail, ...]
) -> tuple[dict[str, Answer], Screening]:
    engine = Engine()
    conversation = Conversation(case.language, "test", phase="asking", study=flow.id, version=flow.hash)
    conversation.consents = ["consent_health"]
    conversation.prompt, conversation.live = 1, True
    answers: dict[str, Answer] = {}
    values = dict(case.answers)
    edits = list(case.edits)
    for _ in range(_TURNS):
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
    raise AssertionError(f"{case.id}: the conversation does not end")


def _outcome(
    turn: Turn, answers: dict[str, Answer], earlier: tuple[EarlierFail, ...], today: date
) -> tuple[dict[str, Answer], Screening]:
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
    values: dict[str, Any],
    edits: list[tuple[str, Any]],
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
            question, values_of = edits.pop(0)
            values[question] = values_of
            offered = any(choice.id == question for choice in prompt.choices)
            return tap(question) if offered else tap(".back")
        case "minor":
            return tap("confirm")
        case "conflict":
            return tap("keep")
    value = values.get(prompt.question or "", SKIP)
    if value == SKIP:
        return tap(".skip")
    try:
        return Answered(from_value(value))
    except ValueError:
        return Unclear()


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
            return ", ".join(map(str, value)) or _NOTHING[language]
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
                    if found["criteria"].get(id) != state:
                        yield id, state, found["criteria"].get(id)
                continue
            case "open":
                wanted, got = sorted(wanted), sorted(result.open)
            case "flags":
                wanted, got = sorted(wanted), sorted(found["flags"])
            case "fails":
                wanted, got = {id: str(how) for id, how in wanted.items()}, found["fails"]
            case "come_back":
                wanted, got = str(wanted) if wanted else None, found["come_back"]
            case "asked" if isinstance(wanted, int):
                got = len(found["asked"])
            case _:
                got = found.get(key)
        if wanted != got:
            yield key, wanted, got
