"""Deletion removes jobs and preferences at once, and the account when nothing depends on it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from magicmemory.core.errors import Banned, CodeRedeemed, CodeUnknown, NoFaceFound, PhotoExpired, QuotaUsedUp
from magicmemory.core.job import Address, Job, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import PREMIUM, Plan, PlanLimits, Plans
from magicmemory.core.preferences import Preferences
from magicmemory.core.report import Failure, Report
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.people import People, lock_user
from magicmemory.storage.photos import PhotoStore, mask, original, result
from magicmemory.storage.quota import Allowance
from magicmemory.storage.tables import guesses, jobs, users

ANA = Sender(platform=Platform.TELEGRAM, account="700700700", language="pt-br")
PLANS = Plans(free=PlanLimits(photos_per_day=1), paid={PREMIUM: Plan(days=30)})
REPORT = Report(width=1, height=1, faces=(), model="lite", detector="mtcnn", stages_ms={}, total_ms=2)


class Harness:
    """All of the storage, with a clock that a test sets."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.database = database
        allowance = Allowance(ZoneInfo("UTC"), PLANS, 5, 60)
        self.photos = PhotoStore(str(folder))
        self.ledger = Ledger(database, allowance, self.clock)
        self.grants = Grants(database, PLANS, self.clock)
        self.codes = Codes(database, b"key", self.clock)
        self.people = People(database)
        self.erasure = Erasure(database, self.photos, allowance, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def send(self, message: str = "1") -> Job:
        address = Address(platform=Platform.TELEGRAM, chat="700700700", message=message, thread="5")
        job = (await self.ledger.reserve(ANA, address, Options(), photo="ab" * 32, context={"progress": "12"})).job
        await self.photos.put(original(job.id), b"photo")
        return job

    async def restored(self, message: str = "1") -> Job:
        job = await self.send(message)
        await self.photos.put(result(job.id), b"restored")
        await self.photos.put(mask(job.id), b"damage")
        assert await self.ledger.settle(Outcome(job=job.id, report=REPORT, extension="jpg"), {"reply": "13"})
        return job

    async def accounts(self) -> list[str]:
        async with self.database.read() as connection:
            return list(await connection.scalars(select(users.c.account).order_by(users.c.id)))

    async def rows(self) -> list[dict[str, Any]]:
        async with self.database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(select(jobs).order_by(jobs.c.created_at))]


@pytest.fixture
async def harness(database_url: str, tmp_path: Path) -> AsyncIterator[Harness]:
    async with Database(database_url) as database:
        yield Harness(database, tmp_path)


async def test_jobs_and_preferences_are_deleted_at_once(harness: Harness) -> None:
    job = await harness.restored()
    await harness.people.choose(ANA, strength=0.5, language="pt")
    await harness.erasure.forget(ANA)
    for name in (original(job.id), result(job.id), mask(job.id)):
        with pytest.raises(PhotoExpired):
            await harness.photos.get(name)
    assert await harness.people.preferences(ANA) == Preferences()
    (row,) = await harness.rows()
    assert (row["chat"], row["message"], row["thread"], row["language"]) == ("", job.id, "", "")
    assert (row["context"], row["report"], row["failure"], row["photo"]) == ({}, None, None, None)
    assert (row["state"], row["charged"], row["extension"]) == ("delivered", True, "jpg")


async def test_deletion_gives_no_second_free_photo(harness: Harness) -> None:
    await harness.restored()
    await harness.erasure.forget(ANA)
    assert await harness.erasure.tidy() == 0
    with pytest.raises(QuotaUsedUp):
        await harness.send("2")
    harness.now += timedelta(hours=12)
    assert await harness.erasure.tidy() == 1
    assert await harness.erasure.tidy() == 0
    (account,) = await harness.accounts()
    assert account.startswith("erased-")
    async with harness.database.read() as connection:
        assert ANA.account not in str((await connection.execute(select(jobs))).all())
    await harness.send("2")
    assert len(await harness.accounts()) == 2


async def test_returning_person_keeps_the_account(harness: Harness) -> None:
    await harness.restored()
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=1)
    await harness.restored("2")
    harness.now += timedelta(days=1)
    assert await harness.erasure.tidy() == 0
    await harness.erasure.forget(ANA)
    await harness.people.choose(ANA, strength=0.5)
    assert await harness.erasure.tidy() == 0
    assert (await harness.people.preferences(ANA)).strength == 0.5


async def test_pending_reply_holds_the_account(harness: Harness) -> None:
    job = await harness.send()
    await harness.ledger.refund_quota(job.id, Failure.of(NoFaceFound()))
    await harness.erasure.forget(ANA)
    owed = await harness.ledger.job(job.id)
    assert owed is not None
    assert owed.address.chat == ANA.account
    with pytest.raises(PhotoExpired):
        await harness.photos.get(original(job.id))
    harness.now += timedelta(days=1)
    assert await harness.erasure.tidy() == 0
    await harness.ledger.replied(job.id, {"reply": "14"})
    assert await harness.erasure.tidy() == 1
    (row,) = await harness.rows()
    assert (row["chat"], row["context"], row["failure"]) == ("", {}, None)


