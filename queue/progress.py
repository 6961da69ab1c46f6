"""The progress of jobs: workers publish it, and every watcher of a job receives it.

It is never stored: a lost message only delays a progress bar.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.core.job import Progress
from magicmemory.queue.connection import RedisKeys

log = logging.getLogger(__name__)

RECONNECT_S = 1.0
# Ours have about 100 bytes.
MAX_MESSAGE_BYTES = 10_000


async def publish(redis: Redis, keys: RedisKeys, progress: Progress) -> None:
    """Send a job's progress to its watchers."""
    await redis.publish(keys.progress(progress.job), progress.model_dump_json())


class ProgressHub:
    """One subscription per process, for any number of watchers."""

    def __init__(self, redis: Redis, keys: RedisKeys) -> None:
        self._redis = redis
        self._keys = keys
        self._watchers: dict[str, set[asyncio.Queue[Progress]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready))
        await ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def watch(self, job: str) -> AsyncIterator[asyncio.Queue[Progress]]:
        """A queue that receives the job's progress while the context lasts."""
        queue: asyncio.Queue[Progress] = asyncio.Queue()
        self._watchers[job].add(queue)
        try:
            yield queue
        finally:
            self._watchers[job].discard(queue)
            if not self._watchers[job]:
                del self._watchers[job]

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.psubscribe(self._keys.progress("*"))
                    ready.set()
                    async for message in subscription.listen():
                        if message["type"] == "pmessage":
                            self._receive(message["data"])
            except (RedisError, OSError) as error:
                log.warning("progress messages stopped: %s; trying again", error)
                await asyncio.sleep(RECONNECT_S)

    def _receive(self, data: bytes) -> None:
        # Foreign messages on the channel must not end the listener.
        try:
            if len(data) > MAX_MESSAGE_BYTES:
                raise ValueError("too long")
            progress = Progress.model_validate_json(data)
        except (ValueError, RecursionError):
            log.warning("dropped a progress message of %d bytes: it is not one of this service", len(data))
        else:
            self._pass_on(progress)

    def _pass_on(self, progress: Progress) -> None:
        for queue in self._watchers.get(progress.job, ()):
            queue.put_nowait(progress)
