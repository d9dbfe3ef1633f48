"""Answers, their stored form, and calendar months."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.core.answers import (
    Answer,
    Chosen,
    Number,
    Period,
    Skipped,
    add_months,
    chosen,
    from_value,
    month_period,
    number,
    to_value,
)
from bot.core.run import RecordedAnswer, effective
from bot.core.text import fill

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (Skipped(), "skip"),
        (chosen("unsure"), "unsure"),
        (chosen("current"), "current"),
        (chosen("cream", "laser"), ["cream", "laser"]),
        (number(35), 35),
        (Number(35, 36), {"min": 35, "max": 36}),
        (Period(DAY, DAY), "2026-03-05"),
        (month_period(2024, 2), "2024-02"),
        (Period(date(2025, 1, 1), date(2025, 12, 31)), "2025"),
        (Period(date(2025, 1, 1), date(2026, 12, 31)), {"start": "2025-01-01", "end": "2026-12-31"}),
        (Period(date(2025, 1, 2), date(2025, 1, 31)), {"start": "2025-01-02", "end": "2025-01-31"}),
        (Period(date(1950, 1, 1), date(2021, 12, 31)), {"start": "1950-01-01", "end": "2021-12-31"}),
    ],
)
def test_an_answer_has_one_stored_form(answer: Answer, value: Any) -> None:
    assert to_value(answer) == value
    assert from_value(value) == answer


def test_a_date_of_yaml_is_a_day() -> None:
    assert from_value(DAY) == Period(DAY, DAY)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        float("inf"),
        1e30,
        [],
        [1, 2],
        ["cream", 3],
        {},
        {"min": 1},
        {"min": "1", "max": "2"},
        datetime.now(UTC).time(),
    ],
)
def test_anything_else_is_not_an_answer(value: Any) -> None:
    with pytest.raises(ValueError, match="an answer is a code"):
        from_value(value)


@pytest.mark.parametrize(
    "value", ["2026-02-30", "2026-13", "0000-01-01", {"start": "x", "end": "2026-01-01"}]
)
def test_a_day_that_does_not_exist_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the calendar's own words
        from_value(value)


days = some.dates(date(1950, 1, 1), date(2090, 1, 1))
codes = some.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda code: code != "skip")
answers = some.one_of(
    some.just(Skipped()),
    some.lists(codes, min_size=1, max_size=5, unique=True).map(lambda found: Chosen(tuple(found))),
    some.tuples(some.integers(0, 999), some.integers(0, 9)).map(lambda n: Number(n[0], n[0] + n[1])),
    some.tuples(days, some.integers(0, 800)).map(lambda d: Period(d[0], d[0] + timedelta(days=d[1]))),
)


@given(answers)
def test_every_answer_comes_back_as_it_was(answer: Answer) -> None:
    assert from_value(json.loads(json.dumps(to_value(answer)))) == answer


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-06-15", 12, "2026-06-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-08-31", 1, "2025-09-30"),
        ("2025-12-01", 1, "2026-01-01"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-06-15", 0, "2026-06-15"),
    ],
)
def test_months_are_calendar_months(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(days, some.integers(0, 240))
def test_months_never_leave_the_month_they_lead_to(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_a_month_ends_on_its_last_day() -> None:
    assert month_period(2024, 2) == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert month_period(2025, 12) == Period(date(2025, 12, 1), date(2025, 12, 31))
    with pytest.raises(ValueError, match="month"):
        month_period(2025, 13)


def test_of_a_record_the_latest_answers_count_and_removed_ones_do_not() -> None:
    at = datetime(2026, 6, 15, tzinfo=UTC)

    def line(question: str, value: Any) -> RecordedAnswer:
        return RecordedAnswer(question, value, False, "zh", at)

    record = [line("age", 35), line("pregnant", "no"), line("breastfeeding", "no"), line("age", 36)]
    record += [line("pregnant", "na"), line("breastfeeding", None)]
    assert effective(record) == {"age": number(36), "pregnant": chosen("na")}
    assert effective([]) == {}


def test_words_are_filled_in_and_a_name_without_a_value_stays() -> None:
    assert fill("拨打{phone}，{by}前", {"phone": "0591-123"}) == "拨打0591-123，{by}前"
