"""Jobs that version 0.1.0 left in Redis are restored and delivered: keys and messages stay byte for byte."""

from pathlib import Path

from magicmemory.core.job import JobState, Platform
from magicmemory.queue.connection import RedisKeys, connect, wake_channel
from magicmemory.storage.photos import original
from tests.support.harness import running_harness

# As 0.1.0 wrote them: `{job}` stands for the job's id.
RESTORE = (
    b'{"t":null,"f":"restore","a":[{"job":"{job}","platform":"telegram","photo":"{job}/original",'
    b'"result":"{job}/result","options":{"model":"auto","detector":"auto","strength":1.0,"fidelity":null,"upscale":1,'
    b'"scope":"faces"},"max_megapixels":0.0}],"k":{},"et":1795780000000}'
)
FAILURE = (
    b'{"t":null,"f":"deliver.telegram","a":[{"job":"{job}","report":null,'
    b'"failure":{"key":"no-face-found","parameters":{}},"extension":""}],"k":{},"et":1795780000000}'
)


def test_redis_keys_are_those_of_the_first_version() -> None:
    keys = RedisKeys("magicmemory")
    assert [
        keys.restore_queue,
        keys.delivery_queue(Platform.DISCORD),
        keys.restore_job("1"),
        keys.delivery_job("1"),
        keys.attempts("1"),
        keys.dead_letter,
        keys.mark(Platform.TELEGRAM),
        keys.progress("1"),
        wake_channel(keys.restore_queue),
    ] == [
        "magicmemory:restore",
        "magicmemory:deliver:discord",
        "magicmemory:restore:1",
        "magicmemory:deliver:1",
        "magicmemory:begun:1",
        "magicmemory:set-aside",
        "magicmemory:swept:telegram",
        "magicmemory:progress:1",
        "magicmemory:restore:wake",
    ]


async def test_a_photo_queued_before_the_update_is_delivered(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_harness(tmp_path, redis_url, worker=False, delivery=False) as before,
        connect(redis_url) as redis,
    ):
        job = await before.send(b"photo")
        assert await before.service.photos.get(original(job.id)) == b"photo"
        await redis.flushdb()
        await redis.set(f"arq:job:magicmemory:restore:{job.id}", RESTORE.replace(b"{job}", job.id.encode()))
        await redis.zadd("magicmemory:restore", {f"magicmemory:restore:{job.id}": 1795780000000})
    async with running_harness(tmp_path, redis_url) as after:
        assert (await after.finished(job)).state is JobState.DELIVERED
        assert [reply.photo for reply in after.chat.replies] == [b"restored photo"]


async def test_a_reply_queued_before_the_update_is_sent(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_harness(tmp_path, redis_url, worker=False, delivery=False) as before,
        connect(redis_url) as redis,
    ):
        job = await before.send(b"photo")
        await redis.flushdb()
        await redis.set(f"arq:job:magicmemory:deliver:{job.id}", FAILURE.replace(b"{job}", job.id.encode()))
        await redis.zadd("magicmemory:deliver:telegram", {f"magicmemory:deliver:{job.id}": 1795780000000})
    async with running_harness(tmp_path, redis_url, worker=False) as after:
        assert (await after.finished(job)).state is JobState.FAILED
        assert [reply.failure.key for reply in after.chat.replies if reply.failure] == ["no-face-found"]
