"""Codes: what an operator hands out, and what people redeem.

A code that we make has twelve characters, the last of which checks the others, behind a prefix if one is wished:
`GRAN-7K3M-9QXP-2TRD`. A word of the operator's own, such as `RESTORE40`, works too. The database keeps only a keyed
hash of each, so that whoever reads it learns no code.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import (
    Banned,
    CodeElsewhere,
    CodeExpired,
    CodeMistyped,
    CodeRedeemed,
    CodeRevoked,
    CodeUnknown,
    CodeUsedUp,
    OperatorError,
    TooManyGuesses,
    UserError,
)
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import MAX_CREDITS, MAX_DAYS
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Source, add_grant
from magicmemory.storage.people import lock_user
from magicmemory.storage.tables import codes, guesses, redemptions, users
from magicmemory.storage.timestamps import Clock, from_db, to_db, utc_now

# Nothing that reads like something else: no I, L, O, 0, 1. A prime number of characters makes a weighted sum find
# every single wrong character and every two that were swapped.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12  # 31 to the power of 11 codes: 54 bits
WORD = re.compile(r"[A-Z0-9]{4,32}")
PREFIX = re.compile(r"[A-Z0-9]{0,12}")

FREE_GUESSES = 5
FIRST_WAIT_S = 30
MAX_WAIT_S = 86_400


class CodeKind(StrEnum):
    """What a code does."""

    UNLOCK = "unlock"  # grants days or photos of a plan
    DISCOUNT = "discount"  # makes one purchase cheaper


class BadCode(OperatorError):
    """A code cannot be made like this; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """What a code is good for. `plan` of a discount: the only one it makes cheaper; None: every one."""

    kind: CodeKind
    plan: str | None = None
    days: int | None = None
    credits: int | None = None
    percent: int | None = None
    uses: int = 1
    expires_at: datetime | None = None
    note: str = ""

    def check(self) -> None:
        """Raises `BadCode` where it makes no sense."""
        given = [self.days, self.credits, self.percent]
        if self.kind is CodeKind.DISCOUNT and (self.percent is None or self.days or self.credits):
            raise BadCode("A discount needs a percentage, and neither days nor credits.")
        if self.kind is CodeKind.UNLOCK and (self.percent or (self.days is None) == (self.credits is None)):
            raise BadCode("An unlock code needs either days or credits, and no percentage.")
        if self.kind is CodeKind.UNLOCK and not self.plan:
            raise BadCode("An unlock code needs a plan.")
        if self.percent is not None and not 1 <= self.percent <= 99:
            raise BadCode("A discount is between 1 and 99 percent.")
        if self.uses < 1 or any(number is not None and number < 1 for number in given):
            raise BadCode("Days, credits and uses are at least 1.")
        if (self.days or 0) > MAX_DAYS or max(self.credits or 0, self.uses) > MAX_CREDITS:
            raise BadCode(f"Days are at most {MAX_DAYS}, credits and uses at most {MAX_CREDITS}.")


@dataclass(frozen=True, slots=True)
class Code:
    """A code as the database knows it: without itself."""

    id: str
    terms: CodeSpec
    created_at: datetime
    redeemed: int
    revoked_at: datetime | None = None


def normalised(text: str) -> str:
    """What somebody typed, as it is compared: upper case, without spaces and dashes."""
    return re.sub(r"[\s\-–—_.]+", "", text).upper()


def written(code: str, prefix: str = "") -> str:
    """A code as people read it: in groups of four."""
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    return "-".join([prefix, *groups] if prefix else groups)


def check_character(body: str) -> str:
    """The character that checks `body`: a sum with weights 2, 3, 4 … modulo 31."""
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def looks_mistyped(code: str) -> bool:
    """Whether a normalised code looks like one of ours, but its check character does not fit."""
    tail = code[-LENGTH:]
    if len(tail) < LENGTH or any(character not in ALPHABET for character in tail):
        return False
    return check_character(tail[:-1]) != tail[-1]


