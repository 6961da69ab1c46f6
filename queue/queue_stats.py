"""How long the queues are."""

from redis.asyncio import Redis

from magicmemory.core.job import Platform
from magicmemory.queue.client import DELIVER, RESTORE
from magicmemory.queue.connection import Names


async def depths(redis: Redis, names: Names) -> dict[str, int]:
    """Jobs that wait or are in hand, by queue: `restore`, `deliver.telegram` and so on."""
    queues = {RESTORE: names.restore_queue, **{f"{DELIVER}.{one}": names.delivery_queue(one) for one in Platform}}
    async with redis.pipeline(transaction=False) as pipe:
        for queue in queues.values():
            pipe.zcard(queue)
        return dict(zip(queues, await pipe.execute(), strict=True))


async def count_dead_letters(redis: Redis, names: Names) -> int:
    """Photos that ended their worker too often of late."""
    return int(await redis.zcard(names.dead_letter))
