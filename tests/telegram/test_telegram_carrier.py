"""Deliveries, carried out by the real python-telegram-bot on the Bot API double."""

import logging

import pytest

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.carrier import TelegramCarrier
from bot.service.delivery import Unreachable
from bot.service.messages import Button, Line, Outgoing
from tests.botapi import BotApi, Message, Person

YES_NO = ((Button("7:yes", "Yes"), Button("7:no", "No")), (Button("7:.back", "Back"),))
ASKED = Outgoing("send", (Line("Are you pregnant?", "strong"),), YES_NO, prompt=7)
CHOSEN = Outgoing("settle", (Line("Are you pregnant?", "strong"), Line("✓ No")), prompt=7)
SHARE = ((Button("8:.share", "Share my number", share=True),), (Button("8:.back", "Back"),))
PHONE = Outgoing("send", (Line("Which number?"),), SHARE, prompt=8)
PLAIN = Outgoing("send", (Line("Thank you."),))


@pytest.fixture
def carrier(face: TelegramFace) -> TelegramCarrier:
    return face.carrier


@pytest.fixture
def anna(api: BotApi) -> Person:
    return api.person()


async def send(carrier: TelegramCarrier, person: Person, outgoing: Outgoing, ref: str = "") -> str:
    return await carrier.deliver(str(person.user_id), outgoing, ref)


async def failure(carrier: TelegramCarrier, person: Person, outgoing: Outgoing, ref: str = "") -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        await send(carrier, person, outgoing, ref)
    return caught.value


def only(person: Person) -> Message:
    [message] = person.messages
    return message


async def test_it_sends_html_with_buttons(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, ASKED)
    message = only(anna)
    assert ref == str(message.message_id)
    assert message.html == "<b>Are you pregnant?</b>"
    assert message.buttons == [["Yes", "No"], ["Back"]]
    assert api.of("sendMessage")[0].params["link_preview_options"] == {"is_disabled": True}


async def test_it_settles(carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, ASKED)
    assert await send(carrier, anna, CHOSEN, ref) == ""
    assert only(anna).text == "Are you pregnant?\n\n✓ No"
    assert only(anna).buttons == []


async def test_it_redraws(carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, ASKED)
    await send(carrier, anna, Outgoing("redraw", rows=((Button("7:.done", "Done"),),), prompt=7), ref)
    assert only(anna).buttons == [["Done"]]
    assert only(anna).text == "Are you pregnant?"


async def test_it_strips_the_message_that_is_named(carrier: TelegramCarrier, anna: Person) -> None:
    old = await send(carrier, anna, ASKED)
    new = await send(carrier, anna, ASKED)
    await send(carrier, anna, Outgoing("strip", ref=old), new)
    assert [message.labels for message in anna.messages] == [[], ["Yes", "No", "Back"]]


