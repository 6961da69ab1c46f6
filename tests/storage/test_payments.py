"""Money is exact: the price is the offered one, a payment grants once, a refund withdraws the grant."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.errors import Banned, OfferGone
from magicmemory.core.job import Platform, Quota, Sender
from magicmemory.core.plans import make_plans
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import STARS, Invoice, Payment, Payments
from magicmemory.storage.people import People
from magicmemory.storage.quota import Allowance
from tests.storage.conftest import Clock

ANA = Sender(platform=Platform.TELEGRAM, account="7")
BEN = Sender(platform=Platform.TELEGRAM, account="8")
PLANS = make_plans(
    {
        "plans": {
            "premium": {"days": 10, "stars": 99},
            "cheap": {"days": 1, "stars": 1},
            "pack": {"credits": 5, "stars": 50},
            "month": {"days": 30, "stars": 250, "subscription": True},
            "gift": {"days": 3},
        }
    },
    free_per_day=1,
    fair_use_per_day=5,
    head_start_s=0,
)


@dataclass
class Shop:
    """The repositories that sell and that show what was bought."""

    database: Database
    clock: Clock

    def __post_init__(self) -> None:
        self.payments = Payments(self.database, PLANS, self.clock)
        self.codes = Codes(self.database, b"key", self.clock)
        self.ledger = Ledger(self.database, Allowance(ZoneInfo("UTC"), PLANS, 5, 60), self.clock)

    async def quota(self) -> Quota:
        return await self.ledger.quota(ANA)

    async def prices(self) -> dict[str, tuple[int, bool]]:
        offers = await self.payments.offers(ANA)
        return {offer.plan.name: (offer.price, offer.subscription) for offer in offers}

    async def discount(self, percent: int, plan: str | None = None, **terms: object) -> str:
        """Ana has redeemed a discount; returns its code's id."""
        code = CodeSpec(CodeKind.DISCOUNT, plan, percent=percent, **terms)  # type: ignore[arg-type]
        ((code_id, text),) = await self.codes.create(code)
        await self.codes.redeem(ANA, "1", text)
        return code_id

    async def check(self, invoice: Invoice, sender: Sender = ANA) -> None:
        await self.payments.check(sender, invoice.id, STARS, invoice.offer.price)

    async def pay(self, invoice: Invoice, charge: str = "c1") -> Payment | None:
        return await self.payments.paid(ANA, invoice.id, charge, STARS, invoice.offer.price)


@pytest.fixture
def shop(database: Database, clock: Clock) -> Shop:
    return Shop(database, clock)


async def test_only_priced_plans_are_for_sale(shop: Shop) -> None:
    full = {"premium": (99, False), "cheap": (1, False), "pack": (50, False), "month": (250, True)}
    assert await shop.prices() == full
    for plan in ("gift", "nothing"):
        with pytest.raises(OfferGone):
            await shop.payments.invoice(ANA, plan)


async def test_repeated_payment_grants_once(shop: Shop, clock: Clock) -> None:
    invoice = await shop.payments.invoice(ANA, "premium")
    await shop.check(invoice)
    assert (await shop.quota()).plan == ""  # an invoice alone buys nothing
    paid = await shop.pay(invoice)
    assert paid is not None
    assert (paid.plan, paid.amount, paid.currency, paid.charge) == ("premium", 99, STARS, "c1")
    assert await shop.pay(invoice) is None
    assert (await shop.quota()).plan_ends == clock.now + timedelta(days=10)
    assert await shop.payments.of(ANA) == [paid]
    assert await shop.payments.payer(Platform.TELEGRAM, "c1") == Sender(platform=Platform.TELEGRAM, account="7")
    assert await shop.payments.payer(Platform.TELEGRAM, "c2") is None


async def test_payment_is_granted_even_if_the_plan_is_gone(shop: Shop, clock: Clock) -> None:
    invoice = await shop.payments.invoice(ANA, "pack")
    none = make_plans({}, free_per_day=1, fair_use_per_day=5, head_start_s=0)
    later = Payments(shop.database, none, clock)
    with pytest.raises(OfferGone):
        await later.check(ANA, invoice.id, STARS, 50)
    await later.paid(ANA, invoice.id, "c1", STARS, 50)  # it was on its way already
    assert (await shop.quota()).credits == 5


async def test_pre_checkout_check_refuses_wrong_payments(shop: Shop) -> None:
    invoice = await shop.payments.invoice(ANA, "premium")
    people = People(shop.database)
    wrong = [
        (BEN, invoice.id, STARS, 99),
        (ANA, "unknown", STARS, 99),
        (ANA, invoice.id, "EUR", 99),
        (ANA, invoice.id, STARS, 98),
    ]
    for arguments in wrong:
        with pytest.raises(OfferGone):
            await shop.payments.check(*arguments)
    await people.ban(ANA, banned=True)
    with pytest.raises(Banned):
        await shop.check(invoice)
    with pytest.raises(Banned):
        await shop.payments.invoice(ANA, "premium")
    await people.ban(ANA, banned=False)
    await shop.check(invoice)
    await shop.pay(invoice)
    with pytest.raises(OfferGone):
        await shop.check(invoice)  # paid already
    with pytest.raises(OfferGone):
        await shop.payments.paid(ANA, "unknown", "c9", STARS, 99)


