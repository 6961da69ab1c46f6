"""Statistics are right by day in the operator's time zone and by platform, erased people included."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.errors import NoFaceFound, PhotoTooLarge
from magicmemory.core.job import Address, Job, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import Plan, PlanLimits, Plans
from magicmemory.core.report import Face, Failure, Report
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.statistics import ERASED, Statistics

BERLIN = ZoneInfo("Europe/Berlin")
ANA = Sender(platform=Platform.TELEGRAM, account="1")
BEN = Sender(platform=Platform.DISCORD, account="2")
PLANS = Plans(free=PlanLimits(photos_per_day=100), paid={"premium": Plan(days=30, stars=100)})
FACE = Face(box=(1, 2, 30, 40), landmarks=((9, 9), (20, 9), (15, 15), (10, 25), (20, 25)), score=0.99, restored=True)
REPORT = Report(width=1, height=1, faces=(FACE, FACE), model="lite", detector="mtcnn", stages_ms={}, total_ms=2)


class Harness:
    """A ledger whose clock a test sets."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        allowance = Allowance(BERLIN, PLANS, 5, 60)
        self.ledger = Ledger(database, allowance, lambda: self.now)
        self.erasure = Erasure(database, PhotoStore(str(folder)), allowance, lambda: self.now)
        self.payments = Payments(database, PLANS, lambda: self.now)
        self.statistics = Statistics(database, BERLIN, lambda: self.now)
        self._messages = 0

    async def send(self, sender: Sender) -> Job:
        self._messages += 1
        address = Address(platform=sender.platform, chat="1", message=str(self._messages))
        return (await self.ledger.reserve(sender, address, Options())).job

    async def restored(self, sender: Sender, took_s: float) -> None:
        job = await self.send(sender)
        began = self.now
        self.now += timedelta(seconds=took_s)
        assert await self.ledger.settle(Outcome(job=job.id, report=REPORT, extension="jpg"), {})
        self.now = began

    async def failed(self, sender: Sender, failure: Failure) -> None:
        job = await self.send(sender)
        assert await self.ledger.refund_quota(job.id, failure)
        assert await self.ledger.replied(job.id, {})

    async def pays(self, sender: Sender, charge: str) -> None:
        invoice = await self.payments.invoice(sender, "premium")
        assert await self.payments.paid(sender, invoice.id, charge, "XTR", 100)


@pytest.fixture
async def harness(database_url: str, tmp_path: Path) -> AsyncIterator[Harness]:
    async with Database(database_url) as database:
        yield Harness(database, tmp_path)


async def test_statistics_of_an_empty_day_are_zero(harness: Harness) -> None:
    stats = await harness.statistics.today()
    assert (stats.photos, stats.people, stats.faces, stats.p95_s) == (0, 0, 0, None)
    assert (stats.failures, stats.paid, stats.refunded) == ({}, {}, {})


async def test_statistics_count_everything(harness: Harness) -> None:
    for number in range(20):
        await harness.restored(ANA, took_s=number + 1)
    await harness.failed(ANA, Failure.of(NoFaceFound()))
    await harness.failed(BEN, Failure.of(NoFaceFound()))
    await harness.failed(BEN, Failure.of(PhotoTooLarge(megapixels=90, limit_megapixels=64)))
    await harness.send(ANA)
    await harness.ledger.cancel(ANA)
    await harness.send(BEN)
    stats = await harness.statistics.today()
    assert (stats.people, stats.newcomers) == (2, 2)
    assert (stats.photos, stats.delivered, stats.failed, stats.cancelled, stats.waiting) == (25, 20, 3, 1, 1)
    assert stats.faces == 40
    assert stats.p95_s == pytest.approx(19)
    assert list(stats.failures.items()) == [("no-face-found", 2), ("photo-too-large", 1)]
    here = await harness.statistics.today(Platform.DISCORD)
    assert (here.people, here.photos, here.failed, here.waiting, here.faces) == (1, 3, 2, 1, 0)


async def test_money_is_counted_when_it_moves(harness: Harness) -> None:
    await harness.pays(ANA, "a")
    await harness.pays(ANA, "b")
    harness.now += timedelta(days=1)
    assert await harness.payments.refund(Platform.TELEGRAM, "a")
    today, week = await harness.statistics.today(), await harness.statistics.week()
    assert (today.paid, today.refunded) == ({}, {"XTR": 100})
    assert (week.paid, week.refunded) == ({"XTR": 200}, {"XTR": 100})
    assert (await harness.statistics.week(Platform.DISCORD)).paid == {}


async def test_statistics_day_begins_at_midnight_in_the_operators_time_zone(harness: Harness) -> None:
    harness.now = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)
    await harness.restored(ANA, took_s=1)
    assert (await harness.statistics.today()).photos == 1
    harness.now += timedelta(minutes=1)
    assert (await harness.statistics.today()).photos == 0
    assert (await harness.statistics.week()).photos == 1
    harness.now += timedelta(days=6)
    assert (await harness.statistics.week()).photos == 0


async def test_erased_people_are_still_counted(harness: Harness) -> None:
    await harness.restored(ANA, took_s=3)
    await harness.failed(ANA, Failure.of(NoFaceFound()))
    await harness.erasure.forget(ANA)
    stats = await harness.statistics.today()
    assert (stats.people, stats.delivered, stats.faces) == (1, 1, 2)
    assert stats.p95_s == pytest.approx(3)
    assert stats.failures == {ERASED: 1}
