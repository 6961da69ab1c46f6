"""When a payment of an invoice was last allowed: a discount is held for that invoice for some minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invoices", sa.Column("approved_at", sa.DateTime))


def downgrade() -> None:
    op.drop_column("invoices", "approved_at")
