"""The clocks of machines differ: only that of Redis decides when a job is due."""

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
from magicmemory.core.settings import Settings
from magicmemory.queue.delivery import Reply, RetryLater
from tests.support.harness import Recorder, running_harness, settings_for

SKEW_S = 60
# A worker on a machine whose clock differs from this one's by the last argument's seconds.
WORKER = """
import asyncio, signal, sys, time
redis_url, photos, skew = sys.argv[1:]
right = time.time
time.time = lambda: right() + float(skew)
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.pipelines import NoPipeline

async def work():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("ready", flush=True)
    await RestoreWorker(PhotoStore(photos), NoPipeline(), RedisKeys("magicmemory"), 60).run(redis_url, 1, stop)

asyncio.run(work())
"""


@asynccontextmanager
async def worker_process(settings: Settings, redis_url: str, skew_s: float) -> AsyncIterator[None]:
    """A worker process with another clock, once it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, redis_url, settings.photos, str(skew_s)),
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.mark.processes
@pytest.mark.parametrize("skew_s", [-SKEW_S, SKEW_S])
async def test_a_worker_with_another_clock_starts_photos_at_once(tmp_path: Path, redis_url: str, skew_s: float) -> None:
    settings = settings_for(tmp_path)
    async with (
        running_harness(tmp_path, redis_url, worker=False, settings=settings) as harness,
        worker_process(settings, redis_url, skew_s),
    ):
        began = time.monotonic()
        job = await harness.finished(await harness.send())
        assert job.state is JobState.DELIVERED
        assert time.monotonic() - began < SKEW_S / 2


async def test_a_retry_waits_as_long_as_it_should_under_another_clock(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def busy_at_first(_: Reply) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise RetryLater(1.0)

    right = time.time
    monkeypatch.setattr("arq.utils.time", lambda: right() - SKEW_S)
    async with running_harness(tmp_path, redis_url, chat=Recorder(before=busy_at_first)) as harness:
        await harness.finished(await harness.send())
    assert 0.9 < tries[1] - tries[0] < 3
