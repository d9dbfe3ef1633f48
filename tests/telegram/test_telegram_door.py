"""What becomes of every kind of update: sent by a person, fetched over HTTP, parsed by python-telegram-bot."""

from typing import Any

import pytest

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.door import chat_key, language_of, parse, read
from bot.service.messages import Edited, InGroup, Membership, Other, OwnPhone, Press, Text
from tests.botapi import BotApi, Person

USER = {
    "id": 77,
    "is_bot": False,
    "first_name": "N.",
    "last_name": "SECRET",
    "username": "secret",
    "language_code": "en",
}
PRIVATE = {"id": 77, "type": "private", "first_name": "N.", "username": "secret"}
GROUP = {"id": -100, "type": "supergroup", "title": "Coordinators"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1767225600, "chat": PRIVATE, "from": USER, **content}


def incoming(kind: str, body: dict[str, Any]) -> Any:
    update = parse({"update_id": 9, kind: body})
    assert update is not None
    return read(update)


FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 1, "height": 1}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "35岁"}, Text("35岁")),
        ({"text": "/start melasma-exosome-poster"}, Text("/start melasma-exosome-poster")),
        ({"text": "/start@prescreen_test_bot melasma-exosome-poster"}, Text("/start melasma-exosome-poster")),
        ({"text": "/help@Prescreen_Test_Bot"}, Text("/help")),
        ({"text": "me@hospital.example"}, Text("me@hospital.example")),
        ({"text": "say /help@bot"}, Text("say /help@bot")),
        ({"text": "a\0b\ud800c"}, Text("ab\N{REPLACEMENT CHARACTER}c")),
        ({"contact": {"phone_number": "+8613800138000", "first_name": "N.", "user_id": 77}}, OwnPhone("+8613800138000")),
        ({"contact": {"phone_number": "8613800138000", "first_name": "N.", "user_id": 77}}, OwnPhone("+8613800138000")),
        ({"contact": {"phone_number": "+8613800138000", "first_name": "N.", "user_id": 78}}, Other()),
        ({"contact": {"phone_number": "+8613800138000", "first_name": "N."}}, Other()),
        ({"photo": [SIZED], "caption": "my face"}, Other("my face")),
        ({"voice": {**FILE, "duration": 1}}, Other()),
        ({"audio": {**FILE, "duration": 1}}, Other()),
        ({"video": {**SIZED, "duration": 1}}, Other()),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, Other()),
        ({"animation": {**SIZED, "duration": 1}}, Other()),
        ({"document": FILE}, Other()),
        ({"sticker": {**SIZED, "type": "regular", "is_animated": False, "is_video": False}}, Other()),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, Other()),
        ({"venue": {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "t", "address": "a"}}, Other()),
        ({"dice": {"emoji": "🎲", "value": 3}}, Other()),
        ({"story": {"chat": PRIVATE, "id": 3}}, Other()),
        ({"hologram": {"made": "by a later Telegram"}}, Other()),
        ({"pinned_message": message(text="old")}, None),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}, None),
        ({"write_access_allowed": {}}, None),
    ],
)  # fmt: skip
def test_a_message_becomes_its_content(content: dict[str, Any], expected: object) -> None:
    found = incoming("message", message(**content))
    assert (found and found.content) == expected


