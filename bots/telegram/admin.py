"""`/admin`, for the people whose ids the operator has set. It speaks the operator's language: English."""

import logging
from typing import Final

from telegram import Message
from telegram.error import BadRequest, TelegramError

from magicmemory.bots.common import admin
from magicmemory.bots.common.admin import LANGUAGE
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.errors import says
from magicmemory.bots.telegram.payment_handlers import PaymentHandlers
from magicmemory.bots.telegram.senders import address_of
from magicmemory.core.job import Platform, Sender

log = logging.getLogger(__name__)

OF_SOMEBODY: Final = ("user", "quota", "gift", "ban", "unban")


class Admin:
    """Answers administrators."""

    def __init__(self, ctx: BotContext, payment_handlers: PaymentHandlers) -> None:
        self._ctx = ctx
        self._payment_handlers = payment_handlers

    def knows(self, message: Message) -> bool:
        """Whether a message is an administrator's. To everybody else the command does not exist."""
        user = message.from_user
        return user is not None and user.id in self._ctx.service.settings.telegram_admins

    async def answer(self, message: Message, arguments: str) -> None:
        """Answer `/admin` with its arguments."""
        verb, *rest = arguments.split() or ["help"]
        if verb == "stats":
            text = await admin.stats_text(self._ctx.service)
        elif verb == "refund" and rest:
            text = await self._refund(*rest[:2])
        elif verb in OF_SOMEBODY and rest and rest[0].lstrip("-").isdigit():
            text = await self._about(verb, Sender(platform=Platform.TELEGRAM, account=rest[0]), rest[1:])
        else:
            text = self.help()
        await self._ctx.tell(address_of(message), text)

    def help(self) -> str:
        """What administrators can do, and which version this is."""
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
        """Give a payment back: at Telegram first, where the money is. Should we end in between, Telegram's own word
        of it comes all the same. `account` is whose it is, where we do not know (any more).
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
        """Whoever is kept out shall not go on paying: Telegram asks nobody before it renews."""
        for payment in await self._ctx.service.shop.subscriptions_of(sender):
            await self._end_subscription(int(sender.account), payment.charge)

    async def _end_subscription(self, account: int, charge: str) -> None:
        """The same for who got a subscription's price back."""
        try:
            await self._ctx.bot.edit_user_star_subscription(account, charge, is_canceled=True)
        except TelegramError as error:
            log.info("payment %s began no subscription that could end: %s", charge, error.message)
