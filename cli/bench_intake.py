"""Measures the intake: photos per second whose quota is checked, whose job is in the ledger and the queue."""

import asyncio
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rich.table import Table
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.service import BotService
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.settings import Settings
from magicmemory.queue.embedded import embedded_redis

AT_ONCE = (1, 32)
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class IntakeMeasurement:
    """The measurement of one database with `at_once` people at a time. Times are milliseconds."""

    database: str
    at_once: int
    photos_per_s: float
    p50_ms: float
    p95_ms: float


async def measure_intake(folder: Path, photos: int, postgres: str | None) -> tuple[list[IntakeMeasurement], str]:
    """Measure SQLite and PostgreSQL. Also returns why PostgreSQL was not measured, or an empty text.

    Args:
        folder: for the data.
        photos: photos per row, each of a different person.
        postgres: SQLAlchemy's URL of a server for a temporary database.
    """
    rows, left_out = await _measure(folder / "sqlite", "SQLite", "", photos), ""
    if postgres is None:
        return rows, "PostgreSQL was not measured: name a server with --postgres."
    try:
        async with _database_on(postgres) as url:
            rows += await _measure(folder / "postgresql", "PostgreSQL", url, photos)
    except (ImportError, OSError, SQLAlchemyError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        left_out = f"PostgreSQL was not measured: {reason}."
    return rows, left_out


def intake_table(rows: list[IntakeMeasurement]) -> Table:
    """The measurements as a table."""
    table = Table(title="intake: one process, each photo from another person")
    for column in ("database", "at once", "photos/s", "p50 ms", "p95 ms"):
        table.add_column(column, justify="right")
    for row in rows:
        figures = (f"{row.photos_per_s:.0f}", f"{row.p50_ms:.1f}", f"{row.p95_ms:.1f}")
        table.add_row(row.database, str(row.at_once), *figures)
    return table


async def _measure(folder: Path, name: str, url: str, photos: int) -> list[IntakeMeasurement]:
    settings = Settings(_env_file=None, data_dir=folder, database_url=url, max_waiting=0)
    people = count()
    async with embedded_redis(folder / "redis") as redis_url, open_service(settings, redis_url) as service:
        await _send(service, people, WARM_UP, max(AT_ONCE))
        rows = []
        for at_once in AT_ONCE:
            began = time.perf_counter()
            times = sorted(await _send(service, people, photos, at_once))
            per_s = photos / (time.perf_counter() - began)
            p95 = times[min(photos - 1, photos * 95 // 100)]
            rows.append(
                IntakeMeasurement(name, at_once, round(per_s, 1), round(statistics.median(times), 2), round(p95, 2))
            )
    return rows


async def _send(service: BotService, people: "count[int]", photos: int, at_once: int) -> list[float]:
    """Send so many photos, never more than `at_once` at a time; returns how long each took, milliseconds."""
    left, times = iter(range(photos)), []

    async def send_some() -> None:
        for _ in left:
            account = str(next(people))
            began = time.perf_counter()
            await service.intake(
                Sender(platform=Platform.PLAYGROUND, account=account),
                Address(platform=Platform.PLAYGROUND, chat=account, message="1"),
                b"photo",
            )
            times.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(send_some() for _ in range(at_once)))
    return times


@asynccontextmanager
async def _database_on(server: str) -> AsyncIterator[str]:
    """An empty database on that server, dropped at the end."""
    name = f"magicmemory_bench_{uuid.uuid4().hex[:12]}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            async with engine.connect() as connection:
                await connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await engine.dispose()
