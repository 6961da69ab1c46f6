"""Connections to Redis, and the names of what we keep there. Everything begins with the operator's prefix."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from arq.connections import ArqRedis, RedisSettings, create_pool

from magicmemory.core.job import Platform

# A job in arq's form: function, arguments, named arguments, number of the try, time of queueing.
JOB: Final = {"f": str, "a": list, "k": dict, "t": int | None, "et": int}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of queues, channels and jobs in Redis."""

    prefix: str

    @property
    def restore_queue(self) -> str:
        """The queue of the workers."""
        return f"{self.prefix}:restore"

    def delivery_queue(self, platform: Platform) -> str:
        """The queue of a platform's replies."""
        return f"{self.prefix}:deliver:{platform}"

    def restore_job(self, job: str) -> str:
        """The queue's id for restoring a job: the same each time, so that it is queued once."""
        return f"{self.prefix}:restore:{job}"

    def delivery_job(self, job: str) -> str:
        """The queue's id for delivering a job."""
        return f"{self.prefix}:deliver:{job}"

    def begun(self, job: str) -> str:
        """How often a worker began with a job and has not ended it."""
        return f"{self.prefix}:begun:{job}"

    @property
    def dead_letter(self) -> str:
        """The jobs that ended their workers, by when they were set aside."""
        return f"{self.prefix}:set-aside"

    def mark(self, platform: Platform) -> str:
        """What a platform's sweep leaves in Redis, to see whether it was emptied."""
        return f"{self.prefix}:swept:{platform}"

    def asked(self, platform: Platform) -> str:
        """What a platform's bot has in hand."""
        return f"{self.prefix}:asked:{platform}"

    def progress(self, job: str) -> str:
        """The channel that tells how far a job is; `*` for all of them."""
        return f"{self.prefix}:progress:{job}"


def wake_channel(queue: str) -> str:
    """The channel that tells a queue's workers of a new job."""
    return f"{queue}:wake"


def to_json(value: dict[str, Any]) -> bytes:
    """Arq's serialiser in place of pickle, so that what stands in Redis can never run as code."""
    # arq also serialises exceptions of failed jobs: they are kept as text.
    return json.dumps(value, default=repr, separators=(",", ":")).encode()


def from_json(data: bytes) -> dict[str, Any]:
    """The inverse of `to_json`.

    Raises:
        ValueError: it is not JSON, or no job; arq then drops it.
    """
    value = json.loads(data)
    if not isinstance(value, dict) or not all(isinstance(value.get(part), kind) for part, kind in JOB.items()):
        raise ValueError("not a job")
    return value


def settings(url: str) -> RedisSettings:
    """Arq's settings for a `redis://`, `rediss://` or `unix://` URL."""
    found = RedisSettings.from_dsn(url)
    # arq leaves what a URL writes as %40 as it is: no name and no password could hold an @.
    name, password = (unquote(part) if part else part for part in (found.username, found.password))
    return replace(found, username=name, password=password)


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[ArqRedis]:
    """A pool of connections that can enqueue jobs."""
    pool = await create_pool(settings(url), job_serializer=to_json, job_deserializer=from_json)
    try:
        yield pool
    finally:
        await pool.aclose()
