"""What coordinators and a lead's person write to each other through the bot."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.core.run import Chat
from bot.leads.lead import Message
from bot.store import tables as t
from bot.store.records.base import Base

#: The operation of a message that cannot be sent: the person blocked the bot, or the channel refuses it.
NOWHERE = 0


class RelayRecords(Base):
    """Messages, sealed under the person's data key; they go with the lead."""

    def add_message(
        self, chat: Chat, code: str, way: str, who: str, text: str, now: datetime, posted: int | None = None
    ) -> int:
        """Keep a message, "to" the person or "from" them; returns its number."""
        sealed = chat.box.seal(text.encode(), f"relay.words:{code}")
        row = {"code": code, "way": way, "who": who, "words": sealed, "at": now, "posted": posted}
        return int(self._db.scalars(insert(t.relay).values(**row).returning(t.relay.c.id)).one())

    def messages(self, chat: Chat, code: str) -> list[Message]:
        """All messages of a lead, the earliest first."""
        query = select(t.relay, t.outbox.c.id.label("queued"), t.outbox.c.sent_at)
        query = query.outerjoin(t.outbox, t.outbox.c.id == t.relay.c.posted)
        return [
            Message(
                id=row.id,
                way=row.way,
                who=row.who,
                words=chat.box.open(row.words, f"relay.words:{code}").decode(),
                at=row.at,
                read_at=row.read_at,
                read_by=row.read_by or "",
                # An operation that was carried out is forgotten some day; one that cannot be is posted nowhere.
                state="failed"
                if row.posted == NOWHERE
                else "waiting"
                if row.way == "to" and row.posted is None
                else "on_its_way"
                if chat.channel == "telegram" and row.queued is not None and row.sent_at is None
                else "sent",
            )
            for row in self._db.execute(query.where(t.relay.c.code == code).order_by(t.relay.c.id))
        ]

    def posted_message(self, id: int, posted: int | None) -> None:
        """A message that waited is in the outbox; None: it never will be."""
        values = {"posted": NOWHERE if posted is None else posted}
        self._db.execute(update(t.relay).where(t.relay.c.id == id).values(**values))

    def read_messages(self, code: str, who: str, now: datetime) -> int:
        """What the person wrote is read; returns how many messages were news."""
        new = (t.relay.c.code == code, t.relay.c.way == "from", t.relay.c.read_at.is_(None))
        query = update(t.relay).where(*new).values(read_at=now, read_by=who).returning(t.relay.c.id)
        read = len(self._db.scalars(query).all())
        if read:
            self._db.execute(update(t.leads).where(t.leads.c.code == code).values(unread=0))
        return read

    def forget_messages(self, code: str) -> None:
        """Nothing stays of what was written, and nothing that is still on its way is sent."""
        theirs = select(t.relay.c.posted).where(t.relay.c.code == code, t.relay.c.posted.is_not(None))
        self._db.execute(delete(t.outbox).where(t.outbox.c.id.in_(theirs), t.outbox.c.sent_at.is_(None)))
        self._db.execute(delete(t.relay).where(t.relay.c.code == code))
        self._db.execute(update(t.leads).where(t.leads.c.code == code).values(unread=0))

    def one_more_unread(self, code: str) -> None:
        """The person wrote something."""
        values = {"unread": t.leads.c.unread + 1}
        self._db.execute(update(t.leads).where(t.leads.c.code == code).values(**values))

    def blocked_leads(self, codes: Collection[str]) -> set[str]:
        """Those of these leads whose person has blocked the bot."""
        query = select(t.leads.c.code).join(t.chats, t.chats.c.id == t.leads.c.chat_id)
        return set(
            self._db.scalars(query.where(t.leads.c.code.in_(codes), t.chats.c.blocked_at.is_not(None)))
        )
