"""The face: start, order, acknowledgement, logs."""

import asyncio
import logging
from typing import Any

import pytest

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.errors import BadToken
from bot.service.messages import Press, Text
from tests.botapi import BotApi, Person

PRESS = {"id": "q", "chat_instance": "c", "data": "7:yes"}


def update(person: Person, number: int, text: str) -> dict[str, Any]:
    user = {"id": person.user_id, "is_bot": False, "first_name": "N."}
    chat = {"id": person.user_id, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": chat, "from": user, "text": text},
    }


@pytest.mark.parametrize("token", ["", "abc", "123:", "123:a b", "123:ab\n", "١:ab"])
def test_it_refuses_what_cannot_be_a_token(token: str, intake: Any) -> None:
    with pytest.raises(BadToken) as caught:
        TelegramFace(token, intake)
    assert "PRESCREEN_TELEGRAM_TOKEN" in caught.value.sentence


async def test_it_refuses_a_token_that_telegram_refuses(api: BotApi, intake: Any) -> None:
    face = TelegramFace("1:revoked", intake, api.url)
    with pytest.raises(BadToken) as caught:
        await face.start()
    await face.stop()
    assert "1:revoked" not in str(caught.value)


async def test_it_waits_for_telegram_to_be_there(api: BotApi, intake: Any) -> None:
    api.fail_next("getMe", 502, raw="<html>", times=2)
    face = TelegramFace(api.token, intake, f"{api.url}/")
    await face.start(pauses=(0.01,))
    await face.stop()
    assert [call.status for call in api.of("getMe")] == [502, 502, 200]


async def test_updates_of_a_chat_wait_for_one_another_and_chats_do_not(
    api: BotApi, face: TelegramFace, intake: Any
) -> None:
    anna, bea = api.person(), api.person()
    held = intake.hold(anna)
    first = asyncio.create_task(face.deliver_update(update(anna, 1, "1")))
    second = asyncio.create_task(face.deliver_update(update(anna, 2, "2")))
    await api.until(lambda: intake.tried)
    assert await face.deliver_update(update(bea, 3, "3"))
    assert intake.contents == [Text("3")]
    assert [incoming.content for incoming in intake.tried] == [Text("1"), Text("3")]
    held.set()
    await asyncio.gather(first, second)
    assert intake.of(anna) == [Text("1"), Text("2")]
    assert face._lines == {}
    assert face._receipts == {}


async def test_it_raises_what_the_intake_raises(api: BotApi, face: TelegramFace, intake: Any) -> None:
    anna = api.person()
    intake.fail = lambda incoming: True
    with pytest.raises(RuntimeError, match="cannot commit"):
        await face.deliver_update(update(anna, 1, "1"))
    intake.fail = lambda incoming: False
    await face.deliver_update(update(anna, 1, "1"))
    assert intake.contents == [Text("1")]


async def test_a_press_is_answered_after_the_commit(api: BotApi, polled: TelegramFace, intake: Any) -> None:
    anna = api.person()
    held = intake.hold(anna)
    query = anna.press_data("7:yes", 3)
    await api.until(lambda: intake.tried)
    assert api.answered == []
    held.set()
    await api.until(lambda: api.answered == [query])
    assert intake.contents == [Press("7:yes", "3")]


async def test_a_press_that_cannot_be_answered_any_more_is_taken_all_the_same(
    api: BotApi, polled: TelegramFace, intake: Any
) -> None:
    api.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    anna = api.person()
    anna.press_data("7:yes")
    anna.press_data("7:no")
    await api.until(lambda: len(api.of("answerCallbackQuery")) == 2)
    await api.idle()
    assert len(intake.taken) == 2
    assert api.pending == []


async def test_a_slow_answer_to_a_press_keeps_nobody_waiting(
    api: BotApi, polled: TelegramFace, intake: Any
) -> None:
    gate = api.hold("answerCallbackQuery")
    anna = api.person()
    anna.press_data("7:yes")
    await gate.reached()
    anna.send("next")
    await intake.has(2)
    gate.open()


async def test_an_unhandled_update_is_not_taken_for_done(api: BotApi, face: TelegramFace) -> None:
    face.application.handlers.clear()
    with pytest.raises(RuntimeError, match="did not reach"):
        await face.deliver_update(update(api.person(), 1, "1"))


async def test_logs_hold_numbers_and_no_words(
    api: BotApi, face: TelegramFace, intake: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    anna = api.person()
    intake.fail = lambda incoming: True
    with pytest.raises(RuntimeError):
        await face.deliver_update(update(anna, 41, "canary"))
    await face.deliver_update({"update_id": 42, "message": {"canary": str(anna.user_id)}})
    assert "42" in caplog.text
    assert "canary" not in caplog.text
    assert str(anna.user_id) not in caplog.text
