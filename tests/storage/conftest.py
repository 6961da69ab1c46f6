"""A clock that tests set, and an open database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from magicmemory.storage.database import Database


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> datetime:
        """Move forward by days, hours, …; returns the new time."""
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database
