"""Failed photos cost nothing, so they are slowed: per person and, where there is one, per network address.

Like the quota, they are counted in the ledger. Failures caused by the service do not count.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import InternalError, PhotoExpired, TooManyFailures
from magicmemory.core.job import JobState
from magicmemory.storage.tables import jobs
from magicmemory.storage.timestamps import from_db, to_db

WINDOW: Final = timedelta(hours=1)
# After the last failure that is allowed at once; it doubles with each further one.
FIRST_WAIT_S: Final = 10.0
MAX_WAIT_S: Final = 600.0
# Many people may share an address: it may fail this many times as often as a person.
PEOPLE_PER_NETWORK: Final = 5
OURS: Final = frozenset({InternalError.key, PhotoExpired.key})

# Built once: every photo runs these, and building a statement takes as long as running it.
FAILED = (
    select(jobs.c.failure, jobs.c.finished_at, jobs.c.created_at)
    .where(jobs.c.state == JobState.FAILED, jobs.c.created_at.between(bindparam("since"), bindparam("now")))
    .order_by(jobs.c.created_at.desc())
    .limit(bindparam("limit", type_=Integer))
)
OF_PERSON = FAILED.where(jobs.c.user_id == bindparam("user"), jobs.c.day >= bindparam("first_day"))
OF_NETWORK = FAILED.where(jobs.c.network == bindparam("network"))


async def check_failures(
    transaction: AsyncConnection, user: int, network: str | None, per_hour: int, now: datetime
) -> None:
    """Refuse a photo of somebody whose photos failed too often lately.

    Args:
        transaction: the one that would add the job.
        user: the person.
        network: the hash of their address, if the platform tells it.
        per_hour: failed photos that a person has free in an hour; 0 means unlimited.
        now: the present.

    Raises:
        TooManyFailures: they have to wait.
    """
    if not per_hour:
        return
    since = now - WINDOW
    period = {"since": to_db(since), "now": to_db(now)}
    first_day = since.date() - timedelta(days=1)
    waits = [await _wait_s(transaction, OF_PERSON, {**period, "user": user, "first_day": first_day}, per_hour, now)]
    if network is not None:
        free = PEOPLE_PER_NETWORK * per_hour
        waits.append(await _wait_s(transaction, OF_NETWORK, {**period, "network": network}, free, now))
    if max(waits) > 0:
        raise TooManyFailures(wait_in_s=max(1, round(max(waits))))


async def _wait_s(
    transaction: AsyncConnection, which: Select[Any], parameters: dict[str, Any], free: int, now: datetime
) -> float:
    """Seconds that remain of the wait after the last failure."""
    # From eight more on, the wait is the longest.
    rows = await transaction.execute(which, {**parameters, "limit": free + 8})
    failures = [row for row in rows if (row.failure or {}).get("key") not in OURS]
    if len(failures) < free:
        return 0
    last = max(from_db(row.finished_at or row.created_at) for row in failures)
    wait_s = min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** (len(failures) - free))
    return float(wait_s - max(0.0, (now - last).total_seconds()))
