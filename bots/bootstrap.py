"""Opens the service of a bot process and closes it again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from magicmemory.bots.common.groups import GroupRules
from magicmemory.bots.common.previews import Previews
from magicmemory.bots.common.sentences import Sentences
from magicmemory.bots.common.sharing import Sharing
from magicmemory.bots.common.shop import Shop
from magicmemory.bots.service import BotService
from magicmemory.bots.texts import Texts
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings, read_codes_key
from magicmemory.core.signing import Signer
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.codes import Codes
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.groups import Groups
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.pending_requests import PendingRequests
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.reminders import Reminders
from magicmemory.storage.statistics import Statistics

log = logging.getLogger(__name__)

# When a process deletes the rows of erased accounts first, and how often after that.
FIRST_TIDYING_S = 60.0
TIDYING_EVERY_S = 3600.0


@asynccontextmanager
async def open_service(
    settings: Settings, redis_url: str, metrics: Metrics | None = None, free_per_day: int | None = None
) -> AsyncIterator[BotService]:
    """A service over the settings' database and photo store and the Redis at `redis_url`.

    Args:
        settings: the operator's.
        redis_url: where the queue is.
        metrics: the process's; None makes new ones.
        free_per_day: free photos a day of this process's people; None: as the plans say.
    """
    names = RedisKeys(settings.redis_prefix)
    plans = settings.plans()
    if free_per_day is not None:
        plans = plans.with_free_per_day(free_per_day)
    codes_key = read_codes_key(settings)
    texts = Texts(settings.language)
    async with (
        Database(settings.database) as database,
        connect(redis_url) as redis,
        ProgressHub(redis, names) as hub,
    ):
        previews = Previews(settings.max_photo_megapixels)
        photos, allowed = PhotoStore(settings.photos), Allowance.of(settings, plans)
        payments, codes, grants = Payments(database, plans), Codes(database, codes_key), Grants(database, plans)
        service = BotService(
            sentences=Sentences(texts, plans, settings.photo_retention_hours),
            shop=Shop(plans, payments, codes, grants, settings.database),
            texts=texts,
            settings=settings,
            plans=plans,
            ledger=Ledger(database, allowed),
            people=People(database),
            photos=photos,
            queue=Queue(redis, names),
            hub=hub,
            grants=grants,
            groups=GroupRules(Groups(database)),
            codes=codes,
            payments=payments,
            pending_requests=PendingRequests(database),
            reminders=Reminders(database),
            statistics=Statistics(database, settings.zone),
            erasure=Erasure(database, photos, allowed),
            previews=previews,
            sharing=Sharing(photos, previews, settings.max_photo_megapixels, settings.shared_name),
            signer=Signer(codes_key),
            metrics=metrics or Metrics(),
        )
        tidying = asyncio.create_task(_tidy(service.erasure))
        try:
            yield service
        finally:
            tidying.cancel()
            with suppress(asyncio.CancelledError):
                await tidying
            await asyncio.to_thread(previews.close)


async def _tidy(erasure: Erasure) -> None:
    """Delete the rows of erased accounts once nothing refers to them. Several processes may do it at the same time."""
    await asyncio.sleep(FIRST_TIDYING_S)
    while True:
        try:
            if accounts := await erasure.tidy():
                log.info("deleted the rows of %d erased accounts", accounts)
        # A database that is away for a moment must not stop the bot.
        except Exception:
            log.exception("the rows of erased accounts could not be deleted")
        await asyncio.sleep(TIDYING_EVERY_S)
