"""Calling Telegram until it answers, or until it is clear that it never will."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.errors import AnotherPoller, BadToken

log = logging.getLogger(__name__)

#: Seconds before the first, second… retry; the last one is repeated.
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
#: While one process takes over from another, both read for a moment: one conflict is no reason to stop.
CONFLICTS_BORNE = 3

_WAITS = "%s does not take the call (%s); trying again in %g s"
_OUT_OF_REACH = (
    "%s cannot be reached (%s); trying again in %g s. "
    "Check this machine's network and name service, a proxy (HTTPS_PROXY) and PRESCREEN_TELEGRAM_API"
)

_Answer = TypeVar("_Answer")


async def insist(
    bot: Bot, call: Callable[[], Awaitable[_Answer]], pauses: Sequence[float] = PAUSES
) -> _Answer:
    """The answer of `call` to the bot's server, however long it is out of reach. Raises TelegramRefused."""
    failures = conflicts = 0
    while True:
        said = _WAITS
        try:
            return await call()
        except InvalidToken:
            raise BadToken from None  # PTB's own error quotes the token
        except Conflict:
            conflicts += 1
            if conflicts > CONFLICTS_BORNE:
                log.error("another program reads this bot's updates; stopping")
                raise AnotherPoller from None
            wait, why = pause(pauses, conflicts), "conflict"
        except RetryAfter as error:
            wait, why = seconds(error), "flood control"
        except TelegramError as error:
            failures += 1
            wait, why = pause(pauses, failures), reason(error)
            if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
                said = _OUT_OF_REACH
        log.warning(said, _server(bot), why, wait)
        await asyncio.sleep(wait)


def _server(bot: Bot) -> str:
    """The address of the bot's server, without the token at its end and a password at its beginning."""
    parts = urlsplit(bot.base_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def pause(pauses: Sequence[float], failures: int) -> float:
    """How long to wait after so many failures in a row."""
    return pauses[min(failures, len(pauses)) - 1]


def seconds(error: RetryAfter) -> float:
    """How long Telegram wants us to wait."""
    wait = error.retry_after  # a number until PTB_TIMEDELTA is set, which the face does when it starts
    return wait.total_seconds() if isinstance(wait, timedelta) else wait


def reason(error: TelegramError) -> str:
    """What went wrong, fit for a log: Telegram quotes the message's text only after the first colon or stop."""
    if error.message.startswith("Forbidden: "):
        return error.message
    return re.split(r"[:.] ", error.message, maxsplit=1)[0][:80]
