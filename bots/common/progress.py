"""Progress of jobs: an estimate of the wait, and tasks that refresh progress messages until the reply is sent."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Final

from magicmemory.bots.service import BotService
from magicmemory.core.job import Job, Progress, Stage

log = logging.getLogger(__name__)

FIRST_ESTIMATE_MS: Final = 4000.0
NEWEST_WEIGHT: Final = 0.2  # of the newest photo in the moving average
STOPPED_KEPT: Final = 1000  # jobs; a job is followed within seconds of being accepted

Latest = Mapping[str, Progress]
Refresh = Callable[[Latest], Awaitable[None]]


class WaitEstimate:
    """How long a photo takes at present: a moving average over the photos that were delivered."""

    def __init__(self) -> None:
        self._average_ms = FIRST_ESTIMATE_MS

    def learn(self, total_ms: float) -> None:
        """Add one photo's time in the pipeline."""
        self._average_ms += NEWEST_WEIGHT * (total_ms - self._average_ms)

    def wait_s(self, ahead: int, at_once: int) -> float:
        """Seconds until a photo is restored that has `ahead` photos before it, if `at_once` are restored together."""
        return (ahead // max(1, at_once) + 1) * self._average_ms / 1000


class ProgressTasks:
    """One task for each progress message that is being refreshed."""

    def __init__(self, service: BotService) -> None:
        self._service = service
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by job; the jobs of an album share one
        self._stops: dict[str, asyncio.Event] = {}
        self._stopped: deque[str] = deque(maxlen=STOPPED_KEPT)

    def follow(self, jobs: Sequence[Job], refresh: Refresh, every_s: float, first_s: float = 0.0) -> None:
        """Call `refresh` with the latest progress of each job, by job id, until the jobs are done or stopped. If one of
        them is stopped already, because a quick worker's reply came first, nothing is called.

        Args:
            jobs: unfinished jobs that share one progress message.
            refresh: edits the message where it needs to be edited; its errors are logged.
            every_s: seconds between two calls.
            first_s: seconds before the first call.
        """
        if any(job.id in self._stopped for job in jobs):
            return
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(jobs, refresh, every_s, first_s, stop))
        for job in jobs:
            self._tasks[job.id], self._stops[job.id] = task, stop
        task.add_done_callback(lambda _: self._forget(jobs))

    def is_followed(self, job_id: str) -> bool:
        """Whether the job's progress message is being refreshed."""
        return job_id in self._tasks

    async def stop(self, job_id: str) -> None:
        """Refresh the job's message no more. After this returns, no progress can overwrite what is said next."""
        self._stopped.append(job_id)
        task = self._tasks.get(job_id)
        if task is not None:
            self._stops[job_id].set()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Cancel all tasks."""
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._tasks.pop(job.id, None)
            self._stops.pop(job.id, None)

    async def _run(
        self, jobs: Sequence[Job], refresh: Refresh, every_s: float, first_s: float, stop: asyncio.Event
    ) -> None:
        latest = {job.id: Progress(job=job.id, stage=Stage.QUEUED) for job in jobs}
        try:
            async with contextlib.AsyncExitStack() as stack:
                watched = [await stack.enter_async_context(self._service.watch(job.id)) for job in jobs]
                listening = [asyncio.create_task(_listen(updates, latest)) for updates in watched]
                refreshing = asyncio.create_task(_refresh(refresh, latest, every_s, first_s, stop))
                all_done = asyncio.create_task(_wait_for_all(listening))
                try:
                    await asyncio.wait({all_done, refreshing}, return_when=asyncio.FIRST_COMPLETED)
                    stop.set()
                    await refreshing
                finally:
                    for task in (*listening, all_done, refreshing):
                        task.cancel()
                    await asyncio.gather(*listening, all_done, refreshing, return_exceptions=True)
        # Progress is an extra: its errors must not reach the photo.
        except Exception:
            log.exception("the progress of %s is not shown", ", ".join(job.id for job in jobs))


async def _listen(updates: AsyncIterator[Progress], latest: dict[str, Progress]) -> None:
    async for progress in updates:
        latest[progress.job] = progress


async def _wait_for_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


async def _refresh(refresh: Refresh, latest: Latest, every_s: float, first_s: float, stop: asyncio.Event) -> None:
    pause = first_s
    while not await _is_set_within(stop, pause):
        await refresh(latest)
        pause = every_s


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    if seconds <= 0:
        return event.is_set()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
