"""The shop for Telegram Stars: offers, invoices, the check before a payment, the payment, refunds, reconciliation.

Telegram takes the money before it tells us. So the update of a payment stays unconfirmed until the payment is in the
database; a process that ends before that receives the update again, and a payment received twice grants once.

Telegram keeps an update for one day. Reconciliation compares Telegram's list of transactions with ours, so that a
subscription that was renewed during a longer outage, or a payment that the database refused, is still granted.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
    StarTransaction,
    TransactionPartnerUser,
)
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.helpers import create_deep_linked_url

from magicmemory.bots.common.shop import NoSuchPayment
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import address_of, is_private, sender_of
from magicmemory.core.errors import InternalError, OfferGone, UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.plans import SUBSCRIPTION_DAYS
from magicmemory.storage.payments import STARS, Offer

log = logging.getLogger(__name__)

T = TypeVar("T")

# Telegram waits ten seconds for the answer before a payment, and takes silence for a no.
CHECK_S: Final = 4.0
ANSWER_S: Final = 1.5
ANSWER_TRIES: Final = 3
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
TRIES: Final = 10  # while the database answers: about two minutes
PAGE: Final = 100  # transactions
FIRST_RECONCILIATION_PAUSE_S: Final = 5.0
LONGEST_RECONCILIATION_PAUSE_S: Final = 600.0


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


class PaymentHandlers:
    """Records payments and refunds."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def check(self, query: PreCheckoutQuery) -> None:
        """Answer whether a payment may go ahead."""
        sender = sender_of(query.from_user)
        language, refused = self._ctx.service.texts.known(sender.language), None
        try:
            async with asyncio.timeout(CHECK_S):
                language = await self._ctx.language(sender)
                await self._ctx.service.shop.check(sender, query.invoice_payload, query.currency, query.total_amount)
        except UserError as error:
            refused = error
        # A bug or a database that does not answer is logged, and the person gets an apology instead of a bill.
        except Exception:
            log.exception("invoice %s could not be checked", query.invoice_payload)
            refused = InternalError()
        answer = (
            {"ok": True} if refused is None else {"ok": False, "error_message": self._ctx.explain(language, refused)}
        )
        await self._answer(query, answer)

    async def take(self, message: Message) -> None:
        """Grant what was paid for, and send a receipt."""
        paid = message.successful_payment
        assert paid is not None
        sender, charge = sender_of(message.from_user), paid.telegram_payment_charge_id
        try:
            await self._insist(
                lambda: self._ctx.service.shop.record(
                    sender, paid.invoice_payload, charge, paid.currency, paid.total_amount
                )
            )
        except Exception:
            log.exception(
                "payment %s of %d %s by %s for invoice %s was made, but nothing is granted for it",
                charge,
                paid.total_amount,
                paid.currency,
                sender.account,
                paid.invoice_payload,
            )
            language = self._ctx.service.texts.known(sender.language)
            text = self._ctx.say(language, "telegram-not-credited", amount=paid.total_amount, charge=charge)
            await self._ctx.tell(address_of(message), text)
            return
        await self.thank(sender, paid.total_amount, is_recurring=bool(paid.is_recurring))

    async def thank(self, sender: Sender, amount: int, *, is_recurring: bool) -> None:
        """Send the receipt: what was paid, and what the payer has now."""
        language = await self._ctx.language(sender)
        parts = [
            self._ctx.say(language, "telegram-receipt", amount=amount),
            await self._ctx.commands.quota(sender, language),
        ]
        if is_recurring:
            parts.append(self._ctx.say(language, "telegram-receipt-subscription"))
        await self._tell(sender, "\n".join(parts))

    async def refunded(self, message: Message) -> None:
        """Handle Telegram's message that a payment was refunded, by us or by Telegram."""
        assert message.refunded_payment is not None
        charge = message.refunded_payment.telegram_payment_charge_id
        try:
            await self.withdraw(charge)
        except NoSuchPayment:
            log.error("payment %s was refunded, but nothing was ever granted for it", charge)

    async def withdraw(self, charge: str) -> bool:
        """Withdraw what a refunded payment granted, and tell the payer once. False if that was done before.

        Raises:
            NoSuchPayment: the payment is still not recorded after some tries: its own update may be in progress.
        """
        payment, payer = await self._insist(lambda: self._ctx.service.shop.refund(Platform.TELEGRAM, charge))
        if payment is not None:
            text = self._ctx.say(await self._ctx.language(payer), "telegram-refunded", amount=payment.amount)
            await self._tell(payer, text)
        return payment is not None

    async def _tell(self, payer: Sender, text: str) -> None:
        # Payments are made in private chats, whose id is the person's.
        try:
            await self._ctx.tell(Address(platform=Platform.TELEGRAM, chat=payer.account, message=""), text)
        except TelegramError as error:
            log.info("payer %s cannot be told: %s", payer.account, error.message)

    async def _answer(self, query: PreCheckoutQuery, answer: dict[str, Any]) -> None:
        for _ in range(ANSWER_TRIES):
            try:
                await query.answer(**answer, connect_timeout=ANSWER_S, read_timeout=ANSWER_S)
                return
            except BadRequest as error:
                # Telegram has an earlier try, or this one comes too late and nothing is paid.
                log.warning("invoice %s: %s", query.invoice_payload, error.message)
                return
            except NetworkError as error:
                log.warning("invoice %s: Telegram does not answer: %s", query.invoice_payload, error.message)

    async def _insist(self, record: Callable[[], Awaitable[T]]) -> T:
        """Repeat `record` until the database is back. If the database answers and still refuses, give up after `TRIES`:
        other updates wait behind the unconfirmed one.
        """
        tries, pause = 0, FIRST_PAUSE_S
        while True:
            try:
                return await record()
            except OfferGone:
                raise
            except Exception as error:
                tries += await self._ctx.service.shop.is_reachable()
                if tries >= TRIES:
                    raise
                log.warning("a payment could not be recorded (%r); trying again", error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)


