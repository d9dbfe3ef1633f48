"""The face towards Telegram: a python-telegram-bot Application that hands every update to the intake."""

import asyncio
import logging
import os
import re
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, ExtBot, TypeHandler
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.telegram.carrier import TelegramCarrier
from bot.channels.telegram.door import chat_key, parse, read
from bot.channels.telegram.errors import BadToken
from bot.channels.telegram.patience import PAUSES, insist
from bot.service.messages import Incoming, InGroup, Membership

log = logging.getLogger(__name__)

TELEGRAM_API = "https://api.telegram.org"
#: Connections to Telegram at a time; more callers than that wait for a free one this long.
CONNECTIONS, POOL_SECONDS = 64, 30.0

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)

#: From these levels on they write no token (it is part of every address, and error pages quote it) and no message.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    "telegram.request": logging.CRITICAL,
}


class Taker(Protocol):
    """What the face needs of the intake."""

    async def take(self, incoming: Incoming | InGroup | Membership) -> None:
        """Returns after the commit; an exception means that nothing was committed."""


class _Bot(ExtBot[None]):
    """A bot whose updates can be had as they came: one that PTB cannot parse must not hold up the others."""

    async def raw_updates(
        self, offset: int, seconds: float, allowed: Sequence[str], read_timeout: float
    ) -> list[dict[str, Any]]:
        """What getUpdates returns."""
        wanted = {"offset": offset, "timeout": int(seconds), "allowed_updates": list(allowed)}
        updates = await self._post("getUpdates", wanted, read_timeout=seconds + read_timeout)
        return [update for update in updates if isinstance(update, dict)]


@dataclass(slots=True)
class _Line:
    """The updates of one chat that wait for their turn."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass(slots=True)
class _Receipt:
    """What became of an update. PTB logs a handler's error and goes on, which would acknowledge a lost update."""

    handled: bool = False
    taken: bool = False
    error: Exception | None = None


class TelegramFace:
    """Takes updates from the webhook or the poller, in order per chat, and gives them to the intake.

    `carrier` is the way back. Raises BadToken when the token cannot be one.
    """

    def __init__(
        self, token: str, intake: Taker, api_base: str = TELEGRAM_API, request: BaseRequest | None = None
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise BadToken
        base = api_base.rstrip("/")
        self._intake = intake
        self._lines: dict[int, _Line] = {}
        self._receipts: dict[int, _Receipt] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self.bot = _Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request or HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=POOL_SECONDS),
            get_updates_request=HTTPXRequest(connection_pool_size=1, pool_timeout=POOL_SECONDS),
        )
        self.carrier = TelegramCarrier(self.bot)
        builder = ApplicationBuilder().bot(self.bot).updater(None).job_queue(None)
        self.application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        self.application.add_handler(TypeHandler(Update, self._handle))

    async def start(self, pauses: Sequence[float] = PAUSES) -> None:
        """Say hello to Telegram, for as long as it takes to reach it. Raises BadToken."""
        for name, level in _QUIET.items():
            logging.getLogger(name).setLevel(level)
        # Without it every "too many requests" comes with a deprecation warning from inside PTB.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        await insist(self.bot, self.application.initialize, pauses)

    async def stop(self) -> None:
        """Finish what is under way."""
        await asyncio.gather(*self._answers)
        await self.application.shutdown()
        await self.bot.shutdown()  # has open connections even when the application was never initialised

    async def deliver_update(self, raw: Mapping[str, Any]) -> bool:
        """Hand one update over. Returns after the commit; raises what the intake raised, and then nothing is done.

        False when the update is none of ours (a group's, a bot's, an unreadable one): acknowledged, and left alone.
        """
        update = parse(raw)
        if update is None:
            log.warning("update %s cannot be read", _id(raw))
            return False
        async with self._turn(chat_key(raw)):
            receipt = self._receipts[id(update)] = _Receipt()
            try:
                await self.application.process_update(update)
            finally:
                del self._receipts[id(update)]
        if receipt.error:
            raise receipt.error
        if not receipt.handled:
            raise RuntimeError("the update did not reach its handler")
        if update.callback_query:
            self._answer(update.callback_query.id)
        return receipt.taken

    async def _handle(self, update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        receipt = self._receipts[id(update)]
        try:
            incoming = read(update, self.bot.username)
        except Exception as error:  # a shape Telegram does not send: nothing a person did
            log.warning("update %d cannot be read: %s", update.update_id, where(error))
            incoming = None
        try:
            if incoming:
                await self._intake.take(incoming)
                receipt.taken = True
        except Exception as error:
            receipt.error = error
        receipt.handled = True

    def _answer(self, query: str) -> None:
        """Stop the button's spinner. Not worth waiting for, and lost with a crash: it is only a courtesy."""
        task = asyncio.create_task(self._answer_query(query))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer_query(self, query: str) -> None:
        try:
            await self.bot.answer_callback_query(query)
        except TelegramError as error:  # too old after a restart, or Telegram is away
            log.debug("a button press was not answered: %s", type(error).__name__)

    @asynccontextmanager
    async def _turn(self, chat: int | None) -> AsyncIterator[None]:
        """One update of a chat at a time, in the order in which they came; other chats are not kept waiting."""
        if chat is None:
            yield
            return
        line = self._lines.setdefault(chat, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                yield
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[chat]


def where(error: BaseException) -> str:
    """An error for the log: its kind and place. Its message may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _id(raw: Mapping[str, Any]) -> str:
    number = raw.get("update_id")
    return str(number) if isinstance(number, int) else "without a number"
