"""What waits in the outbox goes out in order, whatever the channel answers and whoever dies while sending."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.bootstrap import open_database
from bot.config import Settings
from bot.service.delivery import Unreachable
from bot.service.messages import Line, Outgoing
from bot.service.sender import LEASE, TRIES_WHEN_REFUSED, Sender
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import Records
from tests.postgres import Postgres
from tests.robustness.world import BEGINNING, KEYS

CHANNEL = "telegram"


class Way:
    """A channel's way out that remembers what it carried; `plan` says what it answers first, by address."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, str]] = []
        self.plan: dict[str, list[Exception]] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.under_way: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    async def deliver(self, address: str, outgoing: Outgoing, ref: str) -> str:
        """Carry out one operation."""
        self.under_way[address] += 1
        assert self.under_way[address] == 1, "two messages of a chat at once"
        await self._tell()
        try:
            if held := self.held.get(address):
                await held.wait()
            if planned := self.plan.get(address):
                raise planned.pop(0)
            self.carried.append((address, outgoing.lines[0].text))
            return str(len(self.carried))
        finally:
            self.under_way[address] -= 1
            await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until it holds; it is looked at after every delivery."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(condition)

    def to(self, address: str) -> list[str]:
        """What one chat got."""
        return [text for carried, text in self.carried if carried == address]


