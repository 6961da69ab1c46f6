"""Sends replies: a restored photo replaces its progress message, and an album is answered as an album.

Each photo of an album stays a job of its own, charged and settled on its own. Its reply waits until the others are
ready, then all are sent together. The progress message becomes the summary and carries the buttons, which Telegram does
not allow under an album.
"""

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial
from typing import Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from magicmemory.bots.common.adjustments import REMEMBERED
from magicmemory.bots.common.albums import ALBUM, SHOWN, jobs_of_album
from magicmemory.bots.common.progress import WaitEstimate
from magicmemory.bots.telegram.callbacks import album_keyboard, failure_keyboard, photo_keyboard
from magicmemory.bots.telegram.context import (
    WRITING_FORBIDDEN,
    BotContext,
    Keyboard,
    Upload,
    delivering,
    parcels,
    prepare,
    says,
    send_in_some_form,
)
from magicmemory.bots.telegram.intake import Intake
from magicmemory.bots.telegram.messages import SPOILER
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.core.errors import FileTooLarge, WritingForbidden
from magicmemory.core.job import Address, Job
from magicmemory.core.report import Failure, Report
from magicmemory.queue.delivery import Reply, RetryLater

log = logging.getLogger(__name__)

# An edited message makes no sound, so a person who waited longer than this also gets a new message.
PATIENCE_S: Final = 60.0
# How long a photo waits for the others of its album. The delivery's own time limit is far longer.
ALBUM_WAIT_S: Final = 90.0


async def upload_of(ctx: BotContext, language: str, reply: Reply) -> Upload:
    """The restored photo, as a file if it came as one, is for a print or the person prefers files, else as a photo.

    Raises:
        FileTooLarge: the photo is larger than a bot may send.
    """
    # Telegram makes photos smaller, and drops their resolution.
    as_file = bool(reply.job.context.get("as_file")) or reply.job.options.print_size is not None
    if not as_file:
        as_file = (await ctx.service.preferences(reply.job.sender)).reply_as_file
    stem = ctx.say(language, "telegram-file-name")
    extension = reply.outcome.extension or "jpg"
    spoiler = bool(reply.job.context.get(SPOILER))
    return await ctx.service.on_image(
        prepare, reply.photo, extension, stem, as_file=as_file, is_local=ctx.is_local, spoiler=spoiler
    )


async def tell_failure(
    ctx: BotContext, job: Job, progress: int | None, text: str, language: str, keyboard: Keyboard = None
) -> int:
    """Say that there is no photo, or to the person alone that the bot may not write in the chat; the message's id."""
    try:
        return await ctx.edit_or_tell(job.address, progress, text, keyboard)
    except (BadRequest, Forbidden) as error:
        person = job.sender.account
        # A group or a channel that asked under its own name has a negative number, and no private chat.
        if person == job.address.chat or person.startswith("-") or not says(error, *WRITING_FORBIDDEN):
            raise
    closed = ctx.service.sentences.failure(language, Failure.of(WritingForbidden()))
    return await ctx.tell(Address(platform=job.address.platform, chat=person, message=""), closed)


