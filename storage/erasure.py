"""Erasure: a person's photos and choices are deleted at once, their account as soon as nothing depends on it.

The ledger's rows stay without personal data, because quota, money and statistics are counts over them. Until the
account is deleted, erasure gives nobody a new free photo, a second use of a code, or a way out of a ban.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import TERMINAL, JobState, Sender
from magicmemory.storage.codes import MAX_WAIT_S
from magicmemory.storage.database import Database
from magicmemory.storage.grants import entitlement
from magicmemory.storage.people import find_user, lock_user
from magicmemory.storage.photos import PhotoStore, mask, original, result
from magicmemory.storage.quota import Allowance
from magicmemory.storage.tables import codes, grants, guesses, jobs, redemptions, reminders, users
from magicmemory.storage.timestamps import Clock, to_db, utc_now

# The ledger's unique key needs a message in each row: the job's id.
CLEARED: dict[str, Any] = {
    "chat": "",
    "message": jobs.c.id,
    "thread": "",
    "language": "",
    "context": {},
    "report": null(),
    "failure": null(),
    "photo": None,
}

# Limits by address and by group look back at most a day.
NETWORK_MEMORY = timedelta(days=2)


class Erasure:
    """Deletes what is stored about people."""

    def __init__(self, database: Database, photos: PhotoStore, allowance: Allowance, clock: Clock = utc_now) -> None:
        self._database = database
        self._photos = photos
        self._allowance = allowance
        self._clock = clock

    async def forget(self, sender: Sender) -> None:
        """Delete the sender's photos, choices, and the personal data of their finished jobs.

        Cancel waiting jobs first. `tidy` deletes the account later.
        """
        async with self._database.write() as transaction:
            if await find_user(transaction, sender) is None:
                return
            now = self._clock()
            user = (await lock_user(transaction, sender, now)).id
            theirs = select(jobs.c.id).where(jobs.c.user_id == user, jobs.c.state.in_(TERMINAL))
            finished = list(await transaction.scalars(theirs))
            await _empty(transaction, user)
            await transaction.execute(delete(reminders).where(reminders.c.user_id == user))
            await transaction.execute(
                update(users).where(users.c.id == user).values(preferences={}, erased_at=to_db(now))
            )
        # After the transaction: if this is interrupted, the person asks again, and the same jobs are found.
        await self._photos.delete([name(job) for job in finished for name in (original, result, mask)])

    async def tidy(self) -> int:
        """Delete erased accounts that nothing depends on any more, and wrong code tries, addresses and groups that no
        longer count. Returns the number of accounts.

        Several processes may do this at the same time and at any rate.
        """
        async with self._database.write() as transaction:
            old = self._clock() - timedelta(seconds=MAX_WAIT_S)
            await transaction.execute(delete(guesses).where(guesses.c.last_at < to_db(old)))
            counted = to_db(self._clock() - NETWORK_MEMORY)
            await transaction.execute(
                update(jobs).where(jobs.c.network.is_not(None), jobs.c.created_at < counted).values(network=None)
            )
            await transaction.execute(
                update(jobs).where(jobs.c.group_chat.is_not(None), jobs.c.created_at < counted).values(group_chat=None)
            )
        async with self._database.read() as connection:
            erased = list(await connection.scalars(select(users.c.id).where(users.c.erased_at.is_not(None))))
        return sum([await self._delete_account(user) for user in erased])

    async def _delete_account(self, user: int) -> bool:
        async with self._database.write() as transaction:
            this = select(users).where(users.c.id == user, users.c.erased_at.is_not(None)).with_for_update()
            row = (await transaction.execute(this)).first()
            if row is None:
                return False
            # Also jobs that were unfinished when the person asked for erasure.
            await _empty(transaction, user)
            tries = f"{row.platform}:person:{row.account}"
            if row.banned or await self._is_needed(transaction, user, tries):
                return False
            await transaction.execute(
                update(users).where(users.c.id == user).values(account=f"erased-{user}", preferences={}, erased_at=None)
            )
        return True

    async def _is_needed(self, transaction: AsyncConnection, user: int, tries: str) -> bool:
        """Whether something depends on the account: today's quota, a reply, a grant, a code, or wrong code tries."""
        now = self._clock()
        has = await entitlement(transaction, user, self._allowance.plans, now)
        if has.timed or has.credits:
            return True
        uses = redemptions.alias()
        redeemed = select(func.count()).where(uses.c.code_id == codes.c.id).scalar_subquery()
        dependencies = [
            exists().where(
                jobs.c.user_id == user,
                or_(
                    jobs.c.day >= self._allowance.day(now),
                    jobs.c.state == JobState.ACCEPTED,
                    jobs.c.finished_at.is_(None),
                ),
            ),
            exists().where(grants.c.user_id == user, grants.c.starts_at > to_db(now), grants.c.withdrawn_at.is_(None)),
            # Without the account, the same person could redeem the code again.
            exists(
                select(codes.c.id)
                .join(redemptions, redemptions.c.code_id == codes.c.id)
                .where(redemptions.c.user_id == user, _is_open(now), codes.c.uses > redeemed)
            ),
            exists().where(guesses.c.who == tries),
        ]
        return bool(await transaction.scalar(select(or_(*dependencies))))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return codes.c.revoked_at.is_(None) & or_(codes.c.expires_at.is_(None), codes.c.expires_at > to_db(now))


async def _empty(transaction: AsyncConnection, user: int) -> None:
    """Clear the user's finished jobs, except for the columns that are counted."""
    finished = (jobs.c.user_id == user, jobs.c.finished_at.is_not(None), jobs.c.message != jobs.c.id)
    await transaction.execute(update(jobs).where(*finished).values(CLEARED))
