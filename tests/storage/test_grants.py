"""A person's plan follows from their grants: granted days run one after another, entitlements keep their dates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.job import Address, Platform, Quota, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.core.report import Failure
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grant, Grants, Source, schedule_grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.quota import Allowance
from tests.storage.conftest import Clock

ANA = Sender(platform=Platform.DISCORD, account="7")
PLANS = make_plans(
    {"plans": {"basic": {"days": 10}, "pack": {"credits": 2}, "best": {"days": 10, "photos_per_day": 0}}},
    free_per_day=1,
    fair_use_per_day=5,
    head_start_s=0,
)
BASIC, PACK, BEST = (PLANS.paid[name] for name in ("basic", "pack", "best"))
START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def days(number: int, at: float, *, withdrawn: bool = False) -> Grant:
    ended = day(at) if withdrawn else None
    return Grant(f"{number} from {at}", "basic", Source.GIFT, "", day(at), days=number, withdrawn_at=ended)


def shop(at: float, until: float | None) -> Grant:
    ends_at = None if until is None else day(until)
    return Grant(f"shop from {at}", "basic", Source.ENTITLEMENT, "", day(at), ends_at=ends_at)


@pytest.mark.parametrize(
    ("given", "laid"),
    [
        ([], []),
        ([days(3, at=0)], [(0, 3)]),
        ([days(3, at=0), days(2, at=1)], [(0, 3), (3, 5)]),
        ([days(2, at=1), days(3, at=0)], [(0, 3), (3, 5)]),  # as they were given, not as they are listed
        ([days(3, at=0), days(2, at=10)], [(0, 3), (10, 12)]),
        ([days(3, at=0, withdrawn=True), days(2, at=1)], [(1, 3)]),
        ([shop(0, 5)], [(0, 5)]),
        ([shop(0, 5), days(2, at=1)], [(0, 5), (5, 7)]),
        ([days(2, at=0), shop(0, 5)], [(0, 5), (5, 7)]),
        ([days(5, at=0), shop(2, 4)], [(0, 2), (2, 4), (4, 7)]),  # the shop's days interrupt the gift's
        ([days(5, at=0), days(1, at=0.5), shop(2, 4)], [(0, 2), (2, 4), (4, 7), (7, 8)]),
        ([days(5, at=0), shop(2, 4), shop(3, 6), shop(7, 8)], [(0, 2), (2, 4), (3, 6), (6, 7), (7, 8), (8, 10)]),
        ([shop(2, None), days(5, at=0)], [(0, 2), (2, None)]),  # nobody knows yet when the rest goes on
        ([shop(2, None), days(5, at=3), days(1, at=4)], [(2, None)]),
        ([shop(3, 1), days(5, at=0)], [(0, 5)]),  # an end before its start is no time at all
    ],
)
def test_granted_days_run_one_after_another_around_entitlements(
    given: list[Grant], laid: list[tuple[int, int | None]]
) -> None:
    expected = [(day(start), None if end is None else day(end)) for start, end in laid]
    assert [(interval.start, interval.end) for interval in schedule_grants(given)] == expected


@pytest.mark.parametrize(
    ("sold", "until"),
    [
        ([(0, 10), (2, 4)], 10),  # inside the first
        ([(0, 4), (2, 10)], 10),
        ([(0, 4), (4, 10)], 10),
        ([(0, 4), (5, 10)], 4),  # after a gap
        ([(0, 4), (4, None)], None),
        ([(0, 4), (5, None)], 4),
        ([(0, None), (2, 4)], None),
    ],
)
async def test_a_plan_ends_with_the_last_interval_without_a_gap(
    harness: "Harness", clock: Clock, sold: list[tuple[int, int | None]], until: int | None
) -> None:
    begun = clock.now

    def at(number: int | None) -> datetime | None:
        return None if number is None else begun + timedelta(days=number)

    for number, (start, end) in enumerate(sold):
        await harness.grants.entitle(ANA, BASIC, str(number), at(start), at(end))
    clock.wait(hours=1)
    assert (await harness.quota()).plan == "basic"
    assert (await harness.quota()).plan_ends == at(until)


class Harness:
    """Grants and the ledger that lives on them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.grants = Grants(database, PLANS, clock)
        self.ledger = Ledger(database, Allowance(ZoneInfo("UTC"), PLANS, 5, 60), clock)
        self.sent = 0

    async def quota(self) -> Quota:
        return await self.ledger.quota(ANA)

    async def send(self) -> str:
        self.sent += 1
        address = Address(platform=Platform.DISCORD, chat="1", message=str(self.sent))
        return (await self.ledger.reserve(ANA, address, Options())).job.id


