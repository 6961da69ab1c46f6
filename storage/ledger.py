"""The ledger of jobs: the one truth for quota.

What somebody used today is a count over the ledger, taken inside the transaction that adds a job to it, so there is no
counter that could drift. A job is reserved when the photo comes in, settled when the reply is sent, and given back on
every failure.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import Banned, Cancelled, NothingToCancel, QuotaUsedUp, TooManyAdjustments
from magicmemory.core.job import COUNTS_AGAINST_QUOTA, Address, Job, JobState, Outcome, Platform, Quota, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Failure, Report
from magicmemory.storage.database import Database
from magicmemory.storage.people import user_id
from magicmemory.storage.tables import jobs, users

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, with its time zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is free. `zone` is the time zone whose midnight renews the quota."""

    zone: ZoneInfo
    free_per_day: int
    adjustments: int
    adjustment_minutes: int

    def day(self, now: datetime) -> date:
        """The quota day that `now` belongs to."""
        return now.astimezone(self.zone).date()

    def renewal(self, now: datetime) -> datetime:
        """The next midnight, in UTC. Where the clocks skip midnight, the first moment of the next day."""
        tomorrow = self.day(now) + timedelta(days=1)
        return datetime.combine(tomorrow, datetime.min.time(), self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A job in the ledger. `fresh` is False where this very request was there already."""

    job: Job
    fresh: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What happened on a platform on a quota day: how many jobs are in each state, and of how many people."""

    jobs: dict[JobState, int]
    people: int


class Ledger:
    """Reserves, settles and gives back."""

    def __init__(self, database: Database, allowance: Allowance, clock: Clock = utc_now) -> None:
        self._database = database
        self._allowance = allowance
        self._clock = clock

    async def reserve(
        self,
        sender: Sender,
        address: Address,
        options: Options,
        *,
        parent: str | None = None,
        context: dict[str, str] | None = None,
    ) -> Reservation:
        """Write a job for the photo at `address`, if the sender has one left today.

        With `parent`, the job adjusts that job's photo and costs nothing. The same request told again returns the
        job it made the first time.

        Raises:
            Banned: the operator keeps the sender out.
            QuotaUsedUp: nothing is left today.
            TooManyAdjustments: the parent's free adjustments are used, or their time is over.
        """
        async with self._database.write() as transaction:
            user = await user_id(transaction, sender, self._clock())
            # One request of a person at a time. SQLite's write lock does it already and ignores this.
            await transaction.execute(select(users.c.id).where(users.c.id == user).with_for_update())
            existing = await _one(transaction, _same_request(address, options))
            if existing is not None:
                return Reservation(existing, fresh=False)
            if await transaction.scalar(select(users.c.banned).where(users.c.id == user)):
                raise Banned
            if parent is None:
                await self._check_quota(transaction, user)
            else:
                await self._check_adjustments(transaction, user, parent)
            job = self._new_job(sender, address, options, parent, context or {})
            await transaction.execute(jobs.insert().values(_values(job, user)))
        return Reservation(job, fresh=True)

    def _new_job(
        self, sender: Sender, address: Address, options: Options, parent: str | None, context: dict[str, str]
    ) -> Job:
        now = self._clock()
        return Job(
            id=uuid.uuid4().hex,
            sender=sender,
            address=address,
            options=options,
            state=JobState.ACCEPTED,
            charged=parent is None,
            day=self._allowance.day(now),
            created_at=now,
            parent=parent,
            context=context,
        )

    async def _check_quota(self, connection: AsyncConnection, user: int) -> None:
        quota = await self._quota(connection, user)
        if not quota.left:
            seconds = max(1, round((quota.renews_at - self._clock()).total_seconds()))
            raise QuotaUsedUp(limit=quota.limit, renews_in_s=seconds)

    async def _check_adjustments(self, connection: AsyncConnection, user: int, parent: str) -> None:
        allowed = self._allowance
        since = _naive(self._clock() - timedelta(minutes=allowed.adjustment_minutes))
        original = await connection.scalar(
            select(func.count()).where(
                jobs.c.id == parent,
                jobs.c.user_id == user,
                jobs.c.state == JobState.DELIVERED,
                jobs.c.finished_at >= since,
            )
        )
        used = await connection.scalar(
            select(func.count()).where(jobs.c.parent == parent, jobs.c.state.in_(COUNTS_AGAINST_QUOTA))
        )
        if not original or (used or 0) >= allowed.adjustments:
            raise TooManyAdjustments(limit=allowed.adjustments, minutes=allowed.adjustment_minutes)

    async def quota(self, sender: Sender) -> Quota:
        """What the sender has used today and when it renews."""
        async with self._database.read() as connection:
            user = await connection.scalar(
                select(users.c.id).where(users.c.platform == sender.platform, users.c.account == sender.account)
            )
            return await self._quota(connection, user)

    async def _quota(self, connection: AsyncConnection, user: int | None) -> Quota:
        now = self._clock()
        used = await connection.scalar(
            select(func.count()).where(
                jobs.c.user_id == user,
                jobs.c.day == self._allowance.day(now),
                jobs.c.state.in_(COUNTS_AGAINST_QUOTA),
                jobs.c.charged,
            )
        )
        return Quota(limit=self._allowance.free_per_day, used=used or 0, renews_at=self._allowance.renewal(now))

    async def today(self, platform: Platform) -> Today:
        """What happened on a platform today."""
        today = (jobs.c.platform == platform, jobs.c.day == self._allowance.day(self._clock()))
        async with self._database.read() as connection:
            counted = select(jobs.c.state, func.count()).where(*today).group_by(jobs.c.state)
            states = {JobState(state): number for state, number in await connection.execute(counted)}
            people = await connection.scalar(select(func.count(jobs.c.user_id.distinct())).where(*today))
        return Today(states, people or 0)

    async def job(self, job_id: str) -> Job | None:
        """The job of that id, or None."""
        async with self._database.read() as connection:
            return await _one(connection, _job_rows().where(jobs.c.id == job_id))

    async def history(self, sender: Sender, since: datetime) -> list[Job]:
        """The sender's jobs made since then, oldest first."""
        rows = _job_rows().where(
            users.c.platform == sender.platform,
            users.c.account == sender.account,
            jobs.c.created_at >= _naive(since),
        )
        async with self._database.read() as connection:
            found = await connection.execute(rows.order_by(jobs.c.created_at, jobs.c.id))
            return [_job(row) for row in found]

    async def note(self, job_id: str, notes: dict[str, str]) -> None:
        """Add to the adapter's own notes on a job that is on its way."""
        await self._change(job_id, JobState.ACCEPTED, notes)

    async def settle(self, outcome: Outcome, notes: dict[str, str]) -> bool:
        """The restored photo was sent: the job is paid for. `notes` are the adapter's, such as the sent message's id.
        False where the job was finished already.
        """
        return await self._change(
            outcome.job,
            JobState.ACCEPTED,
            notes,
            state=JobState.DELIVERED,
            report=outcome.report.model_dump(mode="json") if outcome.report else None,
            extension=outcome.extension,
            finished_at=_naive(self._clock()),
        )

    async def give_back(self, job_id: str, failure: Failure) -> bool:
        """The photo was not restored: the quota is whole again, before the person is told. The reply stays owed until
        `replied`. False where the job was finished already.
        """
        return await self._change(
            job_id, JobState.ACCEPTED, {}, state=JobState.FAILED, failure=failure.model_dump(mode="json")
        )

    async def replied(self, job_id: str, notes: dict[str, str]) -> bool:
        """The sentence about a failure was sent."""
        return await self._change(job_id, JobState.FAILED, notes, finished_at=_naive(self._clock()))

    async def cancel(self, sender: Sender) -> list[Job]:
        """Drop every waiting job of the sender and give its quota back.

        Raises:
            NothingToCancel: none is waiting.
        """
        waiting = _job_rows().where(
            users.c.platform == sender.platform,
            users.c.account == sender.account,
            jobs.c.state == JobState.ACCEPTED,
        )
        async with self._database.write() as transaction:
            dropped = [_job(row) for row in await transaction.execute(waiting)]
            await transaction.execute(
                update(jobs)
                .where(jobs.c.id.in_([job.id for job in dropped]))
                .values(
                    state=JobState.CANCELLED,
                    failure=Failure.of(Cancelled()).model_dump(mode="json"),
                    finished_at=_naive(self._clock()),
                )
            )
        if not dropped:
            raise NothingToCancel
        return dropped

    async def forget(self, sender: Sender) -> list[Job]:
        """Empty the sender's finished jobs of everything but what the quota counts, and return them as they were."""
        theirs = _job_rows().where(
            users.c.platform == sender.platform,
            users.c.account == sender.account,
            jobs.c.finished_at.is_not(None),
        )
        async with self._database.write() as transaction:
            forgotten = [_job(row) for row in await transaction.execute(theirs)]
            await transaction.execute(
                update(jobs)
                .where(jobs.c.id.in_([job.id for job in forgotten]))
                .values(context={}, report=None, failure=None)
            )
        return forgotten

    async def _change(self, job_id: str, was: JobState, notes: dict[str, str], **values: object) -> bool:
        """Change a job that is unfinished and in the state it `was`; a second time changes nothing."""
        this = (jobs.c.id == job_id, jobs.c.state == was, jobs.c.finished_at.is_(None))
        async with self._database.write() as transaction:
            kept = await transaction.scalar(select(jobs.c.context).where(*this).with_for_update())
            if kept is None:
                return False
            await transaction.execute(update(jobs).where(*this).values(context={**kept, **notes}, **values))
        return True


def _job_rows() -> Select[Any]:
    return select(jobs, users.c.account).join(users, users.c.id == jobs.c.user_id)


def _same_request(address: Address, options: Options) -> Select[Any]:
    return _job_rows().where(
        jobs.c.platform == address.platform,
        jobs.c.chat == address.chat,
        jobs.c.message == address.message,
        jobs.c.fingerprint == options.fingerprint(),
    )


async def _one(connection: AsyncConnection, rows: Select[Any]) -> Job | None:
    row = (await connection.execute(rows)).one_or_none()
    return None if row is None else _job(row)


def _values(job: Job, user: int) -> dict[str, object]:
    return {
        "id": job.id,
        "user_id": user,
        "platform": job.address.platform,
        "chat": job.address.chat,
        "message": job.address.message,
        "thread": job.address.thread,
        "fingerprint": job.options.fingerprint(),
        "options": job.options.model_dump(mode="json"),
        "language": job.sender.language,
        "context": job.context,
        "parent": job.parent,
        "state": job.state,
        "charged": job.charged,
        "day": job.day,
        "created_at": _naive(job.created_at),
    }


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        sender=Sender(platform=row.platform, account=row.account, language=row.language),
        address=Address(platform=row.platform, chat=row.chat, message=row.message, thread=row.thread),
        options=Options.model_validate(row.options),
        state=JobState(row.state),
        charged=row.charged,
        day=row.day,
        created_at=row.created_at.replace(tzinfo=UTC),
        finished_at=row.finished_at and row.finished_at.replace(tzinfo=UTC),
        parent=row.parent,
        context=row.context,
        extension=row.extension or "",
        report=row.report and Report.model_validate(row.report),
        failure=row.failure and Failure.model_validate(row.failure),
    )


def _naive(moment: datetime) -> datetime:
    """UTC without its zone, as the tables keep it: SQLite has no type for a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
