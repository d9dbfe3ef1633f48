"""What a person can answer: a choice, a number, a period of time, or nothing."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

SKIP = "skip"
UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One or several option codes, in the script's order."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, or the interval it is known to lie in (both ends included)."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or any span of days (both ends included) in which something happened."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Skipped:
    """The person preferred not to answer."""


Answer = Chosen | Number | Period | Skipped


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later; a day that does not exist becomes the month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_period(year: int, month: int) -> Period:
    """The whole of a calendar month; ValueError when there is none such."""
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def number(value: int) -> Number:
    """An exact number."""
    return Number(value, value)


def chosen(*codes: str) -> Chosen:
    """A choice by code."""
    return Chosen(codes)


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")


def to_value(answer: Answer) -> Any:
    """The stored and documented form: int, code, list of codes, `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, `skip`.

    Intervals that are none of these are `{"min", "max"}` and `{"start", "end"}`.
    """
    match answer:
        case Skipped():
            return SKIP
        case Chosen(codes):
            return codes[0] if len(codes) == 1 else list(codes)
        case Number(low, high):
            return low if low == high else {"min": low, "max": high}
        case Period(start, end):
            if start == end:
                return start.isoformat()
            if start.day == 1 and end == month_period(start.year, start.month).end:
                return f"{start:%Y-%m}"
            if (start.month, start.day, end.month, end.day, start.year) == (1, 1, 12, 31, end.year):
                return f"{start:%Y}"
            return {"start": start.isoformat(), "end": end.isoformat()}
        case _:
            assert_never(answer)


def from_value(value: Any) -> Answer:
    """The answer behind its stored form; ValueError says what was expected."""
    match value:
        case "skip":
            return Skipped()
        case bool():
            raise ValueError("an answer is a code in quotes, a number, a date or a list of codes")
        case int():
            return number(value)
        case {"min": int(low), "max": int(high)}:
            return Number(low, high)
        case {"start": str(start), "end": str(end)}:
            return Period(date.fromisoformat(start), date.fromisoformat(end))
        case date():
            return Period(value, value)
        case str():
            if found := _DAY.fullmatch(value):
                day = date(*map(int, found.groups()))
                return Period(day, day)
            if found := _MONTH.fullmatch(value):
                return month_period(int(found[1]), int(found[2]))
            if found := _YEAR.fullmatch(value):
                year = int(found[1])
                return Period(date(year, 1, 1), date(year, 12, 31))
            return Chosen((value,))
        case list() | tuple():
            if value and all(isinstance(code, str) for code in value):
                return Chosen(tuple(value))
    raise ValueError("an answer is a code, a number, a date or a list of codes")
