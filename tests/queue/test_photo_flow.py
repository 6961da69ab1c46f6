"""A photo's way through the queue: one reply, quota settled once, also after failures and repeats."""

import asyncio
import threading
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from magicmemory.core.errors import NoFaceFound, PhotoExpired, QuotaUsedUp
from magicmemory.core.job import JobState, Outcome, Platform, Stage
from magicmemory.core.report import Failure
from magicmemory.queue import arq_worker, delivery
from magicmemory.queue.arq_internals import lease_key
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.delivery import Reply, RetryLater, Undeliverable
from magicmemory.queue.embedded import embedded_redis
from tests.support.harness import ANA, NoPipeline, Recorder, eventually, running_harness, settings_for


async def test_a_photo_comes_back_and_costs_one(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url) as harness:
        job = await harness.finished(await harness.send())
        assert job.state is JobState.DELIVERED
        assert job.context["reply"] == "1"
        [reply] = harness.chat.replies
        assert reply.photo == b"restored photo"
        assert reply.quota.left == 0
        assert reply.failure is None
        with pytest.raises(QuotaUsedUp):
            await harness.send(b"another", message="2")


async def test_progress_is_reported_until_the_reply_is_sent(tmp_path: Path, redis_url: str) -> None:
    watching = threading.Event()
    async with running_harness(tmp_path, redis_url, NoPipeline(before=lambda _: watching.wait(10))) as harness:
        job = await harness.send()
        async with harness.service.watch(job.id) as updates:
            watching.set()
            stages = [(progress.stage, progress.done, progress.faces) async for progress in updates]
        assert stages == [(Stage.RESTORE, 1, 1), (Stage.DONE, 0, 0)]
        async with harness.service.watch(job.id) as updates:  # too late: it ends at once
            assert [progress.stage async for progress in updates] == [Stage.DONE]


async def test_user_error_is_reported_and_refunded(tmp_path: Path, redis_url: str) -> None:
    def no_face(_: bytes) -> None:
        raise NoFaceFound

    async with running_harness(tmp_path, redis_url, NoPipeline(before=no_face)) as harness:
        job = await harness.finished(await harness.send())
        assert job.state is JobState.FAILED
        [reply] = harness.chat.replies
        assert reply.failure == Failure.of(NoFaceFound())
        assert reply.quota.left == 1
        assert (await harness.service.quota(ANA)).left == 1


