"""When something is due: the first contact as the person wished it, and what follows each step (Q-5, Q-6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.leads.site import Site

#: Working days until something is due after a step; None: as the site says for whoever is followed up.
AFTER: Mapping[str, int | None] = {
    "contacting": 1,
    "reached": 1,
    "considering": None,
    "waiting_list": 20,
    "attended": None,
    "no_show": 1,
    "consented": None,
}
_SUNDAY = 6


def first_contact(site: Site, now: datetime, call_time: str = "") -> datetime:
    """By when a lead is called first: the site's working days on, at the hour the person chose.

    Mornings end with the first span of the working day. Who is free in the evening or at the weekend is called until
    the quiet hours begin: of that weekend, or of the next where today is Sunday.
    """
    due = site.hours.due(now, int(site["first_contact_days"]))
    night = site.waking.spans[-1][1]
    match call_time:
        case "morning":
            return datetime.combine(due.date(), site.hours.spans[0][1], site.zone)
        case "evening":
            return datetime.combine(due.date(), max(night, due.time()), site.zone)
        case "weekend":
            day = now.astimezone(site.zone).date() + timedelta(days=1)
            return datetime.combine(day + timedelta(days=_SUNDAY - day.weekday()), night, site.zone)
        case _:
            return due


def after_step(site: Site, status: str, now: datetime) -> datetime:
    """By when something is done with a lead that has just come to a status (for a visit its own time counts)."""
    days = AFTER.get(status)
    return site.hours.due(now, int(site["follow_up_days"]) if days is None else days)
