"""Erasing: what somebody sent and chose goes at once, their account goes once nothing hangs on it any more.

The ledger's rows stay, without anything that says whose they were: quota, money and statistics are counts over them.
Until the account goes, nobody gets a new free photo, a second use of a code or out of a ban by deleting their data.
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
from magicmemory.storage.photos import PhotoStore, original, result
from magicmemory.storage.quota import Allowance
from magicmemory.storage.tables import codes, grants, guesses, jobs, redemptions, users
from magicmemory.storage.timestamps import Clock, to_db, utc_now

# A row without chat still has a message of its own, as the ledger wants it: its job's id.
EMPTY: dict[str, Any] = {
    "chat": "",
    "message": jobs.c.id,
    "thread": "",
    "language": "",
    "context": {},
    "report": null(),
    "failure": null(),
    "photo": None,
}


class Erasure:
    """Erases what is stored of people."""

    def __init__(self, database: Database, photos: PhotoStore, allowance: Allowance, clock: Clock = utc_now) -> None:
        self._database = database
        self._photos = photos
        self._allowance = allowance
        self._clock = clock

    async def forget(self, sender: Sender) -> None:
        """Delete the sender's photos and choices, and all that their finished jobs tell of them.

        What waits is to be cancelled before. The account goes later, when `tidy` finds that it may.
        """
        async with self._database.write() as transaction:
            if await find_user(transaction, sender) is None:
                return
            now = self._clock()
            user = await lock_user(transaction, sender, now)
            theirs = select(jobs.c.id).where(jobs.c.user_id == user, jobs.c.state.in_(TERMINAL))
            finished = list(await transaction.scalars(theirs))
            await _empty(transaction, user)
            await transaction.execute(
                update(users).where(users.c.id == user).values(preferences={}, erased_at=to_db(now))
            )
        # After the transaction: who is interrupted here asks again, and finds the same jobs.
        await self._photos.delete([name(job) for job in finished for name in (original, result)])

    async def tidy(self) -> int:
        """Let go of the accounts of those who had their data deleted, where nothing hangs on them any more, and of
        wrong codes that are so old that they count no more. Tells how many accounts that were.

        Several processes may do it at once, and as often as they like.
        """
        async with self._database.write() as transaction:
            old = self._clock() - timedelta(seconds=MAX_WAIT_S)
            await transaction.execute(delete(guesses).where(guesses.c.last_at < to_db(old)))
        async with self._database.read() as connection:
            erased = list(await connection.scalars(select(users.c.id).where(users.c.erased_at.is_not(None))))
        return sum([await self._let_go(user) for user in erased])

    async def _let_go(self, user: int) -> bool:
        async with self._database.write() as transaction:
            this = select(users).where(users.c.id == user, users.c.erased_at.is_not(None)).with_for_update()
            row = (await transaction.execute(this)).first()
            if row is None:
                return False
            # Also what was still on its way when they had their data deleted.
            await _empty(transaction, user)
            tries = f"{row.platform}:person:{row.account}"
            if row.banned or await self._is_needed(transaction, user, tries):
                return False
            await transaction.execute(
                update(users).where(users.c.id == user).values(account=f"erased-{user}", preferences={}, erased_at=None)
            )
        return True

    async def _is_needed(self, transaction: AsyncConnection, user: int, tries: str) -> bool:
        """Whether something hangs on the account: today's quota, a reply, a grant, a code, or wrong tries of one."""
        now = self._clock()
        has = await entitlement(transaction, user, self._allowance.plans, now)
        if has.timed or has.credits:
            return True
        uses = redemptions.alias()
        redeemed = select(func.count()).where(uses.c.code_id == codes.c.id).scalar_subquery()
        hangs = [
            exists().where(
                jobs.c.user_id == user,
                or_(
                    jobs.c.day >= self._allowance.day(now),
                    jobs.c.state == JobState.ACCEPTED,
                    jobs.c.finished_at.is_(None),
                ),
            ),
            exists().where(grants.c.user_id == user, grants.c.starts_at > to_db(now), grants.c.withdrawn_at.is_(None)),
            # A stranger could redeem it again.
            exists(
                select(codes.c.id)
                .join(redemptions, redemptions.c.code_id == codes.c.id)
                .where(redemptions.c.user_id == user, _is_open(now), codes.c.uses > redeemed)
            ),
            exists().where(guesses.c.who == tries),
        ]
        return bool(await transaction.scalar(select(or_(*hangs))))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return codes.c.revoked_at.is_(None) & or_(codes.c.expires_at.is_(None), codes.c.expires_at > to_db(now))


async def _empty(transaction: AsyncConnection, user: int) -> None:
    """Empty the user's jobs whose reply was sent of everything but what is counted."""
    finished = (jobs.c.user_id == user, jobs.c.finished_at.is_not(None), jobs.c.message != jobs.c.id)
    await transaction.execute(update(jobs).where(*finished).values(EMPTY))
