"""What nobody did in time: marked, escalated, told to the participant once; and the daily digest (Q-5, R-26)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.leads.queue import late_from
from bot.service.by_hand import Caller
from bot.service.in_hand import Brought
from bot.service.messages import TELEGRAM
from bot.service.views import StaffMember
from bot.store import tables as t
from bot.store.records import Records
from tests.service.stage import Person, Stage

FUZHOU = ZoneInfo("Asia/Shanghai")
MEI = StaffMember("mei", "mei")
ALERTS = "-100200"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Stage]:
    """A live study with an alert chat."""
    stage = Stage(tmp_path, live=True)
    for name in ("Wei", "mei"):
        stage.app.staff.add(name, "coordinator")
    stage.open(alert_chat=ALERTS, second_person="Wei")
    yield stage
    stage.stop()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=FUZHOU)


def alerts(stage: Stage) -> list[str]:
    """What the coordinators' chat is told, first to last."""

    def read(records: Records) -> list[str]:
        posted = records.feed(TELEGRAM.name, ALERTS, 0)
        return [row.content["lines"][0][0] for row in posted if row.content]

    return stage.app.database.run_now(read)


def happened(stage: Stage, code: str) -> list[str]:
    return [row.kind for row in stage.rows(t.lead_events) if row.code == code]


async def a_lead(
    stage: Stage, address: str = "p1", language: str = "zh", when: str = "any"
) -> tuple[Person, str]:
    person = Person(stage, address, language)
    await person.to_contact()
    await person.tap("yes")
    await person.say("林女士" if language == "zh" else "Ms Lin")
    await person.tap("phone")
    await person.say("13800138000")
    await person.tap(when)
    newest = max(stage.rows(t.leads), key=lambda row: row.created_at)
    return person, newest.code


async def until(stage: Stage, moment: str) -> None:
    stage.clock.now = local(moment)
    await stage.app.timers.tick()


async def test_a_first_call_that_is_late_is_marked_then_a_second_person_is_told(site: Stage) -> None:
    _, code = await a_lead(site)  # Monday, 10:00
    await until(site, "2026-06-16 17:29")
    assert happened(site, code) == []
    await until(site, "2026-06-16 17:30")
    assert "overdue" in happened(site, code)
    assert alerts(site)[-1] == f"{code} · 已超期 · overdue"
    await until(site, "2026-06-17 09:59")
    assert "escalated" not in happened(site, code)
    await until(site, "2026-06-17 10:00")  # two hours of working time
    assert happened(site, code).count("escalated") == 1
    assert "Wei" in alerts(site)[-1]
    (row,) = site.app.desk.queue_now("en")
    assert (row.overdue, row.escalated) == (True, True)
    await until(site, "2026-06-19 10:00")
    assert happened(site, code).count("overdue") == happened(site, code).count("escalated") == 1


async def test_whoever_was_tried_in_time_is_nobodys_alarm(site: Stage) -> None:
    _, code = await a_lead(site)
    await site.app.work.attempt(code, "phone", "reached", MEI)
    await until(site, "2026-06-16 17:29")
    assert "overdue" not in happened(site, code)
    assert "told_late" not in happened(site, code)


@pytest.mark.parametrize(
    ("language", "sorry", "by"),
    [("zh", "很抱歉", "2026年6月17日 17:30"), ("en", "we are sorry", "17 June 2026 17:30")],
)
async def test_the_person_is_told_once_that_it_takes_longer(
    site: Stage, language: str, sorry: str, by: str
) -> None:
    person, code = await a_lead(site, language=language)
    await person.listen()
    await until(site, "2026-06-16 17:30")
    told = await person.listen()
    assert sorry in told
    assert by in told
    assert "0591-5550101" in told
    # From now on the same time is told.
    assert by in await person.say("/status")
    await until(site, "2026-06-18 17:30")
    assert await person.listen() == ""
    assert happened(site, code).count("told_late") == 1
    # A day that has passed is promised no more.
    standing = await person.say("/status")
    assert sorry in standing
    assert "2026" not in standing.replace("2026-06", "")
    assert "0591-5550101" in standing


