"""Groups have settings and a daily limit, which is exact whoever asks and however many ask at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from magicmemory.core.errors import GroupQuotaUsedUp
from magicmemory.core.groups import GroupSettings, WhoMayAsk
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import PlanLimits, Plans
from magicmemory.core.report import Failure
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.groups import Groups
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
GROUP, LIMIT = "-100", 3


def allowance() -> Allowance:
    plans = Plans(free=PlanLimits(photos_per_day=2), paid={})
    return Allowance(ZoneInfo("UTC"), plans, adjustments=3, adjustment_minutes=60)


class Asks:
    """People who ask in the group."""

    def __init__(self, database: Database, now: datetime = NOW) -> None:
        self.ledger = Ledger(database, allowance(), lambda: now)

    async def ask(self, account: int, message: int, *, group: str | None = GROUP) -> str:
        """The new job's id; empty: refused."""
        sender = Sender(platform=Platform.TELEGRAM, account=str(account))
        address = Address(platform=Platform.TELEGRAM, chat=group or str(account), message=f"{account}{message}")
        try:
            made = await self.ledger.reserve(sender, address, Options(), group=group, group_limit=LIMIT)
        except GroupQuotaUsedUp:
            return ""
        return made.job.id


async def test_settings_are_kept_by_group(database: Database) -> None:
    groups = Groups(database)
    assert await groups.settings(Platform.TELEGRAM, GROUP) == GroupSettings()
    await groups.choose(Platform.TELEGRAM, GROUP, who=WhoMayAsk.ADMINISTRATORS)
    await groups.choose(Platform.TELEGRAM, GROUP, photos_per_day=5)
    assert await groups.settings(Platform.TELEGRAM, GROUP) == GroupSettings(
        who=WhoMayAsk.ADMINISTRATORS, photos_per_day=5
    )
    assert await groups.settings(Platform.DISCORD, GROUP) == GroupSettings()
    await Ledger(database, allowance()).move_chat(Platform.TELEGRAM, GROUP, "-200", {})
    assert (await groups.settings(Platform.TELEGRAM, "-200")).photos_per_day == 5


async def test_a_group_gets_exactly_its_limit(database: Database) -> None:
    asks = Asks(database)
    made = await asyncio.gather(*(asks.ask(account, 1) for account in range(12)))
    assert len([job for job in made if job]) == LIMIT
    # Photos elsewhere do not count, nor do those that were given back.
    assert await asks.ask(20, 1, group=None)
    assert await asks.ask(20, 2, group="-999")
    await asks.ledger.refund_quota(next(job for job in made if job), Failure(key="internal-error"))
    assert await asks.ask(21, 1)
    assert not await asks.ask(22, 1)
    assert await Asks(database, NOW + timedelta(days=1)).ask(22, 2)


async def test_a_moved_groups_photos_still_count(database: Database) -> None:
    asks = Asks(database)
    for account in range(LIMIT):
        assert await asks.ask(account, 1)
    await asks.ledger.move_chat(Platform.TELEGRAM, GROUP, "-200", {})
    assert not await asks.ask(9, 1, group="-200")


async def test_the_group_is_forgotten_after_two_days(database: Database, tmp_path: Path) -> None:
    assert await Asks(database).ask(1, 1)
    for days, kept in ((1, True), (3, False)):
        later = NOW + timedelta(days=days)
        await Erasure(database, PhotoStore(str(tmp_path)), allowance(), lambda now=later: now).tidy()  # type: ignore[misc]
        async with database.read() as connection:
            found = (await connection.exec_driver_sql("SELECT group_chat FROM jobs")).scalar_one()
        assert bool(found) is kept
