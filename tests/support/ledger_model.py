"""A simple model of what people have: lists and loops over hours, written independently of the storage code."""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from magicmemory.core.errors import (
    Banned,
    CodeExpired,
    CodeRedeemed,
    CodeRevoked,
    CodeUnknown,
    CodeUsedUp,
    FairUseReached,
    ModelNotInPlan,
    OfferGone,
    QuotaUsedUp,
    SizeNotInPlan,
    TooManyAdjustments,
    TooManyAtOnce,
    TooManyGuesses,
    UserError,
)
from magicmemory.core.job import Address, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.storage.codes import CodeKind, CodeSpec

HOUR = timedelta(hours=1)
AT_ONCE = 2
ADJUSTMENTS = 2
ADJUSTMENT_MINUTES = 90
FREE = ""

PLANS = make_plans(
    {
        "free": {"models": ["lite"], "max_upscale": 1},
        "plans": {
            "premium": {"days": 2, "stars": 99, "max_upscale": 2},
            "pack": {"credits": 2, "stars": 50},
            "month": {"days": 30, "stars": 251, "subscription": True, "photos_per_day": 0},
        },
    },
    free_per_day=1,
    fair_use_per_day=2,
    head_start_s=0,
)
A_DAY = {FREE: 1, "premium": 2, "month": None}
BETTER = ["premium", "month"]  # the last one that runs counts
WAYS = [Options(model="lite"), Options(upscale=2), Options(model="gfpgan"), Options(upscale=4)]
ALLOWED = {FREE: [0], "premium": [0, 1, 2], "pack": [0, 1, 2, 3], "month": [0, 1, 2, 3]}
REFUSED: list[type[UserError]] = [UserError, SizeNotInPlan, ModelNotInPlan, SizeNotInPlan]

State = Literal["accepted", "delivered", "failed", "cancelled"]
Refusal = type[UserError]


@dataclass(eq=False)
class Given:
    """A grant. `days` and `credits` None: an entitlement, from `at` to `until`."""

    plan: str
    at: datetime
    days: int | None = None
    credits: int | None = None
    until: datetime | None = None
    entitlement: str = ""
    withdrawn: bool = False
    id: str = ""  # learnt from the database


@dataclass(eq=False)
class Sent:
    """A photo on its way or done. `pays` None: it costs nothing."""

    id: str
    person: "Person"
    address: Address | None  # None: forgotten
    way: int
    photo: str | None
    plan: str
    pays: Given | Literal["free"] | None
    day: date
    of: "Sent | None" = None
    state: State = "accepted"
    finished: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.state in ("accepted", "delivered")


@dataclass(eq=False)
class Made:
    """A code."""

    id: str
    text: str
    terms: CodeSpec
    revoked: bool = False
    people: list["Person"] = field(default_factory=list)


@dataclass(eq=False)
class Bill:
    """An invoice."""

    id: str
    person: "Person"
    plan: str
    price: int
    subscription: bool
    code: Made | None


@dataclass(eq=False)
class Paid:
    """A payment."""

    charge: str
    bill: Bill
    given: Given
    refunded: bool = False


@dataclass(eq=False)
class Tries:
    """Wrong codes of a person, or in a chat."""

    wrong: int = 0
    last: datetime | None = None

    def must_wait(self, now: datetime) -> bool:
        if self.wrong < 5 or self.last is None:
            return False
        return now < self.last + timedelta(seconds=min(86_400, 30 * 2 ** (self.wrong - 5)))

    def add(self, now: datetime) -> None:
        if self.last is not None and now - self.last > timedelta(days=1):
            self.wrong = 0
        self.wrong, self.last = self.wrong + 1, now


@dataclass(eq=False)
class ChatTries:
    """Wrong codes in a chat: thirty, of which one comes back every ten seconds."""

    wrong: int = 0
    last: datetime | None = None

    def must_wait(self, now: datetime) -> bool:
        return self._left(now)[0] >= 30

    def add(self, now: datetime) -> None:
        self.wrong, self.last = self._left(now)[0] + 1, now

    def _left(self, now: datetime) -> tuple[int, datetime]:
        if self.last is None:
            return 0, now
        return max(0, self.wrong - int((now - self.last).total_seconds() / 10)), now


@dataclass(eq=False)
class Person:
    """Somebody, and all that ever happened to them."""

    sender: Sender
    sent: list[Sent] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    tries: Tries = field(default_factory=Tries)
    chat: ChatTries = field(default_factory=ChatTries)
    banned: bool = False


