"""The commands, except those that restore a photo."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Final

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from telegram.error import BadRequest, TelegramError

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.senders import address_of, is_private, sender_of, sender_of_message
from magicmemory.bots.telegram.settings_menu import SettingsMenu
from magicmemory.bots.telegram.shop import Selling
from magicmemory.bots.telegram.uploads import Outgoing
from magicmemory.core.job import Platform, Sender

log = logging.getLogger(__name__)

IN_PRIVATE: Final = (
    "restore", "quota", "settings", "cancel", "premium", "unlock", "help", "privacy", "deletemydata",
)  # fmt: skip
FOR_BUYERS: Final = ("paysupport", "terms")  # only where something is for sale
IN_GROUPS: Final = ("restore", "quota", "help")
CONFIRM: Final = "del"
EXAMPLE: Final = "example.jpg"

Answer = Callable[[Message, Sender, str, str], Awaitable[None]]


class Commands:
    """Answers commands."""

    def __init__(
        self, ctx: BotContext, progress_messages: ProgressMessages, menu: SettingsMenu, selling: Selling
    ) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._menu = menu
        self._answers: dict[str, Answer] = {
            "start": self._start,
            "help": self._help,
            "quota": self._quota,
            "settings": self._settings,
            "cancel": self._cancel,
            "unlock": selling.unlock,
            "premium": selling.premium,
            "paysupport": selling.paysupport,
            "terms": selling.terms,
            "privacy": self._privacy,
            "deletemydata": self._delete,
        }

    async def answer(self, message: Message, name: str, arguments: str) -> None:
        """Answer a command. In a group, one that is not ours is somebody else's."""
        sender = sender_of_message(message)
        language = await self._ctx.language(sender)
        answer = self._answers.get(name)
        if answer is not None:
            await answer(message, sender, language, arguments)
        elif is_private(message):
            await self._tell(message, self._ctx.commands.unknown(language, f"/{name}"))

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button of ours; False where it is none."""
        mark, _, rest = data.partition(":")
        if mark != CONFIRM:
            return False
        choice, _, account = rest.partition(":")
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        if account != sender.account:
            await query.answer(self._ctx.say(language, "telegram-not-yours"), show_alert=True)
            return True
        # The button may be pressed in haste: the second press finds nothing left to do, and nothing to answer.
        with suppress(BadRequest):
            await query.answer()
        if choice == "yes":
            text = await self._ctx.commands.forget(sender, language)
        else:
            text = self._ctx.say(language, "telegram-delete-kept")
        if isinstance(query.message, Message):
            await self._ctx.change_text(str(query.message.chat_id), query.message.message_id, text)
        return True

    async def _start(self, message: Message, sender: Sender, language: str, arguments: str) -> None:
        """A link such as `t.me/bot?start=help` comes as `/start help`, and one with a code as `/start unlock_CODE`."""
        word, _, rest = arguments.partition("_")
        if word in ("help", "quota", "settings", "premium", "privacy", "unlock"):
            await self._answers[word](message, sender, language, rest if word == "unlock" else "")
            return
        text = self._ctx.say(language, "telegram-start", free=self._ctx.service.plans.free.photos_per_day)
        if not is_private(message) or not await self._example(message, text):
            await self._tell(message, text)

    async def _example(self, message: Message, text: str) -> bool:
        """Greet with a before/after picture. False where there is none."""
        address = address_of(message).model_copy(update={"message": ""})
        if (known := self._ctx.file_ids.get(EXAMPLE)) is not None:
            with suppress(BadRequest):
                await self._ctx.bot.send_photo(address.chat, known, caption=text)
                return True
        picture = example()
        if picture is None:
            return False
        sent = await self._ctx.send(address, picture, text)
        if sent.photo:
            self._ctx.remember(EXAMPLE, sent.photo[-1].file_id)
        return True

    async def _help(self, message: Message, _: Sender, language: str, __: str) -> None:
        parts = (self._ctx.commands.help(language), self._ctx.say(language, "telegram-help"))
        await self._tell(message, "\n\n".join(parts))

    async def _quota(self, message: Message, sender: Sender, language: str, _: str) -> None:
        await self._tell(message, await self._ctx.commands.quota(sender, language))

    async def _settings(self, message: Message, sender: Sender, _: str, __: str) -> None:
        await self._menu.open(message, sender)

    async def _cancel(self, message: Message, sender: Sender, language: str, _: str) -> None:
        """Raises `NothingToCancel`, whose sentence the caller says."""
        text, dropped = await self._ctx.commands.cancel(sender, language)
        # The photos of an album share one progress message.
        shown = {(job.address.chat, progress): job for job in dropped if (progress := job.context.get("progress"))}
        for (chat, progress), job in shown.items():
            await self._progress_messages.stop(job.id)
            await self._ctx.change_text(chat, int(progress), text)
        if not any(chat == str(message.chat_id) for chat, _ in shown):
            await self._tell(message, text)

    async def _privacy(self, message: Message, _: Sender, language: str, __: str) -> None:
        await self._tell(message, self._ctx.commands.privacy(language, Platform.TELEGRAM))

    async def _delete(self, message: Message, sender: Sender, language: str, _: str) -> None:
        labels = {choice: self._ctx.say(language, f"telegram-button-delete-{choice}") for choice in ("yes", "no")}
        buttons = [
            InlineKeyboardButton(label, callback_data=f"{CONFIRM}:{choice}:{sender.account}")
            for choice, label in labels.items()
        ]
        text = self._ctx.say(language, "forget-sure")
        await self._ctx.tell(address_of(message), text, InlineKeyboardMarkup([buttons]))

    async def _tell(self, message: Message, text: str) -> None:
        await self._ctx.tell(address_of(message), text)


@cache
def example() -> Outgoing | None:
    """The before/after picture that comes with the package."""
    file = files("magicmemory.bots.telegram").joinpath(EXAMPLE)
    return Outgoing(file.read_bytes(), EXAMPLE, as_file=False) if file.is_file() else None


async def register_commands(ctx: BotContext) -> None:
    """Tell Telegram the commands, for its menu: by kind of chat and by language. Not worth failing for."""
    scopes: tuple[tuple[BotCommandScope, tuple[str, ...]], ...] = (
        (BotCommandScopeAllPrivateChats(), IN_PRIVATE + (FOR_BUYERS if ctx.service.plans.for_stars else ())),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
    )
    fallback = ctx.service.settings.language
    for scope, names in scopes:
        for language in ("", *ctx.service.texts.languages):
            commands = [BotCommand(name, ctx.say(language or fallback, f"telegram-command-{name}")) for name in names]
            try:
                await ctx.bot.set_my_commands(commands, scope=scope, language_code=language or None)
            except TelegramError as error:
                log.warning("the commands in %r are not registered: %s", language or "every language", error)
            await asyncio.sleep(0)
