"""What is kept, and for how long: the clock is moved, and what should be gone is gone."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.service.messages import TELEGRAM, Incoming, Membership, Text
from bot.service.timers import Timers
from bot.store import tables as t
from bot.store.records import Records
from tests.service.stage import MORNING, Person, Stage, send_all

#: Rows that hold nobody's data.
NOBODYS = {"audit", "meta", "counters", "versions", "site_facts", "approvals", "publications", "seen"}


def kept(stage: Stage) -> set[str]:
    """The tables that hold something of somebody."""
    return set(stage.counts()) - NOBODYS


async def kept_after_goodbye(stage: Stage) -> set[str]:
    """The same, once what was said last has been read."""
    assert kept(stage) <= {"outbox"}
    stage.clock.move(minutes=10, seconds=1)
    await stage.app.timers.tick()
    return kept(stage)


async def test_somebody_who_never_consented_is_gone_after_a_day(stage: Stage, lin: Person) -> None:
    await lin.say("/start")
    await lin.tap("zh", "self")
    assert kept(stage) == {"chats", "timers", "outbox"}
    stage.clock.move(hours=23, minutes=59)
    assert await stage.app.timers.tick() == 0
    assert kept(stage) == {"chats", "timers", "outbox"}
    stage.clock.move(minutes=1)
    assert await stage.app.timers.tick() == 1
    assert kept(stage) == set()


async def test_each_turn_before_consent_begins_the_day_anew(stage: Stage, lin: Person) -> None:
    await lin.say("/start")
    stage.clock.move(hours=23)
    await lin.tap("zh")
    stage.clock.move(hours=23)
    assert await stage.app.timers.tick() == 0
    assert kept(stage) == {"chats", "timers", "outbox"}


@pytest.mark.parametrize("taps", ["other", "enrolled", "self no", "self yes decline"])
async def test_an_ending_at_a_gate_keeps_nothing_at_all(stage: Stage, lin: Person, taps: str) -> None:
    await lin.say("/start")
    await lin.tap("zh", *taps.split())
    assert await kept_after_goodbye(stage) == set()


async def test_a_minor_is_erased_at_once(stage: Stage, lin: Person) -> None:
    await lin.to_questions()
    await lin.say("17")
    await lin.tap("confirm")
    assert await kept_after_goodbye(stage) == set()


async def test_a_run_left_midway_is_reminded_of_once_and_gone_after_a_week(stage: Stage, lin: Person) -> None:
    await lin.to_questions()
    await lin.say("35")
    stage.clock.move(hours=24)
    await stage.app.timers.tick()
    assert "/stop" in await lin.listen()
    stage.clock.move(hours=24)
    await stage.app.timers.tick()
    assert await lin.listen() == ""
    stage.clock.move(days=4, hours=23)
    await stage.app.timers.tick()
    assert "answers" in kept(stage)
    stage.clock.move(hours=1)  # seven days after the last answer: the reminder did not lengthen them
    await stage.app.timers.tick()
    assert kept(stage) == set()


async def test_a_run_that_was_stopped_is_gone_after_seven_days(stage: Stage, lin: Person) -> None:
    await lin.to_questions()
    await lin.say("35")
    await lin.say("/stop")
    await lin.tap("stop")
    stage.clock.move(days=6, hours=23)
    await stage.app.timers.tick()
    assert "answers" in kept(stage)
    stage.clock.move(hours=1)
    await stage.app.timers.tick()
    assert kept(stage) == set()


@pytest.mark.parametrize("ending", ["not_match", "not_interested", "withdrawn"])
async def test_who_does_not_fit_or_does_not_wish_is_kept_thirty_days(
    stage: Stage, lin: Person, ending: str
) -> None:
    if ending == "not_match":
        await lin.to_not_match()
    elif ending == "not_interested":
        await lin.to_contact()
        await lin.tap("no")
    else:
        await lin.to_queue()
        await lin.tap("withdraw", "withdraw")
        assert stage.counts().get("identities", 0) == 0
    stage.clock.move(days=29, hours=23)
    await stage.app.timers.tick()
    assert "answers" in kept(stage)
    stage.clock.move(hours=1)
    await stage.app.timers.tick()
    assert kept(stage) == set()


async def test_the_site_may_keep_less(stage: Stage, lin: Person) -> None:
    stage.app.publishing.set_fact("small", "delete_days", "0", "admin")
    await lin.to_not_match()
    stage.clock.move(hours=1)  # what was asked for on the way out reaches the team first
    await stage.app.timers.tick()
    assert kept(stage) == set()


async def test_a_lead_stays_until_its_own_rule_ends_it(stage: Stage, lin: Person) -> None:
    await lin.to_queue()
    stage.clock.move(days=100)
    await stage.app.timers.tick()
    assert {"leads", "identities", "answers", "consents"} <= kept(stage)


async def test_a_lead_who_looks_in_again_keeps_the_lead(stage: Stage, lin: Person) -> None:
    """A new conversation at its gates, abandoned, takes nothing of the earlier run with it."""
    await lin.to_queue()
    await lin.tap("again", "restart", "self")
    stage.clock.move(days=60)
    await stage.app.timers.tick()
    assert {"leads", "identities", "answers"} <= kept(stage)
    assert [row.code for row in stage.app.desk.queue_now("zh")]


async def test_a_second_run_left_midway_goes_alone(stage: Stage, lin: Person) -> None:
    await lin.to_queue()
    await lin.tap("again", "restart", "self", "yes", "agree")
    await lin.say("36")
    stage.clock.move(days=8)
    await stage.app.timers.tick()
    assert [row.outcome for row in stage.rows(t.runs)] == ["likely_match"]
    assert "leads" in kept(stage)


async def test_a_lead_says_what_it_said_before_once_a_later_run_is_gone(stage: Stage, lin: Person) -> None:
    """The second run is not a fit and goes after thirty days, as it was said; the first one stands again."""
    await lin.to_queue()
    await lin.tap("again", "restart", "self", "yes", "agree")
    await lin.say("70")
    await lin.tap("finish")
    (lead,) = stage.rows(t.leads)
    assert (lead.verdict, lead.rank) == ("not_match", 50)
    # Recruiting ends and goes on: that changes nothing for a run that was not a fit.
    stage.app.publishing.set_fact("small", "recruiting", "no", "admin")
    stage.app.publishing.set_fact("small", "recruiting", "yes", "admin")
    stage.clock.move(days=30)
    await stage.app.timers.tick()
    (lead,) = stage.rows(t.leads)
    assert (lead.verdict, lead.rank) == ("likely_match", 0)
    assert [row.outcome for row in stage.rows(t.runs)] == ["likely_match"]


@pytest.mark.parametrize("kind", ["/human", "/unwell"])
async def test_a_request_is_kept_seven_days_even_before_consent(stage: Stage, lin: Person, kind: str) -> None:
    await lin.say(kind)
    stage.clock.move(days=6, hours=23)
    await stage.app.timers.tick()
    assert kept(stage) == {"requests"}
    stage.clock.move(hours=1)
    await stage.app.timers.tick()
    assert kept(stage) == set()


async def test_words_of_messages_do_not_stay_longer_than_two_days(stage: Stage, lin: Person) -> None:
    await lin.to_not_match()
    stage.clock.move(hours=48, minutes=1)
    await stage.app.timers.tick()
    assert not {"outbox", "seen"} & set(stage.counts())


@pytest.mark.parametrize("ending", ["a gate", "/delete"])
async def test_on_telegram_nothing_is_kept_once_the_last_words_are_sent(stage: Stage, ending: str) -> None:
    anna = Person(stage, "4711", "en", TELEGRAM)
    if ending == "a gate":
        await anna.say("/start")
        await anna.tap("en", "self", "no")
    else:
        await anna.to_questions()
        await anna.say("/delete")
        await anna.tap("delete_all")
    assert kept(stage) == {"outbox"}
    assert send_all(stage)
    assert kept(stage) == set()


async def test_a_question_that_is_answered_days_later_still_loses_its_buttons(stage: Stage) -> None:
    anna = await Person(stage, "4711", "en", TELEGRAM).to_questions()
    for _ in range(6):
        send_all(stage)
        stage.clock.move(days=1)
        await stage.app.timers.tick()
    send_all(stage)
    (ref,) = [row.ref for row in stage.rows(t.outbox)]
    await anna.say("35")
    settled = next(outgoing for outgoing in send_all(stage) if outgoing.op == "settle")
    assert settled.ref == ref


async def test_a_timer_that_fails_stops_no_other_and_comes_again(
    stage: Stage, lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Person(stage, "p2")
    await lin.to_questions()
    await other.to_questions()
    remind = stage.app.intake.remind
    broken = next(row.id for row in stage.rows(t.chats))

    def fails_once(records: object, chat: str) -> None:
        if chat == broken:
            raise RuntimeError("this one only")
        remind(records, chat)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(stage.app.intake, "remind", fails_once)
        stage.clock.move(hours=24)
        assert await stage.app.timers.tick() == 2
    heard = [bool(await person.listen()) for person in (lin, other)]
    assert sorted(heard) == [False, True]
    stage.clock.move(hours=1)
    assert await stage.app.timers.tick() == 1
    assert [bool(await person.listen()) for person in (lin, other)] == [not was for was in heard]


async def test_a_timer_waits_for_a_step_of_its_person_and_finds_that_it_was_stopped(served: Stage) -> None:
    """The person's step has the chat and now needs the timer; a timer that holds its row would be a deadlock."""
    lin = await Person(served).to_questions()
    served.clock.move(hours=24)
    (chat,) = served.rows(t.chats)
    with served.app.database.engine.begin() as step:
        records = Records(step, served.app.database.vault)
        records.chat_by_id(chat.id)
        ticking = asyncio.create_task(served.app.timers.tick())
        await until_somebody_waits(served)
        records.stop_timer("remind", chat.id)
    assert await ticking == 0
    assert await lin.listen() == ""
    assert "remind" not in {row.kind for row in served.rows(t.timers)}


