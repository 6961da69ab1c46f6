"""The till: the question before a payment, the payment, and its way back.

Money is taken before we hear of it. So a payment stays unconfirmed to Telegram until it is in the database, however
long that is away; a process that ends meanwhile is told again, and a payment told twice grants once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from telegram import Message, PreCheckoutQuery
from telegram.error import BadRequest, NetworkError, TelegramError

from magicmemory.bots.common.shop import NoSuchPayment
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.senders import address_of, sender_of
from magicmemory.core.errors import InternalError, OfferGone, UserError
from magicmemory.core.job import Address, Platform, Sender

log = logging.getLogger(__name__)

T = TypeVar("T")

# Telegram waits ten seconds for the answer before a payment, and takes silence for no.
CHECK_S: Final = 4.0
ANSWER_S: Final = 1.5
ANSWER_TRIES: Final = 3
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
TRIES: Final = 10  # with a database that answers: about two minutes


class PaymentHandlers:
    """Takes payments and gives them back."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def check(self, query: PreCheckoutQuery) -> None:
        """Say whether a payment may go ahead."""
        sender = sender_of(query.from_user)
        language, refused = self._ctx.service.texts.known(sender.language), None
        try:
            async with asyncio.timeout(CHECK_S):
                language = await self._ctx.language(sender)
                await self._ctx.service.shop.check(sender, query.invoice_payload, query.currency, query.total_amount)
        except UserError as error:
            refused = error
        # As everywhere: a bug, or a database that is away, is logged, and the person gets an apology, not a bill.
        except Exception:
            log.exception("invoice %s could not be checked", query.invoice_payload)
            refused = InternalError()
        answer = (
            {"ok": True} if refused is None else {"ok": False, "error_message": self._ctx.explain(language, refused)}
        )
        await self._answer(query, answer)

    async def take(self, message: Message) -> None:
        """Grant what was paid for, and say so."""
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
                "payment %s of %d %s by %s for invoice %s is taken, and nothing is granted for it",
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
        """The receipt: what was paid, and what the payer has now."""
        language = await self._ctx.language(sender)
        parts = [
            self._ctx.say(language, "telegram-receipt", amount=amount),
            await self._ctx.commands.quota(sender, language),
        ]
        if is_recurring:
            parts.append(self._ctx.say(language, "telegram-receipt-subscription"))
        await self._tell(sender, "\n".join(parts))

    async def refunded(self, message: Message) -> None:
        """Telegram says that a payment was given back, by us or by itself."""
        assert message.refunded_payment is not None
        charge = message.refunded_payment.telegram_payment_charge_id
        try:
            await self.withdraw(charge)
        except NoSuchPayment:
            log.error("payment %s was given back, and nothing was ever granted for it", charge)

    async def withdraw(self, charge: str) -> bool:
        """Take back what a payment granted, now that it is given back, and tell the payer, once. False: done before.

        Raises:
            NoSuchPayment: it is not known. We wait for it a while: its own update may be in hand still.
        """
        payment, payer = await self._insist(lambda: self._ctx.service.shop.refund(Platform.TELEGRAM, charge))
        if payment is not None:
            text = self._ctx.say(await self._ctx.language(payer), "telegram-refunded", amount=payment.amount)
            await self._tell(payer, text)
        return payment is not None

    async def _tell(self, payer: Sender, text: str) -> None:
        """Payments are made in private chats, which go by the person's number."""
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
                # An answer of Telegram's was lost, or ours comes too late: then nothing is paid.
                log.warning("invoice %s: %s", query.invoice_payload, error.message)
                return
            except NetworkError as error:
                log.warning("invoice %s: Telegram is away: %s", query.invoice_payload, error.message)

    async def _insist(self, record: Callable[[], Awaitable[T]]) -> T:
        """Record it as soon as the database takes it. One that answers and still refuses is given up: what else is to
        be told waits behind an unconfirmed update.
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
