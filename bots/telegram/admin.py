"""`/admin`, for the people whose ids the operator has set. It speaks the operator's language: English."""

import logging
from typing import Final

from telegram import Message
from telegram.error import BadRequest, TelegramError

from magicmemory.bots import administration
from magicmemory.bots.administration import LANGUAGE
from magicmemory.bots.telegram.front import Front
from magicmemory.bots.telegram.people import address_of
from magicmemory.bots.telegram.till import Till
from magicmemory.bots.telegram.trouble import says
from magicmemory.core.job import Platform, Sender

log = logging.getLogger(__name__)

OF_SOMEBODY: Final = ("user", "quota", "gift", "ban", "unban")


class Admin:
    """Answers administrators."""

    def __init__(self, front: Front, till: Till) -> None:
        self._front = front
        self._till = till

    def knows(self, message: Message) -> bool:
        """Whether a message is an administrator's. To everybody else the command does not exist."""
        user = message.from_user
        return user is not None and user.id in self._front.desk.settings.telegram_admins

    async def answer(self, message: Message, arguments: str) -> None:
        """Answer `/admin` with its arguments."""
        verb, *rest = arguments.split() or ["help"]
        if verb == "stats":
            text = await administration.stats_text(self._front.desk)
        elif verb == "refund" and rest:
            text = await self._refund(*rest[:2])
        elif verb in OF_SOMEBODY and rest and rest[0].lstrip("-").isdigit():
            text = await self._about(verb, Sender(platform=Platform.TELEGRAM, account=rest[0]), rest[1:])
        else:
            text = self.help()
        await self._front.tell(address_of(message), text)

    def help(self) -> str:
        """What administrators can do, and which version this is."""
        said = self._front.say(LANGUAGE, "telegram-admin-help")
        return f"{said}\n{administration.version_text(self._front.desk)}"

    async def _about(self, verb: str, sender: Sender, rest: list[str]) -> str:
        desk = self._front.desk
        if verb == "user":
            return await administration.user_text(desk, sender)
        if verb == "quota":
            return desk.quota_text(LANGUAGE, await desk.quota(sender))
        if verb == "gift":
            plan, number = [*rest, "", ""][:2]
            return await administration.give(desk, sender, plan, number)
        banned = verb == "ban"
        await desk.people.ban(sender, banned=banned, reason=" ".join(rest))
        if banned:
            await self._end_subscriptions(sender)
        key = "telegram-admin-banned" if banned else "telegram-admin-unbanned"
        return self._front.say(LANGUAGE, key, account=sender.account)

    async def _refund(self, charge: str, account: str = "") -> str:
        """Give a payment back: at Telegram first, where the money is. Should we end in between, Telegram's own word
        of it comes all the same. `account` is whose it is, where we do not know (any more).
        """
        payer = await self._front.desk.payments.payer(Platform.TELEGRAM, charge)
        if payer is not None and not account:
            account = payer.account
        if not account.isdecimal():
            return self._front.say(LANGUAGE, "telegram-admin-no-payment")
        try:
            await self._front.bot.refund_star_payment(int(account), charge)
        except BadRequest as error:
            if not says(error, "already_refunded"):
                return self._front.say(LANGUAGE, "telegram-admin-not-refunded", reason=error.message)
        if payer is not None:
            await self._till.withdraw(charge)
            await self._end_subscription(int(account), charge)
        return self._front.say(LANGUAGE, "telegram-admin-refunded", charge=charge)

    async def _end_subscriptions(self, sender: Sender) -> None:
        """Whoever is kept out shall not go on paying: Telegram asks nobody before it renews."""
        desk = self._front.desk
        for payment in await desk.payments.of(sender):
            plan = desk.plans.paid.get(payment.plan)
            if plan is not None and plan.subscription and payment.refunded_at is None:
                await self._end_subscription(int(sender.account), payment.charge)

    async def _end_subscription(self, account: int, charge: str) -> None:
        """The same for who got a subscription's price back."""
        try:
            await self._front.bot.edit_user_star_subscription(account, charge, is_canceled=True)
        except TelegramError as error:
            log.info("payment %s began no subscription that could end: %s", charge, error.message)
