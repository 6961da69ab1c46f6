"""What a process tells of itself over HTTP: `/metrics` for Prometheus, `/healthz` and `/readyz` for its keeper.

`/healthz` answers as long as the event loop turns. `/readyz` says 200 once the process has said that it is ready, and
while everything it cannot work without answers; else 503.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from typing import Final

import httpx
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from magicmemory.core.errors import OperatorError
from magicmemory.core.http_server import Server, listen, url_of
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.queue_stats import count_dead_letters, depths
from magicmemory.storage.database import ping
from magicmemory.storage.photos import PhotoStore

log = logging.getLogger(__name__)

PATIENCE_S: Final = 3.0
GRACE_S: Final = 1
PLAIN: Final = "text/plain; version=0.0.4; charset=utf-8"


class NotReady(OperatorError):
    """The process does not answer, or says that it cannot work."""


class Health:
    """Looks whether the process can work."""

    def __init__(self, settings: Settings, redis: Redis, metrics: Metrics, *, database: bool) -> None:
        """
        Args:
            settings: name what has to answer.
            redis: a connection to the queue's.
            metrics: the process's, which learn what is found.
            database: whether the process needs it.
        """
        self.started = asyncio.Event()
        self._redis = redis
        self._keys = RedisKeys(settings.redis_prefix)
        self._metrics = metrics
        self._checks: dict[str, Callable[[], Awaitable[object]]] = {
            "started": self._has_started,
            "redis": self._count,
            "photos": PhotoStore(settings.photos).check,
        }
        if database:
            self._checks["database"] = lambda: ping(settings.database)

    async def look(self) -> dict[str, bool]:
        """What answers, by name: `started`, `redis`, `photos`, `database`."""
        answers = await asyncio.gather(*(self._answers(name) for name in self._checks))
        found = dict(zip(self._checks, answers, strict=True))
        for name, good in found.items():
            self._metrics.ready.labels(name).set(good)
        return found

    async def _answers(self, name: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._checks[name]()
        # The stores' errors are as many as their back-ends; whatever it is, it does not work.
        except Exception as error:
            log.debug("%s is out of reach: %r", name, error)
            return False
        return True

    async def _has_started(self) -> None:
        if not self.started.is_set():
            raise NotReady("it has not said that it is ready")

    async def _count(self) -> None:
        for queue, jobs in (await depths(self._redis, self._keys)).items():
            self._metrics.depth.labels(queue).set(jobs)
        self._metrics.dead_letter.set(await count_dead_letters(self._redis, self._keys))


@asynccontextmanager
async def telling(
    settings: Settings, redis_url: str, metrics: Metrics, *, database: bool
) -> AsyncIterator[Callable[[], None]]:
    """Tell of this process for as long as the context lasts, if the settings name a port. Yields what to call once the
    process is ready.

    Raises:
        CannotListen: the port is taken.
    """
    async with AsyncExitStack() as stack:
        # What is made here connects when it is asked.
        redis: Redis = Redis.from_url(redis_url, socket_timeout=PATIENCE_S)
        stack.push_async_callback(redis.aclose)
        health = Health(settings, redis, metrics, database=database)
        if settings.metrics_port:
            remedy = "set MAGIC_METRICS_PORT to another port, or 0 for none"
            listener = listen(settings.metrics_host, settings.metrics_port, "The metrics", remedy)
            stack.enter_context(closing(listener))
            stop = asyncio.Event()
            server = Server(_app(health, metrics), GRACE_S)
            serving = asyncio.create_task(server.serve_until(stop, listener))

            async def end() -> None:
                stop.set()
                await serving

            stack.push_async_callback(end)
            log.info("metrics and health: %s", url_of(settings.metrics_host, settings.metrics_port))
        yield health.started.set


def _app(health: Health, metrics: Metrics) -> Starlette:
    async def tell_metrics(_: Request) -> Response:
        await health.look()
        return Response(metrics.render(), media_type=PLAIN)

    async def tell_alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def tell_ready(_: Request) -> Response:
        found = await health.look()
        return JSONResponse(found, status_code=200 if all(found.values()) else 503)

    return Starlette(
        routes=[Route("/metrics", tell_metrics), Route("/healthz", tell_alive), Route("/readyz", tell_ready)]
    )


def ask(settings: Settings, path: str) -> None:
    """Ask the process with these settings for `/healthz` or `/readyz`.

    Raises:
        NotReady: it does not answer, or not well; the message says which.
    """
    if not settings.metrics_port:
        raise NotReady("MAGIC_METRICS_PORT is not set: the process tells nothing of itself.")
    url = url_of(settings.metrics_host, settings.metrics_port) + path
    try:
        # A proxy of the environment's is for the world outside.
        answer = httpx.get(url, timeout=2 * PATIENCE_S, trust_env=False)
    except httpx.HTTPError as error:
        raise NotReady(f"{url} does not answer ({type(error).__name__}).") from None
    if answer.status_code != httpx.codes.OK:
        missing = [name for name, good in answer.json().items() if not good]
        raise NotReady(f"{url} says no: {', '.join(missing)}.")