class Codes:
    """Makes, lists, revokes and redeems codes."""

    def __init__(self, database: Database, key: bytes, clock: Clock = utc_now) -> None:
        """`key` is the secret the codes are hashed with: another key knows none of the codes made before."""
        self._database = database
        self._key = key
        self._clock = clock

    async def create(
        self, terms: CodeSpec, *, count: int = 1, prefix: str = "", word: str | None = None
    ) -> list[tuple[str, str]]:
        """Make codes, and return each one's id and the code itself, which nobody can see again.

        Args:
            terms: what they are good for.
            count: how many.
            prefix: up to twelve letters and digits before each.
            word: the operator's own code, instead of made ones.

        Raises:
            BadCode: the terms make no sense, or the word is taken or cannot be a code.
        """
        terms.check()
        if not PREFIX.fullmatch(prefix := normalised(prefix)):
            raise BadCode("A prefix has up to twelve letters and digits.")
        if word is not None and (count != 1 or prefix):
            raise BadCode("A code of your own is one, and has no prefix.")
        if word is not None and (not WORD.fullmatch(normalised(word)) or looks_mistyped(normalised(word))):
            raise BadCode("A code of your own has 4 to 32 letters A to Z and digits; this one cannot be used.")
        made = [normalised(word)] if word is not None else [_random_code() for _ in range(count)]
        ids = [secrets.token_hex(6) for _ in made]
        try:
            async with self._database.write() as transaction:
                await transaction.execute(
                    codes.insert(),
                    [
                        {"id": ident, "digest": self._digest(prefix + code), **self._values(terms)}
                        for ident, code in zip(ids, made, strict=True)
                    ],
                )
        except IntegrityError:
            raise BadCode("There is such a code already.") from None
        shown = made if word is not None else [written(code, prefix) for code in made]
        return list(zip(ids, shown, strict=True))

    async def list(self) -> list[Code]:
        """All codes, newest first."""
        async with self._database.read() as connection:
            return [_code(row) for row in await connection.execute(_codes().order_by(codes.c.created_at.desc()))]

    async def find(self, text: str) -> Code | None:
        """The code of that id, or the one that reads like that; None where there is none."""
        this = (codes.c.id == text.strip().lower()) | (codes.c.digest == self._digest(normalised(text)))
        async with self._database.read() as connection:
            row = (await connection.execute(_codes().where(this))).first()
        return row and _code(row)

    async def revoke(self, code_id: str) -> bool:
        """Nobody can redeem it from now on, and nobody can buy with its discount. What it unlocked stays unlocked.
        False where it was revoked before.
        """
        async with self._database.write() as transaction:
            revoked = await transaction.execute(
                update(codes)
                .where(codes.c.id == code_id, codes.c.revoked_at.is_(None))
                .values(revoked_at=to_db(self._clock()))
            )
            return bool(revoked.rowcount)

    async def redeem(self, sender: Sender, chat: str, text: str) -> CodeSpec:
        """Redeem what somebody typed, and return what it was good for.

        A discount is kept for the sender's next purchase; see `Payments`.

        Args:
            sender: who redeems it.
            chat: where: wrong tries are counted for the person and for the chat.
            text: the code, however it is written.

        Raises:
            TooManyGuesses: too many wrong ones before; this one was not looked at.
            CodeMistyped, CodeUnknown: there is no such code.
            CodeRevoked, CodeExpired, CodeUsedUp, CodeRedeemed: it cannot be redeemed (any more).
            CodeElsewhere: it is a discount, and the sender's platform sells nothing at our prices.
            Banned: the operator keeps the sender out.
        """
        code = normalised(text)
        who = [f"{sender.platform}:person:{sender.account}", f"{sender.platform}:chat:{chat}"]
        async with self._database.write() as transaction:
            now = self._clock()
            user = await lock_user(transaction, sender, now)
            if await transaction.scalar(select(users.c.banned).where(users.c.id == user)):
                raise Banned
            await _check_guesses(transaction, who, now)
            # The row is held: of many who redeem at once, each counts those before.
            found = (
                await transaction.execute(select(codes).where(codes.c.digest == self._digest(code)).with_for_update())
            ).first()
            refused = await _refusal(transaction, found, user, now, code)
            if isinstance(refused, (CodeUnknown, CodeMistyped)):
                await _count_guess(transaction, who, now)
            elif found is not None and found.kind == CodeKind.DISCOUNT and sender.platform is not Platform.TELEGRAM:
                refused = refused or CodeElsewhere()
            elif refused is None and found is not None:
                await transaction.execute(delete(guesses).where(guesses.c.who == who[0]))
                await _redeem(transaction, found, user, now)
        # Only now, because a wrong try must be counted.
        if refused is not None:
            raise refused
        return _terms(found)

    def _digest(self, code: str) -> str:
        return hmac.new(self._key, code.encode(errors="replace"), hashlib.sha256).hexdigest()

    def _values(self, terms: CodeSpec) -> dict[str, object]:
        return {
            "kind": terms.kind,
            "plan": terms.plan,
            "days": terms.days,
            "credits": terms.credits,
            "percent": terms.percent,
            "uses": terms.uses,
            "note": terms.note[:64],
            "created_at": to_db(self._clock()),
            "expires_at": terms.expires_at and to_db(terms.expires_at),
        }


