"""arq's worker as we run it: short leases, no stored results, and a life that outlasts a Redis restart."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from arq import Worker, func
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix
from redis.exceptions import RedisError

from magicmemory.queue.connection import connect, from_json, to_json

log = logging.getLogger(__name__)

# arq holds a job for its whole time limit, so that a killed worker's job would stay invisible for minutes. We hold it
# for `LEASE_S` and renew that while we live.
LEASE_S = 10.0
HEARTBEAT_S = 3.0
# How often an idle worker looks: it adds half of this to a photo's time.
POLL_DELAY_S = 0.02
# Our functions count tries themselves and always end in a reply; arq must never drop a job silently.
ENDLESS_TRIES = 1_000_000
RECONNECT_S = 1.0

JobFunction = Callable[..., Coroutine[Any, Any, None]]


@asynccontextmanager
async def _lease(redis: ArqRedis, queue_id: str) -> AsyncIterator[None]:
    """Keep a job ours for as long as the context lasts and this process lives."""
    key = in_progress_key_prefix + queue_id

    async def renew() -> None:
        while True:
            with suppress(RedisError, OSError):
                await redis.set(key, b"1", px=int(LEASE_S * 1000))
            await asyncio.sleep(HEARTBEAT_S)

    heartbeat = asyncio.create_task(renew())
    try:
        yield
    finally:
        heartbeat.cancel()
        await asyncio.gather(heartbeat, return_exceptions=True)


def _leased(coroutine: JobFunction) -> JobFunction:
    async def run(context: dict[str, Any], *arguments: Any) -> None:
        async with _lease(context["redis"], context["job_id"]):
            await coroutine(context, *arguments)

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
    """Work on a queue until `stop` is set; then finish what is in hand within `grace_s`, or hand it back.

    Args:
        redis_url: where the queue is.
        queue: its name.
        function: the name of its jobs.
        coroutine: what to run for each, called with arq's context and the job's arguments.
        at_once: how many jobs run at a time.
        timeout_s: how long one may run; a net under the coroutine's own limit.
        stop: set to end.
        grace_s: seconds that running jobs have to finish.
    """
    while not stop.is_set():
        try:
            async with connect(redis_url) as redis:
                worker = _worker(redis, queue, function, coroutine, at_once, timeout_s)
                await _run_until(worker, stop, grace_s)
        except (RedisError, OSError) as error:
            log.warning("Redis is away (%s); trying again", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RECONNECT_S)


def _worker(
    redis: ArqRedis, queue: str, function: str, coroutine: JobFunction, at_once: int, timeout_s: float
) -> Worker:
    worker = Worker(
        functions=[func(_leased(coroutine), name=function)],
        redis_pool=redis,
        queue_name=queue,
        handle_signals=False,
        max_jobs=at_once,
        job_timeout=timeout_s,
        keep_result=0,
        max_tries=ENDLESS_TRIES,
        poll_delay=POLL_DELAY_S,
        job_serializer=to_json,
        job_deserializer=from_json,
        log_results=False,
    )
    worker.in_progress_timeout_s = LEASE_S
    return worker


async def _run_until(worker: Worker, stop: asyncio.Event, grace_s: float) -> None:
    running = asyncio.create_task(worker.async_run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            worker.allow_pick_jobs = False
            # A look at the queue that is under way ends by itself; cut off, it could leave its connection open.
            await asyncio.sleep(5 * POLL_DELAY_S)
            if worker.tasks:
                await asyncio.wait(worker.tasks.values(), timeout=grace_s)
    finally:
        stopping.cancel()
        running.cancel()
        # A task that is cancelled here gives its job back to the queue.
        for task in worker.tasks.values():
            task.cancel()
        ended = await asyncio.gather(running, *worker.tasks.values(), return_exceptions=True)
    if isinstance(ended[0], Exception):
        raise ended[0]
