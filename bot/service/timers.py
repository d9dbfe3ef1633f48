"""What happens by itself: the reminder, what is no longer kept, old traces."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.core.run import Chat
from bot.service import digest, lateness, placing
from bot.service.audit import anchor_daily
from bot.service.digest import Digest
from bot.service.evidence import count_gone, count_left, restate
from bot.service.intake import Intake
from bot.service.lateness import Lateness
from bot.service.letters import Letters
from bot.service.ports import Clock, Records, Store
from bot.service.shelf import Shelf

log = structlog.get_logger(__name__)

EVERY = 30.0
#: How many due timers are looked up together, and how many one tick does at most.
AT_A_TIME = 100
AT_MOST = 1_000
#: When a timer that failed goes off again.
TRY_AGAIN = timedelta(hours=1)
#: Longer than Telegram keeps undelivered updates (24 h), so that none is taken twice.
TRACES_KEPT = timedelta(hours=48)
#: How long a page can still fetch what was said to somebody of whom nothing is kept.
LAST_WORDS_KEPT = timedelta(minutes=10)


class Timers:
    """Rows with a due time; nothing lives only in memory."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        shelf: Shelf,
        letters: Letters,
        lateness: Lateness,
        digest: Digest,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._lateness = lateness
        self._digest = digest
        self._store = store
        self._letters = letters
        self._shelf = shelf
        self._intake = intake
        self._clock = clock
        self._zone = zone

    async def run(self) -> None:
        """Look every half minute until cancelled; at once again while more is due than one tick does."""
        while True:
            done = 0
            try:
                done = await self.tick()
            except Exception as problem:
                log.error("timers failed", problem=type(problem).__name__)
            await asyncio.sleep(0 if done >= AT_MOST else EVERY)

    async def tick(self) -> int:
        """Do what is due, each once and in a transaction of its own; returns how many timers went off.

        A timer that sets itself for a moment that has passed waits for the next tick and holds up nobody.
        """
        seen: dict[tuple[str, str], bool] = {}
        while len(seen) < AT_MOST:
            new = [timer for timer in await self._due(AT_A_TIME + len(seen)) if timer not in seen]
            if not new:
                break
            for kind, subject in new:
                seen[kind, subject] = await self._go_off(kind, subject)
        await self._store.run(self._tidy)
        await self._store.run(lambda records: anchor_daily(records, self._clock()))
        return sum(seen.values())

    async def _due(self, limit: int) -> Sequence[tuple[str, str]]:
        return await self._store.run(lambda records: records.due_timers(self._clock(), limit))

    async def _go_off(self, kind: str, subject: str) -> bool:
        """One timer, taken and done in the same transaction; False when another worker was quicker."""
        try:
            return await self._store.run(lambda records: self._take(records, kind, subject))
        except Exception as problem:
            log.error("a timer failed", kind=kind, problem=type(problem).__name__)
            again = self._clock() + TRY_AGAIN
            await self._store.run(lambda records: records.set_timer(kind, subject, again))
            return True

    def _take(self, records: Records, kind: str, subject: str) -> bool:
        chat = self._chat_of(records, kind, subject)
        if not records.take_timer(kind, subject, self._clock()):
            return False
        match kind:
            case "remind":
                self._intake.remind(records, subject)
            case "expire_chat" if chat is not None:
                self._expire_chat(records, chat)
            case "erase_run" if chat is not None:
                self._erase_run(records, chat, subject)
            case placing.LEAD if chat is not None:
                self._lateness.lead(records, chat, subject, self._clock())
            case lateness.TELL_LATE if chat is not None:
                self._lateness.tell(records, chat, subject, self._clock())
            case placing.REQUEST:
                self._lateness.request(records, subject, self._clock())
            case digest.DIGEST:
                self._digest.post(records, subject, self._clock())
            case "relay":
                self._letters.deliver(records, subject, self._clock())
            case "visit":
                self._letters.remind(records, subject, self._clock())
        return True

    @staticmethod
    def _chat_of(records: Records, kind: str, subject: str) -> Chat | None:
        """Whose timer it is, locked: a step of the person locks the chat first, and then its timers."""
        match kind:
            case "erase_run":
                return records.run_owner(subject)
            case placing.LEAD | lateness.TELL_LATE | "relay" | "visit":
                found = records.lead(subject)
                return found[1] if found else None
            case placing.REQUEST | digest.DIGEST:
                return None
            case _:
                return records.chat_by_id(subject)

    def _tidy(self, records: Records) -> None:
        now = self._clock()
        records.expire_requests(now)
        records.forget_sent(now - TRACES_KEPT)
        records.forget_last_words(now - LAST_WORDS_KEPT)
        self._digest.expect(records, now)

    def _expire_chat(self, records: Records, chat: Chat) -> None:
        """Somebody began and never consented: nothing of them stays beyond a day."""
        count_left(records, chat)
        if not records.studies_of(chat):
            records.erase_transient(chat)
        else:
            records.save_chat(chat, self._clock())

    def _erase_run(self, records: Records, chat: Chat, id: str) -> None:
        """A run's time is over (R-11); with its last run the person goes too."""
        was_active = chat.run == id
        run = records.run(id)
        count_gone(records, self._shelf, [id], self._zone)
        records.erase_run(chat, id)
        records.note(id, "system", "erased", {"scope": "run", "why": "retention"}, self._clock())
        if run is not None:
            restate(records, self._shelf, chat, run.study, self._clock())
        if not records.studies_of(chat):
            count_left(records, chat)
            records.erase_transient(chat)
        elif was_active:
            chat.state = {
                name: chat.state[name]
                for name in ("language", "salt", "prompt", "study", "version")
                if name in chat.state
            }
            records.save_chat(chat, self._clock())
