"""The service behind every adapter: it takes photos in, answers what people ask, and knows no platform."""

import asyncio
import hashlib
import logging
import math
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from magicmemory.bots.common import offers
from magicmemory.bots.common.previews import Previews
from magicmemory.bots.texts import Texts
from magicmemory.core.errors import (
    FileTooLarge,
    InternalError,
    NotAPhoto,
    NothingToCancel,
    PhotoExpired,
    QueueFull,
    UserError,
)
from magicmemory.core.job import TERMINAL, Address, Job, Outcome, Progress, Quota, Sender, Stage
from magicmemory.core.logs import about
from magicmemory.core.metrics import Metrics
from magicmemory.core.options import Options
from magicmemory.core.plans import Plans
from magicmemory.core.preferences import Preferences
from magicmemory.core.report import Failure, Report
from magicmemory.core.settings import Settings
from magicmemory.core.units import MB
from magicmemory.queue.client import Queue
from magicmemory.queue.progress import ProgressHub
from magicmemory.storage.codes import Codes, CodeSpec
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Offer, Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore, original, result
from magicmemory.storage.statistics import Statistics

log = logging.getLogger(__name__)

# How long a watcher of a job trusts silence: a lost message must not leave it waiting for ever.
POLL_INTERVAL_S = 5.0
_ID = re.compile(r"[0-9a-f]{32}")  # of a job; people send others, which not every database takes
# What a full line asks people to wait at most: a longer guess would be none.
LONGEST_WAIT_MIN = 30


Wishes = ParamSpec("Wishes")
Takes = Callable[Concatenate["BotService", Sender, Wishes], Awaitable[Job]]


