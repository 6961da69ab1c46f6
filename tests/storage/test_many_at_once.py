"""500 concurrent requests from four processes get exactly what is available."""

import asyncio
import json
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import func, select

from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.tables import grants, jobs, redemptions
from tests.support import storage_load

pytestmark = pytest.mark.processes

PROCESSES = 4
REQUESTS = 500


async def ask_at_once(database_url: str, people: int, *code: str) -> Counter[str]:
    """What became of the requests."""
    share = str(REQUESTS // PROCESSES)
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", storage_load.__file__, database_url, str(number), share, str(people), *code),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    return sum((Counter(json.loads(answer)) for answer, _ in answers), Counter())


@pytest.mark.parametrize("people", [1, 100])
async def test_each_person_gets_exactly_one_free_photo(database_url: str, people: int) -> None:
    async with Database(database_url) as database:
        assert await ask_at_once(database_url, people) == {"accepted": people, "QuotaUsedUp": REQUESTS - people}
        async with database.read() as connection:
            counted = await connection.execute(select(func.count(jobs.c.id)).group_by(jobs.c.user_id))
            assert list(counted.scalars()) == [1] * people


async def test_code_is_redeemed_up_to_its_uses(database_url: str) -> None:
    people, uses = 250, 100
    async with Database(database_url) as database:
        ((_, code),) = await Codes(database, storage_load.KEY).create(
            CodeSpec(CodeKind.UNLOCK, "premium", days=1, uses=uses)
        )
        answers = await ask_at_once(database_url, people, code)
        assert answers["accepted"] == uses
        assert set(answers) == {"accepted", "CodeRedeemed", "CodeUsedUp"}
        assert answers.total() == REQUESTS
        async with database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(redemptions)) == uses
            assert await connection.scalar(select(func.count(grants.c.user_id.distinct()))) == uses
            assert await connection.scalar(select(func.count()).select_from(grants)) == uses