@pytest.fixture
def harness(database: Database, clock: Clock) -> Harness:
    return Harness(database, clock)


async def test_gifts_extend_one_another(harness: Harness, clock: Clock) -> None:
    await harness.grants.give(ANA, BASIC)
    clock.wait(days=4)
    await harness.grants.give(ANA, BASIC, days=3)
    quota = await harness.quota()
    assert (quota.plan, quota.plan_ends) == ("basic", clock.now + timedelta(days=6 + 3))
    clock.wait(days=9, seconds=-1)
    assert (await harness.quota()).plan == "basic"
    clock.wait(seconds=1)
    quota = await harness.quota()
    assert (quota.plan, quota.plan_ends, quota.limit) == ("", None, 1)


async def test_better_plan_runs_first_and_the_other_follows(harness: Harness, clock: Clock) -> None:
    await harness.grants.give(ANA, BASIC, days=30)
    await harness.grants.give(ANA, BEST, days=2)
    quota = await harness.quota()
    assert (quota.plan, quota.unlimited, quota.plan_ends) == ("best", True, clock.now + timedelta(days=2))
    clock.wait(days=2)
    quota = await harness.quota()
    assert (quota.plan, quota.plan_ends) == ("basic", clock.now + timedelta(days=28))


async def test_oldest_credits_are_used_first_and_refunded_on_failure(harness: Harness, clock: Clock) -> None:
    await harness.grants.give(ANA, PACK, credits=1)
    clock.wait(hours=1)
    await harness.grants.give(ANA, PACK)
    await harness.send()  # the free one
    job = await harness.send()
    older, newer = await harness.grants.of(ANA)
    assert [(left.grant.id, left.left) for left in (await harness.grants.entitlement(ANA)).credits] == [(newer.id, 2)]
    await harness.ledger.refund_quota(job, Failure(key="no-face-found"))
    left = (await harness.grants.entitlement(ANA)).credits
    assert [(one.grant.id, one.left) for one in left] == [(older.id, 1), (newer.id, 2)]


async def test_repeated_entitlement_is_updated(harness: Harness, clock: Clock) -> None:
    month = clock.now + timedelta(days=30)
    assert await harness.grants.entitle(ANA, BASIC, "e1", clock.now, month)
    assert not await harness.grants.entitle(ANA, BASIC, "e1", clock.now, month)
    assert len(await harness.grants.of(ANA)) == 1
    assert (await harness.quota()).plan_ends == month
    # Renewed, then cancelled with the rest of the month left, then refunded.
    assert not await harness.grants.entitle(ANA, BASIC, "e1", clock.now, None)
    quota = await harness.quota()
    assert (quota.plan, quota.plan_ends) == ("basic", None)
    assert not await harness.grants.entitle(ANA, BASIC, "e1", clock.now, month)
    assert (await harness.quota()).plan_ends == month
    assert await harness.grants.withdraw(Source.ENTITLEMENT, "e1")
    assert not await harness.grants.withdraw(Source.ENTITLEMENT, "e1")
    assert (await harness.quota()).plan == ""


async def test_photos_bought_in_a_shop_are_granted_once(harness: Harness, clock: Clock) -> None:
    for _ in range(3):
        await harness.grants.entitle(ANA, PACK, "e2", None, clock.now + timedelta(days=1))
    assert (await harness.quota()).credits == 2
    clock.wait(days=2)
    assert (await harness.quota()).credits == 2  # whatever the dates
    await harness.grants.withdraw(Source.ENTITLEMENT, "e2")
    await harness.grants.entitle(ANA, PACK, "e2", None, None)
    assert (await harness.quota()).credits == 0


async def test_gift_can_be_withdrawn(harness: Harness, clock: Clock) -> None:
    await harness.grants.give(ANA, BEST)
    (gift,) = await harness.grants.of(ANA)
    assert await harness.grants.withdraw_by_id(gift.id)
    assert not await harness.grants.withdraw_by_id(gift.id)
    assert (await harness.quota()).plan == ""
    (kept,) = await harness.grants.of(ANA)
    assert (kept.source, kept.withdrawn_at) == (Source.GIFT, clock.now)


async def test_removed_plan_counts_as_premium(harness: Harness, database: Database, clock: Clock) -> None:
    await harness.grants.give(ANA, BEST)
    now = make_plans({}, free_per_day=1, fair_use_per_day=7, head_start_s=0)
    quota = await Ledger(database, Allowance(ZoneInfo("UTC"), now, 5, 60), clock).quota(ANA)
    assert (quota.plan, quota.limit) == ("best", 7)
