"""A job that Redis lost is queued again, or refunded and reported; each is answered once."""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from magicmemory.core.errors import InternalError, PhotoExpired
from magicmemory.core.job import JobState, Platform
from magicmemory.core.report import Failure
from magicmemory.queue import arq_worker, delivery, recovery
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.embedded import embedded_redis
from magicmemory.queue.recovery import Recovery
from magicmemory.storage.photos import original
from tests.support.harness import ANA, Harness, NoPipeline, Recorder, eventually, running_harness, settings_for

BEN = ANA.model_copy(update={"account": "8"})


def sweeper(harness: Harness, settle_s: float = 0.3, every_s: float = 60) -> Recovery:
    service = harness.service
    return Recovery(
        Platform.TELEGRAM,
        service.ledger,
        service.photos,
        service.queue,
        service.plans,
        every_s=every_s,
        settle_s=settle_s,
    )


async def empty(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        await redis.flushall()


@asynccontextmanager
async def sweeping(harness: Harness, every_s: float = 60) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sweeper(harness, every_s=every_s).run(stop))
        yield
        stop.set()


class Lookups:
    """Counts how often the ledger is asked for unfinished jobs; the first `failing` times it fails."""

    def __init__(self, harness: Harness, monkeypatch: pytest.MonkeyPatch, failing: int = 0) -> None:
        self.count = 0
        self._unfinished, self._failing = harness.service.ledger.unfinished, failing
        monkeypatch.setattr(harness.service.ledger, "unfinished", self._look)

    async def _look(self, platform: Platform) -> list[str]:
        self.count += 1
        if self.count <= self._failing:
            raise RuntimeError("the database fails for a moment")
        return await self._unfinished(platform)


async def lose_queue(harness: Harness, redis_url: str) -> None:
    """Redis loses the queue, but not the mark by which it is recognised."""
    async with connect(redis_url) as redis:
        await redis.delete(RedisKeys(harness.settings.redis_prefix).restore_queue)


async def test_waiting_photos_survive_an_emptied_redis(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path, free_per_day=3)
    async with running_harness(tmp_path, redis_url, settings=settings, worker=False, delivery=False) as harness:
        jobs = [await harness.send(str(number).encode(), message=str(number)) for number in range(3)]
        await empty(redis_url)
        assert await harness.service.queue.waiting() == 0
        assert await sweeper(harness).sweep() == 3
        assert [await harness.service.queue.ahead(job.id) for job in jobs] == [0, 1, 2]
        assert await sweeper(harness).sweep() == 0
        async with running_harness(tmp_path, redis_url, settings=settings) as working:
            for job in jobs:
                assert (await working.finished(job)).state is JobState.DELIVERED
            assert len(working.chat.replies) == 3
        assert (await harness.service.quota(ANA)).used == 3


async def test_replies_survive_an_emptied_redis(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, delivery=False) as harness, connect(redis_url) as redis:
        job = await harness.send()
        queue = RedisKeys(harness.settings.redis_prefix).delivery_queue(Platform.TELEGRAM)

        async def restored() -> bool | None:
            return True if await redis.zcard(queue) else None

        await eventually(restored)
        await redis.flushall()
        assert await sweeper(harness).sweep() == 1
        async with running_harness(tmp_path, redis_url, worker=False) as answering:
            assert (await answering.finished(job)).state is JobState.DELIVERED
            assert len(answering.chat.replies) == 1


