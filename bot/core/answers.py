"""What a person can answer: a choice, a number, a period of time, or nothing."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

SKIP = "skip"
UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One or several option codes, in the script's order."""

    codes: tuple[str, ...]


#: A number somebody says: whole, or with the decimals that were written.
Amount = int | Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or the interval it is known to lie in (both ends included)."""

    low: Amount
    high: Amount


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


def number(value: Amount) -> Number:
    """An exact number."""
    return Number(amount(value), amount(value))


def amount(value: Amount | float | str) -> Amount:
    """The number as it was written, 65.5 exactly; one without decimals is an int. ValueError when it is none."""
    if isinstance(value, int):
        return value
    exact = Decimal(str(value)) if _DECIMAL.fullmatch(str(value)) else None
    if exact is None:
        raise ValueError("an answer is a code, or a number such as 36 or 65.5")
    return int(exact) if exact == int(exact) else exact.normalize()


def chosen(*codes: str) -> Chosen:
    """A choice by code."""
    return Chosen(codes)


_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")


def to_value(answer: Answer) -> Any:
    """The stored and documented form: a number, code, list of codes, `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, `skip`.

    Intervals that are none of these are `{"min", "max"}` and `{"start", "end"}`.
    """
    match answer:
        case Skipped():
            return SKIP
        case Chosen(codes):
            return codes[0] if len(codes) == 1 else list(codes)
        case Number(low, high):
            return _plain(low) if low == high else {"min": _plain(low), "max": _plain(high)}
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


def _plain(value: Amount) -> int | float:
    """As JSON has it; a float keeps the few decimals of an answer to the digit."""
    return value if isinstance(value, int) else float(value)


def from_value(value: Any) -> Answer:
    """The answer behind its stored form; ValueError says what was expected."""
    match value:
        case "skip":
            return Skipped()
        case bool():
            raise ValueError("an answer is a code in quotes, a number, a date or a list of codes")
        case int() | float():
            return number(amount(value))
        case {"min": int() | float() as low, "max": int() | float() as high}:
            return Number(amount(low), amount(high))
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
