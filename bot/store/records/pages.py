"""The queue by the page. Every query walks an index in the order of the queue, however long it is."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from bot.core.screening import Verdict
from bot.leads.lead import Lead, Request
from bot.leads.life import OPEN
from bot.leads.queue import COUNTED, Cursor, Lane, Wanted, first_place_after
from bot.store import tables as t
from bot.store.records.base import Base
from bot.store.records.queue import lead_from
from bot.store.records.requests import request_from

#: So many leads with the rarest of several words are looked at for the others.
LOOKED_AT = 1000
#: All that an open lead can be; of what else it can be told apart by, the values are looked up.
KNOWN = {"status": OPEN, "verdict": tuple(verdict.value for verdict in Verdict)}


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
        walks = []
        for query in self._wanted(wanted, now):
            key = tuple(query.selected_columns)
            if after is not None:
                query = query.where(tuple_(*key) > tuple_(after.place, after.code))
            if before is not None:
                query = query.where(tuple_(*key) < tuple_(before.place, before.code))
            walks.append(_in_order(query, limit, last or before is not None))
        whole = walks[0] if len(walks) == 1 else _in_order(_all(walks), limit, last or before is not None)
        return self._leads([row.code for row in self._db.execute(whole)])

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
        some = _all(self._wanted(wanted, now)).limit(COUNTED).subquery()
        return self._db.scalars(select(func.count()).select_from(some)).one()

    def closed_page(self, limit: int, before: tuple[datetime, str] | None = None) -> list[Lead]:
        """Closed leads, the latest first."""
        columns = t.leads.c
        query = select(t.leads).where(columns.closed_at.is_not(None))
        if before is not None:
            query = query.where(tuple_(columns.closed_at, columns.code) < tuple_(*before))
        rows = self._db.execute(query.order_by(columns.closed_at.desc(), columns.code.desc()).limit(limit))
        return [lead_from(row) for row in rows]

    def leads_due(
        self, next: str, since: datetime, until: datetime, study: str = "", limit: int = 200
    ) -> list[Lead]:
        """Open leads, of a study or of all, with which something is to be done in a span of time, the earliest first."""
        columns = t.leads.c
        query = select(t.leads).where(
            columns.closed_at.is_(None), columns.next == next, columns.due_at >= since, columns.due_at < until
        )
        if study:
            query = query.where(columns.study == study)
        return [
            lead_from(row)
            for row in self._db.execute(query.order_by(columns.due_at, columns.code).limit(limit))
        ]

    def pass_claim(self, code: str, of: str, to: str, until: datetime) -> bool:
        """Somebody's lead is another's now; False when it was not theirs any more."""
        columns = t.leads.c
        query = update(t.leads).where(
            columns.code == code, columns.claimed_by == of, columns.closed_at.is_(None)
        )
        passed = self._db.execute(query.values(claimed_by=to, claimed_until=until).returning(columns.code))
        return passed.first() is not None

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

    def with_words(self, tokens: Sequence[str], limit: int) -> list[tuple[Lead, list[str]]]:
        """Leads with all of these words in what was written about or by them, and what that is.

        Of several words that are all in more than LOOKED_AT leads, not every lead with all of them is found.
        """
        hashes = [self._vault.lookup("word", token) for token in tokens]
        rarest = min(hashes, key=self._how_many) if len(hashes) > 1 else hashes[0]
        looked_at = select(t.note_words.c.code).where(t.note_words.c.token == rarest).limit(LOOKED_AT)
        some = looked_at.subquery()
        query = select(some.c.code)
        for other in hashes:
            if other != rarest:
                also = t.note_words.alias()
                query = query.where(exists().where(also.c.token == other, also.c.code == some.c.code))
        codes = list(self._db.scalars(query.limit(limit)))
        written = self._written(codes)
        return [(lead, written.get(lead.code, [])) for lead in self._leads(codes)]

    def _written(self, codes: Collection[str]) -> dict[str, list[str]]:
        """What was written about leads."""
        leads, events = t.leads.c, t.lead_events.c
        query = (
            select(leads.code, leads.chat_id, t.chats.c.data_key, events.words)
            .join(t.chats, t.chats.c.id == leads.chat_id)
            .join(t.lead_events, events.code == leads.code)
            .where(leads.code.in_(codes), events.words.is_not(None))
        )
        found: dict[str, list[str]] = {}
        for row in self._db.execute(query):
            words = self._box(row).open(row.words, f"lead_events.words:{row.code}").decode()
            found.setdefault(row.code, []).append(words)
        return found

    def versions_of_runs(self, runs: Collection[str]) -> dict[str, str]:
        """On which version runs are, as far as they are kept."""
        query = select(t.runs.c.id, t.runs.c.version).where(t.runs.c.id.in_(runs))
        return {row.id: row.version for row in self._db.execute(query)}

    def _leads(self, codes: Collection[str]) -> list[Lead]:
        """Leads by their codes, in the queue's order."""
        found = self._db.execute(select(t.leads).where(t.leads.c.code.in_(codes)))
        return sorted(map(lead_from, found), key=lambda lead: (lead.place, lead.code))

    def _how_many(self, token: bytes) -> int:
        some = select(t.note_words.c.code).where(t.note_words.c.token == token).limit(LOOKED_AT).subquery()
        return self._db.scalars(select(func.count()).select_from(some)).one()

    def _wanted(self, wanted: Wanted, now: datetime) -> list[Select[Any]]:
        """Queries for place and code of open leads: all together leave what is wanted, each walks an index.

        Asked for several facets at once the queue has no index of its own. Merging one walk for each combination of
        the others is as quick, be what is wanted ever so rare.
        """
        facets = {name: value for name in t.FACETS if (value := getattr(wanted, name))}
        if wanted.who or wanted.unread:
            return [self._in_hand(wanted, facets, now)]
        source = t.lead_open if wanted.criterion else t.leads
        columns = source.c
        query = select(columns.place, columns.code)
        if wanted.criterion:
            query = query.where(columns.criterion == wanted.criterion)
        else:
            query = query.where(columns.closed_at.is_(None))
        if wanted.late:
            query = query.where(columns.place < first_place_after(Lane.LATE))
        if wanted.free and wanted.criterion:
            query = query.where(exists().where(t.leads.c.code == columns.code, _free(now)))
        elif wanted.free:
            query = query.where(_free(now))
        if len(facets) > 1:
            others = [(name, self._values(name)) for name in t.FACETS if name not in facets]
            combined: Iterable[dict[str, str]] = (
                facets | dict(zip((name for name, _ in others), values, strict=True))
                for values in product(*(values for _, values in others))
            )
        else:
            combined = [facets]
        return [
            query.where(*(columns[name] == value for name, value in every.items())) for every in combined
        ] or [query.where(columns.place.is_(None))]

    def _in_hand(self, wanted: Wanted, facets: dict[str, str], now: datetime) -> Select[Any]:
        """Of what somebody works on, or what is to be read: never many, found first and looked through."""
        columns = t.leads.c
        hand = select(t.leads).where(columns.closed_at.is_(None))
        if wanted.who:
            hand = hand.where(columns.claimed_by == wanted.who, columns.claimed_until > now)
        else:
            hand = hand.where(_UNREAD)
        some = hand.cte().prefix_with("MATERIALIZED").c
        query = select(some.place, some.code).where(*(some[name] == value for name, value in facets.items()))
        if wanted.unread:
            query = query.where(some.unread > 0)
        if wanted.free:
            query = query.where(or_(some.claimed_by.is_(None), some.claimed_until <= now))
        if wanted.late:
            query = query.where(some.place < first_place_after(Lane.LATE))
        if wanted.criterion:
            mine = t.lead_open.c
            query = query.where(exists().where(mine.code == some.code, mine.criterion == wanted.criterion))
        return query

    def _values(self, facet: str) -> Sequence[str]:
        """What open leads can be by a facet: each value by a leap over the one before."""
        if facet in KNOWN:
            return KNOWN[facet]
        column = t.leads.c[facet]
        query = select(column).where(t.leads.c.closed_at.is_(None)).order_by(column).limit(1)
        found: list[str] = []
        while (
            value := self._db.scalars(query.where(column > found[-1]) if found else query).first()
        ) is not None:
            found.append(value)
        return found


#: With a figure of its own: SQLite takes an index on a condition only where it sees that the condition holds.
_UNREAD = t.leads.c.unread > literal_column("0")


def _free(now: datetime) -> ColumnElement[bool]:
    """Whether nobody works on a lead now."""
    return or_(t.leads.c.claimed_by.is_(None), t.leads.c.claimed_until <= now)


def _in_order(query: Select[Any], limit: int, backwards: bool) -> Select[Any]:
    order = [column.desc() if backwards else column for column in query.selected_columns]
    return query.order_by(*order).limit(limit)


def _all(queries: Sequence[Select[Any]]) -> Select[Any]:
    """All of them as one. Each keeps its own order and limit: a database merges walks, where it would sort heaps."""
    if len(queries) == 1:
        return queries[0]
    return select(union_all(*(select(query.subquery()) for query in queries)).subquery())
