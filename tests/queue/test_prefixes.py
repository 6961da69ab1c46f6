"""Two bots with a prefix each share one Redis and see nothing of each other."""

from magicmemory.core.errors import NoFaceFound
from magicmemory.core.job import Outcome, Platform, RestoreTask
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import RedisKeys, connect

JOB = "a" * 32


async def test_jobs_of_one_prefix_are_invisible_to_another(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        ours, theirs = Queue(redis, RedisKeys("ours")), Queue(redis, RedisKeys("theirs"))
        task = RestoreTask(job=JOB, platform=Platform.TELEGRAM, photo="p", result="r", options=Options())
        await ours.restore(task)
        await ours.deliver(Platform.TELEGRAM, Outcome(job="b" * 32, failure=Failure.of(NoFaceFound())))
        await ours.mark(Platform.TELEGRAM)
        assert (await ours.waiting(), await theirs.waiting()) == (1, 0)
        assert not await theirs.is_marked(Platform.TELEGRAM)
        assert await theirs.missing(Platform.TELEGRAM, [JOB]) == {JOB}
        await theirs.drop(JOB)
        assert await ours.waiting() == 1
        # The same job's id may exist in both, as with two bots in one chat.
        await theirs.restore(task)
        assert await theirs.waiting() == 1
        assert all("ours" in key or "theirs" in key for key in map(bytes.decode, await redis.keys()))