class Reconciliation:
    """Compares Telegram's list of transactions with the recorded payments."""

    def __init__(self, ctx: BotContext, payment_handlers: PaymentHandlers) -> None:
        self._ctx = ctx
        self._payment_handlers = payment_handlers

    async def run(self) -> None:
        """Record missing payments and refunds, and tell the people. Repeats until Telegram and the database answer."""
        pause = FIRST_RECONCILIATION_PAUSE_S
        while True:
            try:
                await self._compare()
                return
            # No error of the reconciliation may stop the bot.
            except Exception as error:
                log.warning("the payments could not be compared with Telegram's list (%r); trying again", error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_RECONCILIATION_PAUSE_S, pause * 2)

    async def _compare(self) -> None:
        transactions = [transaction async for transaction in self._transactions()]
        # Payments first, whatever their order in the list: a refund needs its payment.
        paid = [await self._record(transaction) for transaction in transactions]
        refunded = [await self._refund(transaction) for transaction in transactions]
        if any(paid) or any(refunded):
            log.warning("%d missing payments and %d missing refunds are recorded", sum(paid), sum(refunded))

    async def _transactions(self) -> AsyncIterator[StarTransaction]:
        offset = 0
        while page := (await self._ctx.bot.get_star_transactions(offset=offset, limit=PAGE)).transactions:
            for transaction in page:
                yield transaction
            offset += len(page)

    async def _record(self, transaction: StarTransaction) -> bool:
        """Whether the transaction is a payment that was missing and is recorded now."""
        partner, shop = transaction.source, self._ctx.service.shop
        if not isinstance(partner, TransactionPartnerUser) or not partner.invoice_payload:
            return False
        if await shop.payer(Platform.TELEGRAM, transaction.id) is not None:
            return False
        sender = sender_of(partner.user)
        try:
            payment = await shop.record(sender, partner.invoice_payload, transaction.id, STARS, transaction.amount)
        except OfferGone:
            log.warning("payment %s by %s is for an unknown invoice", transaction.id, sender.account)
            return False
        if payment is not None:
            is_recurring = partner.subscription_period is not None
            await self._payment_handlers.thank(sender, transaction.amount, is_recurring=is_recurring)
        return payment is not None

    async def _refund(self, transaction: StarTransaction) -> bool:
        """Whether the transaction is a refund that was missing and is recorded now."""
        if not isinstance(transaction.receiver, TransactionPartnerUser):
            return False
        if await self._ctx.service.shop.payer(Platform.TELEGRAM, transaction.id) is None:
            return False
        return await self._payment_handlers.withdraw(transaction.id)
