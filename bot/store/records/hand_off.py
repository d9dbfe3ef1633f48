"""What is read to hand leads off."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.core.run import Chat
from bot.leads.lead import Lead
from bot.store import tables as t
from bot.store.records.base import Base
from bot.store.records.queue import lead_from

#: How many people are looked up together.
_AT_A_TIME = 500


class HandOffRecords(Base):
    """Leads with whoever they are about, without locking anybody."""

    def studies_of_leads(self) -> set[str]:
        """The studies that there are leads of."""
        return set(self._db.scalars(select(t.leads.c.study).distinct()))

    def leads_to_hand_off(
        self, study: str, since: datetime | None, before: datetime | None, code: str
    ) -> Sequence[tuple[Lead, Chat]]:
        """Leads of a study ("": of all) that began in a period, or the one with a code; the earliest first."""
        query = select(t.leads).order_by(t.leads.c.created_at, t.leads.c.code)
        if study:
            query = query.where(t.leads.c.study == study)
        if since is not None:
            query = query.where(t.leads.c.created_at >= since)
        if before is not None:
            query = query.where(t.leads.c.created_at < before)
        if code:
            query = query.where(t.leads.c.code == code)
        rows = list(self._db.execute(query))
        people = list(dict.fromkeys(row.chat_id for row in rows))
        chats: dict[str, Chat] = {}
        for start in range(0, len(people), _AT_A_TIME):
            some = t.chats.c.id.in_(people[start : start + _AT_A_TIME])
            chats |= {row.id: self._open_chat(row) for row in self._db.execute(select(t.chats).where(some))}
        return [(lead_from(row), chats[row.chat_id]) for row in rows]
