"""“Before/after”: the card and the clip of a restored photo, as two messages; an album cannot hold both."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from telegram import CallbackQuery, InputFile, Message
from telegram.error import BadRequest, Forbidden

from magicmemory.bots.common.sharing import Shared
from magicmemory.bots.telegram.context import MEDIA_FORBIDDEN, UPLOAD_S, BotContext, reply_to, says
from magicmemory.bots.telegram.messages import SPOILER, address_of
from magicmemory.core.errors import PhotosForbidden
from magicmemory.core.job import Address, Job
from magicmemory.core.report import Failure

log = logging.getLogger(__name__)

STEM: Final = "before-after"
CARD, CLIP = "card", "clip"

Send = Callable[..., Awaitable[Message]]
Make = Callable[[Job], Awaitable[Shared]]


async def share(ctx: BotContext, query: CallbackQuery, job: Job, message: Message, language: str) -> None:
    """Send the card, then the clip, in reply to the message with the button.

    Raises:
        PhotoExpired: the photo is deleted.
    """
    sharing, bot = ctx.service.sharing, ctx.bot
    # The card is made first: if the photo is deleted, the answer to the button says so.
    card = ctx.file_ids.get(f"{CARD}:{job.id}") or await sharing.card(job)
    await ctx.notice(query, ctx.say(language, "telegram-coming"))
    address = address_of(message)
    await ctx.act(address, "upload_photo")
    sent = await _send(ctx, job, address, card, sharing.card, bot.send_photo, caption=ctx.say(language, "share-ready"))
    if sent is not None and sent.photo:
        ctx.remember(f"{CARD}:{job.id}", sent.photo[-1].file_id)
    await ctx.act(address, "upload_video")
    clip = ctx.file_ids.get(f"{CLIP}:{job.id}") or await sharing.clip(job)
    shown = await _send(ctx, job, address, clip, sharing.clip, bot.send_animation)
    if shown is not None and shown.animation:
        ctx.remember(f"{CLIP}:{job.id}", shown.animation.file_id)
    if sent is None or shown is None:
        await ctx.tell(address, ctx.service.sentences.failure(language, Failure.of(PhotosForbidden())))


async def _send(
    ctx: BotContext, job: Job, address: Address, file: str | Shared, make: Make, send: Send, **given: Any
) -> Message | None:
    """Send a file that Telegram has, or a new one, with `send`; as a document, which cannot be covered, if the chat
    forbids that; None if it forbids both.
    """
    given |= {"read_timeout": UPLOAD_S, "write_timeout": UPLOAD_S, **reply_to(address)}
    try:
        return await send(address.chat, _input(file), has_spoiler=bool(job.context.get(SPOILER)), **given)
    except (BadRequest, Forbidden) as error:
        if not says(error, *MEDIA_FORBIDDEN):
            raise
        log.info("the chat forbids photos or clips: %s", error.message)
    # A photo or a clip that Telegram has cannot become a document.
    made = await make(job) if isinstance(file, str) else file
    try:
        return await ctx.bot.send_document(address.chat, _input(made), disable_content_type_detection=True, **given)
    except (BadRequest, Forbidden) as error:
        if not says(error, *MEDIA_FORBIDDEN):
            raise
        log.info("the chat forbids files, too: %s", error.message)
        return None


def _input(file: str | Shared) -> str | InputFile:
    return file if isinstance(file, str) else InputFile(file.data, filename=f"{STEM}.{file.extension}")
