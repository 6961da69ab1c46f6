"""Measures what a photo takes in Redis, in the database and in waiting, and says what a number of people needs."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from rich.table import Table

from magicmemory.cli.bench_queue import open_chat, running_worker
from magicmemory.cli.bench_stats import percentile
from magicmemory.cli.capacity_model import DAY_S, PERCENT, Day, steady, waits, workers_needed
from magicmemory.core.settings import Settings
from magicmemory.core.units import MB
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.embedded import embedded_redis
from magicmemory.storage.database import Database

ALONE: Final = 10
BURST: Final = 20
# Long beside what the service itself needs for a photo, so that a busy machine disturbs the comparison little.
CHECK_PHOTO_S: Final = 0.5
CHECK_AT_ONCE: Final = 2
CHECK_LOADS: Final = (0.5, 0.8)  # of what the workers can do
# docs/scaling.md: with the limit of 30 messages a second a Telegram bot answers 12 photos.
TELEGRAM_PHOTOS_PER_S: Final = 12
HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """What one photo takes, in bytes."""

    redis: float  # while it waits: its keys
    database: float  # for good, with the row of its person


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the operator must know or guess: `magicmemory bench capacity --help` explains each."""

    photos: float
    peak: float
    wait_s: float
    photo_mb: float
    retention_h: float
    hourly: float | None


@dataclass(frozen=True, slots=True)
class Need:
    """What a number of people needs."""

    people: int
    photos_a_day: float
    peak_per_s: float
    workers: int
    telegram_bots: int
    redis_mb: float  # with an hour of the busiest photos waiting
    database_mb_a_month: float
    store_gb: float
    egress_gb_a_day: float
    worker_hours_a_day: float
    money_a_photo: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """The time to a reply, seconds: as measured with the real service, and as the model says."""

    per_s: float
    measured_p50: float
    model_p50: float
    measured_p95: float
    model_p95: float


