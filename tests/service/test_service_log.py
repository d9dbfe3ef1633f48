"""The prescreening log: everybody who began is accounted for, whatever was erased since; who may have it; the trail."""

import asyncio
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.leads.log import Asked, Log, Mask, Masked, Totals
from bot.service.in_hand import Brought
from bot.service.log import PrescreeningLog
from bot.service.messages import Press
from bot.service.publishing import Refused
from bot.service.views import StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage


def taken(stage: Stage, asked: Asked = Asked(), who: str = "mei") -> Log:  # noqa: B008 - a frozen value
    """The log as it is handed to the writer."""
    kept: list[Log] = []

    def write(log: Log, format: str, language: str) -> bytes:
        kept.append(log)
        return b""

    app = stage.app
    PrescreeningLog(app.database, app.shelf, write, stage.clock, app.settings.zone).export(
        asked, "csv", "zh", who
    )
    return kept[0]


def totals(stage: Stage, asked: Asked = Asked()) -> Totals:  # noqa: B008 - a frozen value
    found = taken(stage, asked).totals
    assert found.started == found.accounted, found
    return found


def some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


# who is where

_COMMANDS = ("/start", "/restart", "/stop", "/delete", "/back", "/unwell")
_AGES = ("35", "35", "70", "16")
_WHO = st.integers(0, 2)
_DONE = st.one_of(
    *(st.tuples(st.just("onward"), _WHO, st.integers(1, 14)) for _ in range(3)),
    st.tuples(st.just("say"), _WHO, st.sampled_from(_COMMANDS)),
    st.tuples(st.just("press"), _WHO, st.integers(0, 4)),
    st.tuples(st.just("wait"), _WHO, st.sampled_from((1, 15, 30, 24 * 8, 24 * 31, 24 * 200))),
)


async def onward(person: Person, age: str) -> None:
    """The next step of somebody who goes all the way."""
    ids = [button.data.split(":", 2)[2] for button in person.buttons]
    answer = "no" if ".skip" in ids else "yes"
    wished = (
        "zh",
        "self",
        "agree",
        "finish",
        "chat",
        "any",
        ".done",
        "none",
        answer,
        "delete_all",
        "restart",
    )
    found = next((id for id in wished if id in ids), None)
    if found is not None:
        await person.tap(found)
    elif ids:
        await person.say(age if ".help" in ids else "林女士")
    else:
        await person.say("/start")


async def live_through(stage: Stage, done: list[tuple[str, int, int | str]]) -> None:
    people = [Person(stage, f"p{number}") for number in range(3)]
    for number, (what, who, which) in enumerate(done):
        person = people[who]
        if isinstance(which, str):
            await person.say(which)
        elif what == "onward":
            for _ in range(which):
                await onward(person, _AGES[number % len(_AGES)])
        elif what == "press" and person.buttons:
            await person.take(Press(person.buttons[which % len(person.buttons)].data))
        elif what == "wait":
            stage.clock.move(hours=which)
            await stage.app.timers.tick()


