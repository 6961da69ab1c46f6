"""A process killed before its commit leaves nothing half done, and the action can be repeated."""

import signal
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from magicmemory.core.errors import CodeRedeemed, NothingToCancel
from magicmemory.core.job import Sender
from magicmemory.storage.database import Database
from magicmemory.storage.tables import metadata
from tests.support import forked, killed_transactions
from tests.support.killed_transactions import ANA, BEN

# Whose quota it changes, and how many photos of which plan they have then (0: as many as they like).
THEN: dict[str, tuple[Sender, int, str]] = {
    "reserve": (ANA, 0, ""),
    "settle": (ANA, 1, ""),
    "refund the quota": (ANA, 2, ""),
    "cancel": (ANA, 2, ""),
    "forget": (ANA, 1, ""),
    "redeem": (ANA, 1, "premium"),
    "invoice": (ANA, 1, ""),
    "paid": (ANA, 1, "premium"),
    "refund": (BEN, 3, ""),
    "gift": (ANA, 1, "premium"),
    "entitle": (ANA, 1, "premium"),
}
EACH_TIME_ANEW = {"gift", "invoice", "forget"}  # forgetting notes when it was asked for


async def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables."""
    async with database.read() as connection:
        return {
            table.name: sorted(map(str, await connection.execute(select(table)))) for table in metadata.sorted_tables
        }


@pytest.mark.processes
@pytest.mark.parametrize("action", THEN)
async def test_process_killed_before_the_commit_changes_nothing(database_url: str, tmp_path: Path, action: str) -> None:
    async with Database(database_url) as database:
        harness = killed_transactions.Harness(database, tmp_path)
        prepared = await harness.prepare()
        before = await everything(database)
        killed = forked.start(killed_transactions.die_before_the_commit, database_url, tmp_path, action, prepared)
        assert await forked.ended(killed) == -signal.SIGKILL
        assert await everything(database) == before

        do = harness.actions(prepared)[action]
        await do()
        after = await everything(database)
        assert after != before
        sender, left, plan = THEN[action]
        quota = await harness.ledger.quota(sender)
        assert (quota.left, quota.plan) == (left, plan)

        if action not in EACH_TIME_ANEW:
            with suppress(CodeRedeemed, NothingToCancel):
                await do()
            # That somebody tried a code, with no wrong try so far, may be noted anew.
            assert {**await everything(database), "guesses": []} == {**after, "guesses": []}
