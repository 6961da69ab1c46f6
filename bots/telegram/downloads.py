"""Getting a photo out of a message."""

import asyncio
import io
from dataclasses import dataclass
from typing import Final

from telegram import Message
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from magicmemory.bots.common.image_fitting import looks_like_photo
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.errors import says
from magicmemory.bots.telegram.rate_limiter import LONGEST_PAUSE_S, pause_of
from magicmemory.core.errors import FileTooLarge, InternalError, NotAPhoto, PhotoAnimated, UserError
from magicmemory.core.units import MB, MIB

PUBLIC_DOWNLOAD_BYTES: Final = 20 * MIB
TRIES: Final = 4
FIRST_RETRY_S: Final = 0.5
TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo as a message shows it."""

    file_id: str
    size: int
    as_file: bool


def photo_in(message: Message) -> Sent | None:
    """The photo of a message, or None where it has none.

    Raises:
        PhotoAnimated: it is a moving picture.
        NotAPhoto: it is a file of another kind.
    """
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Sent(largest.file_id, largest.file_size or 0, as_file=False)
    if message.animation or message.video or message.video_note:
        raise PhotoAnimated
    if message.document:
        document = message.document
        if not looks_like_photo(document.file_name, document.mime_type):
            raise NotAPhoto
        return Sent(document.file_id, document.file_size or 0, as_file=True)
    return None


async def fetch(ctx: BotContext, sent: Sent) -> bytes:
    """The photo's bytes.

    Raises:
        FileTooLarge: more than is accepted, or than Telegram hands out.
        InternalError: Telegram does not hand it out now.
    """
    limit = limit_mb(ctx)
    if sent.size > limit * MB:
        raise FileTooLarge(limit_mb=limit)
    for attempt in range(TRIES):
        try:
            # Each time anew: a path can have expired, a file id has not.
            file = await ctx.bot.get_file(sent.file_id, read_timeout=TIMEOUT_S)
            out = io.BytesIO()
            await file.download_to_memory(out, read_timeout=TIMEOUT_S)
            return out.getvalue()
        except BadRequest as error:
            raise _refused(error, limit) from error
        except RetryAfter as error:
            if pause_of(error) > LONGEST_PAUSE_S:
                raise InternalError from error
            await asyncio.sleep(pause_of(error))
        except (NetworkError, InvalidToken):  # the library's name for a path that is not there any more
            await asyncio.sleep(FIRST_RETRY_S * 2**attempt)
    raise InternalError


def limit_mb(ctx: BotContext) -> float:
    """The largest file that is accepted, megabytes."""
    accepted = ctx.service.settings.max_photo_mb
    return accepted if ctx.is_local else min(accepted, PUBLIC_DOWNLOAD_BYTES / MB)


def _refused(error: BadRequest, limit: float) -> UserError:
    return FileTooLarge(limit_mb=limit) if says(error, "file is too big") else InternalError()
