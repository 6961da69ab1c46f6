"""Settings of groups, in which group a photo was sent (for a limit of the group's own), and reminders."""

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
    op.create_table(
        "reminders",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_reminders"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_reminders_user_id"),
    )
    op.create_index("ix_reminders_due_at", "reminders", ["due_at"])


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_index("ix_jobs_group_chat", "jobs")
    op.drop_column("jobs", "group_chat")
    op.drop_table("groups")
