"""What all parts of the bot share: the service, the connection to Telegram, and how messages go out."""

import logging
from dataclasses import dataclass, field
from typing import Any

from telegram import InlineKeyboardMarkup, InputFile, Message, ReplyParameters
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.refusals import explain
from magicmemory.bots.service import BotService
from magicmemory.bots.telegram.errors import NOT_THERE_ANY_MORE, is_unchanged, says
from magicmemory.bots.telegram.rate_limiter import Busy, Urgency
from magicmemory.bots.telegram.uploads import Outgoing
from magicmemory.core.errors import UserError
from magicmemory.core.job import Address, Sender

log = logging.getLogger(__name__)

Keyboard = InlineKeyboardMarkup | None
UPLOAD_S = 120.0  # to write a large file; and for Telegram to answer that it has it


@dataclass(frozen=True, slots=True)
class BotContext:
    """The service as Telegram sees it."""

    service: BotService
    bot: ExtBot[Urgency]
    file_ids: dict[str, str] = field(default_factory=dict)  # what Telegram has already; see `remember`

    @property
    def commands(self) -> Commands:
        """What the commands do on every platform."""
        return Commands(self.service)

    @property
    def is_local(self) -> bool:
        """Whether the Bot API server is the operator's own and takes files of any size."""
        return self.service.settings.telegram_local

    def say(self, language: str, key: str, **values: str | int | float) -> str:
        """A sentence of the texts."""
        return self.service.texts.say(language, key, **values)

    def explain(self, language: str, error: UserError) -> str:
        """Why something was refused, and what there is to buy against it."""
        return explain(self.service, language, error, sells_here=bool(self.service.plans.for_stars))

    async def language(self, sender: Sender) -> str:
        """The language the sender is answered in."""
        return await self.service.language(sender)

    async def tell(self, address: Address, text: str, keyboard: Keyboard = None) -> int:
        """Say something in reply to the message at `address`; the sent message's id."""
        sent = await self.bot.send_message(address.chat, text, reply_markup=keyboard, **_place(address))
        return sent.message_id

    async def send(self, address: Address, picture: Outgoing, caption: str, keyboard: Keyboard = None) -> Message:
        """Send a picture in reply to the message at `address`."""
        given: dict[str, Any] = {
            "caption": caption,
            "reply_markup": keyboard,
            "read_timeout": UPLOAD_S,
            "write_timeout": UPLOAD_S,
            **_place(address),
        }
        file = InputFile(picture.data, filename=picture.name)
        if picture.as_file:
            return await self.bot.send_document(address.chat, file, disable_content_type_detection=True, **given)
        return await self.bot.send_photo(address.chat, file, **given)

    async def change_text(
        self, chat: str, message: int, text: str, keyboard: Keyboard = None, urgency: Urgency = Urgency.MUST
    ) -> bool:
        """Make one of our messages say something else. False where it is not there any more, or says no text."""
        try:
            await self.bot.edit_message_text(text, chat, message, reply_markup=keyboard, rate_limit_args=urgency)
        except BadRequest as error:
            return self._changed(error)
        return True

    async def change_media(
        self, chat: str, message: int, picture: Outgoing, caption: str, keyboard: Keyboard = None
    ) -> bool:
        """Turn one of our messages into a picture. False where it is not there any more.

        However often this is repeated, and whether or not an answer of Telegram's was lost, the chat shows the
        picture once.
        """
        try:
            await self.bot.edit_message_media(
                picture.media(caption),
                chat,
                message,
                reply_markup=keyboard,
                read_timeout=UPLOAD_S,
                write_timeout=UPLOAD_S,
            )
        except BadRequest as error:
            return self._changed(error)
        return True

    async def change_keyboard(self, chat: str, message: int, keyboard: Keyboard) -> None:
        """Show other buttons under one of our messages."""
        try:
            await self.bot.edit_message_reply_markup(chat, message, reply_markup=keyboard)
        except BadRequest as error:
            self._changed(error)

    async def casually(self, chat: str, message: int, text: str) -> None:
        """Show progress, unless the chat is busy or Telegram in trouble."""
        try:
            await self.change_text(chat, message, text, urgency=Urgency.MAY)
        except Busy:
            pass
        except TelegramError as error:
            log.debug("progress in chat %s is not shown: %s", chat, error)

    async def act(self, address: Address, action: str) -> None:
        """Show in the chat's head that something is being done. Never worth an error."""
        thread = int(address.thread) if address.thread else None
        try:
            await self.bot.send_chat_action(address.chat, action, message_thread_id=thread)
        except TelegramError as error:
            log.debug("no chat action in chat %s: %s", address.chat, error)

    def remember(self, name: str, file_id: str) -> None:
        """Keep the id of a file that Telegram has, so that it need not be uploaded again."""
        while len(self.file_ids) >= 1000:
            self.file_ids.pop(next(iter(self.file_ids)))
        self.file_ids[name] = file_id

    def _changed(self, error: BadRequest) -> bool:
        if is_unchanged(error):
            return True
        if says(error, *NOT_THERE_ANY_MORE):
            return False
        raise error


def _place(address: Address) -> dict[str, Any]:
    """Where a reply to the message at `address` goes. The message may have been deleted meanwhile."""
    # What stands after a colon tells photos of one message apart.
    message = address.message.partition(":")[0]
    return {
        "reply_parameters": ReplyParameters(int(message), allow_sending_without_reply=True) if message else None,
        "message_thread_id": int(address.thread) if address.thread else None,
    }
