"""What the reports read beside the log: what was answered in many runs, and what waits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from bot.core.run import RecordedAnswer
from bot.store import tables as t
from bot.store.records.base import Base

#: So many runs are looked up at once; a database takes only so many values in one statement.
_TOGETHER = 500


class ReportRecords(Base):
    """Many people's, read at one moment; no row is locked."""

    def answers_of(self, runs: Sequence[str]) -> dict[str, list[RecordedAnswer]]:
        """Every answer of each run in the order given; a run without any is left out."""
        found: dict[str, list[RecordedAnswer]] = {}
        for start in range(0, len(runs), _TOGETHER):
            query = (
                select(t.answers, t.chats.c.data_key, t.runs.c.chat_id)
                .join(t.runs, t.runs.c.id == t.answers.c.run_id)
                .join(t.chats, t.chats.c.id == t.runs.c.chat_id)
                .where(t.answers.c.run_id.in_(runs[start : start + _TOGETHER]))
            )
            for row in self._db.execute(query.order_by(t.answers.c.id)):
                place = f"answers.value:{row.run_id}:{row.question}"
                value = None if row.value is None else self._box(row).open_json(row.value, place)
                said = RecordedAnswer(row.question, value, row.typed, row.language, row.at)
                found.setdefault(row.run_id, []).append(said)
        return found

    def load(self, study: str, since: datetime) -> list[tuple[datetime, datetime, bool]]:
        """When each lead that is open, or came since then, came and is due, and whether it is open."""
        query = select(t.leads.c.created_at, t.leads.c.due_at, t.leads.c.closed_at).where(
            t.leads.c.study == study, or_(t.leads.c.closed_at.is_(None), t.leads.c.created_at >= since)
        )
        return [(row.created_at, row.due_at, row.closed_at is None) for row in self._db.execute(query)]
