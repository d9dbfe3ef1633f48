"""Sends what the outbox holds: chats side by side, the messages of one chat in order, across restarts too."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.service.delivery import Carrier, Unreachable
from bot.service.messages import Outgoing
from bot.service.ports import Clock, Posted, Records, Store

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: A worker that dies while sending lets go of the message after so long; one that lives renews it.
LEASE = timedelta(seconds=60)
#: Seconds that one delivery may take. What Telegram took after that comes twice: it cannot be known.
LONGEST_DELIVERY = 30.0
AT_ONCE = 48
#: How often the outbox is looked at when nobody rings: what another worker left, or what had to wait.
IDLE = 1.0
LONGEST_WAIT = 300.0
#: A message the channel will not take must not hold up the chat for ever.
TRIES_WHEN_REFUSED = 5


class Sender:
    """Feeds one carrier from the outbox until it is stopped."""

    def __init__(
        self, store: Store, carrier: Carrier, channel: str, clock: Clock, alone: bool = False
    ) -> None:
        """`alone`: nobody else sends, so what is leased at the start belonged to a process that died."""
        self._store = store
        self._release = alone
        self._carrier = carrier
        self._channel = channel
        self._clock = clock
        self._bell = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Posted] = {}
        self._leased_at = clock()

    def ring(self) -> None:
        """Something may have come into the outbox."""
        self._bell.set()

    async def run(self) -> None:
        """Send until cancelled; what is under way is finished first."""
        try:
            while True:
                self._bell.clear()
                taken = await self._take_heads()
                if not taken:
                    # Not wait_for: before Python 3.12 it forgets a cancellation that comes with the bell.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(IDLE):
                            await self._bell.wait()
                elif len(self._under_way) >= AT_ONCE:
                    await asyncio.wait(self._under_way, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _take_heads(self) -> int:
        now = self._clock()
        held = list(self._under_way.values())
        renew = now - self._leased_at >= LEASE / 3

        def lease(records: Records) -> list[Posted]:
            if self._release:
                records.release(self._channel, now)
            if held and renew:
                records.lease([posted.id for posted in held], now + LEASE)
            # The chats, not only the messages: one that was erased meanwhile leaves another at its chat's head.
            busy = [posted.chat_hash for posted in held]
            heads = list(records.heads(self._channel, now, AT_ONCE - len(held), busy))
            if heads:
                records.lease([head.id for head in heads], now + LEASE)
            return heads

        try:
            heads = await self._store.run(lease)
        except Exception as problem:
            log.error("outbox cannot be read", problem=type(problem).__name__)
            await asyncio.sleep(IDLE)
            return 0
        self._release = False
        if renew:
            self._leased_at = now
        for head in heads:
            task = asyncio.create_task(self._send(head))
            self._under_way[task] = head
            task.add_done_callback(self._finished)
        return len(heads)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """The chat's next message is a head now. Rung any earlier, the look at the outbox would find the chat busy."""
        self._under_way.pop(task)
        self.ring()

    async def _send(self, posted: Posted) -> None:
        """Carry out one operation and note it."""
        outgoing = Outgoing.from_dict(posted.content)
        try:
            ref = outgoing.ref
            if not ref and outgoing.op in ("settle", "redraw"):
                ref = await self._store.run(
                    lambda records: records.ref_of_prompt(posted.chat_hash, outgoing.prompt)
                )
            async with asyncio.timeout(LONGEST_DELIVERY):
                sent = await self._carrier.deliver(posted.address, outgoing, ref)
        except Unreachable as problem:
            await self._note_failure(posted, problem)
        except TimeoutError:
            await self._note_failure(posted, Unreachable("took too long"))
        except Exception as problem:
            log.error("sending failed", problem=type(problem).__name__, posted=posted.id)
            await self._note_failure(posted, Unreachable("unknown", wait=5.0))
        else:
            await self._note(lambda records: records.sent(posted.id, sent, self._clock()))
            await self._note_alert(posted, arrived=True)

    async def _note(self, what: Callable[[Records], T]) -> T:
        """Note what became of a message, as soon as the database takes it: forgotten, it would be sent again."""
        while True:
            try:
                return await self._store.run(what)
            except Exception as problem:
                log.error("a delivery cannot be noted yet", problem=type(problem).__name__)
                await asyncio.sleep(IDLE)

    async def _note_alert(self, posted: Posted, arrived: bool) -> None:
        """What is for nobody's chat may be an alert; whether those arrive is the site's business."""
        if posted.chat is not None:
            return
        now: datetime | None = None if arrived else self._clock()
        news = await self._note(lambda records: records.note_alerts(posted.address, now))
        for study in [] if arrived else news:
            log.error("alerts do not reach the coordinators' chat", study=study)

    async def _note_failure(self, posted: Posted, problem: Unreachable) -> None:
        log.warning("not delivered", reason=problem.reason, permanent=problem.permanent, posted=posted.id)
        if problem.permanent:
            await self._note(lambda records: records.block(posted.chat_hash, self._clock()))
            await self._note_alert(posted, arrived=False)
            return
        if problem.refused and posted.refusals + 1 >= TRIES_WHEN_REFUSED:
            log.error("given up: the channel refuses it", posted=posted.id)
            await self._note(lambda records: records.give_up(posted.id, self._clock()))
            await self._note_alert(posted, arrived=False)
            return
        wait = min(problem.wait * 2 ** min(posted.tries, 6), max(LONGEST_WAIT, problem.wait))
        again = self._clock() + timedelta(seconds=wait)
        await self._note(lambda records: records.put_back(posted.id, again, problem.refused))
