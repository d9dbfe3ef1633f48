"""The relay: coordinators and a lead's person write to each other through the bot."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.service.in_hand import Brought, CannotWork
from bot.service.messages import TELEGRAM, Membership, Press
from bot.service.staff import NotAllowed
from bot.service.views import LeadView, StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage, send_all

MEI, WEI, LIN, YAN = (StaffMember(name, name) for name in ("mei", "wei", "lin", "yan"))
#: 22:00 in Fuzhou, and when nobody is disturbed by a message any more.
NIGHT = datetime(2026, 6, 15, 14, 0, tzinfo=UTC)
NINE = datetime(2026, 6, 16, 1, 0, tzinfo=UTC)


@pytest.fixture
def site(opened: Stage) -> Stage:
    """A live study with two coordinators, an editor and an auditor, and a chat that is told of news."""
    for member, role in ((MEI, "coordinator"), (WEI, "coordinator"), (LIN, "editor"), (YAN, "auditor")):
        opened.app.staff.add(member.id, role)
    opened.app.publishing.set_fact("small", "alert_chat", "-1001", "admin")
    return opened


@pytest.fixture
async def lin(site: Stage) -> Person:
    return await Person(site).to_queue()


@pytest.fixture
async def code(site: Stage, lin: Person) -> str:
    (row,) = site.app.desk.queue_now("en")
    return row.code


async def shown(stage: Stage, code: str, member: StaffMember = MEI) -> LeadView:
    view = await stage.app.desk.lead(code, "en", member)
    assert view is not None
    return view


async def reply(person: Person) -> str:
    """Press the button under the team's message."""
    (button,) = [button for outgoing in person.latest for row in outgoing.rows for button in row]
    assert button.label in ("回复", "Reply")
    return await person.take(Press(button.data))


def alerts(stage: Stage) -> list[str]:
    """What the coordinators' chat is told."""
    posted = stage.app.database.run_now(lambda records: records.feed("telegram", "-1001", 0))
    return [line[0] for row in posted for line in row.content["lines"]]


# both ways


async def test_a_message_reaches_the_person_in_their_language_and_their_answer_the_team(
    any_store: Stage,
) -> None:
    for language, head in (("zh", "研究团队给您的留言："), ("en", "From the study team:")):
        person = await Person(any_store, language, language).to_queue(phone="13900139000")
        code = next(row.code for row in any_store.app.desk.queue_now("en") if row.language == language)
        told = await any_store.app.relay.write(code, "Could you come on Friday?", MEI)
        assert told.state == "sent"
        assert await person.listen() == f"{head}\nCould you come on Friday?"
        await reply(person)
        assert "ZEBRA" in await person.say("ZEBRA: Friday is fine")
        await person.tap("pass_on")
        (row,) = [row for row in any_store.app.desk.queue_now("en") if row.code == code]
        assert row.unread == 1
        view = await shown(any_store, code)
        assert [(each.way, each.who, each.words) for each in view.relay] == [
            ("to", "mei", "Could you come on Friday?"),
            ("from", "participant", "ZEBRA: Friday is fine"),
        ]
        assert view.reads == language
    for file in (any_store.folder).rglob("*.db*"):
        assert b"ZEBRA" not in file.read_bytes()
    stored = [
        row._asdict() for table in (t.chats, t.relay, t.outbox, t.audit) for row in any_store.rows(table)
    ]
    assert "ZEBRA" not in str(stored)


async def test_who_of_the_team_writes_is_not_shown(site: Stage, code: str, lin: Person) -> None:
    await site.app.relay.write(code, "您好", MEI)
    await lin.listen()
    assert "mei" not in str(lin.latest)


async def test_what_is_typed_in_the_queue_goes_only_after_a_yes(site: Stage, code: str, lin: Person) -> None:
    assert "要把这段话转达给研究团队吗" in await lin.say("周末可以吗？")
    assert "周末可以吗" in (await lin.say("还有，要空腹吗？"))  # whoever goes on typing adds to it
    assert site.rows(t.relay) == []
    assert "没有转达" in await lin.tap("no")
    assert site.rows(t.relay) == []
    assert "message" not in stored_state(site, lin)
    await lin.say("周末可以吗？")
    assert "已转达" in await lin.tap("pass_on")
    assert "message" not in stored_state(site, lin)
    assert [each.words for each in (await shown(site, code)).relay] == ["周末可以吗？"]
    assert alerts(site)[-1] == f"{code} · 新留言 · new message"
    assert "周末可以吗" in await lin.say("/mydata")


