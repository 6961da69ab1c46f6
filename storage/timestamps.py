"""Moments as the tables keep them: UTC without a zone, because SQLite has no type for one."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, with its time zone."""
    return datetime.now(UTC)


def to_db(moment: datetime) -> datetime:
    """UTC without its zone, for a table."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_db(moment: datetime) -> datetime:
    """A table's moment, with its zone."""
    return moment.replace(tzinfo=UTC)
