"""The reply to a photo: before and after, a line of facts and buttons, put into the message that showed progress."""

import asyncio
import io
import logging
from dataclasses import dataclass

import discord
from discord import ui

from magicmemory.bots.common.image_fitting import FittedImage, fit
from magicmemory.bots.discord.buttons import rows_of_buttons
from magicmemory.bots.discord.context import BotContext, OutOfReach, ReplyMessage, ReplyTarget, TextReply, greeted
from magicmemory.bots.discord.errors import TOO_LARGE, UNCERTAIN
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.core.errors import UserError
from magicmemory.core.units import MIB
from magicmemory.queue.delivery import Reply, RetryLater, Undeliverable

log = logging.getLogger(__name__)

# What to try where a file that should fit does not: the place's limit may have changed.
SMALLER = 2


class DiscordReplier:
    """Sends answers. Each goes into the message that showed its progress, where that is possible."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send an answer, and return what is noted with the job."""
        target = ReplyTarget.of(reply.job.context)
        await self._progress_messages.stop(reply.job.id)
        content = await self._content(reply, target)
        try:
            sent = await self._deliver(target, content, reply.job.id)
        except OutOfReach as error:
            raise Undeliverable(str(error)) from error
        except discord.RateLimited as error:
            raise RetryLater(error.retry_after) from error
        except UNCERTAIN as error:
            raise RetryLater from error
        return {"sent": str(sent)}

    async def _content(self, reply: Reply, target: ReplyTarget) -> ReplyMessage:
        language = await self._ctx.language(reply.job.sender)
        if reply.failure is not None:
            return TextReply(self._ctx.service.sentences.failure(language, reply.failure))
        return PhotoReply(self._ctx, reply, target, language)

    async def _deliver(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        try:
            return await self._ctx.deliver(target, content, nonce)
        except discord.HTTPException as error:
            if error.code != TOO_LARGE and error.status != 413:
                raise
        return await self._ctx.deliver(target, _Smaller(content), nonce)


class _Smaller:
    """The same letter for a place that takes less than it said."""

    def __init__(self, content: ReplyMessage) -> None:
        self._content = content

    async def build(self, limit: int, greet: int | None) -> "tuple[discord.ui.LayoutView, list[discord.File]]":
        """The layout with smaller files."""
        return await self._content.build(limit // SMALLER, greet)


@dataclass(frozen=True, slots=True)
class PhotoReply:
    """A restored photo."""

    ctx: BotContext
    reply: Reply
    target: ReplyTarget
    language: str

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files."""
        after = await asyncio.to_thread(fit, self.reply.photo, self.reply.outcome.extension, limit)
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
            return await asyncio.to_thread(fit, shown, "jpg", limit)
        except (UserError, ValueError) as error:
            log.info("job %s: no picture of before: %s", self.reply.job.id, error)
            return None

    def _file(self, picture: FittedImage, name: str) -> discord.File:
        return discord.File(io.BytesIO(picture.data), f"{name}.{picture.extension}", spoiler=self.target.spoiler)

    def _item(self, file: discord.File, key: str) -> discord.MediaGalleryItem:
        description = self.ctx.say(self.language, key)
        return discord.MediaGalleryItem(
            f"attachment://{file.filename}", description=description, spoiler=self.target.spoiler
        )

    def _facts(self, after: FittedImage, limit: int) -> str:
        service, report = self.ctx.service, self.reply.outcome.report
        parts = [service.sentences.report(self.language, report)] if report is not None else []
        parts.append(service.sentences.quota(self.language, self.reply.quota))
        if after.changed:
            parts.append(self.ctx.say(self.language, "discord-made-smaller", limit_mb=limit // MIB))
        return " ".join(parts)
