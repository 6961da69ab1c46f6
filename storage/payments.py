"""Offers, invoices, payments and refunds.

An offer becomes an invoice, whose id travels through the platform and returns with the payment. A payment reported
twice grants once, because the platform's charge id is unique. A refund withdraws the grant in the same transaction.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import Banned, OfferGone
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import Plan, Plans
from magicmemory.storage.codes import CodeKind
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Source, add_grant, withdraw_grant
from magicmemory.storage.people import find_user, lock_user
from magicmemory.storage.tables import codes, invoices, payments, redemptions, users
from magicmemory.storage.timestamps import Clock, from_db, to_db, utc_now

STARS = "XTR"  # Telegram's currency; it has no smaller unit
HOLD_S = 600.0  # a payment that was allowed arrives within this time or not at all


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan at a person's present price."""

    plan: Plan
    price: int
    full_price: int
    subscription: bool  # False with a discount: renewals would repeat it for ever
    code: str | None = None  # the id of the discount in the price


@dataclass(frozen=True, slots=True)
class Invoice:
    """An offer that was sent to a person. The platform returns `id` with the payment."""

    id: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment."""

    id: str
    charge: str
    plan: str
    currency: str
    amount: int
    created_at: datetime
    refunded_at: datetime | None = None


class Payments:
    """Offers, invoices, payments and refunds of Telegram Stars."""

    def __init__(self, database: Database, plans: Plans, clock: Clock = utc_now) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    async def offers(self, sender: Sender) -> list[Offer]:
        """The plans that the sender can buy, at prices with their best discount."""
        async with self._database.read() as connection:
            user = await find_user(connection, sender)
            return [await self._offer(connection, user, plan) for plan in self._plans.for_stars]

    async def invoice(self, sender: Sender, plan: str) -> Invoice:
        """Create an invoice for a plan at the sender's present price.

        Raises:
            Banned: the sender is banned.
            OfferGone: this plan is not sold.
        """
        async with self._database.write() as transaction:
            user = (await lock_user(transaction, sender, self._clock())).id
            await _refuse_banned(transaction, user)
            offer = await self._offer(transaction, user, self._sold(plan))
            invoice = Invoice(uuid.uuid4().hex, offer)
            await transaction.execute(
                invoices.insert().values(
                    id=invoice.id,
                    user_id=user,
                    plan=plan,
                    currency=STARS,
                    amount=offer.price,
                    days=offer.plan.days,
                    credits=offer.plan.credits,
                    code_id=offer.code,
                    subscription=offer.subscription,
                    created_at=to_db(self._clock()),
                )
            )
        return invoice

    async def check(self, sender: Sender, invoice_id: str, currency: str, amount: int) -> None:
        """Check a payment before the money is taken, and hold the discount in its price for `HOLD_S`.

        Raises:
            Banned: the sender is banned.
            OfferGone: the invoice is unknown, belongs to another person, is paid, has an outdated price, or its
                discount is held for another invoice, whose payment is on its way.
        """
        async with self._database.write() as connection:
            # Locked, so that of several invoices with one discount only the first is allowed.
            user = (await lock_user(connection, sender, self._clock())).id
            await _refuse_banned(connection, user)
            invoice = await _invoice(connection, invoice_id)
            if invoice is None or invoice.user_id != user or (invoice.currency, invoice.amount) != (currency, amount):
                raise OfferGone
            if not invoice.subscription and await _is_paid(connection, invoice_id):
                raise OfferGone
            offer = await self._offer(connection, user, self._sold(invoice.plan))
            if (offer.price, offer.subscription) != (invoice.amount, invoice.subscription):
                raise OfferGone
            await self._hold_discount(connection, invoice)

    async def paid(self, sender: Sender, invoice_id: str, charge: str, currency: str, amount: int) -> Payment | None:
        """Record a payment and add its grant. None if this charge was recorded before.

        The money is taken, so the grant is added even where `check` would refuse.

        Raises:
            OfferGone: the invoice is unknown, so the purchase is unknown too.
        """
        async with self._database.write() as transaction:
            now = self._clock()
            user = (await lock_user(transaction, sender, now)).id
            if await _payment(transaction, sender.platform, charge) is not None:
                return None
            invoice = await _invoice(transaction, invoice_id)
            if invoice is None:
                raise OfferGone
            payment = Payment(uuid.uuid4().hex, charge, invoice.plan, currency, amount, now)
            await transaction.execute(
                payments.insert().values(
                    id=payment.id,
                    user_id=user,
                    platform=sender.platform,
                    charge=charge,
                    invoice_id=invoice_id,
                    plan=invoice.plan,
                    currency=currency,
                    amount=amount,
                    created_at=to_db(now),
                )
            )
            await add_grant(
                transaction,
                user,
                invoice.plan,
                Source.PAYMENT,
                f"{sender.platform}:{charge}",
                starts_at=now,
                days=invoice.days,
                credits=invoice.credits,
            )
        return payment

    async def refund(self, platform: Platform, charge: str) -> Payment | None:
        """Record a refund and withdraw the payment's grant. None if the payment is unknown or was refunded before."""
        async with self._database.write() as transaction:
            now = self._clock()
            row = await _payment(transaction, platform, charge)
            if row is None:
                return None
            refunded = await transaction.execute(
                update(payments)
                .where(payments.c.id == row.id, payments.c.refunded_at.is_(None))
                .values(refunded_at=to_db(now))
            )
            if not refunded.rowcount:
                return None
            await withdraw_grant(transaction, Source.PAYMENT, f"{platform}:{charge}", now)
        return payment_of(row)

    async def of(self, sender: Sender) -> list[Payment]:
        """The sender's payments, newest first."""
        async with self._database.read() as connection:
            user = await find_user(connection, sender)
            rows = await connection.execute(
                select(payments).where(payments.c.user_id == user).order_by(payments.c.created_at.desc())
            )
            return [payment_of(row) for row in rows]

    async def payer(self, platform: Platform, charge: str) -> Sender | None:
        """The person who made a payment, or None."""
        payer = (
            select(users.c.account)
            .join(payments, payments.c.user_id == users.c.id)
            .where(payments.c.platform == platform, payments.c.charge == charge)
        )
        async with self._database.read() as connection:
            account = await connection.scalar(payer)
        return None if account is None else Sender(platform=platform, account=account)

    def _sold(self, name: str) -> Plan:
        plan = self._plans.paid.get(name)
        if plan is None or not plan.stars:
            raise OfferGone
        return plan

    async def _offer(self, connection: AsyncConnection, user: int | None, plan: Plan) -> Offer:
        full = plan.stars or 0
        discount = await self._discount(connection, user, plan)
        if discount is None:
            return Offer(plan, full, full, plan.subscription)
        # Rounded up, and never free: Telegram sells nothing for no stars.
        price = max(1, -(-full * (100 - discount.percent) // 100))
        return Offer(plan, price, full, subscription=False, code=discount.id)

    async def _hold_discount(self, transaction: AsyncConnection, invoice: Row[Any]) -> None:
        now = self._clock()
        others = select(invoices.c.id).where(
            invoices.c.user_id == invoice.user_id,
            invoices.c.code_id == invoice.code_id,
            invoices.c.id != invoice.id,
            invoices.c.approved_at > to_db(now - timedelta(seconds=HOLD_S)),
            # A paid invoice waits for no payment; refunded, it gives its discount back.
            ~exists().where(payments.c.invoice_id == invoices.c.id),
        )
        if invoice.code_id is not None and (await transaction.execute(others.limit(1))).first() is not None:
            raise OfferGone
        await transaction.execute(update(invoices).where(invoices.c.id == invoice.id).values(approved_at=to_db(now)))

    async def _discount(self, connection: AsyncConnection, user: int | None, plan: Plan) -> Row[Any] | None:
        """The user's best redeemed, valid and unused discount on the plan."""
        spent = (
            select(invoices.c.code_id)
            .join(payments, payments.c.invoice_id == invoices.c.id)
            .where(payments.c.user_id == user, payments.c.refunded_at.is_(None), invoices.c.code_id.is_not(None))
        )
        now = to_db(self._clock())
        held = (
            select(codes)
            .join(redemptions, redemptions.c.code_id == codes.c.id)
            .where(
                redemptions.c.user_id == user,
                codes.c.kind == CodeKind.DISCOUNT,
                codes.c.plan.is_(None) | (codes.c.plan == plan.name),
                codes.c.expires_at.is_(None) | (codes.c.expires_at > now),
                codes.c.revoked_at.is_(None),
                codes.c.id.not_in(spent),
            )
            .order_by(codes.c.percent.desc(), codes.c.id)
        )
        return (await connection.execute(held.limit(1))).first()


async def _refuse_banned(connection: AsyncConnection, user: int | None) -> None:
    if await connection.scalar(select(users.c.banned).where(users.c.id == user)):
        raise Banned


async def _invoice(connection: AsyncConnection, invoice_id: str) -> Row[Any] | None:
    return (await connection.execute(select(invoices).where(invoices.c.id == invoice_id))).first()


async def _is_paid(connection: AsyncConnection, invoice_id: str) -> bool:
    paid = select(payments.c.id).where(payments.c.invoice_id == invoice_id)
    return (await connection.execute(paid.limit(1))).first() is not None


async def _payment(connection: AsyncConnection, platform: Platform, charge: str) -> Row[Any] | None:
    this = (payments.c.platform == platform, payments.c.charge == charge)
    return (await connection.execute(select(payments).where(*this))).first()


def payment_of(row: Row[Any]) -> Payment:
    """A row of the table as a payment."""
    return Payment(
        row.id,
        row.charge,
        row.plan,
        row.currency,
        row.amount,
        from_db(row.created_at),
        row.refunded_at and from_db(row.refunded_at),
    )
