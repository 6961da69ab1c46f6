"""What people buy, redeem and pay: the service's side of plans, codes and payments."""

from dataclasses import dataclass
from datetime import datetime

from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import Plan, Plans
from magicmemory.storage.codes import Codes, CodeSpec
from magicmemory.storage.database import ping
from magicmemory.storage.grants import Grants, Source
from magicmemory.storage.payments import Invoice, Offer, Payment, Payments


class NoSuchPayment(Exception):
    """A refund names a payment that is not recorded: its own update may still be on its way."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Sells plans. Methods may raise `UserError`s, which the adapter explains."""

    plans: Plans
    payments: Payments
    codes: Codes
    grants: Grants
    database: str  # its URL

    async def offers(self, sender: Sender) -> list[Offer]:
        """What the sender can buy with Telegram Stars, with their best discount in the price."""
        return await self.payments.offers(sender)

    async def invoice(self, sender: Sender, plan: str) -> Invoice:
        """A new invoice for a plan at the sender's present price.

        Raises:
            Banned: the operator has banned the sender.
            OfferGone: no such plan is sold.
        """
        return await self.payments.invoice(sender, plan)

    async def check(self, sender: Sender, invoice: str, currency: str, amount: int) -> None:
        """Check a payment before it is made: `amount` is in the currency's smallest unit.

        Raises:
            Banned: the operator has banned the sender.
            OfferGone: the invoice is unknown, paid or somebody else's, or its price has changed.
        """
        await self.payments.check(sender, invoice, currency, amount)

    async def record(self, sender: Sender, invoice: str, charge: str, currency: str, amount: int) -> Payment | None:
        """Record a payment that was made and grant what it bought; None if this charge was recorded before.

        Raises:
            OfferGone: the invoice is unknown, so nobody knows what was bought.
        """
        return await self.payments.paid(sender, invoice, charge, currency, amount)

    async def refund(self, platform: Platform, charge: str) -> tuple[Payment | None, Sender]:
        """Record a refund and withdraw what the payment granted; the payment (None if it was refunded before) and
        who paid.

        Raises:
            NoSuchPayment: the payment is not recorded.
        """
        payment = await self.payments.refund(platform, charge)
        payer = await self.payments.payer(platform, charge)
        if payer is None:
            raise NoSuchPayment(charge)
        return payment, payer

    async def payer(self, platform: Platform, charge: str) -> Sender | None:
        """Who made a payment; None if it is not recorded."""
        return await self.payments.payer(platform, charge)

    async def payments_of(self, sender: Sender) -> list[Payment]:
        """What the sender paid, newest first."""
        return await self.payments.of(sender)

    async def subscriptions_of(self, sender: Sender) -> list[Payment]:
        """The sender's payments for subscriptions that were not refunded."""
        return [payment for payment in await self.payments_of(sender) if self._is_running(payment)]

    async def redeem(self, sender: Sender, place: str, code: str) -> CodeSpec:
        """Redeem a code; see `Codes.redeem`. `place` is where wrong guesses are counted beside the sender."""
        return await self.codes.redeem(sender, place, code)

    async def entitle(
        self, sender: Sender, sku: str, reference: str, starts_at: datetime | None, ends_at: datetime | None
    ) -> tuple[Plan | None, bool]:
        """Record what a platform's own shop says of a purchase: the plan that its SKU stands for, and whether the
        purchase is new. None if no plan has this SKU. See `Grants.entitle`.
        """
        plan = self.plans.of_sku(sku)
        if plan is None:
            return None, False
        return plan, await self.grants.entitle(sender, plan, reference, starts_at, ends_at)

    async def withdraw_entitlement(self, reference: str) -> bool:
        """Withdraw a purchase that the platform's shop has taken back; False if it is not in force."""
        return await self.grants.withdraw(Source.ENTITLEMENT, reference)

    async def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            await ping(self.database)
        # The database drivers raise errors of many kinds; each means the same here.
        except Exception:
            return False
        return True

    def _is_running(self, payment: Payment) -> bool:
        plan = self.plans.paid.get(payment.plan)
        return plan is not None and plan.subscription and payment.refunded_at is None