async def test_nobody_is_written_to_in_the_quiet_hours(site: Stage) -> None:
    person, code = await a_lead(site, when="evening")
    await person.listen()
    await until(site, "2026-06-16 20:00")
    assert "overdue" in happened(site, code)
    assert await person.listen() == ""
    await until(site, "2026-06-17 08:59")
    assert await person.listen() == ""
    await until(site, "2026-06-17 09:00")
    assert "很抱歉" in await person.listen()


@pytest.mark.parametrize(
    ("when", "late", "by"),
    [
        ("evening", "2026-06-16 20:00", "2026年6月18日 20:00"),
        ("weekend", "2026-06-21 20:00", "2026年6月28日 20:00"),
        ("morning", "2026-06-16 12:00", "2026年6月17日 12:00"),
    ],
)
async def test_the_second_day_is_at_the_hours_they_chose_and_is_told_as_soon_as_it_is_late(
    site: Stage, when: str, late: str, by: str
) -> None:
    person, _ = await a_lead(site, when=when)
    await until(site, late)
    standing = await person.say("/status")
    assert "很抱歉" in standing
    assert by in standing


async def test_a_call_in_the_night_between_makes_the_apology_untrue(site: Stage) -> None:
    person, code = await a_lead(site, when="evening")
    await person.listen()
    await until(site, "2026-06-16 20:00")
    await site.app.work.attempt(code, "phone", "no_answer", MEI)
    await until(site, "2026-06-17 09:00")
    assert await person.listen() == ""


async def test_a_call_back_is_announced_at_its_hour(site: Stage) -> None:
    _, code = await a_lead(site)
    await site.app.work.attempt(code, "phone", "call_back", MEI, local("2026-06-15 15:00"))
    await site.app.work.release(code, MEI)
    await until(site, "2026-06-15 14:59")
    (row,) = site.app.desk.queue_now("en")
    assert (row.next, row.overdue) == ("call_back", False)
    await until(site, "2026-06-15 15:00")
    assert alerts(site)[-1] == f"{code} · 约定的回电时间到了 · call back now"


async def test_an_urgent_request_that_nobody_takes_goes_to_a_second_person(site: Stage) -> None:
    await Person(site, "ill").say("/unwell")
    (request,) = site.rows(t.requests)
    site.clock.move(minutes=14)
    await site.app.timers.tick()
    assert "nobody has taken it" not in alerts(site)[-1]
    site.clock.move(minutes=1)
    await site.app.timers.tick()
    assert (
        alerts(site)[-1] == f"{request.code} · 紧急求助无人处理 · urgent request, nobody has taken it · Wei"
    )
    site.clock.move(hours=1)
    await site.app.timers.tick()
    assert sum("nobody has taken it" in each for each in alerts(site)) == 1


async def test_an_urgent_request_that_somebody_has_taken_is_in_good_hands(site: Stage) -> None:
    await Person(site, "ill").say("/unwell")
    (request,) = site.rows(t.requests)
    await site.app.requests.claim(request.code, MEI)
    site.clock.move(minutes=15)
    await site.app.timers.tick()
    assert not any("nobody has taken it" in each for each in alerts(site))
    site.clock.move(minutes=15)  # the claim has ended, and it is not closed
    await site.app.timers.tick()
    assert "nobody has taken it" in alerts(site)[-1]


async def test_the_digest_comes_when_the_working_day_opens_and_holds_numbers_only(site: Stage) -> None:
    await site.app.timers.tick()
    _, first = await a_lead(site)
    _, second = await a_lead(site, "p2")
    await site.app.work.attempt(first, "phone", "call_back", MEI, local("2026-06-16 15:00"))
    await until(site, "2026-06-16 08:00")
    digest = alerts(site)[-1]
    assert digest.endswith(
        "等待 2 waiting · 求助 0 requests · 新 1 new · 超期 0 overdue · 回电 1 call-backs · 到访 0 visits"
    )
    assert second not in digest
    before = len(alerts(site))
    for moment in ("2026-06-16 12:00", "2026-06-16 23:00", "2026-06-17 07:59"):
        await until(site, moment)
    digests = [each for each in alerts(site)[before:] if "the queue today" in each]
    assert digests == []