def test_a_poll_is_other() -> None:
    poll = {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    assert incoming("message", message(poll=poll)).content == Other()


def test_it_carries_address_update_and_language_and_no_name() -> None:
    found = incoming("message", message(text="hello"))
    assert (found.channel, found.address, found.update, found.language) == ("telegram", "77", "9", "en")
    assert "secret" not in repr(found).lower()


def test_a_press_carries_its_data_and_its_message() -> None:
    query = {"id": "q", "from": USER, "chat_instance": "c", "data": "7:yes", "message": message(text="?")}
    assert incoming("callback_query", query).content == Press("7:yes", "5")


def test_a_press_on_a_message_telegram_no_longer_keeps_still_counts() -> None:
    gone = {"message_id": 5, "chat": PRIVATE, "date": 0}
    query = {"id": "q", "from": USER, "chat_instance": "c", "data": "7:yes", "message": gone}
    assert incoming("callback_query", query).content == Press("7:yes", "5")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("message", {**message(text="hi"), "chat": GROUP}),
        ("message", {**message(text="/start"), "chat": {"id": -5, "type": "group", "title": "g"}}),
        ("message", {**message(text="hi"), "from": {**USER, "is_bot": True}}),
        ("message", {key: value for key, value in message(text="hi").items() if key != "from"}),
        ("edited_message", {**message(text="hi"), "chat": GROUP}),
        ("edited_message", message(location={"latitude": 1.0, "longitude": 2.0, "live_period": 60})),
        ("channel_post", {**message(text="hi"), "chat": {"id": -7, "type": "channel", "title": "c"}}),
        ("inline_query", {"id": "q", "from": USER, "query": "x", "offset": ""}),
        ("callback_query", {"id": "q", "from": USER, "chat_instance": "c", "data": "d", "inline_message_id": "i"}),
        ("callback_query", {"id": "q", "from": USER, "chat_instance": "c", "data": "d", "message": {**message(), "chat": GROUP}}),
        ("callback_query", {"id": "q", "from": USER, "chat_instance": "c", "game_short_name": "g", "message": message()}),
        ("something_new", {"from": USER, "chat": PRIVATE}),
    ],
)  # fmt: skip
def test_everything_else_is_left_alone(kind: str, body: dict[str, Any]) -> None:
    assert incoming(kind, body) is None


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/queue", "/queue"),
        ("/lead L-7QK4-X9M3", "/lead L-7QK4-X9M3"),
        ("/queue@prescreen_test_bot", "/queue"),
        ("/Lead@Prescreen_Test_Bot L-7QK4-X9M3", "/Lead L-7QK4-X9M3"),
        ("/queue@another_bot", None),
        ("/queues", None),
        ("see /queue", None),
        ("/start", None),
    ],
)
def test_of_a_group_only_what_coordinators_ask_is_taken(kind: str, text: str, asked: str | None) -> None:
    update = parse({"update_id": 9, "message": {**message(text=text), "chat": {**GROUP, "type": kind}}})
    assert update is not None
    assert read(update, "prescreen_test_bot") == (asked and InGroup("telegram", "-100", "9", asked))


@pytest.mark.parametrize("kind", ["edited_message", "channel_post"])
def test_an_edited_command_of_a_group_is_left_alone(kind: str) -> None:
    assert incoming(kind, {**message(text="/queue"), "chat": GROUP}) is None


def test_another_bot_in_a_group_is_left_alone() -> None:
    assert (
        incoming("message", {**message(text="/queue"), "chat": GROUP, "from": {**USER, "is_bot": True}})
        is None
    )


def test_an_answer_carries_what_the_bot_wrote() -> None:
    ours = {**message(text="L-7QK4-X9M3 · New"), "from": BOT}
    found = incoming("message", message(text="asks for parking", reply_to_message=ours))
    assert found.content == Text("asks for parking", "L-7QK4-X9M3 · New")


def test_an_answer_to_ones_own_words_carries_nothing_of_them() -> None:
    own = message(text="L-7QK4-X9M3 · New")
    assert incoming("message", message(text="yes", reply_to_message=own)).content == Text("yes")


BOT = {"id": 7000000001, "is_bot": True, "first_name": "Prescreen"}


