"""Finds what Redis has lost. The ledger is the truth: a job that waits for its reply there, and of which no queue
knows, is queued again, or its quota is given back and the person is told.

Each bot process sweeps its own platform, when it starts and every minute, and at once where Redis was emptied or
started anew. Several may sweep at a time: what is queued twice is queued once, what is answered twice is answered once.
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
# Missing is who is missing twice, so long apart: meanwhile a photo that is just being queued has come to its queue, and
# whoever has one in hand has renewed the lease.
SETTLE_S = 5.0
# How often we look whether Redis is still the one that we know.
POLL_INTERVAL_S = 2.0
# A job is reserved before its photo is kept, and a slow upload to the photo store may take so long.
LONGEST_UPLOAD = timedelta(minutes=2)
TIDY_EVERY_S = 3600.0
# A photo whose job was just made belongs to somebody, whatever the ledger said a moment ago.
FRESH = timedelta(hours=1)


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
        """`every_s` and `settle_s` are for those who cannot wait; `settle_s` is longer than a lease's heartbeat."""
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
        """Look for jobs that went astray, and put each back on its way. How many that were."""
        suspects = await self._astray()
        if not suspects:
            return 0
        await asyncio.sleep(self._settle_s)
        missing = suspects & await self._astray()
        recovered = 0
        for job_id in sorted(missing):
            job = await self._ledger.job(job_id)
            if job is not None and job.finished_at is None:
                with about(job.id, self._platform):
                    recovered += await self._recover(job)
        return recovered

    async def tidy(self) -> int:
        """Delete photos of jobs that the ledger does not know, or that were cancelled. How many jobs that were."""
        kept = await self._photos.jobs(older_than=FRESH)
        orphans = await self._ledger.find_orphans(list(kept))
        for job in orphans:
            await self._photos.delete(kept[job])
        if orphans:
            log.info("the photos of %d jobs belonged to nobody and are deleted", len(orphans))
        return len(orphans)

    async def _astray(self) -> set[str]:
        return await self._queue.unknown(self._platform, await self._ledger.unfinished(self._platform))

    async def _recover(self, job: Job) -> bool:
        if job.state is JobState.FAILED:
            action = "replied"
            await self._queue.deliver(self._platform, Outcome(job=job.id, failure=job.failure))
        elif await self._photos.has(original(job.photo_of)):
            action = "queued"
            await self._queue.restore_job(job, self._plans.limits(job.plan))
        elif datetime.now(UTC) - job.created_at < LONGEST_UPLOAD:
            return False
        else:
            action = "given-back"
            await self._queue.deliver(self._platform, Outcome(job=job.id, failure=Failure.of(PhotoExpired())))
        log.warning("job %s had gone astray: %s", job.id, action)
        self._metrics.recovered(self._platform, action)
        return True

    async def _sweep_often(self) -> None:
        while True:
            try:
                await self._queue.mark(self._platform)
                await self.sweep()
                await self._rest()
            except (RedisError, OSError) as error:
                log.warning("Redis is away (%s); looking for lost jobs when it is back", error)
                await asyncio.sleep(POLL_INTERVAL_S)
            # The one broad net here: a database that is away for a moment must not end the sweeps.
            except Exception:
                log.exception("the sweep failed; trying again")
                await asyncio.sleep(POLL_INTERVAL_S)

    async def _rest(self) -> None:
        """Wait for the next sweep's time, or until Redis is no longer as it was."""
        until = time.monotonic() + self._every_s
        while time.monotonic() < until:
            await asyncio.sleep(min(POLL_INTERVAL_S, self._every_s))
            if not await self._queue.is_marked(self._platform):
                log.warning("Redis was emptied or started anew; looking for lost jobs")
                return

    async def _tidy_often(self) -> None:
        while True:
            try:
                await self.tidy()
            # As above.
            except Exception:
                log.exception("photos that belong to nobody could not be deleted")
            await asyncio.sleep(TIDY_EVERY_S)
