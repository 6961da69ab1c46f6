"""The restore worker: reads a photo from the store, runs the pipeline on it, stores the result and queues the reply. It
knows Redis and the photo store; it knows neither the database nor a token.
"""

import asyncio
import hashlib
import logging
import threading
import time
from contextlib import suppress
from typing import Any, Protocol

from redis.exceptions import RedisError

from magicmemory.core.errors import InternalError, UserError
from magicmemory.core.job import Outcome, Progress, RestoreTask, Stage
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.pipeline.restoration import ProgressCallback, Restoration
from magicmemory.queue.arq_internals import ArqRedis
from magicmemory.queue.arq_worker import run_worker
from magicmemory.queue.client import RESTORE, Queue
from magicmemory.queue.concurrency import ExclusiveSemaphore
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.known_failures import KnownFailures
from magicmemory.queue.poison import MAX_CRASHES, CrashCounter
from magicmemory.queue.progress import publish
from magicmemory.storage.photos import PhotoStore, mask

log = logging.getLogger(__name__)


class Restores(Protocol):
    """The part of the pipeline that this worker uses."""

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        """See `Pipeline.restore`."""


class RestoreWorker:
    """Runs restorations from the queue."""

    def __init__(
        self,
        photos: PhotoStore,
        pipeline: Restores,
        keys: RedisKeys,
        timeout_s: float,
        metrics: Metrics | None = None,
    ) -> None:
        self._photos = photos
        self._pipeline = pipeline
        self._keys = keys
        self._timeout_s = timeout_s
        self._metrics = metrics or Metrics()
        self._places = ExclusiveSemaphore(1)

    async def run(self, redis_url: str, at_once: int, stop: asyncio.Event) -> None:
        """Restore photos until `stop` is set, `at_once` at a time."""
        self._places = ExclusiveSemaphore(at_once)
        await run_worker(
            redis_url,
            queue=self._keys.restore_queue,
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
            await Queue(redis, self._keys).deliver(task.platform, outcome)

    async def _outcome(self, redis: ArqRedis, task: RestoreTask) -> Outcome:
        counter = CrashCounter(redis, self._keys)
        crashes = await counter.crashes(task.job)
        if await counter.is_dead_letter(task.job):
            return Outcome(job=task.job, failure=Failure.of(InternalError()))
        if crashes >= MAX_CRASHES:
            log.error("job %s is now a dead letter: it crashed its worker %d times", task.job, crashes)
            await counter.add_dead_letter(task.job)
            return Outcome(job=task.job, failure=Failure.of(InternalError()))
        async with self._places.enter(alone=crashes > 0):
            await counter.start_attempt(task.job)
            try:
                return await self._try(redis, task)
            finally:
                # If Redis does not answer, one crash too many is counted; that is harmless.
                with suppress(RedisError, OSError):
                    await counter.finish_attempt(task.job)

    async def _try(self, redis: ArqRedis, task: RestoreTask) -> Outcome:
        known = KnownFailures(redis, self._keys)
        photo = ""
        try:
            async with asyncio.timeout(self._timeout_s):
                data = await self._photos.get(task.photo)
                photo = (await asyncio.to_thread(hashlib.sha256, data)).hexdigest()
                failure = await known.find(photo, task.options, task.max_megapixels)
                if failure is not None:
                    log.info("job %s: the same photo failed before: %s", task.job, failure.key)
                    return Outcome(job=task.job, failure=failure)
                return await self._run(redis, task, data)
        except UserError as error:
            log.info("job %s: %s", task.job, error)
            failure = Failure.of(error)
            with suppress(RedisError, OSError):  # what is not remembered is found again
                await known.add(photo, task.options, task.max_megapixels, failure)
            return Outcome(job=task.job, failure=failure)
        # The only broad except: anything else is a bug, and the person gets an apology instead of silence.
        except Exception:
            log.exception("job %s failed", task.job)
            return Outcome(job=task.job, failure=Failure.of(InternalError()))

    async def _run(self, redis: ArqRedis, task: RestoreTask, data: bytes) -> Outcome:
        loop = asyncio.get_running_loop()
        starts: dict[str, float] = {}  # by stage, seconds since 1970
        over = threading.Event()

        def report_progress(stage: Stage, done: int, faces: int) -> None:
            if over.is_set():
                raise TimeoutError("the photo took too long")
            starts.setdefault(stage, time.time())
            progress = Progress(job=task.job, stage=stage, done=done, faces=faces)
            asyncio.run_coroutine_threadsafe(publish(redis, self._keys, progress), loop)

        try:
            restored = await asyncio.to_thread(
                self._pipeline.restore, data, task.options, report_progress, max_megapixels=task.max_megapixels
            )
        finally:
            over.set()  # a thread cannot be killed; it stops when it next reports progress
        self._metrics.restored(task.job, restored.report, starts, time.time())
        if restored.mask:
            await self._photos.put(mask(task.job), restored.mask)
        await self._photos.put(task.result, restored.data)
        log.info(
            "job %s: %d of %d faces in %.0f ms",
            task.job,
            restored.report.restored,
            len(restored.report.faces),
            restored.report.total_ms,
        )
        return Outcome(job=task.job, report=restored.report, extension=restored.extension)
