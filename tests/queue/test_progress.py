"""Foreign messages on the progress channel are dropped, and the listener continues."""

import asyncio

import pytest

from magicmemory.core.job import Progress, Stage
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.progress import ProgressHub, publish

KEYS = RedisKeys("progress")


@pytest.mark.parametrize(
    "foreign",
    [b"", b"\xff\xfe", b"no json", b"[]", b"{}", b'{"job": 1}', b"[" * 15_000, b'{"job": "' + b"x" * 1_000_000 + b'"}'],
    ids=["empty", "not-text", "no-json", "list", "no-job", "number", "deep", "long"],
)
async def test_foreign_messages_do_not_end_the_listener(redis_url: str, foreign: bytes) -> None:
    progress = Progress(job="1", stage=Stage.RESTORE, done=1, faces=2)
    async with connect(redis_url) as redis, ProgressHub(redis, KEYS) as hub, hub.watch("1") as received:
        await redis.publish(KEYS.progress("1"), foreign)
        await publish(redis, KEYS, progress)
        async with asyncio.timeout(10):
            assert await received.get() == progress
