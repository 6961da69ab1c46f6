"""The network that a photo came from, as a keyed hash: for limits by address."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("network", sa.String(32)))
    op.create_index("ix_jobs_network", "jobs", ["network", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_jobs_network", "jobs")
    op.drop_column("jobs", "network")
