"""The Discord bot with everything behind it, in one process: the strict server, a real Redis, SQLite, a worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.discord import serve
from magicmemory.core.job import Job, Platform, Quota, Sender
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import Restores, RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Message
from tests.support.harness import eventually, settings_for
from tests.support.telegram_harness import QuickPipeline


@dataclass
class Harness:
    """A running bot."""

    server: DiscordServer
    settings: Settings
    redis_url: str

    async def jobs_of(self, person: Person) -> list[Job]:
        """A person's jobs, oldest first."""
        async with open_service(self.settings, self.redis_url) as service:
            return await service.recent(sender_of(person))

    async def finished_jobs_of(self, person: Person) -> list[Job]:
        """A person's jobs once all of them are answered and settled."""

        async def finished() -> list[Job] | None:
            jobs = await self.jobs_of(person)
            return jobs if all(job.finished_at is not None for job in jobs) else None

        return await eventually(finished)

    async def quota_of(self, person: Person) -> Quota:
        """A person's quota of today."""
        async with open_service(self.settings, self.redis_url) as service:
            return await service.quota(sender_of(person))

    async def answer(self, used: Interaction, timeout_s: float = 60) -> Message:
        """The final answer to an interaction: a message made of components."""
        return (await self.answers(used, 1, timeout_s))[0]

    async def answers(self, used: Interaction, count: int, timeout_s: float = 60) -> list[Message]:
        """The final answers, once there are so many."""

        def found() -> list[Message] | None:
            final = [message for message in used.shown if message.components]
            return final if len(final) >= count else None

        return await self.server.wait_for(found, timeout_s)

    async def said(self, used: Interaction, timeout_s: float = 30) -> str:
        """What the first shown answer says."""
        return (await self.server.wait_for(lambda: [m for m in used.shown if m.texts], timeout_s))[0].texts


def sender_of(person: Person) -> Sender:
    """The person as the service knows them."""
    return Sender(platform=Platform.DISCORD, account=str(person.id), language=person.locale)


@asynccontextmanager
async def running_bot(settings: Settings, redis_url: str, server: DiscordServer) -> AsyncIterator[None]:
    """The bot process, until the end of the context."""
    stop = asyncio.Event()
    before = server.gateway.count("identify")
    bot = asyncio.create_task(serve(settings, redis_url, stop))
    connected = settings.discord_shards or 1
    await server.wait_for(lambda: bot.done() or server.gateway.count("identify") >= before + connected, 30)
    try:
        if not bot.done():
            yield
    finally:
        stop.set()
        await bot


@asynccontextmanager
async def running_worker(settings: Settings, redis_url: str, pipeline: Restores) -> AsyncIterator[None]:
    """A restore worker, until the end of the context."""
    stop = asyncio.Event()
    photos, names = PhotoStore(settings.photos), RedisKeys(settings.redis_prefix)
    worker = RestoreWorker(photos, pipeline, names, settings.job_timeout_s)
    task = asyncio.create_task(worker.run(redis_url, settings.worker_photos, stop))
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def harness(
    folder: Path,
    redis_url: str,
    pipeline: Restores | None = None,
    *,
    server: DiscordServer | None = None,
    bot: bool = True,
    worker: bool = True,
    **values: object,
) -> AsyncIterator[Harness]:
    """Run a bot and a worker in `folder`; without `pipeline`, one that turns photos upside down."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(server or DiscordServer())
        own = {"discord_token": server.token, "free_per_day": 3}
        settings = settings_for(folder, **{**own, **values})
        if worker:
            await stack.enter_async_context(running_worker(settings, redis_url, pipeline or QuickPipeline()))
        if bot:
            await stack.enter_async_context(running_bot(settings, redis_url, server))
        yield Harness(server, settings, redis_url)
