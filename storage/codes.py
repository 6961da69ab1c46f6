"""Codes: an operator creates them, and people redeem them.

A generated code has twelve characters, of which the last checks the others, and an optional prefix:
`GRAN-7K3M-9QXP-2TRD`. The operator may also choose a word, such as `RESTORE40`. The database holds only a keyed hash of
each code, so reading the database reveals no code.
"""

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update
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
from magicmemory.storage.upsert import insert

# Without characters that look alike: I, L, O, 0, 1. With a prime number of characters, a weighted sum finds every
# single wrong character and every swapped pair.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12  # 31 to the power of 11 codes: 54 bits
GENERATED_BITS = (LENGTH - 1) * math.log2(len(ALPHABET))
BITS_PER_LETTER, BITS_PER_DIGIT = math.log2(26), math.log2(10)
BITS_PER_WORD = 17.0  # 130,000 words
WORD = re.compile(r"[A-Z0-9]{4,32}")
PREFIX = re.compile(r"[A-Z0-9]{0,12}")

FREE_GUESSES = 5
FIRST_WAIT_S = 30
# A chat, or a shared address, brings many people: strangers' wrong tries must not lock a right code out. It has more
# tries, which come back one by one.
FREE_CHAT_GUESSES = 30
CHAT_GUESS_EVERY_S = 10
# Clocks of two processes may differ by this much; a last try that is later still means that the clock was set back.
MAX_CLOCK_SKEW_S = 5
# A word of the operator's own that unlocks a plan needs this many bits.
MIN_UNLOCK_BITS = 40
MAX_WAIT_S = 86_400


class CodeKind(StrEnum):
    """The two kinds of code."""

    UNLOCK = "unlock"  # grants days or photos of a plan
    DISCOUNT = "discount"  # makes one purchase cheaper


class BadCode(OperatorError):
    """A code cannot be created like this. The message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """What a code gives. A discount's `plan` limits it to that plan; None: all plans."""

    kind: CodeKind
    plan: str | None = None
    days: int | None = None
    credits: int | None = None
    percent: int | None = None
    uses: int = 1
    expires_at: datetime | None = None
    note: str = ""

    def check(self) -> None:
        """Raises `BadCode` if the fields do not fit together."""
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
    """A code as the database knows it: without its text."""

    id: str
    spec: CodeSpec
    created_at: datetime
    redeemed: int
    revoked_at: datetime | None = None


def normalised(text: str) -> str:
    """A typed code in the form that is compared: upper case, without spaces and dashes."""
    return re.sub(r"[\s\-–—_.]+", "", text).upper()


def written(code: str, prefix: str = "") -> str:
    """A code as people read it: prefix and groups of four."""
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    return "-".join([prefix, *groups] if prefix else groups)


def check_character(body: str) -> str:
    """The check character of `body`: a sum with weights 2, 3, 4 … modulo 31."""
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def strength_bits(code: str) -> float:
    """A cautious estimate of how hard a code is to guess, bits. A run of letters counts as at most one word of a large
    dictionary.
    """
    words = re.findall(r"[A-Z]+", code)
    digits = sum(character.isdigit() for character in code)
    return sum(min(BITS_PER_LETTER * len(word), BITS_PER_WORD) for word in words) + digits * BITS_PER_DIGIT


def looks_mistyped(code: str) -> bool:
    """Whether a normalised code has the form of a generated one, but a wrong check character."""
    tail = code[-LENGTH:]
    if len(tail) < LENGTH or any(character not in ALPHABET for character in tail):
        return False
    return check_character(tail[:-1]) != tail[-1]


