"""The ranges of a number cover every valid number once, those of a computed value every value that can come out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bot.core.answers import Amount, Number
from bot.core.computed import FORMULAS, value_of
from bot.core.flow import Computed, Range, step
from bot.script.problems import Problem
from bot.script.script import Path, Script


@dataclass(frozen=True, slots=True)
class _Scale:
    """The numbers that ranges have to cover, and what is said where they do not."""

    low: Amount
    high: Amount
    step: Amount
    outside: str = "range_outside"
    gap: str = "range_gap"


def check(script: Script) -> Iterator[Problem]:
    """Gaps, overlaps, ranges that run backwards or lie outside `valid`."""
    for index, question in enumerate(script.flow.questions):
        if question.valid is None:
            continue
        low, high = question.valid
        path: Path = ("questions", index)
        if low > high:
            yield script.problem("range_reversed", (*path, "valid"), low=str(low), high=str(high))
        elif question.ranges:
            scale = _Scale(low, high, step(question.decimals))
            yield from _cover(script, (*path, "ranges"), question.ranges, scale, (*path, "valid"))
    for index, value in enumerate(script.flow.computed):
        path = ("computed", index, "ranges")
        if value.ranges and (scale_of := _possible(script, value)):
            yield from _cover(script, path, value.ranges, scale_of, path)


def span(low: Amount | None, high: Amount | None) -> str:
    """Numbers as people write them: 18–60, ≥18, ≤17, 60."""
    if low is None or high is None:
        return f"≥{low}" if high is None else f"≤{high}"
    return str(low) if low == high else f"{low}–{high}"


def _possible(script: Script, value: Computed) -> _Scale | None:
    """The values that can come out; None while what it is worked out from is not right."""
    if not value.formula or set(value.takes) != set(FORMULAS[value.formula].units):
        return None
    numbers: dict[str, Number] = {}
    for name in value.takes.values():
        question = script.flow.question_by_id.get(name)
        if question is None or question.valid is None or not 0 < question.valid[0] <= question.valid[1]:
            return None
        numbers[name] = Number(*question.valid)
    low, high = value_of(value, numbers)
    unit = step(value.decimals)
    ends = floor(low / Fraction(unit)) * unit, ceil(high / Fraction(unit)) * unit
    return _Scale(*ends, unit, "value_outside", "value_gap")


def _cover(
    script: Script, at: Path, ranges: Sequence[Range], scale: _Scale, whole: Path
) -> Iterator[Problem]:
    low, high = scale.low, scale.high
    parts: list[tuple[Amount, Amount, int]] = []
    for place, part in enumerate(ranges):
        path = (*at, place)
        start = low if part.low is None else part.low
        end = high if part.high is None else part.high
        if part.low is not None and part.high is not None and part.low > part.high:
            yield script.problem("range_reversed", path, low=str(part.low), high=str(part.high))
            return
        elif start > high or end < low:
            yield script.problem(scale.outside, path, low=str(low), high=str(high))
        else:
            parts.append((max(start, low), min(end, high), place))
    expected, before = low, 0
    for start, end, place in sorted(parts):
        path = (*at, place)
        if start > expected:
            yield script.problem(scale.gap, path, span=span(expected, start - scale.step))
        elif start < expected:
            line = script.line(*at, before)
            covered = span(start, min(end, expected - scale.step))
            yield script.problem("range_overlap", path, span=covered, line=line)
        if end >= expected:
            expected, before = end + scale.step, place
    if expected <= high:
        yield script.problem(scale.gap, whole, span=span(expected, high))
