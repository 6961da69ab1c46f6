"""The reply side of every bot process: it delivers replies that are ready and recovers jobs that were lost."""

import asyncio

from magicmemory.bots.service import BotService
from magicmemory.core.job import Platform
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.delivery import DeliveryWorker, Replier
from magicmemory.queue.recovery import Recovery


async def send_replies(
    service: BotService, platform: Platform, replier: Replier, redis_url: str, stop: asyncio.Event, at_once: int = 16
) -> None:
    """Deliver a platform's replies, `at_once` at a time, and recover its lost jobs, until `stop` is set."""
    names = RedisKeys(service.settings.redis_prefix)
    delivery = DeliveryWorker(platform, replier, service.ledger, service.photos, names, service.metrics)
    recovery = Recovery(platform, service.ledger, service.photos, service.queue, service.plans, service.metrics)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(delivery.run(redis_url, stop, at_once))
        tasks.create_task(recovery.run(stop))
