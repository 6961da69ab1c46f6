"""What the bots need of the queue: hand a photo in, drop it, see how long the line is."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from arq.connections import ArqRedis
from arq.constants import job_key_prefix

from magicmemory.core.job import Outcome, Platform, Progress, RestoreTask, Stage
from magicmemory.queue.connection import Names
from magicmemory.queue.progress import publish

RESTORE = "restore"
DELIVER = "deliver"
# arq forgets what waited for a day. A long line must not lose its end.
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
        await self._redis.enqueue_job(
            RESTORE,
            task.model_dump(mode="json"),
            _job_id=self._names.restore_job(task.job),
            _queue_name=self._names.restore_queue,
            # The line is sorted by this moment, and whatever lies in the past may be taken.
            _defer_until=datetime.now(UTC) - timedelta(seconds=head_start_s),
            _expires=LONGEST_WAIT,
        )

    async def deliver(self, platform: Platform, outcome: Outcome) -> None:
        """Queue a reply for the platform's delivery worker."""
        await self._redis.enqueue_job(
            f"{DELIVER}.{platform}",
            outcome.model_dump(mode="json"),
            _job_id=self._names.delivery_job(outcome.job),
            _queue_name=self._names.delivery_queue(platform),
            _expires=LONGEST_WAIT,
        )

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

    async def waiting(self) -> int:
        """How many photos wait or are in hand."""
        return int(await self._redis.zcard(self._names.restore_queue))

    async def ahead(self, job: str) -> int:
        """How many photos are before this one; 0 when it is the next, in hand or done."""
        rank: int | None = None
        with suppress(TypeError):
            rank = await self._redis.zrank(self._names.restore_queue, self._names.restore_job(job))
        return rank or 0
