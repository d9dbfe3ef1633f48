"""What the log says while Telegram is out of reach: where, and what to check; never the token."""

import logging
from collections.abc import Iterator

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.channels.telegram.patience import insist

TOKEN = "7000000001:token-of_the_double"
ADVICE = "Check this machine's network and name service, a proxy (HTTPS_PROXY) and PRESCREEN_TELEGRAM_API"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NetworkError("httpx.ConnectError: all attempts failed"), f"cannot be reached (httpx.ConnectError); trying again in 0.01 s. {ADVICE}"),
        (TimedOut(), f"cannot be reached (Timed out); trying again in 0.01 s. {ADVICE}"),
        (BadRequest("Message is too long"), "does not take the call (Message is too long); trying again in 0.01 s"),
        (Forbidden("Forbidden: bot was blocked"), "does not take the call (Forbidden: bot was blocked); trying again in 0.01 s"),
    ],
)  # fmt: skip
async def test_it_says_which_address_does_not_answer_and_what_to_check(
    caplog: pytest.LogCaptureFixture, error: TelegramError, sentence: str
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    bot = Bot(TOKEN, base_url="http://anna:hush@api.example.org:8081/bot")
    errors: Iterator[TelegramError] = iter([error])

    async def call() -> str:
        for each in errors:
            raise each
        return "answer"

    assert await insist(bot, call, (0.01,)) == "answer"
    assert caplog.messages == [f"http://api.example.org:8081 {sentence}"]
    assert TOKEN not in caplog.text
