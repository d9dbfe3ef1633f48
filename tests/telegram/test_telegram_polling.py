"""Long polling: nothing is acknowledged before it is committed."""

import asyncio
import logging
from typing import Any

import pytest

from bot.channels.telegram import polling
from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.errors import AnotherPoller, BadToken
from bot.service.messages import Text
from tests.botapi import BotApi
from tests.telegram.conftest import poller, running


def texts(*words: str) -> list[Text]:
    return [Text(word) for word in words]


async def test_it_takes_what_waited_and_what_comes(api: BotApi, face: TelegramFace, intake: Any) -> None:
    anna = api.person()
    anna.send("1")
    anna.send("2")
    async with running(poller(face).run()):
        await intake.has(2)
        anna.send("3")
        await intake.has(3)
        await api.until(lambda: not api.pending)
    assert intake.contents == texts("1", "2", "3")


async def test_it_does_not_acknowledge_before_the_commit(
    api: BotApi, face: TelegramFace, intake: Any
) -> None:
    anna = api.person()
    held = intake.hold(anna)
    async with running(poller(face).run()):
        anna.send("1")
        await api.until(lambda: intake.tried)
        assert len(api.pending) == 1
    # Stopped in the middle: the next one gets it again.
    assert len(api.pending) == 1
    held.set()
    async with running(poller(face).run()):
        await api.until(lambda: not api.pending)
    assert intake.contents == texts("1")


async def test_a_failed_update_comes_again_before_its_followers(
    api: BotApi, face: TelegramFace, intake: Any
) -> None:
    anna, bea = api.person(), api.person()
    failures = iter([True, True])
    intake.fail = lambda incoming: incoming.content == Text("2") and next(failures, False)
    anna.send("1")
    anna.send("2")
    bea.send("b")
    anna.send("3")
    async with running(poller(face).run()):
        await api.until(lambda: not api.pending)
    assert intake.of(anna) == texts("1", "2", "3")
    assert intake.of(bea) == texts("b")
    # What was committed behind the failed one was not handed over again.
    assert [incoming.content for incoming in intake.tried].count(Text("b")) == 1


async def test_an_update_that_never_commits_is_dropped_once_others_show_that_it_is_to_blame(
    api: BotApi,
    face: TelegramFace,
    intake: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(polling, "ROUNDS_BEFORE_DROPPING", 3)
    anna, bea = api.person(), api.person()
    intake.fail = lambda incoming: incoming.content == Text("poison")
    async with running(poller(face).run()):
        anna.send("poison")
        anna.send("after")
        for number in range(1, 4):
            assert intake.of(anna) == []
            bea.send(str(number))
            await intake.has(number)
        await api.until(lambda: not api.pending)
    assert intake.of(anna) == texts("after")
    assert "is dropped" in caplog.text
    assert "poison" not in caplog.text


async def test_nothing_is_dropped_while_nothing_can_be_committed(
    api: BotApi, face: TelegramFace, intake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "ROUNDS_BEFORE_DROPPING", 3)
    anna, bea = api.person(), api.person()
    intake.fail = lambda incoming: len(intake.tried) < 40
    anna.send("a")
    bea.send("b")
    # A group's message needs no database and proves nothing.
    async with running(poller(face).run()):
        for number in range(5):
            api.push(
                {
                    "message": {
                        "message_id": number,
                        "date": 1,
                        "chat": {"id": -1, "type": "group"},
                        "text": "x",
                    }
                }
            )
            tried = len(intake.tried)
            await api.until(lambda tried=tried: len(intake.tried) > tried)
        await api.until(lambda: not api.pending)
    assert intake.of(anna) == texts("a")
    assert intake.of(bea) == texts("b")


async def test_garbage_does_not_stop_it(api: BotApi, polled: TelegramFace, intake: Any) -> None:
    api.push({"message": {"chat": "?"}})
    api.push(
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": {"id": None}}}
    )
    api.person().send("1")
    await intake.has(1)
    await api.until(lambda: not api.pending)


async def test_many_chats_side_by_side(api: BotApi, polled: TelegramFace, intake: Any) -> None:
    people = [api.person() for _ in range(30)]
    held = intake.hold(people[0])
    for number in range(5):
        for person in people:
            person.send(str(number))
    await intake.has(3 * 29)
    held.set()
    await api.until(lambda: not api.pending)
    for person in people:
        assert intake.of(person) == texts("0", "1", "2", "3", "4")


async def test_it_outlives_telegram(api: BotApi, polled: TelegramFace, intake: Any) -> None:
    api.fail_next("getUpdates", 502, raw="<html>")
    api.fail_next("getUpdates", 429, "Too Many Requests", retry_after=0)
    anna = api.person()
    anna.send("1")
    await intake.has(1)
    await api.stop()
    await api.start()
    anna.send("2")
    await intake.has(2)


async def test_it_takes_over_from_a_webhook_without_losing_anything(
    api: BotApi, face: TelegramFace, intake: Any
) -> None:
    api.webhook.url = "http://127.0.0.1:9/"
    api.retry_seconds = 60
    anna = api.person()
    anna.send("1")
    async with running(poller(face).run()):
        await intake.has(1)
    assert api.webhook.url == ""


async def test_it_asks_for_what_it_understands(api: BotApi, polled: TelegramFace) -> None:
    await api.until(lambda: api.of("getUpdates"))
    assert api.of("getUpdates")[0].params["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_it_stops_when_another_program_keeps_polling(
    api: BotApi, face: TelegramFace, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=4)
    with pytest.raises(AnotherPoller) as caught:
        await poller(face).run()
    assert "same token" in caught.value.sentence
    assert "another program" in caplog.text


async def test_it_does_not_stop_for_a_single_conflict(api: BotApi, face: TelegramFace, intake: Any) -> None:
    api.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=3)
    api.person().send("1")
    async with running(poller(face).run()):
        await intake.has(1)


async def test_two_pollers_are_noticed(api: BotApi, face: TelegramFace, intake: Any) -> None:
    other = TelegramFace(api.token, intake, api.url)
    await other.start()
    async with running(poller(face).run()) as one, running(poller(other).run()) as two:
        [stopped], _ = await asyncio.wait({one, two}, return_when=asyncio.FIRST_COMPLETED)
        assert isinstance(stopped.exception(), AnotherPoller)
    await other.stop()


async def test_it_stops_when_the_token_is_revoked(
    api: BotApi, face: TelegramFace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    token, api.token = api.token, "1:other"
    with pytest.raises(BadToken):
        await poller(face).run()
    assert token not in caplog.text
