"""A coordinator's day in their own chat with the bot, over HTTP, and what everybody else gets."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import server
from bot.store import tables as t
from tests.botapi import BotApi, Message, Person
from tests.service.stage import Person as Participant
from tests.service.stage import Stage

MEI, WEI, AN, LIN = 6001, 6002, 6003, 6004
GROUP, OTHER_GROUP = -1001, -1002
LANGUAGES = ("zh", "en")


@pytest.fixture
def live(tmp_path: Path, api: BotApi) -> Iterator[Stage]:
    """A live study. Mei and Wei are coordinators, An looks on, Lin edits scripts; each has an account."""
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


@pytest.fixture
async def talking(live: Stage) -> AsyncIterator[Stage]:
    async with bot(live):
        yield live


async def lead_in(stage: Stage, address: str = "p1", phone: str = "13800138000") -> str:
    before = {row.code for row in stage.app.desk.queue_now("en")}
    await Participant(stage, address).to_queue(phone=phone)
    (code,) = {row.code for row in stage.app.desk.queue_now("en")} - before
    return code


async def ask(person: Person, text: str) -> Message:
    person.send(text)
    return await person.reply()


async def press(person: Person, label: str) -> Message:
    person.press(label)
    return await person.reply()


def trail(stage: Stage, subject: str) -> list[tuple[str, str]]:
    return [(row.who, row.what) for row in stage.rows(t.audit) if row.subject == subject]


DAY: dict[str, dict[str, str]] = {
    "en": {
        "take": "I take it",
        "contact": "Show contact",
        "no_answer": "No answer",
        "reached": "Reached",
        "check": "Check a criterion",
        "meets": "✓ Meets",
        "book": "Book a visit",
        "mine": "You hold",
        "noted": "Noted.",
        "booked": "Visit booked",
        "digest": "1 waiting",
        "open": "Open criteria",
    },
    "zh": {
        "take": "我来联系",
        "contact": "显示联系方式",
        "no_answer": "没人接",
        "reached": "已联系上",
        "check": "核实一条标准",
        "meets": "✓ 符合",
        "book": "约访视",
        "mine": "您手上的",
        "noted": "已记录。",
        "booked": "已约访视",
        "digest": "等待 1",
        "open": "待核实的标准",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_coordinators_day(talking: Stage, api: BotApi, language: str) -> None:
    w = DAY[language]
    talking.app.staff.add("mei", "coordinator", None, language)
    code = await lead_in(talking)
    mei = api.person(MEI)
    queue = await ask(mei, "/queue")
    assert code in queue.text
    assert queue.labels == [code]
    card = await press(mei, code)
    assert "13800138000" not in card.text.replace(" ", "")
    assert card.labels == [w["take"]]
    card = await press(mei, w["take"])
    assert w["contact"] in card.labels
    contact = await press(mei, w["contact"])
    assert "林女士" in contact.text
    assert "138 0013 8000" in contact.text
    card = await press(mei, w["no_answer"])
    assert w["noted"] in card.text
    talking.clock.move(days=1)
    assert (await ask(mei, f"/lead {code}")).labels == [w["take"]]
    await press(mei, w["take"])
    card = await press(mei, w["reached"])
    mei.answer(card, "asks for parking")
    await mei.reply()
    view = await talking.app.desk.lead(code, "en", None)
    assert view is not None
    assert [done.words for done in view.done if done.kind == "note"] == ["asks for parking"]
    await press(mei, w["book"])
    prompt = mei.sent[-1]
    mei.answer(prompt, "2026-06-18 09:30")
    card = await mei.reply()
    assert w["booked"] in card.text
    assert "06-18 09:30" in card.text
    digest = await ask(mei, "/digest")
    assert w["digest"] in digest.text
    assert w["mine"] in digest.text
    assert code in digest.text
