"""The restore worker: takes a photo from the store, sends it through the pipeline, puts the result back, and queues the
reply. It knows Redis and the photo store, and neither the database nor a token.
"""

import asyncio
import logging
import threading
import time
from contextlib import suppress
from typing import Any, Protocol

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from magicmemory.core.errors import InternalError, UserError
from magicmemory.core.job import Outcome, Progress, RestoreTask, Stage
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.pipeline.pipeline import ProgressCallback as Tell
from magicmemory.pipeline.pipeline import Restoration
from magicmemory.queue.arq_worker import run_worker
from magicmemory.queue.client import RESTORE, Queue
from magicmemory.queue.concurrency import ExclusiveSemaphore
from magicmemory.queue.connection import Names
from magicmemory.queue.poison import MAX_CRASHES, CrashCounter
from magicmemory.queue.progress import publish
from magicmemory.storage.photos import PhotoStore

log = logging.getLogger(__name__)


class Restores(Protocol):
    """What this worker needs of the pipeline."""

    def restore(
        self, data: bytes, options: Options, progress: Tell | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        """See `Pipeline.restore`."""


class RestoreWorker:
    """Runs restorations from the queue."""

    def __init__(
        self,
        photos: PhotoStore,
        pipeline: Restores,
        names: Names,
        timeout_s: float,
        metrics: Metrics | None = None,
    ) -> None:
        self._photos = photos
        self._pipeline = pipeline
        self._names = names
        self._timeout_s = timeout_s
        self._metrics = metrics or Metrics()
        self._room = ExclusiveSemaphore(1)

    async def run(self, redis_url: str, at_once: int, stop: asyncio.Event) -> None:
        """Work until `stop` is set, on `at_once` photos at a time."""
        self._room = ExclusiveSemaphore(at_once)
        await run_worker(
            redis_url,
            queue=self._names.restore_queue,
            function=RESTORE,
            coroutine=self._restore,
            at_once=at_once,
            timeout_s=self._timeout_s + 30,
            stop=stop,
        )

    async def _restore(self, context: dict[str, Any], message: dict[str, Any]) -> None:
        task = RestoreTask.model_validate(message)
        redis = context["redis"]
        if context["job_try"] == 1:
            self._metrics.waited(RESTORE, context["enqueue_time"])
        with about(task.job, task.platform):
            outcome = await self._outcome(redis, task)
            if outcome.failure is not None:
                self._metrics.failed(outcome.failure.key)
            await Queue(redis, self._names).deliver(task.platform, outcome)

    async def _outcome(self, redis: ArqRedis, task: RestoreTask) -> Outcome:
        deaths = CrashCounter(redis, self._names)
        so_far = await deaths.of(task.job)
        if so_far >= MAX_CRASHES:
            log.error("job %s is set aside: it ended its worker %d times", task.job, so_far)
            await deaths.dead_letter(task.job)
            return Outcome(job=task.job, failure=Failure.of(InternalError()))
        async with self._room.enter(alone=so_far > 0):
            await deaths.begin(task.job)
            try:
                return await self._tried(redis, task)
            finally:
                # Were Redis away, it would only count as a death too many.
                with suppress(RedisError, OSError):
                    await deaths.end(task.job)

    async def _tried(self, redis: ArqRedis, task: RestoreTask) -> Outcome:
        try:
            return await asyncio.wait_for(self._run(redis, task), self._timeout_s)
        except UserError as error:
            log.info("job %s: %s", task.job, error)
            return Outcome(job=task.job, failure=Failure.of(error))
        # The one broad net: whatever else happens is a bug, and the person gets an apology instead of silence.
        except Exception:
            log.exception("job %s failed", task.job)
            return Outcome(job=task.job, failure=Failure.of(InternalError()))

    async def _run(self, redis: ArqRedis, task: RestoreTask) -> Outcome:
        data = await self._photos.get(task.photo)
        loop = asyncio.get_running_loop()
        begun: dict[str, float] = {}  # each stage: when it did, seconds since 1970
        over = threading.Event()

        def tell(stage: Stage, done: int, faces: int) -> None:
            if over.is_set():
                raise TimeoutError("nobody waits for this photo any more")
            begun.setdefault(stage, time.time())
            progress = Progress(job=task.job, stage=stage, done=done, faces=faces)
            asyncio.run_coroutine_threadsafe(publish(redis, self._names, progress), loop)

        try:
            restored = await asyncio.to_thread(
                self._pipeline.restore, data, task.options, tell, max_megapixels=task.max_megapixels
            )
        finally:
            over.set()  # a thread cannot be ended; it stops where it tells how far it is
        self._metrics.restored(task.job, restored.report, begun, time.time())
        await self._photos.put(task.result, restored.data)
        log.info(
            "job %s: %d of %d faces in %.0f ms",
            task.job,
            restored.report.restored,
            len(restored.report.faces),
            restored.report.total_ms,
        )
        return Outcome(job=task.job, report=restored.report, extension=restored.extension)
