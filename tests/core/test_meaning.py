"""What one answer says of the criteria its question decides."""

from datetime import date

import pytest

from bot.core.answers import Answer, Number, Period, Skipped, chosen, from_value, number
from bot.core.criteria import Fail, Lasting, State, worse
from bot.core.flow import Kind, Window
from bot.core.meaning import (
    Finding,
    contradicts_itself,
    erases,
    findings,
    flag_of,
    is_valid,
    worst,
)
from tests.core.small import YES_FAILS, asks, asks_age, asks_last

TODAY = date(2026, 6, 15)
AGE = asks_age()
LAST = asks_last()
PREGNANT = asks("pregnant", "E4", {"yes": "fails temporary", "no": "meets", "na": "na", "unsure": "open"})
TREATED = asks(
    "treated",
    "E10 I1",
    {
        "none": "meets",
        "cream": "E10:fails I1:meets",
        "herbs": "E10:open I1:meets",
        "laser": "fails",
        "pills": "next",
    },
    Kind.MULTI,
    exclusive=frozenset({"none"}),
)


def states(question, answer: Answer, today: date = TODAY) -> dict[str, str]:
    return {id: found.state.value for id, found in findings(question, answer, today).items()}


def fail_of(question, answer: Answer, today: date = TODAY) -> str:
    (found,) = findings(question, answer, today).values()
    return found.fail.value if found.fail else found.state.value


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (number(17), "temporary"),
        (number(18), "meets"),
        (number(59), "meets"),
        (number(60), "meets"),
        (number(61), "permanent"),
        (number(1), "temporary"),
        (number(120), "permanent"),
        (Number(35, 36), "meets"),
        (Number(59, 60), "meets"),  # both ranges meet
        (Number(17, 18), "open"),
        (Number(60, 61), "open"),
        (Number(10, 70), "open"),
        (Number(61, 62), "permanent"),
        (Skipped(), "open"),
        (chosen("yes"), "open"),  # a code its script no longer has
    ],
)
def test_a_number_means_what_its_range_says_and_one_that_straddles_is_open(
    answer: Answer, expected: str
) -> None:
    assert fail_of(AGE, answer) == expected


def test_a_number_without_any_range_is_open() -> None:
    assert fail_of(asks("weight", "E1", kind=Kind.NUMBER, valid=(1, 300)), number(60)) == "open"
    assert fail_of(asks("weight", "E1", kind=Kind.NUMBER, ranges=AGE.ranges[1:2]), number(99)) == "open"


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2025-06-15", "meets"),  # exactly 12 months
        ("2025-06-16", "2026-06-16"),  # a day short of it
        ("2025-06-14", "meets"),
        ("2025-05-15", "meets"),  # 13 months
        ("2025-07-15", "2026-07-15"),  # 11 months
        ("2026-06-15", "2027-06-15"),  # today
        ("2025-05", "meets"),  # the whole month lies far enough back
        ("2025-06", "open"),  # it may or may not
        ("2025-07", "2026-07-31"),  # none of it does; the last day counts
        ("2026-06", "2027-06-30"),
        ("2024", "meets"),
        ("2025", "open"),
        ("2026", "2027-12-31"),
        ({"start": "1950-01-01", "end": "2021-12-31"}, "meets"),
        ({"start": "2025-06-01", "end": "2025-06-15"}, "meets"),
        ({"start": "2025-06-15", "end": "2025-06-16"}, "open"),
        ({"start": "2025-06-16", "end": "2025-06-20"}, "2026-06-20"),
        ("current", "temporary"),
        ("skip", "open"),
        ("unsure", "open"),
    ],
)
def test_a_window_counts_calendar_months_on_days(last: object, expected: str) -> None:
    assert fail_of(LAST, from_value(last)) == expected


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        ("2024-02-29", "2025-02-27", "2025-02-28"),
        ("2024-02-29", "2025-02-28", "meets"),
        ("2023-02-28", "2024-02-28", "meets"),
        ("2025-02-28", "2026-02-27", "2026-02-28"),
        ("2024-02", "2025-02-28", "meets"),  # the leap day counts as the 28th
        ("2025-01-31", "2026-01-30", "2026-01-31"),
        ("2025-12", "2026-12-30", "open"),
        ("2025-12", "2026-12-31", "meets"),
        ("2025-12-31", "2026-12-31", "meets"),
        ("2026-01-01", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_window_knows_leap_days_and_the_ends_of_months_and_years(
    last: str, today: str, expected: str
) -> None:
    assert fail_of(LAST, from_value(last), date.fromisoformat(today)) == expected


def test_a_month_may_end_a_leap_year() -> None:
    until = findings(asks_last(months=1), from_value("2024-01-30"), date(2024, 2, 28))["E5"].fail
    assert until == Fail(Lasting.TEMPORARY, date(2024, 2, 29))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2026-04-20", "meets"),  # exactly 56 days
        ("2026-04-21", "2026-06-16"),
        ("2026-04", "open"),
        ("2026-03", "meets"),
        ("2026-05", "2026-07-26"),
    ],
)
def test_a_window_may_count_days(last: str, expected: str) -> None:
    donated = asks("donated", "E5", kind=Kind.DATE, window=Window(0, Lasting.TEMPORARY, days=56))
    assert fail_of(donated, from_value(last)) == expected


