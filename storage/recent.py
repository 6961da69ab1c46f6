"""What happened last, for the operator's page: photos a day, failures, people, grants and payments. It only reads."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select

from magicmemory.core.job import JobState, Platform, Sender
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grant, grant_of
from magicmemory.storage.payments import Payment, payment_of
from magicmemory.storage.statistics import ERASED
from magicmemory.storage.tables import grants, jobs, payments, users
from magicmemory.storage.timestamps import from_db, to_db

ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Day:
    """The photos of one quota day."""

    day: date
    restored: int
    failed: int
    other: int  # unfinished or cancelled


@dataclass(frozen=True, slots=True)
class FailedPhoto:
    """A photo that was not restored. `photo` is the job under which the photo store has the original."""

    job: str
    photo: str
    sender: Sender
    key: str  # of the error
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ActivePerson:
    """A person who sent photos lately."""

    sender: Sender
    since: datetime
    last_at: datetime
    photos: int
    failed: int
    banned: bool


class Recent:
    """Reads the newest rows; every list is limited to `rows`."""

    def __init__(self, database: Database, rows: int = ROWS) -> None:
        self._database = database
        self._rows = rows

    async def days(self, today: date, number: int) -> list[Day]:
        """The last days up to today, oldest first; days without a photo too."""
        first = today - timedelta(days=number - 1)
        counted = select(jobs.c.day, jobs.c.state, func.count()).where(jobs.c.day >= first, jobs.c.day <= today)
        found: dict[date, dict[str, int]] = {}
        async with self._database.read() as connection:
            for day, state, count in await connection.execute(counted.group_by(jobs.c.day, jobs.c.state)):
                found.setdefault(day, {})[state] = count
        return [_day(day, found.get(day, {})) for day in (first + timedelta(days=offset) for offset in range(number))]

    async def failures(self) -> list[FailedPhoto]:
        """Photos that failed, the newest first."""
        rows = (
            select(jobs, users.c.account)
            .join(users, users.c.id == jobs.c.user_id)
            .where(jobs.c.state == JobState.FAILED)
            .order_by(jobs.c.created_at.desc())
        )
        return [_failed(row) for row in await self._newest(rows)]

    async def people(self, since: datetime) -> list[ActivePerson]:
        """People who sent photos since a moment, the most photos first."""
        failed = func.count().filter(jobs.c.state == JobState.FAILED)
        last = func.max(jobs.c.created_at)
        rows = (
            select(users, func.count().label("photos"), failed.label("failed"), last.label("last"))
            .join(jobs, jobs.c.user_id == users.c.id)
            # The state is named because the index on the time has it first.
            .where(jobs.c.state.in_(list(JobState)), jobs.c.created_at >= to_db(since))
            .group_by(users.c.id)
            .order_by(func.count().desc(), users.c.id)
        )
        return [
            ActivePerson(
                _sender(row), from_db(row.created_at), from_db(row.last), row.photos, row.failed, bool(row.banned)
            )
            for row in await self._newest(rows)
        ]

    async def grants(self) -> list[tuple[Sender, Grant]]:
        """Grants of all people, the newest first, also withdrawn ones."""
        rows = select(grants, users.c.platform, users.c.account).join(users, users.c.id == grants.c.user_id)
        return [(_sender(row), grant_of(row)) for row in await self._newest(rows.order_by(grants.c.starts_at.desc()))]

    async def payments(self) -> list[tuple[Sender, Payment]]:
        """Payments of all people, the newest first, also refunded ones."""
        rows = select(payments, users.c.account).join(users, users.c.id == payments.c.user_id)
        return [
            (_sender(row), payment_of(row)) for row in await self._newest(rows.order_by(payments.c.created_at.desc()))
        ]

    async def _newest(self, rows: Any) -> list[Row[Any]]:
        async with self._database.read() as connection:
            return list(await connection.execute(rows.limit(self._rows)))


def _day(day: date, states: dict[str, int]) -> Day:
    restored, failed = states.get(JobState.DELIVERED, 0), states.get(JobState.FAILED, 0)
    return Day(day, restored, failed, sum(states.values()) - restored - failed)


def _failed(row: Row[Any]) -> FailedPhoto:
    key = (row.failure or {}).get("key", ERASED)
    return FailedPhoto(row.id, row.parent or row.id, _sender(row), key, from_db(row.created_at))


def _sender(row: Row[Any]) -> Sender:
    return Sender(platform=Platform(row.platform), account=row.account)
