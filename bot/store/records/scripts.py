"""Flow versions, approvals, publications, drafts and site facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from bot.store import tables as t
from bot.store.records.base import Base


class ScriptRecords(Base):
    """What the hospital publishes, and what only it knows."""

    def add_version(self, hash: str, study: str, source: bytes, who: str, now: datetime) -> None:
        """Keep a version whole, under its hash, for good."""
        row = {"hash": hash, "study": study, "source": source, "added_by": who, "added_at": now}
        self._db.execute(self._insert_once(t.versions, row))

    def version(self, hash: str) -> bytes | None:
        """The source of a version."""
        return self._db.scalars(select(t.versions.c.source).where(t.versions.c.hash == hash)).first()

    def version_author(self, hash: str) -> str | None:
        """Who brought a version in."""
        return self._db.scalars(select(t.versions.c.added_by).where(t.versions.c.hash == hash)).first()

    def add_approval(self, hash: str, ethics_number: str, words_hash: str, who: str, now: datetime) -> None:
        """Record the ethics approval of one exact version."""
        row = {"version": hash, "ethics_number": ethics_number, "words_hash": words_hash}
        self._db.execute(insert(t.approvals).values(**row, approved_by=who, at=now))

    def approval(self, hash: str) -> Row[Any] | None:
        """The latest approval of a version."""
        query = select(t.approvals).where(t.approvals.c.version == hash).order_by(t.approvals.c.id.desc())
        return self._db.execute(query.limit(1)).first()

    def publish(
        self,
        study: str,
        hash: str,
        who: str,
        now: datetime,
        running: str = "continue",
        how: str = "published",
    ) -> None:
        """From now on new runs of the study take this version; `running`: what becomes of the others."""
        row = {"study": study, "version": hash, "published_by": who, "at": now}
        self._db.execute(insert(t.publications).values(**row, running=running, how=how))

    def published(self) -> dict[str, str]:
        """The version that new runs take, by study; none where it was retired."""
        latest = select(func.max(t.publications.c.id)).group_by(t.publications.c.study)
        query = select(t.publications.c.study, t.publications.c.version).where(
            t.publications.c.id.in_(latest),
            t.publications.c.version.not_in(select(t.retirements.c.version)),
        )
        return {row.study: row.version for row in self._db.execute(query.order_by(t.publications.c.study))}

    def publications(self, study: str) -> list[Row[Any]]:
        """What was published of a study, first to last."""
        query = select(t.publications).where(t.publications.c.study == study)
        return list(self._db.execute(query.order_by(t.publications.c.id)))

    def running_since(self, study: str, version: str) -> list[str]:
        """What was wished for running chats by every publication since a version was last published."""
        last = (
            select(func.max(t.publications.c.id))
            .where(t.publications.c.study == study, t.publications.c.version == version)
            .scalar_subquery()
        )
        query = select(t.publications.c.running).where(
            t.publications.c.study == study, t.publications.c.id > last
        )
        return list(self._db.scalars(query.order_by(t.publications.c.id)))

    def retire(self, hash: str, who: str, now: datetime) -> None:
        """No new run takes this version any more."""
        row = {"version": hash, "retired_by": who, "at": now}
        self._db.execute(self._insert_once(t.retirements, row))

    def retired(self) -> set[str]:
        """The versions that were retired."""
        return set(self._db.scalars(select(t.retirements.c.version)))

    def draft(self, study: str) -> Row[Any] | None:
        """A study's script in the making."""
        return self._db.execute(select(t.drafts).where(t.drafts.c.study == study)).first()

    def drafts(self) -> list[Row[Any]]:
        """Every draft without its source, by study."""
        columns = (t.drafts.c.study, t.drafts.c.revision, t.drafts.c.saved_by, t.drafts.c.saved_at)
        return list(self._db.execute(select(*columns).order_by(t.drafts.c.study)))

    def save_draft(
        self, study: str, source: bytes, based_on: str, who: str, now: datetime, after: int, number: int = 1
    ) -> bool:
        """The revision that follows `after` (0: there is no draft, and it is number `number`); False when somebody was quicker."""
        row = {"source": source, "based_on": based_on, "saved_by": who, "saved_at": now}
        if after == 0:
            first = self._insert_once(t.drafts, {"study": study, "revision": number, **row})
            return self._db.execute(first.returning(t.drafts.c.study)).first() is not None
        here = (t.drafts.c.study == study, t.drafts.c.revision == after)
        query = update(t.drafts).where(*here).values(revision=after + 1, **row)
        return self._db.execute(query.returning(t.drafts.c.study)).first() is not None

    def drop_draft(self, study: str) -> None:
        """A study has no draft any more."""
        self._db.execute(delete(t.drafts).where(t.drafts.c.study == study))

    def versions(self) -> list[Row[Any]]:
        """All versions kept, newest first, without their source."""
        columns = (t.versions.c.hash, t.versions.c.study, t.versions.c.added_by, t.versions.c.added_at)
        return list(self._db.execute(select(*columns).order_by(t.versions.c.added_at.desc())))

    def site(self, study: str) -> dict[str, str]:
        """The facts the site has set for a study."""
        query = select(t.site_facts.c.name, t.site_facts.c.value).where(t.site_facts.c.study == study)
        return {row.name: row.value for row in self._db.execute(query)}

    def set_fact(self, study: str, name: str, value: str, who: str, now: datetime) -> None:
        """Set a site fact."""
        where = (t.site_facts.c.study == study, t.site_facts.c.name == name)
        self._db.execute(delete(t.site_facts).where(*where))
        row = {"study": study, "name": name, "value": value, "set_by": who, "set_at": now}
        self._db.execute(insert(t.site_facts).values(**row))

    def note_alerts(self, address: str, failed_at: datetime | None) -> list[str]:
        """Alerts to this chat arrive, or do not since then; the studies of which that was not known."""
        failed = t.site_facts.c.failed_at
        alert_chat = (t.site_facts.c.name == "alert_chat", t.site_facts.c.value == address)
        news = failed.is_(None) if failed_at else failed.is_not(None)
        query = update(t.site_facts).where(*alert_chat, news).values(failed_at=failed_at)
        return list(self._db.scalars(query.returning(t.site_facts.c.study)))

    def alerts_failed_at(self, study: str) -> datetime | None:
        """Since when alerts do not arrive in the study's alert chat; None while they do."""
        query = select(t.site_facts.c.failed_at).where(
            t.site_facts.c.study == study, t.site_facts.c.name == "alert_chat"
        )
        return self._db.scalars(query).first()
