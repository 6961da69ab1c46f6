"""Failed photos cost nothing, but a person with too many of them has to wait."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from magicmemory.core.errors import InternalError, NoFaceFound, TooManyFailures, UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import Plans
from magicmemory.core.report import Failure
from magicmemory.core.settings import load
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.failed_attempts import PEOPLE_PER_NETWORK
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.tables import jobs
from tests.storage.test_ledger import Clock

ANA = Sender(platform=Platform.PLAYGROUND, account="ana")
HERE, THERE = "a" * 32, "b" * 32


@dataclass
class Attempts:
    ledger: Ledger
    clock: Clock
    sent: int = 0

    async def fail(self, sender: Sender = ANA, network: str | None = None, error: UserError | None = None) -> None:
        self.sent += 1
        address = Address(platform=sender.platform, chat="1", message=str(self.sent))
        reservation = await self.ledger.reserve(sender, address, Options(), network=network)
        await self.ledger.refund_quota(reservation.job.id, Failure.of(error or NoFaceFound()))
        await self.ledger.replied(reservation.job.id, {})

    async def wait_s(self, sender: Sender = ANA, network: str | None = None) -> float:
        with pytest.raises(TooManyFailures) as refused:
            await self.fail(sender, network)
        return float(refused.value.parameters["wait_in_s"])


async def attempts(url: str) -> tuple[Database, Attempts]:
    database = Database(url)
    clock = Clock()
    allowance = Allowance(load().zone, Plans(), 5, 60, failures_per_hour=3)
    return database, Attempts(Ledger(database, allowance, clock), clock)


async def test_a_person_has_to_wait_longer_each_time(database_url: str) -> None:
    opened, tries = await attempts(database_url)
    async with opened:
        for _ in range(3):
            await tries.fail()
        waits = []
        for _ in range(8):
            waits.append(await tries.wait_s())
            tries.clock.now += timedelta(seconds=waits[-1] - 1)
            assert await tries.wait_s() == 1
            tries.clock.now += timedelta(seconds=1)
            await tries.fail()
        assert waits == [10, 20, 40, 80, 160, 320, 600, 600]
        await tries.fail(ANA.model_copy(update={"account": "ben"}))  # nobody else has to wait
        tries.clock.now += timedelta(hours=1, seconds=1)
        await tries.fail()


async def test_a_new_person_at_the_same_address_has_to_wait_too(database_url: str) -> None:
    opened, tries = await attempts(database_url)
    async with opened:
        people = [ANA.model_copy(update={"account": str(number)}) for number in range(20)]
        for person in people[: 3 * PEOPLE_PER_NETWORK]:
            await tries.fail(person, HERE)
        assert await tries.wait_s(people[-1], HERE) == 10
        await tries.fail(people[-1], THERE)
        await tries.fail(people[-2])


async def test_our_own_failures_do_not_count(database_url: str) -> None:
    opened, tries = await attempts(database_url)
    async with opened:
        for _ in range(6):
            await tries.fail(error=InternalError())


async def test_a_clock_set_back_locks_nobody(database_url: str) -> None:
    opened, tries = await attempts(database_url)
    async with opened:
        for _ in range(4):
            tries.clock.now += timedelta(seconds=11)
            await tries.fail()
        tries.clock.now -= timedelta(days=1)
        await tries.fail()


async def test_addresses_are_forgotten_after_two_days(database_url: str, tmp_path: Path) -> None:
    opened, tries = await attempts(database_url)
    async with opened:
        await tries.fail(network=HERE)
        tries.clock.now += timedelta(days=2, seconds=1)
        await tries.fail(network=THERE)
        erasure = Erasure(opened, PhotoStore(str(tmp_path)), Allowance(load().zone, Plans(), 5, 60), tries.clock)
        await erasure.tidy()
        async with opened.read() as connection:
            kept = list(await connection.scalars(select(jobs.c.network).order_by(jobs.c.created_at)))
        assert kept == [None, THERE]
