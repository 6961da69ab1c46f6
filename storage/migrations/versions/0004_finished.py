"""An index that finds the few jobs whose reply is owed, and those that were answered lately, among all others."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_finished", "jobs", ["finished_at", "platform"])


def downgrade() -> None:
    op.drop_index("ix_jobs_finished", "jobs")