def _random_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


async def _refusal(
    transaction: AsyncConnection, found: Row[Any] | None, user: int, now: datetime, code: str
) -> UserError | None:
    """Why the user cannot redeem this code, or None."""
    if found is None:
        return CodeMistyped() if looks_mistyped(code) else CodeUnknown()
    mine = (redemptions.c.code_id == found.id, redemptions.c.user_id == user)
    if await transaction.scalar(select(func.count()).where(*mine)):
        return CodeRedeemed()
    if found.revoked_at is not None:
        return CodeRevoked()
    if found.expires_at is not None and from_db(found.expires_at) <= now:
        return CodeExpired()
    redeemed = await transaction.scalar(select(func.count()).where(redemptions.c.code_id == found.id))
    if (redeemed or 0) >= found.uses:
        return CodeUsedUp()
    return None


async def _redeem(transaction: AsyncConnection, code: Row[Any], user: int, now: datetime) -> None:
    await transaction.execute(redemptions.insert().values(code_id=code.id, user_id=user, created_at=to_db(now)))
    if code.kind == CodeKind.UNLOCK:
        await add_grant(
            transaction,
            user,
            code.plan,
            Source.CODE,
            f"{code.id}:{user}",
            starts_at=now,
            days=code.days,
            credits=code.credits,
        )


async def _check_guesses(transaction: AsyncConnection, who: list[str], now: datetime) -> None:
    """Raises `TooManyGuesses` while somebody has to wait. The rows are held until the transaction ends."""
    insert = sqlite.insert if transaction.dialect.name == "sqlite" else postgresql.insert
    for one in who:
        counted = insert(guesses).values(who=one, wrong=0, last_at=to_db(now))
        held = counted.on_conflict_do_update(index_elements=["who"], set_={"wrong": guesses.c.wrong})
        row = (await transaction.execute(held.returning(guesses.c.wrong, guesses.c.last_at))).one()
        wait = _wait(row.wrong) - (now - from_db(row.last_at))
        # The row may be younger than `now`: of those who ask at once, another got hold of it first.
        if row.wrong >= FREE_GUESSES and wait > timedelta():
            raise TooManyGuesses(wait_in_s=max(1, round(wait.total_seconds())))
        if now - from_db(row.last_at) > timedelta(seconds=MAX_WAIT_S):
            await transaction.execute(update(guesses).where(guesses.c.who == one).values(wrong=0))


async def _count_guess(transaction: AsyncConnection, who: list[str], now: datetime) -> None:
    await transaction.execute(
        update(guesses).where(guesses.c.who.in_(who)).values(wrong=guesses.c.wrong + 1, last_at=to_db(now))
    )


def _wait(wrong: int) -> timedelta:
    """How long to wait after so many wrong tries: twice as long with each beyond the free ones."""
    if wrong < FREE_GUESSES:
        return timedelta()
    return timedelta(seconds=min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** min(wrong - FREE_GUESSES, 20)))


def _codes() -> Select[Any]:
    redeemed = select(func.count()).where(redemptions.c.code_id == codes.c.id).scalar_subquery()
    return select(codes, redeemed.label("redeemed"))


def _terms(row: Row[Any] | None) -> CodeSpec:
    assert row is not None
    return CodeSpec(
        kind=CodeKind(row.kind),
        plan=row.plan,
        days=row.days,
        credits=row.credits,
        percent=row.percent,
        uses=row.uses,
        expires_at=row.expires_at and from_db(row.expires_at),
        note=row.note,
    )


def _code(row: Row[Any]) -> Code:
    return Code(row.id, _terms(row), from_db(row.created_at), row.redeemed, row.revoked_at and from_db(row.revoked_at))