async def test_a_simulated_month_leaves_nobody_idle_beyond_their_limit_unmarked(site: Stage) -> None:
    """Two leads a day, worked on every third day only; the clock runs a month by the hour."""
    begins, codes = site.clock.now, []
    promised: dict[str, datetime] = {}
    for hour in range(24 * 30):
        site.clock.now = begins + timedelta(hours=hour)
        local_now = site.clock.now.astimezone(FUZHOU)
        if hour % 12 == 1:
            person, code = await a_lead(site, f"p{hour}", when=("any", "evening", "weekend")[len(codes) % 3])
            codes.append(code)
            (row,) = [row for row in site.rows(t.leads) if row.code == code]
            promised[code] = row.due_at
            day = row.due_at.astimezone(FUZHOU)
            assert f"{day.year}年{day.month}月{day.day}日 {day:%H:%M}" in " ".join(person.heard)
        if local_now.day % 3 == 0 and (local_now.hour, local_now.minute) == (10, 0):
            await work_through(site)
        await site.app.timers.tick()
        await nobody_is_forgotten(site)
    told = [row.code for row in site.rows(t.lead_events) if row.kind == "told_late"]
    assert len(told) == len(set(told)) > 5
    for row in site.rows(t.lead_events):
        if row.kind == "told_late":
            assert row.at >= promised[row.code]
    assert {row.kind for row in site.rows(t.lead_events)} >= {"overdue", "escalated", "told_late", "attempt"}


async def work_through(stage: Stage) -> None:
    """A coordinator does what stands first, a few of them."""
    for row in stage.app.desk.queue_now("en")[:4]:
        if row.next in ("first_call", "first_call_weekend", "try_again", "call_back"):
            outcome = "reached" if row.code[-1] < "J" else "no_answer"
            await stage.app.work.attempt(row.code, "phone", outcome, MEI)
        elif row.next == "settle":
            await stage.app.work.step(row.code, "decline", Brought(why="time"), MEI)
        elif row.next == "give_up" and row.due_at and row.due_at <= stage.clock.now:
            await stage.app.work.step(row.code, "give_up", Brought(), MEI)
        await_released = row.code
        if any(each.code == await_released and each.claimed_by for each in stage.rows(t.leads)):
            await stage.app.work.release(await_released, MEI)


async def nobody_is_forgotten(stage: Stage) -> None:
    now = stage.clock.now
    hours = stage.app.database.run_now(lambda records: stage.app.shelf.site(records, "small")).hours
    for lead in stage.rows(t.leads):
        if lead.closed_at is not None or late_from(hours, lead.next, lead.due_at) > now:
            continue
        assert lead.overdue_at is not None, lead
        if hours.after(lead.overdue_at, timedelta(hours=2)) <= now:
            assert lead.escalated_at is not None, lead


# what comes between


@pytest.mark.parametrize(("fact", "value"), [("escalate_hours", "4"), ("days_off", "2026-06-17")])
async def test_hours_that_change_put_an_escalation_off_and_do_not_lose_it(
    site: Stage, fact: str, value: str
) -> None:
    _, code = await a_lead(site)
    await until(site, "2026-06-16 17:30")
    site.app.publishing.set_fact("small", fact, value, "admin")
    for day in range(17, 20):
        for hour in (10, 12, 16):
            await until(site, f"2026-06-{day} {hour}:00")
    assert happened(site, code).count("escalated") == 1


