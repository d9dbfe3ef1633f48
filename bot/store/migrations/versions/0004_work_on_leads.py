"""Who works on a lead until when; attempts, steps, notes and checks are rows of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_QUEUES = ("leads", "requests")


def upgrade() -> None:
    """To this version."""
    for table in _QUEUES:
        op.add_column(table, sa.Column("claimed_by", sa.String(length=64), nullable=True))
        op.add_column(table, sa.Column("claimed_until", _WHEN, nullable=True))
    op.create_table(
        "lead_events",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", _WHEN, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("undone_at", _WHEN, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["code"], ["leads.code"], name=op.f("fk_lead_events_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_events")),
    )
    with op.batch_alter_table("lead_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_events_code"), ["code"], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("lead_events")
    for table in _QUEUES:
        op.drop_column(table, "claimed_until")
        op.drop_column(table, "claimed_by")
