"""The queue order: first come, first served, except for head starts; every photo is restored in the end."""

import asyncio
from pathlib import Path

import pytest
from arq.constants import in_progress_key_prefix

from magicmemory.core.job import JobState, Platform, RestoreTask
from magicmemory.core.options import Options
from magicmemory.queue import arq_worker
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore, original, result
from tests.support.harness import NoPipeline, eventually, running_harness, settings_for

NAMES = RedisKeys("line")


def task(job: str) -> RestoreTask:
    return RestoreTask(job=job, platform=Platform.TELEGRAM, photo=original(job), result=result(job), options=Options())


async def in_order(queue: Queue, *jobs: tuple[str, float]) -> None:
    for job, head_start_s in jobs:
        await queue.restore(task(job), head_start_s)
        await asyncio.sleep(0.005)  # the order is by milliseconds


async def test_head_start_moves_a_photo_ahead_and_changes_its_position(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        await in_order(queue, ("free-1", 0), ("free-2", 0), ("premium-1", 60), ("free-3", 0), ("premium-2", 60))
        line = {job: await queue.ahead(job) for job in ("premium-1", "premium-2", "free-1", "free-2", "free-3")}
        assert list(line.values()) == [0, 1, 2, 3, 4]


async def test_photo_waiting_longer_than_a_head_start_is_not_overtaken(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        await in_order(queue, ("free", 0))
        await asyncio.sleep(0.2)
        # However many of them come: each takes its place behind.
        await in_order(queue, *((f"premium-{number}", 0.1) for number in range(20)))
        assert await queue.ahead("free") == 0


async def test_long_head_start_does_not_expire_the_job(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        await queue.restore(task("old"), head_start_s=20 * 86400)
        assert await queue.waiting() == 1
        assert await redis.pttl(f"arq:job:{NAMES.restore_job('old')}") > 86400_000


async def test_photos_are_restored_in_queue_order(tmp_path: Path, redis_url: str) -> None:
    photos, seen = PhotoStore(str(tmp_path / "photos")), list[bytes]()
    for job in ("free-1", "free-2", "premium"):
        await photos.put(original(job), job.encode())
    async with connect(redis_url) as redis:
        await in_order(Queue(redis, NAMES), ("free-1", 0), ("free-2", 0), ("premium", 60))

    async def all_seen() -> bool | None:
        return True if len(seen) == 3 else None

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        worker = RestoreWorker(photos, NoPipeline(before=seen.append), NAMES, timeout_s=10)
        tasks.create_task(worker.run(redis_url, 1, stop))
        await eventually(all_seen)
        stop.set()
    assert seen == [b"premium", b"free-1", b"free-2"]


async def test_many_jobs_in_progress_do_not_hide_the_next(tmp_path: Path, redis_url: str) -> None:
    """With more than a hundred workers, jobs in progress are at the front of the queue."""
    photos, seen = PhotoStore(str(tmp_path / "photos")), list[bytes]()
    await photos.put(original("free"), b"free")
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        for number in range(350):
            await queue.restore(task(str(number)), head_start_s=60)
            await redis.set(in_progress_key_prefix + NAMES.restore_job(str(number)), b"1", px=60_000)
        await queue.restore(task("free"))

        async def taken() -> bool | None:
            return True if seen else None

        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            worker = RestoreWorker(photos, NoPipeline(before=seen.append), NAMES, timeout_s=10)
            tasks.create_task(worker.run(redis_url, 2, stop))
            await eventually(taken, patience_s=20)
            stop.set()
        assert seen == [b"free"]
        assert await queue.waiting() == 350


async def test_idle_worker_starts_at_once(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arq_worker, "POLL_INTERVAL_S", 60)
    async with running_harness(tmp_path, redis_url, settings=settings_for(tmp_path, free_per_day=5)) as harness:
        await asyncio.sleep(0.5)
        for number in range(5):
            job = await harness.send(str(number).encode(), message=str(number))
            assert (await harness.finished(job, patience_s=20)).state is JobState.DELIVERED
