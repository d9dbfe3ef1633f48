"""Whether more people can be called this week and taken into a study; who comes later is offered the waiting list."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import N_
from bot.leads.due import after_step
from bot.leads.site import Site
from bot.service.ports import Records

#: The counter of leads that were queued on a day.
QUEUED = "queued"

#: Said where somebody is asked whether they may be contacted, so that yes is a yes to waiting too.
FULL: Mapping[str, str] = {
    "week": N_(
        "This week the study team cannot call any more people. If you say yes, you are put on a waiting list and contacted in the weeks after."
    ),
    "study": N_(
        "At the moment the study has no free place. If you say yes, you are put on a waiting list and contacted if a place becomes free. That may also not happen."
    ),
}


def full(records: Records, site: Site, study: str, now: datetime) -> str:
    """What there is no room in: the study, this week, or "" for nothing."""
    if site["places"] and records.enrolled(study) >= int(site["places"]):
        return "study"
    if not site["weekly_cap"]:
        return ""
    today = now.astimezone(site.zone).date()
    monday = today - timedelta(days=today.weekday())
    queued = records.counted(study, monday.isoformat(), today.isoformat()).get(QUEUED, 0)
    return "week" if queued >= int(site["weekly_cap"]) else ""


def called_by(site: Site, why: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When somebody who waits is looked at again: once the next week begins, or after the waiting list's time."""
    if why != "week":
        return after_step(site, "waiting_list", now)
    local = now.astimezone(zone)
    sunday = local + timedelta(days=6 - local.weekday())
    return site.hours.due(site.hours.next_opening(sunday.replace(hour=23, minute=59)), 0)