class Codes:
    """Creates, lists, revokes and redeems codes."""

    def __init__(self, database: Database, key: bytes, clock: Clock = utc_now) -> None:
        """`key` is the secret that codes are hashed with. With a different key, no earlier code works."""
        self._database = database
        self._key = key
        self._clock = clock

    async def create(
        self, spec: CodeSpec, *, count: int = 1, prefix: str = "", word: str | None = None, weak: bool = False
    ) -> list[tuple[str, str]]:
        """Create codes. Returns each one's id and text; the text cannot be shown again.

        Args:
            spec: what each code gives.
            count: number of codes.
            prefix: up to twelve letters and digits in front of each.
            word: the operator's own code, instead of generated ones.
            weak: accept a word that is easy to guess, although it unlocks a plan.

        Raises:
            BadCode: the spec makes no sense, or the word is taken or cannot be a code.
        """
        spec.check()
        if not PREFIX.fullmatch(prefix := normalised(prefix)):
            raise BadCode("A prefix has up to twelve letters and digits.")
        if word is not None and (count != 1 or prefix):
            raise BadCode("A code of your own is one, and has no prefix.")
        if word is not None and (not WORD.fullmatch(normalised(word)) or looks_mistyped(normalised(word))):
            raise BadCode("A code of your own has 4 to 32 letters A to Z and digits; this one cannot be used.")
        if word is not None and spec.kind is CodeKind.UNLOCK and not weak:
            bits = strength_bits(normalised(word))
            if bits < MIN_UNLOCK_BITS:
                raise BadCode(
                    f"This code is easy to guess (about {bits:.0f} bits, {MIN_UNLOCK_BITS} are needed): "
                    "make it longer and less like a word, or leave it out and get a generated one."
                )
        made = [normalised(word)] if word is not None else [_random_code() for _ in range(count)]
        ids = [secrets.token_hex(6) for _ in made]
        try:
            async with self._database.write() as transaction:
                await transaction.execute(
                    codes.insert(),
                    [
                        {"id": ident, "digest": self._digest(prefix + code), **self._values(spec)}
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
        """The code with this id or text, or None."""
        this = (codes.c.id == text.strip().lower()) | (codes.c.digest == self._digest(normalised(text)))
        async with self._database.read() as connection:
            row = (await connection.execute(_codes().where(this))).first()
        return row and _code(row)

    async def revoke(self, code_id: str) -> bool:
        """Stop a code: it can no longer be redeemed, and its discount no longer applies. Grants that it gave stay.
        Returns False if it was revoked before.
        """
        async with self._database.write() as transaction:
            revoked = await transaction.execute(
                update(codes)
                .where(codes.c.id == code_id, codes.c.revoked_at.is_(None))
                .values(revoked_at=to_db(self._clock()))
            )
            return bool(revoked.rowcount)

    async def redeem(self, sender: Sender, chat: str, text: str) -> CodeSpec:
        """Redeem a code as typed. Returns what it gives.

        A discount applies to the sender's next purchase; see `Payments`.

        Args:
            sender: the person who redeems it.
            chat: the chat; wrong tries are counted per person and per chat.
            text: the code as typed.

        Raises:
            TooManyGuesses: too many wrong tries before; this one was not checked.
            CodeMistyped, CodeUnknown: the code does not exist.
            CodeRevoked, CodeExpired, CodeUsedUp, CodeRedeemed: the code can no longer be redeemed.
            CodeElsewhere: the code is a discount, and the sender's platform has no prices of ours.
            Banned: the sender is banned.
        """
        code = normalised(text)
        who = [f"{sender.platform}:person:{sender.account}", f"{sender.platform}:chat:{chat}"]
        async with self._database.write() as transaction:
            now = self._clock()
            user = (await lock_user(transaction, sender, now)).id
            if await transaction.scalar(select(users.c.banned).where(users.c.id == user)):
                raise Banned
            await _check_guesses(transaction, who, now)
            # The row is locked: concurrent redemptions count each other.
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
        # After the transaction, because a wrong try must be counted.
        if refused is not None:
            raise refused
        return _spec(found)

    def _digest(self, code: str) -> str:
        return hmac.new(self._key, code.encode(errors="replace"), hashlib.sha256).hexdigest()

    def _values(self, spec: CodeSpec) -> dict[str, object]:
        return {
            "kind": spec.kind,
            "plan": spec.plan,
            "days": spec.days,
            "credits": spec.credits,
            "percent": spec.percent,
            "uses": spec.uses,
            "note": spec.note[:64],
            "created_at": to_db(self._clock()),
            "expires_at": spec.expires_at and to_db(spec.expires_at),
        }


def _random_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


async def _refusal(
    transaction: AsyncConnection, found: Row[Any] | None, user: int, now: datetime, code: str
) -> UserError | None:
    """The error for this code and user, or None."""
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
    """Raises `TooManyGuesses` while the person or the chat has to wait. The rows stay locked until the transaction
    ends.
    """
    _, chat = who
    for one in who:
        counted = insert(transaction, guesses).values(who=one, wrong=0, last_at=to_db(now))
        held = counted.on_conflict_do_update(index_elements=["who"], set_={"wrong": guesses.c.wrong})
        row = (await transaction.execute(held.returning(guesses.c.wrong, guesses.c.last_at))).one()
        # The row may be newer than `now`: a concurrent request locked it first, or the clock was set back. A lock never
        # lasts longer than its nominal time.
        elapsed_s = (now - from_db(row.last_at)).total_seconds()
        wrong, last_at = row.wrong, row.last_at
        if elapsed_s > MAX_WAIT_S or elapsed_s < -MAX_CLOCK_SKEW_S:
            wrong, last_at = 0, to_db(now)
        elif one == chat:
            regained = int(max(0.0, elapsed_s) / CHAT_GUESS_EVERY_S)
            wrong = max(0, wrong - regained)
            last_at += timedelta(seconds=regained * CHAT_GUESS_EVERY_S)
        wait_s = _chat_wait_s(wrong) if one == chat else _wait_s(wrong)
        if wait_s > max(0.0, elapsed_s):
            raise TooManyGuesses(wait_in_s=max(1, round(wait_s - max(0.0, elapsed_s))))
        if wrong != row.wrong:
            await transaction.execute(update(guesses).where(guesses.c.who == one).values(wrong=wrong, last_at=last_at))


async def _count_guess(transaction: AsyncConnection, who: list[str], now: datetime) -> None:
    await transaction.execute(
        update(guesses).where(guesses.c.who.in_(who)).values(wrong=guesses.c.wrong + 1, last_at=to_db(now))
    )


def _wait_s(wrong: int) -> float:
    """A person's wait after this many wrong tries: it doubles with each try beyond the free ones."""
    if wrong < FREE_GUESSES:
        return 0
    return float(min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** min(wrong - FREE_GUESSES, 20)))


def _chat_wait_s(wrong: int) -> float:
    """A chat's wait after this many wrong tries that have not come back yet."""
    return CHAT_GUESS_EVERY_S if wrong >= FREE_CHAT_GUESSES else 0


def _codes() -> Select[Any]:
    redeemed = select(func.count()).where(redemptions.c.code_id == codes.c.id).scalar_subquery()
    return select(codes, redeemed.label("redeemed"))


def _spec(row: Row[Any] | None) -> CodeSpec:
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
    return Code(row.id, _spec(row), from_db(row.created_at), row.redeemed, row.revoked_at and from_db(row.revoked_at))
