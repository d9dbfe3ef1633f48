"""The queue in the order in which it is worked; the relay, words to search by, and the staff's Telegram accounts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_CODE = sa.String(length=64)
_OPEN = sa.text("closed_at IS NULL")
_CLOSED = sa.text("closed_at IS NOT NULL")
_UNREAD = sa.text("unread > 0 AND closed_at IS NULL")
_FACETS = ("study", "status", "verdict", "language")
_OPEN_LEADS = {
    "place": ["place", "code"],
    **{f"place_{name}": [name, "place", "code"] for name in _FACETS},
    "facets": [*_FACETS, "place", "code"],
    "next": ["next", "due_at", "code"],
    "claimed": ["claimed_by", "claimed_until"],
}
_LEADS = (
    ("place", sa.BigInteger(), "0"),
    ("next", _CODE, "first_call"),
    ("tries", sa.Integer(), "0"),
    ("last_try", _CODE, None),
    ("visit_at", _WHEN, None),
    ("overdue_at", _WHEN, None),
    ("escalated_at", _WHEN, None),
    ("told_late_at", _WHEN, None),
    ("unread", sa.Integer(), "0"),
)
_REQUESTS = (
    ("place", sa.BigInteger(), "0"),
    ("seen_at", _WHEN, None),
    ("escalated_at", _WHEN, None),
    ("closed_by", _CODE, None),
    ("closed_how", _CODE, None),
)
_STAFF = (
    ("telegram_hash", sa.LargeBinary(), None),
    ("telegram", sa.LargeBinary(), None),
    ("language", sa.String(length=16), "zh"),
)


def upgrade() -> None:
    """To this version."""
    for table, columns in (("leads", _LEADS), ("requests", _REQUESTS), ("staff", _STAFF)):
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.add_column("staff_tokens", sa.Column("made_at", _WHEN, nullable=True))
    with op.batch_alter_table("staff") as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_staff_telegram_hash"), ["telegram_hash"])
    op.drop_index("ix_leads_queue", "leads")
    for name, indexed in _OPEN_LEADS.items():
        op.create_index(f"ix_leads_{name}", "leads", indexed, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_leads_unread", "leads", ["unread"], sqlite_where=_UNREAD, postgresql_where=_UNREAD)
    op.create_index(
        "ix_leads_closed", "leads", ["closed_at", "code"], sqlite_where=_CLOSED, postgresql_where=_CLOSED
    )
    op.create_index("ix_requests_place", "requests", ["status", "place", "code"])
    op.create_table(
        "lead_open",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("criterion", _CODE, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("study", _CODE, nullable=False),
        sa.Column("status", _CODE, nullable=False),
        sa.Column("verdict", _CODE, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["leads.code"], name=op.f("fk_lead_open_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "criterion", name=op.f("pk_lead_open")),
    )
    op.create_index("ix_lead_open_criterion", "lead_open", ["criterion", "place", "code"])
    for name in _FACETS:
        op.create_index(f"ix_lead_open_{name}", "lead_open", ["criterion", name, "place", "code"])
    op.create_index("ix_lead_open_facets", "lead_open", ["criterion", *_FACETS, "place", "code"])
    op.create_table(
        "note_words",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["leads.code"], name=op.f("fk_note_words_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", "code", name=op.f("pk_note_words")),
    )
    op.create_index(op.f("ix_note_words_code"), "note_words", ["code"])
    op.create_table(
        "relay",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("who", _CODE, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", _WHEN, nullable=False),
        sa.Column("read_at", _WHEN, nullable=True),
        sa.Column("read_by", _CODE, nullable=True),
        sa.Column("posted", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["leads.code"], name=op.f("fk_relay_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
    )
    op.create_index(op.f("ix_relay_code"), "relay", ["code"])
    _place_what_is_there()


def _place_what_is_there() -> None:
    """Leads and requests that waited stand in the order they had: urgent ones, then by rank, then the oldest."""
    leads = sa.table(
        "leads",
        *(sa.column(name) for name in ("code", "rank", "place", *_FACETS)),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("open_criteria", sa.JSON()),
    )
    lead_open = sa.table("lead_open", *(sa.column(name) for name in ("code", "criterion", "place", *_FACETS)))
    requests = sa.table(
        "requests",
        *(sa.column(name) for name in ("code", "kind", "place")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    db = op.get_bind()
    for row in db.execute(sa.select(leads).where(leads.c.closed_at.is_(None))).all():
        place = 2 * 10**15 + row.rank * 10**11 + int(_utc(row.created_at).timestamp())
        db.execute(leads.update().where(leads.c.code == row.code).values(place=place))
        facets = {name: row._mapping[name] for name in _FACETS}
        for criterion in row.open_criteria:
            db.execute(lead_open.insert().values(code=row.code, criterion=criterion, place=place, **facets))
    for row in db.execute(sa.select(requests)).all():
        place = (0 if row.kind == "unwell" else 2) * 10**15 + int(_utc(row.created_at).timestamp())
        db.execute(requests.update().where(requests.c.code == row.code).values(place=place))


def _utc(moment: datetime) -> datetime:
    """SQLite forgets the zone."""
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def downgrade() -> None:
    """Back to the version before."""
    for table in ("relay", "note_words", "lead_open"):
        op.drop_table(table)
    op.drop_index("ix_requests_place", "requests")
    for name in ("closed", "unread", *_OPEN_LEADS):
        op.drop_index(f"ix_leads_{name}", "leads")
    op.create_index("ix_leads_queue", "leads", ["status", "rank", "created_at"])
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_constraint("uq_staff_telegram_hash", type_="unique")
    op.drop_column("staff_tokens", "made_at")
    for table, columns in (("leads", _LEADS), ("requests", _REQUESTS), ("staff", _STAFF)):
        for name, _, _ in columns:
            op.drop_column(table, name)
