"""Connections to Redis, and the keys that we use there. Every key begins with the operator's prefix."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from magicmemory.core.errors import ServerUnreachable
from magicmemory.core.job import Platform

# The fields of a job in arq's form: function, arguments, named arguments, number of the try, time of queueing.
JOB_FIELDS: Final = {"f": str, "a": list, "k": dict, "t": int | None, "et": int}


@dataclass(frozen=True, slots=True)
class RedisKeys:
    """The keys of queues and jobs, and the names of channels. Their text never changes: jobs are in flight under it."""

    prefix: str

    @property
    def restore_queue(self) -> str:
        """The queue of the workers."""
        return f"{self.prefix}:restore"

    def delivery_queue(self, platform: Platform) -> str:
        """The queue of a platform's replies."""
        return f"{self.prefix}:deliver:{platform}"

    def restore_job(self, job: str) -> str:
        """The queue's id for restoring a job; always the same, so a job is queued once."""
        return f"{self.prefix}:restore:{job}"

    def delivery_job(self, job: str) -> str:
        """The queue's id for delivering a job."""
        return f"{self.prefix}:deliver:{job}"

    def failure(self, photo: str, options: str, max_megapixels: float) -> str:
        """Why a photo, by its SHA-256, cannot be restored with these options."""
        return f"{self.prefix}:failure:{photo}:{options}:{max_megapixels:g}"

    def attempts(self, job: str) -> str:
        """Counts the attempts at a job that a worker started and did not finish."""
        return f"{self.prefix}:begun:{job}"

    @property
    def dead_letter(self) -> str:
        """The dead letters: jobs that crashed their workers, with the time they were given up."""
        return f"{self.prefix}:set-aside"

    @property
    def probe(self) -> str:
        """Written by health checks; it expires at once."""
        return f"{self.prefix}:probe"

    def mark(self, platform: Platform) -> str:
        """A platform's mark, which shows whether Redis was emptied or restarted."""
        return f"{self.prefix}:swept:{platform}"

    def progress(self, job: str) -> str:
        """The channel of a job's progress; `*` for all jobs."""
        return f"{self.prefix}:progress:{job}"


def wake_channel(queue: str) -> str:
    """The channel that wakes a queue's workers for a new job."""
    return f"{queue}:wake"


def turns_key(queue: str) -> str:
    """Whose turn each waiting job of a queue is; see `turns.py`."""
    return f"{queue}:turns"


def served_key(queue: str) -> str:
    """When each person had their last turn in a queue."""
    return f"{queue}:served"


def to_json(value: dict[str, Any]) -> bytes:
    """Serialises a job as JSON. arq's default is pickle, which would let the contents of Redis run as code."""
    # arq also serialises the exceptions of failed jobs: they become text.
    return json.dumps(value, default=repr, separators=(",", ":")).encode()


def from_json(data: bytes) -> dict[str, Any]:
    """The inverse of `to_json`.

    Raises:
        ValueError: the data is not JSON or not a job. arq then drops it.
    """
    value = json.loads(data)
    if not isinstance(value, dict) or not all(isinstance(value.get(part), kind) for part, kind in JOB_FIELDS.items()):
        raise ValueError("not a job")
    return value


def settings(url: str) -> RedisSettings:
    """Arq's settings for a `redis://`, `rediss://` or `unix://` URL."""
    found = RedisSettings.from_dsn(url)
    # arq does not decode %40 and the like: without this, no name or password could contain an @.
    name, password = (unquote(part) if part else part for part in (found.username, found.password))
    return replace(found, username=name, password=password)


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[ArqRedis]:
    """A pool of connections to the Redis at `url`.

    Raises:
        ServerUnreachable: it does not answer, or refuses the name and password.
    """
    try:
        pool = await create_pool(settings(url), job_serializer=to_json, job_deserializer=from_json)
    except (RedisError, OSError) as error:
        raise ServerUnreachable(f"Redis cannot be used: start it, or correct MAGIC_REDIS_URL. ({error})") from error
    try:
        yield pool
    finally:
        await pool.aclose()
