"""Updates, chats and their erasure."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.core.run import Chat
from bot.store import tables as t
from bot.store.records.base import Base
from bot.store.vault import Box


class ChatRecords(Base):
    """Who writes to us, until they are forgotten."""

    def first_sight(self, channel: str, update_key: str, now: datetime) -> bool:
        """Note an update, by keyed hash; False when it was taken before."""
        row = {"channel": channel, "update_key": self._vault.lookup(channel, update_key).hex(), "at": now}
        # Not the row count: for an INSERT psycopg's is not kept.
        inserted = self._insert_once(t.seen, row).returning(t.seen.c.update_key)
        return self._db.execute(inserted).first() is not None

    def chat(self, channel: str, address: str) -> Chat | None:
        """The chat at an address, locked until the transaction ends."""
        chat_hash = self._chat_hash(channel, address)
        query = select(t.chats).where(t.chats.c.chat_hash == chat_hash).with_for_update()
        row = self._db.execute(query).first()
        if row is None and not self._sqlite:
            # Two workers may meet somebody new at the same moment: the second waits for the first one's row.
            number = int.from_bytes(chat_hash[:8], "big", signed=True)
            self._db.execute(select(func.pg_advisory_xact_lock(number)))
            row = self._db.execute(query).first()
        return self._open_chat(row) if row else None

    def new_chat(self, channel: str, address: str) -> Chat:
        """A chat that is not stored before `save_chat`."""
        id = secrets.token_hex(8)
        box = Box(b"\x00" * 32)
        return Chat(id, channel, address, self._chat_hash(channel, address), box, {}, None, is_new=True)

    def save_chat(self, chat: Chat, now: datetime) -> None:
        """Write the chat's state; a new one gets its data key."""
        if not chat.is_new:
            state = chat.box.seal_json(chat.state, f"chats.state:{chat.id}")
            values = {"state": state, "run_id": chat.run, "updated_at": now, "blocked_at": None}
            self._db.execute(update(t.chats).where(t.chats.c.id == chat.id).values(**values))
            return
        chat.box, wrapped = self._vault.new_data_key(f"chats.data_key:{chat.id}")
        row = {
            "id": chat.id,
            "channel": chat.channel,
            "chat_hash": chat.chat_hash,
            "data_key": wrapped,
            "address": chat.box.seal(chat.address.encode(), f"chats.address:{chat.id}"),
            "state": chat.box.seal_json(chat.state, f"chats.state:{chat.id}"),
            "run_id": chat.run,
            "created_at": now,
            "updated_at": now,
        }
        self._db.execute(insert(t.chats).values(**row))
        chat.is_new = False

    def studies_of(self, chat: Chat) -> tuple[str, ...]:
        """The studies this person has runs in."""
        query = select(t.runs.c.study).where(t.runs.c.chat_id == chat.id).distinct()
        return tuple(self._db.scalars(query))

    def erase_chat(self, chat: Chat) -> None:
        """The person and all that is theirs, the data key with it."""
        self._forget_messages(chat)
        self._erase_requests(t.requests.c.chat_hash == chat.chat_hash)
        self._erase_runs(chat, self.run_ids(chat))
        self._db.execute(delete(t.timers).where(t.timers.c.subject == chat.id))
        self._db.execute(delete(t.chats).where(t.chats.c.id == chat.id))

    def erase_transient(self, chat: Chat) -> None:
        """The row of somebody who has not consented. A request they made stays its seven days."""
        self._forget_messages(chat)
        self._db.execute(delete(t.timers).where(t.timers.c.subject == chat.id))
        self._db.execute(delete(t.chats).where(t.chats.c.id == chat.id))

    def erase_run(self, chat: Chat, run: str) -> None:
        """One run with its answers, consents and lead; what was said of it in messages too."""
        self._forget_words(chat)
        self._erase_runs(chat, [run])

    def erase_runs(self, chat: Chat, study: str) -> None:
        """All of a person's runs in one study; a request they made stays its seven days."""
        self._forget_words(chat)
        self._erase_runs(chat, self.run_ids(chat, study))

    def erase_study(self, chat: Chat, study: str) -> None:
        """All of a person's runs and requests in one study."""
        self._forget_words(chat)
        asked = (t.requests.c.chat_hash == chat.chat_hash, t.requests.c.study == study)
        self._erase_requests(*asked)
        self._erase_runs(chat, self.run_ids(chat, study))

    def _forget_messages(self, chat: Chat) -> None:
        self._db.execute(delete(t.outbox).where(t.outbox.c.chat_hash == chat.chat_hash))

    def _forget_words(self, chat: Chat) -> None:
        """All messages but the traces of those that were sent."""
        wordy = (t.outbox.c.chat_hash == chat.chat_hash, t.outbox.c.content.is_not(None))
        self._db.execute(delete(t.outbox).where(*wordy))

    def _erase_runs(self, chat: Chat, runs: Sequence[str]) -> None:
        if chat.run in runs:
            chat.run = None
        codes = list(self._db.scalars(select(t.leads.c.code).where(t.leads.c.run_id.in_(runs))))
        for theirs in (t.identities, t.relay):
            self._db.execute(delete(theirs).where(theirs.c.code.in_(codes)))
        for table in (t.lead_runs, t.leads, t.consents, t.answers):
            self._db.execute(delete(table).where(table.c.run_id.in_(runs)))
        self._db.execute(delete(t.timers).where(t.timers.c.subject.in_([*runs, *codes])))
        self._db.execute(delete(t.runs).where(t.runs.c.id.in_(runs)))

    def run_ids(self, chat: Chat, study: str | None = None) -> list[str]:
        """All of a person's runs, in one study or in every one, also those that have not ended."""
        query = select(t.runs.c.id).where(t.runs.c.chat_id == chat.id)
        if study is not None:
            query = query.where(t.runs.c.study == study)
        return list(self._db.scalars(query))
