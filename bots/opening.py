"""Opens what a bot process needs, in order, and closes it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from magicmemory.bots.desk import Desk
from magicmemory.bots.texts import Texts
from magicmemory.core.metrics import Metrics
from magicmemory.core.plans import Plans
from magicmemory.core.settings import Settings, read_codes_key
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import Names, connect
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.codes import Codes
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.statistics import Statistics


def allowance(settings: Settings, plans: Plans) -> Allowance:
    """What people may have, as the settings say."""
    return Allowance(
        zone=settings.zone,
        plans=plans,
        adjustments=settings.adjustments,
        adjustment_minutes=settings.adjustment_minutes,
        at_once=settings.photos_at_once,
    )


@asynccontextmanager
async def open_desk(settings: Settings, redis_url: str, metrics: Metrics | None = None) -> AsyncIterator[Desk]:
    """A desk over the settings' database, photo store and the Redis at `redis_url`; `metrics` are the process's."""
    names = Names(settings.redis_prefix)
    plans = settings.plans()
    codes_key = read_codes_key(settings)
    async with (
        Database(settings.database) as database,
        connect(redis_url) as redis,
        ProgressHub(redis, names) as hub,
    ):
        yield Desk(
            ledger=Ledger(database, allowance(settings, plans)),
            people=People(database),
            photos=PhotoStore(settings.photos),
            queue=Queue(redis, names),
            hub=hub,
            texts=Texts(settings.language),
            settings=settings,
            plans=plans,
            grants=Grants(database, plans),
            codes=Codes(database, codes_key),
            payments=Payments(database, plans),
            statistics=Statistics(database, settings.zone),
            metrics=metrics or Metrics(),
        )
