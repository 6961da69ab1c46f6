"""Opens what a bot process needs, in order, and closes it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from magicmemory.bots.desk import Desk
from magicmemory.bots.texts import Texts
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import Names, connect
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance


def allowance(settings: Settings) -> Allowance:
    """What people may have, as the settings say."""
    return Allowance(
        zone=settings.zone,
        plans=settings.plans(),
        adjustments=settings.adjustments,
        adjustment_minutes=settings.adjustment_minutes,
        at_once=settings.photos_at_once,
    )


@asynccontextmanager
async def open_desk(settings: Settings, redis_url: str, metrics: Metrics | None = None) -> AsyncIterator[Desk]:
    """A desk over the settings' database, photo store and the Redis at `redis_url`; `metrics` are the process's."""
    names = Names(settings.redis_prefix)
    async with (
        Database(settings.database) as database,
        connect(redis_url) as redis,
        ProgressHub(redis, names) as hub,
    ):
        yield Desk(
            ledger=Ledger(database, allowance(settings)),
            people=People(database),
            photos=PhotoStore(settings.photos),
            queue=Queue(redis, names),
            hub=hub,
            texts=Texts(settings.language),
            settings=settings,
            metrics=metrics or Metrics(),
        )
