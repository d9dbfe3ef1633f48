"""Rows of the queue: what stands of a lead or request in a list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.leads.lead import Lead, Request
from bot.leads.queue import AT_ITS_HOUR
from bot.service.ports import Records
from bot.service.shelf import Shelf
from bot.service.views import QueueRow


def is_held(each: Lead | Request, now: datetime) -> bool:
    """Whether somebody works on it now."""
    return bool(each.claimed_by) and (each.claimed_until is None or each.claimed_until > now)


def rows_of(
    records: Records, shelf: Shelf, found: Sequence[Lead | Request], language: str, now: datetime
) -> list[QueueRow]:
    """A page's rows. Every version is looked up once, not once a row."""
    versions = records.versions_of_runs([each.run for each in found if isinstance(each, Lead)])
    names: dict[tuple[str, str], str] = {}
    made = []
    for each in found:
        version = versions.get(each.run, "") if isinstance(each, Lead) else ""
        key = each.study or "", version
        if key not in names:
            names[key] = _study_name(records, shelf, *key, language, now)
        if isinstance(each, Lead):
            made.append(_lead_row(each, names[key], now))
        else:
            made.append(_request_row(each, names[key], now))
    return _marked(records, made)


def _marked(records: Records, rows: Sequence[QueueRow]) -> list[QueueRow]:
    """With whose person has blocked the bot."""
    blocked = records.blocked_leads([row.code for row in rows if row.kind == "lead"])
    return [replace(row, blocked=True) if row.code in blocked else row for row in rows]


def _lead_row(lead: Lead, study_name: str, now: datetime) -> QueueRow:
    held = is_held(lead, now)
    return QueueRow(
        code=lead.code,
        kind="lead",
        study_name=study_name,
        urgent=False,
        demo=lead.demo,
        language=lead.language,
        verdict=lead.verdict,
        open=tuple(lead.open_criteria),
        flags=tuple(lead.flags),
        created_at=lead.created_at,
        due_at=None if lead.closed_at else lead.due_at,
        overdue=lead.closed_at is None
        and lead.due_at < now
        and (lead.next != "give_up" or bool(lead.overdue_at)),
        reach="phone" if lead.reach == "phone" else "chat",
        call_time=lead.call_time,
        status=lead.status,
        claimed_by=lead.claimed_by or "" if held else "",
        claimed_until=lead.claimed_until if held else None,
        next="" if lead.closed_at else lead.next,
        at_hour=lead.next in AT_ITS_HOUR,
        tries=lead.tries,
        last_try=lead.last_try or "",
        visit_at=lead.visit_at,
        escalated=lead.escalated_at is not None,
        unread=lead.unread,
        closed_at=lead.closed_at,
    )


def _request_row(request: Request, study_name: str, now: datetime) -> QueueRow:
    kind, held = request.kind, is_held(request, now)
    return QueueRow(
        code=request.code,
        kind="unwell" if kind == "unwell" else "check" if kind == "check" else "human",
        study_name=study_name,
        urgent=request.urgent and request.status == "new",
        demo=request.demo,
        language=request.language,
        verdict="",
        open=(),
        flags=(),
        created_at=request.created_at,
        due_at=request.due_at if request.status == "new" else None,
        overdue=request.status == "new" and request.due_at < now,
        reach="chat",
        call_time="",
        status=request.status,
        claimed_by=request.claimed_by or "" if held else "",
        claimed_until=request.claimed_until if held else None,
        escalated=request.escalated_at is not None,
        closed_by=request.closed_by or "",
        closed_how=request.closed_how or "",
    )


def _study_name(
    records: Records, shelf: Shelf, study: str, version: str, language: str, now: datetime
) -> str:
    flow = shelf.flow(records, version) if version else None
    flow = flow or shelf.offer(records, now.date()).flows.get(study)
    return flow.study.name[language] if flow else study
