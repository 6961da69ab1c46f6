"""Requests that a bot has received and not yet made jobs of."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_requests",
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("platform", "request", name="pk_pending_requests"),
    )


def downgrade() -> None:
    op.drop_table("pending_requests")
