"""A weekly cap and a study's places: the waiting list, said before anybody agrees to it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.service.in_hand import Brought
from bot.service.views import StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage

FUZHOU = ZoneInfo("Asia/Shanghai")
MEI = StaffMember("mei", "mei")


async def asked(stage: Stage, address: str, language: str = "zh") -> Person:
    person = Person(stage, address, language)
    await person.to_contact()
    return person


async def agrees(person: Person) -> str:
    await person.tap("yes")
    await person.say("林女士" if person.language == "zh" else "Ms Lin")
    await person.tap("phone")
    await person.say("13800138000")
    return await person.tap("any")


def latest(stage: Stage) -> tuple[str, datetime]:
    row = max(stage.rows(t.leads), key=lambda row: (row.created_at, row.code))
    return row.status, row.due_at


@pytest.mark.parametrize(
    ("language", "waits", "stands"),
    [
        ("zh", "先登记候补", "研究团队之后几周会联系您"),
        ("en", "you are put on a waiting list", "no more people this week"),
    ],
)
async def test_beyond_the_weekly_cap_people_are_offered_to_wait_and_are_called_next_week(
    opened: Stage, language: str, waits: str, stands: str
) -> None:
    opened.app.publishing.set_fact("small", "weekly_cap", "1", "mei")
    first = await asked(opened, "p1", language)
    assert waits not in " ".join(first.heard)
    await agrees(first)
    assert latest(opened)[0] == "new"
    opened.clock.move(minutes=1)
    second = await asked(opened, "p2", language)
    assert waits in second.heard[-1]
    assert stands in (told := await agrees(second))
    assert "谢谢" in told or "Thank you" in told
    assert latest(opened) == ("waiting_list", datetime(2026, 6, 22, 17, 30, tzinfo=FUZHOU))
    # The next week begins with room again.
    opened.clock.now = datetime(2026, 6, 22, 9, tzinfo=FUZHOU)
    third = await asked(opened, "p3", language)
    assert waits not in third.heard[-1]
    await agrees(third)
    assert latest(opened)[0] == "new"


async def test_no_is_taken_as_ever_and_counts_for_nothing(opened: Stage) -> None:
    opened.app.publishing.set_fact("small", "weekly_cap", "1", "mei")
    await agrees(await asked(opened, "p1"))
    second = await asked(opened, "p2")
    await second.tap("no")
    assert len(opened.rows(t.leads)) == 1


async def test_whoever_was_not_told_does_not_wait(opened: Stage) -> None:
    opened.app.publishing.set_fact("small", "weekly_cap", "1", "mei")
    first, second = await asked(opened, "p1"), await asked(opened, "p2")
    await second.tap("yes")  # asked while there was room
    await agrees(first)
    opened.clock.move(minutes=1)
    await second.say("林女士")
    await second.tap("phone")
    await second.say("13800138001")
    await second.tap("any")
    assert latest(opened)[0] == "new"


async def test_where_there_is_room_by_now_nobody_waits(opened: Stage) -> None:
    opened.app.publishing.set_fact("small", "weekly_cap", "1", "mei")
    await agrees(await asked(opened, "p1"))
    opened.clock.move(minutes=1)
    second = await asked(opened, "p2")
    opened.app.publishing.set_fact("small", "weekly_cap", "", "mei")
    await agrees(second)
    assert latest(opened)[0] == "new"


async def test_once_the_places_are_taken_the_study_says_so(opened: Stage) -> None:
    opened.app.staff.add("mei", "coordinator")
    opened.app.publishing.set_fact("small", "places", "1", "mei")
    await agrees(await asked(opened, "p1"))
    (lead,) = opened.rows(t.leads)
    await opened.app.work.attempt(lead.code, "phone", "reached", MEI)
    visit = opened.clock.now
    await opened.app.work.step(lead.code, "book", Brought(visit=visit), MEI)
    for step in ("attend", "consent", "enrol"):
        await opened.app.work.step(lead.code, step, Brought(), MEI)
    opened.clock.move(minutes=1)
    second = await asked(opened, "p2")
    assert "目前研究没有空余名额" in second.heard[-1]
    await agrees(second)
    assert latest(opened)[0] == "waiting_list"
