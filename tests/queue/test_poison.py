"""A photo that crashes its worker is tried three times, from the second time on alone; others are not harmed."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from magicmemory.core.errors import InternalError
from magicmemory.core.job import JobState
from magicmemory.core.report import Failure
from magicmemory.queue.concurrency import ExclusiveSemaphore
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.poison import CrashCounter
from magicmemory.storage.photos import original
from tests.support.harness import ANA, running_harness, settings_for

# A worker of two photos at a time, which dies of one kind of photo and takes its time for the others.
MORTAL = """
import asyncio, os, signal, sys, time
from tests.support.pipelines import NoPipeline
from magicmemory.queue import arq_worker
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore

def die_of_poison(photo):
    time.sleep(0.3)
    if photo == b"poison":
        os.kill(os.getpid(), signal.SIGKILL)

arq_worker.LEASE_S, arq_worker.HEARTBEAT_S = 1.5, 0.3  # a dead worker's photos are taken over sooner
redis_url, photos = sys.argv[1:]
worker = RestoreWorker(PhotoStore(photos), NoPipeline(before=die_of_poison), RedisKeys("magicmemory"), 60)
asyncio.run(worker.run(redis_url, 2, asyncio.Event()))
"""


@pytest.mark.processes
@pytest.mark.timeout(300)
async def test_photo_that_crashes_its_worker_three_times_is_a_dead_letter(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path, free_per_day=3)
    async with (
        running_harness(tmp_path, redis_url, settings=settings, worker=False) as harness,
        connect(redis_url) as redis,
    ):
        poison = await harness.send(b"poison", message="1")
        innocents = [await harness.send(b"photo", message="2"), await harness.send(b"other", message="3")]
        crashes = 0
        answered = asyncio.create_task(harness.finished(poison, 250))
        while not answered.done():
            worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", MORTAL, redis_url, settings.photos), cwd=Path(__file__).parents[2]
            )
            ended = asyncio.create_task(worker.wait())
            await asyncio.wait({ended, answered}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                assert ended.result() == -signal.SIGKILL
                crashes += 1
        for job in innocents:
            assert (await harness.finished(job, 200)).state is JobState.DELIVERED
        worker.kill()
        await ended
        assert crashes == 3
        assert (await answered).failure == Failure.of(InternalError())
        assert (await harness.service.quota(ANA)).used == 2
        assert len(harness.chat.replies) == 3
        found = await CrashCounter(redis, RedisKeys(settings.redis_prefix)).dead_letters()
        assert list(found) == [poison.id]
        assert await harness.service.photos.get(original(poison.id)) == b"poison"
        assert await harness.service.queue.waiting() == 0


async def test_crashes_are_counted_and_cleared(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        counter = CrashCounter(redis, RedisKeys("deaths"))
        assert await counter.crashes("1") == 0
        await counter.start_attempt("1")
        await counter.start_attempt("1")
        assert (await counter.crashes("1"), await counter.crashes("2")) == (2, 0)
        await counter.finish_attempt("1")
        assert await counter.crashes("1") == 0
        await counter.add_dead_letter("1")
        await counter.add_dead_letter("2")
        assert list(await counter.dead_letters()) == ["1", "2"]


async def test_suspected_photo_runs_alone() -> None:
    room, inside, most = ExclusiveSemaphore(3), set[str](), dict[str, set[str]]()

    async def visit(name: str, *, alone: bool) -> None:
        async with room.enter(alone=alone):
            inside.add(name)
            for visitor in inside:
                most[visitor] = most.get(visitor, set()) | inside
            await asyncio.sleep(0.01)
            inside.remove(name)

    names = [f"{'suspect' if number % 4 == 2 else 'other'}-{number}" for number in range(12)]
    async with asyncio.timeout(10):
        await asyncio.gather(*(visit(name, alone=name.startswith("suspect")) for name in names))
    assert {name for name in most if name.startswith("suspect")} == {"suspect-2", "suspect-6", "suspect-10"}
    assert all(met == {name} for name, met in most.items() if name.startswith("suspect"))
    assert max(len(met) for met in most.values()) == 3


async def test_cancelled_waiter_releases_the_semaphore() -> None:
    room = ExclusiveSemaphore(2)
    async with room.enter(alone=False):
        waiting = asyncio.create_task(room.enter(alone=True).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), room.enter(alone=True):
        pass