async def test_unsent_failure_is_sent(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness:
        job = await harness.send()
        await harness.service.queue.drop(job.id)
        await harness.service.ledger.refund_quota(job.id, Failure.of(InternalError()))
        assert await sweeper(harness).sweep() == 1
        done = await harness.finished(job)
        assert [reply.failure for reply in harness.chat.replies] == [Failure.of(InternalError())]
        assert done.state is JobState.FAILED


async def test_missing_photo_is_refunded_and_reported(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness:
        job = await harness.send()
        await harness.service.queue.drop(job.id)
        await harness.service.photos.delete([original(job.id)])
        # It may still be on its way into the store.
        assert await sweeper(harness).sweep() == 0
        assert harness.chat.replies == []
        monkeypatch.setattr(recovery, "MAX_UPLOAD_TIME", timedelta(0))
        assert await sweeper(harness).sweep() == 1
        await harness.finished(job)
        assert [reply.failure for reply in harness.chat.replies] == [Failure.of(PhotoExpired())]
        assert (await harness.service.quota(ANA)).left == 1


async def test_running_job_is_not_queued_again(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arq_worker, "HEARTBEAT_S", 0.05)
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: bytes) -> None:
        begun.set()
        go_on.wait(20)

    pipeline = NoPipeline(before=slow)
    async with running_harness(tmp_path, redis_url, pipeline) as harness:
        job = await harness.send()
        await asyncio.to_thread(begun.wait, 20)
        await empty(redis_url)
        assert await sweeper(harness).sweep() == 0
        go_on.set()
        assert (await harness.finished(job)).state is JobState.DELIVERED
        assert pipeline.runs == 1
        assert len(harness.chat.replies) == 1


async def test_reply_waiting_for_a_retry_is_not_queued_again(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 30)
    tries = 0

    def fails(_: object) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionResetError

    async with running_harness(tmp_path, redis_url, chat=Recorder(before=fails)) as harness:
        await harness.send()

        async def tried() -> bool | None:
            return True if tries else None

        await eventually(tried)
        assert await sweeper(harness, settle_s=0).sweep() == 0


async def test_concurrent_sweeps_queue_a_job_once(tmp_path: Path, redis_url: str) -> None:
    pipeline = NoPipeline()
    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        job = await harness.send()
        await empty(redis_url)
        assert sum(await asyncio.gather(*(sweeper(harness).sweep() for _ in range(5)))) >= 1
        assert await harness.service.queue.waiting() == 1
        async with running_harness(tmp_path, redis_url, pipeline) as working:
            await working.finished(job)
            await asyncio.gather(*(sweeper(working, settle_s=0).sweep() for _ in range(5)))
            await asyncio.sleep(0.3)
            assert pipeline.runs == 1
            assert len(working.chat.replies) == 1


@pytest.mark.parametrize("half", ["the line", "the job"])
async def test_half_lost_job_is_repaired(tmp_path: Path, redis_url: str, half: str) -> None:
    async with (
        running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness,
        connect(redis_url) as redis,
    ):
        job = await harness.send()
        names = RedisKeys(harness.settings.redis_prefix)
        if half == "the line":
            await redis.delete(names.restore_queue)
            assert await sweeper(harness).sweep() == 1
        else:
            await redis.delete(f"arq:job:{names.restore_job(job.id)}")
        async with running_harness(tmp_path, redis_url) as working:
            if half == "the job":

                async def dropped() -> bool | None:
                    return True if not await working.service.queue.waiting() else None

                await eventually(dropped)
                assert await sweeper(working).sweep() == 1
            assert (await working.finished(job)).state is JobState.DELIVERED
            assert len(working.chat.replies) == 1


async def test_an_emptied_redis_is_noticed_at_once(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "POLL_INTERVAL_S", 0.1)
    settings = settings_for(tmp_path, free_per_day=2)
    async with running_harness(tmp_path, redis_url, settings=settings, worker=False) as harness, sweeping(harness):
        await asyncio.sleep(0.3)
        job = await harness.send()
        await empty(redis_url)

        async def queued_again() -> bool | None:
            return True if await harness.service.queue.waiting() else None

        await eventually(queued_again, patience_s=10)  # and not after a minute
        async with running_harness(tmp_path, redis_url, settings=settings, delivery=False):
            assert (await harness.finished(job)).state is JobState.DELIVERED


async def test_sweeps_come_as_often_as_set(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        lookups = Lookups(harness, monkeypatch)
        async with sweeping(harness, every_s=0.2):
            await asyncio.sleep(1)
            assert 1 <= lookups.count <= 6
            await harness.send()
            await lose_queue(harness, redis_url)

            async def queued_again() -> bool | None:
                return True if await harness.service.queue.waiting() else None

            await eventually(queued_again, patience_s=20)


async def test_a_database_that_fails_for_a_moment_does_not_end_the_sweeps(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "POLL_INTERVAL_S", 0.05)
    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        lookups = Lookups(harness, monkeypatch, failing=2)
        await harness.send()
        await lose_queue(harness, redis_url)
        async with sweeping(harness):

            async def queued_again() -> bool | None:
                return True if await harness.service.queue.waiting() else None

            await eventually(queued_again, patience_s=20)
        assert lookups.count >= 3


async def test_replaced_redis_is_noticed(tmp_path: Path, redis_binary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "POLL_INTERVAL_S", 0.1)
    folder = tmp_path / "redis"
    async with AsyncExitStack() as first_redis:
        url = await first_redis.enter_async_context(embedded_redis(folder))
        async with (
            running_harness(tmp_path / "service", url, worker=False, delivery=False) as harness,
            sweeping(harness),
        ):
            job = await harness.send()
            await first_redis.aclose()
            shutil.rmtree(folder)
            async with embedded_redis(folder) as again, running_harness(tmp_path / "service", again) as working:
                assert (await working.finished(job, 20)).state is JobState.DELIVERED
                assert len(working.chat.replies) == 1


async def test_photos_without_a_job_are_deleted(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path, free_per_day=2)
    async with running_harness(tmp_path, redis_url, settings=settings, worker=False, delivery=False) as harness:
        waiting, dropped = await harness.send(b"1", message="1"), await harness.send(b"2", message="2", sender=BEN)
        await harness.service.cancel(BEN)
        for stranger in ("unknown", "fresh"):
            await harness.service.photos.put(original(stranger), b"photo")
        folder = Path(harness.settings.photos)
        for job in (waiting.id, dropped.id, "unknown"):
            os.utime(folder / original(job), (1, 1))
        assert await sweeper(harness).tidy() == 2
        assert {entry.name for entry in folder.iterdir()} == {waiting.id, "fresh"}