async def test_bought_time_and_photos_hold_the_account(harness: Harness) -> None:
    await harness.restored()
    await harness.grants.give(ANA, PLANS.paid[PREMIUM], days=30)
    await harness.grants.give(ANA, PLANS.paid[PREMIUM], credits=1)
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=29)
    assert await harness.erasure.tidy() == 0
    harness.now += timedelta(days=2)
    assert await harness.erasure.tidy() == 0  # the photo is not used
    photos = next(grant for grant in await harness.grants.of(ANA) if grant.credits)
    assert await harness.grants.withdraw_by_id(photos.id)
    assert await harness.erasure.tidy() == 1


async def test_future_entitlement_holds_the_account(harness: Harness) -> None:
    begins = harness.now + timedelta(days=5)
    await harness.grants.entitle(ANA, PLANS.paid[PREMIUM], "e1", begins, begins + timedelta(days=1))
    await harness.erasure.forget(ANA)
    assert await harness.erasure.tidy() == 0
    harness.now += timedelta(days=7)
    assert await harness.erasure.tidy() == 1


async def test_expired_entitlement_creates_no_account_but_a_renewed_one_does(harness: Harness) -> None:
    plan, began = PLANS.paid[PREMIUM], harness.now
    await harness.grants.entitle(ANA, plan, "e1", began, began + timedelta(days=30))
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=31)
    assert await harness.erasure.tidy() == 1
    await harness.grants.entitle(ANA, plan, "e1", began, began + timedelta(days=30))
    assert ANA.account not in await harness.accounts()
    await harness.grants.entitle(ANA, plan, "e1", began, began + timedelta(days=60))
    assert (await harness.ledger.quota(ANA)).plan == PREMIUM
    assert len(await harness.grants.of(ANA)) == 1


async def test_deletion_does_not_end_a_ban(harness: Harness) -> None:
    await harness.people.ban(ANA, banned=True, reason="spam")
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=400)
    assert await harness.erasure.tidy() == 0
    with pytest.raises(Banned):
        await harness.send()


async def test_deletion_gives_no_second_use_of_a_code(harness: Harness) -> None:
    terms = CodeSpec(CodeKind.UNLOCK, plan=PREMIUM, days=1, uses=3, expires_at=harness.now + timedelta(days=10))
    ((_, code),) = await harness.codes.create(terms, word="RESTORE40", weak=True)
    await harness.codes.redeem(ANA, "1", code)
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=5)
    assert await harness.erasure.tidy() == 0
    with pytest.raises(CodeRedeemed):
        await harness.codes.redeem(ANA, "1", code)
    harness.now += timedelta(days=6)
    assert await harness.erasure.tidy() == 1


async def test_used_up_code_does_not_hold_the_account(harness: Harness) -> None:
    ((_, code),) = await harness.codes.create(CodeSpec(CodeKind.UNLOCK, plan=PREMIUM, days=1, uses=1))
    await harness.codes.redeem(ANA, "1", code)
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=2)
    assert await harness.erasure.tidy() == 1


async def test_deletion_keeps_the_throttle_and_old_tries_are_deleted(harness: Harness) -> None:
    for _ in range(5):
        with pytest.raises(CodeUnknown):
            await harness.codes.redeem(ANA, ANA.account, "WRONG1")
    await harness.erasure.forget(ANA)
    assert await harness.erasure.tidy() == 0
    harness.now += timedelta(hours=25)
    assert await harness.erasure.tidy() == 1
    async with harness.database.read() as connection:
        assert (await connection.execute(select(guesses))).all() == []


async def test_unknown_person_can_be_forgotten(harness: Harness) -> None:
    await harness.erasure.forget(ANA)
    assert await harness.accounts() == []
    assert await harness.erasure.tidy() == 0


async def test_person_returning_during_erasure_gets_a_new_account(harness: Harness) -> None:
    """A transaction that waited for the row must notice that its account was erased."""
    await harness.restored()
    await harness.erasure.forget(ANA)
    harness.now += timedelta(days=1)

    async def came_back() -> int:
        async with harness.database.write() as transaction:
            return (await lock_user(transaction, ANA, harness.now)).id

    if harness.database.sqlite:
        assert await harness.erasure.tidy() == 1
        assert await came_back() == 2
        return
    async with harness.database.write() as transaction:
        locked = select(users.c.id).where(users.c.account == ANA.account).with_for_update()
        user = await transaction.scalar(locked)
        waiting = asyncio.create_task(came_back())
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await transaction.execute(users.update().where(users.c.id == user).values(account="erased-1"))
    assert await waiting != user
    assert sorted(await harness.accounts()) == sorted([ANA.account, "erased-1"])
