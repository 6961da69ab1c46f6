"""500 concurrent requests from four processes get exactly what is available."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select

from magicmemory.core.job import Platform, Sender
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.tables import grants, jobs, redemptions
from tests.support import forked, storage_load

pytestmark = pytest.mark.processes

PROCESSES = 4
REQUESTS = 500


def ask_at_once(database_url: str, people: int, code: str = "") -> Counter[str]:
    """What became of the requests."""
    share = REQUESTS // PROCESSES
    pipes, processes = [], []
    for first in range(0, REQUESTS, share):
        ours, theirs = forked.Pipe()
        asked = range(first, first + share)
        processes.append(forked.start(storage_load.ask_at_once, theirs, database_url, asked, people, code))
        theirs.close()
        pipes.append(ours)
    try:
        for pipe in pipes:
            assert pipe.recv() == "ready"
        for pipe in pipes:
            pipe.send("go")
        return sum((pipe.recv() for pipe in pipes), Counter())
    finally:
        for pipe, process in zip(pipes, processes, strict=True):
            pipe.close()
            process.join()
            process.close()


@pytest.mark.parametrize("people", [1, 100])
async def test_each_person_gets_exactly_one_free_photo(database_url: str, people: int) -> None:
    async with Database(database_url) as database:
        answers = await asyncio.to_thread(ask_at_once, database_url, people)
        assert answers == {"accepted": people, "QuotaUsedUp": REQUESTS - people}
        async with database.read() as connection:
            counted = await connection.execute(select(func.count(jobs.c.id)).group_by(jobs.c.user_id))
            assert list(counted.scalars()) == [1] * people
        sender = Sender(platform=Platform.TELEGRAM, account="0")
        assert (await Ledger(database, storage_load.ALLOWANCE).quota(sender)).used == 1


async def test_code_is_redeemed_up_to_its_uses(database_url: str) -> None:
    people, uses = 250, 100
    async with Database(database_url) as database:
        ((_, code),) = await Codes(database, storage_load.KEY).create(
            CodeSpec(CodeKind.UNLOCK, "premium", days=1, uses=uses)
        )
        answers = await asyncio.to_thread(ask_at_once, database_url, people, code)
        assert answers["accepted"] == uses
        assert set(answers) == {"accepted", "CodeRedeemed", "CodeUsedUp"}
        assert answers.total() == REQUESTS
        async with database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(redemptions)) == uses
            assert await connection.scalar(select(func.count(grants.c.user_id.distinct()))) == uses
            assert await connection.scalar(select(func.count()).select_from(grants)) == uses
