"""Requests that a bot has received and not yet queued. A bot that is killed in between continues with them when it
starts.
"""

import json
import time
from typing import Any, Final

from magicmemory.core.job import Platform
from magicmemory.queue.arq_internals import ArqRedis
from magicmemory.queue.connection import RedisKeys

# Discord accepts answers for 15 minutes; an older request cannot be answered any more. Seconds.
EXPIRY_S: Final = 15 * 60


class PendingRequests:
    """One platform's pending requests. Redis deletes them all after `EXPIRY_S` without a new one."""

    def __init__(self, redis: ArqRedis, keys: RedisKeys, platform: Platform) -> None:
        self._redis = redis
        self._key = keys.pending_requests(platform)

    async def keep(self, request: str, payload: dict[str, Any]) -> None:
        """Store a request's payload, as the platform sent it, under the request's id."""
        entry = json.dumps({"at": time.time(), "told": payload})
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key, request, entry)
            pipe.expire(self._key, EXPIRY_S)
            await pipe.execute()

    async def drop(self, request: str) -> None:
        """Remove a request that was queued or answered."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hdel(self._key, request)
            await pipe.execute()

    async def all(self) -> list[dict[str, Any]]:
        """The stored payloads, oldest first. Deletes those older than `EXPIRY_S`."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._key)
            (kept,) = await pipe.execute()
            entries = {request: json.loads(entry) for request, entry in kept.items()}
            too_old = [request for request, entry in entries.items() if entry["at"] < time.time() - EXPIRY_S]
            if too_old:
                pipe.hdel(self._key, *too_old)
                await pipe.execute()
        fresh = [entry for request, entry in entries.items() if request not in too_old]
        return [entry["told"] for entry in sorted(fresh, key=lambda entry: float(entry["at"]))]
