"""Messages on their way out."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, or_, select, update

from bot.core.run import Chat
from bot.store import tables as t
from bot.store.records.relay import NOWHERE
from bot.store.records.timers import TimerRecords
from bot.store.vault import Box, Vault

#: Messages with the wrapped data key of their chat, where there is one.
_MESSAGES = select(t.outbox, t.chats.c.data_key).outerjoin(t.chats, t.chats.c.id == t.outbox.c.chat_id)


@dataclass(frozen=True, slots=True)
class Posted:
    """An operation on a chat that waits in the outbox or was taken from it; `chat` is None where none is kept."""

    id: int
    chat: str | None
    chat_hash: bytes
    address: str
    content: dict[str, Any]
    tries: int
    refusals: int


class OutboxRecords(TimerRecords):
    """What is to be sent, and traces of what was."""

    def post(
        self,
        channel: str,
        address: str,
        content: Mapping[str, Any],
        now: datetime,
        chat: Chat | None = None,
    ) -> int:
        """Put an operation on a chat into the outbox, sealed under the person's data key where one is kept.

        Returns its number.
        """
        chat_hash = self._chat_hash(channel, address)
        place = chat_hash.hex()
        words = json.dumps(content, ensure_ascii=False).encode()
        box = chat.box if chat else self._vault
        done = self._db.execute(
            insert(t.outbox).values(
                channel=channel,
                chat_hash=chat_hash,
                chat_id=chat.id if chat else None,
                address=box.seal(address.encode(), f"outbox.address:{place}"),
                content=box.seal(words, f"outbox.content:{place}"),
                op=content["op"],
                prompt=content["prompt"],
                ref=content["ref"],
                created_at=now,
                tries=0,
                not_before=now,
            )
        )
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted

    def feed(self, channel: str, address: str, after: int) -> list[Posted]:
        """A chat's operations after a serial number, in order (channels that pull)."""
        query = _MESSAGES.where(t.outbox.c.chat_hash == self._chat_hash(channel, address))
        rows = self._db.execute(query.where(t.outbox.c.id > after).order_by(t.outbox.c.id))
        return [self._posted(row) for row in rows]

    def heads(self, channel: str, now: datetime, limit: int, but: Collection[bytes] = ()) -> list[Posted]:
        """The first unsent operation of each chat of a channel but some, due ones only."""
        first = (
            select(func.min(t.outbox.c.id))
            .where(t.outbox.c.channel == channel, t.outbox.c.sent_at.is_(None))
            .group_by(t.outbox.c.chat_hash)
        )
        query = (
            _MESSAGES.where(t.outbox.c.id.in_(first), t.outbox.c.not_before <= now)
            .where(t.outbox.c.chat_hash.not_in(but))
            .order_by(t.outbox.c.id)
            .limit(limit)
            .with_for_update(of=t.outbox, skip_locked=True)
        )
        return [self._posted(row) for row in self._db.execute(query)]

    def lease(self, ids: Sequence[int], until: datetime) -> None:
        """Keep others from sending these until then, if not longer; a worker that dies lets them go by itself."""
        shorter = (t.outbox.c.id.in_(ids), t.outbox.c.not_before < until)
        self._db.execute(update(t.outbox).where(*shorter).values(not_before=until))

    def release(self, channel: str, now: datetime) -> None:
        """Let go of whatever a process that is no more held back."""
        unsent = (t.outbox.c.channel == channel, t.outbox.c.sent_at.is_(None), t.outbox.c.not_before > now)
        self._db.execute(update(t.outbox).where(*unsent).values(not_before=now))

    def sent(self, id: int, ref: str, now: datetime) -> None:
        """An operation was carried out; its words are not kept, nor anything of it where no chat is."""
        values: dict[str, Any] = {"sent_at": now, "content": None}
        if ref:
            values["ref"] = ref
        kept = (t.outbox.c.id == id, t.outbox.c.chat_id.is_not(None))
        if not self._db.execute(update(t.outbox).where(*kept).values(**values)).rowcount:
            self._db.execute(delete(t.outbox).where(t.outbox.c.id == id))

    def give_up(self, id: int, now: datetime) -> None:
        """The channel refuses it: the next goes first."""
        self._fail_messages([id])
        self.sent(id, "", now)

    def _fail_messages(self, posted: Any) -> None:
        """Messages of the study team whose operations are not carried out."""
        self._db.execute(update(t.relay).where(t.relay.c.posted.in_(posted)).values(posted=NOWHERE))

    def put_back(self, id: int, not_before: datetime, refused: bool = False) -> None:
        """Try again later."""
        row: dict[str, Any] = {"tries": t.outbox.c.tries + 1, "not_before": not_before}
        if refused:
            row["refusals"] = t.outbox.c.refusals + 1
        self._db.execute(update(t.outbox).where(t.outbox.c.id == id).values(**row))

    def block(self, chat_hash: bytes, now: datetime) -> None:
        """The person blocked the bot: nothing that waits is ever sent, and they are not reminded."""
        blocked = update(t.chats).where(t.chats.c.chat_hash == chat_hash).values(blocked_at=now)
        for id in self._db.scalars(blocked.returning(t.chats.c.id)).all():
            self.stop_timer("remind", id)
        unsent = (t.outbox.c.chat_hash == chat_hash, t.outbox.c.sent_at.is_(None))
        self._fail_messages(select(t.outbox.c.id).where(*unsent))
        self._db.execute(delete(t.outbox).where(*unsent))

    def unblock(self, chat_hash: bytes) -> None:
        """The person lets the bot in again."""
        self._db.execute(update(t.chats).where(t.chats.c.chat_hash == chat_hash).values(blocked_at=None))

    def ref_of_prompt(self, chat_hash: bytes, prompt: int) -> str:
        """The channel's name of the message that carried a prompt; "" when it was never sent."""
        query = select(t.outbox.c.ref).where(
            t.outbox.c.chat_hash == chat_hash, t.outbox.c.prompt == prompt, t.outbox.c.op == "send"
        )
        return self._db.scalars(query.order_by(t.outbox.c.id.desc())).first() or ""

    def forget_sent(self, before: datetime) -> int:
        """Old traces of messages and seen updates go, except where the buttons in front of a person are."""
        self._db.execute(delete(t.seen).where(t.seen.c.at < before))
        # Rows of channels that pull are never marked sent; they are just as old. What was for nobody's chat in
        # particular is no use any more.
        over = or_(t.outbox.c.chat_id.is_(None), t.outbox.c.channel != "telegram", _sent_and_not_latest())
        return self._db.execute(delete(t.outbox).where(t.outbox.c.created_at < before, over)).rowcount

    def forget_last_words(self, before: datetime) -> int:
        """What was said to people of whom nothing is kept goes, on channels that pull."""
        read = (
            t.outbox.c.channel != "telegram",
            t.outbox.c.chat_id.is_(None),
            t.outbox.c.created_at < before,
        )
        return self._db.execute(delete(t.outbox).where(*read)).rowcount

    def _posted(self, row: Row[Any]) -> Posted:
        place = row.chat_hash.hex()
        box: Box | Vault = self._vault
        if row.chat_id is not None:
            box = self._vault.data_key(row.data_key, f"chats.data_key:{row.chat_id}")
        address = box.open(row.address, f"outbox.address:{place}").decode()
        content: dict[str, Any] = {}
        if row.content is not None:
            content = json.loads(box.open(row.content, f"outbox.content:{place}"))
        return Posted(row.id, row.chat_id, row.chat_hash, address, content, row.tries, row.refusals)


def _sent_and_not_latest() -> Any:
    """Operations that were carried out, but not a chat's latest prompt: its buttons may still be pressed."""
    later = t.outbox.alias("later")
    newer = (later.c.chat_hash == t.outbox.c.chat_hash, later.c.id > t.outbox.c.id)
    is_latest = (
        (t.outbox.c.op == "send")
        & (t.outbox.c.prompt > 0)
        & ~exists().where(*newer, later.c.op == "send", later.c.prompt > 0)
    )
    return t.outbox.c.sent_at.is_not(None) & ~is_latest
