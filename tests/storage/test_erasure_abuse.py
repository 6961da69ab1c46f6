"""Erasure gives no advantage and takes nothing away. Two people do the same, and one deletes their data at random
times: both always have the same quota and permissions.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from magicmemory.core.errors import NoFaceFound, UserError
from magicmemory.core.job import Address, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import PREMIUM, Plan, PlanLimits, Plans
from magicmemory.core.report import Failure
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("MAGIC_TEST_EXAMPLES", "4"))
BERLIN = ZoneInfo("Europe/Berlin")  # whose clocks change within the time of an example
PLANS = Plans(free=PlanLimits(photos_per_day=2), paid={PREMIUM: Plan(days=30, photos_per_day=3)})

STEPS = st.one_of(
    st.sampled_from(["restored", "failed", "waiting", "cancel", "ban", "unban", "gift", "wrong"]),
    st.sampled_from(["forget", "tidy"]),
    st.tuples(st.just("redeem"), st.sampled_from(["rare", "common", "dated"])),
    st.tuples(st.just("later"), st.sampled_from([1, 5, 12, 25, 60])),
)


class Pair:
    """Two people who do the same; only the first deletes their data."""

    numbers = count(1)

    def __init__(self, database: Database, folder: Path) -> None:
        self.number = next(self.numbers)
        self.now = datetime(2026, 10, 23, 12, tzinfo=UTC)
        allowance = Allowance(BERLIN, PLANS, 5, 60)
        self.ledger = Ledger(database, allowance, self.clock)
        self.codes = Codes(database, b"key", self.clock)
        self.grants = Grants(database, PLANS, self.clock)
        self.people = People(database)
        self.erasure = Erasure(database, PhotoStore(str(folder)), allowance, self.clock)
        self.two = [Sender(platform=Platform.TELEGRAM, account=f"{self.number}{name}") for name in ("a", "b")]
        self.messages = 0

    def clock(self) -> datetime:
        return self.now

    async def begin(self) -> None:
        """Make the codes: one for exactly these two, one for many, and one that ends."""
        for word, uses, days in (("RARE", 2, None), ("COMMON", 100, None), ("DATED", 100, 2)):
            ends = self.now + timedelta(days=days) if days else None
            terms = CodeSpec(CodeKind.DISCOUNT, percent=40, uses=uses, expires_at=ends)
            if word == "RARE":
                terms = CodeSpec(CodeKind.UNLOCK, plan=PREMIUM, days=1, uses=uses)
            await self.codes.create(terms, word=f"{word}{self.number}", weak=True)

    async def do(self, step: str | tuple[str, str | int]) -> None:
        """One step of both people; both must be allowed the same and have the same afterwards."""
        what, how = step if isinstance(step, tuple) else (step, "")
        if what == "later":
            self.now += timedelta(hours=int(how))
        elif what == "forget":
            await self.erasure.forget(self.two[0])
        elif what == "tidy":
            await self.erasure.tidy()
        else:
            self.messages += 1
            first, second = [await self._does(sender, what, str(how)) for sender in self.two]
            assert first == second, step
        first_has, second_has = [await self.ledger.quota(sender) for sender in self.two]
        assert first_has == second_has, step

    async def _does(self, sender: Sender, what: str, how: str) -> str:
        """What came of it: `done`, or `refused`."""
        try:
            if what in ("restored", "failed", "waiting"):
                await self._sends(sender, what)
            elif what == "redeem":
                await self.codes.redeem(sender, sender.account, f"{how}{self.number}")
            elif what == "wrong":
                await self.codes.redeem(sender, sender.account, "NOSUCHCODE")
            elif what == "cancel":
                await self.ledger.cancel(sender)
            elif what == "gift":
                await self.grants.give(sender, PLANS.paid[PREMIUM], credits=1)
            else:
                await self.people.ban(sender, banned=what == "ban")
        except UserError:
            return "refused"
        return "done"

    async def _sends(self, sender: Sender, what: str) -> None:
        address = Address(platform=sender.platform, chat=sender.account, message=str(self.messages))
        job = (await self.ledger.reserve(sender, address, Options())).job
        if what == "restored":
            await self.ledger.settle(Outcome(job=job.id, extension="jpg"), {})
        elif what == "failed":
            await self.ledger.refund_quota(job.id, Failure.of(NoFaceFound()))
            await self.ledger.replied(job.id, {})


def test_deletion_never_allows_more_than_before(database_url: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_url)
        runner.run(database.__aenter__())

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize="MAGIC_TEST_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        )
        @example(["restored", "forget", "tidy", ("later", 25), "tidy", "restored"])
        @example([("redeem", "common"), "forget", "tidy", ("redeem", "common")])
        @example([("redeem", "rare"), "gift", "forget", ("later", 25), "tidy", "restored", "restored", "restored"])
        @given(st.lists(STEPS, min_size=20, max_size=40))
        def lives(steps: list[str | tuple[str, str | int]]) -> None:
            async def live() -> None:
                pair = Pair(database, tmp_path)
                await pair.begin()
                for step in steps:
                    await pair.do(step)

            runner.run(live())

        try:
            lives()
        finally:
            runner.run(database.__aexit__(None, None, None))