def need(people: int, measured: Measured, assumed: Assumed, photo_s: Sequence[float]) -> Need:
    """What so many people need at all times, with the workers that their busiest moment needs."""
    day = Day(people * assumed.photos, assumed.peak)
    workers = workers_needed(day, photo_s, assumed.wait_s)
    month = 30 * day.photos
    # The photo comes in and is stored; the result is stored and goes out.
    kept = day.photos * 2 * assumed.photo_mb * assumed.retention_h * HOUR_S / DAY_S
    worker_hours = workers * 24
    return Need(
        people=people,
        photos_a_day=day.photos,
        peak_per_s=day.peak_per_s,
        workers=workers,
        telegram_bots=max(1, -(-round(day.peak_per_s) // TELEGRAM_PHOTOS_PER_S)),
        redis_mb=day.peak_per_s * HOUR_S * measured.redis / MB,
        database_mb_a_month=month * measured.database / MB,
        store_gb=kept / 1000,
        egress_gb_a_day=day.photos * assumed.photo_mb / 1000,
        worker_hours_a_day=worker_hours,
        money_a_photo=None if assumed.hourly is None else assumed.hourly * worker_hours / day.photos,
    )


async def measure_storage(folder: Path, photos: int) -> Measured:
    """Let photos of as many people wait to see what Redis holds, then answer them to see what the database keeps."""
    settings = Settings(_env_file=None, data_dir=folder)
    async with Database(f"sqlite+aiosqlite:///{folder / 'empty.db'}"):
        pass
    async with embedded_redis(folder / "redis") as url, Redis.from_url(url) as redis, open_chat(settings, url) as send:
        queue = RedisKeys(settings.redis_prefix).restore_queue
        empty = await _data_in(redis)
        sending = [asyncio.create_task(send(f"photo-{number}")) for number in range(photos)]
        while await redis.zcard(queue) < photos:  # noqa: ASYNC110 - Redis has no event for it
            await asyncio.sleep(0.05)
        full = await _data_in(redis)
        async with running_worker(settings, url):
            await asyncio.gather(*sending)
    # Closing has moved what was in SQLite's log into the files.
    tables, rows = ((folder / name).stat().st_size for name in ("empty.db", "magicmemory.db"))
    return Measured(redis=(full - empty) / photos, database=(rows - tables) / photos)


async def _data_in(redis: Redis) -> int:
    """The memory of all keys, bytes. Redis' memory as a whole has the buffers of its connections, too."""
    return sum([await redis.memory_usage(key, samples=0) or 0 async for key in redis.scan_iter(count=1000)])


async def measure_waits(folder: Path, photos: int, seed: int = 1) -> list[Check]:
    """Send photos at two rates to a worker that takes a known time, and compare with the model."""
    settings = Settings(_env_file=None, data_dir=folder, photos_at_once=0)
    capacity = CHECK_AT_ONCE / CHECK_PHOTO_S
    checks = []
    async with (
        embedded_redis(folder / "redis") as url,
        running_worker(settings, url, CHECK_PHOTO_S, CHECK_AT_ONCE),
        open_chat(settings, url) as send,
    ):

        async def timed(name: str, at_s: float = 0.0) -> float:
            await asyncio.sleep(at_s)
            began = time.perf_counter()
            await send(name)
            return time.perf_counter() - began

        alone = statistics.median([await timed(f"alone-{number}") for number in range(ALONE)])
        # What a photo takes of a worker that always has the next one: its own time, and the service's.
        began = time.perf_counter()
        await asyncio.gather(*(send(f"burst-{number}") for number in range(BURST)))
        # Before the first photo and after the last one the worker waits for the service.
        around_s = max(0.0, alone - CHECK_PHOTO_S)
        photo_s = (time.perf_counter() - began - around_s) * CHECK_AT_ONCE / BURST
        for load in CHECK_LOADS:
            per_s = load * capacity
            arrivals = steady(per_s, photos / per_s, random.Random(seed))
            told = await asyncio.gather(*(timed(f"{load}-{at}", at) for at in arrivals))
            model = [alone + wait for wait in waits(arrivals, [photo_s], CHECK_AT_ONCE, random.Random(seed))]
            checks.append(
                Check(
                    per_s,
                    statistics.median(told),
                    statistics.median(model),
                    percentile(told, PERCENT),
                    percentile(model, PERCENT),
                )
            )
    return checks


def needs_table(needs: Sequence[Need], photo_s: Sequence[float]) -> Table:
    """One column for each number of people."""
    mean = sum(photo_s) / len(photo_s)
    table = Table("", *(f"{one.people:,} people" for one in needs), title=f"a worker takes {mean:g} s a photo")
    rows = {
        "photos a day": [f"{one.photos_a_day:,.0f}" for one in needs],
        "photos a second, busiest": [f"{one.peak_per_s:.3g}" for one in needs],
        "workers": [f"{one.workers:,}" for one in needs],
        "worker seconds a photo": [f"{one.worker_hours_a_day * HOUR_S / one.photos_a_day:,.3g}" for one in needs],
        "Telegram bots": [f"{one.telegram_bots:,}" for one in needs],
        "Redis, an hour waiting, MB": [f"{one.redis_mb:,.3g}" for one in needs],
        "database, MB a month": [f"{one.database_mb_a_month:,.3g}" for one in needs],
        "photo store, GB": [f"{one.store_gb:,.3g}" for one in needs],
        "egress, GB a day": [f"{one.egress_gb_a_day:,.3g}" for one in needs],
    }
    if needs[0].money_a_photo is not None:
        rows["workers' price a photo"] = [f"{one.money_a_photo:.2g}" for one in needs]
    for name, values in rows.items():
        table.add_row(name, *values)
    return table


def checks_table(checks: Sequence[Check]) -> Table:
    """The model beside the measurement."""
    title = f"seconds to a reply: {CHECK_AT_ONCE} photos at a time, {CHECK_PHOTO_S:g} s each"
    table = Table("photos/s", "p50", "p50, model", "p95", "p95, model", title=title)
    for one in checks:
        values = (one.measured_p50, one.model_p50, one.measured_p95, one.model_p95)
        table.add_row(f"{one.per_s:g}", *(f"{value:.3f}" for value in values))
    return table
