"""Settings of groups, and in which group a photo was sent: for a limit of the group's own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat", name="pk_groups"),
    )
    op.add_column("jobs", sa.Column("group_chat", sa.String(64)))
    op.create_index("ix_jobs_group_chat", "jobs", ["group_chat", "day"])


def downgrade() -> None:
    op.drop_index("ix_jobs_group_chat", "jobs")
    op.drop_column("jobs", "group_chat")
    op.drop_table("groups")
