"""Progress: our message is edited now and then while its photo is on its way."""

import asyncio
import contextlib
import logging
from typing import Final

from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.reply_target import ReplyTarget
from magicmemory.core.job import Job, Progress, Stage

log = logging.getLogger(__name__)

# Discord takes five edits in five seconds in a channel, and five in two seconds from one interaction; the answers
# themselves need some of them.
EDIT_EVERY_S: Final = 3.0
# A photo that is done sooner than this needs no word before.
FIRST_EDIT_S: Final = 1.0


class ProgressMessages:
    """The messages that show progress."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped: dict[str, asyncio.Event] = {}

    def follow(self, job: Job, target: ReplyTarget, language: str, shared_by: int = 1) -> None:
        """Show how far a job is, until its answer is sent. `shared_by` photos came together and share the limits."""
        if job.finished_at is not None or job.id in self._tasks or not target.message:
            return
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(job, target, language, stop, shared_by))
        self._tasks[job.id], self._stopped[job.id] = task, stop
        task.add_done_callback(lambda _: self._forget(job.id))

    async def stop(self, job: str) -> None:
        """Show no more: what is said next must not be overwritten."""
        task = self._tasks.get(job)
        if task is not None:
            self._stopped[job].set()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop all."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, job: str) -> None:
        self._tasks.pop(job, None)
        self._stopped.pop(job, None)

    async def _run(self, job: Job, target: ReplyTarget, language: str, stop: asyncio.Event, shared_by: int) -> None:
        latest = Progress(job=job.id, stage=Stage.QUEUED)

        async def listen() -> None:
            nonlocal latest
            async with self._ctx.service.watch(job.id) as updates:
                async for progress in updates:
                    latest = progress
            stop.set()

        listening = asyncio.create_task(listen())
        every = EDIT_EVERY_S * shared_by
        shown, pause = "", FIRST_EDIT_S if shared_by == 1 else every
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                    break
                pause = every
                text = await self._text(language, latest)
                if text != shown:
                    shown = text
                    await self._ctx.show(target, text)
        # Progress is an extra: a photo must not suffer from it.
        except Exception:
            log.exception("the progress of %s is not shown", job.id)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _text(self, language: str, progress: Progress) -> str:
        return await self._ctx.service.progress_text(language, progress)
