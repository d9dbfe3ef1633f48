"""The numbers a criterion gives are the limits its questions use."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.core.criteria import Criterion, State
from bot.core.flow import Question, Range
from bot.core.text import Text
from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.script import Script, Wording
from bot.script.wording.amounts import Amount, amounts

_DURATIONS = {"month", "day", "hour", "minute"}


def check(script: Script) -> Iterator[Problem]:
    """Ranges and windows, and the stretch of time a question asks about, against the text and the ending."""
    for index, question in enumerate(script.flow.questions):
        if not script.was_read(index):
            continue
        for name in question.criteria:
            criterion = script.flow.criterion_by_id.get(name)
            if criterion is not None:
                yield from _ranges(script, index, question, criterion)
                yield from _window(script, index, question, criterion)
        yield from _asked(script, index, question)


def _ranges(script: Script, index: int, question: Question, criterion: Criterion) -> Iterator[Problem]:
    """Where the answer turns: the first and the last number that meet an inclusion or fail an exclusion."""
    ranges = sorted(question.ranges, key=lambda part: (part.low is not None, part.low or 0))
    if any(before.high is None or part.low != before.high + 1 for before, part in pairwise(ranges)):
        return  # gaps and overlaps are another rule's
    inside = [_is_inside(part, criterion) for part in ranges]
    limits: list[tuple[int, Range, int]] = []
    for place, part in enumerate(ranges):
        if inside[place] and place > 0 and not inside[place - 1] and part.low is not None:
            limits.append((part.low, part, -1))
        if inside[place] and place + 1 < len(ranges) and not inside[place + 1] and part.high is not None:
            limits.append((part.high, part, 1))
    for text in (criterion.text, *([criterion.ending] if criterion.ending else [])):
        for language in ("zh", "en"):
            numbers = [each for each in amounts(text.get(language, ""), language) if _is_plain(each)]
            for limit, part, _ in limits if numbers else ():
                if limit not in {_inclusive(each) for each in numbers}:
                    yield _differs(
                        script,
                        ("questions", index, "ranges", question.ranges.index(part)),
                        criterion,
                        text,
                        language,
                        str(limit),
                    )
                    return


def _is_inside(part: Range, criterion: Criterion) -> bool:
    meaning = part.means.get(criterion.id)
    state = meaning.state if meaning else State.OPEN
    return state is State.MEETS if criterion.inclusion else state is not State.MEETS


def _is_plain(amount: Amount) -> bool:
    """A number that may be a limit: no stretch of time, no placeholder, no date."""
    stretch = amount.unit != "year" and amount.size[1] in _DURATIONS
    return isinstance(amount.value, float) and not amount.soft and not stretch


def _inclusive(amount: Amount) -> float:
    """The last number that still counts: "under 61" ends at 60."""
    assert isinstance(amount.value, float)
    return amount.value + {"over": 1, "under": -1}.get(amount.bound, 0)


def _window(script: Script, index: int, question: Question, criterion: Criterion) -> Iterator[Problem]:
    if question.window is None:
        return
    for language in ("zh", "en"):
        found = _durations(criterion.text, language)
        if found and (float(question.window.months), "month") not in {each.size for each in found}:
            path = ("questions", index, "window", "months")
            yield _differs(script, path, criterion, criterion.text, language, str(question.window.months))
            return


def _asked(script: Script, index: int, question: Question) -> Iterator[Problem]:
    """A question that asks about the past 12 months belongs to a criterion that says 12 months."""
    criteria = [
        script.flow.criterion_by_id[name] for name in question.criteria if name in script.flow.criterion_by_id
    ]
    for language in ("zh", "en"):
        sizes = {each.size for criterion in criteria for each in _durations(criterion.text, language)}
        for each in _durations(question.ask, language) if sizes else ():
            if each.size not in sizes:
                wording = Wording(("questions", index, "ask"), question.ask)
                values: dict[str, Value] = {
                    "word": each.words,
                    "criterion": criteria[0].id,
                    "line": _line(script, criteria[0], "text"),
                }
                yield script.problem_in(
                    "duration_differs", wording, language, each.start, len(each.words), **values
                )
                return


def _durations(text: Text, language: str) -> Sequence[Amount]:
    found = amounts(text.get(language, ""), language)
    return [
        each
        for each in found
        if each.size[1] in _DURATIONS and isinstance(each.value, float) and not each.soft
    ]


def _differs(
    script: Script, path: tuple[str | int, ...], criterion: Criterion, text: Text, language: str, limit: str
) -> Problem:
    where = "text" if text is criterion.text else "ending"
    return script.problem(
        "limit_differs",
        path,
        limit=limit,
        criterion=criterion.id,
        where=where,
        language=language_name(language),
        line=_line(script, criterion, where),
    )


def _line(script: Script, criterion: Criterion, where: str) -> int:
    return script.line("criteria", script.flow.criteria.index(criterion), where)
