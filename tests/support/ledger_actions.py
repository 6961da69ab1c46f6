"""What the test of the ledger against its model draws from, and the repositories that it calls."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import hypothesis.strategies as st

from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from tests.support.ledger_model import ADJUSTMENT_MINUTES, ADJUSTMENTS, AT_ONCE, PLANS

# Zones and moments shortly before their clocks change; in some of them a midnight is skipped or comes twice.
TURNS = [
    ("Europe/Berlin", "2026-03-28T10:00+00:00"),
    ("Europe/Berlin", "2026-10-24T10:00+00:00"),
    ("America/Sao_Paulo", "2018-11-03T12:00+00:00"),
    ("America/Sao_Paulo", "2018-02-16T12:00+00:00"),
    ("Africa/Cairo", "2026-04-23T12:00+00:00"),
    ("Africa/Cairo", "2026-10-28T12:00+00:00"),
    ("America/Havana", "2026-10-31T12:00+00:00"),
    ("UTC", "2026-02-28T12:00+00:00"),
]
TERMS = [
    CodeSpec(CodeKind.UNLOCK, "premium", days=1),
    CodeSpec(CodeKind.UNLOCK, "premium", days=2, uses=2),
    CodeSpec(CodeKind.UNLOCK, "pack", credits=1, uses=2),
    CodeSpec(CodeKind.DISCOUNT, percent=40, uses=2),
    CodeSpec(CodeKind.DISCOUNT, percent=99),
    CodeSpec(CodeKind.DISCOUNT, "month", percent=50),
]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., None])
who = st.integers(0, 1)
pick = st.integers(0, 7)  # from the end: what is new is what something may be wrong with
way = st.sampled_from([0, 0, 0, 1, 2, 3])
numbers = itertools.count()


ACTIONS: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
CHOICES: list[str] = []  # each as often as it shall happen


def action(often: int = 1, **drawn: st.SearchStrategy[Any]) -> Callable[[F], F]:
    """What may happen, with what it needs, and how often it does in comparison."""

    def note(method: F) -> F:
        ACTIONS[method.__name__] = drawn
        CHOICES.extend([method.__name__] * often)
        return method

    return note


def chosen(things: list[T], pick: int) -> T:
    return things[-1 - pick % len(things)]


class Repositories:
    """The storage under test, with one loop for all sequences. Each sequence has people of its own in it."""

    def __init__(self, url: str, photos: Path, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.photos = PhotoStore(str(photos))
        self.database = Database(url)
        self.now = datetime.min
        self.people = People(self.database)
        self.grants = Grants(self.database, PLANS, self.clock)
        self.codes = Codes(self.database, b"key", self.clock)
        self.payments = Payments(self.database, PLANS, self.clock)

    def clock(self) -> datetime:
        return self.now

    def allowance(self, zone: ZoneInfo) -> Allowance:
        return Allowance(zone, PLANS, ADJUSTMENTS, ADJUSTMENT_MINUTES, AT_ONCE)

    def ledger(self, zone: ZoneInfo) -> Ledger:
        return Ledger(self.database, self.allowance(zone), self.clock)

    def erasure(self, zone: ZoneInfo) -> Erasure:
        return Erasure(self.database, self.photos, self.allowance(zone), self.clock)
