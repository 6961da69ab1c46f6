"""Measures the service without its models: bot service and delivery run in this process, the worker in another.

`python -m magicmemory.cli.bench_queue REDIS PHOTOS SECONDS AT_ONCE` runs that worker.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from magicmemory.core.errors import OperatorError
from magicmemory.core.event_loop import run
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.processes import end, end_with_parent
from magicmemory.core.report import Face, Report
from magicmemory.core.settings import Settings

if TYPE_CHECKING:
    from magicmemory.pipeline.restoration import ProgressCallback, Restoration
    from magicmemory.queue.delivery import Reply

ALONE = 50
AT_ONCE = 16
SPOT = (0.0, 0.0)
FACE = Face(box=(0, 0, 1, 1), landmarks=(SPOT, SPOT, SPOT, SPOT, SPOT), score=1, restored=True)
READY = b"ready\n"

Send = Callable[[str], Coroutine[None, None, None]]


async def measure_queue(folder: Path, jobs: int) -> dict[str, float]:
    """Send `jobs` photos at once to measure the throughput, then some one by one to measure the overhead of each."""
    from magicmemory.queue.embedded import embedded_redis

    settings = Settings(_env_file=None, data_dir=folder, free_per_day=1)
    async with embedded_redis(folder / "redis") as url, running_worker(settings, url), open_chat(settings, url) as send:
        await send("first")
        began = time.perf_counter()
        await asyncio.gather(*(send(f"all-{number}") for number in range(jobs)))
        seconds = time.perf_counter() - began
        alone = [await _timed(send, f"alone-{number}") for number in range(ALONE)]
    return {
        "jobs a second": round(jobs / seconds, 1),
        "overhead p50, ms": round(statistics.median(alone), 1),
        "overhead p95, ms": round(statistics.quantiles(alone, n=20)[-1], 1),
    }


async def _timed(send: Send, message: str) -> float:
    sent = time.perf_counter()
    await send(message)
    return (time.perf_counter() - sent) * 1000


@asynccontextmanager
async def open_chat(settings: Settings, redis_url: str) -> AsyncIterator[Send]:
    """A service, and a chat that shows nothing. Yields a function that sends one photo and waits for its reply."""
    from magicmemory.bots.bootstrap import open_service
    from magicmemory.bots.common.replies import send_replies

    waiting: dict[str, asyncio.Event] = {}

    class Chat:
        async def reply(self, reply: "Reply") -> dict[str, str]:
            waiting[reply.job.address.message].set()
            return {}

    async def send(message: str) -> None:
        waiting[message] = asyncio.Event()
        # Each photo has its own sender, so that nobody's quota is used up.
        sender = Sender(platform=Platform.PLAYGROUND, account=message)
        await service.intake(sender, Address(platform=Platform.PLAYGROUND, chat="1", message=message), b"photo")
        await waiting[message].wait()

    stop = asyncio.Event()
    async with open_service(settings, redis_url) as service, asyncio.TaskGroup() as tasks:
        tasks.create_task(send_replies(service, Platform.PLAYGROUND, Chat(), redis_url, stop, AT_ONCE))
        try:
            yield send
        finally:
            stop.set()


@asynccontextmanager
async def running_worker(
    settings: Settings, redis_url: str, photo_s: float = 0.0, at_once: int = AT_ONCE
) -> AsyncIterator[None]:
    """A worker without a model, in a process of its own, which takes `photo_s` seconds for each photo."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__, redis_url, settings.photos, str(photo_s), str(at_once)),
        stdout=subprocess.PIPE,
        preexec_fn=end_with_parent,
    )
    assert process.stdout is not None
    try:
        if await process.stdout.readline() != READY:
            raise OperatorError("The worker does not start.")
        yield
    finally:
        await end(process)


class _Nothing:
    """A pipeline that returns the photo unchanged, after a pause."""

    def __init__(self, photo_s: float) -> None:
        self._photo_s = photo_s

    def restore(
        self, data: bytes, options: Options, progress: "ProgressCallback | None" = None, *, max_megapixels: float = 0
    ) -> "Restoration":
        from magicmemory.pipeline.restoration import Restoration

        time.sleep(self._photo_s)
        report = Report(width=1, height=1, faces=(FACE,), model="none", detector="none", stages_ms={}, total_ms=0)
        return Restoration(data, "jpg", "image/jpeg", report)


async def _work(redis_url: str, photos: str, photo_s: str, at_once: str) -> None:
    from magicmemory.queue.connection import RedisKeys
    from magicmemory.queue.worker import RestoreWorker
    from magicmemory.storage.photos import PhotoStore

    worker = RestoreWorker(
        PhotoStore(photos), _Nothing(float(photo_s)), RedisKeys(Settings(_env_file=None).redis_prefix), 60
    )
    print(READY.decode(), end="", flush=True)
    await worker.run(redis_url, int(at_once), asyncio.Event())


if __name__ == "__main__":
    run(_work(*sys.argv[1:]))
