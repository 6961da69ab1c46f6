"""A person's remaining quota, and the plan or grant that pays for the next photo."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import (
    FairUseReached,
    GroupQuotaUsedUp,
    ModelNotInPlan,
    NetworkQuotaUsedUp,
    QuotaUsedUp,
    SizeNotInPlan,
    TooManyAtOnce,
    UserError,
)
from magicmemory.core.job import COUNTS_AGAINST_QUOTA, JobState, Platform, Quota
from magicmemory.core.options import Options
from magicmemory.core.plans import FREE, PlanLimits, Plans
from magicmemory.core.settings import Settings
from magicmemory.storage.grants import Entitlement, entitlement
from magicmemory.storage.tables import grants, jobs

# Built once: every photo runs these, and building a statement takes as long as running it.
_COUNTED = select(func.count()).where(jobs.c.user_id == bindparam("user"))
_CHARGED_THAT_DAY = _COUNTED.where(
    jobs.c.day == bindparam("day"), jobs.c.state.in_(COUNTS_AGAINST_QUOTA), jobs.c.charged
)
_UNFINISHED = _COUNTED.where(jobs.c.state == JobState.ACCEPTED)
FREE_OF_NETWORK = select(func.count()).where(
    jobs.c.network == bindparam("network"),
    jobs.c.day == bindparam("day"),
    jobs.c.state.in_(COUNTS_AGAINST_QUOTA),
    jobs.c.charged,
    jobs.c.grant_id.is_(None),
)
OF_GROUP = select(func.count()).where(
    jobs.c.platform == bindparam("platform"),
    jobs.c.group_chat == bindparam("group"),
    jobs.c.day == bindparam("day"),
    jobs.c.state.in_(COUNTS_AGAINST_QUOTA),
    jobs.c.charged,
)
_FREE = _CHARGED_THAT_DAY.where(jobs.c.grant_id.is_(None))
_TIMED = _CHARGED_THAT_DAY.where(
    jobs.c.grant_id.in_(select(grants.c.id).where(grants.c.user_id == bindparam("user"), grants.c.credits.is_(None)))
)
COUNTS = select(
    _UNFINISHED.scalar_subquery().label("unfinished"),
    _FREE.scalar_subquery().label("free"),
    _TIMED.scalar_subquery().label("timed"),
)


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs a user has: unfinished ones; and of one day, those that were free and those that plans of days paid
    for.
    """

    unfinished: int
    free: int
    timed: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rules of the quota. At midnight in `zone`, the quota renews."""

    zone: ZoneInfo
    plans: Plans
    adjustments: int
    adjustment_minutes: int
    at_once: int = 0  # a person's unfinished jobs; 0 means unlimited
    failures_per_hour: int = 0  # a person's failed jobs before further ones are slowed; 0 means unlimited
    free_per_network: int = 0  # free photos per network address and day; 0 means unlimited

    @classmethod
    def of(cls, settings: Settings, plans: Plans) -> Self:
        """The allowance that the settings describe."""
        return cls(
            zone=settings.zone,
            plans=plans,
            adjustments=settings.adjustments,
            adjustment_minutes=settings.adjustment_minutes,
            at_once=settings.photos_at_once,
            failures_per_hour=settings.failures_per_hour,
            free_per_network=settings.playground_free_per_address,
        )

    def day(self, now: datetime) -> date:
        """The quota day that `now` belongs to."""
        return now.astimezone(self.zone).date()

    def renewal(self, now: datetime) -> datetime:
        """The next midnight, in UTC; if the clocks skip midnight, the first moment of the next day."""
        tomorrow = self.day(now) + timedelta(days=1)
        return datetime.combine(tomorrow, datetime.min.time(), self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Funding:
    """A job's plan, and the grant that pays for it; without a grant, it is a free photo."""

    plan: str = FREE
    grant: str | None = None


async def count_jobs(connection: AsyncConnection, user: int | None, day: date) -> JobCounts:
    """The user's jobs. A user who was never seen (None) has none."""
    row = (await connection.execute(COUNTS, {"user": user, "day": day})).one()
    return JobCounts(row.unfinished, row.free, row.timed)


async def quota(connection: AsyncConnection, user: int | None, allowance: Allowance, now: datetime) -> Quota:
    """The user's quota today."""
    has = await entitlement(connection, user, allowance.plans, now)
    counts = await count_jobs(connection, user, allowance.day(now))
    plan = has.timed.grant.plan if has.timed else FREE
    return Quota(
        limit=allowance.plans.limits(plan).photos_per_day,
        used=counts.timed if has.timed else counts.free,
        renews_at=allowance.renewal(now),
        plan=plan,
        plan_ends=has.until,
        credits=sum(credits.left for credits in has.credits),
    )


