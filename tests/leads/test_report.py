"""Reports: tables of what counts as what, and counts that are masked for outsiders."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.run import Run
from bot.leads.hours import read_hours
from bot.leads.lead import Lead, LeadEvent
from bot.leads.life import STATUSES
from bot.leads.log import ENDINGS, Mask, Masked, counters_of, line_of, totals_of
from bot.leads.report import (
    CHECKING,
    DELETED,
    STAGES,
    UNKNOWN,
    Cell,
    Walk,
    fails_of,
    funnel_of,
    grid,
    groups_of,
    load_of,
    nested,
    stage_of,
    stands_of,
    waits_of,
)

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = read_hours("08:00-12:00 14:30-17:30", ZONE)
#: A Monday, 10:00 in Fuzhou.
MONDAY = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


def attempt(outcome: str, after: float = 1, undone_by: str = "") -> LeadEvent:
    at = MONDAY + timedelta(hours=after)
    return LeadEvent(1, "attempt", at, "mei", {"outcome": outcome}, undone_by=undone_by)


def step(became: str, undone_by: str = "") -> LeadEvent:
    return LeadEvent(1, "step", MONDAY, "mei", {"step": "s", "became": became}, undone_by=undone_by)


def walk(
    outcome: str = "",
    status: str = "",
    events: Sequence[LeadEvent] = (),
    at: str = "",
    fails: Sequence[str] = (),
    verdict: str = "",
    source: str = "",
    language: str = "zh",
) -> Walk:
    result = {"verdict": verdict, "fails": dict.fromkeys(fails, "permanent")} if verdict else {}
    run = Run("r1", "small", "v1", False, "web", language, MONDAY, outcome or None, None, result, source)
    lead = (
        Lead(
            "L-1", "small", False, "zh", "web", "r1", verdict, (), (), 0, status, "phone", "any", MONDAY, MONDAY
        )
        if status
        else None
    )  # fmt: skip
    return Walk(run, line_of(run, lead, events, ZONE), lead, events, at)


@pytest.mark.parametrize(
    ("status", "events", "stage"),
    [
        ("new", [], "leads"),
        ("contacting", [attempt("no_answer")], "leads"),
        ("declined", [attempt("call_back")], "leads"),
        ("declined", [attempt("reached")], "reached"),
        ("contacting", [attempt("reached", undone_by="mei")], "leads"),
        ("phone_ineligible", [], "reached"),
        ("no_show", [], "visit_booked"),
        ("considering", [step("visit_booked")], "visit_booked"),
        ("considering", [step("visit_booked", undone_by="mei")], "reached"),
        ("screen_failed", [], "attended"),
        ("screen_failed", [step("consented")], "study_consent"),
        ("enrolled", [step("consented"), step("enrolled")], "enrolled"),
        # Reopened: no longer counted as taking part.
        ("reached", [step("enrolled"), step("reached")], "study_consent"),
        ("withdrawn", [], "leads"),
    ],
)
def test_how_far_a_lead_came(status: str, events: list[LeadEvent], stage: str) -> None:
    assert stage_of(status, events) == stage


def test_every_status_has_its_stage() -> None:
    assert {stage_of(status, ()) for status in STATUSES} == set(STAGES[3:])


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-06-15 10:00", "2026-06-15 11:30", 1.5),
        ("2026-06-15 11:00", "2026-06-15 15:00", 1.5),  # the lunch break
        ("2026-06-15 17:00", "2026-06-16 08:30", 1.0),  # a night
        ("2026-06-12 17:00", "2026-06-15 09:00", 1.5),  # a weekend
        ("2026-06-18 17:00", "2026-06-22 08:00", 0.5),  # the Dragon Boat Festival
        ("2026-06-15 18:00", "2026-06-15 22:00", 0.0),
    ],
)
def test_working_hours_between_two_moments(since: str, until: str, hours: float) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (since, until))
    assert HOURS.between(begin.astimezone(UTC), end) == timedelta(hours=hours)


def test_waits_are_of_the_first_try_that_stands() -> None:
    walks = [
        walk("likely_match", "reached", [attempt("no_answer", 1), attempt("reached", 25)], verdict="likely_match"),
        walk("likely_match", "contacting", [attempt("no_answer", 2)], verdict="likely_match"),
        walk("likely_match", "new", [attempt("reached", 1, undone_by="mei")], verdict="likely_match"),
        walk("not_match", verdict="not_match"),
    ]  # fmt: skip
    waits = waits_of(walks, HOURS)
    assert (waits.first_try.leads, waits.never_reached, waits.never_tried) == (2, 1, 1)
    assert waits.first_try.clock is not None
    assert waits.reach.clock is not None
    assert waits.reach.working is not None
    assert waits.first_try.clock.median == timedelta(hours=1.5)
    assert waits.first_try.clock.ninetieth == timedelta(hours=2)
    assert waits.reach.clock.median == timedelta(hours=25)
    assert waits.reach.working.median == timedelta(hours=8)


@pytest.mark.parametrize(("count", "ninetieth"), [(1, 1), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_nine_of_ten_waited_no_longer(count: int, ninetieth: int) -> None:
    walks = [
        walk("likely_match", "contacting", [attempt("no_answer", hour)], verdict="likely_match")
        for hour in range(1, count + 1)
    ]
    clock = waits_of(walks, HOURS).first_try.clock
    assert clock is not None
    assert clock.ninetieth == timedelta(hours=ninetieth)


def test_people_stand_at_questions_and_stopped_at_them() -> None:
    walks = [
        walk(at="treated"),
        walk("stopped", at="treated"),
        walk(at=CHECKING),
        walk("stopped", verdict="likely_match"),
        walk("not_match", verdict="not_match"),
    ]
    counted = {
        "gone_question": 3,
        "gone_stopped": 2,
        "gone_finished": 1,
        "gone_at_age": 2,
        "gone_not_match": 4,
    }
    found = stands_of(walks, counted, ["age", "treated", "pregnant"])
    assert found == {"age": (0, 2), "treated": (1, 1), CHECKING: (1, 0), DELETED: (0, 2)}
    assert list(found) == ["age", "treated", CHECKING, DELETED]


def test_a_criterion_costs_those_who_fail_for_it_alone() -> None:
    walks = [
        walk("not_match", fails=["E10"], verdict="not_match"),
        walk("not_match", fails=["E10", "I1"], verdict="not_match"),
    ]
    counted = {"gone_not_match": 2, "gone_fails_E10": 2, "gone_alone_E10": 1}
    totals = totals_of([each.line for each in walks], counted, 0)
    assert fails_of(walks, totals, counted) == {"E10": (4, 2), "I1": (1, 0)}


def test_the_work_now() -> None:
    now = MONDAY
    leads = [
        (now - timedelta(days=3), now - timedelta(hours=1), True),
        (now - timedelta(hours=1), now + timedelta(hours=2), True),
        (now - timedelta(hours=9), now + timedelta(days=1), True),  # 01:00 at the site: today
        (now - timedelta(hours=11), now + timedelta(days=1), True),  # 23:00: yesterday
        (now, now - timedelta(hours=1), False),
    ]
    assert load_of(leads, now, ZONE) == {"new_today": 3, "open": 4, "due_today": 1, "overdue": 1}


# counts that reconcile

_LEADS = st.sampled_from(STATUSES)
_VERDICT = st.sampled_from(("likely_match", "needs_review"))
_WALKS = st.lists(
    st.one_of(
        st.builds(lambda at, out: walk(out, at=at), st.sampled_from(["age", CHECKING, ""]), st.sampled_from(["", "stopped", "not_recruiting"])),
        st.builds(lambda fails: walk("not_match", fails=sorted(fails), verdict="not_match"), st.sets(st.sampled_from(["E1", "E2", "I1"]), min_size=1)),
        st.builds(lambda v, status, source: walk(v, status, verdict=v, source=source), _VERDICT, _LEADS, st.sampled_from(["", "poster"])),
        st.builds(lambda v, out, tongue: walk(out, verdict=v, language=tongue), _VERDICT, st.sampled_from(["stopped", "not_interested", "withdrawn"]), st.sampled_from(["zh", "en"])),
        st.just(walk("under_age", fails=["I1"], verdict="not_match")),
    ),
    max_size=30,
)  # fmt: skip


@given(_WALKS, _WALKS, st.integers(0, 5))
def test_what_is_kept_and_what_was_deleted_adds_up(kept: list[Walk], gone: list[Walk], left: int) -> None:
    counted: dict[str, int] = {"started": len(kept) + len(gone) + left, "left": left}
    for each in gone:
        for name in counters_of(each.line, each.at):
            counted[name] = counted.get(name, 0) + 1
    totals = totals_of([each.line for each in kept], counted, 0)
    everybody = [*kept, *gone]
    assert totals.started == totals.accounted
    assert {*totals.endings} == {*ENDINGS}
    funnel = funnel_of(kept, totals, counted)
    in_order = [funnel[stage] for stage in STAGES]
    assert in_order == sorted(in_order, reverse=True)
    assert funnel["began"] == totals.started
    assert funnel["consented"] == totals.assessed == len(everybody)
    assert funnel["finished"] == sum(each.line.finished for each in everybody)
    assert funnel["leads"] == sum(totals.statuses.values())
    assert funnel["enrolled"] == totals.enrolled
    stands = stands_of(kept, counted, ["age"])
    assert sum(now for now, _ in stands.values()) == totals.in_run
    assert sum(map(sum, stands.values())) == sum(each.line.unfinished for each in everybody)
    costs = fails_of(kept, totals, counted)
    assert {id: count for id, (count, _) in costs.items()} == totals.fails
    assert sum(alone for _, alone in costs.values()) == sum(len(each.line.fails) == 1 for each in everybody)
    for by in ("source", "language"):
        groups = groups_of(kept, lambda run, by=by: str(getattr(run, by)), totals, counted)  # type: ignore[misc]  # bound per loop
        sums = [sum(column) for column in zip(*groups.values(), strict=True)] or [0] * 5
        assert sums == [funnel[stage] for stage in ("consented", "finished", "leads", "reached", "enrolled")]


def test_where_nobody_said_where_they_come_from() -> None:
    walks = [walk(source="poster"), walk(source=""), walk(source="")]
    totals = totals_of([each.line for each in walks], {"gone_question": 1}, 0)
    found = groups_of(walks, lambda run: run.source, totals, {"gone_question": 1})
    assert {name: counts[0] for name, counts in found.items()} == {UNKNOWN: 2, "poster": 1, DELETED: 1}


# for outsiders


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([20, 12, 6, 0], [20, 12, 6, 0]),
        ([20, 18, 3, 0], [20, Masked(0), Masked(5), 0]),  # 2 left: 20 - 18
        ([20, 18, 14], [20, Masked(0), 14]),
        ([4, 4, 1], [Masked(5), Masked(5), Masked(5)]),
        ([9, 9, 9], [9, 9, 9]),
    ],
)
def test_a_small_difference_is_not_given_away(counts: list[int], told: list[Cell]) -> None:
    assert nested(counts, 5) == told
    assert nested(counts, 0) == counts


@given(st.dictionaries(st.text("abcdef", min_size=1), st.lists(st.integers(0, 30), min_size=3, max_size=3)))
def test_no_small_count_is_told_nor_can_be_subtracted(rows: dict[str, list[int]]) -> None:
    rows = {key: sorted(counts, reverse=True) for key, counts in rows.items()}
    found = grid(rows, 5, within=True)
    for key, cells in found.items():
        told = [cell for cell in cells if isinstance(cell, int)]
        assert all(cell == 0 or cell >= 5 for cell in told)
        assert all(a - b == 0 or a - b >= 5 for a, b in pairwise(told))
        assert all(
            isinstance(cell, Masked) or cell == count for cell, count in zip(cells, rows[key], strict=True)
        )
    for column in range(3):
        hidden = [key for key, cells in found.items() if isinstance(cells[column], Masked)]
        others = [key for key, cells in found.items() if key not in hidden and cells[column]]
        assert len(hidden) != 1 or not others


def test_a_mask_of_nothing_hides_nothing() -> None:
    assert grid({"a": [1, 1]}, 0) == {"a": [1, 1]}
    assert Mask(0).alone(1) == 1
