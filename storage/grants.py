"""Grants: days or photos that people have beyond the free ones, and the plan that follows from them.

No plan is stored. A person's present plan is computed from their grants, inside the transaction that depends on it, so
no flag can become stale: withdrawing a grant removes its days immediately.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import COUNTS_AGAINST_QUOTA, Sender
from magicmemory.core.plans import Plan, Plans
from magicmemory.storage.database import Database
from magicmemory.storage.people import find_user, lock_user
from magicmemory.storage.tables import grants, jobs
from magicmemory.storage.timestamps import Clock, from_db, to_db, utc_now
from magicmemory.storage.upsert import insert


class Source(StrEnum):
    """The origin of a grant."""

    CODE = "code"
    PAYMENT = "payment"
    ENTITLEMENT = "entitlement"  # bought in a platform's own shop, which says when it begins and ends
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Grant:
    """Days or photos of a plan. An entitlement has neither number: it lasts from its start to its end."""

    id: str
    plan: str
    source: Source
    reference: str
    starts_at: datetime
    days: int | None = None
    credits: int | None = None
    ends_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """The time in which a grant applies; without an end, until the shop reports one."""

    grant: Grant
    start: datetime
    end: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether the grant applies at `now`."""
        return self.start <= now and (self.end is None or now < self.end)


@dataclass(frozen=True, slots=True)
class Credits:
    """A grant of photos, and the number left."""

    grant: Grant
    left: int


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A person's grants at one moment. `timed` is the best running plan, `until` the end of its last day."""

    timed: Interval | None
    until: datetime | None
    credits: tuple[Credits, ...]  # with photos left, oldest first


def schedule_grants(given: Sequence[Grant]) -> list[Interval]:
    """The intervals of one plan's grants, sorted by start.

    An entitlement keeps its own dates. Days fill the time that no entitlement and no earlier days use, so overlapping
    grants extend each other; days that an entitlement interrupts continue after it. Withdrawn grants and credits use no
    time.
    """
    held = sorted(
        (grant for grant in given if grant.withdrawn_at is None and grant.credits is None),
        key=lambda grant: (grant.starts_at, grant.id),
    )
    fixed = [Interval(grant, grant.starts_at, grant.ends_at) for grant in held if grant.days is None]
    fixed = [interval for interval in fixed if interval.end is None or interval.start < interval.end]
    intervals = list(fixed)
    free_from = datetime.min.replace(tzinfo=UTC)
    for grant in held:
        if grant.days is not None:
            pieces = _pieces(grant, timedelta(days=grant.days), max(grant.starts_at, free_from), fixed)
            intervals += pieces
            free_from = next((piece.end for piece in reversed(pieces) if piece.end), free_from)
    return sorted(intervals, key=lambda interval: interval.start)


def _pieces(grant: Grant, left: timedelta, start: datetime, fixed: list[Interval]) -> list[Interval]:
    """Place `left` of time from `start` on, around the fixed intervals. After an interval without an end, the rest is
    lost.
    """
    pieces = []
    for busy in fixed:
        if busy.start > start:
            length = min(left, busy.start - start)
            pieces.append(Interval(grant, start, start + length))
            left -= length
        if not left or busy.end is None:
            return pieces
        start = max(start, busy.end)
    return [*pieces, Interval(grant, start, start + left)]


async def entitlement(connection: AsyncConnection, user: int | None, plans: Plans, now: datetime) -> Entitlement:
    """The user's present plan and credits."""
    given = await _granted(connection, user)
    running: list[tuple[int, Interval, datetime | None]] = []
    for plan in {grant.plan for grant in given}:
        intervals = schedule_grants([grant for grant in given if grant.plan == plan])
        running += [
            (plans.rank(plan), interval, _end_of_chain(intervals, interval))
            for interval in intervals
            if interval.holds(now)
        ]
    best = max(running, key=lambda found: (found[0], found[2] is None, found[2]), default=None)
    return Entitlement(
        timed=best and best[1],
        until=best and best[2],
        credits=await _credits(connection, [g for g in given if g.credits is not None and g.withdrawn_at is None]),
    )


def _end_of_chain(intervals: list[Interval], first: Interval) -> datetime | None:
    """The end of `first` and of all intervals that follow it without a gap. `intervals` are sorted by start."""
    end = first.end
    for interval in intervals:
        if end is not None and interval.start <= end and (interval.end is None or interval.end > end):
            end = interval.end
    return end


# Built once: building the statement takes longer than running it.
GRANTS = select(grants).where(grants.c.user_id == bindparam("user")).order_by(grants.c.starts_at, grants.c.id)


async def _granted(connection: AsyncConnection, user: int | None) -> list[Grant]:
    rows = await connection.execute(GRANTS, {"user": user})
    return [grant_of(row) for row in rows]


async def _credits(connection: AsyncConnection, given: list[Grant]) -> tuple[Credits, ...]:
    if not given:
        return ()
    counted = select(jobs.c.grant_id, func.count()).where(
        jobs.c.grant_id.in_([grant.id for grant in given]), jobs.c.state.in_(COUNTS_AGAINST_QUOTA), jobs.c.charged
    )
    used = {row[0]: row[1] for row in await connection.execute(counted.group_by(jobs.c.grant_id))}
    left = [Credits(grant, (grant.credits or 0) - used.get(grant.id, 0)) for grant in given]
    return tuple(credits for credits in left if credits.left > 0)


