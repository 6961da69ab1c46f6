"""The whole service in one process, for tests: bot service, workers, real Redis and SQLite."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.service import BotService
from magicmemory.core.job import Address, Job, Platform, Sender
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.delivery import DeliveryWorker, Reply
from magicmemory.queue.worker import Restores, RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.pipelines import FACE as FACE
from tests.support.pipelines import NoPipeline as NoPipeline
from tests.support.services import copy_migrated

T = TypeVar("T")

ANA = Sender(platform=Platform.TELEGRAM, account="7", language="en")


@dataclass
class Recorder:
    """A chat that keeps what it is sent. `before` may fail."""

    replies: list[Reply] = field(default_factory=list)
    before: Callable[[Reply], None] = lambda _: None

    async def reply(self, reply: Reply) -> dict[str, str]:
        self.before(reply)
        self.replies.append(reply)
        return {"reply": str(len(self.replies))}


def settings_for(folder: Path, **values: object) -> Settings:
    """Settings whose data lie in `folder`; the database there is migrated already."""
    if "database_url" not in values:
        copy_migrated(folder / "magicmemory.db")
    return Settings(_env_file=None, data_dir=folder, **values)  # type: ignore[arg-type]


@dataclass
class Harness:
    """A running service."""

    service: BotService
    chat: Recorder
    redis_url: str
    settings: Settings

    async def send(self, photo: bytes = b"photo", message: str = "1", sender: Sender = ANA) -> Job:
        """Send a photo as `sender`."""
        return await self.service.intake(sender, Address(platform=sender.platform, chat="1", message=message), photo)

    async def finished(self, job: Job, patience_s: float = 60) -> Job:
        """The job once its reply is sent."""

        async def done() -> Job | None:
            found = await self.service.ledger.job(job.id)
            return found if found is not None and found.finished_at is not None else None

        return await eventually(done, patience_s)


async def eventually(ask: Callable[[], Awaitable[T | None]], patience_s: float = 60) -> T:
    """What `ask` answers once that is something."""
    deadline = time.monotonic() + patience_s
    while (answer := await ask()) is None:
        assert time.monotonic() < deadline, f"nothing within {patience_s} s"
        await asyncio.sleep(0.02)
    return answer


@asynccontextmanager
async def running_harness(
    folder: Path,
    redis_url: str,
    pipeline: Restores | None = None,
    chat: Recorder | None = None,
    settings: Settings | None = None,
    *,
    worker: bool = True,
    delivery: bool = True,
) -> AsyncIterator[Harness]:
    """Run the service in `folder`; without `pipeline`, one that restores nothing."""
    settings = settings or settings_for(folder)
    chat = chat or Recorder()
    stop = asyncio.Event()
    names = RedisKeys(settings.redis_prefix)
    async with open_service(settings, redis_url) as service, asyncio.TaskGroup() as tasks:
        if worker:
            restore = RestoreWorker(
                PhotoStore(settings.photos), pipeline or NoPipeline(), names, settings.job_timeout_s
            )
            tasks.create_task(restore.run(redis_url, settings.worker_photos, stop))
        if delivery:
            deliver = DeliveryWorker(Platform.TELEGRAM, chat, service.ledger, service.photos, names)
            tasks.create_task(deliver.run(redis_url, stop))
        try:
            yield Harness(service, chat, redis_url, settings)
        finally:
            stop.set()
