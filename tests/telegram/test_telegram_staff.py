"""A coordinator's day in their own chat with the bot, over HTTP, and what everybody else gets."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import server
from bot.service.messages import TELEGRAM, WEB, Channel, Incoming, Press
from bot.store import tables as t
from tests.botapi import BotApi, Message, Person
from tests.service.stage import Person as Participant
from tests.service.stage import Stage

MEI, WEI, AN, LIN, STRANGER = 6001, 6002, 6003, 6004, 6005
PARTICIPANT, GROUP, OTHER_GROUP = 7001, -1001, -1002


@pytest.fixture
def live(tmp_path: Path, api: BotApi) -> Iterator[Stage]:
    """A live study. Mei and Wei are coordinators, An looks on, Lin edits scripts; each has an account."""
    for number in (PARTICIPANT, PARTICIPANT + 1):
        api.person(number)
    api.group(GROUP)
    stage = Stage(tmp_path, live=True, more={"telegram_token": api.token, "telegram_api": api.url})
    stage.open(alert_chat=str(GROUP))
    for name, role, number in (
        ("mei", "coordinator", MEI),
        ("wei", "coordinator", WEI),
        ("an", "auditor", AN),
        ("lin", "editor", LIN),
    ):
        stage.app.staff.add(name, role, str(number), "en")
    yield stage
    stage.stop()


@asynccontextmanager
async def bot(stage: Stage) -> AsyncIterator[None]:
    """The bot at work, until the block ends."""
    face, bell = server._telegram(stage.app)
    talking = asyncio.create_task(server._talk(stage.app, face, bell, None))
    try:
        yield
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await face.stop()


async def lead_in(stage: Stage, number: int = PARTICIPANT, channel: Channel = TELEGRAM) -> str:
    """Somebody who may fit; before the bot is at work, else it would answer them too."""
    before = {row.code for row in stage.app.desk.queue_now("en")}
    phone = f"1380013{number}"
    await Participant(stage, str(number), channel=channel).to_queue(phone=phone)
    (code,) = {row.code for row in stage.app.desk.queue_now("en")} - before
    return code


@pytest.fixture
async def code(live: Stage) -> str:
    return await lead_in(live)


@pytest.fixture
async def talking(live: Stage, code: str) -> AsyncIterator[Stage]:
    """The bot is at work, and somebody is in the queue."""
    async with bot(live):
        yield live


async def ask(person: Person, text: str) -> Message:
    person.send(text)
    return await person.reply()


async def press(person: Person, label: str) -> Message:
    person.press(label)
    return await person.reply()


async def answer(person: Person, message: Message, text: str) -> Message:
    person.answer(message, text)
    return await person.reply()


def done(stage: Stage, subject: str) -> list[tuple[str, str]]:
    """Who did what with it, without who only looked."""
    rows = [row for row in stage.rows(t.audit) if row.subject == subject]
    return [(row.who, row.what) for row in rows if row.what != "opened"]


def refusals(stage: Stage) -> list[tuple[str, str]]:
    return [(row.who, row.detail["what"]) for row in stage.rows(t.audit) if row.what == "refused"]


# a day

WORDS = {
    "en": {
        "take": "I take it",
        "contact": "Show contact",
        "hide": "Hide it again",
        "no answer": "No answer",
        "reached": "Reached",
        "check": "Check a criterion",
        "meets": "✓ Fine for taking part",
        "book": "Book a visit",
        "tell": "They agreed: tell the visit in the chat",
        "noted": "Noted.",
        "booked": "Visit booked",
        "waiting": "1 waiting · 0 requests",
        "mine": "You hold",
    },
    "zh": {
        "take": "我来联系",
        "contact": "显示联系方式",
        "hide": "不再显示",
        "no answer": "没人接",
        "reached": "已联系上",
        "check": "核实一条标准",
        "meets": "✓ 不影响参加",
        "book": "约访视",
        "tell": "对方同意：在聊天里告知来院时间",
        "noted": "已记录。",
        "booked": "已约访视",
        "waiting": "等待 1 · 求助 0",
        "mine": "您手上的",
    },
}


async def unsure(stage: Stage) -> str:
    """Somebody with an open criterion."""
    person = await Participant(stage, str(PARTICIPANT), channel=TELEGRAM).to_questions()
    await person.say("35")
    await person.tap("none", ".done", ".skip", "no", "finish", "yes")
    await person.say("林女士")
    await person.tap("phone")
    await person.say("13800138000")
    await person.tap("any")
    (row,) = stage.app.desk.queue_now("en")
    return row.code


@pytest.mark.parametrize("language", WORDS)
async def test_a_coordinators_day(live: Stage, api: BotApi, language: str) -> None:
    w = WORDS[language]
    live.app.staff.add("mei", "coordinator", None, language)
    code = await unsure(live)
    (criterion,) = live.app.desk.queue_now("en")[0].open
    mei = api.person(MEI)
    async with bot(live):
        queue = await ask(mei, "/queue")
        assert queue.text.startswith(f"1. {code}")
        assert queue.labels == [code]
        card = await press(mei, code)
        assert criterion in card.text
        assert "林女士" not in card.text
        assert card.labels == [w["take"]]
        await press(mei, w["take"])
        contact = await press(mei, w["contact"])
        assert "林女士\n+86 138 0013 8000" in contact.text
        mei.press(w["hide"])
        assert (await mei.settled(contact)).text == code
        assert w["noted"] in (await press(mei, w["no answer"])).text
        live.clock.move(days=1)
        assert (await ask(mei, f"/lead {code.lower()}")).labels == [w["take"]]
    live.app.stop()
    live.app.start()
    async with bot(live):
        await press(mei, w["take"])
        card = await press(mei, w["reached"])
        card = await answer(mei, card, "asks for parking")
        await press(mei, w["check"])
        await press(mei, criterion)
        card = await press(mei, w["meets"])
        assert w["check"] not in card.labels
        prompt = await press(mei, w["book"])
        card = await answer(mei, prompt, "2026-06-18 09:30")
        assert w["booked"] in card.text
        assert "06-18 09:30" in card.text
        # The person agreed on the phone to be told there.
        card = await press(mei, w["tell"])
        assert w["tell"] not in card.labels
        await api.person(PARTICIPANT).sees("和您约好的时间是2026年6月18日（星期四）09:30")
        digest = await ask(mei, "/digest")
        assert w["waiting"] in digest.text
        assert w["mine"] in digest.text
        assert code in digest.text
        assert code in (await ask(mei, "/mine")).text
    view = await live.app.desk.lead(code, "en")
    assert view is not None
    assert [each.words for each in view.done if each.kind == "note"] == ["asks for parking"]
    assert [each.kind for each in reversed(view.done)] == [
        "attempt",
        "attempt",
        "note",
        "check",
        "step",
        "told_visit",
    ]
    assert {who for who, _ in done(live, code) if who.startswith("staff:")} == {"staff:mei"}


async def test_a_call_back_is_agreed_by_a_button(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    await press(mei, "I take it")
    times = await press(mei, "Call back at")
    assert times.labels[0] == "today 15:00"
    card = await press(mei, "today 15:00")
    assert "Next: Call back" in card.text
    assert times.labels == []


async def test_a_typed_hour_that_is_none_or_over_is_told_so(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    await press(mei, "I take it")
    times = await press(mei, "Call back at")
    assert "2026-06-17 15:00" in (await answer(mei, times, "tomorrow at three")).text
    assert "2026-06-17 15:00" in (await answer(mei, times, "2026-02-30 15:00")).text
    assert "passed already" in (await answer(mei, times, "2026-06-14 15:00")).text
    assert "Next: Call back" in (await answer(mei, times, "2026年6月17日 15：00")).text


async def test_a_slip_is_taken_back_with_a_reason(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    await press(mei, "I take it")
    await press(mei, "Wrong number")
    prompt = await press(mei, "Take back the last")
    card = await answer(mei, prompt, "pressed the wrong one")
    assert card.text.startswith("Taken back.")
    assert "New" in card.text
    assert [each for each in done(talking, code) if each[1] == "undo"] == [("staff:mei", "undo")]


async def test_who_declines_says_why_or_not(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    await press(mei, "I take it")
    await press(mei, "Reached")
    await press(mei, "Declines")
    card = await press(mei, "Too far away")
    assert "Declined" in card.text
    reason = await press(mei, "Reopen")
    assert "Reached" in (await answer(mei, reason, "called again")).text


async def test_somebody_ends_for_a_criterion_that_is_pressed_or_written(
    talking: Stage, api: BotApi, code: str
) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    await press(mei, "I take it")
    await press(mei, "Reached")
    prompt = await press(mei, "Found to be no fit")
    assert "I1" in prompt.labels
    assert "Say which criterion" in (await answer(mei, prompt, "age")).text
    assert "No fit, found by phone" in (await answer(mei, prompt, "i1")).text


async def test_a_request_is_taken_and_closed(talking: Stage, api: BotApi) -> None:
    unwell, mei = api.person(STRANGER), api.person(MEI)
    unwell.send("/unwell")
    await unwell.reply()
    queue = await ask(mei, "/queue")
    request = queue.labels[0]
    assert request.startswith("R-")
    assert "Feels unwell" in queue.text.splitlines()[0]
    await press(mei, request)
    card = await press(mei, "I take it")
    assert f"tg://user?id={STRANGER}" in (await press(mei, "Show contact")).text
    assert "holds no notes" in (await answer(mei, card, "dizzy")).text
    assert "mei: The study doctor has it" in (await press(mei, "The study doctor has it")).text
    assert ("staff:mei", "closed") in done(talking, request)


async def test_who_did_not_agree_to_go_abroad_is_not_named_there(live: Stage, api: BotApi) -> None:
    code = await lead_in(live, channel=WEB)
    mei = api.person(MEI)
    async with bot(live):
        await ask(mei, f"/lead {code}")
        await press(mei, "I take it")
        shown = await press(mei, "Show contact")
        assert "did not agree" in shown.text
        assert "林女士" not in shown.text


# at once, again, too late


async def test_of_two_who_press_at_once_one_gets_it(talking: Stage, api: BotApi, code: str) -> None:
    mei, wei = api.person(MEI), api.person(WEI)
    await asyncio.gather(ask(mei, f"/lead {code}"), ask(wei, f"/lead {code}"))
    mei.press("I take it")
    wei.press("I take it")
    said = {name: (await person.reply()).text for name, person in (("mei", mei), ("wei", wei))}
    (row,) = talking.app.desk.queue_now("en")
    winner, loser = row.claimed_by, ({"mei", "wei"} - {row.claimed_by}).pop()
    assert said[winner].startswith("This lead is yours now.")
    assert said[loser].startswith(f"{winner} works on this lead until today 10:30. Nothing was changed.")
    assert [each for each in done(talking, code) if each[1] == "claimed"] == [(f"staff:{winner}", "claimed")]


async def test_a_button_of_before_changes_nothing(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    await ask(mei, f"/lead {code}")
    card = await press(mei, "I take it")
    await press(mei, "Reached")
    mei.press_old(card.message_id, "Wrong number")
    told = await mei.reply()
    assert told.text.startswith("Something happened since this message (mei).")
    assert [what for _, what in done(talking, code)].count("attempt") == 1


async def test_an_update_that_comes_twice_is_done_once(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    card = await ask(mei, f"/lead {code}")
    twice = {"message": {**mei._head(900), "text": "asks for parking", "reply_to_message": mei.as_json(card)}}
    number = api.push(twice)
    await mei.reply()
    api.push({"update_id": number, **twice})
    await ask(mei, "/help")
    view = await talking.app.desk.lead(code, "en")
    assert view is not None
    assert [each.words for each in view.done] == ["asks for parking"]


@pytest.mark.parametrize(
    "data", ["", "take", "take:x:0", "take:L-7777-7777", "melt:L-7777-7777:0", "language:fr", "ab12:3:yes"]
)
async def test_a_button_of_something_else_is_told_so(talking: Stage, api: BotApi, data: str) -> None:
    mei = api.person(MEI)
    mei.press_data(data or ":")
    assert "too old" in (await mei.reply()).text


VERBS = ("open", "who", "hide", "ask", "take", "free", "try", "call", "mark", "step", "how")
ARGUMENTS = (
    *("", ":x", ":call", ":check:Q9", ":undo", ":reach", ":book:99999999999", ":book:203002301000"),
    *(":no_answer:x:y", ":I1:meets", ":wait:no"),
)


@pytest.mark.parametrize("queued", ["lead", "request"])
async def test_whatever_a_button_says_is_answered(live: Stage, code: str, queued: str) -> None:
    if queued == "request":
        await Participant(live, str(STRANGER), channel=TELEGRAM).say("/unwell")
        code = next(row.code for row in live.app.desk.queue_now("en") if row.kind == "unwell")
    for number, (verb, rest) in enumerate(itertools.product(VERBS, ARGUMENTS)):
        before = len(live.rows(t.outbox))
        pressed = Press(f"{verb}:{code}:0{rest}", "12")
        await live.app.reception.take(Incoming(TELEGRAM.name, str(MEI), str(number), pressed))
        assert len(live.rows(t.outbox)) > before, pressed


async def test_a_lead_that_is_no_more_is_told_so(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    for text in ("/lead L-7777-7777", "/lead nobody", "L-7777-7777"):
        assert "no such lead" in (await ask(mei, text)).text
    mei.press_data("take:L-7777-7777:0")
    assert "no such lead" in (await mei.reply()).text
    assert "Write the code" in (await ask(mei, "/lead")).text


async def test_what_is_for_no_lead_is_no_note(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    assert "answer the message" in (await ask(mei, "asks for parking")).text
    helped = await ask(mei, "/start")
    assert "/queue" in helped.text
    assert "cannot tell which lead" in (await answer(mei, helped, "asks for parking")).text
    mei.send_photo("her face")
    assert "only read text" in (await mei.reply()).text
    assert done(talking, code)[-1][0] == "participant"


async def test_what_was_answered_before_a_crash_goes_out_after_it(
    live: Stage, api: BotApi, code: str
) -> None:
    pressed = Incoming(TELEGRAM.name, str(MEI), "1", Press(f"take:{code}:0", ""))
    await live.app.reception.take(pressed)
    mei = api.person(MEI)
    async with bot(live):
        assert (await mei.reply()).text.startswith("This lead is yours now.")
    await live.app.reception.take(pressed)
    assert [what for _, what in done(live, code)].count("claimed") == 1


async def test_what_is_refused_half_way_leaves_nothing(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI)
    mei.press_data(f"step:{code}:0:attend")
    assert "not possible from here" in (await mei.reply()).text
    (row,) = talking.app.desk.queue_now("en")
    assert row.claimed_by == ""
    assert [what for _, what in done(talking, code) if what == "claimed"] == []


# who may what


async def test_somebody_unregistered_is_a_participant_and_learns_nothing(
    talking: Stage, api: BotApi, code: str
) -> None:
    stranger, another = api.person(STRANGER, "en"), api.person(STRANGER + 1, "en")
    first = await ask(stranger, "/queue")
    assert (await ask(another, "/somethingelse")).text == first.text
    for text in (f"/lead {code}", "/mine", "/login", "/digest"):
        assert code not in (await ask(stranger, text)).text
    stranger.press_data(f"who:{code}:0")
    assert "13" not in (await stranger.reply()).text
    assert refusals(talking) == []


async def test_an_auditor_reads_the_queue_and_works_on_nothing(
    talking: Stage, api: BotApi, code: str
) -> None:
    an = api.person(AN)
    queue = await ask(an, "/queue")
    assert code in queue.text
    assert queue.labels == []
    assert "1 waiting · 0 requests" in (await ask(an, "/digest")).text
    assert "not for your role" in (await ask(an, f"/lead {code}")).text
    an.press_data(f"take:{code}:0")
    assert "not for your role" in (await an.reply()).text
    assert "not for your role" in (await answer(an, queue, "a note")).text
    assert refusals(talking) == [
        ("staff:an", "/lead"),
        ("staff:an", "button take"),
        ("staff:an", "answer"),
    ]


async def test_an_editor_only_logs_in(talking: Stage, api: BotApi, code: str) -> None:
    lin = api.person(LIN)
    helped = (await ask(lin, "/help")).text
    assert [line.split()[0] for line in helped.splitlines()] == ["/login", "/language", "/help"]
    for text in ("/queue", "/mine", "/digest", f"/lead {code}"):
        assert "not for your role" in (await ask(lin, text)).text
    assert [what for _, what in refusals(talking)] == ["/queue", "/mine", "/digest", "/lead"]
    link = (await ask(lin, "/login")).text.split()[-1]
    assert link.startswith("http://localhost:8080/staff/login?token=")
    session = await talking.app.staff.login(link.partition("token=")[2])
    assert session is not None
    assert session.member.id == "lin"


async def test_a_public_address_makes_the_link_a_button(live: Stage, api: BotApi, code: str) -> None:
    live.stop()
    public = {**live.more, "webhook_url": "https://bot.example.org/telegram/webhook"}
    again = Stage(live.folder, live=True, clock=live.clock, more=public)
    async with bot(again):
        shown = await ask(api.person(MEI), "/login")
    assert "token" not in shown.text
    assert shown.inline[0][0]["url"].startswith("https://bot.example.org/staff/login?token=")
    again.stop()
    live.app.start()


async def test_who_was_removed_is_a_stranger_at_once(talking: Stage, api: BotApi, code: str) -> None:
    mei = api.person(MEI, "en")
    await ask(mei, f"/lead {code}")
    talking.app.staff.remove("mei")
    mei.press("I take it")
    assert code not in (await mei.reply()).text
    assert [what for _, what in done(talking, code) if what == "claimed"] == []
    talking.app.staff.add("mei", "coordinator")
    assert code not in (await ask(mei, f"/lead {code}")).text


async def test_somebody_chooses_their_language(talking: Stage, api: BotApi) -> None:
    mei = api.person(MEI)
    await ask(mei, "/language")
    assert (await press(mei, "中文")).text == "以后用中文给您发消息。"
    assert "/queue · 接下来做什么" in (await ask(mei, "/help")).text


# the group


async def test_the_coordinators_group_is_told_code_and_status(talking: Stage, api: BotApi, code: str) -> None:
    group = api.people[GROUP]
    line = f"{code} · New · 新"
    told = "To work on them, write to me in a private chat. · 要处理，请私聊机器人。"
    for text in ("/queue", "/queue@prescreen_test_bot", f"/lead {code}"):
        group.send(text)
        shown = await group.sees(told)
        assert shown.text.split("\n\n") == [line, told]
        assert shown.labels == []
        group.messages.clear()
    group.send("/lead L-7777-7777")
    assert "no such lead" in (await group.sees(told)).text


async def test_everywhere_else_and_about_everything_else_it_is_silent(
    talking: Stage, api: BotApi, code: str
) -> None:
    group, other = api.people[GROUP], api.group(OTHER_GROUP)
    await group.sees("new lead")
    for text in ("/start", "hello", "/mine", "/login", "/queue@another_bot", f"see {code}", "/queues"):
        group.send(text)
    other.send("/queue")
    other.send(f"/lead {code}")
    await ask(api.person(MEI), "/help")
    await api.until(lambda: not api.pending)
    assert len(group.sent) == 1
    assert other.sent == []


async def test_the_second_person_is_told_in_their_own_chat(live: Stage, api: BotApi, code: str) -> None:
    live.app.publishing.set_fact("small", "second_person", "wei", "admin")
    wei = api.person(WEI)
    for _ in range(4):
        live.clock.move(days=1)
        await live.app.timers.tick()
    async with bot(live):
        assert (await wei.reply()).text == f"{code} · 已超期 · overdue"