@settings(max_examples=25, deadline=None)
@given(st.lists(_DONE, min_size=10, max_size=40))
def test_everybody_who_began_is_somewhere(done: list[tuple[str, int, int | str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        try:
            asyncio.run(live_through(stage, done))
            found = totals(stage)
            # The trail is never erased: it knows every run that was ever started.
            started = [row for row in stage.rows(t.audit) if row.what == "started"]
            assert found.assessed == len(started)
            first = [row.at.astimezone(stage.app.settings.zone).date() for row in started]
            for day in {*first, date(2026, 6, 15)}:
                assert totals(stage, Asked(since=day, until=day)).assessed == first.count(day)
            assert len(taken(stage).lines) + found.erased == len(started)
            assert stage.app.audit.verify().findings == []
        finally:
            stage.stop()


async def test_each_way_out_is_counted_once_and_stays_counted(any_store: Stage) -> None:
    stage = any_store
    await Person(stage, "gone").say("/start")
    await (await Person(stage, "leaves").to_questions()).say("/start")
    for address in ("fits", "fits-too"):
        await Person(stage, address).to_queue()
    await Person(stage, "older").to_not_match()
    minor = await Person(stage, "minor").to_questions()
    await minor.say("16")
    await minor.tap("confirm")
    declines = Person(stage, "declines")
    await declines.say("/start")
    await declines.tap("zh", "self", "yes", "decline")
    found = totals(stage)
    assert found.started == 7
    assert (some(dict(found.intro)), found.at_intro, found.in_run) == ({"no_consent": 1}, 1, 1)
    assert some(dict(found.endings)) == {"likely_match": 2, "not_match": 1, "under_age": 1}
    assert (found.fails, found.erased, found.statuses) == ({"I1": 2}, 1, {"new": 2})
    stage.clock.move(days=2)
    await stage.app.timers.tick()
    stage.clock.move(days=40)
    await stage.app.timers.tick()
    fits = Person(stage, "fits")
    await fits.say("/delete")
    await fits.tap("delete_all")
    after = totals(stage)
    assert (after.started, after.at_intro, after.in_run) == (7, 0, 0)
    assert some(dict(after.intro)) == {"left": 1, "no_consent": 1}
    assert (after.left_at_question, some(dict(after.endings))) == (1, some(dict(found.endings)))
    assert (after.fails, after.statuses, after.erased) == (found.fails, found.statuses, 4)
    assert [line.status for line in taken(stage).lines] == ["new"]


async def test_a_walk_that_becomes_a_run_on_another_day_is_counted_there(stage: Stage, lin: Person) -> None:
    await lin.say("/start")
    await lin.tap("zh", "self", "yes")
    stage.clock.move(hours=20)
    await lin.tap("agree")
    first, second = date(2026, 6, 15), date(2026, 6, 16)
    assert totals(stage, Asked(until=first)).started == 0
    assert totals(stage, Asked(since=second, until=second)).started == 1


async def test_who_stands_before_a_new_run_when_the_last_one_goes_has_left(stage: Stage, lin: Person) -> None:
    await lin.to_not_match()
    stage.clock.move(days=29, hours=20)
    await lin.say("/start")
    stage.clock.move(hours=5)
    await stage.app.timers.tick()
    found = totals(stage)
    assert (found.started, found.at_intro, found.intro["left"], found.erased) == (2, 0, 1, 1)


# a line


async def test_a_line_says_what_coordinators_found_out(stage: Stage) -> None:
    mei = StaffMember("mei", "mei")
    person = await Person(stage, "p1").to_questions()
    await person.say("60")
    await person.tap("unsure", ".done", "no", "no", "finish", "yes")
    await person.say("林女士")
    await person.tap("chat", "any")
    (line,) = taken(stage).lines
    assert (line.verdict, line.open, line.fails, line.checked_by) == ("needs_review", ("I1", "E10"), (), ())
    work = stage.app.work
    await work.check(line.code, "I1", "meets", mei)
    await work.attempt(line.code, "phone", "reached", mei)
    await work.step(line.code, "find_ineligible", Brought(criterion="E10"), mei)
    found = taken(stage)
    (line,) = found.lines
    assert (line.open, line.fails, line.checked_by, line.status) == (
        (),
        ("E10",),
        ("mei",),
        "phone_ineligible",
    )
    assert (line.day, line.study, line.language, line.outcome) == (
        "2026-06-15",
        "small",
        "zh",
        "needs_review",
    )
    assert found.totals.fails == {"E10": 1}
    assert "林" not in str(found)
    await person.say("/delete")
    await person.tap("delete_all")
    gone = totals(stage)
    assert (gone.fails, gone.statuses) == ({"E10": 1}, {"phone_ineligible": 1})


async def test_small_counts_are_masked_and_no_lines_are_given(stage: Stage) -> None:
    for number in range(6):
        await Person(stage, f"p{number}").to_not_match()
    await Person(stage, "fits").to_queue()
    made = stage.app.log.export(Asked(mask=5), "csv", "en", "mei").decode("utf-8-sig")
    assert "Not a match,*" in made  # 7 began: 6 of them would say that it was one
    assert "Likely match,<5" in made
    assert "L-" not in made


# who may have it


@pytest.mark.parametrize("role", ["coordinator", "auditor", "admin"])
def test_a_role_that_may_takes_it_and_the_trail_says_so(opened: Stage, role: str) -> None:
    opened.app.staff.add("mei", role)
    made = opened.app.log.export(Asked("small", date(2026, 6, 1), date(2026, 6, 30)), "csv", "zh", "mei")
    assert made.startswith(b"\xef\xbb\xbf")
    (row,) = [row for row in opened.rows(t.audit) if row.what == "exported"]
    assert (row.subject, row.who) == ("log:small", "staff:mei")
    expected = {
        "format": "csv",
        "from": "2026-06-01",
        "to": "2026-06-30",
        "version": "",
        "mask": 0,
        "rows": 0,
    }
    assert row.detail == expected


@pytest.mark.parametrize("role", ["editor", "approver"])
def test_a_role_that_may_not_is_refused_and_nothing_is_written(opened: Stage, role: str) -> None:
    opened.app.staff.add("lin", role)
    for who, reason in (("lin", "not_for_export"), ("nobody", "no_exporter")):
        with pytest.raises(Refused) as caught:
            opened.app.log.export(Asked(), "csv", "zh", who)
        assert caught.value.reason == reason
    assert [row for row in opened.rows(t.audit) if row.what == "exported"] == []


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked("other"), "nothing_kept"),
        (Asked(since=date(2026, 6, 2), until=date(2026, 6, 1)), "days_reversed"),
        (Asked(version="abcdef"), "no_such_version"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(stage: Stage, asked: Asked, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        taken(stage, asked)
    assert caught.value.reason == reason


async def test_one_version_is_counted_by_what_is_kept(stage: Stage) -> None:
    await Person(stage, "p1").to_not_match()
    await Person(stage, "p2").say("/start")
    (version,) = {line.version for line in taken(stage).lines}
    found = taken(stage, Asked(version=version[:8])).totals
    assert (found.started, found.assessed, found.intro) == (None, 1, {})


def test_a_mask_hides_what_would_give_a_small_count_away() -> None:
    assert Mask(5).together({"a": 1, "b": 20, "c": 9, "d": 0}) == {
        "a": Masked(5),
        "b": 20,
        "c": Masked(0),
        "d": 0,
    }
    assert Mask(5).together({"a": 1, "b": 2, "c": 9})["c"] == 9
    assert Mask(0).together({"a": 1}) == {"a": 1}
    assert (Mask(5).alone(4), Mask(5).alone(5), Mask(5).alone(0)) == (Masked(5), 5, 0)
