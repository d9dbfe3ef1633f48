"""The ranges of a number cover every valid number once."""

from collections.abc import Iterator

from bot.core.flow import Question
from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """Gaps, overlaps, ranges that run backwards or lie outside `valid`."""
    for index, question in enumerate(script.flow.questions):
        if question.valid is None:
            continue
        low, high = question.valid
        if low > high:
            yield script.problem("range_reversed", ("questions", index, "valid"), low=low, high=high)
        elif question.ranges:
            yield from _cover(script, index, question, low, high)


def span(low: int | None, high: int | None) -> str:
    """Numbers as people write them: 18–60, ≥18, ≤17, 60."""
    if low is None or high is None:
        return f"≥{low}" if high is None else f"≤{high}"
    return str(low) if low == high else f"{low}–{high}"


def _cover(script: Script, index: int, question: Question, low: int, high: int) -> Iterator[Problem]:
    parts: list[tuple[int, int, int]] = []
    for place, part in enumerate(question.ranges):
        path = ("questions", index, "ranges", place)
        start = low if part.low is None else part.low
        end = high if part.high is None else part.high
        if part.low is not None and part.high is not None and part.low > part.high:
            yield script.problem("range_reversed", path, low=part.low, high=part.high)
            return
        elif start > high or end < low:
            yield script.problem("range_outside", path, low=low, high=high)
        else:
            parts.append((max(start, low), min(end, high), place))
    expected, before = low, 0
    for start, end, place in sorted(parts):
        path = ("questions", index, "ranges", place)
        if start > expected:
            yield script.problem("range_gap", path, span=span(expected, start - 1))
        elif start < expected:
            line = script.line("questions", index, "ranges", before)
            yield script.problem("range_overlap", path, span=span(start, min(end, expected - 1)), line=line)
        if end >= expected:
            expected, before = end + 1, place
    if expected <= high:
        yield script.problem("range_gap", ("questions", index, "valid"), span=span(expected, high))