def stored_state(stage: Stage, person: Person) -> dict[str, object]:
    def read(records: object) -> dict[str, object]:
        chat = records.chat(person.channel.name, person.address)  # type: ignore[attr-defined]
        return dict(chat.state)

    return stage.app.database.run_now(read)


async def test_words_of_an_emergency_are_answered_and_not_kept(site: Stage, code: str, lin: Person) -> None:
    await site.app.relay.write(code, "您好", MEI)
    await lin.listen()
    await reply(lin)
    assert "120" in await lin.say("我胸口剧痛，喘不过气")
    assert site.rows(t.relay)[-1].way == "to"
    assert "message" not in stored_state(site, lin)
    await lin.say("好的")
    assert "120" in await lin.say("我不想活了")  # also while something waits for a yes
    assert [row.way for row in site.rows(t.relay)] == ["to"]


async def test_a_message_is_read_by_whoever_works_on_leads(site: Stage, code: str, lin: Person) -> None:
    await lin.say("周末可以吗？")
    await lin.tap("pass_on")
    await shown(site, code, YAN)  # an auditor, who only looks on
    assert site.app.desk.queue_now("en")[0].unread == 1
    await shown(site, code, WEI)
    assert site.app.desk.queue_now("en")[0].unread == 0
    (row,) = site.rows(t.relay)
    assert (row.read_by, row.read_at) == ("wei", site.clock.now)


async def test_before_consent_and_after_the_team_closed_nothing_is_passed_on(site: Stage, code: str) -> None:
    stranger = Person(site, "p2")
    await stranger.say("/start")
    assert "转达" not in await stranger.say("你好，我想问一下")
    lin = Person(site)
    await lin.listen()
    await site.app.relay.write(code, "您好", MEI)
    await lin.listen()
    outgoing = lin.latest[-1]
    await site.app.work.attempt(code, "phone", "reached", MEI)
    await site.app.work.step(code, "decline", Brought(), MEI)
    with pytest.raises(CannotWork, match="closed"):
        await site.app.relay.write(code, "您好", MEI)
    assert "之前的消息" in await lin.take(Press(outgoing.rows[0][0].data))
    assert "转达" not in await lin.say("周末可以吗？")
    assert [row.way for row in site.rows(t.relay)] == ["to"]


async def test_nobody_answers_for_another(site: Stage, code: str, lin: Person) -> None:
    """The code of somebody else's lead in a made-up button."""
    other = await Person(site, "p2").to_queue(phone="13900139000")
    salt = stored_state(site, other)["salt"]
    await other.take(Press(f"{salt}:0:reply:{code}"))
    await other.say("x y z")
    await other.tap("pass_on")
    assert code not in {row.code for row in site.rows(t.relay)}


# who may, and what


@pytest.mark.parametrize("member", [LIN, YAN, StaffMember("mallory", "mallory")])
async def test_only_who_works_on_leads_writes(site: Stage, code: str, member: StaffMember) -> None:
    with pytest.raises(NotAllowed):
        await site.app.relay.write(code, "您好", member)
    assert site.rows(t.relay) == []


async def test_an_auditor_reads_and_is_offered_no_form(site: Stage, code: str) -> None:
    assert not (await shown(site, code, YAN)).may_write


async def test_two_coordinators_do_not_write_past_each_other(site: Stage, code: str) -> None:
    await site.app.relay.write(code, "您好", MEI)
    with pytest.raises(CannotWork, match="claimed"):
        await site.app.relay.write(code, "您好", WEI)


@pytest.mark.parametrize(("text", "reason"), [(" \n", "needs"), ("很" * 1001, "too_long")])
async def test_a_message_has_words_but_not_too_many(site: Stage, code: str, text: str, reason: str) -> None:
    with pytest.raises(CannotWork, match=reason):
        await site.app.relay.write(code, text, MEI)
    await site.app.relay.write(code, "很" * 1000, MEI)


