"""What all parts of the bot share: the service, the connection to Telegram, and how messages are sent and edited."""

import io
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from PIL import Image
from telegram import (
    CallbackQuery,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.image_fitting import encode_jpeg, opened
from magicmemory.bots.common.refusals import explain
from magicmemory.bots.service import BotService
from magicmemory.bots.telegram.rate_limiter import Busy, Urgency, pause_of
from magicmemory.core.errors import FileTooLarge, PhotosForbidden, UserError, WritingForbidden
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.units import MIB
from magicmemory.queue.delivery import RetryLater, Undeliverable

log = logging.getLogger(__name__)

Keyboard = InlineKeyboardMarkup | None
Sent = TypeVar("Sent")
UPLOAD_S: Final = 120.0  # to write a large file, and again for Telegram to answer
FILE_IDS: Final = 1000
LONGEST_NOTICE: Final = 200  # characters, Telegram's limit

# Parts of error descriptions after which a message can never be sent.
NOBODY_THERE: Final = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "message thread not found",
    "topic_closed",
    "group chat was upgraded",
)
# Parts of error descriptions that say that the chat takes no photos, no files, or no clips.
MEDIA_FORBIDDEN: Final = (
    "not enough rights to send photos",
    "not enough rights to send documents",
    "chat_send_photos_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_media_forbidden",
    "not enough rights to send animations",
    "chat_send_gifs_forbidden",
)
# Parts of error descriptions that say that the bot may not even write.
WRITING_FORBIDDEN: Final = (
    "not enough rights to send text messages",
    "have no rights to send a message",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_restricted",
)
# Parts of error descriptions after which a message can never be edited.
NOT_EDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message",
    "there is no caption in the message",
)


PHOTO_BYTES: Final = 10 * MIB
PHOTO_SIDES: Final = 10_000  # width + height, pixels
PHOTO_RATIO: Final = 20
PUBLIC_FILE_BYTES: Final = 50 * MIB
LOCAL_FILE_BYTES: Final = 2000 * MIB
PUBLIC_REQUEST_BYTES: Final = 49 * MIB  # of all files in one request; captions need room too
LARGEST_ALBUM: Final = 10
PHOTO_FORMATS: Final = frozenset({"JPEG", "PNG"})


@dataclass(frozen=True, slots=True)
class Upload:
    """An image in the form in which it will be sent. A photo with a `spoiler` is covered until somebody taps it."""

    data: bytes
    name: str
    as_file: bool
    spoiler: bool = False

    def media(self, caption: str) -> InputMediaPhoto | InputMediaDocument:
        """The image as an item of the library's media groups and edits."""
        if self.as_file:
            return InputMediaDocument(
                self.data, caption=caption, filename=self.name, disable_content_type_detection=True
            )
        return InputMediaPhoto(self.data, caption=caption, filename=self.name, has_spoiler=self.spoiler)


def parcels(uploads: Sequence[Upload], *, is_local: bool) -> Iterator[list[int]]:
    """The positions of the images that go into one message each: as many as Telegram takes at once, photos and files
    apart, for they cannot share an album.
    """
    limit = LOCAL_FILE_BYTES if is_local else PUBLIC_REQUEST_BYTES
    for as_file in (False, True):
        parcel: list[int] = []
        for position in [number for number, upload in enumerate(uploads) if upload.as_file is as_file]:
            together = sum(len(uploads[number].data) for number in [*parcel, position])
            if parcel and (len(parcel) == LARGEST_ALBUM or together > limit):
                yield parcel
                parcel = []
            parcel.append(position)
        if parcel:
            yield parcel


