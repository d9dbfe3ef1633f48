"""What every part of the records is made of."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.run import Chat
from bot.store import tables as t
from bot.store.vault import Box, Vault


class Base:
    """A transaction of the store, and what all its parts need."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault
        self._sqlite = connection.dialect.name == "sqlite"

    def _insert_once(self, table: Any, row: Mapping[str, Any]) -> Any:
        dialect = sqlite if self._sqlite else postgresql
        return dialect.insert(table).values(**row).on_conflict_do_nothing()

    def _chat_hash(self, channel: str, address: str) -> bytes:
        return self._vault.lookup("chat", f"{channel}:{address}")

    def _box(self, row: Row[*tuple[Any, ...]]) -> Box:
        return self._vault.data_key(row.data_key, f"chats.data_key:{row.chat_id}")

    def chat_by_id(self, id: str) -> Chat | None:
        """A chat by its id, locked likewise."""
        row = self._db.execute(select(t.chats).where(t.chats.c.id == id).with_for_update()).first()
        return self._open_chat(row) if row else None

    def _open_chat(self, row: Row[Any]) -> Chat:
        box = self._vault.data_key(row.data_key, f"chats.data_key:{row.id}")
        return Chat(
            id=row.id,
            channel=row.channel,
            address=box.open(row.address, f"chats.address:{row.id}").decode(),
            chat_hash=row.chat_hash,
            box=box,
            state=box.open_json(row.state, f"chats.state:{row.id}"),
            run=row.run_id,
        )

    def part(self) -> AbstractContextManager[Any]:
        """A part of the transaction: what was done in it is undone when it raises, all else stays."""
        return self._db.begin_nested()

    def keep(self, name: str, value: bytes) -> bytes:
        """Store a value once; returns what is stored, ours or an earlier one."""
        sealed = self._vault.seal(value, f"meta:{name}")
        self._db.execute(self._insert_once(t.meta, {"name": name, "value": sealed}))
        stored = self._db.scalars(select(t.meta.c.value).where(t.meta.c.name == name)).one()
        return self._vault.open(stored, f"meta:{name}")

    def _erase_requests(self, *which: ColumnElement[bool]) -> int:
        """Requests with their timers; returns how many."""
        gone = self._db.scalars(delete(t.requests).where(*which).returning(t.requests.c.code)).all()
        self._db.execute(delete(t.timers).where(t.timers.c.subject.in_(gone)))
        return len(gone)
