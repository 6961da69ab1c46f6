"""Routes updates: to commands, photos, pressed buttons and payments; anything else gets one helpful sentence."""

import logging
from dataclasses import dataclass
from typing import Final

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from magicmemory.bots.telegram.callbacks import CallbackData, PhotoButtons
from magicmemory.bots.telegram.commands import Admin, CommandHandlers
from magicmemory.bots.telegram.context import LONGEST_NOTICE, MEDIA_FORBIDDEN, BotContext, says
from magicmemory.bots.telegram.faces import FaceButtons
from magicmemory.bots.telegram.intake import AlbumGatherer, Intake, ReminderButton
from magicmemory.bots.telegram.messages import (
    Photographed,
    address_of,
    group_of,
    is_administrator,
    is_private,
    photo_in,
    sender_of,
    sender_of_message,
)
from magicmemory.bots.telegram.payments import PaymentHandlers, ShopHandlers
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.settings_menu import GroupMenu, SettingsMenu
from magicmemory.core.errors import InternalError, PhotosForbidden, UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.queue.delivery import Undeliverable

log = logging.getLogger(__name__)

RESTORE: Final = "restore"
# Kinds of messages that are answered with a hint.
OTHER_KINDS: Final = (
    "sticker",
    "voice",
    "audio",
    "contact",
    "location",
    "venue",
    "poll",
    "dice",
    "story",
    "game",
    "paid_media",
    "checklist",
)
MEMBERS: Final = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Command:
    """`/name@bot arguments`, in a text or a caption."""

    name: str
    arguments: str

    @classmethod
    def in_message(cls, message: Message, bot_name: str) -> "Command | None":
        """The command that a message begins with; None if there is none or it is for another bot."""
        text = message.text or message.caption or ""
        entities = message.entities or message.caption_entities
        if not any(entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 for entity in entities):
            return None
        word, _, arguments = text.partition(" ")
        word, _, arguments = (word, "", arguments) if "\n" not in word else word.partition("\n")
        name, _, addressed = word.removeprefix("/").partition("@")
        if addressed and addressed.lower() != bot_name.lower():
            return None
        return cls(name.lower(), arguments.strip())


