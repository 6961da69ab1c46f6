"""The ledger of jobs: the only source of truth for quota.

A person's used quota is a count over the ledger, taken inside the transaction that adds a job, so no counter can drift.
A job is reserved when the photo arrives, settled when the reply is sent, and refunded on every failure.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import Banned, Cancelled, NothingToCancel, TooManyAdjustments
from magicmemory.core.job import COUNTS_AGAINST_QUOTA, Address, Job, JobState, Outcome, Platform, Quota, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Failure, Report
from magicmemory.storage.database import Database
from magicmemory.storage.failed_attempts import check_failures
from magicmemory.storage.people import find_user, lock_user
from magicmemory.storage.quota import (
    Allowance,
    Funding,
    check_at_once,
    check_group,
    choose_funding,
    count_jobs,
    not_in_plan,
    quota,
)
from magicmemory.storage.tables import groups, jobs, users
from magicmemory.storage.timestamps import Clock, from_db, to_db, utc_now


@dataclass(frozen=True, slots=True)
class Reservation:
    """A job in the ledger. `fresh` is False if the same request had made it before."""

    job: Job
    fresh: bool


@dataclass(frozen=True, slots=True)
class Today:
    """One platform's figures for a quota day: jobs by state, and the number of people."""

    jobs: dict[JobState, int]
    people: int


