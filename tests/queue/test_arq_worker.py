"""A worker starts a job once, even if it could not renew the job's lease in time."""

import asyncio
import logging
from typing import Any

import pytest

from magicmemory.queue.arq_internals import lease_key
from magicmemory.queue.arq_worker import run_worker
from magicmemory.queue.connection import connect
from tests.support.harness import eventually

QUEUE = "test:work"


async def test_a_running_job_whose_lease_ended_is_not_started_again(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "magicmemory.queue.arq_worker")
    started: list[str] = []
    release, stop = asyncio.Event(), asyncio.Event()

    async def work(context: dict[str, Any], _message: dict[str, Any]) -> None:
        started.append(context["job_id"])
        await release.wait()

    async with connect(redis_url) as redis:

        async def claimed_again() -> bool | None:
            return any("already runs here" in message for message in caplog.messages) or None

        async def has_ended() -> bool | None:
            return (not await redis.exists("arq:job:one") and not await redis.zcard(QUEUE)) or None

        await redis.enqueue_job("work", {}, _job_id="one", _queue_name=QUEUE)
        worker = asyncio.create_task(
            run_worker(
                redis_url, queue=QUEUE, function="work", coroutine=work, at_once=2, timeout_s=60, stop=stop, grace_s=1
            )
        )
        await eventually(lambda: _truth(bool(started)))
        await redis.delete(lease_key("one"))
        await eventually(claimed_again)
        assert started == ["one"]
        assert await redis.exists(lease_key("one"))
        release.set()
        await eventually(has_ended)
        stop.set()
        await worker
    assert started == ["one"]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def _truth(value: bool) -> bool | None:
    return value or None
