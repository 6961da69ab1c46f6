"""The service behind every platform: it takes photos in, tracks them, and gives adapters what the stores and the queue
hold.
"""

import asyncio
import errno
import hashlib
import logging
import math
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from magicmemory.bots.common.groups import GroupRules
from magicmemory.bots.common.previews import Previews
from magicmemory.bots.common.sentences import Sentences
from magicmemory.bots.common.sharing import Sharing
from magicmemory.bots.common.shop import Shop
from magicmemory.bots.texts import Texts
from magicmemory.core.errors import (
    FileTooLarge,
    InternalError,
    NotAPhoto,
    NothingToCancel,
    NotYours,
    PhotoExpired,
    QueueFull,
    UserError,
)
from magicmemory.core.groups import Group
from magicmemory.core.job import TERMINAL, Address, Job, JobState, Outcome, Platform, Progress, Quota, Sender, Stage
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.options import Options
from magicmemory.core.plans import Plans
from magicmemory.core.preferences import Preferences
from magicmemory.core.report import Failure
from magicmemory.core.settings import Settings
from magicmemory.core.signing import Signer
from magicmemory.core.units import MB
from magicmemory.queue.client import Queue
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.codes import Codes
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.pending_requests import PendingRequests
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore, mask, original, result
from magicmemory.storage.reminders import Reminders
from magicmemory.storage.statistics import Statistics

log = logging.getLogger(__name__)

# A watcher that hears nothing for this long looks into the ledger: Redis may have lost a message.
POLL_INTERVAL_S = 5.0
SETTLE_POLL_S = 0.1
_ID = re.compile(r"[0-9a-f]{32}")  # of a job; other strings from clients must not reach the database
# Restored photos that a bot decodes and encodes at a time: one of 64 megapixels takes some 400 MB.
IMAGES_AT_ONCE = 2
# The longest wait that a full queue announces: a longer estimate would be a guess.
LONGEST_WAIT_MIN = 30


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
TakesPhoto = Callable[Concatenate["BotService", Sender, Arguments], Awaitable[Job]]


