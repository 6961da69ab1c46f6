"""`magicmemory worker`: restores photos from the queue, and deletes old photos from the photo store."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from magicmemory.cli.device_memory import export_device_memory
from magicmemory.cli.messages import error_message
from magicmemory.cli.settings_check import check_models
from magicmemory.core.errors import UserError
from magicmemory.core.metrics import Metrics
from magicmemory.core.options import Options
from magicmemory.core.settings import BadSettings, Settings
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore

log = logging.getLogger(__name__)

CLEANING_EVERY_S = 600


async def serve(
    settings: Settings,
    redis_url: str,
    stop: asyncio.Event,
    ready: Callable[[str], None] | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Restore photos until `stop` is set.

    Args:
        settings: models, device and photo store.
        redis_url: the Redis of the queue.
        stop: ends the worker; running photos are finished first.
        ready: called with a description of the models once they are loaded.
        metrics: the process's metrics.

    Raises:
        BadSettings: the model or the device cannot be used.
    """
    metrics = metrics or Metrics()
    pipeline = Pipeline.of(settings, metrics.batch)
    check_models(settings)
    try:
        restorer, detector = pipeline.check(Options())
        for offered in settings.offered_models:
            pipeline.check(Options(model=offered))
        if settings.preload:
            await asyncio.to_thread(pipeline.warm_up)
    except UserError as error:
        raise BadSettings(error_message(error)) from error
    photos = PhotoStore(settings.photos)
    worker = RestoreWorker(photos, pipeline, RedisKeys(settings.redis_prefix), settings.job_timeout_s, metrics)
    chores = [asyncio.create_task(_clean(photos, timedelta(hours=settings.photo_retention_hours)))]
    if settings.unload_idle_minutes:
        chores.append(asyncio.create_task(_unload(pipeline, settings.unload_idle_minutes * 60)))
    export_device_memory(settings.device, metrics)
    try:
        if ready is not None:
            ready(f"{restorer.title} and {detector.title}, {pipeline.engine_name}")
        await worker.run(redis_url, settings.worker_photos, stop)
    finally:
        for chore in chores:
            chore.cancel()
            with suppress(asyncio.CancelledError):
                await chore
        pipeline.close()


async def _unload(pipeline: Pipeline, idle_s: float) -> None:
    """Unload models that are idle; the next photo that needs one loads it again."""
    while True:
        await asyncio.sleep(min(idle_s, 60))
        if names := pipeline.unload_idle(idle_s):
            log.info("unloaded after %.0f idle minutes: %s", idle_s / 60, ", ".join(names))


async def _clean(photos: PhotoStore, retention: timedelta) -> None:
    """Delete photos whose retention time is over. Several workers may do so at the same time."""
    while True:
        try:
            deleted = await photos.forget_older_than(retention)
        # A store that fails for a moment must not end the worker.
        except Exception:
            log.exception("old photos could not be deleted")
        else:
            if deleted:
                log.info("deleted %d photos older than %s", deleted, retention)
        await asyncio.sleep(CLEANING_EVERY_S)
