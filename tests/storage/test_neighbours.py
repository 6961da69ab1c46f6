"""Only a person's own rows count, although others have rows before and after them in every table."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.errors import NoFaceFound, OfferGone, QuotaUsedUp, TooManyAdjustments, TooManyAtOnce
from magicmemory.core.job import Address, Job, JobState, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.core.report import Failure
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grants, Source
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import STARS, Payments
from magicmemory.storage.quota import Allowance
from tests.storage.conftest import Clock

PLANS = make_plans(
    {"plans": {"premium": {"days": 10, "stars": 99}, "best": {"days": 10}, "pack": {"credits": 3}}},
    free_per_day=1,
    fair_use_per_day=2,
    head_start_s=0,
)
BEFORE, ANA, AFTER = people = [Sender(platform=Platform.TELEGRAM, account=account) for account in "123"]
OTHERS = (BEFORE, AFTER)


@dataclass
class Three:
    """Three people, whose ids and accounts are in order."""

    database: Database
    clock: Clock
    sent: int = 0

    def __post_init__(self) -> None:
        self.grants = Grants(self.database, PLANS, self.clock)
        self.payments = Payments(self.database, PLANS, self.clock)
        self.codes = Codes(self.database, b"key", self.clock)
        self.ledger = self.allowing()

    def allowing(self, adjustments: int = 5, **more: int) -> Ledger:
        return Ledger(self.database, Allowance(ZoneInfo("UTC"), PLANS, adjustments, 60, **more), self.clock)

    async def send(self, sender: Sender = ANA, photo: str | None = None, **options: float) -> Job:
        self.sent += 1
        address = Address(platform=sender.platform, chat="1", message=str(self.sent))
        return (await self.ledger.reserve(sender, address, Options(**options), photo=photo)).job

    async def adjust(self, job: Job, ledger: Ledger | None = None) -> Job:
        self.sent += 1
        address = Address(platform=ANA.platform, chat="1", message=str(self.sent))
        options = Options(strength=0.5)
        return (await (ledger or self.ledger).reserve(ANA, address, options, parent=job.id)).job

    async def deliver(self, job: Job) -> bool:
        return await self.ledger.settle(Outcome(job=job.id, extension="jpg"), {})


@pytest.fixture
async def three(database: Database, clock: Clock) -> Three:
    three = Three(database, clock)
    for person in people:
        await three.grants.give(person, PLANS.paid["pack"])
    return three


async def test_photos_of_others_use_no_quota(three: Three) -> None:
    for other in OTHERS:
        await three.send(other)
    assert (await three.ledger.quota(ANA)).left == 1
    await three.send()
    assert [(await three.ledger.quota(person)).used for person in people] == [1, 1, 1]


async def test_plans_of_others_give_nothing_and_use_nothing(three: Three) -> None:
    for other in OTHERS:
        await three.grants.give(other, PLANS.paid["premium"])
    assert (await three.ledger.quota(ANA)).plan == ""
    await three.grants.give(ANA, PLANS.paid["premium"])
    for other in OTHERS:
        await three.send(other)
        await three.send(other)
    assert (await three.ledger.quota(ANA)).used == 0
    assert [(await three.send()).plan for _ in range(3)] == ["premium", "premium", ""]


async def test_jobs_of_others_do_not_count_at_once(three: Three) -> None:
    three.ledger = three.allowing(at_once=1)
    for other in OTHERS:
        await three.send(other)
    first = await three.send()
    with pytest.raises(TooManyAtOnce):
        await three.send()
    await three.deliver(first)
    await three.send()


async def test_without_a_limit_at_once_quota_alone_decides(three: Three) -> None:
    for _ in range(4):  # a free one and three bought ones
        await three.send()
    with pytest.raises(QuotaUsedUp):
        await three.send()


async def test_each_change_reaches_one_job(three: Three) -> None:
    jobs = [await three.send(person) for person in people for _ in range(2)]
    for job in jobs[::2]:
        assert await three.deliver(job)
        assert not await three.deliver(job)
    for job in jobs[1::2]:
        assert await three.ledger.refund_quota(job.id, Failure.of(NoFaceFound()))
    found = [await three.ledger.job(job.id) for job in jobs]
    assert [job and job.state for job in found] == [JobState.DELIVERED, JobState.FAILED] * 3


async def test_an_adjustment_is_paid_by_the_plan_of_its_own_photo(three: Three) -> None:
    await three.grants.give(ANA, PLANS.paid["premium"])
    jobs = [await three.send() for _ in range(6)]
    for job in jobs:
        await three.deliver(job)
    assert {job.plan for job in jobs} == {"premium", "", "pack"}
    for job in jobs:
        assert (await three.adjust(job)).plan == job.plan


@pytest.mark.parametrize("allowed", [0, 1, 2])
async def test_adjustments_are_counted_from_the_first(three: Three, allowed: int) -> None:
    job = await three.send()
    await three.deliver(job)
    ledger = three.allowing(adjustments=allowed)
    for _ in range(allowed):
        await three.adjust(job, ledger)
    with pytest.raises(TooManyAdjustments):
        await three.adjust(job, ledger)


async def test_a_duplicate_is_the_same_file_with_the_same_options_delivered_to_the_same_person(three: Three) -> None:
    for person in people:
        await three.grants.give(person, PLANS.paid["best"])

    async def found(photo: str, **options: float) -> str | None:
        job = await three.ledger.find_duplicate(ANA, photo, Options(**options))
        return None if job is None else job.id

    for other in OTHERS:
        await three.deliver(await three.send(other, "m"))
    for photo in "ln":  # other files, before and after in order
        await three.deliver(await three.send(photo=photo))
    waiting = await three.send(photo="m")
    assert await found("m") is None
    await three.deliver(waiting)
    assert await found("m") == waiting.id
    for strength in (0.1, 0.5, 0.9):
        assert await found("m", strength=strength) is None
    three.clock.wait(minutes=1)
    later = await three.send(photo="m")
    await three.deliver(later)
    assert await found("m") == later.id


async def test_orphans_are_found_among_many_ids(three: Three) -> None:
    kept, cancelled = await three.send(), await three.send(AFTER)
    await three.ledger.cancel(AFTER)
    unknown = [f"unknown {number}" for number in range(1200)]
    for place in (0, 499, 500, 1199):
        ids = [*unknown[:place], kept.id, *unknown[place:], cancelled.id]
        assert await three.ledger.find_orphans(ids) == {*unknown, cancelled.id}


async def test_throughput_counts_the_last_minutes(three: Three) -> None:
    jobs = [await three.send() for _ in range(3)]
    for job, wait in zip(jobs, (1, 4, 6), strict=True):
        await three.deliver(job)
        three.clock.wait(minutes=wait)  # 11, 10 and 6 minutes ago in the end
    assert await three.ledger.throughput() == pytest.approx(2 / 10)
    assert await three.ledger.throughput(minutes=5) == 0


async def test_today_is_one_platform_and_one_day(three: Three) -> None:
    await three.send()
    three.clock.wait(days=2)
    await three.send()
    three.clock.wait(days=-1)
    for platform in (Platform.DISCORD, Platform.PLAYGROUND):
        await three.send(Sender(platform=platform, account="1"))
    await three.send()
    await three.send(AFTER)
    today = await three.ledger.today(Platform.TELEGRAM)
    assert (today.jobs, today.people) == ({JobState.ACCEPTED: 2}, 2)


async def test_payments_and_refunds_reach_their_own_payer(three: Three) -> None:
    invoices = [await three.payments.invoice(person, "premium") for person in people]
    for person, invoice, charge in zip(people, invoices, "abc", strict=True):
        await three.payments.check(person, invoice.id, STARS, 99)
        await three.payments.paid(person, invoice.id, charge, STARS, 99)
    stranger = Sender(platform=Platform.DISCORD, account="9")
    await three.payments.paid(stranger, (await three.payments.invoice(stranger, "premium")).id, "b", STARS, 99)
    assert [await three.payments.payer(Platform.TELEGRAM, charge) for charge in "abc"] == people
    assert await three.payments.payer(Platform.DISCORD, "b") == stranger
    refunded = await three.payments.refund(Platform.TELEGRAM, "b")
    assert refunded is not None
    assert refunded.charge == "b"
    everyone = [*people, stranger]
    assert [[bool(one.refunded_at) for one in await three.payments.of(person)] for person in everyone] == [
        [False],
        [True],
        [False],
        [False],
    ]
    assert [(await three.ledger.quota(person)).plan for person in everyone] == ["premium", "", "premium", "premium"]


@pytest.mark.parametrize(("currency", "amount"), [(STARS, 98), (STARS, 100), ("AAA", 99), ("ZZZ", 99)])
async def test_any_other_price_is_refused(three: Three, currency: str, amount: int) -> None:
    invoice = await three.payments.invoice(ANA, "premium")
    with pytest.raises(OfferGone):
        await three.payments.check(ANA, invoice.id, currency, amount)


async def test_a_code_that_unlocks_is_no_discount(three: Three) -> None:
    for kind in (CodeSpec(CodeKind.UNLOCK, "best", days=3), CodeSpec(CodeKind.DISCOUNT, "premium", percent=50)):
        ((_, text),) = await three.codes.create(kind)
        await three.codes.redeem(ANA if kind.kind is CodeKind.UNLOCK else AFTER, "1", text)
    prices = {
        person.account: (await three.payments.invoice(person, "premium")).offer.price for person in (BEFORE, ANA, AFTER)
    }
    assert prices == {"1": 99, "2": 99, "3": 50}


async def test_entitlements_of_others_keep_their_dates(three: Three) -> None:
    now, plan = three.clock.now, PLANS.paid["premium"]
    for person, reference in zip(people, "abc", strict=True):
        await three.grants.entitle(person, plan, reference, now, now + timedelta(days=5))
    await three.grants.entitle(ANA, plan, "b", now, now + timedelta(days=9))
    ends = [(await three.ledger.quota(person)).plan_ends for person in people]
    assert ends == [now + timedelta(days=days) for days in (5, 9, 5)]
    assert await three.grants.withdraw(Source.ENTITLEMENT, "b")
    assert [(await three.ledger.quota(person)).plan for person in people] == ["premium", "", "premium"]
