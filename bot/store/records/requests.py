"""Requests: people who ask for a human."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from bot.leads.lead import Request
from bot.store import tables as t
from bot.store.records.base import Base

#: A second urgent request within this time is the same one.
URGENT_AGAIN_AFTER = timedelta(minutes=10)


class RequestRecords(Base):
    """Who waits for an answer, without a lead."""

    def add_request(self, channel: str, address: str, request: Request, expires_at: datetime) -> bool:
        """Queue a request; False when the same person has one of the kind waiting.

        An urgent one counts as waiting for a few minutes only: the next is news (R-26).
        """
        chat_hash = self._chat_hash(channel, address)
        waiting = select(t.requests.c.code).where(
            t.requests.c.chat_hash == chat_hash,
            t.requests.c.kind == request.kind,
            t.requests.c.study.is_not_distinct_from(request.study),
            t.requests.c.status == "new",
        )
        if request.urgent:
            waiting = waiting.where(t.requests.c.created_at > request.created_at - URGENT_AGAIN_AFTER)
        known = self._db.scalars(waiting).first()
        if known is not None:  # asked for again today, it waits from today
            longer = update(t.requests).where(t.requests.c.code == known).values(expires_at=expires_at)
            self._db.execute(longer)
            return False
        row = {name: getattr(request, name) for name in Request.__slots__}
        sealed = self._vault.seal(address.encode(), f"requests.address:{request.code}")
        self._db.execute(
            insert(t.requests).values(**row, chat_hash=chat_hash, address=sealed, expires_at=expires_at)
        )
        return True

    def erase_requests(self, channel: str, address: str) -> None:
        """What the person at an address asked a human for."""
        mine = t.requests.c.chat_hash == self._chat_hash(channel, address)
        self._erase_requests(mine)

    def requests_of(self, channel: str, address: str) -> list[tuple[str, datetime]]:
        """What the person at an address asked for and when, as far as it is kept."""
        query = select(t.requests.c.kind, t.requests.c.created_at).where(
            t.requests.c.chat_hash == self._chat_hash(channel, address)
        )
        rows = self._db.execute(query.order_by(t.requests.c.created_at))
        return [(row.kind, row.created_at) for row in rows]

    def is_blocked(self, channel: str, address: str) -> bool:
        """Whether somebody is known to have blocked the bot."""
        query = select(t.chats.c.id).where(
            t.chats.c.chat_hash == self._chat_hash(channel, address), t.chats.c.blocked_at.is_not(None)
        )
        return self._db.execute(query).first() is not None

    def request_address(self, code: str) -> str:
        """Where to answer a request; "" when there is none such."""
        row = self._db.execute(select(t.requests.c.address).where(t.requests.c.code == code)).first()
        return self._vault.open(row.address, f"requests.address:{code}").decode() if row else ""

    def closed_requests(self, limit: int) -> list[Request]:
        """Those that were seen to and are still kept, the latest first."""
        query = select(t.requests).where(t.requests.c.status != "new")
        query = query.order_by(t.requests.c.created_at.desc(), t.requests.c.code).limit(limit)
        return [request_from(row) for row in self._db.execute(query)]

    def expire_requests(self, now: datetime) -> int:
        """Requests older than their seven days go."""
        return self._erase_requests(t.requests.c.expires_at <= now)

    def request(self, code: str) -> Request | None:
        """A request by its code, closed ones too, as long as it is kept."""
        row = self._db.execute(select(t.requests).where(t.requests.c.code == code)).first()
        return request_from(row) if row else None

    def change_request(self, code: str, **values: Any) -> None:
        """Change columns of a request."""
        self._db.execute(update(t.requests).where(t.requests.c.code == code).values(**values))

    def claim_request(self, code: str, who: str, until: datetime, now: datetime) -> bool:
        """As with a lead (Q-4); a closed one is nobody's."""
        mine = t.requests.c
        free = or_(mine.claimed_by.is_(None), mine.claimed_by == who, mine.claimed_until <= now)
        query = update(t.requests).where(mine.code == code, mine.status == "new", free)
        taken = self._db.execute(query.values(claimed_by=who, claimed_until=until).returning(mine.code))
        return taken.first() is not None


def request_from(row: Row[Any]) -> Request:
    """A request from its row."""
    return Request(**{name: getattr(row, name) for name in Request.__slots__})
