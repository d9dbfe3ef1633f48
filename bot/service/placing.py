"""Where a lead or a request stands in the queue, and the timer of the moment at which that changes by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.leads.lead import Lead, Request
from bot.leads.queue import Lane, changes_at, lane, place, place_of, what_next
from bot.leads.site import Site
from bot.service.messages import TELEGRAM, Line, Outgoing
from bot.service.ports import Records

LEAD, REQUEST = "lead", "request"


def arrange(records: Records, site: Site, code: str, now: datetime, **changes: Any) -> Lead:
    """Change a lead and put it where it now belongs; what changes a closed one only takes it out of the queue."""
    records.change_lead(code, **changes)
    lead = records.lead_alone(code)
    records.stop_timer(LEAD, code)
    if lead.closed_at is not None:
        records.set_open(code, (), 0)
        return lead
    hours = site.hours
    next = what_next(lead.status, lead.last_try, lead.tries, lead.call_time)
    here = lane(hours, next, lead.due_at, now, lead.visit_at)
    if lead.unread and here is Lane.LATER:  # they wrote: that does not wait for its day
        here = Lane.NOW
    where = place_of(here, next, lead.rank, lead.created_at, lead.due_at)
    late = {} if here is Lane.LATE else {"overdue_at": None, "escalated_at": None}
    records.change_lead(code, place=where, next=next, **late)
    records.set_open(code, lead.open_criteria, where)
    lead = records.lead_alone(code)
    if here is not Lane.LATE:
        records.set_timer(LEAD, code, changes_at(hours, next, lead.due_at, now, lead.visit_at))
    elif lead.overdue_at is None:
        records.set_timer(LEAD, code, now)
    elif lead.escalated_at is None:
        records.set_timer(LEAD, code, escalates_at(site, lead.overdue_at))
    return lead


def place_request(records: Records, site: Site, request: Request, now: datetime) -> None:
    """Put a waiting request where it belongs; a second person is told when nobody has seen to it in time (R-26)."""
    late = request.due_at <= now
    here = Lane.URGENT if request.urgent else Lane.LATE if late else Lane.NOW
    records.change_request(request.code, place=place(here, 0, request.created_at))
    if request.escalated_at is None and not late:
        records.set_timer(REQUEST, request.code, request.due_at)


def escalates_at(site: Site, late_since: datetime) -> datetime:
    """When a second person is told of what is late."""
    return site.hours.after(late_since, timedelta(hours=int(site["escalate_hours"])))


def alert(records: Records, sites: Sequence[Site], text: str, now: datetime) -> None:
    """Tell the coordinators' chats: code and status only (Q-12), in both languages, for a group has none of its own."""
    for to in sorted({site["alert_chat"] for site in sites} - {""}):
        records.post(TELEGRAM.name, to, Outgoing("send", (Line(text),)).to_dict(), now)
