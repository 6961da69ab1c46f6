"""Statistics for the operator: people, photos, faces, failures, durations and payments."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import JobState, Platform
from magicmemory.storage.database import Database
from magicmemory.storage.tables import jobs, payments, users
from magicmemory.storage.timestamps import Clock, to_db, utc_now

# Stands for the error's key of failures after erasure.
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures from a moment until now. A photo counts at the time it was sent, with any outcome."""

    people: int  # that sent a photo
    newcomers: int  # first seen in that time
    waiting: int  # unfinished photos
    delivered: int
    failed: int
    cancelled: int
    faces: int  # restored
    p95_s: float | None  # from intake to reply, of what was delivered; None: nothing was
    failures: dict[str, int] = field(default_factory=dict)  # by the error's key, the most frequent first
    paid: dict[str, int] = field(default_factory=dict)  # by currency, in its smallest unit, refunded or not
    refunded: dict[str, int] = field(default_factory=dict)  # payments that were refunded in that time

    @property
    def photos(self) -> int:
        """Photos that were sent."""
        return self.waiting + self.delivered + self.failed + self.cancelled


class Statistics:
    """Computes statistics from the ledger."""

    def __init__(self, database: Database, zone: ZoneInfo, clock: Clock = utc_now) -> None:
        """A day begins at midnight in `zone`, as for the quota."""
        self._database = database
        self._zone = zone
        self._clock = clock

    def midnight(self, days_ago: int = 0) -> datetime:
        """The beginning of today, or of an earlier day."""
        day = self._clock().astimezone(self._zone).date() - timedelta(days=days_ago)
        return datetime.combine(day, datetime.min.time(), self._zone)

    async def today(self, platform: Platform | None = None) -> Stats:
        """Figures since midnight."""
        return await self.stats(self.midnight(), platform)

    async def week(self, platform: Platform | None = None) -> Stats:
        """Figures of today and the six days before."""
        return await self.stats(self.midnight(6), platform)

    async def stats(self, since: datetime, platform: Platform | None = None) -> Stats:
        """Figures since a moment, for one platform or all."""
        sent = _since(jobs, since, platform)
        async with self._database.read(snapshot=True) as connection:
            states = await _counts(connection, jobs.c.state, sent)
            sums = select(func.sum(jobs.c.faces), func.count(jobs.c.user_id.distinct())).where(*sent)
            faces, people = (await connection.execute(sums)).one()
            refunds = (payments.c.refunded_at >= to_db(since), *_on(payments, platform))
            return Stats(
                people=people,
                newcomers=await _count(connection, _since(users, since, platform)),
                waiting=states.get(JobState.ACCEPTED, 0),
                delivered=states.get(JobState.DELIVERED, 0),
                failed=states.get(JobState.FAILED, 0),
                cancelled=states.get(JobState.CANCELLED, 0),
                faces=faces or 0,
                p95_s=await _p95(connection, sent),
                failures=await _failures(connection, sent),
                paid=await _amounts(connection, _since(payments, since, platform)),
                refunded=await _amounts(connection, refunds),
            )


Conditions = tuple[ColumnElement[bool], ...]


def _on(table: Table, platform: Platform | None) -> Conditions:
    return () if platform is None else (table.c.platform == platform,)


def _since(table: Table, since: datetime, platform: Platform | None) -> Conditions:
    # The state is named because the jobs' index on the time has it first.
    known = (table.c.state.in_(list(JobState)),) if table is jobs else ()
    return (*known, table.c.created_at >= to_db(since), *_on(table, platform))


async def _count(connection: AsyncConnection, which: Conditions) -> int:
    return await connection.scalar(select(func.count()).where(*which)) or 0


async def _counts(connection: AsyncConnection, by: ColumnElement[Any], which: Conditions) -> dict[str, int]:
    # Grouped by its name: PostgreSQL takes a key that is sent twice as a parameter for two keys.
    counted = select(by.label("counted"), func.count()).where(*which).group_by("counted")
    return {row[0] or ERASED: row[1] for row in await connection.execute(counted.order_by(func.count().desc()))}


async def _failures(connection: AsyncConnection, sent: Conditions) -> dict[str, int]:
    key = jobs.c.failure["key"].as_string()
    return await _counts(connection, key, (*sent, jobs.c.state == JobState.FAILED))


async def _p95(connection: AsyncConnection, sent: Conditions) -> float | None:
    """The 95th percentile of the duration, seconds. SQLite has no function for it."""
    delivered = (*sent, jobs.c.state == JobState.DELIVERED, jobs.c.took_s.is_not(None))
    count = await _count(connection, delivered)
    if not count:
        return None
    ordered = select(jobs.c.took_s).where(*delivered).order_by(jobs.c.took_s)
    slow: float | None = await connection.scalar(ordered.offset(math.ceil(count * 0.95) - 1).limit(1))
    return slow


async def _amounts(connection: AsyncConnection, which: Conditions) -> dict[str, int]:
    rows = await connection.execute(
        select(payments.c.currency, func.sum(payments.c.amount)).where(*which).group_by(payments.c.currency)
    )
    return {row[0]: row[1] for row in rows}
