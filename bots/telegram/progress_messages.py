"""Progress messages: each is edited now and then while its photos are being restored."""

import logging
import time
from collections.abc import Sequence
from typing import Final

from magicmemory.bots.common.progress import Latest, ProgressTasks, WaitEstimate
from magicmemory.bots.telegram.context import BotContext
from magicmemory.core.job import Job, Progress, Stage

log = logging.getLogger(__name__)

EDIT_EVERY_S: Final = 2.0
GROUP_EDIT_EVERY_S: Final = 8.0
ACT_EVERY_S: Final = 5.0  # Telegram shows a chat action for about that long


class ProgressMessages:
    """Writes progress messages, and edits them while their jobs run."""

    def __init__(self, ctx: BotContext, wait_estimate: WaitEstimate) -> None:
        self._ctx = ctx
        self._wait_estimate = wait_estimate
        self._tasks = ProgressTasks(ctx.service)

    async def queued_text(self, language: str, count: int = 1) -> str:
        """The first text of a progress message for `count` photos."""
        return self.waiting_text(language, await self._ctx.service.waiting(), count)

    def waiting_text(self, language: str, ahead: int, count: int) -> str:
        """How many photos are ahead of these `count` photos, and about how long they take."""
        if count > 1:
            first = self._ctx.say(language, "telegram-album-queued", count=count, ahead=ahead)
        else:
            first = self._ctx.service.sentences.progress(language, Progress(job="", stage=Stage.QUEUED), ahead)
        seconds = self._wait_estimate.wait_s(ahead + count - 1, self._ctx.service.settings.worker_photos)
        time_left = self._ctx.service.texts.duration(language, seconds)
        return f"{first} {self._ctx.say(language, 'telegram-about', time=time_left)}"

    def follow(self, jobs: Sequence[Job], message: int, language: str) -> None:
        """Edit `message` until these jobs are done."""
        shown = _ProgressMessage(self._ctx, self, jobs, message, language)
        is_group = jobs[0].address.chat.startswith("-")
        self._tasks.follow(jobs, shown.refresh, GROUP_EDIT_EVERY_S if is_group else EDIT_EVERY_S)

    async def stop(self, job_id: str) -> None:
        """Edit the job's message no more; see `ProgressTasks.stop`."""
        await self._tasks.stop(job_id)

    async def close(self) -> None:
        """Stop all."""
        await self._tasks.close()


class _ProgressMessage:
    """One progress message, for one photo or an album."""

    def __init__(
        self, ctx: BotContext, texts: ProgressMessages, jobs: Sequence[Job], message: int, language: str
    ) -> None:
        self._ctx = ctx
        self._texts = texts
        self._jobs = jobs
        self._message = message
        self._language = language
        self._address = jobs[0].address
        self._shown: str | None = None
        self._acted_at = 0.0

    async def refresh(self, latest: Latest) -> None:
        """Edit the message if there is something new to say."""
        text = await self._text(latest)
        if self._shown is not None and text != self._shown:
            await self._ctx.show_progress(self._address.chat, self._message, text)
        self._shown = text
        if _is_running(latest) and time.monotonic() - self._acted_at > ACT_EVERY_S:
            self._acted_at = time.monotonic()
            await self._ctx.act(self._address, "upload_photo")

    async def _text(self, latest: Latest) -> str:
        if not _is_running(latest):
            ahead = await self._ctx.service.ahead(self._jobs[0].id)
            return self._texts.waiting_text(self._language, ahead, len(self._jobs))
        if len(self._jobs) == 1:
            return self._ctx.service.sentences.progress(self._language, latest[self._jobs[0].id])
        done = sum(progress.stage in (Stage.ENCODE, Stage.DONE) for progress in latest.values())
        return self._ctx.say(self._language, "telegram-album-progress", done=done, count=len(self._jobs))


def _is_running(latest: Latest) -> bool:
    return any(progress.stage is not Stage.QUEUED for progress in latest.values())