async def test_what_the_person_writes_is_not_too_long(site: Stage, code: str, lin: Person) -> None:
    assert "1000" in await lin.say("很" * 1001)
    await lin.say("很" * 600)
    assert "1000" in await lin.say("很" * 600)  # together
    await lin.tap("pass_on")
    assert len((await shown(site, code)).relay[0].words) == 600


# quiet hours


async def test_at_night_a_message_waits_and_the_conversation_goes_on(
    site: Stage, code: str, lin: Person
) -> None:
    site.clock.now = NIGHT
    told = await site.app.relay.write(code, "明天方便吗？", MEI)
    assert (told.state, told.at) == ("waiting", NINE)
    (message,) = (await shown(site, code)).relay
    assert (message.state, message.goes_at) == ("waiting", NINE)
    await site.app.timers.tick()
    assert "明天方便吗" not in await lin.say("/status")
    site.clock.now = NINE - timedelta(minutes=1)
    await site.app.timers.tick()
    assert await lin.listen() == ""
    site.clock.now = NINE
    await site.app.timers.tick()
    assert "明天方便吗？" in await lin.listen()
    await site.app.timers.tick()
    assert await lin.listen() == ""
    assert (await shown(site, code)).relay[0].state == "sent"


async def test_who_withdraws_at_night_is_not_written_to_in_the_morning(
    site: Stage, code: str, lin: Person
) -> None:
    await lin.say("我叫ZEBRA")
    await lin.tap("pass_on")
    site.clock.now = NIGHT
    await site.app.relay.write(code, "明天方便吗？", MEI)
    await lin.tap("withdraw", "withdraw")
    site.clock.now = NINE
    await site.app.timers.tick()
    assert "明天方便吗" not in await lin.listen()
    assert site.rows(t.relay) == []
    with pytest.raises(CannotWork, match="withdrawn"):
        await site.app.relay.write(code, "您好", MEI)


async def test_what_is_still_on_its_way_does_not_reach_who_withdrew(site: Stage) -> None:
    person = await Person(site, "77", channel=TELEGRAM).to_queue(phone="13900139000")
    (row,) = site.app.desk.queue_now("zh")
    send_all(site)
    await site.app.relay.write(row.code, "明天方便吗？", MEI)
    await person.tap("withdraw", "withdraw")
    assert not [said for said in send_all(site) if "明天方便吗" in str(said)]


async def test_who_is_erased_leaves_no_message_and_no_timer(site: Stage, code: str, lin: Person) -> None:
    site.clock.now = NIGHT
    await site.app.relay.write(code, "明天方便吗？", MEI)
    await lin.say("好的好的")
    await lin.tap("pass_on")
    await lin.say("/delete")
    await lin.tap("delete_all")
    assert site.rows(t.relay) == []
    assert site.rows(t.timers) == []
    site.clock.now = NINE
    await site.app.timers.tick()
    assert "明天方便吗" not in await lin.listen()


# a blocked bot


async def test_a_blocked_bot_shows_and_nothing_is_sent(site: Stage) -> None:
    person = await Person(site, "77", channel=TELEGRAM).to_queue(phone="13900139000")
    (row,) = site.app.desk.queue_now("en")
    await site.app.relay.write(row.code, "您好", MEI)
    await site.app.intake.take(Membership("telegram", "77", "b1", blocked=True))
    assert site.app.desk.queue_now("en")[0].blocked
    view = await shown(site, row.code)
    assert view.row.blocked
    assert [each.state for each in view.relay] == ["failed"]
    assert (await site.app.relay.write(row.code, "在吗？", MEI)).state == "blocked"
    assert len(site.rows(t.relay)) == 1
    await person.say("/status")  # who writes lets the bot in again
    assert not site.app.desk.queue_now("en")[0].blocked
    assert (await site.app.relay.write(row.code, "在吗？", MEI)).state == "sent"


