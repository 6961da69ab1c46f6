"""A worker on another host: python examples/remote_worker.py REDIS_URL PHOTO_STORE (a shared folder, or s3://…)."""

import asyncio
import signal
import sys

from magicmemory.core.settings import load
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore


async def main(redis_url: str, photo_store: str) -> None:
    """Restore photos until SIGTERM or Ctrl-C; finish the photos in hand first."""
    settings, stop = load(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pipeline = Pipeline.of(settings)
    await asyncio.to_thread(pipeline.warm_up)
    worker = RestoreWorker(PhotoStore(photo_store), pipeline, RedisKeys(settings.redis_prefix), settings.job_timeout_s)
    print("ready", flush=True)
    await worker.run(redis_url, settings.worker_photos, stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