async def test_a_request_that_is_reopened_is_watched_again(site: Stage) -> None:
    await Person(site, "ill").say("/unwell")
    (request,) = site.rows(t.requests)
    await site.app.requests.claim(request.code, MEI)
    await site.app.requests.close(request.code, "nothing", MEI)
    site.clock.move(hours=1)
    await site.app.timers.tick()
    await site.app.requests.reopen(request.code, MEI)
    site.clock.move(minutes=31)
    await site.app.timers.tick()
    assert "nobody has taken it" in alerts(site)[-1]


async def test_what_may_be_given_up_is_nobodys_alarm_until_a_working_day_has_gone_by(site: Stage) -> None:
    _, code = await a_lead(site)
    for day in ("15", "16", "17"):
        await until(site, f"2026-06-{day} 11:00")
        await site.app.work.attempt(code, "phone", "no_answer", MEI)
    told = len(alerts(site))
    for moment in ("2026-07-01 11:00", "2026-07-01 17:30", "2026-07-02 11:00"):
        await until(site, moment)
    (row,) = site.app.desk.queue_now("en")
    assert (row.next, row.overdue) == ("give_up", False)
    assert [each for each in alerts(site)[told:] if code in each] == []
    await until(site, "2026-07-02 17:30")
    assert alerts(site)[-1] == f"{code} · 已超期 · overdue"
    await until(site, "2026-07-03 10:00")
    assert happened(site, code).count("escalated") == 1


async def test_who_has_no_chat_is_not_said_to_be_told(site: Stage) -> None:
    caller = Caller("small", "陈先生", "13800138009", "zh", agreed=True)
    code = await site.app.by_hand.enter(caller, MEI)
    await until(site, "2026-06-17 10:00")
    assert "told_late" not in happened(site, code)
    await site.app.work.attempt(code, "phone", "reached", MEI)
    visit = local("2026-06-22 10:00")
    await site.app.work.step(code, "book", Brought(visit=visit, tell=True), MEI)
    assert [row for row in site.rows(t.outbox) if row.channel == "phone"] == []
    assert [row.kind for row in site.rows(t.timers) if row.subject == code and row.kind == "visit"] == []


async def test_a_reminder_found_late_says_today_or_nothing(site: Stage) -> None:
    person, code = await a_lead(site)
    await site.app.work.attempt(code, "phone", "reached", MEI)
    await site.app.work.step(code, "book", Brought(visit=local("2026-06-18 10:00"), tell=True), MEI)
    await person.listen()
    await until(site, "2026-06-18 09:00")
    assert "今天是和您约好的日子" in await person.listen()
    await site.app.work.step(code, "book", Brought(visit=local("2026-06-22 10:00")), MEI)
    await person.listen()
    await until(site, "2026-06-22 15:00")
    assert await person.listen() == ""


async def test_an_apology_is_not_sent_at_night_nor_a_digest_on_a_day_off(site: Stage) -> None:
    person, code = await a_lead(site, when="evening")
    await person.listen()
    await until(site, "2026-06-16 20:00")
    await until(site, "2026-06-17 23:30")
    assert await person.listen() == ""
    await until(site, "2026-06-18 09:00")
    assert "很抱歉" in await person.listen()
    site.app.publishing.set_fact("small", "days_off", "2026-06-19", "admin")
    told = len(alerts(site))
    await until(site, "2026-06-19 11:00")
    assert not [each for each in alerts(site)[told:] if "今日队列" in each]
    assert code


async def test_the_digest_counts_what_is_agreed_for_the_day(site: Stage) -> None:
    _, first = await a_lead(site)
    site.clock.move(minutes=1)
    _, second = await a_lead(site, "p2")
    work = site.app.work
    await work.attempt(first, "phone", "reached", MEI)
    await work.step(first, "book", Brought(visit=local("2026-06-16 10:00")), MEI)
    await work.attempt(second, "phone", "call_back", MEI, local("2026-06-16 18:30"))
    await site.app.timers.tick()
    await until(site, "2026-06-16 08:00")
    assert "回电 1 call-backs · 到访 1 visits" in alerts(site)[-1]
