"""Finds jobs that Redis has lost. The ledger is the truth: a job that waits for its reply there, and that no queue
holds, is queued again; or its quota is refunded and the person gets a message.

Each bot process sweeps its own platform when it starts, every minute, and at once when Redis was emptied or restarted.
Several may sweep at a time: queueing and answering a job twice have the effect of doing it once.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

from redis.exceptions import RedisError

from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job, JobState, Outcome, Platform
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.plans import Plans
from magicmemory.core.report import Failure
from magicmemory.queue.client import Queue
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.photos import PhotoStore, original

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 60.0
# A job is lost only if two checks this far apart miss it: meanwhile a photo that is being queued has reached its queue,
# and a worker that holds one has renewed its lease.
SETTLE_S = 5.0
# How often a bot checks whether Redis was emptied or restarted.
POLL_INTERVAL_S = 2.0
# A job is reserved before its photo is stored; a slow upload to the photo store may take this long.
MAX_UPLOAD_TIME = timedelta(minutes=2)
TIDY_EVERY_S = 3600.0
# Younger photos are never orphans: their job may be newer than the ledger's answer.
MIN_ORPHAN_AGE = timedelta(hours=1)


class Recovery:
    """Sweeps one platform's jobs, and the photo store."""

    def __init__(
        self,
        platform: Platform,
        ledger: Ledger,
        photos: PhotoStore,
        queue: Queue,
        plans: Plans,
        metrics: Metrics | None = None,
        *,
        every_s: float = SWEEP_EVERY_S,
        settle_s: float = SETTLE_S,
    ) -> None:
        """Tests shorten `every_s` and `settle_s`; `settle_s` must be longer than a lease's heartbeat."""
        self._platform = platform
        self._ledger = ledger
        self._photos = photos
        self._queue = queue
        self._plans = plans
        self._metrics = metrics or Metrics()
        self._every_s = every_s
        self._settle_s = settle_s

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set."""
        sweeping = [asyncio.create_task(self._sweep_often()), asyncio.create_task(self._tidy_often())]
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*sweeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*sweeping, stopping):
                task.cancel()
            await asyncio.gather(*sweeping, stopping, return_exceptions=True)

    async def sweep(self) -> int:
        """Find lost jobs and queue or refund each. Returns how many there were."""
        suspects = await self._find_missing()
        if not suspects:
            return 0
        await asyncio.sleep(self._settle_s)
        missing = suspects & await self._find_missing()
        recovered = 0
        for job_id in sorted(missing):
            job = await self._ledger.job(job_id)
            if job is not None and job.finished_at is None:
                with about(job.id, self._platform):
                    recovered += await self._recover(job)
        return recovered

    async def tidy(self) -> int:
        """Delete photos of jobs that the ledger does not know or that were cancelled. Returns how many jobs."""
        kept = await self._photos.jobs(older_than=MIN_ORPHAN_AGE)
        orphans = await self._ledger.find_orphans(list(kept))
        for job in orphans:
            await self._photos.delete(kept[job])
        if orphans:
            log.info("deleted the photos of %d jobs that the ledger does not know", len(orphans))
        return len(orphans)

    async def _find_missing(self) -> set[str]:
        return await self._queue.missing(self._platform, await self._ledger.unfinished(self._platform))

    async def _recover(self, job: Job) -> bool:
        if job.state is JobState.FAILED:
            action = "replied"
            await self._queue.deliver(self._platform, Outcome(job=job.id, failure=job.failure))
        elif await self._photos.has(original(job.photo_of)):
            action = "queued"
            await self._queue.restore_job(job, self._plans.limits(job.plan))
        elif datetime.now(UTC) - job.created_at < MAX_UPLOAD_TIME:
            return False
        else:
            action = "given-back"
            await self._queue.deliver(self._platform, Outcome(job=job.id, failure=Failure.of(PhotoExpired())))
        log.warning("job %s was lost: %s", job.id, action)
        self._metrics.recovered(self._platform, action)
        return True

    async def _sweep_often(self) -> None:
        while True:
            try:
                await self._queue.mark(self._platform)
                await self.sweep()
                await self._wait_for_next_sweep()
            except (RedisError, OSError) as error:
                log.warning("Redis does not answer (%s); the search for lost jobs waits for it", error)
                await asyncio.sleep(POLL_INTERVAL_S)
            # The only broad except here: a database that fails for a moment must not end the sweeps.
            except Exception:
                log.exception("the search for lost jobs failed; trying again")
                await asyncio.sleep(POLL_INTERVAL_S)

    async def _wait_for_next_sweep(self) -> None:
        """Wait until the next sweep is due, or Redis was emptied or restarted."""
        until = time.monotonic() + self._every_s
        while time.monotonic() < until:
            await asyncio.sleep(min(POLL_INTERVAL_S, self._every_s))
            if not await self._queue.is_marked(self._platform):
                log.warning("Redis was emptied or restarted; looking for lost jobs")
                return

    async def _tidy_often(self) -> None:
        while True:
            try:
                await self.tidy()
            # As above.
            except Exception:
                log.exception("photos of unknown jobs could not be deleted; trying again in an hour")
            await asyncio.sleep(TIDY_EVERY_S)
