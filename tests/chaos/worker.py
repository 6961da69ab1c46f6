"""The restore worker as a process of its own, with a pipeline that turns photos upside down.

    python -m tests.chaos.worker REDIS_URL PHOTOS SECONDS

Each photo takes about SECONDS, so that a kill often finds one in hand.
"""

import asyncio
import random
import signal
import sys
import time

from magicmemory.core.options import Options
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.pipelines import QuickPipeline


async def work(redis_url: str, photos: str, seconds: float) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    chance = random.Random()

    def take_time(_data: bytes, _options: Options) -> None:
        time.sleep(chance.uniform(0.5, 1.5) * seconds)

    worker = RestoreWorker(PhotoStore(photos), QuickPipeline(take_time), RedisKeys("magicmemory"), timeout_s=60)
    print("ready", flush=True)
    await worker.run(redis_url, 2, stop)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], float(sys.argv[3])))
