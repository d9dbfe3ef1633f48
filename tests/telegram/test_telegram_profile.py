"""The bot's commands and descriptions."""

import pytest

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.profile import (
    COMMAND_WORDS,
    DESCRIPTION,
    SHORT_DESCRIPTION,
    register_profile,
)
from bot.core.inputs import COMMANDS
from bot.i18n import Translator
from tests.botapi import BotApi


def english(words: str) -> str:
    return words


def chinese(words: str) -> str:
    return f"中文 {len(words)}"


TRANSLATORS: dict[str, Translator] = {"zh": chinese, "en": english}
SETTERS = ("setMyCommands", "setMyDescription", "setMyShortDescription")


def writes(api: BotApi) -> list[str]:
    return [call.method for call in api.calls if call.method in SETTERS]


def test_every_command_is_described() -> None:
    assert set(COMMAND_WORDS) == set(COMMANDS)


async def test_it_registers_every_language_and_a_default(api: BotApi, face: TelegramFace) -> None:
    await register_profile(face.bot, TRANSLATORS)
    assert set(api.commands) == {("all_private_chats", code) for code in ("", "zh", "en")}
    for (_, code), commands in api.commands.items():
        assert [command["command"] for command in commands] == list(COMMANDS)
        tr = chinese if code == "zh" else english
        assert commands[0]["description"] == tr(COMMAND_WORDS["start"])
    assert api.descriptions["description", ""] == DESCRIPTION
    assert api.descriptions["description", "zh"] == chinese(DESCRIPTION)
    assert api.descriptions["short_description", "zh"] == chinese(SHORT_DESCRIPTION)


async def test_it_writes_only_what_changed(api: BotApi, face: TelegramFace) -> None:
    await register_profile(face.bot, TRANSLATORS)
    api.calls.clear()
    await register_profile(face.bot, TRANSLATORS)
    assert writes(api) == []
    api.descriptions["short_description", "zh"] = "old"
    await register_profile(face.bot, TRANSLATORS)
    assert writes(api) == ["setMyShortDescription"]


async def test_a_refusal_keeps_nothing_from_working(
    api: BotApi, face: TelegramFace, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail_next("setMyDescription", 429, "Too Many Requests: retry after 80000", retry_after=80000)
    await register_profile(face.bot, TRANSLATORS)
    assert "default" in caplog.text
    assert api.descriptions["description", "zh"] == chinese(DESCRIPTION)
