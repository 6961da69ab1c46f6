"""What a bot was asked and has not taken in yet, so that a bot that is killed in between takes it up when it starts."""

import json
import time
from typing import Any, Final

from arq.connections import ArqRedis

from magicmemory.core.job import Platform
from magicmemory.queue.connection import Names

# As long as Discord lets us answer; whatever is older could not be answered any more.
LONGEST_S: Final = 15 * 60


class PendingRequests:
    """A platform's requests in hand. Redis lets go of them when nothing new comes for so long."""

    def __init__(self, redis: ArqRedis, names: Names, platform: Platform) -> None:
        self._redis = redis
        self._key = names.asked(platform)

    async def keep(self, request: str, told: dict[str, Any]) -> None:
        """Keep what the platform told about a request."""
        note = json.dumps({"at": time.time(), "told": told})
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key, request, note)
            pipe.expire(self._key, LONGEST_S)
            await pipe.execute()

    async def drop(self, request: str) -> None:
        """It is taken in, or answered."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hdel(self._key, request)
            await pipe.execute()

    async def all(self) -> list[dict[str, Any]]:
        """What is kept, oldest first. What is too old goes."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._key)
            (kept,) = await pipe.execute()
            notes = {request: json.loads(note) for request, note in kept.items()}
            too_old = [request for request, note in notes.items() if note["at"] < time.time() - LONGEST_S]
            if too_old:
                pipe.hdel(self._key, *too_old)
                await pipe.execute()
        fresh = [note for request, note in notes.items() if request not in too_old]
        return [note["told"] for note in sorted(fresh, key=lambda note: float(note["at"]))]
