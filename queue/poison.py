"""Poison messages: photos that crash their worker. A photo that did so once runs alone; after the third crash it
becomes a dead letter.

A worker that dies cannot report it. So each attempt is counted before it starts, and the counter is cleared unless the
worker crashes.
"""

from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from magicmemory.queue.arq_internals import now_ms
from magicmemory.queue.connection import RedisKeys

# A photo that crashed its worker this often is not tried again: it would crash every worker in turn. The first time it
# may have run beside the culprit, and workers die of other causes too; from the second attempt on it runs alone.
MAX_CRASHES = 3
EXPIRY = timedelta(days=30)


class CrashCounter:
    """Counts how often each photo crashed its worker. Kept in Redis, because the next worker must know."""

    def __init__(self, redis: Redis, keys: RedisKeys) -> None:
        self._redis = redis
        self._keys = keys

    async def crashes(self, job: str) -> int:
        """How many workers this photo has crashed."""
        return int(await self._redis.get(self._keys.attempts(job)) or 0)

    async def start_attempt(self, job: str) -> None:
        """Count an attempt. It counts as a crash until `finish_attempt`."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(self._keys.attempts(job))
            pipe.expire(self._keys.attempts(job), EXPIRY)
            await pipe.execute()

    async def finish_attempt(self, job: str) -> None:
        """Clear the counter: the worker survived the photo."""
        await self._redis.delete(self._keys.attempts(job))

    async def add_dead_letter(self, job: str) -> None:
        """Record for the operator that the photo is not tried any more."""
        now = now_ms()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(self._keys.dead_letter, {job: now}, nx=True)
            pipe.zremrangebyscore(self._keys.dead_letter, "-inf", now - EXPIRY.total_seconds() * 1000)
            pipe.delete(self._keys.attempts(job))
            await pipe.execute()

    async def is_dead_letter(self, job: str) -> bool:
        """Whether the photo was given up. The same message again does not try it again; a new message does."""
        return await self._redis.zscore(self._keys.dead_letter, job) is not None

    async def dead_letters(self) -> dict[str, datetime]:
        """The dead letters of the last 30 days and when each was given up, oldest first."""
        found = await self._redis.zrange(self._keys.dead_letter, 0, -1, withscores=True)
        return {job.decode(): datetime.fromtimestamp(score / 1000, UTC) for job, score in found}