def _counted(take: Takes[Wishes]) -> Takes[Wishes]:
    """Tell the service's metrics what became of a photo, and how long that took."""

    @wraps(take)
    async def counted(self: "BotService", sender: Sender, /, *args: Wishes.args, **kwargs: Wishes.kwargs) -> Job:
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
    """What an adapter needs of the house. Every method may raise a `UserError`, whose sentence the texts have."""

    ledger: Ledger
    people: People
    photos: PhotoStore
    queue: Queue
    hub: ProgressHub
    texts: Texts
    settings: Settings
    plans: Plans
    grants: Grants
    codes: Codes
    payments: Payments
    statistics: Statistics
    erasure: Erasure
    previews: Previews
    metrics: Metrics = field(default_factory=Metrics)

    @_counted
    async def intake(
        self,
        sender: Sender,
        address: Address,
        photo: bytes,
        options: Options | None = None,
        context: dict[str, str] | None = None,
    ) -> Job:
        """Take a photo in: reserve quota, keep the photo, queue it. The same message told again makes no second job.

        A photo that the sender had restored with the same options is answered from the photo store, at no cost.

        Args:
            sender: who asks, and whose quota it costs.
            address: the message that asked.
            photo: the file as it was sent.
            options: how to restore it; None: as the sender's preferences say.
            context: the adapter's own notes, kept with the job.

        Raises:
            FileTooLarge, NotAPhoto: at first sight; everything about the picture itself comes from the worker.
            QueueFull: too many photos wait already.
            TooManyAtOnce: the sender has too many on their way.
            QuotaUsedUp, FairUseReached: nothing is left today.
            ModelNotInPlan, SizeNotInPlan: what is left does not allow these options.
        """
        self._check(photo)
        await self._check_line()
        if options is None:
            options = (await self.people.preferences(sender)).options
        digest = await asyncio.to_thread(_digest, photo)
        duplicate, restored = await self._answered_before(sender, digest, options)
        reservation = await self.ledger.reserve(
            sender, address, options, parent=duplicate.id if duplicate else None, photo=digest, context=context
        )
        job = reservation.job
        # Also for a message told twice: the first telling may have been cut off before the photo was queued.
        if job.state in TERMINAL:
            return job
        async with self._taking_in(job):
            if duplicate is not None and job.parent == duplicate.id:
                await self.photos.put(result(job.id), restored)
                outcome = Outcome(job=job.id, report=duplicate.report, extension=duplicate.extension)
                await self.queue.deliver(job.address.platform, outcome)
            else:
                await self.photos.put(original(job.photo_of), photo)
                await self._queue(job)
        return job

    @_counted
    async def adjust(
        self,
        sender: Sender,
        address: Address,
        parent: Job,
        options: Options,
        context: dict[str, str] | None = None,
    ) -> Job:
        """Restore a delivered job's photo again, with other options, free for a while.

        Raises:
            TooManyAdjustments: the free adjustments are used, or their time is over.
            PhotoExpired: the photo has been deleted.
        """
        await self.photos.get(original(parent.photo_of))
        reservation = await self.ledger.reserve(sender, address, options, parent=parent.photo_of, context=context)
        if reservation.job.state not in TERMINAL:
            async with self._taking_in(reservation.job):
                await self._queue(reservation.job)
        return reservation.job

    async def cancel(self, sender: Sender) -> list[Job]:
        """Drop what waits and give its quota back.

        Raises:
            NothingToCancel: nothing waits.
        """
        dropped = await self.ledger.cancel(sender)
        for job in dropped:
            await self.queue.drop(job.id)
        return dropped

    async def forget(self, sender: Sender) -> None:
        """Delete the sender's photos and choices, and drop what waits; see `Erasure` for what stays, and until when."""
        with suppress(NothingToCancel):
            await self.cancel(sender)
        await self.erasure.forget(sender)

    async def quota(self, sender: Sender) -> Quota:
        """What the sender has today."""
        return await self.ledger.quota(sender)

    async def job_of(self, sender: Sender, job_id: str) -> Job:
        """One of the sender's own jobs.

        Raises:
            PhotoExpired: there is none of that id, or it is somebody else's.
        """
        job = await self.ledger.job(job_id) if _ID.fullmatch(job_id) else None
        if job is None or (job.sender.platform, job.sender.account) != (sender.platform, sender.account):
            raise PhotoExpired
        return job

    async def recent(self, sender: Sender) -> list[Job]:
        """The sender's jobs whose photos may still be there, oldest first."""
        since = datetime.now(UTC) - timedelta(hours=self.settings.photo_retention_hours)
        return await self.ledger.history(sender, since)

    async def original(self, job: Job) -> bytes:
        """The photo as it was sent. Raises `PhotoExpired` once it is deleted."""
        return await self.photos.get(original(job.photo_of))

    async def restored(self, job: Job) -> bytes:
        """The restored photo at full quality. Raises `PhotoExpired` once it is deleted."""
        return await self.photos.get(result(job.id))

    @asynccontextmanager
    async def watch(self, job_id: str) -> AsyncIterator[AsyncIterator[Progress]]:
        """How far a job is, until its reply is sent: the last one is `Stage.DONE`."""
        async with self.hub.watch(job_id) as queue:

            async def updates() -> AsyncIterator[Progress]:
                # After the subscription, so that an end in between is not missed.
                while not await self._is_finished(job_id):
                    while (progress := await _next(queue)) is not None:
                        yield progress
                        if progress.stage is Stage.DONE:
                            return
                yield Progress(job=job_id, stage=Stage.DONE)

            yield updates()

    async def preferences(self, sender: Sender) -> Preferences:
        """What the sender chose for all their photos."""
        return await self.people.preferences(sender)

    async def language(self, sender: Sender) -> str:
        """The language the sender is answered in: their choice, else what the platform tells."""
        return self.texts.known((await self.people.preferences(sender)).language or sender.language)

    # Sentences that all adapters say alike.

    def quota_text(self, language: str, quota: Quota) -> str:
        """What is left today, when it renews, and what there is beyond it."""
        return offers.quota_text(self.texts, self.plans, language, quota)

    def redeemed_text(self, language: str, terms: CodeSpec) -> str:
        """What a code that was just redeemed was good for."""
        return offers.redeemed_text(self.texts, self.plans, language, terms)

    def offer_text(self, language: str, offer: Offer) -> str:
        """One line about something that can be bought with Telegram Stars."""
        return offers.offer_text(self.texts, language, offer)

    def offers_text(self, language: str, quota: Quota, lines: Sequence[str]) -> str:
        """What `/premium` says, with a line for each thing that can be bought here."""
        return offers.offers_text(self.texts, self.plans, language, quota, lines)

    def report_text(self, language: str, report: Report) -> str:
        """How many faces were restored and left alone, and whether the whole photo was cleaned."""
        cleaned = self.texts.say(language, "reply-cleaned")
        if report.cleaned and not report.restored:
            return cleaned
        parts = [self.texts.say(language, "reply-restored", count=report.restored)]
        if report.too_small:
            parts.append(self.texts.say(language, "reply-too-small", count=report.too_small))
        if report.too_many:
            parts.append(self.texts.say(language, "reply-too-many", count=report.too_many))
        if report.cleaned:
            parts.append(cleaned)
        return " ".join(parts)

    def upright_offer(self, language: str, report: Report) -> str | None:
        """The question whether to turn a photo that does not stand upright; None where there is nothing to turn."""
        if not report.rotation or report.turned:
            return None
        return self.texts.say(language, "offer-upright", rotation=report.rotation)

    def progress_text(self, language: str, progress: Progress, ahead: int = 0) -> str:
        """How far a job is."""
        return self.texts.say(
            language, f"progress-{progress.stage}", done=progress.done, faces=progress.faces, ahead=ahead
        )

    def failure_text(self, language: str, failure: Failure) -> str:
        """What went wrong."""
        return self.texts.failure(language, failure)

    def help_text(self, language: str) -> str:
        """What this is and what it cannot do."""
        hours = round(self.settings.photo_retention_hours)
        return self.texts.say(language, "help", hours=hours)

    async def _answered_before(self, sender: Sender, digest: str, options: Options) -> tuple[Job | None, bytes]:
        """The sender's job of the same photo and options, and its restored photo, while that is kept."""
        duplicate = await self.ledger.find_duplicate(sender, digest, options)
        with suppress(PhotoExpired):
            if duplicate is not None:
                return duplicate, await self.photos.get(result(duplicate.id))
        return None, b""

    async def _check_line(self) -> None:
        limit = self.settings.max_waiting
        if not limit or (waiting := await self.queue.waiting()) < limit:
            return
        # By then the whole line has passed, if it goes on as of late; where nothing has passed, nobody can say.
        pace = await self.ledger.throughput()
        minutes = math.ceil(waiting / pace) if pace else LONGEST_WAIT_MIN
        raise QueueFull(minutes=min(max(1, minutes), LONGEST_WAIT_MIN))

    def _check(self, photo: bytes) -> None:
        if not photo:
            raise NotAPhoto
        if len(photo) > self.settings.max_photo_mb * MB:
            raise FileTooLarge(limit_mb=self.settings.max_photo_mb)

    async def _is_finished(self, job_id: str) -> bool:
        job = await self.ledger.job(job_id)
        return job is None or job.finished_at is not None

    @asynccontextmanager
    async def _taking_in(self, job: Job) -> AsyncIterator[None]:
        """A photo that could not be kept or queued (the disk is full, Redis is away) costs nothing."""
        try:
            with about(job.id, job.address.platform):
                yield
                log.info("job %s: taken in", job.id)
        except Exception as error:
            error.add_note(f"job {job.id}")  # for whoever logs it
            if await self.ledger.refund_quota(job.id, Failure.of(InternalError())):
                # The adapter answers the very request that failed: no reply is owed.
                await self.ledger.replied(job.id, {})
            raise

    async def _queue(self, job: Job) -> None:
        await self.queue.restore_job(job, self.plans.limits(job.plan))


def _digest(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


async def _next(queue: "asyncio.Queue[Progress]") -> Progress | None:
    """The next progress, or None where there is silence: it may be that a message was lost."""
    try:
        async with asyncio.timeout(POLL_INTERVAL_S):
            return await queue.get()
    except TimeoutError:
        return None