async def choose_funding(
    connection: AsyncConnection,
    user: int,
    counts: JobCounts,
    options: Options,
    allowance: Allowance,
    now: datetime,
    network: str | None = None,
) -> Funding:
    """Choose what pays for the user's photo: the running plan, else today's free quota, else a bought photo. `counts`
    are the user's.

    Raises:
        NetworkQuotaUsedUp: only the free quota is left, and the network's is used.
        ModelNotInPlan, SizeNotInPlan: quota is left, but its plan does not allow these options.
        QuotaUsedUp, FairUseReached: no quota is left.
    """
    has = await entitlement(connection, user, allowance.plans, now)
    refused: UserError | None = None
    for funding, left in _offers(counts, has, allowance):
        if not left:
            continue
        limits = allowance.plans.limits(funding.plan)
        if not funding.grant and await _network_is_used_up(connection, network, allowance, now):
            refused = refused or NetworkQuotaUsedUp(
                limit=allowance.free_per_network, renews_in_s=_renews_in_s(allowance, now)
            )
            continue
        if limits.allow(options):
            return funding
        refused = refused or not_in_plan(options, limits)
    if refused is None:
        seconds = _renews_in_s(allowance, now)
        if has.timed:
            fair_use = allowance.plans.limits(has.timed.grant.plan).photos_per_day
            refused = FairUseReached(limit=fair_use, renews_in_s=seconds)
        else:
            refused = QuotaUsedUp(limit=allowance.plans.free.photos_per_day, renews_in_s=seconds)
    raise refused


def _renews_in_s(allowance: Allowance, now: datetime) -> int:
    return max(1, round((allowance.renewal(now) - now).total_seconds()))


async def _network_is_used_up(
    connection: AsyncConnection, network: str | None, allowance: Allowance, now: datetime
) -> bool:
    """Whether people at this address have used its free photos of the day."""
    if not allowance.free_per_network or network is None:
        return False
    if connection.dialect.name == "postgresql":
        # Two people at one address hold locks of their own. Taken after a person's lock, so nobody can deadlock.
        await connection.execute(select(func.pg_advisory_xact_lock(int(network[:15], 16))))
    used = await connection.scalar(FREE_OF_NETWORK, {"network": network, "day": allowance.day(now)})
    return (used or 0) >= allowance.free_per_network


async def check_group(
    connection: AsyncConnection, platform: Platform, group: str, limit: int, allowance: Allowance, now: datetime
) -> None:
    """Refuse a photo of a group that has had its `limit` of charged photos today; 0 means unlimited.

    Raises:
        GroupQuotaUsedUp: the limit is reached.
    """
    if not limit:
        return
    if connection.dialect.name == "postgresql":
        # Two people of one group hold locks of their own. Taken after a person's lock, so nobody can deadlock.
        name = f"{platform}:{group}"
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    used = await connection.scalar(OF_GROUP, {"platform": platform, "group": group, "day": allowance.day(now)})
    if (used or 0) >= limit:
        raise GroupQuotaUsedUp(limit=limit, renews_in_s=_renews_in_s(allowance, now))


def check_at_once(counts: JobCounts, allowance: Allowance) -> None:
    """Refuse a user with too many unfinished jobs.

    Raises:
        TooManyAtOnce: the limit is reached.
    """
    if allowance.at_once and counts.unfinished >= allowance.at_once:
        raise TooManyAtOnce(limit=allowance.at_once)


def _offers(counts: JobCounts, has: Entitlement, allowance: Allowance) -> list[tuple[Funding, bool]]:
    """Everything that could pay for a photo, best first, and whether it has quota left."""
    offers = []
    if has.timed:
        grant = has.timed.grant
        fair_use = allowance.plans.limits(grant.plan).photos_per_day
        offers.append((Funding(grant.plan, grant.id), not fair_use or counts.timed < fair_use))
    offers.append((Funding(), counts.free < allowance.plans.free.photos_per_day))
    offers += [(Funding(credits.grant.plan, credits.grant.id), True) for credits in has.credits]
    return offers


def not_in_plan(options: Options, limits: PlanLimits) -> UserError:
    """The error that names the option that the plan does not allow."""
    if options.most_upscale > limits.max_upscale:
        return SizeNotInPlan(upscale=options.most_upscale)
    return ModelNotInPlan(model=options.model)
