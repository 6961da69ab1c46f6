"""Everything we take from inside arq, which documents none of it. The release is pinned in pyproject.toml, and
`tests/queue/test_arq_internals.py` says which of these a newer release breaks.

| what | why |
|---|---|
| the keys of a job, its retries and its lease | a job is queued in one round trip; a lease lasts seconds, not minutes |
| the JSON form of a job (`serialize_job`, `connection.JOB_FIELDS`) | the same; and foreign messages are recognised |
| `Worker.main`, overridden | arq polls; ours is woken, claims in one step and outlives a Redis that restarts |
| `Worker.run_job(job_id, score)` | runs one claimed job: time limit, retries and clean-up stay arq's |
| `Worker.pool`, `queue_name`, `max_jobs`, `tasks`, `allow_pick_jobs`, `ctx` | the state that `main` works on |
| `job_id`, `job_try`, `enqueue_time` in a job's context | the lease, the back-off of retries, the metrics |
"""

from typing import Any, Final

from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix, retry_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from arq.worker import Retry, Worker, func

from magicmemory.queue.connection import to_json

__all__ = [
    "LEASE_PREFIX",
    "ArqRedis",
    "Retry",
    "Worker",
    "func",
    "job_key",
    "job_message",
    "lease_key",
    "now_ms",
    "retry_key",
]

# arq calls a lease "in progress".
LEASE_PREFIX: Final = in_progress_key_prefix


def job_key(queue_id: str) -> str:
    """Where Redis keeps a job's message."""
    return job_key_prefix + queue_id


def retry_key(queue_id: str) -> str:
    """Where Redis counts a job's tries."""
    return retry_key_prefix + queue_id


def lease_key(queue_id: str) -> str:
    """Set while a worker holds the job."""
    return LEASE_PREFIX + queue_id


def now_ms() -> int:
    """The present as arq counts it: milliseconds since 1970."""
    return timestamp_ms()


def job_message(function: str, message: dict[str, Any]) -> bytes:
    """A job that calls `function` with one argument, as arq's workers read it."""
    return serialize_job(function, (message,), {}, None, now_ms(), serializer=to_json)
