"""Pictures of a reply, in the form a person wants them."""

import asyncio

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.uploads import Outgoing, prepare
from magicmemory.queue.delivery import Reply


async def picture_of(ctx: BotContext, language: str, reply: Reply) -> Outgoing:
    """The restored photo in the form it is wished in."""
    as_file = bool(reply.job.context.get("as_file"))
    if not as_file:
        as_file = (await ctx.service.preferences(reply.job.sender)).reply_as_file
    stem = ctx.say(language, "telegram-file-name")
    extension = reply.outcome.extension or "jpg"
    return await asyncio.to_thread(prepare, reply.photo, extension, stem, as_file=as_file, is_local=ctx.is_local)
