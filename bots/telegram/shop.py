"""The shop: `/premium`, `/unlock`, `/paysupport` and `/terms`."""

from contextlib import suppress
from typing import Any, Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LabeledPrice, Message
from telegram.error import BadRequest, Forbidden
from telegram.helpers import create_deep_linked_url

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import address_of, is_private, sender_of
from magicmemory.core.errors import UserError
from magicmemory.core.job import Sender
from magicmemory.core.plans import SUBSCRIPTION_DAYS
from magicmemory.storage.payments import STARS, Offer

BUY: Final = "buy"
DAY_S: Final = 86_400
# Telegram's limits, in characters.
TITLE: Final = 32
DESCRIPTION: Final = 255
PAYMENTS_SHOWN: Final = 3


class ShopHandlers:
    """Shows offers, sends invoices and redeems codes. `PaymentHandlers` records the payments."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def premium(self, message: Message, sender: Sender, language: str, _: str) -> None:
        """Answer `/premium`: what the sender has and can buy. In a group, only a link to the private chat."""
        if not is_private(message):
            link = create_deep_linked_url(self._ctx.bot.username, "premium")
            button = InlineKeyboardButton(self._ctx.say(language, "telegram-button-offers"), url=link)
            text = self._ctx.say(language, "telegram-premium-group")
            await self._ctx.tell(address_of(message), text, InlineKeyboardMarkup([[button]]))
            return
        service = self._ctx.service
        offers = await service.shop.offers(sender)
        lines = [service.sentences.offer(language, offer) for offer in offers]
        text = await self._ctx.commands.premium(sender, language, lines)
        if offers and service.settings.terms_url:
            text += "\n" + self._ctx.say(language, "telegram-terms", url=service.settings.terms_url)
        await self._ctx.tell(address_of(message), text, self._buttons(language, offers))

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button of `/premium` with an invoice; False if the button is another."""
        mark, _, plan = data.partition(":")
        if mark != BUY or not isinstance(query.message, Message):
            return False
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        try:
            invoice = await self._ctx.service.shop.invoice(sender, plan)
        except UserError as error:
            await self._ctx.notice(query, self._ctx.explain(language, error), alert=True)
            return True
        await self._ctx.notice(query)
        await self._send(str(query.message.chat_id), language, invoice.id, invoice.offer)
        return True

    async def unlock(self, message: Message, sender: Sender, language: str, code: str) -> None:
        """Answer `/unlock CODE`. Raises what `Codes.redeem` raises."""
        if code and not is_private(message):
            # Others can read the code there: the message is deleted where the bot may do that.
            with suppress(BadRequest, Forbidden):
                await self._ctx.bot.delete_message(message.chat_id, message.message_id)
        await self._tell(message, await self._ctx.commands.unlock(sender, language, str(message.chat_id), code))

    async def paysupport(self, message: Message, sender: Sender, language: str, _: str) -> None:
        """Answer `/paysupport`: whom to contact, and the sender's latest payments with their numbers."""
        service = self._ctx.service
        contact = service.settings.support_contact
        key = "telegram-paysupport" if contact else "telegram-paysupport-nobody"
        lines = [self._ctx.say(language, key, contact=contact) if contact else self._ctx.say(language, key)]
        if is_private(message):
            lines += [
                self._ctx.say(
                    language,
                    "telegram-paysupport-payment",
                    date=f"{payment.created_at:%Y-%m-%d}",
                    amount=payment.amount,
                    charge=payment.charge,
                )
                for payment in (await service.shop.payments_of(sender))[:PAYMENTS_SHOWN]
            ]
        await self._tell(message, "\n".join(lines))

    async def terms(self, message: Message, _: Sender, language: str, __: str) -> None:
        """Answer `/terms`: the terms of use, and of sale where something is for sale."""
        text = self._ctx.commands.terms(language)
        if self._ctx.service.plans.for_stars:
            text += "\n" + self._ctx.say(language, "telegram-terms-none")
        await self._tell(message, text)

    async def _send(self, chat: str, language: str, payload: str, offer: Offer) -> None:
        title = offer.plan.title_in(language)[:TITLE]
        description = self._ctx.service.sentences.offer(language, offer)
        sold: dict[str, Any] = {
            "title": title,
            "description": description[:DESCRIPTION],
            "payload": payload,
            "currency": STARS,
            "prices": [LabeledPrice(title, offer.price)],
            "provider_token": "",
        }
        if not offer.subscription:
            await self._ctx.bot.send_invoice(chat, **sold)
            return
        # Telegram sells subscriptions through invoice links only.
        link = await self._ctx.bot.create_invoice_link(**sold, subscription_period=SUBSCRIPTION_DAYS * DAY_S)
        label = self._ctx.say(language, "telegram-button-subscribe", price=offer.price)
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=link)]])
        await self._ctx.bot.send_message(chat, description, reply_markup=keyboard)

    def _buttons(self, language: str, offers: list[Offer]) -> InlineKeyboardMarkup | None:
        rows = [
            [
                InlineKeyboardButton(
                    self._ctx.say(
                        language, "telegram-button-buy", plan=offer.plan.title_in(language), price=offer.price
                    ),
                    callback_data=f"{BUY}:{offer.plan.name}",
                )
            ]
            for offer in offers
        ]
        return InlineKeyboardMarkup(rows) if rows else None

    async def _tell(self, message: Message, text: str) -> None:
        await self._ctx.tell(address_of(message), text)
