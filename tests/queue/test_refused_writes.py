"""A Redis that answers reads and refuses writes is not ready."""

from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from magicmemory.cli.health import Health
from magicmemory.core.metrics import Metrics
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.queue_stats import check_writes, depths
from tests.support.harness import settings_for


async def test_redis_without_memory_is_not_ready(tmp_path: Path, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    keys = RedisKeys("magicmemory")
    health = Health(settings_for(tmp_path), redis, Metrics(), database=False)
    assert (await health.check())["redis"] is True
    await redis.config_set("maxmemory-policy", "noeviction")
    await redis.config_set("maxmemory", "1")
    assert set((await depths(redis, keys)).values()) == {0}
    with pytest.raises(ResponseError):
        await check_writes(redis, keys)
    assert (await health.check())["redis"] is False
    await redis.aclose()
