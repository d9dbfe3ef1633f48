"""Drafts of scripts; versions are retired and rolled back to; publishing says what becomes of running chats."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "drafts",
        sa.Column("study", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("based_on", sa.String(length=64), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("study", name=op.f("pk_drafts")),
    )
    op.create_table(
        "retirements",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("retired_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["versions.hash"], name=op.f("fk_retirements_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_retirements")),
    )
    op.add_column(
        "publications",
        sa.Column("running", sa.String(length=64), server_default="continue", nullable=False),
    )
    op.add_column(
        "publications", sa.Column("how", sa.String(length=64), server_default="published", nullable=False)
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column("publications", "how")
    op.drop_column("publications", "running")
    op.drop_table("retirements")
    op.drop_table("drafts")
