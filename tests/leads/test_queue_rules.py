"""Rank, working hours, due times, site facts and codes: the queue's rules."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.core.criteria import Criterion, SettledBy
from bot.core.flow import Flow
from bot.core.screening import Verdict
from bot.leads.hours import BadHours, Hours, is_working_day, read_hours
from bot.leads.lead import ALPHABET, Request, new_code, rank
from bot.leads.site import FACTS, BadFact, Site, check_fact
from tests.core.small import flow, words

FUZHOU = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
HOURS = read_hours("08:00-12:00 14:30-17:30", FUZHOU)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=FUZHOU)


# rank


def judged_by(*often_fail: str) -> Flow:
    def criterion(id: str) -> Criterion:
        return Criterion(
            id, False, words(id), SettledBy.QUESTIONS, words("reason"), often_fails=id in often_fail
        )

    return Flow(**{**vars(flow()), "criteria": tuple(map(criterion, ("I2", "E3", "E10", "E11")))})


def test_likely_matches_come_first_then_those_with_little_left_open() -> None:
    trial = judged_by("E10", "E11")
    cases = [
        (Verdict.LIKELY_MATCH, ()),
        (Verdict.NEEDS_REVIEW, ("I2",)),
        (Verdict.NEEDS_REVIEW, ("I2", "E3")),
        (Verdict.NEEDS_REVIEW, ("I2", "E3", "E10")),
        (Verdict.NEEDS_REVIEW, ("I2", "E3", "E10", "E11")),
        (Verdict.NOT_MATCH, ()),
    ]
    ranks = [rank(trial, verdict, open_) for verdict, open_ in cases]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_an_open_item_that_often_fails_weighs_double() -> None:
    trial = judged_by("E10")
    assert rank(trial, Verdict.NEEDS_REVIEW, ["E10"]) == rank(trial, Verdict.NEEDS_REVIEW, ["I2", "E3"])
    assert rank(trial, Verdict.NEEDS_REVIEW, ["E10"]) > rank(trial, Verdict.NEEDS_REVIEW, ["I2"])


# hours and due times


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-06-15 10:00", "2026-06-16 17:30"),  # Monday: by the close of Tuesday
        ("2026-06-15 17:30", "2026-06-16 17:30"),  # at closing time
        ("2026-06-15 17:31", "2026-06-17 17:30"),  # after closing it counts as Tuesday's
        ("2026-06-15 23:59", "2026-06-17 17:30"),
        ("2026-06-16 00:30", "2026-06-17 17:30"),  # before opening it is that day's
        ("2026-06-15 13:00", "2026-06-16 17:30"),  # the lunch break
        ("2026-06-12 10:00", "2026-06-15 17:30"),  # Friday: Monday
        ("2026-06-12 18:00", "2026-06-16 17:30"),  # Friday evening counts as Monday
        ("2026-06-13 10:00", "2026-06-16 17:30"),  # Saturday
        ("2026-06-14 23:00", "2026-06-16 17:30"),  # Sunday
        # National Day 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked
        ("2026-09-30 10:00", "2026-10-08 17:30"),
        ("2026-09-30 18:00", "2026-10-09 17:30"),
        ("2026-10-03 12:00", "2026-10-09 17:30"),
        ("2026-10-09 10:00", "2026-10-10 17:30"),
        ("2026-10-10 10:00", "2026-10-12 17:30"),
        ("2026-09-18 10:00", "2026-09-20 17:30"),
        # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 February worked
        ("2026-02-13 10:00", "2026-02-14 17:30"),
        ("2026-02-14 10:00", "2026-02-24 17:30"),
        ("2026-12-31 10:00", "2027-01-01 17:30"),  # 2027 is not announced yet: weekdays count
    ],
)
def test_a_lead_is_due_by_the_close_of_the_next_working_day(since: str, due: str) -> None:
    assert HOURS.due(local(since)) == local(due)


def test_due_times_are_of_the_site_wherever_the_clock_stands() -> None:
    morning = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)  # 10:00 in Fuzhou
    assert HOURS.due(morning) == local("2026-06-16 17:30")
    assert HOURS.due(morning.astimezone(ZoneInfo("America/New_York"))) == local("2026-06-16 17:30")
    evening = datetime(2026, 6, 15, 16, 30, tzinfo=UTC)  # 00:30 of the 16th in Fuzhou
    assert HOURS.due(evening) == local("2026-06-17 17:30")


def test_several_working_days_skip_what_is_off() -> None:
    assert HOURS.due(local("2026-06-12 10:00"), 3) == local("2026-06-17 17:30")
    assert HOURS.due(local("2026-09-30 10:00"), 2) == local("2026-10-09 17:30")
    assert HOURS.due(local("2026-06-15 10:00"), 0) == local("2026-06-15 17:30")


def test_another_calendar_can_be_used() -> None:
    every_day = Hours(FUZHOU, HOURS.spans, works_on=lambda day: True)
    assert every_day.due(local("2026-06-13 10:00")) == local("2026-06-14 17:30")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-06-15", True),
        ("2026-06-13", False),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # a Saturday, to make up
        ("2026-02-14", True),
        ("2026-02-17", False),  # the first day of the year of the horse
        ("2026-01-01", False),
        ("2090-01-02", True),  # not announced: a Monday
        ("2090-01-01", False),  # a Sunday
        ("1990-01-01", True),
    ],
)
def test_working_days_follow_the_chinese_calendar(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:00-12:00 14:30-17:30", [(time(8), time(12)), (time(14, 30), time(17, 30))]),
        ("00:00-23:59", [(time(0), time(23, 59))]),
        (" 09:00-12:00   12:00-13:00 ", [(time(9), time(12)), (time(12), time(13))]),
    ],
)
def test_it_reads_working_hours(text: str, spans: list[tuple[time, time]]) -> None:
    assert list(read_hours(text, LONDON).spans) == spans


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "8-12",
        "08:00",
        "08:00-24:00",
        "12:00-08:00",
        "08:00-08:00",
        "08:00-12:00 11:00-13:00",
        "08:00-12:00,14:00-18:00",
        "08:60-09:00",
        "14:00-18:00 08:00-12:00",
    ],
)
def test_other_hours_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        read_hours(text, FUZHOU)


@given(some.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)), some.integers(1, 9))  # noqa: DTZ001
def test_a_due_time_is_always_later_and_at_the_close_of_a_working_day(since: datetime, days: int) -> None:
    due = HOURS.due(since.replace(tzinfo=FUZHOU), days)
    assert due > since.replace(tzinfo=FUZHOU)
    assert due.time() == time(17, 30)
    assert is_working_day(due.date())


# site facts

GOOD = {
    "recruiting": ["yes", "no"],
    "status_checked_on": ["", "2026-06-15"],
    "ended_on": ["", "2026-06-14"],
    "phone": ["0591-83333333", "+86 591 83333333", "(0591) 83333333"],
    "ae_phone": ["13800138000"],
    "ethics_phone": ["0591-1"],
    "delete_days": ["0", "30", "9999"],
    "stop_days": ["7"],
    "keep_days": ["180"],
    "hours": ["08:00-12:00 14:30-17:30"],
    "first_contact_days": ["1", "9"],
    "alert_chat": ["", "-1001234567890", "42"],
    "claim_minutes": ["5", "30", "999"],
    "tries_per_day": ["1", "9"],
    "quiet": ["09:00-20:00", "08:30-21:00"],
    "follow_up_days": ["1", "9"],
    "days_off": ["", "2026-12-24", "2026-12-24 2026-12-25"],
    "days_worked": ["", "2026-06-20"],
    "second_person": ["", "Mei", "梅老师"],
    "escalate_hours": ["1", "9"],
    "urgent_minutes": ["5", "15"],
    "weekly_cap": ["", "1", "9999"],
    "places": ["", "60"],
    "visit_place_zh": ["", "门诊三楼", "楼" * 100],
    "visit_place_en": ["", "Third floor"],
}
TODAY = date(2026, 6, 15)
BAD = {
    "recruiting": ["", "maybe", "YES", "是"],
    "status_checked_on": ["today", "2026-02-30", "2026-6-15", "15.6.2026", "2026-06-16"],
    "ended_on": ["yesterday", "2026-02-30", "2026-06-16", "२०२६-०६-१५"],
    "phone": ["", "12", "120", "(+) - (+) -", "call us", "138<script>", "电话"],
    "quiet": ["", "9-20", "20:00-09:00", "09:00-12:00 13:00-20:00", "09:00"],
    "follow_up_days": ["0", "10"],
    "days_off": ["tomorrow", "2026-02-30", "2026-12-24, 2026-12-25", " ".join(["2026-12-24"] * 41)],
    "days_worked": ["Saturday"],
    "second_person": [" ", " Mei", "x" * 51],
    "escalate_hours": ["0", "48"],
    "urgent_minutes": ["0", "4"],
    "ae_phone": ["x"],
    "ethics_phone": ["1" * 41],
    "delete_days": ["", "-1", "30 days", "10000", "三十"],
    "stop_days": ["1.5"],
    "keep_days": ["forever"],
    "hours": ["", "8-12", "12:00-08:00"],
    "first_contact_days": ["0", "10"],
    "alert_chat": ["@group", "https://t.me/x", "-١٠٠"],
    "claim_minutes": ["", "4", "0", "1000", "half an hour"],
    "tries_per_day": ["0", "10", "x"],
    "weekly_cap": ["0", "-1", "10000", "ten"],
    "places": ["0", "1.5"],
    "visit_place_zh": ["楼" * 101],
    "visit_place_en": ["a\nb", "a\x00b"],
    "no_such_fact": ["1"],
}


def test_every_fact_has_good_and_bad_examples() -> None:
    assert set(GOOD) == set(FACTS)
    assert set(BAD) >= set(FACTS)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in GOOD for value in GOOD[name]])
def test_a_fact_takes_a_value_that_fits(name: str, value: str) -> None:
    check_fact(name, value, FUZHOU, TODAY)
    assert Site({name: value}, FUZHOU)[name] == (value or FACTS[name].default)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_a_fact_refuses_any_other_value(name: str, value: str) -> None:
    with pytest.raises(BadFact) as caught:
        check_fact(name, value, FUZHOU, TODAY)
    assert (caught.value.name, caught.value.value) == (name, value)


PHONES = {"phone": "0591-1", "ae_phone": "0591-2", "ethics_phone": "0591-3"}


def test_what_only_the_site_can_say_is_missing_until_it_is_set() -> None:
    assert Site({}, FUZHOU).missing == ("phone", "ae_phone", "ethics_phone")
    assert Site(PHONES, FUZHOU).missing == ()


@pytest.mark.parametrize(
    ("facts", "recruits"),
    [
        ({"recruiting": "yes", "status_checked_on": "2026-06-15"}, True),
        ({"recruiting": "yes", "status_checked_on": "2026-03-17"}, True),  # 90 days ago
        ({"recruiting": "yes", "status_checked_on": "2026-03-16"}, False),  # no longer believed
        ({"recruiting": "yes", "status_checked_on": ""}, False),
        ({"recruiting": "yes"}, False),
        ({"recruiting": "no", "status_checked_on": "2026-06-15"}, False),
        ({"status_checked_on": "2026-06-15"}, False),
        ({"recruiting": "yes", "status_checked_on": "2026-06-15", "ae_phone": ""}, False),
    ],
)
def test_a_study_recruits_only_when_it_was_confirmed_lately(facts: dict[str, str], recruits: bool) -> None:
    assert Site({**PHONES, **facts}, FUZHOU).recruits(date(2026, 6, 15)) is recruits


def test_saying_no_is_not_saying_nothing() -> None:
    assert Site({"recruiting": "no"}, FUZHOU).stopped
    assert not Site({"recruiting": "yes"}, FUZHOU).stopped
    assert not Site({}, FUZHOU).stopped


def test_facts_have_defaults() -> None:
    site = Site({"stop_days": "3"}, FUZHOU)
    assert (site.days("stop_days").days, site.days("delete_days").days) == (3, 30)
    assert (site.hours.spans, site.hours.zone) == (HOURS.spans, FUZHOU)
    assert set(site.all()) == set(FACTS)
    assert site["recruiting"] == "no"


# codes


def test_a_code_can_be_read_out_over_the_phone() -> None:
    assert not set(ALPHABET) & set("0O1IL5S2Z")
    codes = {new_code("L") for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        prefix, first, second = code.split("-")
        assert (prefix, len(first), len(second)) == ("L", 4, 4)
        assert set(first + second) <= set(ALPHABET)


@pytest.mark.parametrize("kind", ["unwell", "human", "check"])
def test_only_somebody_unwell_is_urgent(kind: str) -> None:
    at = datetime(2026, 6, 15, tzinfo=UTC)
    request = Request("R-1", kind, "small", False, "zh", "web", "new", at, at)
    assert request.urgent is (kind == "unwell")


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({}, None),
        ({"ended_on": "2026-06-15", "keep_days": "30"}, date(2026, 7, 15)),
        # Nobody has confirmed for 90 days that it goes on: it ended then.
        ({"status_checked_on": "2026-03-17", "keep_days": "30"}, date(2026, 7, 15)),
        ({"status_checked_on": "2026-03-17", "ended_on": "2026-04-01", "keep_days": "30"}, date(2026, 5, 1)),
    ],
)
def test_leads_go_some_days_after_recruiting_ended(facts: dict[str, str], day: date | None) -> None:
    """R-11."""
    assert Site(facts, FUZHOU).leads_go() == day


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-06-15 08:59", "2026-06-15 09:00"),
        ("2026-06-15 09:00", "2026-06-15 09:00"),
        ("2026-06-15 19:59", "2026-06-15 19:59"),
        ("2026-06-15 20:00", "2026-06-16 09:00"),
        ("2026-06-20 23:59", "2026-06-21 09:00"),  # a Sunday is a day like any other
    ],
)
def test_nobody_is_written_to_in_the_quiet_hours(now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=FUZHOU)
    assert Site({}, FUZHOU).waking.next_open(at) == datetime.fromisoformat(opens).replace(tzinfo=FUZHOU)


def test_between_two_spans_it_opens_with_the_second() -> None:
    at = datetime(2026, 6, 15, 13, tzinfo=FUZHOU)
    assert Site({"quiet": "09:00-12:00 14:00-20:00"}, FUZHOU).waking.next_open(at) == at.replace(hour=14)
