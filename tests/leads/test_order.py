"""The order of the queue, when something is due, and what a note is found by."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.leads.due import after_step, first_contact
from bot.leads.queue import (
    Lane,
    changes_at,
    lane,
    late_from,
    place,
    place_of,
    ready_at,
    still_open,
    what_next,
)
from bot.leads.search import asked_for, is_in, tokens
from bot.leads.site import Site

FUZHOU = ZoneInfo("Asia/Shanghai")
SITE = Site({}, FUZHOU)
HOURS = SITE.hours


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=FUZHOU)


# what is next, and when


@pytest.mark.parametrize(
    ("status", "last", "tries", "call_time", "next"),
    [
        ("new", None, 0, "any", "first_call"),
        ("new", None, 0, "weekend", "first_call_weekend"),
        ("contacting", "no_answer", 1, "any", "try_again"),
        ("contacting", "message_left", 3, "any", "give_up"),
        ("contacting", "call_back", 3, "any", "call_back"),
        ("reached", "reached", 1, "any", "settle"),
        ("considering", "call_back", 1, "any", "call_back"),
        ("considering", None, 1, "any", "follow_up"),
        ("visit_booked", "no_answer", 1, "any", "visit"),
        ("enrolled", None, 1, "any", ""),
    ],
)
def test_what_is_to_be_done_next(
    status: str, last: str | None, tries: int, call_time: str, next: str
) -> None:
    assert what_next(status, last, tries, call_time) == next


NOON = local("2026-06-15 12:00")  # a Monday


@pytest.mark.parametrize(
    ("next", "due", "visit", "expected"),
    [
        ("first_call", "2026-06-16 17:30", None, Lane.NOW),
        ("first_call", "2026-06-15 12:00", None, Lane.LATE),
        ("try_again", "2026-06-16 17:30", None, Lane.LATER),  # tomorrow's, from its opening on
        ("try_again", "2026-06-15 17:30", None, Lane.NOW),
        ("call_back", "2026-06-15 15:00", None, Lane.LATER),
        ("call_back", "2026-06-15 11:59", None, Lane.LATE),
        ("first_call_weekend", "2026-06-21 20:00", None, Lane.LATER),
        ("visit", "2026-06-15 17:30", "2026-06-15 14:30", Lane.LATER),
        ("visit", "2026-06-15 17:30", "2026-06-15 09:30", Lane.NOW),
        ("give_up", "2026-06-29 10:00", None, Lane.LATER),
    ],
)
def test_a_lead_stands_in_the_lane_of_its_hour(
    next: str, due: str, visit: str | None, expected: Lane
) -> None:
    assert lane(HOURS, next, local(due), NOON, local(visit) if visit else None) is expected


@given(
    next=some.sampled_from(
        ["first_call", "first_call_weekend", "try_again", "call_back", "visit", "give_up"]
    ),
    ahead=some.integers(1, 20_000),
)
def test_a_lane_changes_by_itself_exactly_when_it_says(next: str, ahead: int) -> None:
    due = NOON + timedelta(minutes=ahead)
    now, seen = NOON, [lane(HOURS, next, due, NOON)]
    while seen[-1] is not Lane.LATE:
        then = changes_at(HOURS, next, due, now)
        assert then > now
        assert lane(HOURS, next, due, then - timedelta(seconds=1)) is seen[-1]
        now = then
        seen.append(lane(HOURS, next, due, now))
    assert seen in ([Lane.NOW, Lane.LATE], [Lane.LATER, Lane.NOW, Lane.LATE], [Lane.LATER, Lane.LATE])


def test_who_may_be_given_up_comes_after_whoever_can_be_reached_and_is_late_after_a_working_day() -> None:
    due, hour = NOON, timedelta(hours=1)
    assert lane(HOURS, "give_up", due, NOON - hour) is Lane.LATER
    assert lane(HOURS, "give_up", due, NOON) is Lane.NOW
    assert late_from(HOURS, "give_up", due) == local("2026-06-16 17:30")
    assert lane(HOURS, "give_up", due, local("2026-06-16 17:30")) is Lane.LATE
    assert place_of(Lane.NOW, "give_up", 0, NOON, due) > place_of(
        Lane.NOW, "first_call", 40, NOON + hour, due
    )


def test_places_ascend_by_lane_then_rank_then_age() -> None:
    hour = timedelta(hours=1)
    right = [
        place(Lane.URGENT, 0, NOON),
        place_of(Lane.LATE, "call_back", 40, NOON, NOON),  # agreed for an hour: before all else that is late
        place_of(Lane.LATE, "first_call", 0, NOON, NOON),
        place_of(Lane.NOW, "first_call", 0, NOON, NOON),
        place_of(Lane.NOW, "first_call", 0, NOON + hour, NOON),
        place_of(Lane.NOW, "first_call", 3, NOON, NOON),
        place_of(Lane.NOW, "first_call", 5000, NOON, NOON),
        place_of(Lane.LATER, "try_again", 0, NOON, NOON + hour),
        place_of(Lane.LATER, "visit", 0, NOON, NOON + 2 * hour),
    ]
    assert right == sorted(right)
    assert len(set(right)) == len(right)
    assert max(right) < 2**63


def test_a_weekend_caller_is_called_from_saturday_on() -> None:
    assert ready_at(HOURS, "first_call_weekend", local("2026-06-21 20:00")) == local("2026-06-20 08:00")


# when something is due


@pytest.mark.parametrize(
    ("now", "wish", "due"),
    [
        ("2026-06-15 10:00", "any", "2026-06-16 17:30"),
        ("2026-06-15 10:00", "morning", "2026-06-16 12:00"),
        ("2026-06-15 10:00", "afternoon", "2026-06-16 17:30"),
        ("2026-06-15 10:00", "evening", "2026-06-16 20:00"),
        ("2026-06-15 10:00", "weekend", "2026-06-21 20:00"),
        ("2026-06-20 10:00", "weekend", "2026-06-21 20:00"),  # a Saturday: tomorrow
        ("2026-06-21 10:00", "weekend", "2026-06-28 20:00"),  # a Sunday: the next one
        ("2026-09-30 10:00", "evening", "2026-10-08 20:00"),  # National Day in between
    ],
)
def test_the_first_call_is_due_as_the_person_wished(now: str, wish: str, due: str) -> None:
    assert first_contact(SITE, local(now), wish) == local(due)


@pytest.mark.parametrize(
    ("status", "due"),
    [("reached", "2026-06-16"), ("considering", "2026-06-23"), ("no_show", "2026-06-16"), ("waiting_list", "2026-07-14")],
)  # fmt: skip
def test_every_step_has_a_day_by_which_the_next_comes(status: str, due: str) -> None:
    # Dragon Boat Festival: Friday the 19th is off.
    assert after_step(SITE, status, local("2026-06-15 10:00")) == local(f"{due} 17:30")


def test_the_site_corrects_the_calendar() -> None:
    corrected = Site({"days_off": "2026-06-16", "days_worked": "2026-06-20 2026-06-19"}, FUZHOU).hours
    assert corrected.due(local("2026-06-15 10:00")) == local("2026-06-17 17:30")
    assert corrected.due(local("2026-06-18 10:00")) == local("2026-06-19 17:30")  # a holiday that is worked
    assert corrected.due(local("2026-06-19 10:00")) == local("2026-06-20 17:30")  # a Saturday that is worked


@pytest.mark.parametrize(
    ("since", "work", "until"),
    [
        ("2026-06-15 10:00", 2, "2026-06-15 12:00"),  # up to the lunch break
        ("2026-06-15 10:00", 3, "2026-06-15 15:30"),  # through it
        ("2026-06-15 17:00", 2, "2026-06-16 09:30"),  # over night
        ("2026-06-13 09:00", 0, "2026-06-15 08:00"),  # from a Saturday
    ],
)
def test_working_time_passes_in_working_hours_only(since: str, work: int, until: str) -> None:
    assert HOURS.after(local(since), timedelta(hours=work)) == local(until)


@given(minutes=some.integers(0, 40_000), work=some.integers(1, 3000))
def test_what_passes_after_is_what_lies_between(minutes: int, work: int) -> None:
    since = NOON + timedelta(minutes=minutes)
    until = HOURS.after(since, timedelta(minutes=work))
    assert HOURS.between(since, until) == timedelta(minutes=work)


# checks and words


def test_a_check_shrinks_what_is_open_and_can_open_it_again() -> None:
    assert still_open(("I2", "E10"), {}) == ("I2", "E10")
    assert still_open(("I2", "E10"), {"E10": "meets"}) == ("I2",)
    assert still_open(("I2", "E10"), {"E10": "fails", "I2": "meets"}) == ()
    assert still_open(("I2",), {"E10": "open"}) == ("I2", "E10")


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("周末", "家住鼓楼，周末方便", True),
        ("鼓楼方便", "家住鼓楼，周末方便", False),  # not as it is written
        ("周末 鼓楼", "家住鼓楼，周末方便", True),
        ("Call Daughter", "please CALL her daughter first", True),
        ("ｄａｕｇｈｔｅｒ", "her daughter", True),
        ("楼", "家住鼓楼", True),
        ("周日", "周末，日后", False),
    ],
)
def test_a_note_is_found_by_its_words(query: str, text: str, found: bool) -> None:
    assert is_in(query, text) is found
    assert not found or set(asked_for(query)) <= set(tokens(text))


@given(some.text(max_size=60), some.data())
def test_whatever_is_a_piece_of_a_chinese_text_is_found_by_its_tokens(
    text: str, data: some.DataObject
) -> None:
    runs = [run for run in ["家住鼓楼区周末方便", text] if run]
    run = data.draw(some.sampled_from(runs))
    start = data.draw(some.integers(0, len(run)))
    piece = run[start : start + 3]
    if all("\u3400" <= letter <= "\u9fff" for letter in piece):
        assert set(asked_for(piece)) <= set(tokens(run))