async def test_what_waits_fails_or_is_erased_does_so_on_any_store(any_store: Stage) -> None:
    person = await Person(any_store, "77", channel=TELEGRAM).to_queue()
    (row,) = any_store.app.desk.queue_now("en")

    async def states() -> list[str]:
        return [each.state for each in (await shown(any_store, row.code)).relay]

    async def write() -> None:
        any_store.clock.move(minutes=1)
        await any_store.app.relay.write(row.code, "您好", MEI)

    def last_posted() -> int:
        return max(each.id for each in any_store.rows(t.outbox))

    database, now = any_store.app.database, any_store.clock.now
    await write()
    assert await states() == ["on_its_way"]
    first = last_posted()
    database.run_now(lambda records: records.sent(first, "7", now))
    assert await states() == ["sent"]
    await write()
    second = last_posted()
    database.run_now(lambda records: records.give_up(second, now))
    assert await states() == ["sent", "failed"]
    any_store.clock.now = NIGHT
    await write()
    await any_store.app.intake.take(Membership("telegram", "77", "b1", blocked=True))
    any_store.clock.now = NINE
    await any_store.app.timers.tick()
    assert await states() == ["sent", "failed", "failed"]
    await person.say("可以的")
    await person.tap("pass_on")
    any_store.clock.move(days=3)  # traces of what was sent are gone by then
    await any_store.app.timers.tick()
    assert await states() == ["sent", "failed", "failed", "sent"]
    await person.say("/delete")
    await person.tap("delete_all")
    assert any_store.rows(t.relay) == []


# visits


async def booked(site: Stage, code: str, visit: datetime, tell: bool = True) -> None:
    view = await shown(site, code)
    if view.row.status == "new":
        await site.app.work.attempt(code, "phone", "reached", MEI)
    await site.app.work.step(code, "book", Brought(visit=visit, tell=tell), MEI)


#: A Saturday, 09:30 in Fuzhou.
VISIT = datetime(2026, 6, 20, 1, 30, tzinfo=UTC)


async def test_a_visit_is_confirmed_and_the_day_before_there_is_one_reminder(
    site: Stage, code: str, lin: Person
) -> None:
    site.app.publishing.set_fact("small", "visit_place_zh", "门诊三楼", "admin")
    await booked(site, code, VISIT)
    told = await lin.listen()
    for words in ("2026年6月20日（星期六）09:30", "门诊三楼", "0591-5550101"):
        assert words in told
    site.clock.now = datetime(2026, 6, 19, 1, 59, tzinfo=UTC)
    await site.app.timers.tick()
    assert await lin.listen() == ""
    site.clock.move(minutes=1)
    await site.app.timers.tick()
    assert "明天是和您约好的日子" in await lin.listen()
    site.clock.move(hours=3)
    await site.app.timers.tick()
    assert await lin.listen() == ""


async def test_another_day_is_told_and_replaces_the_reminder(site: Stage, code: str, lin: Person) -> None:
    await booked(site, code, VISIT)
    await lin.listen()
    await booked(site, code, VISIT + timedelta(days=2), tell=False)  # who knows of a day is told the new one
    assert "约好的时间改了，改到2026年6月22日（星期一）09:30" in await lin.listen()
    (timer,) = [row for row in site.rows(t.timers) if row.kind == "visit"]
    assert timer.due_at == datetime(2026, 6, 21, 2, 0, tzinfo=UTC)
    await site.app.work.undo(code, "a slip", MEI)
    (timer,) = [row for row in site.rows(t.timers) if row.kind == "visit"]
    assert timer.due_at == datetime(2026, 6, 19, 2, 0, tzinfo=UTC)
    assert "约好的时间改了，改到2026年6月20日（星期六）09:30" in await lin.listen()


async def test_who_was_told_of_a_visit_is_told_that_it_does_not_stand(
    site: Stage, code: str, lin: Person
) -> None:
    await booked(site, code, VISIT)
    await lin.listen()
    await site.app.work.undo(code, "another person's", MEI)
    assert "2026年6月20日（星期六）09:30" in (off := await lin.listen())
    assert "取消了" in off
    assert [row for row in site.rows(t.timers) if row.kind == "visit"] == []
    # Of another that they never heard of they hear nothing, nor of one whose day is only written down as gone by.
    await booked(site, code, VISIT, tell=False)
    await site.app.work.undo(code, "another person's", MEI)
    assert await lin.listen() == ""