class Ledger:
    """Reserves, settles and refunds jobs."""

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
        photo: str | None = None,
        context: dict[str, str] | None = None,
        network: str | None = None,
        free: bool = False,
        group: str | None = None,
        group_limit: int = 0,
    ) -> Reservation:
        """Add a job for the photo at `address`, if the sender has quota left.

        The same request again returns the job of the first time.

        Args:
            sender: the person, whose quota pays.
            address: the message with the photo.
            options: how to restore it.
            parent: the job whose photo is restored again, for free: with other options; or, if `photo` is given
                too, the same file with the same options, which is answered from the store.
            photo: the file's SHA-256, in hexadecimal.
            context: the adapter's own data, kept with the job.
            network: a hash of the address that the photo came from, 32 hexadecimal characters.
            free: whether the job is charged to nothing, and needs no remaining quota.
            group: the group in which the photo was sent.
            group_limit: charged photos of the group in a day; 0 means unlimited.

        Raises:
            Banned: the sender is banned.
            TooManyFailures: too many photos of the sender, or from the network, failed lately.
            NetworkQuotaUsedUp: the network's free photos of today are used.
            TooManyAtOnce: the sender has too many unfinished jobs.
            GroupQuotaUsedUp: the group's photos of today are used.
            QuotaUsedUp: no quota is left today.
            ModelNotInPlan, SizeNotInPlan: the remaining quota does not allow these options.
            TooManyAdjustments: the parent's free adjustments are used, or their time is over.
        """
        async with self._database.write() as transaction:
            now = self._clock()
            account = await lock_user(transaction, sender, now)
            user = account.id
            place = {"platform": address.platform, "chat": address.chat, "message": address.message}
            existing = await _one(transaction, SAME_REQUEST, {**place, "fingerprint": options.fingerprint()})
            if existing is not None:
                return Reservation(existing, fresh=False)
            if account.banned:
                raise Banned
            await check_failures(transaction, user, network, self._allowance.failures_per_hour, now)
            counts = await count_jobs(transaction, user, self._allowance.day(now))
            check_at_once(counts, self._allowance)
            if parent is None and free:
                funding = Funding()
            elif parent is None:
                if group is not None:
                    await check_group(transaction, sender.platform, group, group_limit, self._allowance, now)
                funding = await choose_funding(transaction, user, counts, options, self._allowance, now, network)
            else:
                funding = await self._funding_of(transaction, user, parent, options, again=photo is not None)
            job = Job(
                id=uuid.uuid4().hex,
                sender=sender,
                address=address,
                options=options,
                state=JobState.ACCEPTED,
                charged=parent is None and not free,
                day=self._allowance.day(now),
                created_at=now,
                parent=parent,
                context=context or {},
                plan=funding.plan,
            )
            await transaction.execute(
                ADD_JOB,
                {
                    **_values(job, user),
                    "grant_id": funding.grant,
                    "photo": photo,
                    "network": network,
                    "group_chat": group,
                },
            )
            if account.erased:
                # A person who returns after erasure keeps the account.
                await transaction.execute(update(users).where(users.c.id == user).values(erased_at=None))
        return Reservation(job, fresh=True)

    async def _funding_of(
        self, connection: AsyncConnection, user: int, parent: str, options: Options, *, again: bool
    ) -> Funding:
        """What pays for the parent job."""
        allowed = self._allowance
        theirs = (jobs.c.user_id == user, jobs.c.state == JobState.DELIVERED)
        first = (
            await connection.execute(select(jobs.c.plan, jobs.c.grant_id).where(jobs.c.id == parent, *theirs))
        ).first()
        if first is not None and not again:
            since = to_db(self._clock() - timedelta(minutes=allowed.adjustment_minutes))
            sent_again = (jobs.c.parent == parent) & jobs.c.photo.is_not(None)
            recent = await connection.scalar(
                select(func.count()).where(*theirs, or_(jobs.c.id == parent, sent_again), jobs.c.finished_at >= since)
            )
            used = await connection.scalar(
                select(func.count()).where(
                    jobs.c.parent == parent, jobs.c.photo.is_(None), jobs.c.state.in_(COUNTS_AGAINST_QUOTA)
                )
            )
            if not recent or (used or 0) >= allowed.adjustments:
                first = None
        if first is None:
            raise TooManyAdjustments(limit=allowed.adjustments, minutes=allowed.adjustment_minutes)
        limits = allowed.plans.limits(first.plan)
        if not limits.allow(options):
            raise not_in_plan(options, limits)
        return Funding(first.plan, first.grant_id)

    async def find_duplicate(self, sender: Sender, photo: str, options: Options) -> Job | None:
        """The sender's last delivered job of the same file with the same options, or None."""
        wanted = {**_key(sender), "photo": photo, "fingerprint": options.fingerprint()}
        async with self._database.read() as connection:
            return await _one(connection, DUPLICATES, wanted)

    async def quota(self, sender: Sender) -> Quota:
        """The sender's quota today, and when it renews."""
        async with self._database.read() as connection:
            user = await find_user(connection, sender)
            return await quota(connection, user, self._allowance, self._clock())

    async def throughput(self, minutes: float = 10) -> float:
        """Photos answered per minute during the last `minutes`, on all platforms."""
        since = to_db(self._clock() - timedelta(minutes=minutes))
        async with self._database.read() as connection:
            answered = await connection.scalar(select(func.count()).where(jobs.c.finished_at >= since))
        return (answered or 0) / minutes

    async def today(self, platform: Platform) -> Today:
        """The platform's figures of today."""
        today = (jobs.c.platform == platform, jobs.c.day == self._allowance.day(self._clock()))
        async with self._database.read() as connection:
            counted = select(jobs.c.state, func.count()).where(*today).group_by(jobs.c.state)
            states = {JobState(state): number for state, number in await connection.execute(counted)}
            people = await connection.scalar(select(func.count(jobs.c.user_id.distinct())).where(*today))
        return Today(states, people or 0)

    async def job(self, job_id: str) -> Job | None:
        """The job with this id, or None."""
        async with self._database.read() as connection:
            return await _one(connection, ONE_JOB, {"job": job_id})

    async def job_and_quota(self, job_id: str) -> tuple[Job, Quota] | None:
        """The job with this id, and its sender's quota today; None if there is no such job."""
        async with self._database.read() as connection:
            row = (await connection.execute(ONE_JOB, {"job": job_id})).one_or_none()
            if row is None:
                return None
            return _job(row), await quota(connection, row.user_id, self._allowance, self._clock())

    async def history(self, sender: Sender, since: datetime) -> list[Job]:
        """The sender's jobs since then, oldest first."""
        rows = THEIRS.where(jobs.c.created_at >= to_db(since)).order_by(jobs.c.created_at, jobs.c.id)
        async with self._database.read() as connection:
            found = await connection.execute(rows, _key(sender))
            return [_job(row) for row in found]

    async def unfinished(self, platform: Platform) -> list[str]:
        """The ids of a platform's jobs without a reply yet."""
        unanswered = (jobs.c.state.in_([JobState.ACCEPTED, JobState.FAILED]), jobs.c.finished_at.is_(None))
        async with self._database.read() as connection:
            return list(await connection.scalars(select(jobs.c.id).where(jobs.c.platform == platform, *unanswered)))

    async def find_orphans(self, ids: list[str]) -> set[str]:
        """Those of the ids that are unknown, or belong to a cancelled job."""
        ours: set[str] = set()
        async with self._database.read() as connection:
            for first in range(0, len(ids), 500):
                these = (jobs.c.id.in_(ids[first : first + 500]), jobs.c.state != JobState.CANCELLED)
                ours.update(await connection.scalars(select(jobs.c.id).where(*these)))
        return set(ids) - ours

    async def settle(self, outcome: Outcome, context: dict[str, str]) -> bool:
        """The restored photo was sent: charge the job. `context` is added to the job's, such as the sent message's id.
        False if the job was finished before.
        """
        return await self._change(
            outcome.job,
            JobState.ACCEPTED,
            context,
            state=JobState.DELIVERED,
            report=outcome.report.model_dump(mode="json") if outcome.report else None,
            extension=outcome.extension,
            faces=outcome.report.restored if outcome.report else None,
            finished_at=to_db(self._clock()),
        )

    async def refund_quota(self, job_id: str, failure: Failure) -> bool:
        """The photo was not restored: refund the quota, before the person gets the message. The job waits for its reply
        until `replied`. False if the job was finished before.
        """
        return await self._change(
            job_id, JobState.ACCEPTED, {}, state=JobState.FAILED, failure=failure.model_dump(mode="json")
        )

    async def replied(self, job_id: str, context: dict[str, str]) -> bool:
        """The message about a failure was sent."""
        return await self._change(job_id, JobState.FAILED, context, finished_at=to_db(self._clock()))

    async def cancel(self, sender: Sender) -> list[Job]:
        """Cancel all waiting jobs of the sender and refund their quota.

        Raises:
            NothingToCancel: no job is waiting.
        """
        # Locked, so that none is delivered meanwhile; in order, so that two cancellations cannot deadlock.
        waiting = THEIRS.where(jobs.c.state == JobState.ACCEPTED).order_by(jobs.c.id).with_for_update(of=jobs)
        async with self._database.write() as transaction:
            dropped = [_job(row) for row in await transaction.execute(waiting, _key(sender))]
            await transaction.execute(
                update(jobs)
                .where(jobs.c.id.in_([job.id for job in dropped]))
                .values(
                    state=JobState.CANCELLED,
                    failure=Failure.of(Cancelled()).model_dump(mode="json"),
                    finished_at=to_db(self._clock()),
                )
            )
        if not dropped:
            raise NothingToCancel
        return dropped

    async def move_chat(self, platform: Platform, old: str, new: str, context: dict[str, str]) -> None:
        """Give the jobs of a chat that has a new id to that id; likewise its settings, and the account under which the
        chat itself asked.

        Messages of the new chat are numbered anew, so an old message becomes a part of message 0, to which nothing can
        refer. `context` is what changes in the notes of unfinished jobs. A second call changes nothing.
        """
        here = (jobs.c.platform == platform, jobs.c.chat == old)
        unfinished = select(jobs.c.id, jobs.c.context).where(*here, jobs.c.finished_at.is_(None)).order_by(jobs.c.id)
        known = select(users.c.id).where(users.c.platform == platform, users.c.account == new)
        async with self._database.write() as transaction:
            for row in (await transaction.execute(unfinished.with_for_update())).all():
                await transaction.execute(
                    update(jobs).where(jobs.c.id == row.id).values(context={**row.context, **context})
                )
            moved = literal("0:").concat(jobs.c.message)
            await transaction.execute(update(jobs).where(*here).values(chat=new, message=moved))
            in_group = (jobs.c.platform == platform, jobs.c.group_chat == old)
            await transaction.execute(update(jobs).where(*in_group).values(group_chat=new))
            settings = select(groups.c.chat).where(groups.c.platform == platform, groups.c.chat == new)
            if (await transaction.execute(settings)).first() is None:
                chosen = (groups.c.platform == platform, groups.c.chat == old)
                await transaction.execute(update(groups).where(*chosen).values(chat=new))
            if (await transaction.execute(known)).first() is None:
                account = (users.c.platform == platform, users.c.account == old)
                await transaction.execute(update(users).where(*account).values(account=new))

    async def _change(self, job_id: str, was: JobState, context: dict[str, str], **values: object) -> bool:
        """Change an unfinished job in state `was`; otherwise return False and change nothing."""
        async with self._database.write() as transaction:
            kept = (await transaction.execute(UNFINISHED, {"job": job_id, "state": was})).one_or_none()
            if kept is None:
                return False
            if values.get("finished_at"):
                values["took_s"] = (to_db(self._clock()) - kept.created_at).total_seconds()
            await transaction.execute(CHANGE_JOB, {"job": job_id, "context": {**kept.context, **context}, **values})
        return True


