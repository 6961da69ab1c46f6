"""What the bots need of the queue: hand a photo in, drop it, see how long the line is."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from pydantic import BaseModel

from magicmemory.core.job import Job, Outcome, Platform, Progress, RestoreTask, Stage
from magicmemory.core.plans import PlanLimits
from magicmemory.queue.connection import Names, to_json, wake_channel
from magicmemory.queue.pending_requests import PendingRequests
from magicmemory.queue.progress import publish
from magicmemory.storage.photos import original, result

RESTORE = "restore"
DELIVER = "deliver"
# How long Redis keeps a job that nobody takes.
LONGEST_WAIT = timedelta(days=30)


class Queue:
    """Puts jobs into the queues. Putting the same one twice is the same as once."""

    def __init__(self, redis: ArqRedis, names: Names) -> None:
        self._redis = redis
        self._names = names

    async def restore(self, task: RestoreTask, head_start_s: float = 0) -> None:
        """Queue a photo for the workers.

        Args:
            task: what to do.
            head_start_s: the photo takes its place in the line as if it had come so many seconds earlier. Whoever came
                earlier still than that stays before it, so nobody waits for ever.
        """
        await self._put(
            self._names.restore_queue,
            self._names.restore_job(task.job),
            RESTORE,
            task,
            timestamp_ms() - head_start_s * 1000,
        )

    async def restore_job(self, job: Job, limits: PlanLimits) -> None:
        """Queue a job of the ledger, as its plan's limits say. Its place in the line is by when it was accepted, also
        where it comes a second time.
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
        await self.restore(task, limits.head_start_s + age_s)

    async def deliver(self, platform: Platform, outcome: Outcome) -> None:
        """Queue a reply for the platform's delivery worker."""
        queue = self._names.delivery_queue(platform)
        await self._put(queue, self._names.delivery_job(outcome.job), f"{DELIVER}.{platform}", outcome, timestamp_ms())

    async def _put(self, queue: str, queue_id: str, function: str, message: BaseModel, score: float) -> None:
        """Do what arq's `enqueue_job` does, in one round trip instead of three; mend a job of which Redis kept only
        half; and wake a worker.
        """
        now = timestamp_ms()
        job = serialize_job(function, (message.model_dump(mode="json"),), {}, None, now, serializer=to_json)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(job_key_prefix + queue_id, job, px=LONGEST_WAIT, nx=True)
            # The line is sorted by this moment, and whatever lies in the past may be taken.
            pipe.zadd(queue, {queue_id: int(score)}, nx=True)
            pipe.publish(wake_channel(queue), b"")
            await pipe.execute()

    async def drop(self, job: str) -> None:
        """Take a waiting photo out of the line. One that a worker has in hand runs on; its reply is not sent, because
        the ledger says it was cancelled.
        """
        queue_id = self._names.restore_job(job)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._names.restore_queue, queue_id)
            pipe.delete(job_key_prefix + queue_id)
            await pipe.execute()
        # No reply will tell whoever watches that it is over.
        await publish(self._redis, self._names, Progress(job=job, stage=Stage.DONE))

    def pending_requests(self, platform: Platform) -> PendingRequests:
        """What a platform's bot has in hand."""
        return PendingRequests(self._redis, self._names, platform)

    async def unknown(self, platform: Platform, jobs: list[str]) -> set[str]:
        """Those of a platform's jobs that stand in no queue and that nobody has in hand."""
        queues = (self._names.restore_queue, self._names.delivery_queue(platform))
        queued = {name for queue in queues for name in await self._redis.zrange(queue, 0, -1)}
        missing = []
        for job in jobs:
            ids = (self._names.restore_job(job), self._names.delivery_job(job))
            if not any(queue_id.encode() in queued for queue_id in ids):
                missing.append((job, [in_progress_key_prefix + queue_id for queue_id in ids]))
        async with self._redis.pipeline(transaction=False) as pipe:
            for _, leases in missing:
                pipe.exists(*leases)
            held = await pipe.execute()
        return {job for (job, _), in_hand in zip(missing, held, strict=True) if not in_hand}

    async def mark(self, platform: Platform) -> None:
        """Remember this Redis; see `is_marked`."""
        await self._redis.set(self._names.mark(platform), await self._run_id())

    async def is_marked(self, platform: Platform) -> bool:
        """Whether Redis is as `mark` found it: neither emptied nor started anew. A new start may have lost the last
        second.
        """
        return bool(await self._redis.get(self._names.mark(platform)) == await self._run_id())

    async def _run_id(self) -> bytes:
        return str((await self._redis.info("server"))["run_id"]).encode()

    async def waiting(self) -> int:
        """How many photos wait or are in hand."""
        return int(await self._redis.zcard(self._names.restore_queue))

    async def ahead(self, job: str) -> int:
        """How many photos are before this one; 0 when it is the next, in hand or done."""
        rank: int | None = None
        with suppress(TypeError):
            rank = await self._redis.zrank(self._names.restore_queue, self._names.restore_job(job))
        return rank or 0