class Handlers:
    """Finds the handler of each update."""

    def __init__(
        self, ctx: BotContext, intake: Intake, progress_messages: ProgressMessages, payment_handlers: PaymentHandlers
    ) -> None:
        self._ctx = ctx
        self._intake = intake
        self._albums = AlbumGatherer(self._take_album)
        self._photo_buttons = PhotoButtons(ctx, progress_messages)
        self._face_buttons = FaceButtons(ctx, self._photo_buttons.job_of, self._photo_buttons.adjust)
        self._reminder_button = ReminderButton(ctx)
        self._menu = SettingsMenu(ctx)
        self._group_menu = GroupMenu(ctx)
        self._shop = ShopHandlers(ctx)
        self._payment_handlers = payment_handlers
        self._commands = CommandHandlers(ctx, progress_messages, self._menu, self._group_menu, self._shop)
        self._admin = Admin(ctx, payment_handlers)

    async def handle(self, update: Update) -> None:
        """Handle an update. An update from a person who has blocked the bot is only logged."""
        try:
            if update.pre_checkout_query is not None:
                await self._payment_handlers.check(update.pre_checkout_query)
            elif update.callback_query is not None:
                await self._press(update.callback_query)
            elif update.message is not None:
                await self._message(update.message)
            elif update.my_chat_member is not None:
                await self._greet(update.my_chat_member)
            elif update.guest_message is not None:
                await self._be_a_guest(update.guest_message)
            else:
                await self._perhaps_for_us(update)
        except ChatMigrated as error:
            log.info("update %d: its group has become a supergroup: %s", update.update_id, error.message)
        except Forbidden as error:
            log.info("update %d: the chat cannot be reached: %s", update.update_id, error.message)

    async def apologise(self, update: Update) -> None:
        """Tell whoever waits for an answer that the update failed for a reason that is not theirs. This needs no
        database, which may be what failed.

        Raises:
            TelegramError: they cannot be told.
        """
        if (query := update.callback_query) is not None:
            text = self._apology(sender_of(query.from_user))
            try:
                await query.answer(text[:LONGEST_NOTICE], show_alert=True)
            except BadRequest:  # it was answered before it failed
                if isinstance(query.message, Message):
                    await self._ctx.tell(address_of(query.message), text)
        elif (message := update.effective_message) is not None and self._expects_answer(message):
            await self._ctx.tell(address_of(message), self._apology(sender_of_message(message)))

    def _apology(self, sender: Sender) -> str:
        return self._ctx.explain(self._ctx.service.texts.known(sender.language), InternalError())

    def _expects_answer(self, message: Message) -> bool:
        """Whether somebody waits for what the bot says to a message. Payments are credited or reported later."""
        if message.successful_payment is not None or message.refunded_payment is not None:
            return False
        return is_private(message) or self._command_in(message) is not None or self._is_mentioned(message)

    async def _perhaps_for_us(self, update: Update) -> None:
        """In an edited message, or in a channel, only a command is meant for the bot."""
        if (post := update.channel_post) is not None and self._command_in(post) is not None:
            await self._message(post)
        elif (changed := update.edited_message or update.edited_channel_post) is not None:
            command = self._command_in(changed)
            if command is not None and command.name == RESTORE:
                await self._message(changed)

    async def _press(self, query: CallbackQuery) -> None:
        try:
            await self._answer_press(query)
        except (BadRequest, Forbidden, Undeliverable) as error:
            if not isinstance(error, Undeliverable) and not says(error, *MEDIA_FORBIDDEN):
                raise
            # What the button promised cannot be sent to this chat.
            if isinstance(query.message, Message):
                await self._explain_to(sender_of(query.from_user), query.message, PhotosForbidden())

    async def _answer_press(self, query: CallbackQuery) -> None:
        data = query.data or ""
        if (pressed := CallbackData.of(data)) is not None:
            await self._photo_buttons.pressed(query, pressed)
            return
        for answer in (
            self._face_buttons.pressed,
            self._reminder_button.pressed,
            self._menu.pressed,
            self._group_menu.pressed,
            self._shop.pressed,
            self._commands.pressed,
        ):
            if await answer(query, data):
                return
        await query.answer()

    def _command_in(self, message: Message) -> Command | None:
        return Command.in_message(message, self._ctx.bot.username)

    async def _greet(self, change: ChatMemberUpdated) -> None:
        """Say what is possible to a group or a channel that has just added the bot."""
        if change.chat.type == Chat.PRIVATE or change.old_chat_member.status in MEMBERS:
            return
        if change.new_chat_member.status in MEMBERS:
            language = await self._ctx.language(sender_of(change.from_user))
            address = Address(platform=Platform.TELEGRAM, chat=str(change.chat.id), message="")
            await self._ctx.tell(address, self._ctx.say(language, "telegram-howto-group"))

    async def _be_a_guest(self, message: Message) -> None:
        """Answer somebody who mentions the bot in a chat that it does not belong to. Telegram takes one answer, without
        a file that it does not have yet: so no restored photo.
        """
        language = await self._ctx.language(sender_of(message.from_user))
        text = self._ctx.say(language, "telegram-guest")
        label = self._ctx.say(language, "telegram-button-private-chat")
        button = InlineKeyboardButton(label, url=f"https://t.me/{self._ctx.bot.username}")
        answer = InlineQueryResultArticle(
            "guest", label, InputTextMessageContent(text), reply_markup=InlineKeyboardMarkup([[button]])
        )
        try:
            await self._ctx.bot.answer_guest_query(message.guest_query_id or "", answer)
        except BadRequest as error:
            log.info("a guest message was not answered: %s", error.message)

    async def _message(self, message: Message) -> None:
        if message.is_automatic_forward and message.sender_chat and await self._reads(message.sender_chat):
            return  # a channel's post in the group for its discussion: it is answered in the channel
        command = self._command_in(message)
        try:
            if message.successful_payment is not None:
                await self._payment_handlers.take(message)
            elif message.refunded_payment is not None:
                await self._payment_handlers.refunded(message)
            elif message.migrate_to_chat_id is not None:
                await self._ctx.move_chat(str(message.chat_id), str(message.migrate_to_chat_id))
            elif message.media_group_id and (message.photo or message.document):
                await self._albums.add(message)
            elif command is not None:
                await self._command(message, command)
            elif is_private(message):
                await self._private(message)
            elif self._is_mentioned(message) and self._photo_meant(message) is not None:
                await self._restore(message)
        except UserError as error:
            await self._explain(message, error)

    async def _reads(self, channel: Chat) -> bool:
        """Whether the bot gets the posts of a channel."""
        return await is_administrator(self._ctx, channel, self._ctx.bot.bot)

    def _is_mentioned(self, message: Message) -> bool:
        """Whether the text or the caption names the bot."""
        named = [*message.parse_entities([MessageEntity.MENTION]).values()]
        named += message.parse_caption_entities([MessageEntity.MENTION]).values()
        return f"@{self._ctx.bot.username}".lower() in (name.lower() for name in named)

    @staticmethod
    def _photo_meant(message: Message) -> Photographed | None:
        """What has the photo: the message, or the one that it replies to, in this chat or in another one."""
        candidates = (message, message.reply_to_message, message.external_reply)
        return next((one for one in candidates if one is not None and photo_in(one) is not None), None)

    async def _command(self, message: Message, command: Command) -> None:
        if command.name == RESTORE:
            await self._restore(message)
        elif command.name == "admin" and self._admin.is_from_admin(message):
            await self._admin.answer(message, command.arguments)
        elif command.name == "help" and self._admin.is_from_admin(message) and is_private(message):
            await self._commands.answer(message, command.name, command.arguments)
            await self._ctx.tell(address_of(message), self._admin.help())
        else:
            await self._commands.answer(message, command.name, command.arguments)

    async def _restore(self, message: Message) -> None:
        """Restore the photo of this message, or of the message that it replies to, in this chat or in another one."""
        meant = self._photo_meant(message)
        if meant is not None:
            await self._intake.take(meant, message)
            return
        await self._say(message, "telegram-howto" if is_private(message) else "telegram-howto-group")

    async def _private(self, message: Message) -> None:
        if photo_in(message) is not None:
            await self._intake.take(message, message)
        elif message.text:
            await self._say(message, "telegram-text")
        elif any(getattr(message, kind, None) for kind in OTHER_KINDS):
            await self._say(message, "telegram-not-for-us")

    async def _take_album(self, messages: list[Message]) -> None:
        """Restore an album; in a group only if a caption says `/restore`."""
        commands = [Command.in_message(message, self._ctx.bot.username) for message in messages]
        asked = [
            message
            for message, command in zip(messages, commands, strict=True)
            if command is not None and command.name == RESTORE
        ]
        if not is_private(messages[0]) and not asked:
            return
        photos = [message for message in messages if await self._is_photo(message)]
        if photos:
            await self._intake.take_album(photos, (asked or photos)[0])

    async def _is_photo(self, message: Message) -> bool:
        try:
            return photo_in(message) is not None
        except UserError as error:
            await self._explain(message, error)
            return False

    async def _explain(self, message: Message, error: UserError) -> None:
        await self._explain_to(sender_of_message(message), message, error)

    async def _explain_to(self, sender: Sender, message: Message, error: UserError) -> None:
        language = await self._ctx.language(sender, group_of(message))
        await self._ctx.tell(address_of(message), self._ctx.explain(language, error))

    async def _say(self, message: Message, key: str) -> None:
        language = await self._ctx.language(sender_of_message(message), group_of(message))
        await self._ctx.tell(address_of(message), self._ctx.say(language, key))
