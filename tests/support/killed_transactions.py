"""What changes the database, each in one transaction; a process that does it dies right before the commit."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, event

from magicmemory.core.errors import NoFaceFound
from magicmemory.core.job import Address, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.core.report import Failure
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import STARS, Payments
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance

ANA = Sender(platform=Platform.TELEGRAM, account="ana")
BEN = Sender(platform=Platform.TELEGRAM, account="ben")
PLANS = make_plans(
    {"plans": {"premium": {"days": 30, "stars": 100}}}, free_per_day=3, fair_use_per_day=0, head_start_s=0
)
ALLOWANCE = Allowance(ZoneInfo("UTC"), PLANS, adjustments=5, adjustment_minutes=60)


class Harness:
    """Storage with Ana, who has a photo done and one waiting, and Ben, who paid for something."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.ledger = Ledger(database, ALLOWANCE)
        self.grants = Grants(database, PLANS)
        self.codes = Codes(database, b"key")
        self.payments = Payments(database, PLANS)
        self.erasure = Erasure(database, PhotoStore(str(folder / "photos")), ALLOWANCE)

    async def prepare(self) -> dict[str, str]:
        """Make the start; returns its ids."""
        done, waiting = [(await self.ledger.reserve(ANA, message(n), Options(), photo=n)).job for n in ("1", "2")]
        await self.ledger.settle(Outcome(job=done.id, extension="jpg"), {"reply": "5"})
        ((_, code),) = await self.codes.create(CodeSpec(CodeKind.UNLOCK, "premium", days=3))
        paid = await self.payments.invoice(BEN, "premium")
        await self.payments.paid(BEN, paid.id, "bens", STARS, 100)
        unpaid = await self.payments.invoice(ANA, "premium")
        return {"waiting": waiting.id, "code": code, "invoice": unpaid.id}

    def actions(self, prepared: dict[str, str]) -> dict[str, Callable[[], Awaitable[object]]]:
        """By name: what is done from that start."""
        waiting = prepared["waiting"]
        return {
            "reserve": lambda: self.ledger.reserve(ANA, message("3"), Options(), photo="3"),
            "settle": lambda: self.ledger.settle(Outcome(job=waiting, extension="jpg"), {"reply": "6"}),
            "refund the quota": lambda: self.ledger.refund_quota(waiting, Failure.of(NoFaceFound())),
            "cancel": lambda: self.ledger.cancel(ANA),
            "forget": lambda: self.erasure.forget(ANA),
            "redeem": lambda: self.codes.redeem(ANA, "1", prepared["code"]),
            "invoice": lambda: self.payments.invoice(ANA, "premium"),
            "paid": lambda: self.payments.paid(ANA, prepared["invoice"], "anas", STARS, 100),
            "refund": lambda: self.payments.refund(Platform.TELEGRAM, "bens"),
            "gift": lambda: self.grants.give(ANA, PLANS.paid["premium"]),
            "entitle": lambda: self.grants.entitle(ANA, PLANS.paid["premium"], "sku", None, None),
        }


def message(number: str) -> Address:
    return Address(platform=Platform.TELEGRAM, chat="1", message=number)


def die(_connection: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before_the_commit(url: str, folder: Path, action: str, prepared: dict[str, str]) -> None:
    """Do one action in this process, which ends with SIGKILL."""

    async def act() -> None:
        async with Database(url) as database:
            event.listen(database._engine.sync_engine, "commit", die)
            await Harness(database, folder).actions(prepared)[action]()

    asyncio.run(act())
