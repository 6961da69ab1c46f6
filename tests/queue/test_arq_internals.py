"""The pinned arq still has everything that `queue/arq_internals.py` takes from inside it. A test that fails here names
what a new release of arq changed.
"""

import asyncio
import inspect
import json
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from arq.worker import Worker
from packaging.requirements import Requirement

from magicmemory.queue.arq_internals import ArqRedis, func, job_key, job_message, lease_key, now_ms, retry_key
from magicmemory.queue.connection import JOB_FIELDS, connect, from_json, to_json

ROOT = Path(__file__).parents[2]


def test_arq_is_pinned_to_the_tested_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (arq,) = (found for text in project["dependencies"] if (found := Requirement(text)).name == "arq")
    assert any(part.operator in ("<", "==") for part in arq.specifier), "arq needs an upper bound"
    assert version("arq") in arq.specifier
    assert version("arq").startswith("0.28."), "read arq_internals.py's table against the new release first"


def test_a_job_has_the_keys_of_arq() -> None:
    assert [key("1") for key in (job_key, retry_key, lease_key)] == ["arq:job:1", "arq:retry:1", "arq:in-progress:1"]


def test_a_message_has_the_fields_of_arq() -> None:
    message = json.loads(job_message("restore", {"job": "1"}))
    assert set(message) == set(JOB_FIELDS)
    assert (message["f"], message["a"], message["k"], message["t"]) == ("restore", [{"job": "1"}], {}, None)
    assert abs(message["et"] - now_ms()) < 60_000


def test_worker_has_the_attributes_that_main_uses() -> None:
    assert inspect.iscoroutinefunction(Worker.main)
    assert list(inspect.signature(Worker.main).parameters) == ["self"]
    assert inspect.iscoroutinefunction(Worker.run_job)
    assert list(inspect.signature(Worker.run_job).parameters) == ["self", "job_id", "score"]
    assert isinstance(inspect.getattr_static(Worker, "pool"), property)
    source = inspect.getsource(Worker.run)
    assert "self.main()" in source, "arq runs something other than Worker.main"


async def test_the_worker_runs_one_claimed_job_and_cleans_up(redis_url: str) -> None:
    seen: dict[str, Any] = {}

    async def note(context: dict[str, Any], message: dict[str, Any]) -> None:
        seen.update(context, message=message)

    async with connect(redis_url) as redis:
        worker = await worker_with(redis, note)
        assert (worker.queue_name, worker.max_jobs, worker.tasks, worker.allow_pick_jobs) == ("queue", 3, {}, True)
        worker.ctx["redis"] = redis
        await redis.set(job_key("1"), job_message("note", {"job": "1"}))
        await redis.zadd("queue", {"1": 7})
        await redis.set(lease_key("1"), b"1")
        await worker.run_job("1", 7)
        assert seen["message"] == {"job": "1"}
        assert (seen["job_id"], seen["job_try"], seen["redis"]) == ("1", 1, redis)
        assert abs(seen["enqueue_time"].timestamp() * 1000 - now_ms()) < 60_000
        assert await redis.keys("*1") == []
        assert await redis.zcard("queue") == 0


async def test_a_cancelled_job_returns_to_the_queue(redis_url: str) -> None:
    started = asyncio.Event()

    async def wait(context: dict[str, Any], message: dict[str, Any]) -> None:
        started.set()
        await asyncio.sleep(60)

    async with connect(redis_url) as redis:
        worker = await worker_with(redis, wait)
        await redis.set(job_key("1"), job_message("note", {"job": "1"}))
        await redis.zadd("queue", {"1": 7})
        running = asyncio.create_task(worker.run_job("1", 7))
        await started.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert await redis.zcard("queue") == 1
        assert await redis.exists(job_key("1"))


async def worker_with(redis: ArqRedis, coroutine: Any) -> Worker:
    return Worker(
        [func(coroutine, name="note")],
        queue_name="queue",
        redis_pool=redis,
        handle_signals=False,
        max_jobs=3,
        keep_result=0,
        job_serializer=to_json,
        job_deserializer=from_json,
        log_results=False,
    )