async def test_a_visit_can_be_told_later_once(site: Stage, code: str, lin: Person) -> None:
    assert not (await shown(site, code)).may_tell
    await booked(site, code, VISIT, tell=False)
    assert (await shown(site, code)).may_tell
    await site.app.work.tell(code, MEI)
    assert "和您约好的时间是2026年6月20日（星期六）09:30" in await lin.listen()
    (timer,) = [row for row in site.rows(t.timers) if row.kind == "visit"]
    assert timer.due_at == datetime(2026, 6, 19, 2, 0, tzinfo=UTC)
    assert not (await shown(site, code)).may_tell
    with pytest.raises(CannotWork, match="no_visit_to_tell"):
        await site.app.work.tell(code, MEI)
    # From now on they are told of every change.
    await booked(site, code, VISIT + timedelta(days=2), tell=False)
    assert "约好的时间改了" in await lin.listen()


@pytest.mark.parametrize("step", ["decline", "close_study", "miss"])
async def test_a_visit_that_is_off_is_not_reminded_of(site: Stage, code: str, lin: Person, step: str) -> None:
    await booked(site, code, VISIT)
    if step == "miss":
        site.clock.now = VISIT
    await site.app.work.step(code, step, Brought(), MEI)
    assert [row for row in site.rows(t.timers) if row.kind == "visit"] == []


async def test_who_withdraws_is_not_reminded(site: Stage, code: str, lin: Person) -> None:
    await booked(site, code, VISIT)
    await lin.listen()
    assert "2026年6月20日（星期六）09:30也会取消" in await lin.say("/delete")
    await lin.tap("keep")
    assert "2026年6月20日（星期六）09:30也会取消" in await lin.tap("withdraw")
    await lin.tap("withdraw")
    assert [row for row in site.rows(t.timers) if row.kind == "visit"] == []


async def test_nobody_is_told_who_did_not_agree_or_reminded_of_tomorrow(
    site: Stage, code: str, lin: Person
) -> None:
    await booked(site, code, VISIT, tell=False)
    assert await lin.listen() == ""
    assert [row for row in site.rows(t.timers) if row.kind == "visit"] == []
    await booked(site, code, site.clock.now + timedelta(hours=23))
    assert "和您约好的时间是" in await lin.listen()
    assert [row for row in site.rows(t.timers) if row.kind == "visit"] == []


# requests


async def test_a_request_is_answered_one_way(site: Stage) -> None:
    person = Person(site, "p3", "en")
    await person.say("/start")
    await person.say("/human")
    (row,) = site.app.desk.queue_now("en")
    assert (await shown(site, row.code)).may_write
    await site.app.relay.answer_request(row.code, "ZEBRA will call you.", MEI)
    words = await person.listen()
    assert "From the study team:\nZEBRA will call you." in words
    assert "nobody reads replies" in words
    assert site.rows(t.relay) == []
    assert "ZEBRA" not in str([each._asdict() for each in site.rows(t.outbox)])
    with pytest.raises(NotAllowed):
        await site.app.relay.answer_request(row.code, "x", LIN)
    site.clock.now = NIGHT
    with pytest.raises(CannotWork, match="quiet"):
        await site.app.relay.answer_request(row.code, "x", MEI)


async def test_who_feels_unwell_is_answered_at_any_hour(site: Stage) -> None:
    person = Person(site, "p3", "en")
    await person.say("/start")
    await person.say("/unwell")
    (row,) = site.app.desk.queue_now("en")
    site.clock.now = NIGHT
    await site.app.relay.answer_request(row.code, "The doctor calls you now.", MEI)
    assert "The doctor calls you now." in await person.listen()


# ready-made replies


def test_no_ready_made_reply_names_a_disease_or_a_study(site: Stage) -> None:
    """It may stand on a lock screen."""
    for language in ("zh", "en"):
        for words in site.app.wording.canned(language, "0591-5550101", "6月20日").values():
            assert "{" not in words
            for telling in ("研究", "study", "trial", "试验", "黄褐斑", "melasma"):
                assert telling not in words.lower()


async def test_both_languages_of_a_ready_made_reply_are_shown(site: Stage, code: str, lin: Person) -> None:
    view = await shown(site, code)
    replies = {each.code: each for each in view.canned}
    assert "visit" not in replies
    assert "0591-5550101" in replies["please_call"].theirs
    assert "请您方便时" in replies["please_call"].theirs
    assert "Please call us" in replies["please_call"].ours
    await booked(site, code, VISIT, tell=False)
    replies = {each.code: each for each in (await shown(site, code)).canned}
    assert "2026年6月20日（星期六）09:30" in replies["visit"].theirs