def prepare(data: bytes, extension: str, stem: str, *, as_file: bool, is_local: bool, spoiler: bool = False) -> Upload:
    """Choose the form: a photo if Telegram takes it as one, else or if `as_file` is set, a file.

    Args:
        data: an encoded image of our own.
        extension: of its format.
        stem: the file name without extension.
        as_file: whether the person wants a file.
        is_local: whether a local Bot API server raises the limits.
        spoiler: whether the photo came covered.

    Raises:
        FileTooLarge: even encoded as a JPEG the image is larger than a bot may send.
    """
    if not as_file and (photo := _as_photo(data, extension, stem)):
        return replace(photo, spoiler=spoiler)
    limit = LOCAL_FILE_BYTES if is_local else PUBLIC_FILE_BYTES
    if len(data) > limit:
        data, extension = encode_jpeg(opened(data)), "jpg"
    if len(data) > limit:
        raise FileTooLarge(limit_mb=limit // MIB)
    return Upload(data, f"{stem}.{extension}", as_file=True)


def _as_photo(data: bytes, extension: str, stem: str) -> Upload | None:
    with Image.open(io.BytesIO(data)) as image:
        width, height, kind = image.width, image.height, image.format
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        return None
    if kind not in PHOTO_FORMATS:
        # Telegram turns every photo into a JPEG anyway; a file keeps its own format.
        data, extension = encode_jpeg(opened(data)), "jpg"
    return Upload(data, f"{stem}.{extension}", as_file=False) if len(data) <= PHOTO_BYTES else None


@dataclass(frozen=True, slots=True)
class BotContext:
    """The service and the connection to Telegram."""

    service: BotService
    bot: ExtBot[Urgency]
    commands: Commands
    file_ids: dict[str, str] = field(default_factory=dict)  # of files that Telegram has; see `remember`

    @property
    def is_local(self) -> bool:
        """Whether the operator runs a Bot API server, which takes files of any size."""
        return self.service.settings.telegram_local

    def say(self, language: str, key: str, **values: str | int | float) -> str:
        """A sentence of the texts."""
        return self.service.texts.say(language, key, **values)

    def explain(self, language: str, error: UserError) -> str:
        """Why something was refused, and what there is to buy against it."""
        return explain(self.service, language, error, sells_here=bool(self.service.plans.for_stars))

    async def language(self, sender: Sender, group: str = "") -> str:
        """The language to answer the sender in, in a group."""
        return await self.service.language(sender, group)

    async def tell(
        self, address: Address, text: str, keyboard: Keyboard = None, urgency: Urgency = Urgency.MUST
    ) -> int:
        """Send a text in reply to the message at `address`; returns the new message's id."""
        sent = await self.bot.send_message(
            address.chat, text, reply_markup=keyboard, rate_limit_args=urgency, **reply_to(address)
        )
        return sent.message_id

    async def edit_or_tell(self, address: Address, message: int | None, text: str, keyboard: Keyboard = None) -> int:
        """Put a text into our `message`, or into a new reply if that cannot be edited; returns the message's id."""
        if message and await self.edit_text(address.chat, message, text, keyboard):
            return message
        return await self.tell(address, text, keyboard)

    async def notice(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        """Answer a pressed button. An answer that comes too late, or twice, is not an error."""
        try:
            await query.answer(text[:LONGEST_NOTICE], show_alert=alert)
        except BadRequest as error:
            log.debug("a pressed button was not answered: %s", error)

    async def send(self, address: Address, upload: Upload, caption: str, keyboard: Keyboard = None) -> Message:
        """Send an image in reply to the message at `address`."""
        given: dict[str, Any] = {
            "caption": caption,
            "reply_markup": keyboard,
            "read_timeout": UPLOAD_S,
            "write_timeout": UPLOAD_S,
            **reply_to(address),
        }
        file = InputFile(upload.data, filename=upload.name)
        if upload.as_file:
            return await self.bot.send_document(address.chat, file, disable_content_type_detection=True, **given)
        return await self.bot.send_photo(address.chat, file, has_spoiler=upload.spoiler, **given)

    async def send_album(self, address: Address, captions: list[str], uploads: list[Upload]) -> list[int]:
        """Send images as one album in reply to the message at `address`; the messages' ids."""
        if len(uploads) == 1:
            return [(await self.send(address, uploads[0], captions[0])).message_id]
        sent = await self.bot.send_media_group(
            address.chat,
            [upload.media(caption) for upload, caption in zip(uploads, captions, strict=True)],
            read_timeout=UPLOAD_S,
            write_timeout=UPLOAD_S,
            **reply_to(address),
        )
        return [message.message_id for message in sent]

    async def edit_text(
        self, chat: str, message: int, text: str, keyboard: Keyboard = None, urgency: Urgency = Urgency.MUST
    ) -> bool:
        """Change the text of one of our messages. False if the message is gone or has no text."""
        try:
            await self.bot.edit_message_text(text, chat, message, reply_markup=keyboard, rate_limit_args=urgency)
        except BadRequest as error:
            return _is_edited(error)
        return True

    async def edit_media(
        self, chat: str, message: int, upload: Upload, caption: str, keyboard: Keyboard = None
    ) -> bool:
        """Turn one of our messages into an image. False if the message is gone.

        The chat shows the image once, however often this is repeated and even if Telegram's answer was lost.
        """
        try:
            await self.bot.edit_message_media(
                upload.media(caption),
                chat,
                message,
                reply_markup=keyboard,
                read_timeout=UPLOAD_S,
                write_timeout=UPLOAD_S,
            )
        except BadRequest as error:
            return _is_edited(error)
        return True

    async def edit_keyboard(self, chat: str, message: int, keyboard: Keyboard) -> None:
        """Change the buttons under one of our messages."""
        try:
            await self.bot.edit_message_reply_markup(chat, message, reply_markup=keyboard)
        except BadRequest as error:
            _is_edited(error)

    async def show_progress(self, chat: str, message: int, text: str) -> None:
        """Change a progress message, unless the chat is busy or Telegram does not answer."""
        try:
            await self.edit_text(chat, message, text, urgency=Urgency.MAY)
        except Busy:
            pass
        except TelegramError as error:
            log.debug("progress in chat %s is not shown: %s", chat, error)

    async def act(self, address: Address, action: str) -> None:
        """Show a chat action such as `upload_photo`. Errors are logged only."""
        thread = int(address.thread) if address.thread else None
        try:
            await self.bot.send_chat_action(address.chat, action, message_thread_id=thread)
        except TelegramError as error:
            log.debug("no chat action in chat %s: %s", address.chat, error)

    async def move_chat(self, old: str, new: str) -> None:
        """A group has become a supergroup. Its progress messages cannot be edited there: they have other numbers."""
        await self.service.move_chat(Platform.TELEGRAM, old, new, {"progress": ""})

    def remember(self, name: str, file_id: str) -> None:
        """Keep the id of a file that Telegram has, so that it is not uploaded again."""
        while len(self.file_ids) >= FILE_IDS:
            self.file_ids.pop(next(iter(self.file_ids)))
        self.file_ids[name] = file_id


def reply_to(address: Address) -> dict[str, Any]:
    """The arguments that make a message a reply to the one at `address`, even if that was deleted meanwhile."""
    # A suffix after a colon distinguishes several photos of one message.
    message = int(address.message.partition(":")[0] or 0)
    return {
        "reply_parameters": ReplyParameters(message, allow_sending_without_reply=True) if message else None,
        "message_thread_id": int(address.thread) if address.thread else None,
    }


async def send_in_some_form(send: Callable[[list[Upload]], Awaitable[Sent]], uploads: list[Upload]) -> Sent:
    """Send images, as files if the chat forbids photos.

    Raises:
        Undeliverable: the chat forbids both.
    """
    for form in (uploads, [replace(upload, as_file=True) for upload in uploads]):
        try:
            return await send(form)
        except (BadRequest, Forbidden) as error:
            if not says(error, *MEDIA_FORBIDDEN):
                raise
            log.info("the chat forbids photos or files: %s", error.message)
    raise Undeliverable("the chat takes neither photos nor files", PhotosForbidden())


def says(error: TelegramError, *parts: str) -> bool:
    """Whether the error's description contains one of these parts."""
    description = error.message.lower()
    return any(part in description for part in parts)


def _is_edited(error: BadRequest) -> bool:
    """What a refused edit means: True if the message has this content already, False if it cannot be edited."""
    if says(error, "message is not modified"):  # an earlier try arrived
        return True
    if says(error, *NOT_EDITABLE):
        return False
    raise error


def _reason(error: TelegramError) -> UserError | None:
    return WritingForbidden() if says(error, *WRITING_FORBIDDEN) else None


@contextmanager
def delivering() -> Iterator[None]:
    """Turn Telegram's errors into the two that the delivery worker knows: try later, or give up.

    Raises:
        Undeliverable: no message can reach the chat.
        RetryLater: Telegram asks for a pause or does not answer.
    """
    try:
        yield
    except Forbidden as error:
        raise Undeliverable(error.message, _reason(error)) from error
    except RetryAfter as error:
        raise RetryLater(pause_of(error)) from error
    except BadRequest as error:
        if says(error, *NOBODY_THERE, *WRITING_FORBIDDEN):
            raise Undeliverable(error.message, _reason(error)) from error
        raise
    except NetworkError as error:
        raise RetryLater from error
