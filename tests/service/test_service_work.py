"""Coordinators at work on a lead: one at a time, every act in the trail, nothing lost."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.service.in_hand import Brought, CannotWork
from bot.service.staff import NotAllowed
from bot.service.views import LeadView, StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage

MEI, WEI, LIN = (StaffMember(name, name) for name in ("mei", "wei", "lin"))


@pytest.fixture
async def code(opened: Stage) -> str:
    """A lead in a live study. Mei and Wei are coordinators, Lin edits scripts."""
    for member, role in ((MEI, "coordinator"), (WEI, "coordinator"), (LIN, "editor")):
        opened.app.staff.add(member.id, role)
    await Person(opened).to_queue()
    (row,) = opened.app.desk.queue_now("en")
    return row.code


async def shown(stage: Stage, code: str, member: StaffMember = MEI) -> LeadView:
    view = await stage.app.desk.lead(code, "en", member)
    assert view is not None
    return view


async def reached(stage: Stage, code: str) -> None:
    await stage.app.work.attempt(code, "phone", "reached", MEI)


def trail(stage: Stage, code: str) -> list[tuple[str, str]]:
    """Who did what with a lead, without who only looked."""
    rows = [row for row in stage.rows(t.audit) if row.subject == code and row.what != "opened"]
    return [(row.who, row.what) for row in rows]


# whose it is


async def test_a_claimed_lead_is_nobody_elses_until_the_claim_ends(opened: Stage, code: str) -> None:
    await opened.app.work.claim(code, MEI)
    with pytest.raises(CannotWork) as told:
        await opened.app.work.note(code, "mine too", WEI)
    assert (told.value.reason, told.value.detail) == ("claimed", "mei")
    assert told.value.until == opened.clock.now + timedelta(minutes=30)
    assert (await shown(opened, code)).mine
    assert not (await shown(opened, code, WEI)).mine
    opened.clock.move(minutes=30)
    await opened.app.work.claim(code, WEI)
    assert (await shown(opened, code, WEI)).row.claimed_by == "wei"
    assert trail(opened, code)[-2:] == [("staff:mei", "claimed"), ("staff:wei", "claimed")]


async def test_whoever_works_on_it_keeps_it(opened: Stage, code: str) -> None:
    await opened.app.work.claim(code, MEI)
    for _ in range(3):
        opened.clock.move(minutes=29)
        await opened.app.work.note(code, "still at it", MEI)
    with pytest.raises(CannotWork):
        await opened.app.work.claim(code, WEI)


async def test_it_can_be_let_go_and_handed_over(opened: Stage, code: str) -> None:
    await opened.app.work.claim(code, MEI)
    await opened.app.work.hand_over(code, "wei", MEI)
    assert (await shown(opened, code)).row.claimed_by == "wei"
    await opened.app.work.release(code, WEI)
    assert (await shown(opened, code)).row.claimed_by == ""
    for nobody in ("lin", "somebody", ""):
        with pytest.raises(CannotWork, match="no_coordinator"):
            await opened.app.work.hand_over(code, nobody, MEI)


async def test_an_absent_colleagues_leads_go_to_another_together(opened: Stage, code: str) -> None:
    await Person(opened, "p2").to_queue(phone="13900139000")
    codes = [row.code for row in opened.app.desk.queue_now("en")]
    for each in codes:
        await opened.app.work.claim(each, MEI)
    assert await opened.app.work.take_over("mei", "wei", WEI) == 2
    assert {row.claimed_by for row in opened.app.desk.queue_now("en")} == {"wei"}
    with pytest.raises(NotAllowed):
        await opened.app.work.take_over("wei", "mei", LIN)


async def test_of_many_who_press_at_once_one_gets_it(any_store: Stage) -> None:
    await Person(any_store).to_queue()
    (row,) = any_store.app.desk.queue_now("en")
    members = [StaffMember(f"c{number}", f"c{number}") for number in range(12)]

    async def press(member: StaffMember) -> bool:
        try:
            await any_store.app.work.claim(row.code, member)
        except CannotWork:
            return False
        return True

    got = await asyncio.gather(*map(press, members))
    assert sum(got) == 1
    (held,) = any_store.app.desk.queue_now("en")
    assert held.claimed_by == members[got.index(True)].id


@pytest.mark.parametrize("member", [LIN, StaffMember("mallory", "mallory")])
async def test_only_coordinators_work_on_leads(opened: Stage, code: str, member: StaffMember) -> None:
    work = opened.app.work
    for act in (
        work.claim(code, member),
        work.release(code, member),
        work.hand_over(code, "wei", member),
        work.attempt(code, "phone", "no_answer", member),
        work.step(code, "decline", Brought(), member),
        work.check(code, "I1", "meets", member),
        work.note(code, "x", member),
        work.undo(code, "x", member),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert [what for who, what in trail(opened, code) if who.startswith("staff:")] == []


# attempts


async def test_a_try_makes_the_next_one_due_on_a_later_working_day(opened: Stage, code: str) -> None:
    await opened.app.work.attempt(code, "phone", "no_answer", MEI, note="rang ten times")
    view = await shown(opened, code)
    assert view.row.status == "contacting"
    assert view.done[0].words == "rang ten times"
    first = view.row.due_at
    assert first is not None
    assert first > opened.clock.now
    with pytest.raises(CannotWork, match="tried_today"):
        await opened.app.work.attempt(code, "phone", "no_answer", MEI)
    opened.clock.move(days=1)
    await opened.app.work.attempt(code, "phone", "message_left", MEI)
    second = (await shown(opened, code)).row.due_at
    assert second is not None
    assert second > first


async def test_who_asked_for_a_call_back_is_due_then(opened: Stage, code: str) -> None:
    with pytest.raises(CannotWork) as told:
        await opened.app.work.attempt(code, "phone", "call_back", MEI)
    assert told.value.detail == "call_back"
    then = opened.clock.now + timedelta(hours=3)
    await opened.app.work.attempt(code, "phone", "call_back", MEI, call_back=then)
    assert (await shown(opened, code)).row.due_at == then
    opened.clock.move(hours=3)
    await opened.app.work.attempt(code, "phone", "reached", MEI)  # the same day, as agreed
    assert (await shown(opened, code)).row.status == "reached"


async def test_three_tries_and_two_weeks_then_somebody_may_be_given_up(opened: Stage, code: str) -> None:
    for _ in range(3):
        await opened.app.work.attempt(code, "phone", "no_answer", MEI)
        opened.clock.move(days=1)
    with pytest.raises(CannotWork, match="tried_out"):
        await opened.app.work.attempt(code, "phone", "no_answer", MEI)
    opened.clock.move(days=12)
    with pytest.raises(CannotWork, match="not_yet"):
        await opened.app.work.step(code, "give_up", Brought(), MEI)
    opened.clock.move(days=1)
    await opened.app.work.step(code, "give_up", Brought(), MEI)
    assert opened.app.desk.queue_now("en") == []
    assert (await shown(opened, code)).row.status == "could_not_reach"


# the life of a lead


async def test_from_the_first_call_to_the_study(opened: Stage, code: str) -> None:
    visit = opened.clock.now + timedelta(days=3)
    await reached(opened, code)
    for step, brought in (
        ("consider", Brought()),
        ("book", Brought(visit=visit)),
    ):
        await opened.app.work.step(code, step, brought, MEI)
    for step in ("attend", "miss"):
        with pytest.raises(CannotWork, match="before_visit"):
            await opened.app.work.step(code, step, Brought(), MEI)
    opened.clock.now = visit
    for step in ("attend", "consent", "enrol"):
        await opened.app.work.step(code, step, Brought(), MEI)
    view = await shown(opened, code)
    assert view.row.status == "enrolled"
    assert [(done.detail["was"], done.detail["became"]) for done in view.done if done.kind == "step"] == [
        ("consented", "enrolled"),
        ("attended", "consented"),
        ("visit_booked", "attended"),
        ("considering", "visit_booked"),
        ("reached", "considering"),
    ]
    assert opened.app.desk.queue_now("en") == []


@pytest.mark.parametrize(
    ("step", "brought", "missing"),
    [
        ("find_ineligible", Brought(), "criterion"),
        ("book", Brought(), "visit"),
        ("wait", Brought(), "agrees"),
        ("mark_duplicate", Brought(), "other"),
    ],
)
async def test_a_step_asks_for_what_it_needs(
    opened: Stage, code: str, step: str, brought: Brought, missing: str
) -> None:
    await reached(opened, code)
    with pytest.raises(CannotWork) as told:
        await opened.app.work.step(code, step, brought, MEI)
    assert (told.value.reason, told.value.detail) == ("needs", missing)
    with pytest.raises(CannotWork, match="no_such_step"):
        await opened.app.work.step(code, "enrol", Brought(), MEI)
    assert (await shown(opened, code)).row.status == "reached"


async def test_only_the_person_withdraws(opened: Stage, code: str) -> None:
    """In the chat their consent goes with it, and their name and phone (R-10)."""
    assert "withdraw" not in [each.step for each in (await shown(opened, code)).steps]
    with pytest.raises(CannotWork, match="no_such_step"):
        await opened.app.work.step(code, "withdraw", Brought(), MEI)


async def test_a_visit_is_booked_for_a_day_to_come(opened: Stage, code: str) -> None:
    await reached(opened, code)
    with pytest.raises(CannotWork, match="past_visit"):
        await opened.app.work.step(code, "book", Brought(visit=opened.clock.now - timedelta(days=1)), MEI)


async def test_a_duplicate_is_of_another_lead(opened: Stage, code: str) -> None:
    for other in ("abc", code, "L-0000-0000"):
        with pytest.raises(CannotWork, match="no_other"):
            await opened.app.work.step(code, "mark_duplicate", Brought(other=other), MEI)
    await Person(opened, "p2").to_queue()
    other = next(row.code for row in opened.app.desk.queue_now("en") if row.code != code)
    await opened.app.work.step(code, "mark_duplicate", Brought(other=other), MEI)
    assert (await shown(opened, code)).row.status == "duplicate"


async def test_what_happened_is_written_down_also_on_the_day_of_a_try(opened: Stage, code: str) -> None:
    await opened.app.work.attempt(code, "phone", "no_answer", MEI)
    await opened.app.work.attempt(code, "phone", "reached", MEI, note="she rang back")
    assert (await shown(opened, code)).row.status == "reached"


async def test_a_closed_lead_is_reopened_with_a_reason_and_an_outcome_is_taken_back(
    opened: Stage, code: str
) -> None:
    await reached(opened, code)
    before = (await shown(opened, code)).row.due_at
    await opened.app.work.step(code, "find_ineligible", Brought(criterion="E10"), MEI)
    for act in (
        opened.app.work.attempt(code, "phone", "reached", MEI),
        opened.app.work.check(code, "E10", "fails", MEI),
    ):
        with pytest.raises(CannotWork, match="closed"):
            await act
    with pytest.raises(CannotWork, match="needs"):
        await opened.app.work.undo(code, " ", MEI)
    await opened.app.work.undo(code, "the wrong person", MEI)
    view = await shown(opened, code)
    assert (view.row.status, view.row.due_at) == ("reached", before)
    assert [done.undone_by for done in view.done if done.kind == "step"] == ["mei"]
    assert view.done[0].words == "the wrong person"
    await opened.app.work.step(code, "decline", Brought(reason="no time"), MEI)
    with pytest.raises(CannotWork, match="needs"):
        await opened.app.work.step(code, "reopen", Brought(), WEI)
    await opened.app.work.step(code, "reopen", Brought(reason="she called"), WEI)
    assert [row.status for row in opened.app.desk.queue_now("en")] == ["reached"]


async def test_where_nothing_was_done_there_is_nothing_to_take_back(opened: Stage, code: str) -> None:
    with pytest.raises(CannotWork, match="nothing_done"):
        await opened.app.work.undo(code, "a slip", MEI)
    with pytest.raises(CannotWork, match="no_such_lead"):
        await opened.app.work.claim("L-0000-0000", MEI)


# what is found out, and written down


async def test_a_check_stands_beside_what_the_person_reported(opened: Stage, code: str) -> None:
    await opened.app.work.check(code, "E10", "open", MEI)
    opened.clock.move(hours=1)
    await opened.app.work.check(code, "E10", "meets", MEI)
    view = await shown(opened, code)
    assert view.checks["E10"].state == "meets"
    assert view.checks["E10"].who == "mei"
    with pytest.raises(CannotWork, match="no_such_outcome"):
        await opened.app.work.check(code, "E10", "perhaps", MEI)


async def test_words_about_a_person_are_sealed_and_go_with_them(opened: Stage, code: str) -> None:
    await opened.app.work.note(code, "ZEBRA: call after six", MEI)
    assert (await shown(opened, code)).done[0].words == "ZEBRA: call after six"
    assert "ZEBRA" not in str([row._asdict() for row in opened.rows(t.lead_events)])
    assert "ZEBRA" not in str([row._asdict() for row in opened.rows(t.audit)])
    with pytest.raises(CannotWork, match="needs"):
        await opened.app.work.note(code, "  ", MEI)
    person = Person(opened)
    await person.say("/delete")
    await person.tap("delete_all")
    assert opened.rows(t.lead_events) == []


async def test_two_leads_with_one_phone_are_shown_to_each_other(opened: Stage, code: str) -> None:
    await Person(opened, "p2").to_queue()
    other = next(row.code for row in opened.app.desk.queue_now("en") if row.code != code)
    assert (await shown(opened, code)).alike == (other,)
    assert (await shown(opened, other)).alike == (code,)


# what the person does meanwhile


@pytest.mark.parametrize("step", ["decline", "find_ineligible"])
async def test_news_from_a_person_bring_a_closed_lead_back(opened: Stage, code: str, step: str) -> None:
    person = Person(opened)
    await person.listen()
    await reached(opened, code)
    await opened.app.work.step(code, step, Brought(criterion="E10"), MEI)
    assert opened.app.desk.queue_now("en") == []
    assert code in await person.say("/status")
    assert "138 0013 8000" in await person.say("/mydata")
    await person.tap("change_time", "morning")
    (row,) = opened.app.desk.queue_now("en")
    assert (row.code, row.status, row.call_time) == (code, "contacting", "morning")
    view = await shown(opened, code)
    assert (view.done[0].who, view.done[0].detail["was"]) == (
        "participant",
        {"decline": "declined", "find_ineligible": "phone_ineligible"}[step],
    )


async def test_a_person_withdraws_also_where_the_team_had_closed(opened: Stage, code: str) -> None:
    person = Person(opened)
    await person.listen()
    await reached(opened, code)
    await opened.app.work.step(code, "decline", Brought(), MEI)
    await person.say("/status")
    await person.tap("withdraw", "withdraw")
    view = await shown(opened, code)
    assert view.row.status == "withdrawn"
    assert view.identity.name == ""
    for act in (
        opened.app.work.step(code, "reopen", Brought(reason="again"), MEI),
        opened.app.work.undo(code, "a slip", MEI),
        opened.app.work.claim(code, MEI),
    ):
        with pytest.raises(CannotWork, match="withdrawn"):
            await act
    assert not view.may_work


async def test_who_is_enrolled_stays_so_whatever_they_change(opened: Stage, code: str) -> None:
    person = Person(opened)
    await person.listen()
    await reached(opened, code)
    for step, brought in (
        ("book", Brought(visit=opened.clock.now)),
        ("attend", Brought()),
        ("consent", Brought()),
        ("enrol", Brought()),
    ):
        await opened.app.work.step(code, step, brought, MEI)
    await person.listen()
    # The page from before still has its buttons; what is asked for now has none.
    await person.tap("change_time")
    assert "您已经在研究里了" in await person.say("/status")
    assert person.buttons == []
    assert "您已经在研究里了" in await person.say("/stop")
    assert opened.app.desk.queue_now("en") == []
    assert (await shown(opened, code)).row.status == "enrolled"
    assert (await shown(opened, code)).identity.phone


# sent twice, mistyped


async def test_what_a_browser_sends_twice_is_done_once(opened: Stage, code: str) -> None:
    work = opened.app.work
    for _ in range(2):
        await work.attempt(code, "phone", "reached", MEI, note="方便周末")
    for _ in range(2):
        await work.note(code, "要停车位", MEI)
    assert [each.kind for each in (await shown(opened, code)).done] == ["note", "attempt"]
    opened.clock.move(minutes=2)
    await work.note(code, "要停车位", MEI)
    assert len((await shown(opened, code)).done) == 3


@pytest.mark.parametrize(
    ("outcome", "at", "why"),
    [
        ("call_back", datetime(2126, 6, 16, 2, tzinfo=UTC), "too_far"),
        ("no_answer", datetime(2026, 6, 16, 2, tzinfo=UTC), "call_back_too"),
    ],
)
async def test_a_call_back_of_another_century_or_with_another_outcome_is_asked_about(
    opened: Stage, code: str, outcome: str, at: datetime, why: str
) -> None:
    with pytest.raises(CannotWork, match=why):
        await opened.app.work.attempt(code, "phone", outcome, MEI, at)


async def test_a_visit_of_another_century_and_an_endless_note_are_not_taken(opened: Stage, code: str) -> None:
    await reached(opened, code)
    with pytest.raises(CannotWork, match="too_far"):
        await opened.app.work.step(code, "book", Brought(visit=datetime(9999, 12, 31, tzinfo=UTC)), MEI)
    with pytest.raises(CannotWork, match="long_note"):
        await opened.app.work.note(code, "x" * 2001, MEI)
    await opened.app.work.step(code, "close_study", Brought(), MEI)
    with pytest.raises(CannotWork, match="needs"):
        await opened.app.work.step(code, "reopen", Brought(reason="  "), MEI)


async def test_one_call_that_was_asked_for_does_not_lift_the_limit_for_good(opened: Stage, code: str) -> None:
    work = opened.app.work
    await work.attempt(code, "phone", "call_back", MEI, opened.clock.now + timedelta(hours=2))
    opened.clock.move(hours=2)
    await work.attempt(code, "phone", "no_answer", MEI)
    opened.clock.move(minutes=5)
    with pytest.raises(CannotWork, match="tried_today"):
        await work.attempt(code, "phone", "no_answer", MEI)


async def test_taking_back_a_reopening_leaves_the_lead_closed_as_it_was(opened: Stage, code: str) -> None:
    await reached(opened, code)
    await opened.app.work.step(code, "decline", Brought(), MEI)
    closed = opened.rows(t.leads)[0].closed_at
    opened.clock.move(days=2)
    await opened.app.work.step(code, "reopen", Brought(reason="calls again"), MEI)
    await opened.app.work.undo(code, "a slip", MEI)
    (row,) = opened.rows(t.leads)
    assert (row.status, row.closed_at, row.claimed_by) == ("declined", closed, None)
