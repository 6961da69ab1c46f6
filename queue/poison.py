"""Photos that end their worker: counted, run alone, and after the second time set aside.

A worker that dies cannot tell of it. So each begin is noted, and the note is taken away at each end but a death.
"""

from datetime import UTC, datetime, timedelta

from arq.utils import timestamp_ms
from redis.asyncio import Redis

from magicmemory.queue.connection import Names

# A photo that ended its worker this often is not tried again: it would end every worker in turn.
MAX_CRASHES = 2
REMEMBERED = timedelta(days=30)


class CrashCounter:
    """How often photos ended their worker. Kept in Redis: the next worker must know."""

    def __init__(self, redis: Redis, names: Names) -> None:
        self._redis = redis
        self._names = names

    async def of(self, job: str) -> int:
        """How many workers this photo has ended."""
        return int(await self._redis.get(self._names.begun(job)) or 0)

    async def begin(self, job: str) -> None:
        """A worker begins with the photo; until `end` this counts as a death."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(self._names.begun(job))
            pipe.expire(self._names.begun(job), REMEMBERED)
            await pipe.execute()

    async def end(self, job: str) -> None:
        """The worker lives: whatever became of the photo, it ended nobody."""
        await self._redis.delete(self._names.begun(job))

    async def dead_letter(self, job: str) -> None:
        """Note for the operator that the photo is not tried any more."""
        now = timestamp_ms()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(self._names.dead_letter, {job: now}, nx=True)
            pipe.zremrangebyscore(self._names.dead_letter, "-inf", now - REMEMBERED.total_seconds() * 1000)
            pipe.delete(self._names.begun(job))
            await pipe.execute()

    async def all_dead_letters(self) -> dict[str, datetime]:
        """The photos that were set aside of late, and when; the first one first."""
        found = await self._redis.zrange(self._names.dead_letter, 0, -1, withscores=True)
        return {job.decode(): datetime.fromtimestamp(score / 1000, UTC) for job, score in found}
