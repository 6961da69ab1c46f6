"""Telegram's own list of payments, held against ours when the bot starts.

Telegram forgets an update after a day. Without its list, a subscription that was renewed while the bot was away for
longer would be paid for nothing, and so would a payment that the database refused until we gave it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from telegram import StarTransaction, TransactionPartnerUser
from telegram.ext import ExtBot

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.payment_handlers import PaymentHandlers
from magicmemory.bots.telegram.rate_limiter import Urgency
from magicmemory.bots.telegram.senders import sender_of
from magicmemory.core.errors import OfferGone
from magicmemory.core.job import Platform
from magicmemory.storage.payments import STARS

log = logging.getLogger(__name__)

PAGE: Final = 100
FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 600.0


async def catch_up(ctx: BotContext, payment_handlers: PaymentHandlers) -> None:
    """Record what was paid and given back without our hearing of it, and tell the people.

    Tries until Telegram and the database have answered once.
    """
    pause = FIRST_PAUSE_S
    while True:
        try:
            await _compare(ctx, payment_handlers)
            return
        # Whatever it is must not end the bot.
        except Exception as error:
            log.warning("the payments could not be held against Telegram's (%r); trying again", error)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE_S, pause * 2)


async def _compare(ctx: BotContext, payment_handlers: PaymentHandlers) -> None:
    transactions = [transaction async for transaction in _transactions(ctx.bot)]
    # In whichever order Telegram lists them: nothing is given back before it is taken.
    taken = [await _take(ctx, payment_handlers, transaction) for transaction in transactions]
    given_back = [await _give_back(ctx, payment_handlers, transaction) for transaction in transactions]
    if any(taken) or any(given_back):
        log.warning("%d payments and %d refunds are made up for", sum(taken), sum(given_back))


async def _transactions(bot: ExtBot[Urgency]) -> AsyncIterator[StarTransaction]:
    offset = 0
    while page := (await bot.get_star_transactions(offset=offset, limit=PAGE)).transactions:
        for transaction in page:
            yield transaction
        offset += len(page)


async def _take(ctx: BotContext, payment_handlers: PaymentHandlers, transaction: StarTransaction) -> bool:
    """Whether it is a payment that we did not know, and do now."""
    partner, shop = transaction.source, ctx.service.shop
    if not isinstance(partner, TransactionPartnerUser) or not partner.invoice_payload:
        return False
    if await shop.payer(Platform.TELEGRAM, transaction.id) is not None:
        return False
    sender = sender_of(partner.user)
    try:
        payment = await shop.record(sender, partner.invoice_payload, transaction.id, STARS, transaction.amount)
    except OfferGone:
        log.warning("payment %s by %s is for an invoice that we do not know", transaction.id, sender.account)
        return False
    if payment is not None:
        await payment_handlers.thank(sender, transaction.amount, is_recurring=partner.subscription_period is not None)
    return payment is not None


async def _give_back(ctx: BotContext, payment_handlers: PaymentHandlers, transaction: StarTransaction) -> bool:
    """Whether it is a refund that we did not know, and do now."""
    if not isinstance(transaction.receiver, TransactionPartnerUser):
        return False
    if await ctx.service.shop.payer(Platform.TELEGRAM, transaction.id) is None:
        return False
    return await payment_handlers.withdraw(transaction.id)
