"""Long polling that acknowledges an update only after it was committed.

PTB's own Updater asks for the next updates, which acknowledges these, while they still wait in memory: a crash at that
moment loses what people wrote.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.telegram.app import TelegramFace, where
from bot.channels.telegram.door import ALLOWED_UPDATES, chat_key
from bot.channels.telegram.patience import PAUSES, insist, pause

log = logging.getLogger(__name__)

#: How long Telegram keeps a request open when nothing happens, and how much longer we wait for its answer.
POLL_SECONDS, ANSWER_SECONDS = 30, 10.0
#: Seconds before the first, second… retry of an update that was not committed.
COMMIT_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
#: Telegram returns at most 100 updates from the first unacknowledged one on, so a single update that cannot be
#: committed would in the end silence the bot for everyone. After so many rounds in which it failed while other
#: updates were committed, the fault lies in that update and it is dropped.
ROUNDS_BEFORE_DROPPING = 20


class Poller:
    """Fetches updates and hands them to the face until it is cancelled."""

    def __init__(
        self,
        face: TelegramFace,
        poll_seconds: float = POLL_SECONDS,
        pauses: Sequence[float] = PAUSES,
        commit_pauses: Sequence[float] = COMMIT_PAUSES,
    ) -> None:
        self._face = face
        self._poll_seconds = poll_seconds
        self._pauses = pauses
        self._commit_pauses = commit_pauses
        self._offset = 0
        #: Committed, but behind one that is not and so not acknowledged.
        self._done: set[int] = set()
        self._failures = 0
        self._rounds_stuck = 0

    async def run(self) -> None:
        """Raises BadToken or AnotherPoller; everything else passes."""
        bot = self._face.bot
        await insist(bot, lambda: bot.delete_webhook(drop_pending_updates=False), self._pauses)
        while True:
            updates = await insist(bot, self._fetch, self._pauses)
            others_pass = await self._deliver(updates)
            stuck = self._advance(updates)
            if not stuck:
                self._failures = self._rounds_stuck = 0
                continue
            self._rounds_stuck += others_pass
            if self._rounds_stuck >= ROUNDS_BEFORE_DROPPING:
                log.error("update %d is dropped: it cannot be committed, while others can", stuck)
                self._done.add(stuck)
                self._advance(updates)
                self._rounds_stuck = 0
            self._failures += 1
            await asyncio.sleep(pause(self._commit_pauses, self._failures))

    async def _fetch(self) -> list[dict[str, Any]]:
        updates = await self._face.bot.raw_updates(
            self._offset, self._poll_seconds, ALLOWED_UPDATES, ANSWER_SECONDS
        )
        return [update for update in updates if isinstance(update.get("update_id"), int)]

    async def _deliver(self, updates: Sequence[Mapping[str, Any]]) -> bool:
        """Chats side by side, each in order. True when the intake committed something."""
        chats: dict[int | None, list[Mapping[str, Any]]] = {}
        for update in updates:
            if update["update_id"] not in self._done:
                chats.setdefault(chat_key(update), []).append(update)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._deliver_chat(chat)) for chat in chats.values()]
        return any(task.result() for task in tasks)

    async def _deliver_chat(self, updates: Sequence[Mapping[str, Any]]) -> bool:
        """Up to the first that fails: what a person did later must not come before it."""
        taken = False
        for update in updates:
            try:
                taken |= await self._face.deliver_update(update)
            except Exception as error:  # whatever it was, nothing was committed: it comes again
                log.error("update %d was not committed: %s", update["update_id"], where(error))
                return taken
            self._done.add(update["update_id"])
        return taken

    def _advance(self, updates: Sequence[Mapping[str, Any]]) -> int:
        """Acknowledge up to the first update that was not committed; its id, or 0 when there is none."""
        for number in sorted(update["update_id"] for update in updates):
            if number >= self._offset:
                if number not in self._done:
                    return int(number)
                self._offset = number + 1
                self._done.discard(number)
        return 0
