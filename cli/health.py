"""The HTTP server for metrics and health: `/metrics` for Prometheus, `/healthz` and `/readyz` for supervisors.

`/healthz` answers as long as the event loop runs. `/readyz` answers 200 if the process has started and everything that
it needs works; else 503.
"""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from magicmemory.cli.healthcheck import PATIENCE_S, NotReady
from magicmemory.core.http_server import Server, listen
from magicmemory.core.metrics import Metrics
from magicmemory.core.server_url import url_of
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.queue_stats import check_writes, count_dead_letters, depths
from magicmemory.storage.database import ping
from magicmemory.storage.photos import PhotoStore

log = logging.getLogger(__name__)

GRACE_S: Final = 1
PLAIN: Final = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """Checks whether the process can work."""

    def __init__(self, settings: Settings, redis: Redis, metrics: Metrics, *, database: bool) -> None:
        """
        Args:
            settings: the settings with the addresses to check.
            redis: a connection to the queue's Redis.
            metrics: receives the results.
            database: whether the process needs the database.
        """
        self.started = asyncio.Event()
        self._redis = redis
        self._keys = RedisKeys(settings.redis_prefix)
        self._metrics = metrics
        self._checks: dict[str, Callable[[], Awaitable[object]]] = {
            "started": self._has_started,
            "redis": self._check_redis,
            "photos": PhotoStore(settings.photos).check,
        }
        # A bucket has no disk of ours.
        self._disks = {"data": settings.data_dir}
        if "://" not in settings.photos:
            self._disks["photos"] = Path(settings.photos)
        if database:
            self._checks["database"] = lambda: ping(settings.database)

    async def check(self) -> dict[str, bool]:
        """Run all checks. Returns their results by name: `started`, `redis`, `photos`, `database`."""
        answers = await asyncio.gather(*(self._passes(name) for name in self._checks))
        found = dict(zip(self._checks, answers, strict=True))
        for name, good in found.items():
            self._metrics.ready.labels(name).set(good)
        await asyncio.to_thread(self._measure_disks)
        return found

    def _measure_disks(self) -> None:
        for place, folder in self._disks.items():
            # A folder that is away is the matter of a check.
            with suppress(OSError):
                usage = shutil.disk_usage(folder)
                self._metrics.disk_free.labels(place).set(usage.free / usage.total)

    async def _passes(self, name: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._checks[name]()
        # Each back-end has its own errors; any of them means that the check fails.
        except Exception as error:
            log.debug("the check of %s failed: %r", name, error)
            return False
        return True

    async def _has_started(self) -> None:
        if not self.started.is_set():
            raise NotReady("the process is still starting")

    async def _check_redis(self) -> None:
        await check_writes(self._redis, self._keys)
        for queue, jobs in (await depths(self._redis, self._keys)).items():
            self._metrics.depth.labels(queue).set(jobs)
        self._metrics.dead_letter.set(await count_dead_letters(self._redis, self._keys))


@asynccontextmanager
async def health_server(
    settings: Settings, redis_url: str, metrics: Metrics, *, database: bool
) -> AsyncIterator[Callable[[], None]]:
    """Serve metrics and health while the context lasts, if the settings name a port. Yields the function to call once
    the process is ready.

    Raises:
        CannotListen: the port is in use.
    """
    async with AsyncExitStack() as stack:
        # This connects at its first use.
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
    async def serve_metrics(_: Request) -> Response:
        await health.check()
        return Response(metrics.render(), media_type=PLAIN)

    async def serve_healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def serve_readyz(_: Request) -> Response:
        found = await health.check()
        return JSONResponse(found, status_code=200 if all(found.values()) else 503)

    return Starlette(
        routes=[Route("/metrics", serve_metrics), Route("/healthz", serve_healthz), Route("/readyz", serve_readyz)]
    )
