"""The visits a lead was booked with, read from what was done with it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.leads.lead import LeadEvent


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; `told`: its person knows of it by the chat, and agreed to be reminded."""

    at: datetime
    told: bool


def visits(events: Iterable[LeadEvent]) -> list[Visit]:
    """In the order in which they were booked; those that were taken back are left out."""
    found: list[Visit] = []
    for event in events:
        if event.undone_by:
            continue
        if event.kind == "step" and event.detail.get("visit"):
            found.append(
                Visit(datetime.fromisoformat(str(event.detail["visit"])), bool(event.detail.get("told")))
            )
        elif event.kind == "told_visit" and found:
            found[-1] = replace(found[-1], told=True)
    return found


def standing(status: str, events: Iterable[LeadEvent]) -> Visit | None:
    """The visit that stands in a status; None where none does."""
    booked = visits(events) if status == "visit_booked" else []
    return booked[-1] if booked else None
