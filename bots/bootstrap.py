"""Opens what a bot process needs, in order, and closes it again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from magicmemory.bots.common.previews import Previews
from magicmemory.bots.service import BotService
from magicmemory.bots.texts import Texts
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings, read_codes_key
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.codes import Codes
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.statistics import Statistics

log = logging.getLogger(__name__)

# When a process lets go of erased accounts first, and how often after that.
FIRST_TIDYING_S = 60.0
TIDYING_EVERY_S = 3600.0


@asynccontextmanager
async def open_service(settings: Settings, redis_url: str, metrics: Metrics | None = None) -> AsyncIterator[BotService]:
    """A service over the settings' database, photo store and the Redis at `redis_url`; `metrics` are the process's."""
    names = RedisKeys(settings.redis_prefix)
    plans = settings.plans()
    codes_key = read_codes_key(settings)
    async with (
        Database(settings.database) as database,
        connect(redis_url) as redis,
        ProgressHub(redis, names) as hub,
    ):
        photos, allowed = PhotoStore(settings.photos), Allowance.of(settings, plans)
        service = BotService(
            ledger=Ledger(database, allowed),
            people=People(database),
            photos=photos,
            queue=Queue(redis, names),
            hub=hub,
            texts=Texts(settings.language),
            settings=settings,
            plans=plans,
            grants=Grants(database, plans),
            codes=Codes(database, codes_key),
            payments=Payments(database, plans),
            statistics=Statistics(database, settings.zone),
            erasure=Erasure(database, photos, allowed),
            previews=Previews(settings.max_photo_megapixels),
            metrics=metrics or Metrics(),
        )
        tidying = asyncio.create_task(_tidy(service.erasure))
        try:
            yield service
        finally:
            tidying.cancel()
            with suppress(asyncio.CancelledError):
                await tidying


async def _tidy(erasure: Erasure) -> None:
    """Let go of erased accounts as soon as nothing hangs on them. Several processes may do it at once."""
    await asyncio.sleep(FIRST_TIDYING_S)
    while True:
        try:
            if accounts := await erasure.tidy():
                log.info("%d erased accounts are let go of", accounts)
        # A database that is away for a moment must not end the bot.
        except Exception:
            log.exception("erased accounts could not be let go of")
        await asyncio.sleep(TIDYING_EVERY_S)
