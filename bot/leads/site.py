"""Site facts: what only the hospital knows and can change without a new script version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.leads.hours import BadHours, Hours, is_working_day, read_hours

#: A recruiting status older than this is no longer believed (C2).
STATUS_HOLDS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Fact:
    """One site fact: its default (None: the site must say), and the form of a value."""

    default: str | None
    form: str


#: The forms a value can have. A day may be left empty and is not in the future, hours can be read.
FORMS: Mapping[str, str] = {
    "yes_no": "yes|no",
    "day": "|[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "phone": r"(?=(?:[^0-9]*[0-9]){5})[0-9+() \-]{5,40}",
    "days": "[0-9]{1,4}",
    "few_days": "[1-9]",
    "minutes": "[5-9]|[1-9][0-9]{1,2}",
    "few": "[1-9]",
    "hours": r"[0-9:\- ]{11,80}",
    "chat": "|-?[0-9]{1,20}",
    "span": "(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]",
    "dates": r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{4}-[0-9]{2}-[0-9]{2}){0,39}",
    "name": r"|[^\s].{0,49}",
    "count": "|[1-9][0-9]{0,3}",
    "text": r"|[^\x00-\x1f\x7f]{1,100}",
}

FACTS: Mapping[str, Fact] = {
    "recruiting": Fact("no", "yes_no"),
    "status_checked_on": Fact("", "day"),
    #: Set with recruiting=no, unless it says already when recruiting ended; emptied with recruiting=yes.
    "ended_on": Fact("", "day"),
    "phone": Fact(None, "phone"),
    "ae_phone": Fact(None, "phone"),
    "ethics_phone": Fact(None, "phone"),
    "delete_days": Fact("30", "days"),
    "stop_days": Fact("7", "days"),
    "keep_days": Fact("180", "days"),
    "hours": Fact("08:00-12:00 14:30-17:30", "hours"),
    "first_contact_days": Fact("1", "few_days"),
    "alert_chat": Fact("", "chat"),
    "claim_minutes": Fact("30", "minutes"),
    "tries_per_day": Fact("1", "few"),
    #: When people may be called and written to, also on days off (Q-6).
    "quiet": Fact("09:00-20:00", "span"),
    #: Within how many working days something is done with whoever thinks it over, was at a visit or waits.
    "follow_up_days": Fact("5", "few_days"),
    #: Corrections of the calendar of public holidays, as days that are off or worked here all the same.
    "days_off": Fact("", "dates"),
    "days_worked": Fact("", "dates"),
    #: Who is told when nobody has done what was due, and after how much working time; urgent requests after minutes.
    "second_person": Fact("", "name"),
    "escalate_hours": Fact("2", "few"),
    "urgent_minutes": Fact("15", "minutes"),
    #: How many new leads a week the team can call, and how many people the study can take; empty: no limit.
    "weekly_cap": Fact("", "count"),
    "places": Fact("", "count"),
    #: Where visits take place, for participants.
    "visit_place_zh": Fact("", "text"),
    "visit_place_en": Fact("", "text"),
}


@dataclass(eq=False)
class BadFact(ValueError):
    """A site fact that does not exist, or a value it cannot have."""

    name: str
    value: str


def check_fact(name: str, value: str, zone: ZoneInfo, today: date) -> None:
    """Raises BadFact."""
    fact = FACTS.get(name)
    if fact is None or not re.fullmatch(FORMS[fact.form], value):
        raise BadFact(name, value)
    try:
        if fact.form in ("hours", "span"):
            read_hours(value, zone)
        if fact.form == "dates":
            for day in value.split():
                date.fromisoformat(day)
        future = fact.form == "day" and value and date.fromisoformat(value) > today
    except (ValueError, BadHours):
        raise BadFact(name, value) from None
    if future:
        raise BadFact(name, value)


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
        """The coordinators' working hours, by the calendar as the site has corrected it."""
        return replace(read_hours(self["hours"], self.zone), works_on=self.works_on)

    def works_on(self, day: date) -> bool:
        """Whether coordinators work on a day."""
        if day.isoformat() in self["days_off"].split():
            return False
        return day.isoformat() in self["days_worked"].split() or is_working_day(day)

    @property
    def waking(self) -> Hours:
        """The hours in which people may be called and written to, every day (Q-6)."""
        return replace(read_hours(self["quiet"], self.zone), works_on=lambda day: True)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts without which the texts would have holes."""
        return tuple(name for name, fact in FACTS.items() if fact.default is None and not self[name])

    @property
    def stopped(self) -> bool:
        """Whether the site itself says that it does not recruit, rather than nothing."""
        return self.values.get("recruiting") == "no"

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
        return not self.shut(today)

    def shut(self, today: date) -> tuple[str, ...]:
        """Why the site does not recruit: not_recruiting, not_confirmed, confirmed_long_ago, facts_missing; () if it does."""
        why = [] if self["recruiting"] == "yes" else ["not_recruiting"]
        if not self["status_checked_on"]:
            why.append("not_confirmed")
        elif not timedelta(0) <= today - date.fromisoformat(self["status_checked_on"]) <= STATUS_HOLDS:
            why.append("confirmed_long_ago")
        return (*why, "facts_missing") if self.missing else tuple(why)
