"""Times as the tables store them: UTC without a time zone, because SQLite has no type with one."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present time, with time zone UTC."""
    return datetime.now(UTC)


def to_db(moment: datetime) -> datetime:
    """A time for a table: UTC, without a time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_db(moment: datetime) -> datetime:
    """A time from a table, with time zone UTC."""
    return moment.replace(tzinfo=UTC)
