"""Site facts: what only the hospital knows and can change without a new script version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.leads.hours import BadHours, Hours, read_hours

#: A recruiting status older than this is no longer believed (C2).
STATUS_HOLDS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Fact:
    """One site fact: its default (None: the site must say), and what a value looks like."""

    default: str | None
    pattern: str


_DAYS = r"[0-9]{1,4}"
_PHONE = r"[0-9+() \-]{3,40}"

FACTS: Mapping[str, Fact] = {
    "recruiting": Fact("no", "yes|no"),
    "status_checked_on": Fact("", r"|\d{4}-\d{2}-\d{2}"),
    #: Set with recruiting=no, unless it says already when recruiting ended; emptied with recruiting=yes.
    "ended_on": Fact("", r"|\d{4}-\d{2}-\d{2}"),
    "phone": Fact(None, _PHONE),
    "ae_phone": Fact(None, _PHONE),
    "ethics_phone": Fact(None, _PHONE),
    "delete_days": Fact("30", _DAYS),
    "stop_days": Fact("7", _DAYS),
    "keep_days": Fact("180", _DAYS),
    "hours": Fact("08:00-12:00 14:30-17:30", r"[0-9:\- ]{11,80}"),
    "first_contact_days": Fact("1", r"[1-9]"),
    "alert_chat": Fact("", r"|-?\d{1,20}"),
}


@dataclass(eq=False)
class BadFact(ValueError):
    """A site fact that does not exist, or a value it cannot have."""

    name: str
    value: str


def check_fact(name: str, value: str, zone: ZoneInfo) -> None:
    """Raises BadFact."""
    fact = FACTS.get(name)
    if fact is None or not re.fullmatch(fact.pattern, value):
        raise BadFact(name, value)
    try:
        if name in ("status_checked_on", "ended_on") and value:
            date.fromisoformat(value)
        if name == "hours":
            read_hours(value, zone)
    except (ValueError, BadHours):
        raise BadFact(name, value) from None


@dataclass(frozen=True, slots=True)
class Site:
    """The facts of one study at this site, defaults filled in."""

    values: Mapping[str, str]
    zone: ZoneInfo

    def __getitem__(self, name: str) -> str:
        return self.values.get(name) or FACTS[name].default or ""

    def all(self) -> dict[str, str]:
        """Every fact, for the texts."""
        return {name: self[name] for name in FACTS}

    def days(self, name: str) -> timedelta:
        """A fact that is a number of days."""
        return timedelta(days=int(self[name]))

    @property
    def hours(self) -> Hours:
        """The coordinators' working hours."""
        return read_hours(self["hours"], self.zone)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts without which the texts would have holes."""
        return tuple(name for name, fact in FACTS.items() if fact.default is None and not self[name])

    def leads_go(self) -> date | None:
        """The day on which leads are no longer kept: `keep_days` after recruiting ended (R-11).

        It also ended when nobody has confirmed for so long that it goes on. None: not known.
        """
        if self["ended_on"]:
            return date.fromisoformat(self["ended_on"]) + self.days("keep_days")
        if self["status_checked_on"]:
            return date.fromisoformat(self["status_checked_on"]) + STATUS_HOLDS + self.days("keep_days")
        return None

    def recruits(self, today: date) -> bool:
        """Whether recruiting is confirmed, recently enough, and all the texts need is known."""
        if self["recruiting"] != "yes" or not self["status_checked_on"] or self.missing:
            return False
        age = today - date.fromisoformat(self["status_checked_on"])
        return timedelta(0) <= age <= STATUS_HOLDS
