"""Payments with Telegram Stars: the check before a payment, the payment, refunds, and reconciliation at the start.

Telegram takes the money before it tells us. So the update of a payment stays unconfirmed until the payment is in the
database; a process that ends before that receives the update again, and a payment received twice grants once.

Telegram keeps an update for one day. Reconciliation compares Telegram's list of transactions with ours, so that a
subscription that was renewed during a longer outage, or a payment that the database refused, is still granted.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from telegram import Message, PreCheckoutQuery, StarTransaction, TransactionPartnerUser
from telegram.error import BadRequest, NetworkError, TelegramError

from magicmemory.bots.common.shop import NoSuchPayment
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import address_of, sender_of
from magicmemory.core.errors import InternalError, OfferGone, UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.storage.payments import STARS

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