@dataclass(eq=False)
class Model:
    """The world at a moment that is always a whole hour."""

    zone: ZoneInfo
    now: datetime
    codes: list[Made] = field(default_factory=list)

    def day(self) -> date:
        return self.now.astimezone(self.zone).date()

    def renewal(self) -> datetime:
        moment = self.now
        while moment.astimezone(self.zone).date() <= self.day():
            moment += HOUR
        return moment

    def runs(self, person: Person, plan: str) -> tuple[bool, datetime | None]:
        """Whether a plan runs, and until when without a gap (None: for ever). Counts hour by hour: a shop's
        subscription covers its own hours, and each of the others uses up one of the oldest days that are left.
        """
        held = [given for given in person.given if given.plan == plan and not given.withdrawn and not given.credits]
        held.sort(key=lambda given: (given.at, given.id))
        left = {given: 24 * (given.days or 0) for given in held}
        hour = min([self.now, *(given.at for given in held)])
        while True:
            shops = [given for given in held if not given.days and given.at <= hour]
            covered = [given for given in shops if given.until is None or hour < given.until]
            if not covered:
                covered = [given for given in held if left[given] and given.at <= hour][:1]
                for given in covered:
                    left[given] -= 1
            if hour >= self.now and any(given.until is None and not given.days for given in covered):
                return True, None
            if hour >= self.now and not covered:
                return hour > self.now, hour
            hour += HOUR

    def best(self, person: Person) -> tuple[str, datetime | None]:
        """The best plan that runs, and its end."""
        for plan in reversed(BETTER):
            runs, until = self.runs(person, plan)
            if runs:
                return plan, until
        return FREE, None

    def used(self, person: Person, *, timed: bool) -> int:
        """How many photos of today were paid for by days, or were free."""
        today = [sent for sent in person.sent if sent.day == self.day() and sent.counts and sent.pays]
        if timed:
            return sum(isinstance(sent.pays, Given) and not sent.pays.credits for sent in today)
        return sum(sent.pays == "free" for sent in today)

    def credits(self, person: Person) -> list[tuple[Given, int]]:
        """Bought photos that are left, oldest first."""
        held = [given for given in person.given if given.credits and not given.withdrawn]
        held.sort(key=lambda given: (given.at, given.id))
        spent = [sent.pays for sent in person.sent if sent.counts]
        left = [(given, (given.credits or 0) - spent.count(given)) for given in held]
        return [(given, number) for given, number in left if number > 0]

    def payer(self, person: Person, way: int) -> tuple[str, Given | Literal["free"]] | Refusal:
        """The plan and what pays for a photo, or why nothing does."""
        plan, _ = self.best(person)
        open_: list[tuple[str, Given | Literal["free"]]] = []
        limit = A_DAY[plan]
        if plan and (limit is None or self.used(person, timed=True) < limit):
            open_.append((plan, next(given for given in person.given if given.plan == plan and not given.credits)))
        if self.used(person, timed=False) < 1:
            open_.append((FREE, "free"))
        open_ += [(given.plan, given) for given, _ in self.credits(person)]
        for offer in open_:
            if way in ALLOWED[offer[0]]:
                return offer
        if open_:
            return REFUSED[way]
        return FairUseReached if plan else QuotaUsedUp

    def stopped(self, person: Person) -> Refusal | None:
        """Why somebody may not send anything at all."""
        if person.banned:
            return Banned
        waiting = sum(sent.state == "accepted" for sent in person.sent)
        return TooManyAtOnce if waiting >= AT_ONCE else None

    def twins(self, person: Person, photo: str | None, way: int) -> list[Sent]:
        """Delivered photos that answer the same file sent again."""
        same = [sent for sent in person.sent if photo and (sent.photo, sent.way, sent.of) == (photo, way, None)]
        return [sent for sent in same if sent.state == "delivered"]

    def adjustable(self, root: Sent, way: int) -> Refusal | None:
        """Why a photo cannot be restored again with other options."""
        since = self.now - timedelta(minutes=ADJUSTMENT_MINUTES)
        family = [sent for sent in root.person.sent if sent.of is root]
        looked_at = [sent for sent in [root, *family] if sent is root or sent.photo]
        recent = [sent for sent in looked_at if sent.state == "delivered" and sent.finished and sent.finished >= since]
        made = sum(sent.counts and not sent.photo for sent in family)
        if root.state != "delivered" or not recent or made >= ADJUSTMENTS:
            return TooManyAdjustments
        return None if way in ALLOWED[root.plan] else REFUSED[way]

    def redeemable(self, person: Person, code: Made | None) -> Refusal | None:
        """Why somebody cannot redeem a code; None for `code`: there is no such one."""
        if person.banned:
            return Banned
        if person.tries.must_wait(self.now) or person.chat.must_wait(self.now):
            return TooManyGuesses
        if code is None:
            return CodeUnknown
        if person in code.people:
            return CodeRedeemed
        if code.revoked:
            return CodeRevoked
        if code.terms.expires_at is not None and code.terms.expires_at <= self.now:
            return CodeExpired
        return CodeUsedUp if len(code.people) >= code.terms.uses else None

    def offer(self, person: Person, plan: str) -> tuple[int, bool, Made | None]:
        """Somebody's price of a plan, whether it renews, and the discount in it."""
        spent = [paid.bill.code for paid in person.payments if not paid.refunded]
        discounts = [
            code
            for code in self.codes
            if code.terms.kind is CodeKind.DISCOUNT
            and person in code.people
            and code not in spent
            and not code.revoked
            and (code.terms.expires_at is None or self.now < code.terms.expires_at)
            and code.terms.plan in (None, plan)
        ]
        sold = PLANS.paid[plan]
        assert sold.stars is not None
        if not discounts:
            return sold.stars, sold.subscription, None
        best = min(discounts, key=lambda code: (-(code.terms.percent or 0), code.id))
        return max(1, math.ceil(Fraction(sold.stars * (100 - (best.terms.percent or 0)), 100))), False, best

    def payable(self, bill: Bill) -> Refusal | None:
        """Why an invoice cannot be paid (any more)."""
        if bill.person.banned:
            return Banned
        if not bill.subscription and any(paid.bill is bill for paid in bill.person.payments):
            return OfferGone
        price, subscription, _ = self.offer(bill.person, bill.plan)
        return None if (price, subscription) == (bill.price, bill.subscription) else OfferGone