class Office:
    """An outbox, its way out, and a clock that stands still until it is moved."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.way = Way()
        self.now = BEGINNING

    async def post(self, address: str, *texts: str) -> None:
        """Put messages into the outbox."""

        def step(records: Records) -> None:
            for text in texts:
                records.post(CHANNEL, address, Outgoing("send", (Line(text),)).to_dict(), self.now)

        await self.database.run(step)

    def sender(self, alone: bool = False) -> Sender:
        return Sender(self.database, self.way, CHANNEL, lambda: self.now, alone)

    @asynccontextmanager
    async def sending(self, alone: bool = False) -> AsyncIterator[Sender]:
        """Somebody sends."""
        sender = self.sender(alone)
        task = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def later(self, sender: Sender, pause: timedelta) -> None:
        """When everything is noted, the clock moves on and the outbox is looked at."""
        await self.settled(sender)
        self.now += pause
        sender.ring()
        await self.settled(sender)

    async def settled(self, sender: Sender) -> None:
        """Nothing is under way, and nothing is due."""
        while sender._under_way or await sender._take_heads():
            await asyncio.gather(*sender._under_way)

    async def waiting(self) -> int:
        """How many messages have not gone out."""
        query = select(func.count()).select_from(t.outbox).where(t.outbox.c.sent_at.is_(None))
        return await self.database.run(lambda records: records._db.scalars(query).one())

    async def die_while_sending(self) -> None:
        """A sender takes what is first and is never heard of again."""

        def lease(records: Records) -> None:
            heads = records.heads(CHANNEL, self.now, 10)
            records.lease([head.id for head in heads], self.now + LEASE)

        await self.database.run(lease)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = None
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database()
    values: dict[str, Any] = {"mode": "demo", "data_dir": tmp_path, "key": KEYS, "database_url": url}
    database, _ = open_database(Settings(**values, _env_file=None))
    database.start()
    yield Office(database)
    database.stop()


async def test_each_chat_gets_its_messages_in_order_and_once(office: Office) -> None:
    chats = {f"chat {number}": [f"{number}.{n}" for n in range(6)] for number in range(20)}
    for address, texts in chats.items():
        await office.post(address, *texts)
    async with office.sending() as one, office.sending() as other:
        await office.way.until(lambda: len(office.way.carried) >= 120)
        await office.settled(one)
        await office.settled(other)
    assert {address: office.way.to(address) for address in chats} == chats
    assert await office.waiting() == 0


async def test_the_next_message_of_a_chat_follows_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.service.sender.IDLE", 3600.0)  # nobody looks by himself
    way = office.way
    way.held["1"] = asyncio.Event()
    await office.post("1", *"abc")
    async with office.sending():
        await way.until(lambda: way.under_way["1"])
        for _ in range(3):  # the outbox has been looked at again meanwhile, and nothing was free to go
            await office.waiting()
        way.held["1"].set()
        await way.until(lambda: way.to("1") == ["a", "b", "c"])


async def test_chats_do_not_wait_for_one_another(office: Office) -> None:
    way = office.way
    way.held["slow"] = asyncio.Event()
    await office.post("slow", "a", "b")
    await office.post("quick", "1", "2", "3")
    async with office.sending():
        await way.until(lambda: way.to("quick") == ["1", "2", "3"] and way.under_way["slow"])
        assert way.to("slow") == []
        way.held["slow"].set()
        await way.until(lambda: way.to("slow") == ["a", "b"])


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (Unreachable("timed out", wait=10), 10),
        (Unreachable("flood control", wait=600), 600),
        (ZeroDivisionError(), 5),
    ],
    ids=["passing", "flood control", "unknown"],
)
async def test_a_failure_that_passes_holds_up_only_its_own_chat_and_only_so_long(
    office: Office, failure: Exception, seconds: int
) -> None:
    way = office.way
    way.plan["a"] = [failure]
    await office.post("a", "a1", "a2")
    await office.post("b", "b1")
    async with office.sending() as sender:
        await way.until(lambda: way.to("b") == ["b1"] and way.plan["a"] == [])
        await office.later(sender, timedelta(seconds=seconds - 1))
        assert way.to("a") == []
        await office.later(sender, timedelta(seconds=1))
        await way.until(lambda: way.to("a") == ["a1", "a2"])


async def test_each_further_failure_makes_the_pause_longer(office: Office) -> None:
    way = office.way
    way.plan["a"] = [Unreachable("timed out", wait=10), Unreachable("timed out", wait=10)]
    await office.post("a", "a1")
    async with office.sending() as sender:
        await way.until(lambda: len(way.plan["a"]) == 1)
        await office.later(sender, timedelta(seconds=10))
        await way.until(lambda: way.plan["a"] == [])
        await office.later(sender, timedelta(seconds=19))
        assert way.to("a") == []
        await office.later(sender, timedelta(seconds=1))
        await way.until(lambda: way.to("a") == ["a1"])


async def test_who_blocked_the_bot_gets_nothing_that_waits_and_nobody_else_notices(office: Office) -> None:
    way = office.way
    way.plan["a"] = [Unreachable("bot was blocked by the user", permanent=True)]
    await office.post("a", "a1", "a2")
    await office.post("b", "b1", "b2")
    async with office.sending() as sender:
        await way.until(lambda: way.to("b") == ["b1", "b2"] and way.plan["a"] == [])
        await office.later(sender, timedelta(days=1))
        assert way.to("a") == []
        assert await office.waiting() == 0
        await office.post("a", "a3")
        sender.ring()
        await way.until(lambda: way.to("a") == ["a3"])


async def test_a_message_that_is_refused_again_and_again_lets_the_next_one_pass(office: Office) -> None:
    way = office.way
    way.plan["a"] = [Unreachable("can't parse entities", refused=True) for _ in range(TRIES_WHEN_REFUSED)]
    await office.post("a", "a1", "a2")
    async with office.sending() as sender:
        for left in reversed(range(TRIES_WHEN_REFUSED)):
            await way.until(lambda left=left: len(way.plan["a"]) == left)
            await office.settled(sender)
            assert len(way.plan["a"]) == left
            office.now += timedelta(hours=1)
            sender.ring()
        await way.until(lambda: way.carried == [("a", "a2")])


async def test_failures_of_the_network_are_no_refusals(office: Office) -> None:
    way = office.way
    passing = [Unreachable("timed out") for _ in range(TRIES_WHEN_REFUSED)]
    way.plan["a"] = [*passing, Unreachable("can't parse entities", refused=True), *passing]
    await office.post("a", "a1")
    async with office.sending() as sender:
        for left in reversed(range(len(way.plan["a"]))):
            await way.until(lambda left=left: len(way.plan["a"]) == left)
            await office.later(sender, timedelta(hours=1))
        await way.until(lambda: way.to("a") == ["a1"])


async def test_an_alert_chat_that_telegram_does_not_know_is_complained_of_once(office: Office) -> None:
    way = office.way
    for study in ("small", "other"):
        await office.database.run(lambda r, s=study: r.set_fact(s, "alert_chat", "-100", "anna", BEGINNING))
    await office.database.run(lambda r: r.set_fact("third", "alert_chat", "-200", "anna", BEGINNING))
    way.plan["-100"] = [Unreachable("chat not found", permanent=True) for _ in range(2)]

    async def failed() -> list[bool]:
        studies = ("small", "other", "third")
        return await office.database.run(lambda r: [bool(r.alerts_failed_at(study)) for study in studies])

    async with office.sending() as sender:
        with capture_logs() as logs:
            for left in (1, 0):
                await office.post("-100", "L-7QK4-X9M3")
                sender.ring()
                await way.until(lambda left=left: len(way.plan["-100"]) == left)
                await office.settled(sender)
                assert await failed() == [True, True, False]
        errors = [entry for entry in logs if entry["log_level"] == "error"]
        assert sorted(entry["study"] for entry in errors) == ["other", "small"]
        assert "-100" not in str(logs)
        # The group lets the bot in.
        await office.post("-100", "L-8QK4-X9M3")
        sender.ring()
        await way.until(lambda: way.to("-100") == ["L-8QK4-X9M3"])
        await office.settled(sender)
        assert await failed() == [False, False, False]


async def test_what_a_sender_held_when_it_died_goes_out_when_its_lease_ends(office: Office) -> None:
    await office.post("a", "a1", "a2")
    await office.die_while_sending()
    async with office.sending() as sender:
        await office.later(sender, LEASE - timedelta(seconds=1))
        assert office.way.carried == []
        await office.later(sender, timedelta(seconds=1))
        await office.way.until(lambda: office.way.to("a") == ["a1", "a2"])


async def test_whoever_sends_alone_waits_for_no_lease(office: Office) -> None:
    await office.post("a", "a1", "a2")
    await office.die_while_sending()
    async with office.sending(alone=True):
        await office.way.until(lambda: office.way.to("a") == ["a1", "a2"])


async def test_a_delivery_that_takes_longer_than_its_lease_is_not_begun_again(office: Office) -> None:
    way = office.way
    way.held["a"] = asyncio.Event()
    await office.post("a", "a1", "a2")
    async with office.sending() as one, office.sending() as other:
        await way.until(lambda: way.under_way["a"])
        for _ in range(4):
            office.now += LEASE / 2
            await one._take_heads()
            await other._take_heads()
        way.held["a"].set()
        await way.until(lambda: len(way.carried) == 2)
        await office.settled(one)
        await office.settled(other)
    assert way.to("a") == ["a1", "a2"]


async def test_what_comes_for_a_chat_while_its_erased_message_is_under_way_waits(office: Office) -> None:
    way = office.way
    way.held["a"] = asyncio.Event()
    await office.post("a", "a1")
    async with office.sending() as sender:
        await way.until(lambda: way.under_way["a"])
        await office.database.run(lambda records: records._db.execute(t.outbox.delete()))
        await office.post("a", "a2")
        assert await sender._take_heads() == 0
        way.held["a"].set()
        await way.until(lambda: way.to("a") == ["a1", "a2"])


async def test_a_delivery_that_never_ends_is_broken_off(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.service.sender.LONGEST_DELIVERY", 0.01)
    way = office.way
    way.held["a"] = asyncio.Event()
    await office.post("a", "a1")
    async with office.sending() as sender:
        await way.until(lambda: way.under_way["a"])
        await way.until(lambda: not way.under_way["a"])
        way.held["a"].set()
        await office.later(sender, timedelta(seconds=1))
        await way.until(lambda: way.to("a") == ["a1"])


async def test_it_stops_even_when_the_bell_rings_at_that_moment(office: Office) -> None:
    sender = office.sender()
    task = asyncio.create_task(sender.run())
    await office.settled(sender)
    while not sender._bell._waiters:  # noqa: ASYNC110 - until it waits for the bell
        await asyncio.sleep(0)
    sender.ring()
    task.cancel()
    _, running = await asyncio.wait([task], timeout=10)
    task.cancel()
    assert not running


async def test_what_is_under_way_is_finished_before_it_stops(office: Office) -> None:
    way = office.way
    way.held["a"] = asyncio.Event()
    await office.post("a", "a1")
    task = asyncio.create_task(office.sender().run())
    await way.until(lambda: way.under_way["a"])
    task.cancel()
    way.held["a"].set()
    await asyncio.gather(task, return_exceptions=True)
    assert way.to("a") == ["a1"]
    assert await office.waiting() == 0
