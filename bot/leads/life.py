"""The life of a lead as one table (Q-1); drawn in docs/leads.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from transitions import Machine, State

#: Those in which somebody still works on the lead, in the order in which they are reached.
OPEN = (
    *("new", "contacting", "reached", "considering", "waiting_list"),
    *("visit_booked", "attended", "no_show", "consented"),
)
#: Those in which nobody does.
CLOSED = (
    *("phone_ineligible", "declined", "enrolled", "screen_failed"),
    *("could_not_reach", "duplicate", "withdrawn", "study_closed"),
)
STATUSES = (*OPEN, *CLOSED)

#: Those from which the person's own news brings the lead back: another phone or time, another run.
COMES_BACK = ("could_not_reach", "declined", "phone_ineligible")

#: Why somebody declines, where they say so (Q-8).
WHY = ("distance", "time", "not_interested", "study_full", "other_site")

#: After so many tries, and so many days after the last of them, somebody may be given up (Q-6).
TRIES, DAYS_AFTER = 3, 14

#: trigger, from, to, guards. A guard that does not hold keeps the lead where it is.
TABLE: tuple[tuple[str, str | list[str | Enum | State], str, tuple[str, ...]], ...] = (
    ("try", ["new", "contacting"], "contacting", ()),
    ("reach", ["new", "contacting", "reached"], "reached", ()),
    ("consider", ["reached", "waiting_list", "no_show"], "considering", ()),
    ("wait", ["reached", "considering"], "waiting_list", ("agrees_to_wait",)),
    ("book", ["reached", "considering", "waiting_list", "no_show", "visit_booked"], "visit_booked", ("has_visit",)),
    ("attend", "visit_booked", "attended", ("is_the_day",)),
    ("miss", "visit_booked", "no_show", ("visit_is_over",)),
    ("consent", "attended", "consented", ()),
    ("enrol", "consented", "enrolled", ()),
    ("fail_screening", ["attended", "consented"], "screen_failed", ("has_criterion",)),
    ("find_ineligible", ["reached", "considering", "waiting_list"], "phone_ineligible", ("has_criterion",)),
    (
        "decline",
        ["contacting", "reached", "considering", "waiting_list", "visit_booked", "no_show", "attended"],
        "declined",
        (),
    ),
    ("give_up", "contacting", "could_not_reach", ("tried_enough",)),
    ("mark_duplicate", list(OPEN), "duplicate", ("has_other",)),
    ("withdraw", list(OPEN), "withdrawn", ()),
    ("close_study", list(OPEN), "study_closed", ()),
    ("reopen", [status for status in CLOSED if status != "withdrawn"], "reached", ("has_reason", "was_reached")),
    ("reopen", [status for status in CLOSED if status != "withdrawn"], "contacting", ("has_reason",)),
)  # fmt: skip

#: Taken by the person alone, in the chat: only there their consent is withdrawn and who they are forgotten.
THEIRS = frozenset({"withdraw"})

#: What a step has to bring along (a field of Standing), by the guard that asks for it.
NEEDS: Mapping[str, str] = {
    "has_criterion": "criterion",
    "has_visit": "visit",
    "has_other": "other",
    "has_reason": "reason",
    "agrees_to_wait": "agrees",
}


@dataclass
class Standing:
    """Where a lead stands, and what a step brings along."""

    status: str
    #: The criterion for which it ends (Q-8).
    criterion: str = ""
    reason: str = ""
    visit: str = ""
    #: The code of the lead that is the same person's.
    other: str = ""
    #: Whether the person agreed to be put on the waiting list.
    agrees: bool = False
    tried_enough: bool = False
    was_reached: bool = False
    #: Whether the visit's day has come, and whether its hour has passed.
    is_the_day: bool = False
    visit_is_over: bool = False

    @property
    def has_criterion(self) -> bool:
        """Whether it is said for what it ends."""
        return bool(self.criterion)

    @property
    def has_visit(self) -> bool:
        """Whether the visit has a time."""
        return bool(self.visit)

    @property
    def has_other(self) -> bool:
        """Whether it is said whose duplicate it is."""
        return bool(self.other)

    @property
    def has_reason(self) -> bool:
        """Whether it is said why."""
        return bool(self.reason.strip())

    @property
    def agrees_to_wait(self) -> bool:
        """Whether the person agreed to wait."""
        return self.agrees

    def take(self, trigger: str) -> bool:
        """Take a step, if the table has one from here whose guards hold."""
        event = life_machine().events[trigger]
        return self.status in event.transitions and bool(event.trigger(self))


def steps_from(status: str) -> dict[str, tuple[str, ...]]:
    """The steps the table has from a status, and what each needs."""
    found: dict[str, tuple[str, ...]] = {}
    for trigger, source, _, guards in TABLE:
        if status == source or (isinstance(source, list) and status in source):
            needs = tuple(NEEDS[guard] for guard in guards if guard in NEEDS)
            found.setdefault(trigger, needs)
    return found


@cache
def life_machine() -> Machine:
    """One machine for all leads: it holds no model."""
    machine = Machine(
        model=None, states=list(STATUSES), initial="new", auto_transitions=False, model_attribute="status"
    )
    for trigger, source, dest, guards in TABLE:
        machine.add_transition(trigger, source, dest, conditions=list(guards))
    return machine
