"""A photo that failed is not tried again for an hour."""

import asyncio
import time
from pathlib import Path

from magicmemory.core.errors import InternalError, NoFaceFound, PhotoTooLarge
from magicmemory.core.job import Address, JobState, Platform
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.known_failures import EXPIRY, KnownFailures
from tests.support.harness import ANA, NoPipeline, running_harness, settings_for

BEN = ANA.model_copy(update={"account": "8"})


def no_face(_: bytes) -> None:
    raise NoFaceFound


async def test_the_same_photo_fails_with_the_same_sentence_without_a_worker(tmp_path: Path, redis_url: str) -> None:
    pipeline = NoPipeline(before=no_face)
    async with running_harness(tmp_path, redis_url, pipeline) as harness:
        await harness.finished(await harness.send(b"blank", message="1"))
        # Another person too: a new account costs nothing.
        for message, sender in (("2", ANA), ("3", BEN)):
            job = await harness.finished(await harness.send(b"blank", message=message, sender=sender))
            assert job.state is JobState.FAILED
            assert (await harness.service.quota(sender)).left == 1
        assert pipeline.runs == 1
        assert [reply.failure for reply in harness.chat.replies] == [Failure.of(NoFaceFound())] * 3
        # Other bytes and other options may do better.
        await harness.finished(await harness.send(b"other", message="4"))
        address = Address(platform=Platform.TELEGRAM, chat="1", message="5")
        await harness.finished(await harness.service.intake(ANA, address, b"blank", Options(faces=(1,))))
        assert pipeline.runs == 3


async def test_those_that_wait_already_are_not_tried_either(tmp_path: Path, redis_url: str) -> None:
    def slow(data: bytes) -> None:
        time.sleep(0.2)
        no_face(data)

    pipeline = NoPipeline(before=slow)
    settings = settings_for(tmp_path, free_per_day=8)
    async with running_harness(tmp_path, redis_url, pipeline, settings=settings) as harness:
        jobs = [await harness.send(b"blank", message=str(number)) for number in range(8)]
        await asyncio.gather(*(harness.finished(job) for job in jobs))
        assert pipeline.runs <= 2  # the two that began together
        assert [reply.failure for reply in harness.chat.replies] == [Failure.of(NoFaceFound())] * 8


async def test_temporary_failure_is_tried_again(tmp_path: Path, redis_url: str) -> None:
    def bug(_: bytes) -> None:
        raise RuntimeError("a bug")

    pipeline = NoPipeline(before=bug)
    async with running_harness(tmp_path, redis_url, pipeline) as harness:
        for message in ("1", "2"):
            await harness.finished(await harness.send(b"photo", message=message))
        assert pipeline.runs == 2


async def test_lasting_failures_are_remembered(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        keys = RedisKeys("known")
        known = KnownFailures(redis, keys)
        too_large = Failure.of(PhotoTooLarge(megapixels=70.1, limit_megapixels=64))
        await known.add("f" * 64, Options(), 0, too_large)
        await known.add("e" * 64, Options(), 0, Failure.of(InternalError()))
        assert await known.find("f" * 64, Options(), 0) == too_large
        assert await known.find("f" * 64, Options(), 12) is None  # another plan's limit
        assert await known.find("f" * 64, Options(strength=0.5), 0) is None
        assert await known.find("e" * 64, Options(), 0) is None
        key = keys.failure("f" * 64, Options().fingerprint(), 0)
        assert 0 < await redis.ttl(key) <= EXPIRY.total_seconds()
        await redis.set(key, b"{")  # another program's
        assert await known.find("f" * 64, Options(), 0) is None
