"""Plans: grants, codes and payments, and the plan and grant of each job."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String(24), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(160), nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("credits", sa.Integer),
        sa.Column("starts_at", sa.DateTime, nullable=False),
        sa.Column("ends_at", sa.DateTime),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_grants_user_id"),
        sa.UniqueConstraint("source", "reference", name="uq_grants_source_reference"),
    )
    op.create_index("ix_grants_user_id", "grants", ["user_id"])
    op.create_table(
        "codes",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("plan", sa.String(24)),
        sa.Column("days", sa.Integer),
        sa.Column("credits", sa.Integer),
        sa.Column("percent", sa.Integer),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("note", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_codes"),
        sa.UniqueConstraint("digest", name="uq_codes_digest"),
    )
    op.create_table(
        "redemptions",
        sa.Column("code_id", sa.String(12), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("code_id", "user_id", name="pk_redemptions"),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name="fk_redemptions_code_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_redemptions_user_id"),
    )
    op.create_index("ix_redemptions_user_id", "redemptions", ["user_id"])
    op.create_table(
        "guesses",
        sa.Column("who", sa.String(96), nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_guesses"),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String(24), nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("credits", sa.Integer),
        sa.Column("code_id", sa.String(12)),
        sa.Column("subscription", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoices"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invoices_user_id"),
        sa.ForeignKeyConstraint(["code_id"], ["codes.id"], name="fk_invoices_code_id"),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("charge", sa.String(160), nullable=False),
        sa.Column("invoice_id", sa.String(32)),
        sa.Column("plan", sa.String(24), nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("refunded_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payments_user_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_payments_invoice_id"),
        sa.UniqueConstraint("platform", "charge", name="uq_payments_platform_charge"),
    )
    op.create_index("ix_payments_user_id", "payments", ["user_id"])
    op.add_column("users", sa.Column("ban_reason", sa.String(200), nullable=False, server_default=""))
    op.add_column("users", sa.Column("erased_at", sa.DateTime))
    op.add_column("jobs", sa.Column("plan", sa.String(24), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("grant_id", sa.String(32)))
    op.add_column("jobs", sa.Column("photo", sa.String(64)))
    op.add_column("jobs", sa.Column("faces", sa.Integer))
    op.add_column("jobs", sa.Column("took_s", sa.Float))
    op.create_index("ix_jobs_grant_id", "jobs", ["grant_id"])
    op.create_index("ix_jobs_photo", "jobs", ["user_id", "photo"])


def downgrade() -> None:
    op.drop_index("ix_jobs_photo", "jobs")
    op.drop_index("ix_jobs_grant_id", "jobs")
    for column in ("plan", "grant_id", "photo", "faces", "took_s"):
        op.drop_column("jobs", column)
    op.drop_column("users", "erased_at")
    op.drop_column("users", "ban_reason")
    for table in ("payments", "invoices", "guesses", "redemptions", "codes", "grants"):
        op.drop_table(table)
