"""An index for the few jobs that wait for a reply, and for those that were answered lately."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_finished", "jobs", ["finished_at", "platform"])


def downgrade() -> None:
    op.drop_index("ix_jobs_finished", "jobs")
