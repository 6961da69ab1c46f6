"""The database's tables. Times are UTC; ids of jobs and photos are text so that they can be names of files."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("account", String(64), nullable=False),
    Column("preferences", JSON, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("banned", Boolean, nullable=False, server_default=false()),  # by the operator
    Column("ban_reason", String(200), nullable=False, server_default=""),
    Column("erased_at", DateTime),  # the person asked for erasure; the account is deleted once nothing depends on it
    UniqueConstraint("platform", "account"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("chat", String(64), nullable=False),
    Column("message", String(64), nullable=False),
    Column("thread", String(64), nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("options", JSON, nullable=False),
    Column("language", String(16), nullable=False),
    Column("context", JSON, nullable=False),
    Column("parent", String(32), ForeignKey("jobs.id")),
    Column("state", String(16), nullable=False),
    Column("charged", Boolean, nullable=False),
    Column("day", Date, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("finished_at", DateTime),  # when the reply was sent; NULL: not yet
    Column("extension", String(8)),
    Column("report", JSON),
    Column("failure", JSON),
    Column("plan", String(24), nullable=False, server_default=""),  # the plan it runs under; empty: the free one
    Column("grant_id", String(32)),  # the grant that pays for it
    Column("photo", String(64)),  # SHA-256 of the file: the same file again is answered from the store
    Column("faces", Integer),  # restored
    Column("took_s", Float),  # from intake to reply
    Column("group_chat", String(64)),  # the group or server in which it was sent; cleared after two days
    Column("network", String(32)),  # a keyed hash of the address that the photo came from; cleared after two days
    # A message that arrives twice makes one job.
    UniqueConstraint("platform", "chat", "message", "fingerprint"),
    Index("ix_jobs_quota", "user_id", "day", "state"),
    Index("ix_jobs_state", "state", "created_at"),
    Index("ix_jobs_finished", "finished_at", "platform"),
    Index("ix_jobs_grant_id", "grant_id"),
    Index("ix_jobs_photo", "user_id", "photo"),
    Index("ix_jobs_network", "network", "created_at"),
    Index("ix_jobs_group_chat", "group_chat", "day"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("plan", String(24), nullable=False),
    Column("source", String(16), nullable=False),  # code, payment, entitlement or gift
    Column("reference", String(160), nullable=False),  # the origin's id; one grant per source and reference
    Column("days", Integer),
    Column("credits", Integer),
    Column("starts_at", DateTime, nullable=False),
    Column("ends_at", DateTime),  # of an entitlement only: the shop reports it
    Column("withdrawn_at", DateTime),
    UniqueConstraint("source", "reference"),
    Index("ix_grants_user_id", "user_id"),
)

codes = Table(
    "codes",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # keyed, so that it reveals no code
    Column("kind", String(16), nullable=False),  # unlock or discount
    Column("plan", String(24)),  # what it unlocks, or the only plan it makes cheaper
    Column("days", Integer),
    Column("credits", Integer),
    Column("percent", Integer),
    Column("uses", Integer, nullable=False),  # how many people may redeem it
    Column("note", String(64), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("revoked_at", DateTime),
)

redemptions = Table(
    "redemptions",
    metadata,
    Column("code_id", String(12), ForeignKey("codes.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    Column("created_at", DateTime, nullable=False),
    Index("ix_redemptions_user_id", "user_id"),
)

guesses = Table(
    "guesses",
    metadata,
    Column("who", String(96), primary_key=True),  # a person or a chat
    Column("wrong", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("plan", String(24), nullable=False),
    Column("currency", String(8), nullable=False),
    Column("amount", Integer, nullable=False),  # in the currency's smallest unit
    Column("days", Integer),  # what is sold, even if the plan changes later
    Column("credits", Integer),
    Column("code_id", String(12), ForeignKey("codes.id")),  # the discount in it
    Column("subscription", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("approved_at", DateTime),  # when its payment was last allowed
)

payments = Table(
    "payments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("charge", String(160), nullable=False),  # the platform's id of it
    Column("invoice_id", String(32), ForeignKey("invoices.id")),
    Column("plan", String(24), nullable=False),
    Column("currency", String(8), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("refunded_at", DateTime),
    UniqueConstraint("platform", "charge"),
    Index("ix_payments_user_id", "user_id"),
)

pending_requests = Table(
    "pending_requests",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("request", String(32), primary_key=True),  # the platform's id of it
    Column("received_at", DateTime, nullable=False),
    Column("record", JSON, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat", String(64), primary_key=True),  # of a group on Telegram; a server on Discord
    Column("settings", JSON, nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("due_at", DateTime, nullable=False),
    Column("language", String(16), nullable=False),
    Index("ix_reminders_due_at", "due_at"),
)