class Batch:
    """The photos of an album that are ready, and the message that became the summary, once all are sent."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.sent: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.closed = False
        self.shown: dict[str, int] = {}  # the message of each photo, by job


class AlbumReplies:
    """Gathers the replies of an album and sends them together."""

    def __init__(self, ctx: BotContext, intake: Intake, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._intake = intake
        self._progress_messages = progress_messages
        self._batches: list[Batch] = []
        # The messages of photos that are in the chat while the rest of their album is not, by job.
        self._sent: dict[str, int] = {}

    async def reply(self, reply: Reply) -> dict[str, str] | None:
        """Send this photo together with the others; None if no other photo of its album is restored."""
        job = reply.job
        await self._intake.wait_for_album(job.address.chat, job.context[ALBUM])
        siblings = await jobs_of_album(self._ctx.service, job)
        if len(siblings) < 2:
            return None
        batch = self._batch_of(siblings)
        batch.replies[job.id] = reply
        owed = {sibling.id for sibling in siblings if sibling.finished_at is None}
        if owed <= set(batch.replies):
            await self._close(batch, siblings)
        try:
            summary = await asyncio.wait_for(asyncio.shield(batch.sent), ALBUM_WAIT_S)
        except TimeoutError:
            if not batch.closed:
                await self._close(batch, siblings)
            summary = await batch.sent
        return {"reply": summary, SHOWN: str(batch.shown.get(job.id, ""))}

    def _batch_of(self, siblings: list[Job]) -> Batch:
        """The batch in which a photo of the album waits already, else a new one.

        It goes by the jobs, not by the chat's id, which changes when a group becomes a supergroup.
        """
        album = {sibling.id for sibling in siblings}
        for batch in self._batches:
            if album & batch.replies.keys():
                return batch
        self._batches.append(batch := Batch())
        return batch

    async def _close(self, batch: Batch, siblings: list[Job]) -> None:
        """Send the batch. Every waiting reply gets the result or the error."""
        batch.closed = True
        self._batches.remove(batch)
        try:
            batch.sent.set_result(await self._send(batch, siblings))
        except asyncio.CancelledError:
            batch.sent.cancel()
            raise
        except Exception as error:
            batch.sent.set_exception(error)
            batch.sent.exception()  # marks it as seen: asyncio would log it if no reply waits any more

    async def _send(self, batch: Batch, siblings: list[Job]) -> str:
        for job in batch.replies:
            await self._progress_messages.stop(job)
        numbers = {job.id: number for number, job in enumerate(siblings, 1)}
        replies = sorted(batch.replies.values(), key=lambda reply: numbers[reply.job.id])
        language = await self._ctx.language(replies[0].job.sender)
        unsent = [reply for reply in replies if reply.failure is None and reply.job.id not in self._sent]
        if unsent:
            await self._send_photos(unsent, language)
        await self._summarise(replies, siblings, numbers, language)
        batch.shown = {job: self._sent.pop(job) for job in batch.replies if job in self._sent}
        return replies[0].job.context.get("progress") or ""

    async def _send_photos(self, replies: list[Reply], language: str) -> None:
        uploads = [await upload_of(self._ctx, language, reply) for reply in replies]
        captions = [self._caption(reply, language) for reply in replies]
        address = replies[0].job.address
        for parcel in parcels(uploads, is_local=self._ctx.is_local):
            said = [captions[position] for position in parcel]
            sent = await send_in_some_form(
                partial(self._ctx.send_album, address, said), [uploads[number] for number in parcel]
            )
            self._sent |= {replies[position].job.id: number for position, number in zip(parcel, sent, strict=True)}

    def _caption(self, reply: Reply, language: str) -> str:
        assert reply.outcome.report is not None
        return self._ctx.service.sentences.report(language, reply.outcome.report)

    async def _summarise(
        self, replies: list[Reply], siblings: list[Job], numbers: dict[str, int], language: str
    ) -> None:
        """Turn the progress message into the summary. Once photos are sent, no error may repeat the delivery."""
        lines = [self._line(reply, numbers[reply.job.id], language) for reply in replies]
        lines.append(self._ctx.service.sentences.quota(language, replies[-1].quota))
        restored = [(numbers[reply.job.id], reply.job) for reply in replies if reply.failure is None]
        keyboard = album_keyboard(restored)
        if keyboard:
            lines.append(self._ctx.say(language, "telegram-album-pick"))
        job = replies[0].job
        progress = int(job.context.get("progress") or 0) if len(replies) == len(siblings) else None
        if not restored:
            await tell_failure(self._ctx, job, progress, "\n".join(lines), language)
            return
        try:
            await self._ctx.edit_or_tell(job.address, progress, "\n".join(lines), keyboard)
        except TelegramError as error:
            log.warning("the summary of an album in chat %s is missing: %s", job.address.chat, error)

    def _line(self, reply: Reply, number: int, language: str) -> str:
        if reply.failure is not None:
            text = self._ctx.service.sentences.failure(language, reply.failure)
        else:
            text = self._caption(reply, language)
        return self._ctx.say(language, "telegram-album-line", number=number, text=text)


class TelegramReplier:
    """Sends the replies that the delivery worker hands over."""

    def __init__(
        self, ctx: BotContext, progress_messages: ProgressMessages, wait_estimate: WaitEstimate, albums: AlbumReplies
    ) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._wait_estimate = wait_estimate
        self._albums = albums

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send a reply and return the notes to store with the job; see `Replier`."""
        if reply.outcome.report is not None:
            self._wait_estimate.learn(reply.outcome.report.total_ms)
        with delivering():
            try:
                return await self._reply(reply)
            except ChatMigrated as error:
                await self._ctx.move_chat(reply.job.address.chat, str(error.new_chat_id))
                raise RetryLater(0) from error

    async def _reply(self, reply: Reply) -> dict[str, str]:
        if reply.job.context.get(ALBUM):
            notes = await self._albums.reply(reply)
            if notes is not None:
                return notes
        await self._progress_messages.stop(reply.job.id)
        if reply.failure is not None:
            return await self._tell(reply, reply.failure)
        return await self._send(reply)

    async def _tell(self, reply: Reply, failure: Failure) -> dict[str, str]:
        """Say what went wrong, in place of the progress; to the person alone if the bot may not write in the chat."""
        language = await self._ctx.language(reply.job.sender)
        text = self._ctx.service.sentences.failure(language, failure)
        progress = int(reply.job.context.get("progress") or 0)
        keyboard = failure_keyboard(self._ctx, language, reply.job, failure)
        return {"reply": str(await tell_failure(self._ctx, reply.job, progress, text, language, keyboard))}

    async def _send(self, reply: Reply) -> dict[str, str]:
        assert reply.outcome.report is not None
        language = await self._ctx.language(reply.job.sender)
        caption = caption_of(self._ctx, language, reply, reply.outcome.report)
        keyboard = photo_keyboard(self._ctx, language, reply.job, reply.outcome.report)
        try:
            upload = await upload_of(self._ctx, language, reply)
        except FileTooLarge as error:
            # The job succeeded; other forms of the photo may still be small enough.
            return await self._tell(reply, Failure.of(error))
        progress = int(reply.job.context.get("progress") or 0)

        async def show(uploads: list[Upload]) -> int:
            chat = reply.job.address.chat
            if progress and await self._ctx.edit_media(chat, progress, uploads[0], caption, keyboard):
                return progress
            return (await self._ctx.send(reply.job.address, uploads[0], caption, keyboard)).message_id

        shown = await send_in_some_form(show, [upload])
        if shown == progress:
            await self._notify(reply, progress, language)
        return {"reply": str(shown)}

    async def _notify(self, reply: Reply, shown: int, language: str) -> None:
        """Notify a person who waited long. This is tried once, since the photo itself is sent."""
        waited = (datetime.now(UTC) - reply.job.created_at).total_seconds()
        if waited < PATIENCE_S:
            return
        address = reply.job.address.model_copy(update={"message": str(shown)})
        try:
            await self._ctx.tell(address, self._ctx.say(language, "telegram-ready"))
        except TelegramError as error:
            log.info("job %s: the person could not be notified: %s", reply.job.id, error)


def caption_of(ctx: BotContext, language: str, reply: Reply, report: Report) -> str:
    """What was done to the photo, and what is left today."""
    parts = [ctx.service.sentences.report(language, report)]
    if reply.job.charged:
        parts.append(ctx.service.sentences.quota(language, reply.quota))
    else:
        parts.append(ctx.say(language, "telegram-adjusted"))
    if reply.job.context.get(REMEMBERED):
        parts.append(ctx.say(language, "reply-remembered"))
    return "\n".join(parts)
