"""This version finishes what the previous one left: jobs with its notes, and its records of interactions."""

from pathlib import Path
from typing import Any

import aiohttp

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import Address, Job, JobState, Platform
from magicmemory.core.options import Options
from magicmemory.storage.database import Database
from magicmemory.storage.pending_requests import PendingRequests
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.world import Message
from tests.support.discord_harness import Harness, harness, running_bot, running_worker, sender_of
from tests.support.harness import eventually
from tests.support.telegram_harness import QuickPipeline, photo


async def take_in(there: Harness, asked: Message, notes: dict[str, str]) -> Job:
    """A job as the previous version made it."""
    address = Address(platform=Platform.DISCORD, chat=str(asked.channel.id), message=str(asked.id))
    async with open_service(there.settings, there.redis_url) as service:
        return await service.intake(sender_of(there.server.user), address, photo(), Options(), notes)


async def record(there: Harness, used: Interaction) -> None:
    """Acknowledge an interaction and record it as the gateway told it, as the first version did."""
    url = f"{there.server.url}/api/v10/interactions/{used.id}/{used.token}/callback"
    async with aiohttp.ClientSession() as http, http.post(url, json={"type": 5, "data": {}}) as response:
        assert response.status < 300
    told: dict[str, Any] = there.server.interactions._payload(used)
    async with Database(there.settings.database) as database:
        await PendingRequests(database).keep(Platform.DISCORD, str(used.id), told)


async def records(there: Harness) -> int:
    """How many interactions are recorded."""
    async with Database(there.settings.database) as database:
        return len(await PendingRequests(database).all(Platform.DISCORD))


async def test_job_with_notes_of_the_previous_version_is_answered(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False) as there:
        server = there.server
        asked = server.user.say(server.channel, "", photo(), mention=True)
        notes = {
            "channel": str(server.channel.id),
            "user": str(server.user.id),
            "limit": "10485760",
            "application": "0",
            "token": "",
            "message": "0",
            "asked": str(asked.id),
            "private": "0",
            "spoiler": "1",
        }
        job = await take_in(there, asked, notes)
        async with running_bot(there.settings, redis_url, server):
            answers = await server.wait_for(lambda: [m for m in server.said(server.channel) if m.components], 30)
            assert answers[0].reference is asked
            assert all(kept.spoiler for kept in answers[0].attachments)
            ids = [button["custom_id"] for button in answers[0].buttons.values()]
            names = ("closer", "gentler", "full", "share", "whole", "print", "delete")
            assert ids == [f"photo:{name}:{job.id}:{server.user.id}" for name in names]
            await there.answer(server.user.press(answers[0], "Gentler"))
        assert (await there.quota_of(server.user)).used == 1


async def test_interactions_recorded_as_the_gateway_told_them_are_finished(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline, bot=False, free_per_day=9) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        async with running_bot(there.settings, redis_url, server):
            first = await there.answer(user.slash(channel, "restore", photo=photo(1)))
        slash = user.slash(channel, "restore", photo=photo(2), strength=50, scope="photo")
        menu = user.context_menu(channel, "Restore faces", user.say(channel, "", photo(3), photo(4)))
        button = user.press(first, "Gentler")
        for used in (slash, menu, button):
            await record(there, used)
        async with running_bot(there.settings, redis_url, server):
            await there.answer(slash)
            await there.answers(menu, 2)
            await there.answer(button)
            jobs = await there.finished_jobs_of(user)
            await eventually(lambda: none_recorded(there))
        assert [job.state for job in jobs] == [JobState.DELIVERED] * 5
        assert {(run.strength, run.scope.value) for run in pipeline.runs[1:]} == {
            (0.5, "photo"),
            (1.0, "auto"),
            (0.75, "auto"),
        }
        assert (await there.quota_of(user)).used == 4


async def none_recorded(there: Harness) -> bool | None:
    """Whether nothing is recorded; None: not yet."""
    return not await records(there) or None


async def test_a_job_that_was_never_queued_is_queued_from_its_record(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        async with running_bot(there.settings, redis_url, server):
            await there.said(user.slash(channel, "quota"))
        used = user.slash(channel, "restore", photo=photo(5))
        await record(there, used)
        address = Address(platform=Platform.DISCORD, chat=str(channel.id), message=str(used.id))
        notes = {"channel": str(channel.id), "user": str(user.id), "application": str(server.world.bot.id)}
        async with open_service(there.settings, redis_url) as service:  # the bot was killed right after this
            await service.ledger.reserve(sender_of(user), address, Options(), context=notes)
        async with (
            running_bot(there.settings, redis_url, server),
            running_worker(there.settings, redis_url, QuickPipeline()),
        ):
            jobs = await there.finished_jobs_of(user)
            assert [job.state for job in jobs] == [JobState.DELIVERED]
        assert (await there.quota_of(user)).used == 1
