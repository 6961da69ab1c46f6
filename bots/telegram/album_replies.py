"""Albums are answered as albums: each photo's reply waits until the others are there, then all go out together.

Each photo stays a job of its own, charged and settled on its own. The progress message becomes the summary, with the
buttons, which Telegram does not allow under an album.
"""

import asyncio
import logging
from typing import Final

from telegram import ReplyParameters
from telegram.error import TelegramError

from magicmemory.bots.common.albums import ALBUM, jobs_of_album
from magicmemory.bots.telegram import keyboards
from magicmemory.bots.telegram.context import UPLOAD_S, BotContext
from magicmemory.bots.telegram.intake import Intake
from magicmemory.bots.telegram.pictures import picture_of
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.core.job import Job
from magicmemory.queue.delivery import Reply

log = logging.getLogger(__name__)

# How long a photo waits for the others of its album. The delivery's own time limit is far longer.
TOGETHER_S: Final = 90.0


class Batch:
    """The photos of an album that are ready, and what becomes of them."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.sent: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self.closed = False


class AlbumReplies:
    """Gathers the replies of an album."""

    def __init__(self, ctx: BotContext, intake: Intake, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._intake = intake
        self._progress_messages = progress_messages
        self._batches: dict[str, Batch] = {}

    async def reply(self, reply: Reply) -> dict[str, str] | None:
        """Send this photo together with the others. None where it turns out to be alone."""
        job = reply.job
        await self._intake.album_is_in(job.address.chat, job.context[ALBUM])
        siblings = await jobs_of_album(self._ctx.service, job)
        if len(siblings) < 2:
            return None
        name = f"{job.address.chat}:{job.context[ALBUM]}"
        batch = self._batches.setdefault(name, Batch())
        batch.replies[job.id] = reply
        owed = {sibling.id for sibling in siblings if sibling.finished_at is None}
        if owed <= set(batch.replies):
            await self._close(name, batch, siblings)
        try:
            return await asyncio.wait_for(asyncio.shield(batch.sent), TOGETHER_S)
        except TimeoutError:
            if not batch.closed:
                await self._close(name, batch, siblings)
            return await batch.sent

    async def _close(self, name: str, batch: Batch, siblings: list[Job]) -> None:
        """Send what is in the batch. Whoever waits for it gets the result or the error."""
        batch.closed = True
        self._batches.pop(name, None)
        try:
            batch.sent.set_result(await self._send(batch, siblings))
        except asyncio.CancelledError:
            batch.sent.cancel()
            raise
        except Exception as error:
            batch.sent.set_exception(error)
            batch.sent.exception()  # each waiter raises it; with none left it shall not be complained about

    async def _send(self, batch: Batch, siblings: list[Job]) -> dict[str, str]:
        for job in batch.replies:
            await self._progress_messages.stop(job)
        numbers = {job.id: number for number, job in enumerate(siblings, 1)}
        replies = sorted(batch.replies.values(), key=lambda reply: numbers[reply.job.id])
        language = await self._ctx.language(replies[0].job.sender)
        restored = [reply for reply in replies if reply.failure is None]
        notes = {"reply": replies[0].job.context.get("progress") or ""}
        if restored:
            await self._send_pictures(restored, language)
        await self._sum_up(replies, siblings, numbers, language)
        return notes

    async def _send_pictures(self, replies: list[Reply], language: str) -> None:
        pictures = [await picture_of(self._ctx, language, reply) for reply in replies]
        captions = [self._caption(reply, language) for reply in replies]
        address = replies[0].job.address
        # Photos and files cannot share an album.
        for as_file in (False, True):
            chosen = [
                (picture, caption)
                for picture, caption in zip(pictures, captions, strict=True)
                if picture.as_file is as_file
            ]
            if len(chosen) == 1:
                await self._ctx.send(address, *chosen[0])
            elif chosen:
                await self._ctx.bot.send_media_group(
                    address.chat,
                    [picture.media(caption) for picture, caption in chosen],
                    reply_parameters=ReplyParameters(int(address.message), allow_sending_without_reply=True),
                    message_thread_id=int(address.thread) if address.thread else None,
                    read_timeout=UPLOAD_S,
                    write_timeout=UPLOAD_S,
                )

    def _caption(self, reply: Reply, language: str) -> str:
        assert reply.outcome.report is not None
        return self._ctx.service.sentences.report(language, reply.outcome.report)

    async def _sum_up(self, replies: list[Reply], siblings: list[Job], numbers: dict[str, int], language: str) -> None:
        """Turn the progress message into the summary. The photos are out: nothing here may send them again."""
        lines = [self._line(reply, numbers[reply.job.id], language) for reply in replies]
        lines.append(self._ctx.service.sentences.quota(language, replies[-1].quota))
        restored = [(numbers[reply.job.id], reply.job) for reply in replies if reply.failure is None]
        keyboard = keyboards.album_photos(restored)
        if keyboard:
            lines.append(self._ctx.say(language, "telegram-album-pick"))
        job = replies[0].job
        text, progress = "\n".join(lines), job.context.get("progress")
        alone = len(replies) == len(siblings)
        try:
            if not (
                alone and progress and await self._ctx.change_text(job.address.chat, int(progress), text, keyboard)
            ):
                await self._ctx.tell(job.address, text, keyboard)
        except TelegramError as error:
            log.warning("the summary of an album in chat %s is missing: %s", job.address.chat, error)

    def _line(self, reply: Reply, number: int, language: str) -> str:
        if reply.failure is not None:
            text = self._ctx.service.sentences.failure(language, reply.failure)
        else:
            text = self._caption(reply, language)
        return self._ctx.say(language, "telegram-album-line", number=number, text=text)
