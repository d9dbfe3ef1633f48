"""Messages are sealed under their chat's data key; refusals are counted; alerts that do not arrive are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.add_column("outbox", sa.Column("chat_id", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("refusals", sa.Integer(), server_default="0", nullable=False))
    op.add_column("site_facts", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column("site_facts", "failed_at")
    op.drop_column("outbox", "refusals")
    op.drop_column("outbox", "chat_id")
