"""The delivery worker: takes outcomes from a platform's queue, has the adapter reply, and settles the quota.

The order of the steps makes a reply happen once. A success is sent, then settled. A failure is refunded, then sent,
then marked as replied. A reply that cannot be sent becomes a failure, so that the person is told and pays nothing.
An interrupted delivery runs again and sees in the ledger which steps are done.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any, Protocol

from magicmemory.core.errors import InternalError, PhotoExpired, UserError
from magicmemory.core.job import TERMINAL, Job, JobState, Outcome, Platform, Progress, Quota, Stage
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.report import Failure
from magicmemory.queue.arq_internals import Retry
from magicmemory.queue.arq_worker import run_worker
from magicmemory.queue.client import DELIVER
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.progress import publish
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.photos import PhotoStore, result

log = logging.getLogger(__name__)

MAX_TRIES = 8
FIRST_RETRY_S = 2.0
MAX_RETRY_S = 300.0
SEND_TIMEOUT_S = 300.0


class Undeliverable(Exception):
    """The reply can never be sent. The quota is refunded, and the adapter is asked once to say `failure` instead."""

    def __init__(self, reason: str, failure: UserError | None = None) -> None:
        """`failure`: what the person is told; None: the apology for a bug."""
        super().__init__(reason)
        self.failure = Failure.of(failure or InternalError())


class RetryLater(Exception):
    """The platform asks to wait `seconds`; None: our own back-off applies."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply for the adapter to send: the restored photo with its report, or a failure."""

    job: Job
    outcome: Outcome
    photo: bytes  # the result; empty for a failure
    quota: Quota  # after this reply

    @property
    def failure(self) -> Failure | None:
        """The failure, or None for a restored photo."""
        return self.outcome.failure


class Replier(Protocol):
    """The adapter's part of the delivery."""

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send the reply. Returns additions to the job's context, such as the sent message's id.

        Raises:
            Undeliverable: the reply can never be sent.
            RetryLater: the platform asks to wait.
        """


class DeliveryWorker:
    """Delivers one platform's replies."""

    def __init__(
        self,
        platform: Platform,
        replier: Replier,
        ledger: Ledger,
        photos: PhotoStore,
        keys: RedisKeys,
        metrics: Metrics | None = None,
    ) -> None:
        self._platform = platform
        self._replier = replier
        self._ledger = ledger
        self._photos = photos
        self._keys = keys
        self._metrics = metrics or Metrics()

    async def run(self, redis_url: str, stop: asyncio.Event, at_once: int = 16) -> None:
        """Deliver until `stop` is set, `at_once` replies at a time."""
        await run_worker(
            redis_url,
            queue=self._keys.delivery_queue(self._platform),
            function=f"{DELIVER}.{self._platform}",
            coroutine=self._deliver,
            at_once=at_once,
            timeout_s=SEND_TIMEOUT_S,
            stop=stop,
        )

    async def _deliver(self, context: dict[str, Any], message: dict[str, Any]) -> None:
        outcome = Outcome.model_validate(message)
        if context["job_try"] == 1:
            self._metrics.waited(f"{DELIVER}.{self._platform}", context["enqueue_time"])
        with about(outcome.job, self._platform):
            await self._answer(context, outcome)

    async def _answer(self, context: dict[str, Any], outcome: Outcome) -> None:
        if outcome.failure is not None:
            await self._ledger.refund_quota(outcome.job, outcome.failure)
        found = await self._ledger.job_and_quota(outcome.job)
        if found is None or not _needs_reply(found[0]):
            log.info("job %s needs no reply", outcome.job)
            return
        job, quota = found
        if job.state is JobState.FAILED:
            outcome = Outcome(job=job.id, failure=job.failure)
        began, result_of_try = time.time(), "retry"
        try:
            result_of_try = await self._send(job, outcome, quota)
        except Undeliverable as error:
            result_of_try = await self._give_up(job, f"cannot be sent: {error}", error.failure)
        except RetryLater as later:
            result_of_try = await self._try_again(job, context["job_try"], later.seconds)
        # The only broad except on this side: a failed reply is tried again; after the last try the quota is refunded.
        except Exception:
            log.exception("job %s: the reply failed", job.id)
            result_of_try = await self._try_again(job, context["job_try"], None)
        finally:
            self._metrics.delivered(self._platform, result_of_try, job.id, began, time.time())
        await publish(context["redis"], self._keys, Progress(job=job.id, stage=Stage.DONE))

    async def _send(self, job: Job, outcome: Outcome, quota: Quota) -> str:
        """Send the reply. Returns what was sent: `photo` or `failure`."""
        photo = b""
        if outcome.failure is None:
            try:
                photo = await self._photos.get(result(job.id))
            except PhotoExpired as error:
                outcome = Outcome(job=job.id, failure=Failure.of(error))
                await self._ledger.refund_quota(job.id, Failure.of(error))
                quota = await self._ledger.quota(job.sender)
        context = await self._replier.reply(Reply(job=job, outcome=outcome, photo=photo, quota=quota))
        # The reply is in the chat. Even if the delivery runs out of time here, on an overloaded machine, that must be
        # recorded: else the reply would be sent again.
        if outcome.failure is None:
            await asyncio.shield(self._ledger.settle(outcome, context))
        else:
            await asyncio.shield(self._ledger.replied(job.id, context))
        log.info("job %s: replied", job.id)
        return "photo" if outcome.failure is None else "failure"

    async def _try_again(self, job: Job, tries: int, seconds: float | None) -> str:
        if tries >= MAX_TRIES:
            return await self._give_up(job, f"{tries} tries failed", Failure.of(InternalError()))
        back_off = min(MAX_RETRY_S, FIRST_RETRY_S * 2 ** (tries - 1))
        raise Retry(defer=back_off if seconds is None else seconds)

    async def _give_up(self, job: Job, reason: str, failure: Failure) -> str:
        """Refund the quota, and say once why no reply comes: a progress message must not stand for ever."""
        log.warning("job %s: no reply: %s", job.id, reason)
        await self._ledger.refund_quota(job.id, failure)
        refunded = await self._ledger.job(job.id)
        notes: dict[str, str] = {}
        if refunded is not None and refunded.state is JobState.FAILED:
            outcome = Outcome(job=job.id, failure=refunded.failure)
            quota = await self._ledger.quota(job.sender)
            try:
                notes = await self._replier.reply(Reply(job=refunded, outcome=outcome, photo=b"", quota=quota))
            # This was the last message about the job, and its errors are the platform's or the adapter's.
            except Exception as error:
                log.info("job %s: the person could not be told: %s", job.id, error)
        await self._ledger.replied(job.id, notes)
        return "given-up"


def _needs_reply(job: Job) -> bool:
    return job.finished_at is None and (job.state not in TERMINAL or job.state is JobState.FAILED)
