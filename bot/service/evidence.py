"""The runs behind a lead, as evidence: what is compared, and what stands once one of them is gone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.conversation import Conversation
from bot.core.flow import Flow
from bot.core.run import Chat, Run, effective
from bot.core.screening import EarlierFail, Screening, earlier_fails, screen
from bot.leads.lead import LeadEvent, rank, standing
from bot.leads.log import Line, counters_of, line_of
from bot.leads.queue import still_open
from bot.leads.report import stands_at
from bot.leads.site import Site
from bot.service.placing import arrange
from bot.service.ports import Records
from bot.service.shelf import Shelf

#: Also where the time is over already: what was just asked for must reach the team first.
SHORTEST_KEPT = timedelta(hours=1)


def fails_before(
    records: Records, shelf: Shelf, chat: Chat, study: str, run: str | None
) -> list[EarlierFail]:
    """The failing answers of the person's runs in a study that ended before `run` began (X8)."""
    found: list[EarlierFail] = []
    for earlier in records.ended_runs(chat, study):
        if earlier.id == run:
            break
        flow = shelf.flow(records, earlier.version)
        if flow and earlier.ended_on:
            said = effective(records.answers(chat, earlier.id))
            found += earlier_fails(flow, said, date.fromisoformat(earlier.ended_on))
    return found


def keep_with_leads(records: Records, site: Site, run: str, now: datetime) -> None:
    """A lead's run stays until the study's leads go (R-11); it is never kept longer by what its person does."""
    day = site.leads_go()
    if day is None:
        records.stop_timer("erase_run", run)
    else:
        midnight = datetime.combine(day, time(), site.zone)
        records.set_timer("erase_run", run, max(midnight, now + SHORTEST_KEPT))


def count_gone(records: Records, shelf: Shelf, runs: Sequence[str], zone: ZoneInfo) -> None:
    """Before runs are erased: log and reports count them on, with nobody's data (R-1, Q-13)."""
    logged = records.logged(runs=runs) if runs else ()
    found = [(run, line_of(run, lead, events, zone)) for run, lead, events in logged]
    stood = stands(records, shelf, found)
    for run, line in found:
        for name in counters_of(line, stood.get(run.id, "")):
            records.count(line.study, line.day, name)


def stands(records: Records, shelf: Shelf, found: Iterable[tuple[Run, Line]]) -> dict[str, str]:
    """The question at which each run that has not come to an end stands, computed from its answers."""
    halfway = [(run, line) for run, line in found if line.unfinished]
    said = records.answers_of([run.id for run, _ in halfway])
    stood = {}
    for run, line in halfway:
        flow = shelf.flow(records, run.version)
        if flow is not None:
            day = date.fromisoformat(run.ended_on or line.day)
            stood[run.id] = stands_at(flow, effective(said.get(run.id, ())), day)
    return stood


def count_left(records: Records, chat: Chat) -> None:
    """Somebody who began and never consented is forgotten, or waited for no longer: one more who left."""
    state = Conversation.from_dict(chat.state) if chat.state else None
    if state is not None and state.began:
        records.count(state.entered or "", state.began, "left")
        state.began, state.entered = "", None
        chat.state = state.to_dict()


def restate(records: Records, shelf: Shelf, chat: Chat, study: str, now: datetime) -> None:
    """After a run was erased, the open lead says what its latest remaining run says."""
    lead = records.open_lead(chat, study)
    runs: list[Run] = list(records.runs_of_lead(chat, lead.code)) if lead else []
    if lead is None or not runs:
        return
    run = runs[-1]
    flow = shelf.flow(records, run.version)
    if flow is not None and run.ended_on:
        said = effective(records.answers(chat, run.id))
        result = screen(
            flow, said, date.fromisoformat(run.ended_on), fails_before(records, shelf, chat, study, run.id)
        )
        says = standing(flow, result)
        checks = latest_checks(records.lead_events(chat, lead.code))
        says |= weighed(flow, result, checks)
        arrange(records, shelf.site(records, study), lead.code, now, **says)


def latest_checks(events: Iterable[LeadEvent]) -> dict[str, str]:
    """What coordinators found out last about each criterion (Q-7)."""
    return {
        str(each.detail["criterion"]): str(each.detail["state"]) for each in events if each.kind == "check"
    }


def weighed(flow: Flow, screening: Screening, checks: Mapping[str, str]) -> dict[str, Any]:
    """What is still open once the checks are counted, and the lead's rank by that (Q-3)."""
    opened = still_open(screening.open, checks)
    return {"open_criteria": opened, "rank": rank(flow, screening.verdict, opened)}
