"""Messages in Redis cannot run code, and foreign ones neither end a worker nor delay a photo."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix, retry_key_prefix

from magicmemory.core.job import JobState, Platform
from magicmemory.queue.connection import RedisKeys, connect, from_json, to_json
from tests.support.harness import eventually, running_harness

MARK = "MAGIC_MEMORY_RAN_A_PICKLE"


class Bomb:
    """Pickled, it is a program; unpickled, it has run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (f"import os; os.environ[{MARK!r}] = '1'",)


def job(**changes: object) -> bytes:
    return to_json({"t": None, "f": "restore", "a": [{"job": "1"}], "k": {}, "et": 1, **changes})


FOREIGN = {
    "pickle": pickle.dumps(Bomb()),
    "pickle-in-arqs-form": pickle.dumps({"t": None, "f": "restore", "a": (Bomb(),), "k": {}, "et": 1}),
    "no-json": b"\x00\xff garbage",
    "not-text": b"\xff\xfe" * 50,
    "deep": b"[" * 100_000,
    "other-json": b"[1, 2]",
    "no-job": b"{}",
    "number": b"7",
    "tries-are-text": job(t="many"),
    "time-is-text": job(et="now"),
    "unknown-function": job(f="os.system", a=["true"]),
    "function-is-a-list": job(f=["restore"]),
    "arguments-are-a-number": job(a=7),
    "named-arguments-are-a-list": job(k=[1]),
    "too-many-arguments": job(a=[{}, {}, {}]),
    "message-of-another-form": job(a=[{"job": 1, "photo": None}]),
    "no-message": job(a=[]),
}


async def queued(redis: ArqRedis, queue: str) -> list[bytes]:
    return [name async for name, _ in redis.zscan_iter(queue)]


@pytest.mark.parametrize("queue", ["restore", "deliver:telegram"])
async def test_foreign_messages_are_dropped_and_photos_continue(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    monkeypatch.delenv(MARK, raising=False)
    async with running_harness(tmp_path, redis_url) as harness, connect(redis_url) as redis:
        line = f"{harness.settings.redis_prefix}:{queue}"
        for name, message in FOREIGN.items():
            await redis.set(job_key_prefix + name, message)
            await redis.zadd(line, {name: 1})  # before every photo of ours
        await redis.lpush(job_key_prefix + "a-list", "x")  # type: ignore[misc]
        await redis.set(job_key_prefix + "tries", job())
        await redis.set(retry_key_prefix + "tries", "many")
        await redis.zadd(line, {b"a-list": 1, b"tries": 1, b"nothing-is-kept": 1, b"\xff\x00\xfe": 1, b"": 1})

        answered = await harness.finished(await harness.send())
        assert answered.state is JobState.DELIVERED

        async def none_left() -> bool | None:
            # Our own photo's message goes a moment after its reply.
            return True if not await queued(redis, line) and not await redis.keys(job_key_prefix + "*") else None

        await eventually(none_left)
        assert not await redis.keys(in_progress_key_prefix + "*s*")
        assert not await redis.keys(job_key_prefix + "*")
        assert MARK not in os.environ
        assert len(harness.chat.replies) == 1


async def test_worker_survives_a_queue_key_of_another_type(tmp_path: Path, redis_url: str) -> None:
    async with connect(redis_url) as redis:
        names = RedisKeys("magicmemory")
        await redis.set(names.restore_queue, "no queue")
        async with running_harness(tmp_path, redis_url, delivery=False) as harness:
            await redis.delete(names.restore_queue)
            await harness.send()

            async def restored() -> bool | None:
                return True if await queued(redis, names.delivery_queue(Platform.TELEGRAM)) else None

            await eventually(restored)


def test_only_json_is_read() -> None:
    message: dict[str, Any] = {"f": "restore", "a": [{"job": "1"}], "k": {}, "t": None, "et": 1}
    assert from_json(to_json(message)) == message
    assert from_json(to_json({**message, "r": ValueError("x")}))["r"] == "ValueError('x')"
    for foreign in (pickle.dumps(Bomb()), b"[]", b"{}", job(t="1"), job(et=None)):
        with pytest.raises(ValueError, match=r"."):
            from_json(foreign)
