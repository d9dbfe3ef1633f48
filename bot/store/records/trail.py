"""The audit trail: one chain of rows for each subject."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select

from bot.store import tables as t
from bot.store.records.base import Base

#: What a chain of audit rows starts from.
CHAIN_START = "0" * 64


class TrailRecords(Base):
    """Who did what, when; appended to and never changed."""

    def note(self, subject: str, who: str, what: str, detail: Mapping[str, Any], now: datetime) -> None:
        """Append to a subject's chain: codes and ids only, never what somebody said (design, audit)."""
        query = select(t.audit.c.seq, t.audit.c.hash).where(t.audit.c.subject == subject)
        last = self._db.execute(query.order_by(t.audit.c.seq.desc()).limit(1)).first()
        seq, previous = (last.seq + 1, last.hash) if last else (1, CHAIN_START)
        content = [subject, seq, now.astimezone(UTC).isoformat(), who, what, dict(detail), previous]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        self._db.execute(
            insert(t.audit).values(
                subject=subject,
                seq=seq,
                at=now,
                who=who,
                what=what,
                detail=dict(detail),
                previous=previous,
                hash=digest,
            )
        )

    def who_did(self, subject: str, what: str) -> list[str]:
        """Who stands in a subject's trail for something."""
        query = select(t.audit.c.who).where(t.audit.c.subject == subject, t.audit.c.what == what)
        return list(self._db.scalars(query.order_by(t.audit.c.seq)))

    def trail(self, subject: str) -> list[Row[Any]]:
        """What was done with a subject, by whom and when, first to last."""
        query = select(t.audit.c.who, t.audit.c.what, t.audit.c.detail, t.audit.c.at)
        return list(self._db.execute(query.where(t.audit.c.subject == subject).order_by(t.audit.c.seq)))