@pytest.mark.parametrize(
    ("percent", "plan", "price"),
    [
        (40, "premium", 60),
        (1, "premium", 99),
        (99, "premium", 1),
        (50, "premium", 50),
        (99, "cheap", 1),
        (33, "pack", 34),
    ],
)
async def test_discounted_price_is_rounded_up_and_never_zero(shop: Shop, percent: int, plan: str, price: int) -> None:
    code = await shop.discount(percent)
    offer = (await shop.payments.invoice(ANA, plan)).offer
    assert (offer.price, offer.full_price, offer.code) == (price, PLANS.paid[plan].stars, code)
    assert not any(offer.code for offer in await shop.payments.offers(BEN))


async def test_best_discount_applies_and_is_used_once(shop: Shop) -> None:
    await shop.discount(10)
    await shop.discount(40, plan="premium")
    assert (await shop.prices())["premium"] == (60, False)
    assert (await shop.prices())["pack"] == (45, False)
    early, invoice = [await shop.payments.invoice(ANA, "premium") for _ in range(2)]
    await shop.pay(invoice, "c1")
    assert (await shop.prices())["premium"] == (90, False)
    with pytest.raises(OfferGone):
        await shop.check(early)  # its price was the spent discount's
    await shop.payments.refund(Platform.TELEGRAM, "c1")
    assert (await shop.prices())["premium"] == (60, False)


async def test_a_discount_is_held_for_the_invoice_that_is_being_paid(shop: Shop, clock: Clock) -> None:
    await shop.discount(40, plan="premium")
    first, second = [await shop.payments.invoice(ANA, "premium") for _ in range(2)]
    await shop.check(first)
    await shop.check(first)  # the same payment, asked about again
    with pytest.raises(OfferGone):
        await shop.check(second)
    clock.wait(minutes=11)  # the first was not paid after all
    await shop.check(second)
    with pytest.raises(OfferGone):
        await shop.check(first)


async def test_a_refund_gives_the_discount_back_at_once(shop: Shop) -> None:
    await shop.discount(40, plan="premium")
    first = await shop.payments.invoice(ANA, "premium")
    await shop.check(first)
    await shop.pay(first)
    assert await shop.payments.refund(Platform.TELEGRAM, "c1")
    again = await shop.payments.invoice(ANA, "premium")
    assert again.offer.price == first.offer.price
    await shop.check(again)


async def test_expired_discount_restores_the_price(shop: Shop, clock: Clock) -> None:
    await shop.discount(40, expires_at=clock.now + timedelta(hours=1))
    invoice = await shop.payments.invoice(ANA, "premium")
    await shop.check(invoice)
    clock.wait(hours=1)
    with pytest.raises(OfferGone):
        await shop.check(invoice)
    assert (await shop.prices())["premium"] == (99, False)
    code = await shop.discount(50)
    assert (await shop.prices())["premium"] == (50, False)
    await shop.codes.revoke(code)
    assert (await shop.prices())["premium"] == (99, False)


async def test_a_subscription_renews_by_further_charges(shop: Shop, clock: Clock) -> None:
    invoice = await shop.payments.invoice(ANA, "month")
    assert invoice.offer.subscription
    await shop.check(invoice)
    await shop.pay(invoice, "first")
    clock.wait(days=30)
    assert (await shop.quota()).plan == ""
    await shop.pay(invoice, "second")
    assert (await shop.quota()).plan_ends == clock.now + timedelta(days=30)
    assert [payment.charge for payment in await shop.payments.of(ANA)] == ["second", "first"]


async def test_a_subscription_with_a_discount_is_sold_once(shop: Shop) -> None:
    invoice = await shop.payments.invoice(ANA, "month")
    await shop.discount(50)
    with pytest.raises(OfferGone):
        await shop.check(invoice)
    cheaper = await shop.payments.invoice(ANA, "month")
    assert (cheaper.offer.price, cheaper.offer.subscription) == (125, False)
    await shop.pay(cheaper)
    assert (await shop.prices())["month"] == (250, True)


async def test_refund_withdraws_the_grant_once(shop: Shop, clock: Clock) -> None:
    first, second = [await shop.payments.invoice(ANA, "premium") for _ in range(2)]
    await shop.pay(first, "c1")
    clock.wait(days=1)
    await shop.pay(second, "c2")
    assert (await shop.quota()).plan_ends == clock.now + timedelta(days=19)
    refunded = await shop.payments.refund(Platform.TELEGRAM, "c1")
    assert refunded is not None
    assert refunded.charge == "c1"
    assert (await shop.quota()).plan_ends == clock.now + timedelta(days=10)
    assert await shop.payments.refund(Platform.TELEGRAM, "c1") is None
    assert await shop.payments.refund(Platform.TELEGRAM, "c9") is None
    assert await shop.pay(first, "c1") is None  # told again, it does not come back
    assert {paid.charge: paid.refunded_at is not None for paid in await shop.payments.of(ANA)} == {
        "c1": True,
        "c2": False,
    }
    await shop.payments.refund(Platform.TELEGRAM, "c2")
    assert (await shop.quota()).plan == ""
