"""What became of everybody who began, counted for pictures: funnel, drop-off, fails, times, sources, load (Q-5, Q-13)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.answers import Answer
from bot.core.flow import Flow
from bot.core.run import Run
from bot.core.screening import screen
from bot.core.text import Text
from bot.leads.hours import Hours
from bot.leads.lead import Lead, LeadEvent
from bot.leads.life import STATUSES
from bot.leads.log import (
    FINISHED,
    GONE,
    GONE_ALONE,
    GONE_AT,
    GONE_FINISHED,
    GONE_STATUS,
    UNFINISHED,
    Asked,
    Line,
    Mask,
    Masked,
    Totals,
)

#: How far people came, each stage within the one before.
STAGES = (
    *("began", "consented", "finished", "leads", "reached"),
    *("visit_booked", "attended", "study_consent", "enrolled"),
)
#: What a lead's status tells of how far it came; where nothing stands, no further than being one.
FURTHEST: Mapping[str, str] = {
    **dict.fromkeys(("reached", "considering", "waiting_list", "phone_ineligible"), "reached"),
    **dict.fromkeys(("visit_booked", "no_show"), "visit_booked"),
    **dict.fromkeys(("attended", "screen_failed"), "attended"),
    "consented": "study_consent",
    "enrolled": "enrolled",
}
#: Keys that are no question, source or language: after the last question, deleted since, never told.
CHECKING, DELETED, UNKNOWN = ".checking", ".deleted", ".unknown"
#: Of whom sources and languages are told.
GROUPED = ("consented", "finished", "leads", "reached", "enrolled")
HOUR = timedelta(hours=1)

Cell = int | float | Masked | None


@dataclass(frozen=True, slots=True)
class Walk:
    """One run of the period. `at` is the question at which it stands or was left, "" where it came to its end."""

    run: Run
    line: Line
    lead: Lead | None
    events: Sequence[LeadEvent]
    at: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: half of the people waited no longer than `median`, nine of ten than `ninetieth`."""

    median: timedelta
    ninetieth: timedelta


@dataclass(frozen=True, slots=True)
class Waited:
    """How long `leads` people waited, in the site's working hours and on the clock; None of nobody."""

    leads: int
    working: Spread | None
    clock: Spread | None


@dataclass(frozen=True, slots=True)
class Waits:
    """From the lead to the first try and to reaching the person; who was never tried stands apart (Q-5)."""

    first_try: Waited
    reach: Waited
    never_tried: int
    never_reached: int


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of one study. What was deleted is in all of them as far as counters tell."""

    asked: Asked
    made_at: datetime
    zone: ZoneInfo
    totals: Totals
    #: People by stage.
    funnel: Mapping[str, int]
    #: By question: how many stand there, and how many ended there.
    stands: Mapping[str, tuple[int, int]]
    #: By criterion or reason: how many fail for it, and how many for it alone.
    fails: Mapping[str, tuple[int, int]]
    waits: Waits
    sources: Mapping[str, Sequence[int]]
    languages: Mapping[str, Sequence[int]]
    #: Of the study's leads now, whatever the period: new today, open, due today, overdue.
    load: Mapping[str, int]
    #: The short names of questions and the words of criteria, in every language of the script.
    questions: Mapping[str, Text]
    criteria: Mapping[str, Text]
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Counts under codes: `rows` by key, a cell for each of `columns`; small ones masked."""

    name: str
    key: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[Cell]]


def stands_at(flow: Flow, answers: Mapping[str, Answer], day: date) -> str:
    """The question that these answers lead to, or that all were answered."""
    question = screen(flow, answers, day).next
    return question.id if question else CHECKING


def stage_of(status: str, events: Iterable[LeadEvent]) -> str:
    """How far a lead ever came. Whoever is counted as enrolled still is."""
    came = [FURTHEST.get(status, "leads")]
    for event in events:
        if event.undone_by:
            continue
        if event.kind == "attempt" and event.detail["outcome"] == "reached":
            came.append("reached")
        elif event.kind == "step":
            came.append(FURTHEST.get(str(event.detail["became"]), "leads"))
    last = "enrolled" if status == "enrolled" else "study_consent"
    return STAGES[min(max(map(STAGES.index, came)), STAGES.index(last))]


def funnel_of(walks: Sequence[Walk], totals: Totals, counted: Mapping[str, int]) -> dict[str, int]:
    """People by stage, those who were deleted by the last status of their lead."""
    came = Counter(_stage(walk) for walk in walks if walk.line.is_first)
    for name, count in counted.items():
        if name.startswith(GONE_STATUS):
            came[FURTHEST.get(name.removeprefix(GONE_STATUS), "leads")] += count
    found = {"began": totals.started or 0, "consented": totals.assessed}
    found["finished"] = sum(walk.line.finished for walk in walks) + _gone_finished(counted)
    for place, stage in enumerate(STAGES[3:], 3):
        found[stage] = sum(came[further] for further in STAGES[place:])
    return found


