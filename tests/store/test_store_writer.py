"""Transactions that meet: one waits for the other, or is undone and done again, and each counts once."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.store import tables as t
from bot.store.database import PAUSES, Database, Stopped, connect, upgrade
from bot.store.records import Records
from bot.store.vault import Vault
from tests.postgres import Postgres
from tests.store.conftest import KEYS
from tests.store.people import NOW


@pytest.fixture
def two_writers(postgres: Postgres) -> Iterator[Database]:
    engine = connect(postgres.create_database())
    upgrade(engine)
    database = Database(engine, Vault(KEYS))
    database.start()
    yield database
    database.stop()


async def test_two_steps_that_lock_one_another_out_are_both_done_once(two_writers: Database) -> None:
    """Each has one counter's row and needs the other's: PostgreSQL undoes one of them."""
    both_hold_one = Barrier(2, timeout=20)
    tries = {"ab": 0, "ba": 0}

    def step(order: str) -> Callable[[Records], None]:
        def count(records: Records) -> None:
            tries[order] += 1
            records.count("small", "2026-06-15", order[0])
            if tries[order] == 1:
                both_hold_one.wait()
            records.count("small", "2026-06-15", order[1])

        return count

    await asyncio.gather(*(two_writers.run(step(order)) for order in tries))
    with two_writers.engine.connect() as connection:
        counted = {row.name: row.count for row in connection.execute(t.counters.select())}
    assert counted == {"a": 2, "b": 2}
    assert sorted(tries.values()) == [1, 2]


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Database]:
    """A database in a file whose writers do not wait for a lock."""
    engine = connect(f"sqlite:///{tmp_path / 'prescreen.db'}")
    upgrade(engine)
    engine.dispose()
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0"))
    yield Database(engine, Vault(KEYS))
    engine.dispose()


@pytest.mark.parametrize("now", [True, False], ids=["command", "step"])
async def test_a_database_that_is_busy_for_a_moment_is_tried_again(
    impatient: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: bool
) -> None:
    other = sqlite3.connect(tmp_path / "prescreen.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            other.execute("COMMIT")

    monkeypatch.setattr("bot.store.database.time.sleep", pause)
    if now:
        assert impatient.run_now(lambda records: records.first_sight("web", "u1", NOW))
    else:
        impatient.start()
        seen = [impatient.run(lambda records: records.first_sight("web", "u1", NOW)) for _ in range(3)]
        assert sorted(await asyncio.gather(*seen)) == [False, False, True]
        impatient.stop()
    assert waits == [*PAUSES[:2]]
    other.close()


def test_a_database_that_stays_busy_is_a_failure_in_the_end(
    impatient: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("bot.store.database.time.sleep", waits.append)
    other = sqlite3.connect(tmp_path / "prescreen.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        impatient.run_now(lambda records: records.first_sight("web", "u1", NOW))
    assert waits == [*PAUSES]
    other.close()


def test_another_failure_is_not_tried_again(impatient: Database) -> None:
    tries = []

    def fail(records: Records) -> None:
        tries.append(1)
        records._db.exec_driver_sql("SELECT 1 FROM nowhere")

    with pytest.raises(OperationalError, match="no such table"):
        impatient.run_now(fail)
    assert tries == [1]


async def test_a_step_that_comes_after_the_end_is_refused_and_one_before_it_is_done(tmp_path: Path) -> None:
    """Put behind the end, it would wait for ever."""
    engine = connect(f"sqlite:///{tmp_path}/a.db")
    upgrade(engine)
    database = Database(engine, Vault(KEYS))
    database.start()
    waiting = asyncio.create_task(database.run(lambda records: records.keep("mode", b"live")))
    await asyncio.sleep(0)  # it is put
    await asyncio.to_thread(database.stop)
    assert await waiting == b"live"
    with pytest.raises(Stopped):
        async with asyncio.timeout(30):
            await database.run(lambda records: records.keep("mode", b"live"))
    database.start()
    assert await database.run(lambda records: records.keep("mode", b"demo")) == b"live"
    await asyncio.to_thread(database.stop)
