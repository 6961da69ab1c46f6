"""The Telegram bot with everything behind it, in one process: the strict server, a real Redis, SQLite, a worker."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.telegram import serve
from magicmemory.core.job import Job, Platform, Sender
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import Restores, RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.servers.telegram import Person, TelegramServer
from tests.support.harness import eventually, settings_for
from tests.support.pipelines import MASK as MASK
from tests.support.pipelines import QuickPipeline as QuickPipeline

SAMPLE = Path(__file__).parents[2] / "bots" / "playground" / "static" / "sample.jpg"


def photo(shade: int = 120, size: tuple[int, int] = (320, 240), kind: str = "JPEG") -> bytes:
    """A photo unlike those of other shades."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).point(lambda value: (value + shade) % 256).convert("RGB").save(out, kind)
    return out.getvalue()


@dataclass
class Harness:
    """A running bot."""

    server: TelegramServer
    settings: Settings
    redis_url: str

    async def jobs_of(self, person: Person) -> list[Job]:
        """Somebody's jobs, oldest first."""
        async with open_service(self.settings, self.redis_url) as service:
            return await service.recent(sender_of(person))

    async def settled(self, person: Person) -> None:
        """Wait until all of somebody's jobs are settled: the chat shows a reply a moment before."""

        async def done() -> bool | None:
            return all(job.finished_at is not None for job in await self.jobs_of(person)) or None

        await eventually(done)

    async def used_by(self, person: Person) -> int:
        """How many photos somebody has used today."""
        async with open_service(self.settings, self.redis_url) as service:
            return (await service.quota(sender_of(person))).used


def sender_of(person: Person) -> Sender:
    """The person as the service knows them."""
    return Sender(platform=Platform.TELEGRAM, account=str(person.id), language=person.account.language_code)


def telegram_settings(folder: Path, server: TelegramServer, **values: object) -> Settings:
    """Settings for a bot of the strict server."""
    own = {"telegram_token": server.token, "telegram_api_url": server.url, "free_per_day": 3}
    return settings_for(folder, **{**own, **values})


@asynccontextmanager
async def running_bot(settings: Settings, redis_url: str, metrics: Metrics | None = None) -> AsyncIterator[None]:
    """The bot process, until the end of the context."""
    stop, is_ready = asyncio.Event(), asyncio.Event()
    bot = asyncio.create_task(serve(settings, redis_url, stop, lambda _: is_ready.set(), metrics))
    waiting = asyncio.create_task(is_ready.wait())
    await asyncio.wait({bot, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
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
    worker = RestoreWorker(
        PhotoStore(settings.photos), pipeline, RedisKeys(settings.redis_prefix), settings.job_timeout_s
    )
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
    privacy: bool = True,
    enforce_limits: bool = False,
    local: bool = False,
    worker: bool = True,
    **values: object,
) -> AsyncIterator[Harness]:
    """The bot, its Telegram and a worker."""
    files = folder / "bot-api" if local else None
    async with TelegramServer(privacy=privacy, enforce_limits=enforce_limits, local_folder=files) as server:
        settings = telegram_settings(folder, server, telegram_local=local, **values)
        async with running_bot(settings, redis_url):
            built = Harness(server, settings, redis_url)
            if not worker:
                yield built
                return
            async with running_worker(settings, redis_url, pipeline or QuickPipeline()):
                yield built
