"""The last step: the answer to a photo, made from the ledger and the photo store alone."""

import discord

from magicmemory.bots.discord.context import BotContext, OutOfReach, ReplyMessage, TextReply
from magicmemory.bots.discord.errors import TOO_LARGE, UNCERTAIN
from magicmemory.bots.discord.layout import PhotoReply
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.bots.discord.reply_target import ReplyTarget
from magicmemory.queue.delivery import Reply, RetryLater, Undeliverable

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
