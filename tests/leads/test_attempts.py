"""Tries to reach somebody: when the next is due, and when somebody may be given up (Q-6)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.leads.attempts import Attempt, next_due, tried_enough
from bot.leads.hours import read_hours

FUZHOU = ZoneInfo("Asia/Shanghai")
HOURS = read_hours("08:00-12:00 14:30-17:30", FUZHOU)
#: A Thursday, 10:00 in Fuzhou.
NOW = datetime(2026, 6, 11, 2, 0, tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=FUZHOU)


@pytest.mark.parametrize(
    ("outcome", "count", "due"),
    [
        ("no_answer", 1, "2026-06-12T17:30"),
        ("message_left", 2, "2026-06-15T17:30"),
        ("wrong_number", 2, "2026-06-15T17:30"),
        ("no_answer", 3, "2026-06-25T10:00"),
        ("no_answer", 4, "2026-06-25T10:00"),
    ],
)
def test_after_a_try_the_next_is_due(outcome: str, count: int, due: str) -> None:
    assert next_due(HOURS, NOW, outcome, None, count) == local(due)


def test_who_was_reached_is_not_due_and_who_said_when_is_due_then() -> None:
    assert next_due(HOURS, NOW, "reached", None, 1) is None
    then = NOW + timedelta(hours=2)
    assert next_due(HOURS, NOW, "call_back", then, 1) == then


@pytest.mark.parametrize(
    ("days", "enough"),
    [([0, 1], False), ([0, 1, 2], True), ([0, 1, 3], False), ([0, 1, 2, 3], False)],
)
def test_three_tries_and_two_weeks_after_the_last(days: list[int], enough: bool) -> None:
    attempts = [Attempt(NOW + timedelta(days=day), "no_answer") for day in days]
    assert tried_enough(attempts, NOW + timedelta(days=16)) is enough
