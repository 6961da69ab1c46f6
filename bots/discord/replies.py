"""Replies to photos: both images, a line about them and the buttons, in the message that showed the progress."""

import io
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import discord
from discord import ui

from magicmemory.bots.common.adjustments import REMEMBERED
from magicmemory.bots.common.image_fitting import FittedImage, fit
from magicmemory.bots.discord.buttons import rows_after_failure, rows_of_buttons
from magicmemory.bots.discord.context import (
    FILE_LIMIT,
    SENT,
    BotContext,
    OutOfReach,
    ReplyMessage,
    ReplyTarget,
    TextReply,
    greeted,
)
from magicmemory.bots.discord.errors import TOO_LARGE, UNCERTAIN
from magicmemory.core.errors import UserError
from magicmemory.core.units import MIB
from magicmemory.queue.delivery import Reply, RetryLater, Undeliverable

log = logging.getLogger(__name__)

MOST_SHRINKS: Final = 4


class DiscordReplier:
    """Sends replies, if possible into the message that showed the progress."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send a reply; returns the notes to keep with the job."""
        target = ReplyTarget.of(reply.job.context)
        await self._ctx.progress.stop(reply.job.id)
        content = await self._content(reply, target)
        try:
            sent = await self._deliver(target, content, reply.job.id)
        except OutOfReach as error:
            raise Undeliverable(str(error)) from error
        except discord.RateLimited as error:
            raise RetryLater(error.retry_after) from error
        except UNCERTAIN as error:
            raise RetryLater from error
        return {SENT: str(sent)}

    async def _content(self, reply: Reply, target: ReplyTarget) -> ReplyMessage:
        language = await self._ctx.language(reply.job.sender)
        if reply.failure is not None:
            text = self._ctx.service.sentences.failure(language, reply.failure)
            return TextReply(text, rows_after_failure(self._ctx, language, reply.job, reply.failure))
        return PhotoReply(self._ctx, reply, target, language)

    async def _deliver(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        shrinking = _ShrinkingReply(content)
        for _ in range(MOST_SHRINKS):
            try:
                return await self._ctx.deliver(target, shrinking, nonce)
            except discord.HTTPException as error:
                if error.code != TOO_LARGE and error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                    raise
                shrinking.shrink()
        return await self._ctx.deliver(target, shrinking, nonce)


class _ShrinkingReply:
    """A reply whose files can be made smaller if Discord refuses their size: the job's limit may be out of date."""

    def __init__(self, content: ReplyMessage) -> None:
        self._content = content
        self._limit: int | None = None
        self._largest = 0  # bytes, of the files that were built last

    def shrink(self) -> None:
        """Build smaller files from now on: within every channel's limit, or if they were, half as large."""
        self._limit = FILE_LIMIT if self._largest > FILE_LIMIT else self._largest // 2

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files."""
        view, files = await self._content.build(limit if self._limit is None else min(limit, self._limit), greet)
        self._largest = max((file.fp.seek(0, io.SEEK_END) for file in files), default=0)
        for file in files:
            file.fp.seek(0)
        return view, files


@dataclass(frozen=True, slots=True)
class PhotoReply:
    """A reply with the restored photo."""

    ctx: BotContext
    reply: Reply
    target: ReplyTarget
    language: str

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files."""
        after = await self.ctx.service.on_image(fit, self.reply.photo, self.reply.outcome.extension, limit)
        before = await self._before(limit)
        files = [self._file(after, "restored")]
        items = [self._item(files[0], "discord-alt-after")]
        if before is not None:
            files.append(self._file(before, "original"))
            items.append(self._item(files[1], "discord-alt-before"))
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.MediaGallery(*items))
        view.add_item(ui.TextDisplay(greeted(self._facts(after, limit), greet)))
        reported = self.reply.job.model_copy(update={"report": self.reply.outcome.report})
        for row in rows_of_buttons(self.ctx, self.language, reported):
            view.add_item(row)
        return view, files

    async def _before(self, limit: int) -> FittedImage | None:
        try:
            service = self.ctx.service
            shown = await service.preview(await service.original(self.reply.job))
            return await service.on_image(fit, shown, "jpg", limit)
        except (UserError, ValueError) as error:
            log.info("job %s: the photo before restoration is not shown: %s", self.reply.job.id, error)
            return None

    def _file(self, image: FittedImage, name: str) -> discord.File:
        return discord.File(io.BytesIO(image.data), f"{name}.{image.extension}", spoiler=self.target.spoiler)

    def _item(self, file: discord.File, key: str) -> discord.MediaGalleryItem:
        description = self.ctx.say(self.language, key)
        return discord.MediaGalleryItem(
            f"attachment://{file.filename}", description=description, spoiler=self.target.spoiler
        )

    def _facts(self, after: FittedImage, limit: int) -> str:
        service, report = self.ctx.service, self.reply.outcome.report
        parts = [service.sentences.report(self.language, report)] if report is not None else []
        parts.append(service.sentences.quota(self.language, self.reply.quota))
        if self.reply.job.context.get(REMEMBERED):
            parts.append(self.ctx.say(self.language, "reply-remembered"))
        if after.changed:
            parts.append(self.ctx.say(self.language, "discord-made-smaller", limit_mb=max(1, round(limit / MIB))))
        return " ".join(parts)
