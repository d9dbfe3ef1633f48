"""The queue by the page. Every query walks an index in the order of the queue, however long it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_

from bot.leads.lead import Lead, Request
from bot.leads.queue import Cursor, Lane, Wanted, first_place_after
from bot.store import tables as t
from bot.store.records.base import Base
from bot.store.records.queue import lead_from
from bot.store.records.requests import request_from

#: Beyond so many nobody counts.
COUNTED = 1000
#: So many rows with a word are looked at when several words are asked for together.
LOOKED_AT = 500


class PageRecords(Base):
    """Pages of the queue, searches, counts."""

    def leads_page(
        self,
        wanted: Wanted,
        now: datetime,
        limit: int,
        after: Cursor | None = None,
        before: Cursor | None = None,
        last: bool = False,
    ) -> list[Lead]:
        """Open leads in the queue's order: from the first, after or before a row, or the last ones."""
        key, query = self._wanted(wanted, now)
        backwards = last or before is not None
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(after.place, after.code))
        if before is not None:
            query = query.where(tuple_(*key) < tuple_(before.place, before.code))
        order = [column.desc() for column in key] if backwards else list(key)
        rows = [lead_from(row) for row in self._db.execute(query.order_by(*order).limit(limit))]
        return rows[::-1] if backwards else rows

    def requests_page(
        self,
        now: datetime,
        limit: int,
        after: Cursor | None = None,
        before: Cursor | None = None,
        last: bool = False,
        who: str = "",
        language: str = "",
        study: str = "",
    ) -> list[Request]:
        """Waiting requests likewise."""
        columns = t.requests.c
        query = select(t.requests).where(columns.status == "new")
        if who:
            query = query.where(columns.claimed_by == who, columns.claimed_until > now)
        if language:
            query = query.where(columns.language == language)
        if study:
            query = query.where(or_(columns.study == study, columns.study.is_(None)))
        key = tuple_(columns.place, columns.code)
        if after is not None:
            query = query.where(key > tuple_(after.place, after.code))
        if before is not None:
            query = query.where(key < tuple_(before.place, before.code))
        backwards = last or before is not None
        ends = (columns.place, columns.code)
        order = [column.desc() for column in ends] if backwards else list(ends)
        rows = [request_from(row) for row in self._db.execute(query.order_by(*order).limit(limit))]
        return rows[::-1] if backwards else rows

    def waiting(self, wanted: Wanted, now: datetime) -> int:
        """How many open leads a filter leaves; COUNTED stands for that many or more."""
        _, query = self._wanted(wanted, now)
        some = query.with_only_columns(t.leads.c.code).limit(COUNTED).subquery()
        return self._db.scalars(select(func.count()).select_from(some)).one()

    def closed_page(self, limit: int, before: tuple[datetime, str] | None = None) -> list[Lead]:
        """Closed leads, the latest first."""
        columns = t.leads.c
        query = select(t.leads).where(columns.closed_at.is_not(None))
        if before is not None:
            query = query.where(tuple_(columns.closed_at, columns.code) < tuple_(*before))
        rows = self._db.execute(query.order_by(columns.closed_at.desc(), columns.code.desc()).limit(limit))
        return [lead_from(row) for row in rows]

    def leads_due(self, next: str, since: datetime, until: datetime, limit: int = 200) -> list[Lead]:
        """Open leads with which something is to be done in a span of time, the earliest first."""
        columns = t.leads.c
        query = select(t.leads).where(
            columns.closed_at.is_(None), columns.next == next, columns.due_at >= since, columns.due_at < until
        )
        return [
            lead_from(row)
            for row in self._db.execute(query.order_by(columns.due_at, columns.code).limit(limit))
        ]

    def claimed_by(self, who: str) -> list[str]:
        """The codes of the open leads of a member of staff, be their time over."""
        columns = t.leads.c
        return list(
            self._db.scalars(
                select(columns.code).where(columns.closed_at.is_(None), columns.claimed_by == who)
            )
        )

    def with_phone(self, phone: str, limit: int) -> list[Lead]:
        """Leads with exactly this phone, by its keyed hash."""
        hashed = self._vault.lookup("phone", phone)
        codes = select(t.identities.c.code).where(t.identities.c.phone_hash == hashed)
        query = select(t.leads).where(t.leads.c.code.in_(codes)).order_by(t.leads.c.created_at.desc())
        return [lead_from(row) for row in self._db.execute(query.limit(limit))]

    def with_words(self, tokens: Sequence[str], limit: int) -> list[str]:
        """The codes of leads with all of these words in what was written about or by them."""
        hashes = [self._vault.lookup("word", token) for token in tokens]
        rarest = min(hashes, key=self._how_many)
        query = select(t.note_words.c.code).where(t.note_words.c.token == rarest)
        for other in hashes:
            if other != rarest:
                also = t.note_words.alias()
                query = query.where(exists().where(also.c.token == other, also.c.code == t.note_words.c.code))
        return list(self._db.scalars(query.limit(limit)))

    def _how_many(self, token: bytes) -> int:
        some = select(t.note_words.c.code).where(t.note_words.c.token == token).limit(LOOKED_AT).subquery()
        return self._db.scalars(select(func.count()).select_from(some)).one()

    def _wanted(self, wanted: Wanted, now: datetime) -> tuple[tuple[ColumnElement[Any], ...], Select[Any]]:
        columns = t.leads.c
        query = select(t.leads).where(columns.closed_at.is_(None))
        key: tuple[ColumnElement[Any], ...] = (columns.place, columns.code)
        if wanted.criterion:
            query = query.join(t.lead_open, t.lead_open.c.code == columns.code)
            query = query.where(t.lead_open.c.criterion == wanted.criterion)
            key = (t.lead_open.c.place, t.lead_open.c.code)
        for name in ("study", "language", "status", "verdict"):
            if value := getattr(wanted, name):
                query = query.where(columns[name] == value)
        if wanted.who:
            query = query.where(columns.claimed_by == wanted.who, columns.claimed_until > now)
        if wanted.free:
            query = query.where(or_(columns.claimed_by.is_(None), columns.claimed_until <= now))
        if wanted.unread:
            query = query.where(columns.unread > 0)
        if wanted.late:
            query = query.where(key[0] < first_place_after(Lane.LATE))
        return key, query
