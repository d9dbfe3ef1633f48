"""Runs, answers, consents, and the log that is made of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, insert, select, text, update

from bot.core.run import Chat, RecordedAnswer, Run
from bot.leads.lead import Lead, LeadEvent
from bot.store import tables as t
from bot.store.records.base import Base
from bot.store.records.queue import lead_from
from bot.store.vault import Box


class RunRecords(Base):
    """What people said, and what it came to."""

    def start_run(self, chat: Chat, run: Run, source: str) -> None:
        """A new run; it becomes the chat's active one."""
        row = {
            "id": run.id,
            "chat_id": chat.id,
            "study": run.study,
            "version": run.version,
            "demo": run.demo,
            "channel": run.channel,
            "source": source,
            "language": run.language,
            "started_at": run.started_at,
        }
        self._db.execute(insert(t.runs).values(**row))
        chat.run = run.id

    def renew_run(self, run: str, version: str) -> None:
        """The run goes on under another version; what it came to under the old one does not count."""
        values = {"version": version, "outcome": None, "ended_at": None, "ended_on": None, "result": None}
        self._db.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

    def end_run(
        self, chat: Chat, run: str, outcome: str, result: Mapping[str, Any], now: datetime, today: str
    ) -> None:
        """Note a run's outcome; a later one (not interested, stopped) replaces it, the result stays."""
        values: dict[str, Any] = {"outcome": outcome, "ended_at": now, "ended_on": today}
        if result:
            values["result"] = chat.box.seal_json(dict(result), f"runs.result:{run}")
        self._db.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

    def run(self, id: str) -> Run | None:
        """A run by its id, without its result."""
        row = self._db.execute(select(t.runs).where(t.runs.c.id == id)).first()
        return self._run(row) if row else None

    def run_owner(self, id: str) -> Chat | None:
        """The chat a run belongs to."""
        chat = self._db.scalars(select(t.runs.c.chat_id).where(t.runs.c.id == id)).first()
        return self.chat_by_id(chat) if chat else None

    def ended_runs(self, chat: Chat, study: str) -> list[Run]:
        """The person's earlier runs in a study that came to a result."""
        query = select(t.runs).where(
            t.runs.c.chat_id == chat.id, t.runs.c.study == study, t.runs.c.outcome.is_not(None)
        )
        return [self._run(row, chat.box) for row in self._db.execute(query.order_by(t.runs.c.started_at))]

    def runs_of_lead(self, chat: Chat, code: str) -> list[Run]:
        """The runs behind a lead, first to last."""
        query = select(t.runs).join(t.lead_runs, t.lead_runs.c.run_id == t.runs.c.id)
        query = query.where(t.lead_runs.c.code == code).order_by(t.runs.c.started_at)
        return [self._run(row, chat.box) for row in self._db.execute(query)]

    def runs_of_leads(self, study: str) -> list[str]:
        """The ids of the runs by which people are leads of a study.

        A run that ended otherwise (not a fit, withdrawn) goes when that person was told it would.
        """
        query = select(t.lead_runs.c.run_id).join(t.leads, t.leads.c.code == t.lead_runs.c.code)
        query = query.join(t.runs, t.runs.c.id == t.lead_runs.c.run_id)
        fits = t.runs.c.outcome.in_(("likely_match", "needs_review"))
        return list(self._db.scalars(query.where(t.leads.c.study == study, fits)))

    def kept_runs(self, study: str, now: datetime) -> list[tuple[str, str]]:
        """Chats and their ended runs in a study, as ids, without those whose time is over but not yet erased."""
        over = (
            t.timers.c.kind == "erase_run",
            t.timers.c.subject == t.runs.c.id,
            t.timers.c.due_at <= now,
        )
        query = select(t.runs.c.chat_id, t.runs.c.id).where(
            t.runs.c.study == study, t.runs.c.outcome.is_not(None), ~exists().where(*over)
        )
        rows = self._db.execute(query.order_by(t.runs.c.started_at, t.runs.c.id))
        return [(row.chat_id, row.id) for row in rows]

    def add_answer(self, chat: Chat, run: str, answer: RecordedAnswer) -> None:
        """Append an answer; what was said before stays in the record."""
        sealed = None
        if answer.value is not None:
            sealed = chat.box.seal_json(answer.value, f"answers.value:{run}:{answer.question}")
        self._db.execute(
            insert(t.answers).values(
                run_id=run,
                question=answer.question,
                value=sealed,
                typed=answer.typed,
                language=answer.language,
                at=answer.at,
            )
        )

    def answers(self, chat: Chat, run: str) -> list[RecordedAnswer]:
        """Every answer of a run in the order given, replaced and removed ones included."""
        query = select(t.answers).where(t.answers.c.run_id == run).order_by(t.answers.c.id)
        return [
            RecordedAnswer(
                row.question,
                None
                if row.value is None
                else chat.box.open_json(row.value, f"answers.value:{run}:{row.question}"),
                row.typed,
                row.language,
                row.at,
            )
            for row in self._db.execute(query)
        ]

    def add_consent(self, **row: Any) -> None:
        """Append one consent (brief, section 3.3)."""
        self._db.execute(insert(t.consents).values(**row))

    def consents(self, run: str) -> list[Row[Any]]:
        """The consents of a run."""
        query = select(t.consents).where(t.consents.c.run_id == run).order_by(t.consents.c.id)
        return list(self._db.execute(query))

    def withdraw_consents(self, run: str, purposes: Iterable[str], how: str, now: datetime) -> None:
        """Note that consents no longer stand."""
        query = update(t.consents).where(
            t.consents.c.run_id == run,
            t.consents.c.purpose.in_(list(purposes)),
            t.consents.c.withdrawn_at.is_(None),
        )
        self._db.execute(query.values(withdrawn_at=now, withdrawn_how=how))

    def _run(self, row: Row[Any], box: Box | None = None) -> Run:
        result = {}
        if box is not None and row.result is not None:
            result = box.open_json(row.result, f"runs.result:{row.id}")
        return Run(
            row.id,
            row.study,
            row.version,
            row.demo,
            row.channel,
            row.language,
            row.started_at,
            row.outcome,
            row.ended_on,
            result,
            row.source,
        )

    def hold_still(self) -> None:
        """What is read from here on is of one moment; first in its transaction. SQLite does that by itself."""
        if not self._sqlite:
            self._db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def logged(
        self,
        study: str = "",
        since: datetime | None = None,
        before: datetime | None = None,
        runs: Sequence[str] | None = None,
    ) -> list[tuple[Run, Lead | None, list[LeadEvent]]]:
        """Runs with their results, the lead that each belongs to, and what was done with it, words left out."""
        where = []
        if study:
            where.append(t.runs.c.study == study)
        if since is not None:
            where.append(t.runs.c.started_at >= since)
        if before is not None:
            where.append(t.runs.c.started_at < before)
        if runs is not None:
            where.append(t.runs.c.id.in_(runs))
        ids = select(t.runs.c.id).where(*where)
        mine = t.lead_runs.c.run_id.in_(ids)
        query = select(t.leads, t.lead_runs.c.run_id.label("of_run"))
        found = self._db.execute(query.join(t.lead_runs, t.lead_runs.c.code == t.leads.c.code).where(mine))
        leads = {row.of_run: lead_from(row) for row in found}
        codes = select(t.lead_runs.c.code).where(mine)
        done: dict[str, list[LeadEvent]] = {}
        for row in self._db.execute(
            select(t.lead_events).where(t.lead_events.c.code.in_(codes)).order_by(t.lead_events.c.id)
        ):
            event = LeadEvent(row.id, row.kind, row.at, row.who, row.detail, undone_by=row.undone_by or "")
            done.setdefault(row.code, []).append(event)
        people = select(t.runs, t.chats.c.data_key).join(t.chats, t.chats.c.id == t.runs.c.chat_id)
        rows = self._db.execute(people.where(*where).order_by(t.runs.c.started_at, t.runs.c.id))
        return [
            (self._run(row, self._box(row)), lead, done.get(lead.code, []) if lead else [])
            for row in rows
            for lead in [leads.get(row.id)]
        ]

    def begun(self) -> list[tuple[str, str]]:
        """Study ("" before one is chosen) and day of every walk that stands before its consents."""
        found = []
        for row in self._db.execute(select(t.chats).where(t.chats.c.run_id.is_(None))):
            box = self._vault.data_key(row.data_key, f"chats.data_key:{row.id}")
            state = box.open_json(row.state, f"chats.state:{row.id}")
            if state.get("began"):
                found.append((state.get("entered", ""), state["began"]))
        return found