async def until_somebody_waits(stage: Stage) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(500):
        with stage.app.database.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


def another(stage: Stage, kind: type[Timers] = Timers) -> Timers:
    """The timers of another worker."""
    app = stage.app
    return kind(
        app.database,
        app.intake,
        app.shelf,
        app.letters,
        app.lateness,
        app.digest,
        stage.clock,
        app.settings.zone,
    )


class Stubborn(Timers):
    """Each timer sets itself again for a moment that has passed."""

    def _take(self, records: Records, kind: str, subject: str) -> bool:
        records.set_timer(kind, subject, self._clock() - timedelta(hours=1))
        return True


async def test_a_timer_that_is_always_due_goes_off_once_a_tick_and_holds_up_nobody(stage: Stage) -> None:
    people = [Person(stage, f"p{number}") for number in range(3)]
    for person in people:
        await person.to_questions()
    stage.clock.move(hours=24)
    stubborn = another(stage, Stubborn)
    assert await stubborn.tick() == len(people)
    assert await stubborn.tick() == len(people)


async def test_two_workers_do_no_timer_twice(served: Stage) -> None:
    people = [Person(served, f"p{number}") for number in range(6)]
    for person in people:
        await person.to_questions()
    served.clock.move(hours=24)
    other = another(served)
    done = await asyncio.gather(served.app.timers.tick(), other.tick(), served.app.timers.tick())
    assert sum(done) == len(people)
    for person in people:
        assert (await person.listen()).count("/stop") == 1