# Built once: every photo runs these, and building a statement takes as long as running it.
JOB_ROWS = select(jobs, users.c.account).join(users, users.c.id == jobs.c.user_id)
ONE_JOB = JOB_ROWS.where(jobs.c.id == bindparam("job"))
THEIRS = JOB_ROWS.where(users.c.platform == bindparam("platform"), users.c.account == bindparam("account"))
SAME_REQUEST = JOB_ROWS.where(
    *(column == bindparam(column.name) for column in (jobs.c.platform, jobs.c.chat, jobs.c.message, jobs.c.fingerprint))
)
DUPLICATES = (
    THEIRS.where(
        jobs.c.photo == bindparam("photo"),
        jobs.c.fingerprint == bindparam("fingerprint"),
        jobs.c.parent.is_(None),
        jobs.c.state == JobState.DELIVERED,
    )
    .order_by(jobs.c.created_at.desc())
    .limit(1)
)
ADD_JOB = insert(jobs)
CHANGE_JOB = update(jobs).where(jobs.c.id == bindparam("job"))
UNFINISHED = (
    select(jobs.c.context, jobs.c.created_at)
    .where(jobs.c.id == bindparam("job"), jobs.c.state == bindparam("state"), jobs.c.finished_at.is_(None))
    .with_for_update()
)


def _key(sender: Sender) -> dict[str, str]:
    return {"platform": sender.platform, "account": sender.account}


async def _one(connection: AsyncConnection, rows: Select[Any], parameters: dict[str, str]) -> Job | None:
    row = (await connection.execute(rows, parameters)).one_or_none()
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
        "plan": job.plan,
        "created_at": to_db(job.created_at),
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
        created_at=from_db(row.created_at),
        finished_at=row.finished_at and from_db(row.finished_at),
        parent=row.parent,
        context=row.context,
        extension=row.extension or "",
        plan=row.plan,
        report=row.report and Report.model_validate(row.report),
        failure=row.failure and Failure.model_validate(row.failure),
    )
