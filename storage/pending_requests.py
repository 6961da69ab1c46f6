"""Requests that a bot has received and not yet made jobs of. A bot that is killed in between finds them when it starts.

They are in the database, not in Redis: whoever loses Redis loses no request.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from magicmemory.core.job import Platform
from magicmemory.storage.database import Database
from magicmemory.storage.tables import pending_requests
from magicmemory.storage.timestamps import Clock, to_db, utc_now

# Discord accepts answers for 15 minutes; an older request cannot be answered any more.
EXPIRY: Final = timedelta(minutes=15)


class PendingRequests:
    """The pending requests of every platform."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, platform: Platform, request: str, record: dict[str, Any]) -> None:
        """Store or replace the record of a request, under the platform's id of it. Expired records are deleted."""
        now = self._clock()
        async with self._database.write() as transaction:
            await transaction.execute(
                delete(pending_requests).where(pending_requests.c.received_at < to_db(now - EXPIRY))
            )
            replaced = await transaction.execute(
                update(pending_requests).where(*_is(platform, request)).values(record=record)
            )
            if not replaced.rowcount:
                values = {"platform": platform, "request": request, "received_at": to_db(now), "record": record}
                await transaction.execute(insert(pending_requests).values(values))

    async def drop(self, platform: Platform, request: str) -> None:
        """Delete the record of a request that has its jobs or its answer."""
        async with self._database.write() as transaction:
            await transaction.execute(delete(pending_requests).where(*_is(platform, request)))

    async def all(self, platform: Platform, min_age: timedelta = timedelta()) -> list[dict[str, Any]]:
        """A platform's records that have not expired and are at least `min_age` old, oldest first."""
        now, received_at = self._clock(), pending_requests.c.received_at
        # A record from the future is older than it looks: the clock was set back since.
        old_enough = or_(received_at <= to_db(now - min_age), received_at > to_db(now))
        rows = (
            select(pending_requests.c.record)
            .where(pending_requests.c.platform == platform, received_at >= to_db(now - EXPIRY), old_enough)
            .order_by(received_at, pending_requests.c.request)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(rows)).scalars())


def _is(platform: Platform, request: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return pending_requests.c.platform == platform, pending_requests.c.request == request