def _counted(take: TakesPhoto[Arguments]) -> TakesPhoto[Arguments]:
    """Count the photo in the service's metrics, with the time that the intake took or the error that refused it."""

    @wraps(take)
    async def counted(self: "BotService", sender: Sender, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Job:
        began = time.time()
        try:
            job = await take(self, sender, *args, **kwargs)
        except Exception as error:
            self.metrics.refused(sender.platform, error.key if isinstance(error, UserError) else InternalError.key)
            raise
        self.metrics.taken_in(sender.platform, job.id, began, time.time())
        return job

    return counted


@dataclass(frozen=True, slots=True)
class BotService:
    """What an adapter calls. Every method may raise a `UserError`, whose sentence the texts have.

    Adapters use the methods, `sentences`, `shop`, `sharing`, `groups`, `texts`, `plans` and `settings`; the stores and
    the queue belong to the service and to `bots/common`.
    """

    sentences: Sentences
    shop: Shop
    texts: Texts
    settings: Settings
    plans: Plans
    ledger: Ledger
    people: People
    photos: PhotoStore
    queue: Queue
    hub: ProgressHub
    grants: Grants
    groups: GroupRules
    codes: Codes
    payments: Payments
    pending_requests: PendingRequests
    reminders: Reminders
    statistics: Statistics
    erasure: Erasure
    previews: Previews
    sharing: Sharing
    signer: Signer
    metrics: Metrics = field(default_factory=Metrics)
    image_places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IMAGES_AT_ONCE))

    @_counted
    async def intake(
        self,
        sender: Sender,
        address: Address,
        photo: bytes,
        options: Options | None = None,
        context: dict[str, str] | None = None,
        *,
        network: str = "",
        free: bool = False,
        group: Group | None = None,
    ) -> Job:
        """Take a photo in: reserve quota, store the photo, queue it. The same message received again makes no second
        job. A photo that was restored for the sender with the same options is answered from the photo store, for free.

        Args:
            sender: who asks, and whose quota is charged.
            address: the message that asked.
            photo: the file as it was sent.
            options: how to restore it; None means the sender's preferences.
            context: the adapter's own notes, stored with the job.
            network: the address that the photo came from, or its network; empty: the platform does not tell. Only a
                keyed hash of it is stored.
            free: charge nothing: the photo is the service's own sample.
            group: where the sender asks, if it is a group; its settings apply.

        Raises:
            FileTooLarge, NotAPhoto: the file is too long or empty; the worker reports everything about its content.
            QueueFull: too many photos are waiting.
            TooManyAtOnce: the sender has too many unfinished photos.
            TooManyFailures: too many photos of the sender, or from the network, failed lately.
            OnlyAdministrators: the sender may not ask in this group.
            QuotaUsedUp, NetworkQuotaUsedUp, GroupQuotaUsedUp, FairUseReached: nothing is left today.
            ModelNotInPlan, SizeNotInPlan: the sender's plan does not include these options.
        """
        rules = await self.groups.check(sender, group)
        if options is None:
            options = await self.options(sender, group.id if group else "")
        if rules.language:  # of the replies to this photo
            sender = sender.model_copy(update={"language": rules.language})
        return await self._take(
            *(sender, address, photo, options, context),
            network=network,
            free=free,
            group=group.id if group else None,
            group_limit=rules.photos_per_day,
        )

    @_counted
    async def adjust(
        self,
        sender: Sender,
        address: Address,
        parent: Job,
        options: Options,
        context: dict[str, str] | None = None,
        network: str = "",
    ) -> Job:
        """Restore a job's photo again with other options. After a delivered job this is free for a limited time; after
        a failed one, which cost nothing, the photo is taken in as a new one.

        Raises:
            TooManyAdjustments: the free adjustments are used up, or their time is over.
            PhotoExpired: the photo has been deleted.
            And what `intake` raises, after a failed job.
        """
        photo = await self.photos.get(original(parent.photo_of))
        if parent.state is JobState.FAILED:
            return await self._take(
                *(sender, address, photo, options, context), network=network, free=False, group=None, group_limit=0
            )
        reservation = await self.ledger.reserve(
            sender, address, options, parent=parent.photo_of, context=context, network=self._hashed(network)
        )
        if reservation.job.state not in TERMINAL:
            async with self._taking_in(reservation.job):
                await self._queue(reservation.job)
        return reservation.job

    async def cancel(self, sender: Sender) -> list[Job]:
        """Cancel the sender's waiting photos and refund their quota.

        Raises:
            NothingToCancel: nothing is waiting.
        """
        dropped = await self.ledger.cancel(sender)
        for job in dropped:
            await self.queue.drop(job.id)
        return dropped

    async def forget(self, sender: Sender) -> None:
        """Delete the sender's photos and preferences, and cancel what waits; `Erasure` says what stays how long."""
        with suppress(NothingToCancel):
            await self.cancel(sender)
        await self.erasure.forget(sender)

    async def quota(self, sender: Sender) -> Quota:
        """What the sender has left today, and beyond that."""
        return await self.ledger.quota(sender)

    async def job_of(self, sender: Sender, job_id: str, settle_s: float = 0.0) -> Job:
        """One of the sender's own jobs.

        Args:
            sender: who asks.
            job_id: from a client, so it may be any string.
            settle_s: how long to wait for a job that is not finished: its reply reaches the chat a moment before the
                ledger knows.

        Raises:
            NotYours: the job is somebody else's.
            PhotoExpired: there is no such job.
        """
        deadline = time.monotonic() + settle_s
        job = await self._owned(sender, job_id)
        while job.state is JobState.ACCEPTED and time.monotonic() < deadline:
            await asyncio.sleep(SETTLE_POLL_S)
            job = await self._owned(sender, job_id)
        return job

    async def any_job(self, platform: Platform, job_id: str) -> Job:
        """A job of anybody's. The adapter checks that it stands where the person who asks is an administrator.

        Raises:
            PhotoExpired: there is no such job.
        """
        job = await self.ledger.job(job_id) if _ID.fullmatch(job_id) else None
        if job is None or job.address.platform is not platform:
            raise PhotoExpired
        return job

    async def recent(self, sender: Sender) -> list[Job]:
        """The sender's jobs whose photos may still be stored, oldest first."""
        since = datetime.now(UTC) - timedelta(hours=self.settings.photo_retention_hours)
        return await self.ledger.history(sender, since)

    async def original(self, job: Job) -> bytes:
        """The photo as it was sent. Raises `PhotoExpired` once it is deleted."""
        return await self.photos.get(original(job.photo_of))

    async def restored(self, job: Job) -> bytes:
        """The restored photo at full quality. Raises `PhotoExpired` once it is deleted."""
        return await self.photos.get(result(job.id))

    async def damage(self, job: Job) -> bytes:
        """A PNG of what was taken for damage: white on black. Raises `PhotoExpired` if there is none, or no more."""
        return await self.photos.get(mask(job.id))

    async def preview(self, photo: bytes) -> bytes:
        """A photo that somebody sent as a JPEG that every program shows; see `Previews.of`."""
        return await self.previews.of(photo)

    async def on_image(
        self, work: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run `work`, which decodes or encodes restored photos, in a thread; `IMAGES_AT_ONCE` at a time."""
        async with self.image_places:
            return await asyncio.to_thread(work, *args, **kwargs)

    async def has_restored(self, job: Job) -> bool:
        """Whether the restored photo is still stored."""
        return await self.photos.has(result(job.id))

    async def delete_restored(self, job: Job) -> None:
        """Delete the restored photo of a job now instead of after the retention time."""
        await self.photos.delete([result(job.id), mask(job.id)])

    async def waiting(self) -> int:
        """How many photos are queued or being restored."""
        return await self.queue.waiting()

    async def ahead(self, job_id: str) -> int:
        """How many photos are before this one in the queue; 0 if it is the next, being restored or done."""
        return await self.queue.ahead(job_id)

    async def progress_text(self, language: str, progress: Progress) -> str:
        """What is being done to a photo, or how many photos are ahead of it."""
        ahead = await self.ahead(progress.job) if progress.stage is Stage.QUEUED else 0
        return self.sentences.progress(language, progress, ahead)

    @asynccontextmanager
    async def watch(self, job_id: str) -> AsyncIterator[AsyncIterator[Progress]]:
        """A job's progress until its reply is sent; the last item is `Stage.DONE`."""
        async with self.hub.watch(job_id) as queue:

            async def updates() -> AsyncIterator[Progress]:
                # Checked after the subscription, so that an end in between is not missed.
                while not await self._is_finished(job_id):
                    while (progress := await _next(queue)) is not None:
                        yield progress
                        if progress.stage is Stage.DONE:
                            return
                yield Progress(job=job_id, stage=Stage.DONE)

            yield updates()

    async def move_chat(self, platform: Platform, old: str, new: str, context: dict[str, str]) -> None:
        """A chat has a new id; see `Ledger.move_chat`."""
        await self.ledger.move_chat(platform, old, new, context)
        log.info("chat %s is now %s", old, new)

    async def is_known(self, sender: Sender) -> bool:
        """Whether the person has used the service before."""
        return await self.people.since(sender) is not None

    async def preferences(self, sender: Sender) -> Preferences:
        """What the sender chose for all their photos."""
        return await self.people.preferences(sender)

    async def choose(self, sender: Sender, **choices: Any) -> Preferences:
        """Change some of the sender's preferences, given by field name; all preferences after the change."""
        return await self.people.choose(sender, **choices)

    async def options(self, sender: Sender, group: str = "", **choices: Any) -> Options:
        """How to restore the sender's photo: their preferences, over them those of the `group` in which they ask, and
        over both what they chose for this photo, given by field name.
        """
        preferred = (await self.people.preferences(sender)).options
        settings = await self.groups.settings(sender.platform, group)
        return Options.model_validate({**self.groups.applied(settings, preferred).model_dump(), **choices})

    async def language(self, sender: Sender, group: str = "") -> str:
        """The language to answer the sender in: the one they chose, else the one of the `group` in which they ask, else
        the one that the platform reports.
        """
        chosen = (await self.people.preferences(sender)).language
        if not chosen and group:
            chosen = (await self.groups.settings(sender.platform, group)).language
        return self.texts.known(chosen or sender.language)

    async def _take(
        self,
        sender: Sender,
        address: Address,
        photo: bytes,
        options: Options,
        context: dict[str, str] | None,
        *,
        network: str,
        free: bool,
        group: str | None,
        group_limit: int,
    ) -> Job:
        """See `intake`. `group_limit`: charged photos that the group has a day; 0 means unlimited."""
        self._check(photo)
        self._check_room(photo)
        await self._check_queue()
        # A change of threads takes longer than hashing a small photo.
        digest = _digest(photo) if len(photo) < MB else await asyncio.to_thread(_digest, photo)
        duplicate, restored = await self._answered_before(sender, digest, options)
        reservation = await self.ledger.reserve(
            *(sender, address, options),
            parent=duplicate.id if duplicate else None,
            photo=digest,
            context=context,
            network=self._hashed(network),
            free=free,
            group=group,
            group_limit=group_limit,
        )
        job = reservation.job
        # Also for a message received twice: the first intake may have been interrupted before the photo was queued.
        if job.state in TERMINAL:
            return job
        async with self._taking_in(job):
            if duplicate is not None and job.parent == duplicate.id:
                await self._copy_mask(duplicate, job)
                await self.photos.put(result(job.id), restored)
                outcome = Outcome(job=job.id, report=duplicate.report, extension=duplicate.extension)
                await self.queue.deliver(job.address.platform, outcome)
            else:
                await self.photos.put(original(job.photo_of), photo)
                await self._queue_or_fail(job, digest)
        return job

    async def _copy_mask(self, source: Job, target: Job) -> None:
        with suppress(PhotoExpired):
            await self.photos.put(mask(target.id), await self.photos.get(mask(source.id)))

    async def _owned(self, sender: Sender, job_id: str) -> Job:
        job = await self.ledger.job(job_id) if _ID.fullmatch(job_id) else None
        if job is None:
            raise PhotoExpired
        if (job.sender.platform, job.sender.account) != (sender.platform, sender.account):
            raise NotYours
        return job

    async def _answered_before(self, sender: Sender, digest: str, options: Options) -> tuple[Job | None, bytes]:
        """The sender's job with the same photo and options, and its restored photo; None if that is deleted."""
        duplicate = await self.ledger.find_duplicate(sender, digest, options)
        with suppress(PhotoExpired):
            if duplicate is not None:
                return duplicate, await self.photos.get(result(duplicate.id))
        return None, b""

    async def _check_queue(self) -> None:
        limit = self.settings.max_waiting
        if not limit or (waiting := await self.queue.waiting()) < limit:
            return
        # At the present throughput the whole queue is done by then; without any throughput there is no estimate.
        per_minute = await self.ledger.throughput()
        minutes = math.ceil(waiting / per_minute) if per_minute else LONGEST_WAIT_MIN
        raise QueueFull(minutes=min(max(1, minutes), LONGEST_WAIT_MIN))

    def _check(self, photo: bytes) -> None:
        if not photo:
            raise NotAPhoto
        if len(photo) > self.settings.max_photo_mb * MB:
            raise FileTooLarge(limit_mb=self.settings.max_photo_mb)

    async def _is_finished(self, job_id: str) -> bool:
        job = await self.ledger.job(job_id)
        return job is None or job.finished_at is not None

    def _check_room(self, photo: bytes) -> None:
        """Refuse a photo without room on the disk before its quota is reserved: the refund would need room too."""
        try:
            self.photos.check_room(len(photo))
        except OSError as error:
            if error.errno != errno.ENOSPC:  # storing the photo will say what is wrong
                return
            log.error("a photo was refused: %s", error)
            raise InternalError from None

    @asynccontextmanager
    async def _taking_in(self, job: Job) -> AsyncIterator[None]:
        """Refund the photo if it cannot be stored or queued: the disk may be full, or Redis away."""
        try:
            with about(job.id, job.address.platform):
                yield
                log.info("job %s: taken in", job.id)
        except Exception as error:
            error.add_note(f"job {job.id}")  # for the log
            if await self.ledger.refund_quota(job.id, Failure.of(InternalError())):
                # The adapter answers the request that failed, so the job needs no reply.
                await self.ledger.replied(job.id, {})
            raise

    def _hashed(self, network: str) -> str | None:
        return self.signer.hash("network", network) if network else None

    async def _queue_or_fail(self, job: Job, digest: str) -> None:
        """Queue a photo; one that failed before gets the same answer at once."""
        failure = await self.queue.known_failure(digest, job.options, self.plans.limits(job.plan))
        if failure is None:
            await self._queue(job)
        else:
            await self.queue.deliver(job.address.platform, Outcome(job=job.id, failure=failure))

    async def _queue(self, job: Job) -> None:
        await self.queue.restore_job(job, self.plans.limits(job.plan))


def _digest(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


async def _next(queue: "asyncio.Queue[Progress]") -> Progress | None:
    """The next progress; None after a silence of `POLL_INTERVAL_S`, in which a message may have been lost."""
    try:
        async with asyncio.timeout(POLL_INTERVAL_S):
            return await queue.get()
    except TimeoutError:
        return None
