"""Timers and counters."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import tables as t
from bot.store.records.base import Base


class TimerRecords(Base):
    """What goes off by itself, and what is counted with nobody's data."""

    def set_timer(self, kind: str, subject: str, due_at: datetime) -> None:
        """One timer of a kind per subject; a new time replaces the old."""
        self.stop_timer(kind, subject)
        self._db.execute(insert(t.timers).values(kind=kind, subject=subject, due_at=due_at))

    def stop_timer(self, kind: str, subject: str) -> None:
        """No such timer any more."""
        self._db.execute(delete(t.timers).where(t.timers.c.kind == kind, t.timers.c.subject == subject))

    def has_timer(self, kind: str, subject: str) -> bool:
        """Whether there is one."""
        query = select(t.timers.c.id).where(t.timers.c.kind == kind, t.timers.c.subject == subject)
        return self._db.execute(query).first() is not None

    def due_timers(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Timers that are due, as (kind, subject); the earliest first. They are not locked."""
        query = select(t.timers.c.kind, t.timers.c.subject).where(t.timers.c.due_at <= now)
        rows = self._db.execute(query.order_by(t.timers.c.due_at, t.timers.c.id).limit(limit))
        return [(row.kind, row.subject) for row in rows]

    def take_timer(self, kind: str, subject: str, now: datetime) -> bool:
        """A due timer is done with; False when it is no longer there or no longer due.

        Whoever takes it has locked its chat before: a step of the person locks the chat first, and then its timers.
        """
        due = (t.timers.c.kind == kind, t.timers.c.subject == subject, t.timers.c.due_at <= now)
        return self._db.execute(delete(t.timers).where(*due).returning(t.timers.c.id)).first() is not None

    def count(self, study: str, day: str, name: str) -> None:
        """One more of something, with nobody's data."""
        dialect = sqlite if self._sqlite else postgresql
        row = dialect.insert(t.counters).values(study=study, day=day, name=name, count=1)
        again = {"count": t.counters.c.count + 1}
        self._db.execute(row.on_conflict_do_update(index_elements=["study", "day", "name"], set_=again))

    def counted(self, study: str, since: str, until: str) -> dict[str, int]:
        """What was counted of a study ("": of all) from one day to another, both included; "" for no limit."""
        total = func.sum(t.counters.c.count)
        query = select(t.counters.c.name, total.label("total")).group_by(t.counters.c.name)
        if study:
            query = query.where(t.counters.c.study == study)
        if since:
            query = query.where(t.counters.c.day >= since)
        if until:
            query = query.where(t.counters.c.day <= until)
        return {row.name: int(row.total) for row in self._db.execute(query)}
