"""The lengths of the queues."""

from redis.asyncio import Redis

from magicmemory.core.job import Platform
from magicmemory.queue.client import DELIVER, RESTORE
from magicmemory.queue.connection import RedisKeys


async def depths(redis: Redis, keys: RedisKeys) -> dict[str, int]:
    """Jobs that wait or are in progress, by queue: `restore`, `deliver.telegram` and so on."""
    queues = {RESTORE: keys.restore_queue, **{f"{DELIVER}.{one}": keys.delivery_queue(one) for one in Platform}}
    async with redis.pipeline(transaction=False) as pipe:
        for queue in queues.values():
            pipe.zcard(queue)
        return dict(zip(queues, await pipe.execute(), strict=True))


async def check_writes(redis: Redis, keys: RedisKeys) -> None:
    """Write to Redis: with a full disk or memory it answers reads and refuses writes."""
    await redis.set(keys.probe, b"1", px=1000)


async def count_dead_letters(redis: Redis, keys: RedisKeys) -> int:
    """Photos that crashed their worker too often in the last 30 days."""
    return int(await redis.zcard(keys.dead_letter))
