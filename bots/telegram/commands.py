"""The commands, except `/restore`: those for everybody, and `/admin`."""

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

from magicmemory.bots.common import admin
from magicmemory.bots.common.admin import LANGUAGE
from magicmemory.bots.telegram.context import BotContext, Upload, reply_to, says
from magicmemory.bots.telegram.messages import (
    address_of,
    group_of,
    is_from_administrator,
    is_private,
    sender_of,
    sender_of_message,
)
from magicmemory.bots.telegram.payments import PaymentHandlers, ShopHandlers
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.settings_menu import GroupMenu, SettingsMenu
from magicmemory.core.job import Platform, Sender

log = logging.getLogger(__name__)

IN_PRIVATE: Final = (
    "restore", "quota", "settings", "cancel", "premium", "unlock", "help", "privacy", "deletemydata",
)  # fmt: skip
FOR_BUYERS: Final = ("paysupport", "terms")  # only where something is for sale
IN_GROUPS: Final = ("restore", "quota", "settings", "help")
LINKED: Final = ("help", "quota", "settings", "premium", "privacy", "unlock")  # by `t.me/bot?start=NAME`
CONFIRM: Final = "del"
EXAMPLE: Final = "example.jpg"
ABOUT_A_USER: Final = ("user", "quota", "gift", "ban", "unban")  # the words after `/admin` that an account follows

Answer = Callable[[Message, Sender, str, str], Awaitable[None]]


class Admin:
    """Answers `/admin`, in English, for the accounts that the operator has set."""

    def __init__(self, ctx: BotContext, payment_handlers: PaymentHandlers) -> None:
        self._ctx = ctx
        self._payment_handlers = payment_handlers

    def is_from_admin(self, message: Message) -> bool:
        """Whether an administrator wrote the message. For everybody else the command does not exist."""
        user = message.from_user
        return user is not None and user.id in self._ctx.service.settings.telegram_admins

    async def answer(self, message: Message, arguments: str) -> None:
        """Answer `/admin` with its arguments."""
        verb, *rest = arguments.split() or ["help"]
        if verb == "stats":
            text = await admin.stats_text(self._ctx.service)
        elif verb == "refund" and rest:
            text = await self._refund(*rest[:2])
        elif verb in ABOUT_A_USER and rest and rest[0].lstrip("-").isdigit():
            text = await self._about(verb, Sender(platform=Platform.TELEGRAM, account=rest[0]), rest[1:])
        else:
            text = self.help()
        await self._ctx.tell(address_of(message), text)

    def help(self) -> str:
        """The list of administrators' commands, and the version that runs."""
        said = self._ctx.say(LANGUAGE, "telegram-admin-help")
        return f"{said}\n{admin.version_text(self._ctx.service)}"

    async def _about(self, verb: str, sender: Sender, rest: list[str]) -> str:
        service = self._ctx.service
        if verb == "user":
            return await admin.user_text(service, sender)
        if verb == "quota":
            return await admin.quota_text(service, sender)
        if verb == "gift":
            plan, number = [*rest, "", ""][:2]
            return await admin.give(service, sender, plan, number)
        if verb == "unban":
            await admin.unban(service, sender)
            return self._ctx.say(LANGUAGE, "telegram-admin-unbanned", account=sender.account)
        await admin.ban(service, sender, " ".join(rest))
        await self._end_subscriptions(sender)
        return self._ctx.say(LANGUAGE, "telegram-admin-banned", account=sender.account)

    async def _refund(self, charge: str, account: str = "") -> str:
        """Refund a payment: first at Telegram, which has the money. If this process ends in between, Telegram's own
        message about the refund still arrives. `account` is the payer's, needed only if the payment is not recorded.
        """
        payer = await self._ctx.service.shop.payer(Platform.TELEGRAM, charge)
        if payer is not None and not account:
            account = payer.account
        if not account.isdecimal():
            return self._ctx.say(LANGUAGE, "telegram-admin-no-payment")
        try:
            await self._ctx.bot.refund_star_payment(int(account), charge)
        except BadRequest as error:
            if not says(error, "already_refunded"):
                return self._ctx.say(LANGUAGE, "telegram-admin-not-refunded", reason=error.message)
        if payer is not None:
            await self._payment_handlers.withdraw(charge)
            await self._end_subscription(int(account), charge)
        return self._ctx.say(LANGUAGE, "telegram-admin-refunded", charge=charge)

    async def _end_subscriptions(self, sender: Sender) -> None:
        """A banned person must not go on paying: Telegram renews subscriptions without asking us."""
        for payment in await self._ctx.service.shop.subscriptions_of(sender):
            await self._end_subscription(int(sender.account), payment.charge)

    async def _end_subscription(self, account: int, charge: str) -> None:
        try:
            await self._ctx.bot.edit_user_star_subscription(account, charge, is_canceled=True)
        except TelegramError as error:
            log.info("payment %s has no subscription to cancel: %s", charge, error.message)


