"""The prescreening log (R-1, Q-9): a line for each run, and totals that account for everybody who began. No identity."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.run import Run
from bot.leads.lead import Lead, LeadEvent

#: How a walk can end before its consents, by counter.
INTRO = ("left", "not_screened", "under_age", "no_consent", "not_recruiting")
#: What becomes of a run; "" while it has come to nothing.
ENDINGS = (
    *("likely_match", "needs_review", "not_match", "not_interested", "stopped"),
    *("withdrawn", "under_age", "no_consent", "not_recruiting"),
)
#: Counters that stand for runs that were erased, by what follows the prefix.
GONE, GONE_FAILS, GONE_STATUS = "gone_", "gone_fails_", "gone_lead_"
#: What else stays of them, beside what the log adds up: at which question one stood, a criterion that alone failed,
#: and that somebody who was neither a match nor none had answered everything.
GONE_AT, GONE_ALONE, GONE_FINISHED = "gone_at_", "gone_alone_", "gone_finished"
#: A run that was erased before it came to anything.
UNFINISHED = "question"
#: Endings that only who answered every question comes to.
FINISHED = ("likely_match", "needs_review", "not_match", "not_interested")
#: Statuses of a lead that CONSORT counts as declined, beside who did not want to be contacted.
DECLINED = ("declined", "withdrawn")
#: Longest name of a counter.
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export is about; `study` and `version` "" for all of them, days included."""

    study: str = ""
    since: date | None = None
    until: date | None = None
    version: str = ""
    #: Counts below are not told, and no lines are; 0: everything is (Q-9).
    mask: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One run, as the log lists it. `code` is the lead's, or the run's own where there is none."""

    code: str
    day: str
    study: str
    version: str
    language: str
    verdict: str
    fails: tuple[str, ...]
    open: tuple[str, ...]
    checked_by: tuple[str, ...]
    #: What became of the run, "" while it lasts, and of the lead, "" where there is none.
    outcome: str
    status: str
    #: Whether the lead began with this run: a later one is evidence beside it, and not counted as another lead.
    is_first: bool = False

    @property
    def finished(self) -> bool:
        """Whether every question was answered; under age a run ends at once."""
        return bool(self.verdict) and self.outcome != "under_age"

    @property
    def unfinished(self) -> bool:
        """Whether the run stands, or was ended, at a question."""
        return not self.finished and self.outcome != "under_age"


@dataclass(frozen=True, slots=True)
class Totals:
    """Everybody who began, by what became of them. `erased` of the runs are known by number only."""

    started: int | None
    intro: Mapping[str, int]
    at_intro: int
    left_at_question: int
    endings: Mapping[str, int]
    in_run: int
    erased: int
    fails: Mapping[str, int]
    statuses: Mapping[str, int]

    @property
    def assessed(self) -> int:
        """How many runs came past their consents."""
        return self.left_at_question + sum(self.endings.values()) + self.in_run

    @property
    def accounted(self) -> int:
        """What `started` must be."""
        return sum(self.intro.values()) + self.at_intro + self.assessed

    @property
    def declined(self) -> int:
        """Who did not want to be contacted, or did not want to go on (CONSORT)."""
        return self.endings.get("not_interested", 0) + sum(self.statuses.get(each, 0) for each in DECLINED)

    @property
    def enrolled(self) -> int:
        """Who takes part."""
        return self.statuses.get("enrolled", 0)


@dataclass(frozen=True, slots=True)
class Log:
    """An export: what was asked for, when it was made, its lines and its totals."""

    asked: Asked
    made_at: datetime
    zone: ZoneInfo
    lines: Sequence[Line]
    totals: Totals
    demo: bool = False


def line_of(run: Run, lead: Lead | None, events: Iterable[LeadEvent], zone: ZoneInfo) -> Line:
    """A run's line: what the answers came to, and what coordinators found out since."""
    result: Mapping[str, Any] = run.result
    states = result.get("criteria", {})
    fails = dict.fromkeys(result.get("fails", {}))
    opened = dict.fromkeys(id for id, state in states.items() if state == "open")
    who: dict[str, None] = {}
    ended_for = status = ""
    stands = [event for event in events if not event.undone_by] if lead else []
    for event in stands:
        criterion = str(event.detail.get("criterion", ""))
        if event.kind == "check":
            who[event.who] = None
            opened.pop(criterion, None)
            fails.pop(criterion, None)
            if event.detail["state"] != "meets":
                (fails if event.detail["state"] == "fails" else opened)[criterion] = None
        elif event.kind == "step" and criterion:
            who[event.who] = None
            opened.pop(criterion, None)
            ended_for = "" if criterion in fails else criterion
            fails[criterion] = None
        elif event.detail.get("step") == "reopen":
            fails.pop(ended_for, None)
    if lead is not None:
        status = lead.status
    return Line(
        code=lead.code if lead else run.id,
        day=day_of(run, zone),
        study=run.study,
        version=run.version,
        language=run.language,
        verdict=str(result.get("verdict", "")),
        fails=tuple(fails),
        open=tuple(opened),
        checked_by=tuple(who),
        outcome=run.outcome or "",
        status=status,
        is_first=lead is not None and lead.run == run.id,
    )


