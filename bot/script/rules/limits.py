"""The numbers a criterion gives are the limits its questions use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.core.answers import Amount as Limit
from bot.core.criteria import Criterion, State
from bot.core.flow import Question, Range, step
from bot.core.text import Text
from bot.script.problems import Problem
from bot.script.questions import DAYS, MOST_DECIMALS
from bot.script.script import Path, Script, Wording
from bot.script.wording.amounts import Amount, amounts

_LANGUAGES = ("zh", "en")
_STRETCHES = {"month", "day", "hour", "minute"}


def check(script: Script) -> Iterator[Problem]:
    """Ranges and windows, and the time a question asks about. Where the languages disagree, numbers says so."""
    for index, question in enumerate(script.flow.questions):
        criteria = _known(script, question.criteria)
        if script.was_read(index):
            scale = _Scale(("questions", index, "ranges"), question.ranges, step(question.decimals))
            for criterion in criteria:
                yield from _ranges(script, scale, criterion)
                yield from _window(script, index, question, criterion)
            yield from _asked(script, index, question, criteria)
    for index, value in enumerate(script.flow.computed):
        scale = _Scale(("computed", index, "ranges"), value.ranges, step(value.decimals))
        for criterion in _known(script, value.criteria):
            yield from _ranges(script, scale, criterion)


def _known(script: Script, names: Sequence[str]) -> list[Criterion]:
    known = [script.flow.criterion_by_id.get(name) for name in names]
    return [criterion for criterion in known if criterion is not None]


@dataclass(frozen=True, slots=True)
class _Scale:
    """The ranges of a number or of a computed value, where they stand, and what lies between two numbers."""

    path: Path
    ranges: Sequence[Range]
    step: Limit


def _ranges(script: Script, scale: _Scale, criterion: Criterion) -> Iterator[Problem]:
    """Where the answer turns: the first and the last number that meet an inclusion or fail an exclusion."""

    def inclusive(amount: Amount) -> float:
        """The last number that still counts: "under 61" ends at 60."""
        assert isinstance(amount.value, float)
        beside = {"over": 1, "under": -1}.get(amount.bound, 0)
        return round(amount.value + beside * float(scale.step), MOST_DECIMALS)

    for limit, part in _turns(scale, lambda each: _is_inside(each, criterion)):
        for where, text in (("text", criterion.text), ("ending", criterion.ending or {})):
            if _all_lack(text, _plain, inclusive, float(limit)):
                path = (*scale.path, scale.ranges.index(part))
                yield _differs(script, path, criterion, where, limit)
                return
    yield from _margins(script, scale, criterion, inclusive)


def _margins(
    script: Script, scale: _Scale, criterion: Criterion, measure: Callable[[Amount], float]
) -> Iterator[Problem]:
    """What a person checks beside the limits is no matter of the protocol: a note on the criterion says how far."""
    for place, note in enumerate(script.flow.notes):
        for limit, part in _turns(scale, lambda each: _is_open(each, criterion)):
            if criterion.id in note.criteria and _all_lack(note.text, _plain, measure, float(limit)):
                path = (*scale.path, scale.ranges.index(part))
                line = script.line("notes", place, "text")
                yield script.problem("margin_differs", path, limit=str(limit), note=note.id, line=line)
                return


def _turns(scale: _Scale, inside: Callable[[Range], bool]) -> Iterator[tuple[Limit, Range]]:
    ranges = sorted(scale.ranges, key=lambda part: (part.low is not None, part.low or 0))
    if any(before.high is None or part.low != before.high + scale.step for before, part in pairwise(ranges)):
        return  # gaps and overlaps are another rule's
    for before, part in pairwise(ranges):
        sides = [inside(each) for each in (before, part)]
        if sides == [False, True] and part.low is not None:
            yield part.low, part
        elif sides == [True, False] and before.high is not None:
            yield before.high, before


def _is_inside(part: Range, criterion: Criterion) -> bool:
    """Whether the criterion speaks of these numbers: an inclusion of those that meet it, an exclusion of the others."""
    meaning = part.means.get(criterion.id)
    meets = meaning is not None and meaning.state is State.MEETS
    return meets if criterion.inclusion else not meets


def _is_open(part: Range, criterion: Criterion) -> bool:
    meaning = part.means.get(criterion.id)
    return meaning is not None and meaning.state is State.OPEN


def _window(script: Script, index: int, question: Question, criterion: Criterion) -> Iterator[Problem]:
    if question.window is not None:
        window = question.window
        size = (float(window.days), "day") if window.days else (float(window.months), "month")
        if _all_lack(criterion.text, _stretches, _size, size):
            path: Path = ("questions", index, "window")
            unit = next(unit for unit in DAYS if script.exists(*path, unit))
            written = window.days // DAYS[unit] if window.days else window.months
            yield _differs(script, (*path, unit), criterion, "text", written)


def _asked(
    script: Script, index: int, question: Question, criteria: Sequence[Criterion]
) -> Iterator[Problem]:
    """A question that asks about the past 12 months belongs to a criterion that says 12 months."""
    strange: list[Amount] = []
    for language in _LANGUAGES:
        sizes = {each.size for criterion in criteria for each in _stretches(criterion.text, language)}
        said = _stretches(question.ask, language)
        strange += [each for each in said if sizes and each.size not in sizes][:1]
    if len(strange) == len(_LANGUAGES):
        wording = Wording(("questions", index, "ask"), question.ask)
        words, line = strange[0].words, _line(script, criteria[0], "text")
        yield script.problem_in(
            "duration_differs",
            wording,
            _LANGUAGES[0],
            strange[0].start,
            len(words),
            word=words,
            criterion=criteria[0].id,
            line=line,
        )


def _all_lack(
    text: Text,
    read: Callable[[Text, str], Sequence[Amount]],
    measure: Callable[[Amount], object],
    wanted: object,
) -> bool:
    """Whether a text gives such numbers, but in no language the one that is wanted."""
    said = [measure(each) for language in _LANGUAGES for each in read(text, language)]
    return bool(said) and wanted not in said


def _size(amount: Amount) -> object:
    return amount.size


def _counted(text: Text, language: str) -> Iterator[Amount]:
    for each in amounts(text.get(language, ""), language):
        if isinstance(each.value, float) and not each.soft:
            yield each


def _plain(text: Text, language: str) -> Sequence[Amount]:
    """Numbers that may be limits: no stretches of time, except the years of an age."""
    found = _counted(text, language)
    return [each for each in found if each.unit == "year" or each.size[1] not in _STRETCHES]


def _stretches(text: Text, language: str) -> Sequence[Amount]:
    return [each for each in _counted(text, language) if each.size[1] in _STRETCHES]


def _differs(script: Script, path: Path, criterion: Criterion, where: str, limit: Limit) -> Problem:
    values = {"limit": str(limit), "criterion": criterion.id, "where": where}
    return script.problem("limit_differs", path, line=_line(script, criterion, where), **values)


def _line(script: Script, criterion: Criterion, where: str) -> int:
    return script.line("criteria", script.flow.criteria.index(criterion), where)