class CommandHandlers:
    """Answers the commands of everybody."""

    def __init__(
        self,
        ctx: BotContext,
        progress_messages: ProgressMessages,
        menu: SettingsMenu,
        group_menu: GroupMenu,
        shop: ShopHandlers,
    ) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._menu = menu
        self._group_menu = group_menu
        self._answers: dict[str, Answer] = {
            "start": self._start,
            "help": self._help,
            "quota": self._quota,
            "settings": self._settings,
            "cancel": self._cancel,
            "unlock": shop.unlock,
            "premium": shop.premium,
            "paysupport": shop.paysupport,
            "terms": shop.terms,
            "privacy": self._privacy,
            "deletemydata": self._delete,
        }

    async def answer(self, message: Message, name: str, arguments: str) -> None:
        """Answer a command. In a group, an unknown command may belong to another bot and is ignored."""
        sender = sender_of_message(message)
        language = await self._ctx.language(sender, group_of(message))
        answer = self._answers.get(name)
        if answer is not None:
            await answer(message, sender, language, arguments)
        elif is_private(message):
            await self._tell(message, self._ctx.commands.unknown(language, f"/{name}"))

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button of `/deletemydata`; False if the button is another."""
        mark, _, rest = data.partition(":")
        if mark != CONFIRM:
            return False
        choice, _, account = rest.partition(":")
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        if account != sender.account:
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
            return True
        await self._ctx.notice(query)
        if choice == "yes":
            text = await self._ctx.commands.forget(sender, language)
        else:
            text = self._ctx.say(language, "telegram-delete-kept")
        if isinstance(query.message, Message):
            await self._ctx.edit_text(str(query.message.chat_id), query.message.message_id, text)
        return True

    async def _start(self, message: Message, sender: Sender, language: str, arguments: str) -> None:
        """The link `t.me/bot?start=help` arrives as `/start help`, and a link with a code as `/start unlock_CODE`."""
        word, _, rest = arguments.partition("_")
        if word in LINKED:
            await self._answers[word](message, sender, language, rest if word == "unlock" else "")
            return
        text = self._ctx.say(language, "telegram-start", free=self._ctx.service.plans.free.photos_per_day)
        if not is_private(message) or not await self._example(message, text):
            await self._tell(message, text)

    async def _example(self, message: Message, text: str) -> bool:
        """Send the greeting with the before/after example. False if the package has no example."""
        address = address_of(message).model_copy(update={"message": ""})
        if (known := self._ctx.file_ids.get(EXAMPLE)) is not None:
            with suppress(BadRequest):
                await self._ctx.bot.send_photo(address.chat, known, caption=text, **reply_to(address))
                return True
        upload = example()
        if upload is None:
            return False
        sent = await self._ctx.send(address, upload, text)
        if sent.photo:
            self._ctx.remember(EXAMPLE, sent.photo[-1].file_id)
        return True

    async def _help(self, message: Message, _: Sender, language: str, __: str) -> None:
        parts = (self._ctx.commands.help(language), self._ctx.say(language, "telegram-help"))
        await self._tell(message, "\n\n".join(parts))

    async def _quota(self, message: Message, sender: Sender, language: str, _: str) -> None:
        await self._tell(message, await self._ctx.commands.quota(sender, language))

    async def _settings(self, message: Message, sender: Sender, _: str, __: str) -> None:
        """In a group, administrators see the group's settings; everybody else sees their own."""
        if group_of(message) and await is_from_administrator(self._ctx, message):
            await self._group_menu.open(message)
        else:
            await self._menu.open(message, sender)

    async def _cancel(self, message: Message, sender: Sender, language: str, _: str) -> None:
        text, dropped = await self._ctx.commands.cancel(sender, language)
        # The photos of an album share a progress message.
        shown = {(job.address.chat, progress): job for job in dropped if (progress := job.context.get("progress"))}
        for (chat, progress), job in shown.items():
            await self._progress_messages.stop(job.id)
            await self._ctx.edit_text(chat, int(progress), text)
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
def example() -> Upload | None:
    """The before/after example of the package; None if there is none."""
    file = files("magicmemory.bots.telegram").joinpath(EXAMPLE)
    return Upload(file.read_bytes(), EXAMPLE, as_file=False) if file.is_file() else None


async def register_commands(ctx: BotContext) -> None:
    """Register the commands for Telegram's menus, by kind of chat and by language. Errors are logged only."""
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
