"""Tries to reach somebody: what came of them, and when the next one is due (Q-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.leads.hours import Hours
from bot.leads.life import DAYS_AFTER, TRIES

#: What may come of a try.
OUTCOMES = ("no_answer", "message_left", "wrong_number", "call_back", "reached")
#: Those of our own tries that reached nobody: only these are limited, what happened otherwise is written down.
IN_VAIN = ("no_answer", "message_left", "wrong_number")
#: After a try that reached nobody the next one is due so many working days later.
AGAIN_AFTER = (1, 2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """When somebody tried, and what came of it."""

    at: datetime
    outcome: str


def next_due(
    hours: Hours, now: datetime, outcome: str, call_back: datetime | None, count: int
) -> datetime | None:
    """When the next thing is due after the `count`th try; None: as it was.

    After the last try nothing is due until the person may be given up.
    """
    match outcome:
        case "call_back":
            return call_back
        case "reached":
            return None
        case _ if count >= TRIES:
            return now + timedelta(days=DAYS_AFTER)
        case _:
            return hours.due(now, AGAIN_AFTER[min(count, len(AGAIN_AFTER)) - 1])


def tried_enough(attempts: Sequence[Attempt], now: datetime) -> bool:
    """Whether the person may be given up: three tries, and two weeks after the last (Q-1)."""
    return len(attempts) >= TRIES and now - attempts[-1].at >= timedelta(days=DAYS_AFTER)
