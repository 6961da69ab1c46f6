"""Progress messages: each is edited now and then while its photos are on their way."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from magicmemory.bots.telegram.context import BotContext
from magicmemory.core.job import Address, Job, Progress, Stage

log = logging.getLogger(__name__)

EDIT_EVERY_S: Final = 2.0
GROUP_EDIT_EVERY_S: Final = 8.0
ACT_EVERY_S: Final = 5.0  # Telegram shows an action for about that long
POLL_INTERVAL_S: Final = 1.0
FIRST_GUESS_MS: Final = 4000.0
MEMORY: Final = 0.2  # how much the newest photo counts in the average


class WaitEstimate:
    """How long a photo takes at present: an average that follows what is delivered."""

    def __init__(self) -> None:
        self._average_ms = FIRST_GUESS_MS

    def learn(self, total_ms: float) -> None:
        """A photo took so long."""
        self._average_ms += MEMORY * (total_ms - self._average_ms)

    def wait_s(self, ahead: int, at_once: int) -> float:
        """How long a photo takes with so many ahead of it."""
        return (ahead // max(1, at_once) + 1) * self._average_ms / 1000


class ProgressMessages:
    """The progress messages that are being edited."""

    def __init__(self, ctx: BotContext, wait_estimate: WaitEstimate) -> None:
        self._ctx = ctx
        self._wait_estimate = wait_estimate
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by job; the jobs of an album share one
        self._stopped: dict[str, asyncio.Event] = {}

    async def queued_text(self, language: str, count: int = 1) -> str:
        """What the progress message says at first."""
        return self._waiting_text(language, await self._ctx.service.queue.waiting(), count)

    def follow(self, jobs: Sequence[Job], message: int, language: str) -> None:
        """Edit `message` while these jobs are on their way."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(jobs, message, language, stop))
        for job in jobs:
            self._tasks[job.id], self._stopped[job.id] = task, stop
        task.add_done_callback(lambda _: self._forget(jobs))

    async def stop(self, job: str) -> None:
        """Edit no more: what is said next about this job must not be overwritten by progress."""
        task = self._tasks.get(job)
        if task is not None:
            self._stopped[job].set()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop all."""
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._tasks.pop(job.id, None)
            self._stopped.pop(job.id, None)

    async def _run(self, jobs: Sequence[Job], message: int, language: str, stop: asyncio.Event) -> None:
        try:
            async with contextlib.AsyncExitStack() as stack:
                board = _Board(self._ctx, self._wait_estimate, jobs, message, language)
                watched = [await stack.enter_async_context(self._ctx.service.watch(job.id)) for job in jobs]
                listening = [asyncio.create_task(board.listen(updates)) for updates in watched]
                showing = asyncio.create_task(board.show(stop))
                all_heard = asyncio.create_task(_all_done(listening))
                try:
                    await asyncio.wait({all_heard, showing}, return_when=asyncio.FIRST_COMPLETED)
                    stop.set()
                    await showing
                finally:
                    for task in (*listening, all_heard, showing):
                        task.cancel()
                    await asyncio.gather(*listening, all_heard, showing, return_exceptions=True)
        # Progress is an extra: a photo must not suffer from it.
        except Exception:
            log.exception("the progress of %s is not shown", ", ".join(job.id for job in jobs))

    def _waiting_text(self, language: str, ahead: int, count: int) -> str:
        return waiting_text(self._ctx, self._wait_estimate, language, ahead, count)


async def _all_done(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


class _Board:
    """One progress message."""

    def __init__(
        self, ctx: BotContext, wait_estimate: WaitEstimate, jobs: Sequence[Job], message: int, language: str
    ) -> None:
        self._ctx = ctx
        self._wait_estimate = wait_estimate
        self._jobs = jobs
        self._message = message
        self._language = language
        self._address: Address = jobs[0].address
        self._latest = {job.id: Progress(job=job.id, stage=Stage.QUEUED) for job in jobs}

    async def listen(self, updates: AsyncIterator[Progress]) -> None:
        """Note how far one job is."""
        async for progress in updates:
            self._latest[progress.job] = progress

    async def show(self, stop: asyncio.Event) -> None:
        """Edit the message when there is something new, and not too often."""
        is_group = self._address.chat.startswith("-")
        every = GROUP_EDIT_EVERY_S if is_group else EDIT_EVERY_S
        shown, acted = await self._text(), 0.0
        while not stop.is_set():
            if self._is_running() and time.monotonic() - acted > ACT_EVERY_S:
                acted = time.monotonic()
                await self._ctx.act(self._address, "upload_photo")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)
                return
            text = await self._text()
            if text != shown:
                shown = text
                await self._ctx.casually(self._address.chat, self._message, text)

    def _is_running(self) -> bool:
        return any(progress.stage is not Stage.QUEUED for progress in self._latest.values())

    async def _text(self) -> str:
        if len(self._jobs) == 1:
            progress = self._latest[self._jobs[0].id]
            if progress.stage is not Stage.QUEUED:
                return self._ctx.service.progress_text(self._language, progress)
        done = sum(progress.stage in (Stage.ENCODE, Stage.DONE) for progress in self._latest.values())
        if self._is_running():
            return self._ctx.say(self._language, "telegram-album-progress", done=done, count=len(self._jobs))
        ahead = await self._ctx.service.queue.ahead(self._jobs[0].id)
        return waiting_text(self._ctx, self._wait_estimate, self._language, ahead, len(self._jobs))


def waiting_text(ctx: BotContext, wait_estimate: WaitEstimate, language: str, ahead: int, count: int) -> str:
    """How many photos are before this one, and about how long that takes."""
    if count > 1:
        first = ctx.say(language, "telegram-album-queued", count=count, ahead=ahead)
    else:
        first = ctx.service.progress_text(language, Progress(job="", stage=Stage.QUEUED), ahead)
    seconds = wait_estimate.wait_s(ahead + count - 1, ctx.service.settings.worker_photos)
    about = ctx.say(language, "telegram-about", time=ctx.service.texts.duration(language, seconds))
    return f"{first} {about}"