def test_a_date_without_a_window_is_open() -> None:
    assert fail_of(asks("since", "E1", kind=Kind.DATE), from_value("2025-06")) == "open"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("yes", "temporary"), ("no", "meets"), ("na", "na"), ("unsure", "open"), ("gone", "open")],
)
def test_an_option_means_what_the_script_says(code: str, expected: str) -> None:
    assert fail_of(PREGNANT, chosen(code)) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("none",), {"E10": "meets", "I1": "meets"}),
        (("cream",), {"E10": "fails", "I1": "meets"}),
        (("cream", "herbs"), {"E10": "fails", "I1": "meets"}),
        (("herbs", "laser"), {"E10": "fails", "I1": "fails"}),
        (("pills",), {}),  # only opens a follow-up
        (("herbs", "pills"), {"E10": "open", "I1": "meets"}),
        (("none", "cream"), {"E10": "open", "I1": "open"}),  # X1 wins over the worst part
        (("cream", "gone"), {"E10": "open", "I1": "open"}),
    ],
)
def test_of_several_options_the_worst_part_counts(codes: tuple[str, ...], expected: dict[str, str]) -> None:
    assert states(TREATED, chosen(*codes)) == expected


def test_an_exclusive_option_with_another_contradicts_itself() -> None:
    assert contradicts_itself(TREATED, chosen("none", "cream"))
    assert not contradicts_itself(TREATED, chosen("none"))
    assert not contradicts_itself(TREATED, chosen("cream", "herbs"))
    assert not contradicts_itself(TREATED, Skipped())


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("fails open meets", "fails"),
        ("meets open", "open"),
        ("not_asked meets", "not_asked"),
        ("not_asked open", "open"),
        ("meets na", "meets"),
        ("na", "na"),
        ("clinician na", "na"),
    ],
)
def test_a_criterion_takes_its_worst_part(states: str, expected: str) -> None:
    found = [Finding(State(state)) for state in states.split()]
    assert worst(found).state is State(expected)
    assert worst(found[::-1]).state is State(expected)


FOREVER = Fail(Lasting.PERMANENT)
UNDATED = Fail(Lasting.TEMPORARY)
SOON, LATER = (Fail(Lasting.TEMPORARY, date(2026, month, 1)) for month in (7, 9))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FOREVER, UNDATED, FOREVER),
        (UNDATED, LATER, UNDATED),
        (SOON, LATER, LATER),
        (FOREVER, LATER, FOREVER),
        (SOON, SOON, SOON),
    ],
)
def test_of_two_fails_the_one_that_holds_longer_counts(first: Fail, second: Fail, expected: Fail) -> None:
    assert worse(first, second) == worse(second, first) == expected
    assert worst([Finding(State.FAILS, first), Finding(State.FAILS, second)]).fail == expected


def test_a_fail_is_named_by_its_day_where_it_has_one() -> None:
    assert [fail.value for fail in (FOREVER, UNDATED, SOON)] == ["permanent", "temporary", "2026-07-01"]


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        (AGE, 1, True),
        (AGE, 120, True),
        (AGE, 0, False),
        (AGE, 121, False),
        (AGE, 1990, False),
        (AGE, {"min": 35, "max": 36}, True),
        (AGE, {"min": 36, "max": 35}, False),
        (AGE, "skip", True),
        (AGE, "2026-01-01", False),
        (PREGNANT, 5, False),
        (PREGNANT, "yes", True),
        (PREGNANT, "maybe", False),
        (PREGNANT, ["yes", "no"], False),  # one of them
        (TREATED, ["cream", "laser"], True),
        (TREATED, ["cream", "cream"], False),
        (TREATED, ["none", "cream"], True),  # asked once more (X1)
        (LAST, "2026-06-15", True),
        (LAST, "2026-06-16", False),  # tomorrow (X3)
        (LAST, "2026-06", True),  # this month, not over yet
        (LAST, "2026-07", False),
        (LAST, "1950-01-01", True),
        (LAST, "1949-12-31", False),
        (LAST, {"start": "2026-05-02", "end": "2026-05-01"}, False),
        (LAST, "current", True),
        (LAST, 2025, False),
        (asks("weight", kind=Kind.NUMBER), 60, False),
    ],
)
def test_a_question_takes_only_its_own_kind_of_answer(question, value: object, expected: bool) -> None:
    assert is_valid(question, from_value(value), TODAY) is expected


def test_only_a_minors_age_erases() -> None:
    assert erases(AGE, number(17))
    assert erases(AGE, Number(16, 17))
    assert not erases(AGE, number(18))
    assert not erases(AGE, Number(17, 18))  # it may be a grown-up
    assert not erases(AGE, Skipped())
    assert not erases(asks("weight", kind=Kind.NUMBER), number(17))


def test_a_number_near_the_limit_is_flagged() -> None:
    assert flag_of(AGE, number(60)) == "near_limit"
    assert flag_of(AGE, Number(59, 60)) == "near_limit"
    assert flag_of(AGE, number(59)) is None
    assert flag_of(AGE, Skipped()) is None


def test_every_criterion_of_a_question_is_open_when_it_is_skipped() -> None:
    assert states(TREATED, Skipped()) == {"E10": "open", "I1": "open"}
    assert states(asks("a", "E1", YES_FAILS), Period(TODAY, TODAY)) == {"E1": "open"}