async def add_grant(
    transaction: AsyncConnection,
    user: int,
    plan: str,
    source: Source,
    reference: str,
    *,
    starts_at: datetime,
    days: int | None = None,
    credits: int | None = None,
    ends_at: datetime | None = None,
) -> bool:
    """Add a grant, once per source and reference. False if it exists already."""
    added = await transaction.execute(
        insert(transaction, grants)
        .values(
            id=uuid.uuid4().hex,
            user_id=user,
            plan=plan,
            source=source,
            reference=reference,
            days=days,
            credits=credits,
            starts_at=to_db(starts_at),
            ends_at=ends_at and to_db(ends_at),
        )
        .on_conflict_do_nothing()
    )
    return bool(added.rowcount)


async def withdraw_grant(transaction: AsyncConnection, source: Source, reference: str, now: datetime) -> bool:
    """Withdraw a grant. False if there is none, or it was withdrawn before."""
    withdrawn = await transaction.execute(
        update(grants)
        .where(grants.c.source == source, grants.c.reference == reference, grants.c.withdrawn_at.is_(None))
        .values(withdrawn_at=to_db(now))
    )
    return bool(withdrawn.rowcount)


class Grants:
    """Gifts and entitlements: grants that come neither from a payment here nor from a code."""

    def __init__(self, database: Database, plans: Plans, clock: Clock = utc_now) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    async def entitlement(self, sender: Sender) -> Entitlement:
        """The sender's present plan and credits."""
        async with self._database.read() as connection:
            user = await find_user(connection, sender)
            return await entitlement(connection, user, self._plans, self._clock())

    async def of(self, sender: Sender) -> list[Grant]:
        """All grants of the sender, including withdrawn ones, oldest first."""
        async with self._database.read() as connection:
            return await _granted(connection, await find_user(connection, sender))

    async def give(
        self,
        sender: Sender,
        plan: Plan,
        *,
        days: int | None = None,
        credits: int | None = None,
    ) -> None:
        """Give days or photos of the plan; without a number, as many as one purchase contains."""
        if days is None and credits is None:
            days, credits = plan.days, plan.credits
        async with self._database.write() as transaction:
            now = self._clock()
            user = (await lock_user(transaction, sender, now)).id
            await add_grant(
                transaction,
                user,
                plan.name,
                Source.GIFT,
                uuid.uuid4().hex,
                starts_at=now,
                days=days,
                credits=credits,
            )

    async def entitle(
        self, sender: Sender, plan: Plan, reference: str, starts_at: datetime | None, ends_at: datetime | None
    ) -> bool:
        """Record an entitlement as the platform's shop reports it. Repeated reports change nothing.

        Args:
            sender: the owner.
            plan: the plan of its SKU.
            reference: the platform's id of the entitlement.
            starts_at: None: now.
            ends_at: None: until it is withdrawn. A plan of photos gives them once, without regard to the dates.

        Returns:
            Whether the entitlement is new.
        """
        this = (grants.c.source == Source.ENTITLEMENT, grants.c.reference == reference)
        async with self._database.write() as transaction:
            now = self._clock()
            user = await transaction.scalar(select(grants.c.user_id).where(*this))
            # A known entitlement may belong to a deleted account: an ended one must not bring the account back, a
            # renewed one must.
            if user is None or (not plan.credits and (ends_at is None or ends_at > now)):
                user = (await lock_user(transaction, sender, now)).id
            fresh = await add_grant(
                transaction,
                user,
                plan.name,
                Source.ENTITLEMENT,
                reference,
                starts_at=starts_at or now,
                ends_at=None if plan.credits else ends_at,
                credits=plan.credits,
            )
            if not fresh and not plan.credits:
                values = {"user_id": user, "ends_at": ends_at and to_db(ends_at), "withdrawn_at": None}
                await transaction.execute(update(grants).where(*this).values(values))
        return fresh

    async def withdraw(self, source: Source, reference: str) -> bool:
        """Withdraw a grant at once, such as a refunded entitlement. False if there is none to withdraw."""
        async with self._database.write() as transaction:
            return await withdraw_grant(transaction, source, reference, self._clock())

    async def withdraw_by_id(self, grant_id: str) -> bool:
        """Withdraw the grant with this id. False if there is none to withdraw."""
        async with self._database.write() as transaction:
            withdrawn = await transaction.execute(
                update(grants)
                .where(grants.c.id == grant_id, grants.c.withdrawn_at.is_(None))
                .values(withdrawn_at=to_db(self._clock()))
            )
            return bool(withdrawn.rowcount)


def grant_of(row: Row[Any]) -> Grant:
    """A row of the table as a grant."""
    return Grant(
        id=row.id,
        plan=row.plan,
        source=Source(row.source),
        reference=row.reference,
        starts_at=from_db(row.starts_at),
        days=row.days,
        credits=row.credits,
        ends_at=row.ends_at and from_db(row.ends_at),
        withdrawn_at=row.withdrawn_at and from_db(row.withdrawn_at),
    )
