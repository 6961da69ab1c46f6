"""The bot's process is killed: each request is still answered, once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from magicmemory.bots.discord import bot
from magicmemory.core.job import JobState, Platform
from magicmemory.storage.database import Database
from magicmemory.storage.pending_requests import PendingRequests
from magicmemory.storage.tables import reminders
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
        # The bot is killed first: a worker takes longer to stop than the slow answer takes.
        async with running_worker(there.settings, redis_url, QuickPipeline()), bot_process(there):
            await server.wait_for(lambda: [call for call in server.calls if call.route == EDIT and call.fault], 30)
        assert not [message for message in first.shown if message.components]
        server.faults.planned.clear()
        async with running_bot(there.settings, redis_url, server):
            answer = await there.answer(first)
            jobs = await there.finished_jobs_of(user)
        assert [job.state for job in jobs] == [JobState.DELIVERED]
        assert [message for message in server.said(server.channel) if message.components] == [answer]
        assert (await there.quota_of(user)).used == 1


async def test_kill_between_acknowledgement_and_ledger_loses_nothing(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False, free_per_day=9) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        async with bot_process(there) as process:
            server.files.open.clear()
            alone = user.slash(channel, "restore", photo=photo(1))
            album = user.say(channel, "", photo(2), photo(3))
            several = user.context_menu(channel, "Restore faces", album)
            written = user.say(user.dm, "", photo(4))
            await server.wait_for(lambda: alone.answer and several.follow_ups, 30)
            await eventually(lambda: has_records(there, 3))
            await server.wait_for(lambda: server.said(user.dm), 30)
            process.kill()
            await process.wait()
        # Whoever loses Redis loses no request.
        async with Redis.from_url(there.redis_url) as redis:
            await redis.flushdb()
        server.files.open.set()
        assert await there.jobs_of(user) == []
        async with running_bot(there.settings, redis_url, server):
            await eventually(lambda: has_jobs(there, 4))
            # A request that was resumed is not resumed again.
            async with running_worker(there.settings, redis_url, QuickPipeline()):
                answers = [await there.answer(alone), *await there.answers(several, 2)]
                await server.wait_for(lambda: [m for m in server.said(user.dm) if m.components], 30)
        async with running_bot(there.settings, redis_url, server):
            jobs = await there.finished_jobs_of(user)
        assert [job.state for job in jobs] == [JobState.DELIVERED] * 4
        assert len({answer.attachments[1].data for answer in answers}) == 3
        assert [m for m in server.said(channel) if m.components] == sorted(answers, key=lambda answer: answer.id)
        (reply,) = server.said(user.dm)
        assert reply.reference is written
        assert (await there.quota_of(user)).used == 4
        assert len(several.shown) == 2  # no progress message stays


async def test_kill_before_a_reminder_is_confirmed_loses_no_reminder(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, free_per_day=1) as there:
        server, user = there.server, there.server.user
        async with running_bot(there.settings, redis_url, server):
            await there.answer(user.slash(server.channel, "restore", photo=photo(1)))
            refused = await there.answer(user.slash(server.channel, "restore", photo=photo(2)))
        async with bot_process(there):
            server.faults.plan("slow", EDIT, times=100)
            pressed = user.press(refused, "Tell me when it is back")
            await server.wait_for(lambda: [call for call in server.calls if call.route == EDIT and call.fault], 30)
            await eventually(lambda: is_recorded(there, str(pressed.id)))
        server.faults.planned.clear()
        async with Database(there.settings.database) as database, database.write() as transaction:
            await transaction.execute(reminders.delete())
        async with running_bot(there.settings, redis_url, server):
            assert "in the morning" in await there.said(pressed)
            await eventually(lambda: has_records(there, 0))
        async with Database(there.settings.database) as database, database.read() as connection:
            assert len(list(await connection.execute(reminders.select()))) == 1


async def test_an_answer_that_discord_does_not_take_is_given_later(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "RESUME_EVERY_S", 0.2)
    monkeypatch.setattr(bot, "RESUME_AFTER", timedelta())
    async with harness(tmp_path, redis_url, free_per_day=1) as there:
        server, user = there.server, there.server.user
        server.faults.plan("reset", EDIT, times=8)
        refused = user.slash(server.channel, "restore", photo=b"no photo")
        assert "not a photo" in await there.said(refused)
        assert not [fault for fault in server.faults.planned if fault.times]
        server.faults.plan("reset", "POST /channels/{channel}/messages", times=8)
        user.say(user.dm, "", photo())
        await server.wait_for(lambda: [m for m in server.said(user.dm) if m.components], 60)
        assert (await there.quota_of(user)).used == 1
        await eventually(lambda: has_records(there, 0))


async def has_records(there: Harness, count: int) -> bool | None:
    """Whether this number of requests is recorded, with the progress message of a second photo; None: not yet."""
    async with Database(there.settings.database) as database:
        records = await PendingRequests(database).all(Platform.DISCORD)
    shown = not count or any("progress_messages" in record for record in records)
    return (len(records) == count and shown) or None


async def is_recorded(there: Harness, request: str) -> bool | None:
    """Whether a request is recorded; None: not yet."""
    async with Database(there.settings.database) as database:
        records = await PendingRequests(database).all(Platform.DISCORD)
    return request in [record["id"] for record in records] or None


async def has_jobs(there: Harness, count: int) -> bool | None:
    """Whether the user has this number of jobs; None: not yet."""
    return len(await there.jobs_of(there.server.user)) == count or None