async def test_bug_gives_an_apology_and_a_refund(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(_: bytes) -> None:
        raise ZeroDivisionError

    async with running_harness(tmp_path, redis_url, NoPipeline(before=bug)) as harness:
        job = await harness.finished(await harness.send())
        assert job.failure is not None
        assert job.failure.key == "internal-error"
        assert (await harness.service.quota(ANA)).left == 1
        assert any(job.id in record.message and record.exc_info for record in caplog.records)


async def test_restoration_over_its_time_limit_is_abandoned(tmp_path: Path, redis_url: str) -> None:
    end = threading.Event()
    settings = settings_for(tmp_path).model_copy(update={"job_timeout_s": 0.2})
    async with running_harness(
        tmp_path, redis_url, NoPipeline(before=lambda _: end.wait(30)), settings=settings
    ) as harness:
        job = await harness.finished(await harness.send())
        end.set()
        assert job.state is JobState.FAILED
        assert (await harness.service.quota(ANA)).left == 1


async def test_the_same_message_twice_is_one_job_and_one_reply(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url) as harness:
        first, again = await asyncio.gather(harness.send(), harness.send())
        assert first.id == again.id
        await harness.finished(first)
        assert (await harness.send()).state is JobState.DELIVERED
        await asyncio.sleep(0.3)
        assert len(harness.chat.replies) == 1


async def test_repeated_outcome_gives_one_reply(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url) as harness:
        job = await harness.finished(await harness.send())
        await harness.service.queue.deliver(Platform.TELEGRAM, Outcome(job=job.id, report=job.report, extension="jpg"))
        await harness.service.queue.deliver(
            Platform.TELEGRAM, Outcome(job="unknown", failure=Failure.of(NoFaceFound()))
        )
        async with connect(redis_url) as redis:
            queue = RedisKeys(harness.settings.redis_prefix).delivery_queue(Platform.TELEGRAM)

            async def empty() -> bool | None:
                return True if not await redis.zcard(queue) else None

            await eventually(empty)
        assert len(harness.chat.replies) == 1


async def test_a_cancelled_job_is_not_answered(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness:
        job = await harness.send()
        assert await harness.service.queue.waiting() == 1
        async with harness.service.watch(job.id) as updates:
            await harness.service.cancel(ANA)
            assert [progress.stage async for progress in updates] == [Stage.DONE]
        assert await harness.service.queue.waiting() == 0
        assert (await harness.service.quota(ANA)).left == 1
        await harness.service.queue.deliver(Platform.TELEGRAM, Outcome(job=job.id, failure=Failure.of(NoFaceFound())))
        await asyncio.sleep(0.3)
        assert harness.chat.replies == []


async def test_queue_position_is_reported(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path, free_per_day=5)
    async with running_harness(tmp_path, redis_url, settings=settings, worker=False) as harness:
        jobs = []
        for number in range(3):
            jobs.append(await harness.send(message=str(number)))
            await asyncio.sleep(0.002)  # the queue's order is by milliseconds
        assert [await harness.service.queue.ahead(job.id) for job in jobs] == [0, 1, 2]
        assert await harness.service.queue.ahead("unknown") == 0


async def test_failed_reply_is_retried(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 0.05)
    tries = 0

    def flaky(_: Reply) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RetryLater(0.05)
        if tries == 2:
            raise ConnectionResetError

    async with running_harness(tmp_path, redis_url, chat=Recorder(before=flaky)) as harness:
        job = await harness.finished(await harness.send())
        assert (tries, len(harness.chat.replies)) == (3, 1)
        assert job.state is JobState.DELIVERED


@pytest.mark.parametrize("error", [Undeliverable("blocked"), ConnectionResetError("always")])
async def test_quota_is_refunded_if_the_person_cannot_be_reached(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(delivery, "MAX_TRIES", 3)

    def blocked(_: Reply) -> None:
        raise error

    async with running_harness(tmp_path, redis_url, chat=Recorder(before=blocked)) as harness:
        job = await harness.finished(await harness.send())
        assert job.state is JobState.FAILED
        assert (await harness.service.quota(ANA)).left == 1


async def test_missing_result_is_reported(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, delivery=False) as harness:
        job = await harness.send()
        async with connect(redis_url) as redis:
            queue = RedisKeys(harness.settings.redis_prefix).delivery_queue(Platform.TELEGRAM)

            async def restored() -> bool | None:
                return True if await redis.zcard(queue) else None

            await eventually(restored)
        await harness.service.photos.delete([f"{job.id}/result"])
        async with running_harness(tmp_path, redis_url, worker=False) as reopened:
            job = await reopened.finished(job)
            assert job.failure == Failure.of(PhotoExpired())
            assert (await reopened.service.quota(ANA)).left == 1


async def test_workers_survive_a_redis_restart(
    tmp_path: Path, redis_binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arq_worker, "RECONNECT_S", 0.05)
    settings = settings_for(tmp_path, free_per_day=2)
    async with AsyncExitStack() as first_redis:
        url = await first_redis.enter_async_context(embedded_redis(tmp_path / "redis"))
        async with running_harness(tmp_path, url, settings=settings) as harness:
            await harness.finished(await harness.send(message="1"))
            await first_redis.aclose()
            async with embedded_redis(tmp_path / "redis") as same:
                assert same == url
                job = await harness.finished(await harness.send(message="2"))
                assert job.state is JobState.DELIVERED


async def test_photo_that_cannot_be_stored_or_queued_is_refunded(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        photos = tmp_path / "photos"
        photos.rmdir()
        photos.write_text("a file in the folder's place")
        with pytest.raises(Exception, match="photos"):
            await harness.send(message="1")
        assert (await harness.service.quota(ANA)).left == 1
        photos.unlink()
        async with connect(redis_url) as redis:
            await redis.config_set("maxmemory", "1")  # every write is refused
            with pytest.raises(RedisError):
                await harness.send(message="2")
        assert (await harness.service.quota(ANA)).left == 1


async def test_a_worker_that_lost_its_lease_does_not_run_its_own_job_again(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun, end = threading.Event(), threading.Event()

    def held_up(_: bytes) -> None:
        begun.set()
        end.wait(10)

    pipeline = NoPipeline(before=held_up)
    async with running_harness(tmp_path, redis_url, pipeline) as harness, connect(redis_url) as redis:
        job = await harness.send()
        await asyncio.to_thread(begun.wait, 10)
        # As after a pause of the whole process that was longer than the lease.
        await redis.delete(lease_key(RedisKeys(harness.settings.redis_prefix).restore_job(job.id)))
        await asyncio.sleep(3 * arq_worker.POLL_INTERVAL_S)
        end.set()
        await harness.finished(job)
    assert pipeline.runs == 1
    assert not [record for record in caplog.records if "KeyError" in record.getMessage() or record.exc_info]
