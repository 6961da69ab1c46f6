"""The database's tables. Times are UTC; ids of jobs and photos are text so that they can be names of files."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
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
    Column("banned", Boolean, nullable=False, server_default=false()),  # the operator keeps them out
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
    Column("finished_at", DateTime),  # the reply was sent; NULL: it is still owed
    Column("extension", String(8)),
    Column("report", JSON),
    Column("failure", JSON),
    # A message told twice makes one job.
    UniqueConstraint("platform", "chat", "message", "fingerprint"),
    Index("ix_jobs_quota", "user_id", "day", "state"),
    Index("ix_jobs_state", "state", "created_at"),
)
