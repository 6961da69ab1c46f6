"""A photo is paid by the current plan, then the free photo, then bought photos; plans limit the options."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.errors import (
    FairUseReached,
    ModelNotInPlan,
    QuotaUsedUp,
    SizeNotInPlan,
    TooManyAdjustments,
    TooManyAtOnce,
)
from magicmemory.core.job import Address, Job, Outcome, Platform, Quota, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.quota import Allowance
from tests.storage.conftest import Clock

ANA = Sender(platform=Platform.TELEGRAM, account="7")
PLAIN = Options()
PLANS = make_plans(
    {
        "free": {"models": ["lite"], "max_upscale": 1},
        "plans": {
            "premium": {"days": 10, "max_upscale": 2},
            "pack": {"credits": 2},
            "best": {"days": 10, "photos_per_day": 0},
        },
    },
    free_per_day=1,
    fair_use_per_day=2,
    head_start_s=0,
)


@dataclass
class Harness:
    """The ledger, and gifts to change what it allows."""

    database: Database
    clock: Clock
    at_once: int = 0
    sent: int = 0

    def __post_init__(self) -> None:
        self.grants = Grants(self.database, PLANS, self.clock)
        self.ledger = Ledger(self.database, Allowance(ZoneInfo("UTC"), PLANS, 2, 60, self.at_once), self.clock)

    async def give(self, plan: str) -> None:
        await self.grants.give(ANA, PLANS.paid[plan])

    async def quota(self) -> Quota:
        return await self.ledger.quota(ANA)

    async def send(self, options: Options = PLAIN, parent: Job | None = None, photo: str | None = None) -> Job:
        self.sent += 1
        address = Address(platform=ANA.platform, chat="1", message=str(self.sent))
        root = parent.photo_of if parent else None
        return (await self.ledger.reserve(ANA, address, options, parent=root, photo=photo)).job

    async def deliver(self, job: Job) -> None:
        assert await self.ledger.settle(Outcome(job=job.id, extension="jpg"), {})


@pytest.fixture
def harness(database: Database, clock: Clock) -> Harness:
    return Harness(database, clock)


async def test_plan_pays_before_free_and_bought_photos(harness: Harness, clock: Clock) -> None:
    await harness.give("pack")
    await harness.give("premium")
    assert [(await harness.send()).plan for _ in range(5)] == ["premium", "premium", "", "pack", "pack"]
    with pytest.raises(FairUseReached) as raised:
        await harness.send()
    assert raised.value.parameters == {"limit": 2, "renews_in_s": 12 * 3600}
    quota = await harness.quota()
    assert (quota.limit, quota.used, quota.left, quota.credits) == (2, 2, 0, 0)
    clock.wait(days=1)
    assert [(await harness.send()).plan for _ in range(3)] == ["premium", "premium", ""]


async def test_bought_photos_remain_after_midnight_but_free_ones_do_not(harness: Harness, clock: Clock) -> None:
    await harness.give("pack")
    assert [(await harness.send()).plan for _ in range(2)] == ["", "pack"]
    clock.wait(days=1)
    assert [(await harness.send()).plan for _ in range(2)] == ["", "pack"]
    with pytest.raises(QuotaUsedUp):
        await harness.send()


async def test_fair_use_counts_all_plans_with_days(harness: Harness, clock: Clock) -> None:
    await harness.give("premium")
    await harness.send()
    await harness.give("best")
    for _ in range(10):
        assert (await harness.send()).plan == "best"
    assert (await harness.quota()).unlimited
    await harness.grants.withdraw_by_id((await harness.grants.entitlement(ANA)).timed.grant.id)  # type: ignore[union-attr]
    assert (await harness.quota()).left == 0
    assert (await harness.send()).plan == ""
    with pytest.raises(FairUseReached):
        await harness.send()


async def test_request_outside_the_plan_costs_nothing(harness: Harness) -> None:
    with pytest.raises(ModelNotInPlan) as model:
        await harness.send(Options(model="gfpgan"))
    assert model.value.parameters == {"model": "gfpgan"}
    with pytest.raises(SizeNotInPlan) as size:
        await harness.send(Options(upscale=2))
    assert size.value.parameters == {"upscale": 2}
    assert (await harness.quota()).used == 0
    await harness.send()
    with pytest.raises(QuotaUsedUp):  # more to the point than the model
        await harness.send(Options(model="gfpgan"))


async def test_bought_photo_pays_for_what_plan_and_free_photo_refuse(harness: Harness) -> None:
    await harness.give("premium")
    with pytest.raises(SizeNotInPlan):
        await harness.send(Options(upscale=4))
    await harness.give("pack")
    assert (await harness.send(Options(upscale=4))).plan == "pack"
    assert (await harness.send(Options(model="gfpgan", upscale=2))).plan == "premium"
    quota = await harness.quota()
    assert (quota.used, quota.credits) == (1, 1)


async def test_unfinished_photos_per_person_are_limited(database: Database, clock: Clock) -> None:
    harness = Harness(database, clock, at_once=2)
    await harness.give("best")
    first, _ = await harness.send(), await harness.send()
    with pytest.raises(TooManyAtOnce) as raised:
        await harness.send()
    assert raised.value.parameters == {"limit": 2}
    await harness.deliver(first)
    await harness.send()
    # Free ones are on their way as well.
    with pytest.raises(TooManyAtOnce):
        await harness.send(parent=first, photo="same")
    await harness.ledger.cancel(ANA)
    await harness.send(parent=first, photo="same")


async def test_repeated_photo_is_free_and_no_adjustment(harness: Harness, clock: Clock) -> None:
    first = await harness.send(photo="same")
    assert await harness.ledger.find_duplicate(ANA, "same", PLAIN) is None  # it is not delivered yet
    await harness.deliver(first)
    duplicate = await harness.ledger.find_duplicate(ANA, "same", PLAIN)
    assert duplicate is not None
    assert duplicate.id == first.id
    assert await harness.ledger.find_duplicate(ANA, "other", PLAIN) is None
    assert await harness.ledger.find_duplicate(ANA, "same", Options(strength=0.5)) is None
    stranger = Sender(platform=ANA.platform, account="8")
    assert await harness.ledger.find_duplicate(stranger, "same", PLAIN) is None
    for _ in range(5):
        again = await harness.send(parent=first, photo="same")
        assert (again.charged, again.parent) == (False, first.id)
        await harness.deliver(again)
    duplicate = await harness.ledger.find_duplicate(ANA, "same", PLAIN)
    assert duplicate is not None
    assert duplicate.id == first.id  # the one whose result was made
    assert (await harness.quota()).used == 1


async def test_repeated_photo_renews_the_adjustment_time(harness: Harness, clock: Clock) -> None:
    first = await harness.send(photo="same")
    await harness.deliver(first)
    await harness.send(Options(strength=0.9), parent=first)
    clock.wait(hours=2)
    with pytest.raises(TooManyAdjustments):
        await harness.send(Options(strength=0.8), parent=first)
    again = await harness.send(parent=first, photo="same")
    with pytest.raises(TooManyAdjustments):
        await harness.send(Options(strength=0.8), parent=first)  # it is not answered yet
    await harness.deliver(again)
    await harness.send(Options(strength=0.8), parent=again)
    with pytest.raises(TooManyAdjustments):  # two of one photo, however often it is sent
        await harness.send(Options(strength=0.7), parent=again)


async def test_an_adjustment_runs_under_the_photos_plan(harness: Harness, clock: Clock) -> None:
    free = await harness.send()
    await harness.deliver(free)
    await harness.give("premium")
    with pytest.raises(SizeNotInPlan):
        await harness.send(Options(upscale=2), parent=free)
    paid = await harness.send()
    await harness.deliver(paid)
    assert (await harness.send(Options(upscale=2), parent=paid)).plan == "premium"
    clock.wait(minutes=30)
    with pytest.raises(ModelNotInPlan):
        await harness.send(Options(model="gfpgan"), parent=free)


async def test_quota_names_the_plan_its_end_and_the_renewal(harness: Harness, clock: Clock) -> None:
    await harness.give("premium")
    quota = await harness.quota()
    assert (quota.plan, quota.plan_ends) == ("premium", clock.now + timedelta(days=10))
    assert quota.renews_at == clock.now + timedelta(hours=12)