@pytest.mark.parametrize("op", ["settle", "redraw", "strip"])
async def test_what_was_never_sent_needs_nothing(
    op: str, api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    assert await send(carrier, anna, Outgoing(op, (Line("x"),))) == ""  # type: ignore[arg-type]
    assert [call.method for call in api.calls] == ["getMe"]


# long texts


async def test_a_long_text_goes_out_in_pieces_with_buttons_on_the_last(
    carrier: TelegramCarrier, anna: Person
) -> None:
    rows = "\n".join(f"{number}. 您的回答是“没有”😀" for number in range(400))
    ref = await send(carrier, anna, Outgoing("send", (Line(rows),), YES_NO))
    assert len(anna.messages) == 2
    assert ref == ",".join(str(message.message_id) for message in anna.messages)
    assert [bool(message.buttons) for message in anna.messages] == [False, True]
    assert "\n".join(message.text for message in anna.messages) == rows

    texts = [message.text for message in anna.messages]
    await send(carrier, anna, CHOSEN, ref)
    assert [message.labels for message in anna.messages] == [[], []]
    assert [message.text for message in anna.messages] == texts


async def test_a_text_too_long_to_settle_only_loses_its_buttons(
    carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, ASKED)
    await send(carrier, anna, Outgoing("settle", (Line("汉" * 5000),)), ref)
    assert (only(anna).text, only(anna).labels) == ("Are you pregnant?", [])


async def test_a_retry_does_not_repeat_the_pieces_that_arrived(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    long = Outgoing("send", (Line("a" * 4096), Line("b" * 4096)))
    api.fail_next("sendMessage", 502, "Bad Gateway", skip=1)
    await failure(carrier, anna, long)
    assert [message.text[0] for message in anna.messages] == ["a"]
    ref = await send(carrier, anna, long)
    assert [message.text[0] for message in anna.messages] == ["a", "b"]
    assert ref == ",".join(str(message.message_id) for message in anna.messages)
    # The same words another time are another message.
    await send(carrier, anna, long)
    assert len(anna.messages) == 4


# the phone number


async def test_it_asks_for_the_own_number_with_keys(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, PHONE)
    assert ref == f"k{only(anna).message_id}"
    assert anna.labels == ["Share my number", "Back"]
    assert anna.keyboard is not None
    assert anna.keyboard["one_time_keyboard"]
    assert anna.keyboard["resize_keyboard"]
    anna.press("Share my number")
    anna.press("Back")
    # A contact with the own account, and a typed label.
    assert len(api.pending) == 2


async def test_settling_takes_the_keys_away_and_leaves_one_message(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, PHONE)
    done = Outgoing("settle", (Line("Which number?"), Line("✓ +86 138…")), prompt=8)
    assert await send(carrier, anna, done, ref) == ""
    assert anna.keyboard is None
    assert only(anna).text == "Which number?\n\n✓ +86 138…"
    # What Telegram would refuse was not even tried.
    assert not api.of("editMessageText")


async def test_a_prompt_that_cannot_be_deleted_stays(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, PHONE)
    api.fail_next("deleteMessage", 400, "Bad Request: message can't be deleted for everyone")
    await send(carrier, anna, CHOSEN, ref)
    assert anna.keyboard is None
    assert len(anna.messages) == 2


async def test_keys_go_even_when_there_is_nothing_to_say(carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, PHONE)
    await send(carrier, anna, Outgoing("settle"), ref)
    assert anna.keyboard is None


@pytest.mark.parametrize("op", ["redraw", "strip"])
async def test_keys_cannot_be_changed(op: str, api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, PHONE)
    assert await send(carrier, anna, Outgoing(op, rows=YES_NO, ref=ref), ref) == ""  # type: ignore[arg-type]
    assert anna.labels == ["Share my number", "Back"]


# failures, each with its twin


async def test_it_gives_up_on_somebody_who_blocked_the_bot(carrier: TelegramCarrier, anna: Person) -> None:
    anna.block()
    error = await failure(carrier, anna, PLAIN)
    assert error.permanent
    assert "blocked" in error.reason


async def test_it_does_not_give_up_on_an_unknown_403(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    api.fail_next("sendMessage", 403, "Forbidden: the moon is full")
    error = await failure(carrier, anna, PLAIN)
    assert not error.permanent
    assert error.wait >= 1


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (400, "Bad Request: chat not found"),
    ],
)
async def test_it_gives_up_on_chats_that_are_gone(
    status: int, description: str, api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    api.fail_next("sendMessage", status, description)
    assert (await failure(carrier, anna, PLAIN)).permanent


async def test_it_does_not_give_up_on_an_unknown_400(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    api.fail_next("sendMessage", 400, 'Bad Request: can\'t parse entities: Unsupported start tag "secret"')
    error = await failure(carrier, anna, PLAIN)
    assert not error.permanent
    assert error.wait == 60
    assert "secret" not in str(error.reason)


async def test_it_waits_as_long_as_telegram_says(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    api.fail_next("sendMessage", 429, "Too Many Requests: retry after 17", retry_after=17)
    error = await failure(carrier, anna, PLAIN)
    assert (error.permanent, error.wait) == (False, 17)
    await send(carrier, anna, PLAIN)
    assert only(anna).text == "Thank you."


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_fault_passes(
    status: int, api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    api.fail_next("sendMessage", status, raw="<html>secret</html>")
    error = await failure(carrier, anna, PLAIN)
    assert (error.permanent, error.wait) == (False, 1)
    assert "secret" not in error.reason


async def test_a_network_fault_passes(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    await api.stop()
    assert not (await failure(carrier, anna, PLAIN)).permanent
    await api.start()
    await send(carrier, anna, PLAIN)
    assert only(anna).text == "Thank you."


async def test_a_revoked_token_passes(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    api.token = "1:other"
    assert not (await failure(carrier, anna, PLAIN)).permanent


async def test_a_group_that_moved_is_followed(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    api.fail_next("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to=anna.user_id)
    await carrier.deliver("-5", PLAIN, "")
    assert only(anna).text == "Thank you."


async def test_settling_twice_is_fine(api: BotApi, carrier: TelegramCarrier, anna: Person) -> None:
    ref = await send(carrier, anna, ASKED)
    await send(carrier, anna, CHOSEN, ref)
    assert await send(carrier, anna, CHOSEN, ref) == ""
    assert [call.status for call in api.of("editMessageText")] == [200, 400]


@pytest.mark.parametrize("op", ["settle", "redraw", "strip"])
async def test_a_message_that_the_person_deleted_is_fine(
    op: str, carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, ASKED)
    anna.delete(int(ref))
    assert await send(carrier, anna, Outgoing(op, (Line("x"),)), ref) == ""  # type: ignore[arg-type]


async def test_an_edit_that_fails_otherwise_is_tried_again(
    api: BotApi, carrier: TelegramCarrier, anna: Person
) -> None:
    ref = await send(carrier, anna, ASKED)
    api.fail_next("editMessageText", 400, "Bad Request: something else")
    assert not (await failure(carrier, anna, CHOSEN, ref)).permanent
    api.fail_next("editMessageText", 429, "Too Many Requests", retry_after=3)
    assert (await failure(carrier, anna, CHOSEN, ref)).wait == 3
    await send(carrier, anna, CHOSEN, ref)
    assert only(anna).labels == []


async def test_hostile_text_arrives_as_text(carrier: TelegramCarrier, anna: Person) -> None:
    hostile = '<b>bold</b> & <a href="tg://user?id=1">me</a> </b> &lt; <'
    await send(carrier, anna, Outgoing("send", (Line(hostile), Line(hostile, "strong"))))
    assert only(anna).text == f"{hostile}\n\n{hostile}"


async def test_nothing_said_reaches_the_log(
    api: BotApi, carrier: TelegramCarrier, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api.fail_next("sendMessage", 500, raw=f"<html>canary: POST /bot{api.token}/sendMessage failed")
    await failure(carrier, anna, Outgoing("send", (Line("canary words"),)))
    await send(carrier, anna, Outgoing("send", (Line("canary words"),)))
    assert "canary" not in caplog.text
    assert api.token not in caplog.text
    assert str(anna.user_id) not in caplog.text
