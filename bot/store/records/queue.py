"""Leads with their identity and what was done with them, and requests."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from bot.core.run import Chat
from bot.leads.lead import Lead, LeadEvent
from bot.store import tables as t
from bot.store.records.base import Base

DUPLICATE = "possible_duplicate"


class QueueRecords(Base):
    """Who waits for a coordinator."""

    def open_lead(self, chat: Chat, study: str) -> Lead | None:
        """The person's lead in a study that is not closed."""
        query = select(t.leads).where(
            t.leads.c.chat_id == chat.id, t.leads.c.study == study, t.leads.c.closed_at.is_(None)
        )
        row = self._db.execute(query).first()
        return lead_from(row) if row else None

    def lead_of(self, chat: Chat, study: str) -> Lead | None:
        """The person's latest lead in a study that they did not withdraw, be it closed by the team."""
        query = select(t.leads).where(
            t.leads.c.chat_id == chat.id, t.leads.c.study == study, t.leads.c.status != "withdrawn"
        )
        row = self._db.execute(query.order_by(t.leads.c.created_at.desc(), t.leads.c.code)).first()
        return lead_from(row) if row else None

    def lead(self, code: str) -> tuple[Lead, Chat] | None:
        """A lead by its code, with the chat that can open what is sealed.

        The chat is locked first: what its person or somebody else does at the same moment is done, and seen, before.
        """
        owner = self._db.scalar(select(t.leads.c.chat_id).where(t.leads.c.code == code))
        chat = self.chat_by_id(owner) if owner else None
        row = self._db.execute(select(t.leads).where(t.leads.c.code == code)).first()
        return (lead_from(row), chat) if chat and row else None

    def lead_alone(self, code: str) -> Lead:
        """A lead that is there, without its chat."""
        return lead_from(self._db.execute(select(t.leads).where(t.leads.c.code == code)).one())

    def queue_lead(self, chat: Chat, lead: Lead, name: str, phone: str) -> None:
        """Put a lead into the queue, its identity apart."""
        row = {name: getattr(lead, name) for name in Lead.__slots__ if name != "run"}
        row |= {"open_criteria": list(lead.open_criteria), "flags": list(lead.flags)}
        self._db.execute(insert(t.leads).values(**row, chat_id=chat.id, run_id=lead.run))
        self.add_evidence(lead.code, lead.run, lead.created_at)
        self._db.execute(
            insert(t.identities).values(code=lead.code, **self._identity(chat, lead.code, name, phone))
        )
        self._flag_same_phone(lead.code)

    def _flag_same_phone(self, code: str) -> None:
        """Leads with one phone are remarked on, both sides, and never merged (Q-10)."""
        alike = self.same_phone(code)
        for each in (code, *alike) if alike else ():
            flags = self.lead_alone(each).flags
            if DUPLICATE not in flags:
                self.change_lead(each, flags=[*flags, DUPLICATE])

    def _identity(self, chat: Chat, code: str, name: str, phone: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if name:
            values["name"] = chat.box.seal(name.encode(), f"identities.name:{code}")
        if phone:
            values["phone"] = chat.box.seal(phone.encode(), f"identities.phone:{code}")
            values["phone_hash"] = self._vault.lookup("phone", phone)
        return values

    def enrolled(self, study: str) -> int:
        """How many take part in a study."""
        columns = t.leads.c
        query = select(func.count()).select_from(t.leads)
        return self._db.scalars(
            query.where(columns.study == study, columns.status == "enrolled", columns.closed_at.is_not(None))
        ).one()

    def set_open(self, code: str, criteria: Iterable[str], place: int) -> None:
        """The criteria by which an open lead is found; none when it is closed."""
        self._db.execute(delete(t.lead_open).where(t.lead_open.c.code == code))
        own = select(*(t.leads.c[name] for name in t.FACETS)).where(t.leads.c.code == code)
        facets = self._db.execute(own).one()._mapping
        rows = [{"code": code, "criterion": id, "place": place, **facets} for id in criteria]
        if rows:
            self._db.execute(insert(t.lead_open), rows)

    def add_words(self, code: str, tokens: Iterable[str]) -> None:
        """Words by which a lead is found; kept as keyed hashes."""
        for token in tokens:
            row = {"token": self._vault.lookup("word", token), "code": code}
            self._db.execute(self._insert_once(t.note_words, row))

    def add_evidence(self, code: str, run: str, now: datetime) -> None:
        """Attach a later run to an open lead."""
        self._db.execute(self._insert_once(t.lead_runs, {"code": code, "run_id": run, "added_at": now}))

    def change_lead(self, code: str, **values: Any) -> None:
        """Change columns of a lead."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        if values:
            self._db.execute(update(t.leads).where(t.leads.c.code == code).values(**values))

    def change_phone(self, chat: Chat, code: str, phone: str) -> None:
        """A new phone for an open lead."""
        values = self._identity(chat, code, "", phone)
        self._db.execute(update(t.identities).where(t.identities.c.code == code).values(**values))
        self._flag_same_phone(code)

    def forget_identity(self, code: str) -> None:
        """Name and phone go; the lead's code stays."""
        self._db.execute(delete(t.identities).where(t.identities.c.code == code))

    def identity(self, chat: Chat, code: str) -> tuple[str, str]:
        """Name and phone of a lead, empty where not given."""
        row = self._db.execute(select(t.identities).where(t.identities.c.code == code)).first()
        if row is None:
            return "", ""
        name = chat.box.open(row.name, f"identities.name:{code}").decode() if row.name else ""
        phone = chat.box.open(row.phone, f"identities.phone:{code}").decode() if row.phone else ""
        return name, phone

    def claim(self, code: str, who: str, until: datetime, now: datetime) -> bool:
        """Work on a lead until then, unless somebody else does. Of two at the same instant one gets it (Q-4)."""
        free = or_(
            t.leads.c.claimed_by.is_(None), t.leads.c.claimed_by == who, t.leads.c.claimed_until <= now
        )
        query = update(t.leads).where(t.leads.c.code == code, free)
        taken = self._db.execute(query.values(claimed_by=who, claimed_until=until).returning(t.leads.c.code))
        return taken.first() is not None

    def add_lead_event(
        self,
        chat: Chat,
        code: str,
        kind: str,
        who: str,
        detail: Mapping[str, Any],
        words: str,
        now: datetime,
    ) -> None:
        """Note what was done with a lead; words are sealed under the person's data key."""
        sealed = chat.box.seal(words.encode(), f"lead_events.words:{code}") if words else None
        row = {"code": code, "kind": kind, "at": now, "who": who, "detail": dict(detail), "words": sealed}
        self._db.execute(insert(t.lead_events).values(**row))

    def lead_events(self, chat: Chat, code: str) -> list[LeadEvent]:
        """What was done with a lead, the earliest first."""
        query = select(t.lead_events).where(t.lead_events.c.code == code).order_by(t.lead_events.c.id)
        return [
            LeadEvent(
                id=row.id,
                kind=row.kind,
                at=row.at,
                who=row.who,
                detail=row.detail,
                words=chat.box.open(row.words, f"lead_events.words:{code}").decode() if row.words else "",
                undone_by=row.undone_by or "",
            )
            for row in self._db.execute(query)
        ]

    def leads_of_address(self, channel: str, address: str) -> list[str]:
        """The codes of the leads of whoever is at an address, the latest first."""
        query = select(t.leads.c.code).join(t.chats, t.chats.c.id == t.leads.c.chat_id)
        query = query.where(t.chats.c.chat_hash == self._chat_hash(channel, address))
        return list(self._db.scalars(query.order_by(t.leads.c.created_at.desc(), t.leads.c.code)))

    def lead_mark(self, code: str) -> str:
        """The latest of what was done with a lead and of what its person wrote, as a text; "" for no such lead."""
        done = select(func.max(t.lead_events.c.id)).where(t.lead_events.c.code == code)
        said = select(func.max(t.relay.c.id)).where(t.relay.c.code == code, t.relay.c.way == "from")
        query = select(done.scalar_subquery(), said.scalar_subquery()).where(t.leads.c.code == code)
        row = self._db.execute(query).first()
        return f"{row[0] or 0}.{row[1] or 0}" if row else ""

    def same_phone(self, code: str) -> list[str]:
        """Other leads with the same phone, by its keyed hash (Q-10)."""
        mine = select(t.identities.c.phone_hash).where(t.identities.c.code == code).scalar_subquery()
        query = select(t.identities.c.code).where(
            t.identities.c.phone_hash == mine, t.identities.c.code != code
        )
        return list(self._db.scalars(query.order_by(t.identities.c.code)))

    def undo_lead_event(self, id: int, who: str, now: datetime) -> None:
        """Mark something as undone; it stays."""
        query = update(t.lead_events).where(t.lead_events.c.id == id)
        self._db.execute(query.values(undone_at=now, undone_by=who))


def lead_from(row: Row[Any]) -> Lead:
    values = {name: getattr(row, name) for name in Lead.__slots__ if name != "run"}
    values |= {"open_criteria": tuple(row.open_criteria), "flags": tuple(row.flags)}
    return Lead(**values, run=row.run_id)
