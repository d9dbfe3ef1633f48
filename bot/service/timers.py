"""What happens by itself: the reminder, what is no longer kept, old traces."""

import asyncio
from datetime import timedelta

import structlog

from bot.service.evidence import restate
from bot.service.intake import Intake
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf

log = structlog.get_logger(__name__)

EVERY = 30.0
#: When a timer that failed goes off again.
TRY_AGAIN = timedelta(hours=1)
#: Longer than Telegram keeps undelivered updates (24 h), so that none is taken twice.
TRACES_KEPT = timedelta(hours=48)


class Timers:
    """Rows with a due time; nothing lives only in memory."""

    def __init__(self, store: Store, intake: Intake, shelf: Shelf, clock: Clock) -> None:
        self._store = store
        self._shelf = shelf
        self._intake = intake
        self._clock = clock

    async def run(self) -> None:
        """Look every half minute until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception as problem:
                log.error("timers failed", problem=type(problem).__name__)
            await asyncio.sleep(EVERY)

    async def tick(self) -> int:
        """Do what is due, each in a transaction of its own; returns how many timers went off."""
        done = 0
        while await self._go_off_next():
            done += 1
        await self._store.run(self._tidy)
        return done

    async def _go_off_next(self) -> bool:
        """One timer, taken and done in the same transaction; False when none is due."""
        taken: list[tuple[str, str]] = []
        try:
            await self._store.run(lambda records: self._take(records, taken))
        except Exception as problem:
            if not taken:
                raise
            log.error("a timer failed", kind=taken[-1][0], problem=type(problem).__name__)
            again = self._clock() + TRY_AGAIN
            await self._store.run(lambda records: records.set_timer(*taken[-1], again))
        return bool(taken)

    def _take(self, records: Records, taken: list[tuple[str, str]]) -> None:
        for kind, subject in records.due_timers(self._clock()):
            taken.append((kind, subject))
            self._go_off(records, kind, subject)

    def _go_off(self, records: Records, kind: str, subject: str) -> None:
        match kind:
            case "remind":
                self._intake.remind(records, subject)
            case "expire_chat":
                self._expire_chat(records, subject)
            case "erase_run":
                self._erase_run(records, subject)

    def _tidy(self, records: Records) -> None:
        now = self._clock()
        records.expire_requests(now)
        records.forget_sent(now - TRACES_KEPT)

    def _expire_chat(self, records: Records, subject: str) -> None:
        """Somebody began and never consented: nothing of them stays beyond a day."""
        chat = records.chat_by_id(subject)
        if chat is not None and not records.studies_of(chat):
            records.erase_transient(chat)

    def _erase_run(self, records: Records, subject: str) -> None:
        """A run's time is over (R-11); with its last run the person goes too."""
        chat = records.run_owner(subject)
        if chat is None:
            return
        was_active = chat.run == subject
        run = records.run(subject)
        records.erase_run(chat, subject)
        records.note(subject, "system", "erased", {"scope": "run", "why": "retention"}, self._clock())
        if run is not None:
            restate(records, self._shelf, chat, run.study)
        if not records.studies_of(chat):
            records.erase_transient(chat)
        elif was_active:
            chat.state = {
                name: chat.state[name] for name in ("language", "salt", "prompt") if name in chat.state
            }
            records.save_chat(chat, self._clock())
