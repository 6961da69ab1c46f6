"""Progress: our message is edited from time to time while its photo is being restored."""

from typing import Final

from magicmemory.bots.common.progress import Latest, ProgressTasks
from magicmemory.bots.discord.context import BotContext, ReplyTarget
from magicmemory.core.job import Job

# Discord accepts five edits in five seconds in a channel, and five in two seconds from one interaction; the replies
# themselves need some of them.
EDIT_EVERY_S: Final = 3.0
# A photo that is done sooner than this needs no progress.
FIRST_EDIT_S: Final = 1.0


class ProgressMessages:
    """The messages that show progress."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx
        self._tasks = ProgressTasks(ctx.service)

    def follow(self, job: Job, target: ReplyTarget, language: str, shared_by: int = 1) -> None:
        """Show a job's progress until its reply is sent. `shared_by` photos came together and share the limits."""
        if job.finished_at is not None or self._tasks.is_followed(job.id) or not target.message:
            return
        shown = ""

        async def refresh(latest: Latest) -> None:
            nonlocal shown
            text = await self._ctx.service.progress_text(language, latest[job.id])
            if text != shown:
                shown = text
                await self._ctx.show(target, text)

        every_s = EDIT_EVERY_S * shared_by
        self._tasks.follow([job], refresh, every_s, FIRST_EDIT_S if shared_by == 1 else every_s)

    async def stop(self, job: str) -> None:
        """Show no more progress, so that the reply is not overwritten."""
        await self._tasks.stop(job)

    async def close(self) -> None:
        """Stop all."""
        await self._tasks.close()