def membership(old: str, new: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    until = {"until_date": 0}
    return {
        "chat": chat,
        "from": USER,
        "date": 1767225600,
        "old_chat_member": {"user": BOT, "status": old, **until},
        "new_chat_member": {"user": BOT, "status": new, **until},
    }


@pytest.mark.parametrize(("old", "new", "blocked"), [("member", "kicked", True), ("kicked", "member", False)])
def test_blocking_the_bot_and_letting_it_in_again_are_told_apart(old: str, new: str, blocked: bool) -> None:
    found = incoming("my_chat_member", membership(old, new))
    assert found == Membership("telegram", "77", "9", blocked)


@pytest.mark.parametrize(
    ("new", "chat"), [("member", GROUP), ("kicked", GROUP), ("left", GROUP), ("left", PRIVATE)]
)
def test_what_becomes_of_it_in_a_group_is_nobodys_message(new: str, chat: dict[str, Any]) -> None:
    assert incoming("my_chat_member", membership("member", new, chat)) is None


def test_an_edited_text_is_never_an_answer() -> None:
    assert incoming("edited_message", message(text="no", edit_date=1767225601)).content == Edited("no")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh"), ("zh-hans", "zh"), ("zh-hant", "zh"), ("zh-TW", "zh"), ("ZH_cn", "zh"),
        ("en", "en"), ("en-GB", "en"), ("fr", "en"), ("zhx", "en"), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_languages(code: str | None, language: str) -> None:
    assert language_of(code) == language


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": "x"},
        {"update_id": 1, "message": "x"},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {"message_id": 1, "date": "never", "chat": 7}},
        {"update_id": 1, "callback_query": {"message": {"chat": {"id": 3}}}},
        {"update_id": 1, "callback_query": None},
        {"update_id": 1, "callback_query": {"message": 3}},
        {
            "update_id": 1,
            "callback_query": {"id": "q", "chat_instance": "c", "data": "d", "message": message()},
        },
    ],
)
async def test_garbage_is_acknowledged(raw: dict[str, Any], face: TelegramFace) -> None:
    assert await face.deliver_update(raw) is False


def test_a_text_that_quotes_what_cannot_be_parsed_is_still_read() -> None:
    found = incoming("message", message(text="35", reply_to_message={"from": "a later Telegram"}))
    assert found.content == Text("35")


def test_a_press_under_what_cannot_be_parsed_is_still_read() -> None:
    shown = message(text="?", gift={"of": "a later Telegram"})
    query = {"id": "q", "from": USER, "chat_instance": "c", "data": "7:yes", "message": shown}
    assert incoming("callback_query", query).content == Press("7:yes", "5")


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"update_id": 1, "message": message()}, 77),
        ({"update_id": 1, "edited_message": message()}, 77),
        ({"update_id": 1, "my_chat_member": {"chat": PRIVATE}}, 77),
        ({"update_id": 1, "callback_query": {"id": "q", "message": message()}}, 77),
        ({"update_id": 1, "callback_query": {"id": "q"}}, None),
        ({"update_id": 1}, None),
    ],
)
def test_the_chat_of_an_update(raw: dict[str, Any], chat: int | None) -> None:
    assert chat_key(raw) == chat


async def test_a_person_over_http(api: BotApi, polled: TelegramFace, intake: Any) -> None:
    anna: Person = api.person(language_code="zh-hans")
    anna.send("/start@prescreen_test_bot melasma-exosome-poster")
    anna.send_photo("my face")
    anna.send_voice()
    anna.send_location()
    anna.share_contact()
    anna.share_contact("+8613900139000", own=False)
    number = anna.send("35")
    anna.edit(number, "36")
    anna.block()
    anna.press_data("0:x")
    anna.unblock()
    await intake.has(11)
    assert intake.contents == [
        Text("/start melasma-exosome-poster"),
        Other("my face"),
        Other(),
        Other(),
        OwnPhone("+8613800138000"),
        Other(),
        Text("35"),
        Edited("36"),
        Press("0:x", "1"),
    ]
    memberships = [i for i in intake.taken if isinstance(i, Membership)]
    assert [membership.blocked for membership in memberships] == [True, False]
    assert {i.language for i in intake.taken if i not in memberships} == {"zh"}
    assert {i.address for i in intake.taken} == {str(anna.user_id)}
    assert len({i.update for i in intake.taken}) == 11
