"""What an incoming message holds: who sent it, where it stands, and its photo."""

import asyncio
import io
import logging
from dataclasses import dataclass
from typing import Final

from telegram import CallbackQuery, Chat, ChatMember, ExternalReplyInfo, Message, User
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from magicmemory.bots.common.file_types import checked, may_be_photo
from magicmemory.bots.telegram.context import BotContext, says
from magicmemory.bots.telegram.rate_limiter import LONGEST_PAUSE_S, pause_of
from magicmemory.core.errors import FileTooLarge, InternalError, NotAPhoto, PhotoAnimated, UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.units import MB, MIB

log = logging.getLogger(__name__)

PUBLIC_DOWNLOAD_BYTES: Final = 20 * MIB
TRIES: Final = 4
FIRST_RETRY_S: Final = 0.5
TIMEOUT_S: Final = 60.0
SPOILER: Final = "spoiler"  # the job's note that its photo came covered


# What may have a photo: a message, or what Telegram shows of a message of another chat or topic that it replies to.
Photographed = Message | ExternalReplyInfo


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo on Telegram's servers."""

    file_id: str
    size: int  # bytes; 0 if Telegram does not say
    as_file: bool  # sent as a document, so without Telegram's compression
    spoiler: bool = False  # covered until somebody taps it


def sender_of(user: User | None, chat: Chat | None = None) -> Sender:
    """Who asks: the person; or `chat`, if somebody writes there under another name than their own."""
    account = chat.id if chat else user.id if user else 0
    language = (user.language_code if user else None) or ""
    return Sender(platform=Platform.TELEGRAM, account=str(account), language=language or "en")


def sender_of_message(message: Message) -> Sender:
    """Who wrote a message. An anonymous administrator, or a channel that writes in a group, asks as the chat itself:
    anybody can make channels, so each of them with a free photo would make the quota void.
    """
    return sender_of(message.from_user, message.chat if message.sender_chat else None)


async def sender_of_press(ctx: BotContext, query: CallbackQuery, owner: str) -> Sender:
    """Who pressed a button that belongs to the account `owner`: an administrator of the chat also acts for the chat.

    Telegram names the person who pressed, also if they write anonymously.
    """
    message = query.message
    if message is None or owner != str(message.chat.id):
        return sender_of(query.from_user)
    administers = await is_administrator(ctx, message.chat, query.from_user)
    return sender_of(query.from_user, message.chat if administers else None)


async def is_administrator(ctx: BotContext, chat: Chat, user: User | None) -> bool:
    """Whether somebody is an administrator of a group or a channel."""
    if chat.type == Chat.PRIVATE or user is None:
        return False
    try:
        member = await ctx.bot.get_chat_member(chat.id, user.id)
    except (BadRequest, Forbidden) as error:
        log.info("chat %d does not say who its administrators are: %s", chat.id, error.message)
        return False
    return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


async def is_from_administrator(ctx: BotContext, message: Message) -> bool:
    """Whether an administrator of the group wrote a message, also anonymously: then the group itself is the author."""
    if message.sender_chat is not None:
        return message.sender_chat.id == message.chat_id
    return await is_administrator(ctx, message.chat, message.from_user)


def group_of(message: Message) -> str:
    """The group that a message was written in; empty: a private chat or a channel."""
    return str(message.chat_id) if message.chat.type in (Chat.GROUP, Chat.SUPERGROUP) else ""


def address_of(message: Message) -> Address:
    """The message as a job's address, with its forum topic."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Address(
        platform=Platform.TELEGRAM,
        chat=str(message.chat_id),
        message=str(message.message_id),
        thread=str(thread or ""),
    )


def is_private(message: Message) -> bool:
    """Whether the chat is between one person and the bot."""
    return message.chat.type == Chat.PRIVATE


def photo_in(message: Photographed) -> PhotoFile | None:
    """The photo of a message; None if the message has none.

    Raises:
        PhotoAnimated: the message has a video or an animation.
        NotAPhoto: the message has a large file of sound or text.
    """
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return PhotoFile(largest.file_id, largest.file_size or 0, False, bool(message.has_media_spoiler))
    if message.animation or message.video or message.video_note:
        raise PhotoAnimated
    if message.document:
        document = message.document
        if not may_be_photo(document.mime_type, document.file_size or 0, PUBLIC_DOWNLOAD_BYTES):
            raise PhotoAnimated if (document.mime_type or "").startswith("video/") else NotAPhoto
        return PhotoFile(document.file_id, document.file_size or 0, as_file=True)
    return None


async def download(ctx: BotContext, photo: PhotoFile) -> bytes:
    """The photo's bytes.

    Raises:
        FileTooLarge: it is larger than the operator's limit, or than Telegram's limit for downloads.
        InternalError: Telegram does not send it now.
        NotAPhoto, PhotoAnimated, KindUnsupported, ArchiveSent: its bytes are no photo's.
    """
    limit = limit_mb(ctx)
    if photo.size > limit * MB:
        raise FileTooLarge(limit_mb=limit)
    for attempt in range(TRIES):
        try:
            # The path is asked for in each try: a path may have expired, a file id does not expire.
            file = await ctx.bot.get_file(photo.file_id, read_timeout=TIMEOUT_S)
            out = io.BytesIO()
            await file.download_to_memory(out, read_timeout=TIMEOUT_S)
            return checked(out.getvalue())
        except BadRequest as error:
            raise _refused(error, limit) from error
        except RetryAfter as error:
            if pause_of(error) > LONGEST_PAUSE_S:
                raise InternalError from error
            await asyncio.sleep(pause_of(error))
        except (NetworkError, InvalidToken):  # the library's name for a path that has expired
            await asyncio.sleep(FIRST_RETRY_S * 2**attempt)
    raise InternalError


def limit_mb(ctx: BotContext) -> float:
    """The largest photo that is accepted, megabytes."""
    accepted = ctx.service.settings.max_photo_mb
    return accepted if ctx.is_local else min(accepted, PUBLIC_DOWNLOAD_BYTES / MB)


def _refused(error: BadRequest, limit: float) -> UserError:
    return FileTooLarge(limit_mb=limit) if says(error, "file is too big") else InternalError()
