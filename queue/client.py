"""The bots' side of the queue: add a photo, drop it, count what waits."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from magicmemory.core.job import Job, Outcome, Platform, Progress, RestoreTask, Stage
from magicmemory.core.options import Options
from magicmemory.core.plans import PlanLimits
from magicmemory.core.report import Failure
from magicmemory.queue.arq_internals import ArqRedis, job_key, job_message, lease_key
from magicmemory.queue.connection import RedisKeys, turns_key, wake_channel
from magicmemory.queue.known_failures import KnownFailures
from magicmemory.queue.progress import publish
from magicmemory.queue.turns import PUT, turn_of
from magicmemory.storage.photos import original, result

RESTORE = "restore"
DELIVER = "deliver"
# Redis drops a job that no worker takes for this long.
QUEUED_JOB_EXPIRY = timedelta(days=30)


class Queue:
    """Adds jobs to the queues. Adding the same job twice has the effect of adding it once."""

    def __init__(self, redis: ArqRedis, keys: RedisKeys) -> None:
        self._redis = redis
        self._keys = keys
        self._failures = KnownFailures(redis, keys)
        self._put_script = redis.register_script(PUT)

    async def restore(self, task: RestoreTask, head_start_s: float = 0, turn: str = "") -> None:
        """Queue a photo for the workers.

        Args:
            task: the photo and its options.
            head_start_s: the photo is queued as if it had arrived this many seconds earlier. Older photos still come
                first, so nobody waits for ever.
            turn: whose turn it is, see `turn_of`; empty: the photo keeps its place by its arrival.
        """
        await self._put(
            self._keys.restore_queue,
            self._keys.restore_job(task.job),
            RESTORE,
            task,
            head_start_s,
            turn,
        )

    async def restore_job(self, job: Job, limits: PlanLimits) -> None:
        """Queue a job of the ledger under its plan's limits. Its place follows from the time it was accepted, also when
        it is queued a second time.
        """
        task = RestoreTask(
            job=job.id,
            platform=job.address.platform,
            photo=original(job.photo_of),
            result=result(job.id),
            options=limits.choose(job.options),
            max_megapixels=limits.max_megapixels,
        )
        age_s = max(0.0, (datetime.now(UTC) - job.created_at).total_seconds())
        await self.restore(task, limits.head_start_s + age_s, turn_of(job.sender, limits.head_start_s))

    async def known_failure(self, photo: str, options: Options, limits: PlanLimits) -> Failure | None:
        """Why the photo with this SHA-256 failed before under such limits, or None."""
        return await self._failures.find(photo, limits.choose(options), limits.max_megapixels)

    async def deliver(self, platform: Platform, outcome: Outcome) -> None:
        """Queue a reply for the platform's delivery worker."""
        queue = self._keys.delivery_queue(platform)
        await self._put(queue, self._keys.delivery_job(outcome.job), f"{DELIVER}.{platform}", outcome)

    async def _put(
        self, queue: str, queue_id: str, function: str, message: BaseModel, head_start_s: float = 0, turn: str = ""
    ) -> None:
        """Do what arq's `enqueue_job` does, in one round trip instead of three, and by Redis' clock. Also repair a job
        of which Redis kept only half, and wake a worker.
        """
        job = job_message(function, message.model_dump(mode="json"))
        expiry_ms = int(QUEUED_JOB_EXPIRY.total_seconds() * 1000)
        await self._put_script(
            keys=[job_key(queue_id), queue, turns_key(queue)],
            args=[queue_id, job, expiry_ms, int(head_start_s * 1000), turn, wake_channel(queue)],
        )

    async def drop(self, job: str) -> None:
        """Remove a waiting photo from the queue. If a worker has it already, the worker finishes; its reply is not
        sent, because the ledger says that the job was cancelled.
        """
        queue_id = self._keys.restore_job(job)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.restore_queue, queue_id)
            pipe.hdel(turns_key(self._keys.restore_queue), queue_id)
            pipe.delete(job_key(queue_id))
            await pipe.execute()
        # No reply follows that would end the progress message.
        await publish(self._redis, self._keys, Progress(job=job, stage=Stage.DONE))

    async def missing(self, platform: Platform, jobs: list[str]) -> set[str]:
        """Those of a platform's jobs that are in no queue and that no worker holds."""
        queues = (self._keys.restore_queue, self._keys.delivery_queue(platform))
        queued = {name for queue in queues for name in await self._redis.zrange(queue, 0, -1)}
        absent = []
        for job in jobs:
            ids = (self._keys.restore_job(job), self._keys.delivery_job(job))
            if not any(queue_id.encode() in queued for queue_id in ids):
                absent.append((job, [lease_key(queue_id) for queue_id in ids]))
        async with self._redis.pipeline(transaction=False) as pipe:
            for _, leases in absent:
                pipe.exists(*leases)
            held = await pipe.execute()
        return {job for (job, _), is_held in zip(absent, held, strict=True) if not is_held}

    async def mark(self, platform: Platform) -> None:
        """Leave a mark in this Redis; see `is_marked`."""
        await self._redis.set(self._keys.mark(platform), await self._run_id())

    async def is_marked(self, platform: Platform) -> bool:
        """Whether Redis was neither emptied nor restarted since `mark`: a restart may lose the last second."""
        return bool(await self._redis.get(self._keys.mark(platform)) == await self._run_id())

    async def _run_id(self) -> bytes:
        return str((await self._redis.info("server"))["run_id"]).encode()

    async def waiting(self) -> int:
        """Photos that wait or are being restored."""
        return int(await self._redis.zcard(self._keys.restore_queue))

    async def ahead(self, job: str) -> int:
        """How many photos arrived before this one; 0 if it is the next, in progress or done. Turns change the order: a
        person's first photo comes sooner, the later of many come after others' first.
        """
        rank: int | None = None
        with suppress(TypeError):
            rank = await self._redis.zrank(self._keys.restore_queue, self._keys.restore_job(job))
        return rank or 0
