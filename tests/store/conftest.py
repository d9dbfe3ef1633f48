"""The store on both databases: SQLite in a file, and a PostgreSQL of our own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine

from bot.core.run import Chat
from bot.store.database import Database, check_key, connect, upgrade
from bot.store.records import Records
from bot.store.tables import metadata
from bot.store.vault import Vault, new_keys, read_keys
from tests.store.people import NOW

T = TypeVar("T")
KEYS = read_keys(new_keys())


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'prescreen.db'}"
    url: str = request.getfixturevalue("postgres").create_database()
    return url


@pytest.fixture(scope="session")
def postgres_with_tables(request: pytest.FixtureRequest) -> Engine:
    engine = connect(request.getfixturevalue("postgres").create_database())
    upgrade(engine)
    return engine


class Stored:
    """Runs steps, each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.vault = Vault(KEYS)
        self.database = Database(engine, self.vault)
        self._numbers = itertools.count(1)

    def __call__(self, step: Callable[[Records], T]) -> T:
        return self.database.run_now(step)

    def new_chat(self, address: str = "", channel: str = "web") -> Chat:
        """A chat that is stored."""
        address = address or f"person-{next(self._numbers)}"

        def make(records: Records) -> Chat:
            chat = records.new_chat(channel, address)
            chat.state = {"language": "zh", "salt": "ab12"}
            records.save_chat(chat, NOW)
            return chat

        return self(make)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stored]:
    """Tables with nothing in them."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'prescreen.db'}")
        upgrade(engine)
    else:
        engine = request.getfixturevalue("postgres_with_tables")
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    check_key(engine, Vault(KEYS))
    yield Stored(engine)
    engine.dispose()
