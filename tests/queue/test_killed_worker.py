"""A worker that is killed in the middle of a photo: after a restart the photo is restored and delivered once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from magicmemory.core.job import JobState, Stage
from magicmemory.core.settings import Settings
from magicmemory.pipeline.sample import old_photo, portrait
from tests.support.converted_models import add_converted_models
from tests.support.harness import ANA, running_harness, settings_for

pytestmark = pytest.mark.processes


@asynccontextmanager
async def worker_process(settings: Settings, redis_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`magicmemory worker`, once it is ready."""
    own = {"MAGIC_REDIS_URL": redis_url, "MAGIC_DATA_DIR": str(settings.data_dir), "MAGIC_WORKER_PHOTOS": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "magicmemory.cli.main", "worker"), env=os.environ | own, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert b"lite" in await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def test_a_killed_workers_photo_is_restored_and_delivered_once(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path)
    add_converted_models(tmp_path)
    async with running_harness(tmp_path, redis_url, worker=False) as harness:
        async with worker_process(settings, redis_url) as first:
            job = await harness.send(old_photo(portrait()[::2, ::2]))
            async with harness.service.watch(job.id) as updates:
                async for progress in updates:
                    assert progress.stage is not Stage.DONE
                    if progress.stage is Stage.DETECT:
                        first.kill()
                        break
        waiting = await harness.service.ledger.job(job.id)
        assert waiting is not None
        assert waiting.state is JobState.ACCEPTED
        assert harness.chat.replies == []

        async with worker_process(settings, redis_url) as second:
            done = await harness.finished(job)
            second.send_signal(signal.SIGTERM)
            assert await second.wait() == 0
        assert done.state is JobState.DELIVERED
        assert done.report is not None
        assert done.report.restored == 1
        assert len(harness.chat.replies) == 1
        assert (await harness.service.quota(ANA)).used == 1
        assert await harness.service.queue.waiting() == 0
