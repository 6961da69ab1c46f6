"""Workers that stop during a photo: told to, they finish or return it; killed, another worker takes over in seconds."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from magicmemory.core.job import JobState
from magicmemory.queue.arq_worker import LEASE_S, POLL_INTERVAL_S
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.poison import CrashCounter
from tests.support.harness import Harness, eventually, running_harness

pytestmark = pytest.mark.processes

# A worker that takes its time, says when it begins, and has one second to finish once it is told to end.
SLOW = """
import asyncio, signal, sys, time
from functools import partial
from tests.support.pipelines import NoPipeline
from magicmemory.queue import worker
from magicmemory.queue.connection import RedisKeys
from magicmemory.storage.photos import PhotoStore

worker.run_worker = partial(worker.run_worker, grace_s=1.0)
redis_url, photos, seconds = sys.argv[1:]

def slowly(_):
    print("begun", flush=True)
    time.sleep(float(seconds))

async def work():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    restores = worker.RestoreWorker(PhotoStore(photos), NoPipeline(before=slowly), RedisKeys("magicmemory"), 60)
    print("ready", flush=True)
    await restores.run(redis_url, 2, stop)
    print("ended", flush=True)

asyncio.run(work())
"""


@asynccontextmanager
async def slow_worker(harness: Harness, seconds: float) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SLOW, harness.redis_url, harness.settings.photos, str(seconds)),
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    try:
        await says(process, b"ready")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def says(process: asyncio.subprocess.Process, word: bytes) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert (await process.stdout.readline()).strip() == word


async def deaths(harness: Harness, job: str) -> int:
    async with connect(harness.redis_url) as redis:
        return await CrashCounter(redis, RedisKeys(harness.settings.redis_prefix)).crashes(job)


async def test_stopping_worker_finishes_its_jobs(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness, slow_worker(harness, 0.5) as worker:
        job = await harness.send()
        await says(worker, b"begun")
        worker.send_signal(signal.SIGTERM)
        await says(worker, b"ended")
        assert await worker.wait() == 0
        assert (await harness.finished(job, 5)).state is JobState.DELIVERED
        assert len(harness.chat.replies) == 1


async def test_unfinished_job_returns_to_the_queue_at_once(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness, slow_worker(harness, 30) as worker:
        job = await harness.send()
        await says(worker, b"begun")
        async with slow_worker(harness, 0) as other:
            worker.send_signal(signal.SIGTERM)
            began = time.monotonic()
            await says(worker, b"ended")
            await says(other, b"begun")
            # Its second of grace, and no lease to wait for.
            assert time.monotonic() - began < 1 + LEASE_S / 2
            assert (await harness.finished(job)).state is JobState.DELIVERED
            assert await deaths(harness, job.id) == 0


async def test_a_killed_workers_photo_is_taken_over_in_seconds(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness, slow_worker(harness, 30) as worker:
        job = await harness.send()
        await says(worker, b"begun")
        async with slow_worker(harness, 0) as other:
            worker.kill()
            began = time.monotonic()
            await says(other, b"begun")
            assert time.monotonic() - began < LEASE_S + 10 * POLL_INTERVAL_S
            assert (await harness.finished(job)).state is JobState.DELIVERED
            assert len(harness.chat.replies) == 1

            async def forgiven() -> bool | None:
                return True if not await deaths(harness, job.id) else None

            await eventually(forgiven)


async def test_paused_worker_gives_no_second_reply(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness, slow_worker(harness, 0.3) as worker:
        job = await harness.send()
        await says(worker, b"begun")
        worker.send_signal(signal.SIGSTOP)
        async with slow_worker(harness, 0) as other:
            await says(other, b"begun")
            assert (await harness.finished(job)).state is JobState.DELIVERED
            worker.send_signal(signal.SIGCONT)
            # It ends the photo too, and nobody is answered twice.
            await asyncio.sleep(1.5)
            assert len(harness.chat.replies) == 1
            assert await harness.service.queue.waiting() == 0