def day_of(run: Run, zone: ZoneInfo) -> str:
    """The site's day on which a run began, under which it is counted."""
    return run.started_at.astimezone(zone).date().isoformat()


def counters_of(line: Line, at: str = "") -> list[str]:
    """What stays of a run once it is erased: counts with nobody's data. `at`: the question at which it stood."""
    names = [f"{GONE}{line.outcome or UNFINISHED}", *(f"{GONE_FAILS}{id}" for id in line.fails)]
    if len(line.fails) == 1:
        names.append(f"{GONE_ALONE}{line.fails[0]}")
    if line.is_first:
        names.append(f"{GONE_STATUS}{line.status}")
    if line.unfinished and at:
        names.append(f"{GONE_AT}{at}")
    if line.finished and line.outcome not in FINISHED:
        names.append(GONE_FINISHED)
    return [name[:_LONGEST] for name in names]


def totals_of(lines: Iterable[Line], counted: Mapping[str, int], at_intro: int) -> Totals:
    """The lines that are kept, the counters of what is not, and who stands before the consents now."""
    endings, fails, statuses = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        endings[line.outcome] += 1
        fails.update(line.fails)
        if line.is_first:
            statuses[line.status] += 1
    in_run = endings.pop("", 0)
    question = erased = 0
    for name, count in counted.items():
        if name.startswith(GONE_FAILS):
            fails[name.removeprefix(GONE_FAILS)] += count
        elif name.startswith(GONE_STATUS):
            statuses[name.removeprefix(GONE_STATUS)] += count
        elif name.startswith(GONE) and not name.startswith((GONE_AT, GONE_ALONE, GONE_FINISHED)):
            erased += count
            outcome = name.removeprefix(GONE)
            if outcome == UNFINISHED:
                question += count
            else:
                endings[outcome] += count
    return Totals(
        started=counted.get("started", 0) - counted.get("moved", 0),
        intro={name: counted.get(name, 0) for name in INTRO},
        at_intro=at_intro,
        left_at_question=question,
        endings={name: endings[name] for name in (*ENDINGS, *sorted(endings.keys() - {*ENDINGS}))},
        in_run=in_run,
        erased=erased,
        fails=dict(sorted(fails.items(), key=lambda pair: (-pair[1], pair[0]))),
        statuses=dict(statuses),
    )


def of_version(lines: Iterable[Line]) -> Totals:
    """The totals of one version: of what was erased, and of who never consented, the version is not known."""
    kept = totals_of(lines, {}, 0)
    return replace(kept, started=None, intro={})


@dataclass(frozen=True, slots=True)
class Masked:
    """A count that is too small to be told; `limit` is what it is below, 0 where only another would give it away."""

    limit: int


@dataclass(frozen=True, slots=True)
class Mask:
    """Keeps small counts from outsiders: a small one, and the next that would give a single small one away."""

    limit: int

    def together(self, counts: Mapping[str, int]) -> dict[str, int | Masked]:
        """Counts that add up to a number which is told."""
        if not self.limit:
            return dict(counts)
        small = [name for name, count in counts.items() if 0 < count < self.limit]
        found: dict[str, int | Masked] = {
            name: Masked(self.limit) if name in small else count for name, count in counts.items()
        }
        others = [name for name, count in counts.items() if count >= self.limit]
        if len(small) == 1 and others:
            found[min(others, key=lambda name: counts[name])] = Masked(0)
        return found

    def alone(self, count: int) -> int | Masked:
        """A count by itself."""
        return Masked(self.limit) if 0 < count < self.limit else count