async def test_who_blocks_the_bot_gets_nothing_more_until_they_let_it_in_again(stage: Stage) -> None:
    anna = await Person(stage, "4711", "en", TELEGRAM).to_questions()
    assert stage.counts()["outbox"]
    await stage.app.intake.take(Membership("telegram", "4711", "b1", blocked=True))
    assert [row.blocked_at for row in stage.rows(t.chats)] == [MORNING]
    assert send_all(stage) == []
    stage.clock.move(hours=25)
    await stage.app.timers.tick()
    assert send_all(stage) == []
    unblocks = Membership("telegram", "4711", "b2", blocked=False)
    await stage.app.intake.take(unblocks)
    assert [row.blocked_at for row in stage.rows(t.chats)] == [None]
    # The first update comes once more: it was seen.
    await stage.app.intake.take(Membership("telegram", "4711", "b1", blocked=True))
    assert [row.blocked_at for row in stage.rows(t.chats)] == [None]
    await anna.say("35")
    assert send_all(stage)


async def test_a_stranger_who_blocks_the_bot_leaves_nothing(stage: Stage) -> None:
    await stage.app.intake.take(Membership("telegram", "4711", "b1", blocked=True))
    await stage.app.intake.take(Membership("telegram", "4711", "b2", blocked=False))
    assert kept(stage) == set()


async def test_an_update_seen_twice_is_done_once(stage: Stage) -> None:
    incoming = Incoming("web", "p1", "u1", Text("/human"), "zh")
    await stage.app.intake.take(incoming)
    before = (stage.counts(), await stage.app.intake.feed("web", "p1"))
    await stage.app.intake.take(incoming)
    assert (stage.counts(), await stage.app.intake.feed("web", "p1")) == before


async def test_on_telegram_both_consents_are_recorded_with_what_was_shown(stage: Stage) -> None:
    anna = Person(stage, "4711", "en", TELEGRAM)
    await anna.to_questions()
    health, abroad = stage.rows(t.consents)
    assert (health.purpose, abroad.purpose) == ("consent_health", "consent_abroad")
    assert health.text_hash != abroad.text_hash
    assert (health.at, health.language, health.channel, health.how) == (MORNING, "en", "telegram", "button")
    assert health.utc_offset == "+0800"
    assert stage.rows(t.runs)[0].started_at - MORNING == timedelta()
