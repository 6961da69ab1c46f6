"""The bot's process is killed: each request is still answered, once."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import make_url

from magicmemory.core.job import JobState, Platform
from magicmemory.queue.connection import RedisKeys
from tests.servers.discord.interactions import Interaction
from tests.support.discord_harness import Harness, harness, running_bot, running_worker
from tests.support.harness import eventually
from tests.support.telegram_harness import QuickPipeline, photo

pytestmark = pytest.mark.processes

EDIT = "PATCH /webhooks/{application}/{token}/messages/{message}"
# The process loads the library itself, which needs the address of the test server.
PROGRAM = """
import asyncio, json, sys
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from magicmemory.bots.discord import serve
from magicmemory.core.settings import Settings

given = json.loads(sys.argv[1])
Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = given["api"], yarl.URL(given["gateway"])
settings = Settings(_env_file=None, data_dir=given["data"], discord_token=given["token"], free_per_day=3)
asyncio.run(serve(settings, given["redis"], asyncio.Event()))
"""


@asynccontextmanager
async def bot_process(there: Harness) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own, killed at the end of the context."""
    given = {
        "api": f"{there.server.url}/api/v10",
        "gateway": there.server.gateway.url,
        "data": str(there.settings.data_dir),
        "token": there.server.token,
        "redis": there.redis_url,
    }
    before = there.server.gateway.count("identify")
    command = (sys.executable, "-W", "ignore", "-P", "-c", PROGRAM, json.dumps(given))
    process = await asyncio.create_subprocess_exec(*command, cwd=there.settings.data_dir)
    try:
        await there.server.wait_for(lambda: there.server.gateway.count("identify") > before, 60)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_kill_before_or_during_the_reply_loses_nothing(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False) as there:
        server, user = there.server, there.server.user
        async with bot_process(there):
            first = user.slash(server.channel, "restore", photo=photo(1))
            await server.wait_for(lambda: first.shown, 30)
        server.faults.plan("slow", EDIT, times=100)
        async with bot_process(there), running_worker(there.settings, redis_url, QuickPipeline()):
            await server.wait_for(lambda: [call for call in server.calls if call.route == EDIT and call.fault], 30)
        assert not [message for message in first.shown if message.components]
        server.faults.planned.clear()
        async with running_bot(there.settings, redis_url, server):
            answer = await there.answer(first)
            jobs = await there.finished_jobs_of(user)
        assert [job.state for job in jobs] == [JobState.DELIVERED]
        assert [message for message in server.said(server.channel) if message.components] == [answer]
        assert (await there.quota_of(user)).used == 1


@contextmanager
def held(there: Harness) -> Iterator[None]:
    """The database is locked: no process can write."""
    file = make_url(there.settings.database).database
    with closing(sqlite3.connect(str(file), isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield


async def test_kill_between_acknowledgement_and_ledger_loses_nothing(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False, free_per_day=9) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        async with bot_process(there) as process:
            with held(there):
                alone = user.slash(channel, "restore", photo=photo(1))
                album = user.say(channel, "", photo(2), photo(3))
                several = user.context_menu(channel, "Restore faces", album)
                await server.wait_for(lambda: alone.answer and several.follow_ups, 30)
                await eventually(lambda: progress_recorded(there, several))
                process.kill()
                await process.wait()
        assert await there.jobs_of(user) == []
        async with running_bot(there.settings, redis_url, server):
            await eventually(lambda: has_jobs(there, 3))
            # A request that was resumed is not resumed again.
            async with running_worker(there.settings, redis_url, QuickPipeline()):
                answers = [await there.answer(alone), *await there.answers(several, 2)]
        async with running_bot(there.settings, redis_url, server):
            jobs = await there.finished_jobs_of(user)
        assert [job.state for job in jobs] == [JobState.DELIVERED] * 3
        assert len({answer.attachments[1].data for answer in answers}) == 3
        assert [m for m in server.said(channel) if m.components] == sorted(answers, key=lambda answer: answer.id)
        assert (await there.quota_of(user)).used == 3
        assert len(several.shown) == 2  # no progress message stays


async def progress_recorded(there: Harness, used: Interaction) -> bool | None:
    """Whether the progress message of the second photo is recorded; None: not yet."""
    async with Redis.from_url(there.redis_url) as redis:
        record = await redis.hget(
            RedisKeys(there.settings.redis_prefix).pending_requests(Platform.DISCORD), str(used.id)
        )
    return b"progress_messages" in (record or b"") or None


async def has_jobs(there: Harness, count: int) -> bool | None:
    """Whether the user has this number of jobs; None: not yet."""
    return len(await there.jobs_of(there.server.user)) == count or None