def stands_of(
    walks: Iterable[Walk], counted: Mapping[str, int], order: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """By question: who is still at it, and whose run ended there; deleted ones whose question nobody noted apart."""
    now, ended = Counter[str](), Counter[str]()
    for walk in walks:
        if walk.line.unfinished:
            (ended if walk.line.outcome else now)[walk.at or DELETED] += 1
    noted = {name.removeprefix(GONE_AT): count for name, count in counted.items() if name.startswith(GONE_AT)}
    ended.update(noted)
    halfway = (UNFINISHED, "stopped", "withdrawn", "not_recruiting", "no_consent")
    gone = sum(counted.get(f"{GONE}{outcome}", 0) for outcome in halfway)
    ended[DELETED] += max(gone - counted.get(GONE_FINISHED, 0) - sum(noted.values()), 0)
    ids = dict.fromkeys([*order, *sorted({*now, *ended} - {CHECKING, DELETED}), CHECKING, DELETED])
    return {id: (now[id], ended[id]) for id in ids if now[id] or ended[id]}


def fails_of(walks: Iterable[Walk], totals: Totals, counted: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """What each criterion costs: who fails for it, as the log counts them, and who for it alone."""
    alone = Counter(walk.line.fails[0] for walk in walks if len(walk.line.fails) == 1)
    return {
        id: (count, alone[id] + counted.get(f"{GONE_ALONE}{id}", 0)) for id, count in totals.fails.items()
    }


def groups_of(
    walks: Sequence[Walk], by: Callable[[Run], str], totals: Totals, counted: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """People by where they came from, or by language. Of those who were deleted neither is known."""
    found: dict[str, Counter[str]] = {}
    for walk in walks:
        group = found.setdefault(by(walk.run) or UNKNOWN, Counter())
        group["consented"] += 1
        group["finished"] += walk.line.finished
        group.update(_stages_of(_stage(walk)) if walk.line.is_first else ())
    found = dict(sorted(found.items(), key=lambda pair: (-pair[1]["consented"], pair[0])))
    if totals.erased:
        gone = found[DELETED] = Counter({"consented": totals.erased, "finished": _gone_finished(counted)})
        for name, count in counted.items():
            if name.startswith(GONE_STATUS):
                stage = FURTHEST.get(name.removeprefix(GONE_STATUS), "leads")
                gone.update(dict.fromkeys(_stages_of(stage), count))
    return {name: tuple(group[stage] for stage in GROUPED) for name, group in found.items()}


def waits_of(walks: Iterable[Walk], hours: Hours) -> Waits:
    """How long the leads that are kept waited; a try that was taken back is none."""
    tried: list[tuple[datetime, datetime]] = []
    reached: list[tuple[datetime, datetime]] = []
    leads = 0
    for walk in walks:
        if walk.lead is None or not walk.line.is_first:
            continue
        leads += 1
        tries = [each for each in walk.events if each.kind == "attempt" and not each.undone_by]
        tried += [(walk.lead.created_at, each.at) for each in tries[:1]]
        there = [each for each in tries if each.detail["outcome"] == "reached"]
        reached += [(walk.lead.created_at, each.at) for each in there[:1]]
    return Waits(
        _waited(tried, hours), _waited(reached, hours), leads - len(tried), len(tried) - len(reached)
    )


def load_of(
    leads: Iterable[tuple[datetime, datetime, bool]], now: datetime, zone: ZoneInfo
) -> dict[str, int]:
    """The work now, from when each lead came and is due and whether it is open."""
    today = now.astimezone(zone).date()
    found = dict.fromkeys(("new_today", "open", "due_today", "overdue"), 0)
    for created, due, is_open in leads:
        found["new_today"] += created.astimezone(zone).date() == today
        found["open"] += is_open
        found["overdue"] += is_open and due < now
        found["due_today"] += is_open and now <= due and due.astimezone(zone).date() == today
    return found


def tables_of(report: Report) -> Iterator[Table]:
    """Everything as tables of codes, the same for a page, a file and other programs. Outsiders get no workload."""
    limit = report.asked.mask
    if not limit:
        yield Table("workload", "what", ("leads",), {what: (count,) for what, count in report.load.items()})
    stages = nested([report.funnel[stage] for stage in STAGES], limit)
    yield Table(
        "funnel", "stage", ("people",), {stage: (cell,) for stage, cell in zip(STAGES, stages, strict=True)}
    )
    yield Table("drop_off", "question", ("standing", "ended"), grid(report.stands, limit))
    costs = {id: nested(counts, limit) for id, counts in report.fails.items()}
    yield Table("fails", "criterion", ("all", "alone"), costs)
    known = [*STATUSES, *sorted(report.totals.statuses.keys() - {*STATUSES})]
    statuses = {status: (count,) for status in known if (count := report.totals.statuses.get(status))}
    yield Table("leads", "status", ("leads",), grid(statuses, limit))
    yield _waits(report.waits, limit)
    for name, key, groups in (
        ("sources", "source", report.sources),
        ("languages", "language", report.languages),
    ):
        yield Table(name, key, GROUPED, grid(groups, limit, within=True))


def plain(report: Report) -> dict[str, Any]:
    """The report for other programs: what was asked, and its tables; a masked count is a text."""
    asked = report.asked
    return {
        "study": asked.study,
        "from": asked.since.isoformat() if asked.since else None,
        "to": asked.until.isoformat() if asked.until else None,
        "mask": asked.mask,
        "made_at": report.made_at.astimezone(report.zone).isoformat(),
        "demo": report.demo,
        "tables": {
            table.name: [
                {table.key: key, **dict(zip(table.columns, map(_plain, cells), strict=True))}
                for key, cells in table.rows.items()
            ]
            for table in tables_of(report)
        },
    }


def said(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, Masked):
        return f"<{cell.limit}" if cell.limit else "*"
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


def nested(counts: Sequence[int], limit: int) -> list[Cell]:
    """Counts each of which holds the next: what is small is masked, and what a small difference would give away."""
    found: list[Cell] = []
    told: int | None = None
    for count in counts:
        if 0 < count < limit:
            found.append(Masked(limit))
        elif told is not None and 0 < told - count < limit:
            found.append(Masked(0))
        else:
            found.append(count)
            told = count
    return found


def grid(rows: Mapping[str, Sequence[int]], limit: int, within: bool = False) -> dict[str, Sequence[Cell]]:
    """Rows whose columns add up to numbers that are told; `within`: in a row each count holds the next."""
    if not limit:
        return {key: list(counts) for key, counts in rows.items()}
    found = {
        key: nested(counts, limit) if within else [Mask(limit).alone(count) for count in counts]
        for key, counts in rows.items()
    }
    for column in range(max((len(cells) for cells in found.values()), default=0)):
        masked = [key for key, cells in found.items() if isinstance(cells[column], Masked)]
        others = [key for key, cells in found.items() if key not in masked and cells[column]]
        if len(masked) == 1 and others:
            found[min(others, key=lambda key: rows[key][column])][column] = Masked(0)
    return dict(found)


def _stage(walk: Walk) -> str:
    return stage_of(walk.line.status, walk.events)


def _stages_of(stage: str) -> tuple[str, ...]:
    """A lead's stage and those before it."""
    return STAGES[3 : STAGES.index(stage) + 1]


def _gone_finished(counted: Mapping[str, int]) -> int:
    return counted.get(GONE_FINISHED, 0) + sum(counted.get(f"{GONE}{name}", 0) for name in FINISHED)


def _waited(spans: Sequence[tuple[datetime, datetime]], hours: Hours) -> Waited:
    return Waited(
        len(spans),
        _spread([hours.between(since, until) for since, until in spans]),
        _spread([until - since for since, until in spans]),
    )


def _spread(times: Sequence[timedelta]) -> Spread | None:
    if not times:
        return None
    seconds = median(each.total_seconds() for each in times)
    return Spread(timedelta(seconds=seconds), sorted(times)[ceil(0.9 * len(times)) - 1])


def _waits(waits: Waits, limit: int) -> Table:
    parts = {
        "first_try": waits.first_try.leads,
        "reach": waits.reach.leads,
        "never_reached": waits.never_reached,
        "never_tried": waits.never_tried,
    }
    # Who was tried adds up with who never was, and is made of who was reached and who was not.
    cells = {name: Mask(limit).alone(count) for name, count in parts.items()}
    for together in (("first_try", "never_tried"), ("reach", "never_reached")):
        cells |= {
            name: cell
            for name, cell in Mask(limit).together({name: parts[name] for name in together}).items()
            if isinstance(cell, Masked)
        }
    rows: dict[str, Sequence[Cell]] = {}
    for name, waited in (("first_try", waits.first_try), ("reach", waits.reach)):
        spreads = (None, None) if isinstance(cells[name], Masked) else (waited.working, waited.clock)
        rows[name] = (cells[name], *(cell for spread in spreads for cell in _hours(spread)))
    for name in ("never_reached", "never_tried"):
        rows[name] = (cells[name], None, None, None, None)
    columns = ("leads", "working_median", "working_ninetieth", "clock_median", "clock_ninetieth")
    return Table("times", "until", columns, rows)


def _hours(spread: Spread | None) -> tuple[Cell, Cell]:
    if spread is None:
        return None, None
    return round(spread.median / HOUR, 1), round(spread.ninetieth / HOUR, 1)


def _plain(cell: Cell) -> int | float | str | None:
    return said(cell) if isinstance(cell, Masked) else cell
