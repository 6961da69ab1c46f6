"""arq's worker as we run it. It claims jobs in one step under a short lease and starts on a new job at once. It
survives a Redis that restarts, and messages that are not ours.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from redis.exceptions import RedisError, ResponseError

from magicmemory.queue.arq_internals import (
    LEASE_PREFIX,
    ArqRedis,
    Retry,
    Worker,
    func,
    job_key,
    lease_key,
    now_ms,
    retry_key,
)
from magicmemory.queue.connection import connect, from_json, served_key, to_json, turns_key, wake_channel
from magicmemory.queue.turns import CLAIM, MEMORY_MS, WINDOW

log = logging.getLogger(__name__)

# arq holds a job for its whole time limit, so a killed worker's job would stay invisible for minutes. We hold it for
# `LEASE_S` and renew the lease while the process lives.
LEASE_S = 6.0
HEARTBEAT_S = 2.0
# New jobs wake a worker. Retries and dead workers' leases become due by themselves: polling finds those.
POLL_INTERVAL_S = 0.25
# Our functions count tries themselves and always end in a reply; arq must never drop a job silently.
UNLIMITED_TRIES = 1_000_000
RECONNECT_S = 0.5
# Characters of an id in the log. Ours have about 50; a foreign one may have a million.
MAX_LOGGED = 100

# Redis' answers for a key that holds something other than arq's.
FOREIGN_KEY_ERRORS = ("WRONGTYPE", "not an integer")

JobFunction = Callable[..., Coroutine[Any, Any, None]]


class LeasingWorker(Worker):
    """Finds jobs in our way; arq runs them."""

    def __init__(self, redis: ArqRedis, queue: str, **options: Any) -> None:
        """`queue` is where jobs wait; `options` are arq's."""
        super().__init__(redis_pool=redis, queue_name=queue, handle_signals=False, **options)
        self.ctx["redis"] = redis
        self.woken = asyncio.Event()
        self._claim = redis.register_script(CLAIM)

    async def main(self) -> None:
        """Take jobs and start them, until `allow_pick_jobs` is False."""
        listening = asyncio.create_task(self._listen())
        try:
            while self.allow_pick_jobs:
                self.woken.clear()
                try:
                    await self._start_some()
                except (RedisError, OSError) as error:
                    # Running jobs continue: they do not need Redis before their end.
                    log.warning("Redis does not answer (%s); trying again", error)
                    await asyncio.sleep(RECONNECT_S)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_INTERVAL_S):
                        await self.woken.wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with self.pool.pubsub() as subscription:
                    await subscription.subscribe(wake_channel(self.queue_name))
                    async for _ in subscription.listen():
                        self.woken.set()
            except (RedisError, OSError):
                await asyncio.sleep(RECONNECT_S)

    async def _start_some(self) -> None:
        free = self.max_jobs - len(self.tasks)
        if free <= 0:
            return
        keys = [self.queue_name, turns_key(self.queue_name), served_key(self.queue_name)]
        arguments: list[int | str] = [free, int(LEASE_S * 1000), LEASE_PREFIX, WINDOW, MEMORY_MS]
        present, *claimed = await self._claim(keys=keys, args=arguments)
        # arq computes from a job's score and this machine's clock when a retry is due. A score moved by the difference
        # of the clocks makes that the time of Redis.
        ahead_ms = now_ms() - int(present)
        for name, score in zip(claimed[::2], claimed[1::2], strict=True):
            try:
                queue_id = name.decode()
            except UnicodeDecodeError:
                log.error("dropped %r from %s: it is not a job of this service", name[:MAX_LOGGED], self.queue_name)
                await self.pool.zrem(self.queue_name, name)
                continue
            if queue_id in self.tasks:
                # Our own heartbeat was late, as on an overloaded machine. The claim has renewed the lease.
                log.warning("%s already runs here; its lease had ended", queue_id[:MAX_LOGGED])
                continue
            task = asyncio.create_task(self._run(queue_id, int(float(score)) + ahead_ms))
            self.tasks[queue_id] = task
            task.add_done_callback(partial(self._ended, queue_id))

    def _ended(self, queue_id: str, task: asyncio.Task[None]) -> None:
        del self.tasks[queue_id]
        self.woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", queue_id[:MAX_LOGGED], exc_info=error)

    async def _run(self, queue_id: str, score: int) -> None:
        try:
            await self.run_job(queue_id, score)
        except ResponseError as error:
            if not any(fault in str(error) for fault in FOREIGN_KEY_ERRORS):
                raise
            log.error("dropped %s: another program wrote its keys: %s", queue_id[:MAX_LOGGED], error)
            await self.pool.zrem(self.queue_name, queue_id)
            await self.pool.delete(job_key(queue_id), retry_key(queue_id), lease_key(queue_id))
        except (RedisError, OSError) as error:
            log.warning("%s will run again: Redis could not record its end: %s", queue_id[:MAX_LOGGED], error)


@asynccontextmanager
async def _lease(redis: ArqRedis, queue_id: str) -> AsyncIterator[None]:
    """Renew a claimed job's lease while the context lasts."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            with suppress(RedisError, OSError):
                await redis.set(lease_key(queue_id), b"1", px=int(LEASE_S * 1000))

    heartbeat = asyncio.create_task(renew())
    try:
        yield
    finally:
        heartbeat.cancel()
        await asyncio.gather(heartbeat, return_exceptions=True)


def _leased(coroutine: JobFunction) -> JobFunction:
    async def run(context: dict[str, Any], *arguments: Any) -> None:
        try:
            async with _lease(context["redis"], context["job_id"]):
                await coroutine(context, *arguments)
        except RedisError as error:
            raise Retry(defer=RECONNECT_S) from error

    return run


async def run_worker(
    redis_url: str,
    *,
    queue: str,
    function: str,
    coroutine: JobFunction,
    at_once: int,
    timeout_s: float,
    stop: asyncio.Event,
    grace_s: float = 20,
) -> None:
    """Process a queue until `stop` is set. Running jobs then have `grace_s` seconds to finish; the rest return to the
    queue.

    Args:
        redis_url: the Redis that holds the queue.
        queue: the queue's key.
        function: the name that its jobs call.
        coroutine: runs for each job, with arq's context and the job's arguments.
        at_once: jobs that run at a time.
        timeout_s: longest run of one job, seconds; a safety net above the coroutine's own limit.
        stop: ends the worker once it is set.
        grace_s: time for running jobs to finish, seconds.
    """
    while not stop.is_set():
        try:
            async with connect(redis_url) as redis:
                worker = LeasingWorker(
                    redis,
                    queue,
                    functions=[func(_leased(coroutine), name=function)],
                    max_jobs=at_once,
                    job_timeout=timeout_s,
                    keep_result=0,
                    max_tries=UNLIMITED_TRIES,
                    job_serializer=to_json,
                    job_deserializer=from_json,
                    log_results=False,
                )
                await _run_until(worker, stop, grace_s)
        except (RedisError, OSError) as error:
            log.warning("Redis does not answer (%s); trying again", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(RECONNECT_S):
                    await stop.wait()


async def _run_until(worker: LeasingWorker, stop: asyncio.Event, grace_s: float) -> None:
    running = asyncio.create_task(worker.main())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        worker.allow_pick_jobs = False
        worker.woken.set()
        await running
        if worker.tasks:
            await asyncio.wait(worker.tasks.values(), timeout=grace_s)
    finally:
        # A cancelled task returns its job to the queue.
        tasks = [running, stopping, *worker.tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
