"""The order of the queue: what is to be done with a lead next, from when on, and where that puts it (Q-3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.leads.attempts import IN_VAIN
from bot.leads.hours import Hours
from bot.leads.life import TRIES


class Lane(IntEnum):
    """The coarse order: who feels unwell, what is late, what is to be done by its day, what has its day to come."""

    URGENT = 0
    LATE = 1
    NOW = 2
    LATER = 3


#: What is to be done next, by the lead's status; of somebody being contacted the tries say it.
NEXT: Mapping[str, str] = {
    "new": "first_call",
    "reached": "settle",
    "considering": "follow_up",
    "waiting_list": "waiting",
    "visit_booked": "visit",
    "attended": "follow_up",
    "no_show": "rebook",
    "consented": "follow_up",
}
#: Beyond so many waiting leads nobody counts.
COUNTED = 1000
#: Those whose next step hangs on a call.
CALLED = ("new", "contacting", "reached", "considering", "waiting_list", "no_show")
#: Agreed with the person for an hour, or not possible any earlier: it is done then, not before.
AT_ITS_HOUR = frozenset({"call_back", "give_up"})

# Powers of ten, so that a place can be read: lane, rank, seconds.
_LANE, _RANK = 10**15, 10**11
_WORST = 999


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the queue; "" and False: everything. `who` is a member of staff, `free` what nobody works on."""

    study: str = ""
    language: str = ""
    status: str = ""
    verdict: str = ""
    criterion: str = ""
    who: str = ""
    free: bool = False
    unread: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the place and code of a row."""

    place: int
    code: str


def what_next(status: str, last_try: str | None, tries: int, call_time: str = "") -> str:
    """What is to be done with a lead next."""
    if last_try == "call_back" and status in CALLED:
        return "call_back"
    if status == "contacting":
        return "give_up" if tries >= TRIES and last_try in IN_VAIN else "try_again"
    if status == "new" and call_time == "weekend":
        return "first_call_weekend"
    return NEXT.get(status, "")


def ready_at(hours: Hours, next: str, due: datetime, visit: datetime | None = None) -> datetime | None:
    """From when on it can be done; None: at once.

    A call for a weekend from its Saturday, how a visit went from its hour on, what is due by a day's close from that
    day's opening.
    """
    if next == "first_call":
        return None
    if next in AT_ITS_HOUR:
        return due
    if next == "visit" and visit is not None:
        return visit
    if next == "first_call_weekend":
        return hours.start_of_weekend(due)
    return hours.opening(due)


def late_from(hours: Hours, next: str, due: datetime) -> datetime:
    """When a lead is late. Who may be given up is so after a working day: until then nobody has delayed anything."""
    return hours.due(due, 1) if next == "give_up" else due


def lane(hours: Hours, next: str, due: datetime, now: datetime, visit: datetime | None = None) -> Lane:
    """Where a lead stands by the clock."""
    if late_from(hours, next, due) <= now:
        return Lane.LATE
    ready = ready_at(hours, next, due, visit)
    return Lane.NOW if ready is None or ready <= now else Lane.LATER


def changes_at(
    hours: Hours, next: str, due: datetime, now: datetime, visit: datetime | None = None
) -> datetime:
    """When the lane of a lead that is not late changes by itself."""
    ready, late = ready_at(hours, next, due, visit), late_from(hours, next, due)
    return ready if ready is not None and now < ready < late else late


def narrows(wanted: Wanted) -> bool:
    """Whether a filter asks for what requests do not have."""
    return bool(wanted.criterion or wanted.verdict or wanted.status or wanted.unread)


def place(lane: Lane, rank: int, moment: datetime) -> int:
    """A number that grows from the first of the queue to the last. `moment`: of what is earlier goes first."""
    return lane * _LANE + min(rank, _WORST) * _RANK + int(moment.timestamp())


def first_place_after(lane_now: Lane) -> int:
    """The place from which on everything stands behind a lane."""
    return (lane_now + 1) * _LANE


def place_of(lane_now: Lane, next: str, rank: int, created: datetime, due: datetime) -> int:
    """A lead's place: what was agreed for an hour that has come before all else that is late; what is to come by its day."""
    if lane_now is Lane.LATER:
        return place(lane_now, 0, due)
    if lane_now is Lane.LATE and next == "call_back":
        return place(lane_now, 0, due)
    if next == "give_up":  # whoever can still be reached comes before
        return place(lane_now, _WORST, created)
    # A place apart from what was agreed for an hour, whose rank is 0.
    return place(lane_now, rank + 1, created)


def still_open(criteria: Iterable[str], checks: Mapping[str, str]) -> tuple[str, ...]:
    """The open criteria of a lead without those that a coordinator has checked, with those left open (Q-7)."""
    found = dict.fromkeys(id for id in criteria if checks.get(id, "open") == "open")
    found |= dict.fromkeys(id for id, state in checks.items() if state == "open")
    return tuple(found)
