"""The audit trail: one chain of rows for each subject, and the anchors that hold them together."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import LargeBinary, Row, Text, cast, func, insert, select, text

from bot.leads.chain import ANCHOR, START, Link
from bot.store import tables as t
from bot.store.records.base import Base

#: How many rows are in memory at once while the trail is read.
_AT_A_TIME = 1000
#: What stands for a moment that cannot be read: no row was written then.
_NEVER = datetime.min.replace(tzinfo=UTC)


class TrailRecords(Base):
    """Who did what, when; appended to and never changed."""

    def note(self, subject: str, who: str, what: str, detail: Mapping[str, Any], now: datetime) -> None:
        """Append to a subject's chain: codes and ids only, never what somebody said (design, audit)."""
        query = select(t.audit.c.seq, t.audit.c.hash).where(t.audit.c.subject == subject)
        last = self._db.execute(query.order_by(t.audit.c.seq.desc()).limit(1)).first()
        seq, previous = (last.seq + 1, last.hash) if last else (1, START)
        link = Link(subject, seq, now, who, what, dict(detail), previous)
        row = {name: getattr(link, name) for name in Link.__slots__}
        self._db.execute(insert(t.audit).values(**{**row, "hash": link.digest()}))

    def who_did(self, subject: str, what: str) -> list[str]:
        """Who stands in a subject's trail for something."""
        query = select(t.audit.c.who).where(t.audit.c.subject == subject, t.audit.c.what == what)
        return list(self._db.scalars(query.order_by(t.audit.c.seq)))

    def trail(self, subject: str) -> list[Row[Any]]:
        """What was done with a subject, by whom and when, first to last."""
        query = select(t.audit.c.who, t.audit.c.what, t.audit.c.detail, t.audit.c.at)
        return list(self._db.execute(query.where(t.audit.c.subject == subject).order_by(t.audit.c.seq)))

    def has_trail(self, subject: str) -> bool:
        """Whether anything was written of a subject."""
        return self._db.scalar(select(t.audit.c.id).where(t.audit.c.subject == subject).limit(1)) is not None

    def links(
        self, subject: str = "", since: datetime | None = None, before: datetime | None = None
    ) -> Iterator[Link]:
        """Rows chain by chain, each in its order; of a subject ("": of all) and a period. Few are in memory."""
        query = select(*self._columns(*Link.__slots__)).order_by(t.audit.c.subject, t.audit.c.seq)
        if subject:
            query = query.where(t.audit.c.subject == subject)
        if since is not None:
            query = query.where(t.audit.c.at >= since)
        if before is not None:
            query = query.where(t.audit.c.at < before)
        for row in self._streamed(query):
            yield _link(row)

    def written(self, after: int, until: int) -> Iterator[tuple[str, int, str]]:
        """Subject, number and hash of rows in the order in which they were written, anchors left out."""
        query = select(*self._columns("subject", "seq", "hash")).where(
            t.audit.c.id > after, t.audit.c.id <= until, t.audit.c.subject != ANCHOR
        )
        for row in self._streamed(query.order_by(t.audit.c.id)):
            yield _text(row.subject), _number(row.seq), _text(row.hash)

    def _streamed(self, query: Any) -> Any:
        return self._db.execute(query, execution_options={"yield_per": _AT_A_TIME})

    def last_anchor(self) -> Link | None:
        """The latest anchor."""
        query = select(*self._columns(*Link.__slots__)).where(t.audit.c.subject == ANCHOR)
        query = query.order_by(t.audit.c.seq.desc()).limit(1)
        row = self._db.execute(query).first()
        return _link(row) if row else None

    def last_written(self) -> int:
        """The number of the latest row, an anchor or not; 0 where nothing is written."""
        return self._db.scalar(select(func.max(t.audit.c.id))) or 0

    def first_written(self, after: int) -> Link | None:
        """The first row after a number, anchors left out."""
        query = select(*self._columns(*Link.__slots__)).where(
            t.audit.c.id > after, t.audit.c.subject != ANCHOR
        )
        row = self._db.execute(query.order_by(t.audit.c.id).limit(1)).first()
        return _link(row) if row else None

    def _columns(self, *names: str) -> tuple[Any, ...]:
        """Read as they lie there: whatever somebody put into a column, it can be told that they did."""
        # SQLite keeps anything in any column, even what is no text.
        as_it_is: Any = LargeBinary if self._sqlite else Text
        return tuple(cast(t.audit.c[name], as_it_is).label(name) for name in names)

    def hold_trail(self) -> None:
        """Nobody else appends until this transaction ends, and who is about to has done so; SQLite sees to it anyway.

        Rows get their numbers before they can be seen: without it one could appear later below an anchor.
        """
        if not self._sqlite:
            self._db.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))


def _link(row: Row[Any]) -> Link:
    detail = _text(row.detail)
    try:
        read = json.loads(detail)
    except (ValueError, RecursionError):
        read = None
    found = read if isinstance(read, dict) else {"unreadable": detail}
    subject, who, what, previous, hash = map(_text, (row.subject, row.who, row.what, row.previous, row.hash))
    return Link(subject, _number(row.seq), _moment(_text(row.at)), who, what, found, previous, hash)


def _text(value: str | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""


def _number(value: str | bytes | None) -> int:
    """A place in a chain; 0, which is none, where it cannot be read."""
    written = _text(value)
    return int(written) if written.isdecimal() and len(written) < 19 else 0


def _moment(written: str) -> datetime:
    try:
        read = datetime.fromisoformat(written)
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return _NEVER
