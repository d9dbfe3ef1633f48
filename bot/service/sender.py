"""Sends what the outbox holds: chats side by side, the messages of one chat in order, across restarts too."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.service.delivery import Carrier, Unreachable
from bot.service.messages import Outgoing
from bot.service.ports import Clock, Posted, Records, Store

log = structlog.get_logger(__name__)

#: A worker that dies while sending lets go of the message after so long.
LEASE = timedelta(seconds=60)
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
        self._under_way: set[asyncio.Task[None]] = set()

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
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._bell.wait(), IDLE)
                elif len(self._under_way) >= AT_ONCE:
                    await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _take_heads(self) -> int:
        room = AT_ONCE - len(self._under_way)

        def lease(records: Records) -> list[Posted]:
            now = self._clock()
            if self._release:
                records.release(self._channel, now)
            heads = list(records.heads(self._channel, now, room))
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
        for head in heads:
            task = asyncio.create_task(self._send(head))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(heads)

    async def _send(self, posted: Posted) -> None:
        """Carry out one operation and note it; the chat's next one is a head from then on."""
        outgoing = Outgoing.from_dict(posted.content)
        try:
            ref = outgoing.ref
            if not ref and outgoing.op in ("settle", "redraw"):
                ref = await self._store.run(
                    lambda records: records.ref_of_prompt(posted.chat_hash, outgoing.prompt)
                )
            sent = await self._carrier.deliver(posted.address, outgoing, ref)
        except Unreachable as problem:
            await self._note_failure(posted, problem)
        except Exception as problem:
            log.error("sending failed", problem=type(problem).__name__, posted=posted.id)
            await self._note_failure(posted, Unreachable("unknown", wait=5.0))
        else:
            await self._note(lambda records: records.sent(posted.id, sent, self._clock()))
        self.ring()

    async def _note(self, what: Callable[[Records], None]) -> None:
        """Note what became of a message, as soon as the database takes it: forgotten, it would be sent again."""
        while True:
            try:
                return await self._store.run(what)
            except Exception as problem:
                log.error("a delivery cannot be noted yet", problem=type(problem).__name__)
                await asyncio.sleep(IDLE)

    async def _note_failure(self, posted: Posted, problem: Unreachable) -> None:
        log.warning("not delivered", reason=problem.reason, permanent=problem.permanent, posted=posted.id)
        if problem.permanent:
            await self._note(lambda records: records.block(posted.chat_hash, self._clock()))
            return
        if problem.refused and posted.tries + 1 >= TRIES_WHEN_REFUSED:
            log.error("given up: the channel refuses it", posted=posted.id)
            await self._note(lambda records: records.sent(posted.id, "", self._clock()))
            return
        wait = min(problem.wait * 2 ** min(posted.tries, 6), max(LONGEST_WAIT, problem.wait))
        again = self._clock() + timedelta(seconds=wait)
        await self._note(lambda records: records.put_back(posted.id, again))
