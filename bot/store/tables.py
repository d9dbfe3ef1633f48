"""The tables. Sealed columns hold ciphertext; everything else is ids, codes and times (UTC)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    and_,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


# SQLite counts up only an INTEGER primary key.
_Serial = BigInteger().with_variant(Integer(), "sqlite")
_Id = String(32)
_Code = String(64)

chats = Table(
    "chats",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("channel", _Code, nullable=False),
    Column("chat_hash", LargeBinary, nullable=False, unique=True),
    Column("data_key", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("run_id", _Id),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("blocked_at", Moment),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("chat_id", _Id, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("study", _Code, nullable=False),
    Column("version", _Code, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("channel", _Code, nullable=False),
    Column("source", _Code, nullable=False),
    Column("language", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("outcome", _Code),
    Column("ended_at", Moment),
    Column("ended_on", String(10)),
    Column("result", LargeBinary),
)

answers = Table(
    "answers",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("run_id", _Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("question", _Code, nullable=False),
    #: None: the answer was removed, its question no longer applied (X6).
    Column("value", LargeBinary),
    Column("typed", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("chat_id", _Id, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("run_id", _Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("study", _Code, nullable=False),
    Column("version", _Code, nullable=False),
    Column("purpose", _Code, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("channel", _Code, nullable=False),
    Column("how", _Code, nullable=False),
    Column("app_version", _Code, nullable=False),
    Column("at", Moment, nullable=False),
    Column("utc_offset", String(8), nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_how", _Code),
)

leads = Table(
    "leads",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("chat_id", _Id, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("run_id", _Id, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("study", _Code, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", _Code, nullable=False),
    Column("verdict", _Code, nullable=False),
    Column("open_criteria", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("status", _Code, nullable=False),
    Column("reach", _Code, nullable=False),
    Column("call_time", _Code, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("closed_at", Moment),
    #: Who works on it, and until when nobody else does (Q-4).
    Column("claimed_by", _Code),
    Column("claimed_until", Moment),
    #: Where it stands in the queue: ascending, as bot.leads.queue works it out; `next` is what is to be done then.
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("next", _Code, nullable=False, server_default="first_call"),
    #: Tries of ours that count, and what the last one came to.
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("last_try", _Code),
    Column("visit_at", Moment),
    #: Since when it has been overdue, when a second person was told, and when the participant was told that it is late.
    Column("overdue_at", Moment),
    Column("escalated_at", Moment),
    Column("told_late_at", Moment),
    #: What the person wrote and nobody has read yet.
    Column("unread", Integer, nullable=False, server_default="0"),
)
#: By which leads are told apart; a page of several of them is merged from every combination of the others.
FACETS = ("study", "status", "verdict", "language")
#: What the queue asks for walks an index in the queue's order, open leads only: everything, one facet, all facets.
for _name, _columns in {
    "place": (),
    **{f"place_{_facet}": (_facet,) for _facet in FACETS},
    "facets": FACETS,
}.items():
    Index(
        f"ix_leads_{_name}",
        *(leads.c[_column] for _column in (*_columns, "place", "code")),
        sqlite_where=leads.c.closed_at.is_(None),
        postgresql_where=leads.c.closed_at.is_(None),
    )
Index(
    "ix_leads_next",
    leads.c.next,
    leads.c.due_at,
    leads.c.code,
    sqlite_where=leads.c.closed_at.is_(None),
    postgresql_where=leads.c.closed_at.is_(None),
)
#: What a team has in hand is little, whatever the queue: found by these, and put in order then.
Index(
    "ix_leads_claimed",
    leads.c.claimed_by,
    leads.c.claimed_until,
    sqlite_where=leads.c.closed_at.is_(None),
    postgresql_where=leads.c.closed_at.is_(None),
)
Index(
    "ix_leads_unread",
    leads.c.unread,
    sqlite_where=and_(leads.c.unread > 0, leads.c.closed_at.is_(None)),
    postgresql_where=and_(leads.c.unread > 0, leads.c.closed_at.is_(None)),
)
Index(
    "ix_leads_closed",
    leads.c.closed_at,
    leads.c.code,
    sqlite_where=leads.c.closed_at.is_not(None),
    postgresql_where=leads.c.closed_at.is_not(None),
)

#: The open criteria of open leads, for the queue's filter, with what else can be asked for at the same time.
lead_open = Table(
    "lead_open",
    metadata,
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), primary_key=True),
    Column("criterion", _Code, primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("study", _Code, nullable=False),
    Column("status", _Code, nullable=False),
    Column("verdict", _Code, nullable=False),
    Column("language", String(16), nullable=False),
    Index("ix_lead_open_criterion", "criterion", "place", "code"),
    *(Index(f"ix_lead_open_{_facet}", "criterion", _facet, "place", "code") for _facet in FACETS),
    Index("ix_lead_open_facets", "criterion", *FACETS, "place", "code"),
)

lead_runs = Table(
    "lead_runs",
    metadata,
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), primary_key=True),
    Column("run_id", _Id, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("added_at", Moment, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), primary_key=True),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("phone_hash", LargeBinary, index=True),
)

requests = Table(
    "requests",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("kind", _Code, nullable=False),
    Column("study", _Code),
    Column("demo", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", _Code, nullable=False),
    Column("chat_hash", LargeBinary, nullable=False, index=True),
    Column("address", LargeBinary, nullable=False),
    Column("status", _Code, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("claimed_by", _Code),
    Column("claimed_until", Moment),
    Column("place", BigInteger, nullable=False, server_default="0"),
    #: When somebody of the staff opened it first, and when a second person was told.
    Column("seen_at", Moment),
    Column("escalated_at", Moment),
    Column("closed_by", _Code),
    #: How it was closed: see bot.service.requests.HOW.
    Column("closed_how", _Code),
    Index("ix_requests_place", "status", "place", "code"),
)

#: What was done with a lead: an attempt, a step of its life, a note, a check of a criterion, a claim. Never changed,
#: only marked as undone; `words` are sealed under the person's data key.
lead_events = Table(
    "lead_events",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", _Code, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _Code, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("words", LargeBinary),
    Column("undone_at", Moment),
    Column("undone_by", _Code),
)

#: The words of notes and of what people wrote, by keyed hash: found by search, read by nobody.
note_words = Table(
    "note_words",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), primary_key=True, index=True),
)

#: What coordinators and a lead's person write to each other through the bot, sealed under the person's data key.
relay = Table(
    "relay",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("code", String(16), ForeignKey("leads.code", ondelete="CASCADE"), nullable=False, index=True),
    #: to: to the person. from: from the person.
    Column("way", String(8), nullable=False),
    Column("who", _Code, nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("read_by", _Code),
    #: Its operation in the outbox, which knows whether it was sent.
    Column("posted", BigInteger),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("channel", _Code, nullable=False),
    Column("chat_hash", LargeBinary, nullable=False),
    #: Under whose data key it is sealed; None: under the outside key, there is no such chat (alerts, last words).
    Column("chat_id", _Id),
    Column("address", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Column("op", _Code, nullable=False),
    Column("prompt", Integer, nullable=False),
    Column("ref", String(128), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("tries", Integer, nullable=False),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("not_before", Moment, nullable=False),
    Index("ix_outbox_chat", "chat_hash", "id"),
    Index("ix_outbox_unsent", "channel", "sent_at", "not_before"),
    # Else SQLite gives the number of a row that was erased to the next one, which then counts as read or sent.
    sqlite_autoincrement=True,
)

seen = Table(
    "seen",
    metadata,
    Column("channel", _Code, primary_key=True),
    Column("update_key", String(128), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

timers = Table(
    "timers",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("kind", _Code, nullable=False),
    Column("subject", _Id, nullable=False, index=True),
    Column("due_at", Moment, nullable=False, index=True),
    UniqueConstraint("kind", "subject"),
)

counters = Table(
    "counters",
    metadata,
    Column("study", _Code, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("name", _Code, primary_key=True),
    Column("count", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("subject", _Code, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _Code, nullable=False),
    Column("what", _Code, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("subject", "seq"),
)

versions = Table(
    "versions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("study", _Code, nullable=False, index=True),
    Column("source", LargeBinary, nullable=False),
    Column("added_by", _Code, nullable=False),
    Column("added_at", Moment, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("version", String(64), ForeignKey("versions.hash"), nullable=False, index=True),
    Column("ethics_number", _Code, nullable=False),
    Column("words_hash", String(64), nullable=False),
    Column("approved_by", _Code, nullable=False),
    Column("at", Moment, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("study", _Code, nullable=False, index=True),
    Column("version", String(64), ForeignKey("versions.hash"), nullable=False),
    Column("published_by", _Code, nullable=False),
    Column("at", Moment, nullable=False),
    #: What happens to chats that run on an earlier version: continue, re-consent or end.
    Column("running", _Code, nullable=False, server_default="continue"),
    #: published, or rolled_back: this version was the one before.
    Column("how", _Code, nullable=False, server_default="published"),
)

retirements = Table(
    "retirements",
    metadata,
    Column("version", String(64), ForeignKey("versions.hash"), primary_key=True),
    Column("retired_by", _Code, nullable=False),
    Column("at", Moment, nullable=False),
)

#: A script in the making, one for each study, as it was brought in: also one that is not right yet.
drafts = Table(
    "drafts",
    metadata,
    Column("study", _Code, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("source", LargeBinary, nullable=False),
    #: The version that was published when this draft was begun; "" for a new study.
    Column("based_on", String(64), nullable=False),
    Column("saved_by", _Code, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

site_facts = Table(
    "site_facts",
    metadata,
    Column("study", _Code, primary_key=True),
    Column("name", _Code, primary_key=True),
    Column("value", String(500), nullable=False),
    Column("set_by", _Code, nullable=False),
    Column("set_at", Moment, nullable=False),
    #: Of the alert chat: since when nothing arrives there.
    Column("failed_at", Moment),
)

staff = Table(
    "staff",
    metadata,
    Column("name", _Code, primary_key=True),
    Column("role", _Code, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("removed_at", Moment),
    #: Their own Telegram account: looked up by keyed hash, written to by what is sealed.
    Column("telegram_hash", LargeBinary, unique=True),
    Column("telegram", LargeBinary),
    Column("language", String(16), nullable=False, server_default="zh"),
)

staff_tokens = Table(
    "staff_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("name", _Code, ForeignKey("staff.name"), nullable=False),
    Column("kind", _Code, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("made_at", Moment),
)

meta = Table(
    "meta",
    metadata,
    Column("name", _Code, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
