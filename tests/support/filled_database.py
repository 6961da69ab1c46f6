"""A database with rows of every kind, made through the repositories."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from magicmemory.core.errors import CodeUnknown, NoFaceFound
from magicmemory.core.job import Address, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import PREMIUM, Plan, PlanLimits, Plans
from magicmemory.core.report import Failure, Report
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants
from magicmemory.storage.groups import Groups
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.pending_requests import PendingRequests
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.reminders import Reminders

PLANS = Plans(free=PlanLimits(photos_per_day=5), paid={PREMIUM: Plan(days=30, stars=300, discord_sku="5")})
REPORT = Report(width=1, height=1, faces=(), model="lite", detector="mtcnn", stages_ms={"detect": 1.25}, total_ms=2)
NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def person(number: int) -> Sender:
    """One of many; their accounts are as large as Discord's."""
    platform = Platform.DISCORD if number % 2 else Platform.TELEGRAM
    return Sender(platform=platform, account=str(10**17 + number), language="pt-BR")


def ledger_of(database: Database) -> Ledger:
    """The ledger, at one moment."""
    return Ledger(database, _allowance(), lambda: NOW)


async def fill(database: Database, folder: Path, people: int = 12) -> None:
    """Rows in every table, of as many people."""
    ledger = ledger_of(database)
    payments, grants = Payments(database, PLANS, lambda: NOW), Grants(database, PLANS, lambda: NOW)
    codes = Codes(database, b"key", lambda: NOW)
    unlock = CodeSpec(CodeKind.UNLOCK, plan=PREMIUM, credits=3, uses=people, expires_at=NOW + timedelta(days=3))
    await codes.create(unlock, word="ALBUM3", weak=True)
    await codes.create(CodeSpec(CodeKind.DISCOUNT, percent=40, uses=people, note="für Oma – 100 %"), word="RESTORE40")
    await PendingRequests(database, lambda: NOW).keep(Platform.DISCORD, "11", {"id": "11", "locale": "pt-BR"})
    await Reminders(database, lambda: NOW).ask(person(2), NOW + timedelta(hours=9))
    await Groups(database).choose(Platform.TELEGRAM, "-100", language="pt", photos_per_day=20)
    for number in range(people):
        await _live(person(number), ledger, payments, grants, codes, People(database))
    await People(database).ban(person(0), banned=True, reason="никогда")
    await Erasure(database, PhotoStore(str(folder)), _allowance(), lambda: NOW).forget(person(1))


async def _live(
    sender: Sender, ledger: Ledger, payments: Payments, grants: Grants, codes: Codes, people: People
) -> None:
    for name in ("restored", "failed", "waiting"):
        address = Address(platform=sender.platform, chat=sender.account, message=name)
        job = (await ledger.reserve(sender, address, Options(), photo="ab" * 32, context={"progress": "№ 9"})).job
        if name == "restored":
            await ledger.settle(Outcome(job=job.id, report=REPORT, extension="jpg"), {"reply": "13"})
            again = Address(platform=sender.platform, chat=sender.account, message="again")
            await ledger.reserve(sender, again, Options(strength=0.5), parent=job.id)
        elif name == "failed":
            await ledger.refund_quota(job.id, Failure.of(NoFaceFound()))
            await ledger.replied(job.id, {})
    await codes.redeem(sender, "1", "ALBUM3")
    if sender.platform is Platform.TELEGRAM:
        await codes.redeem(sender, "1", "RESTORE40")
    with suppress(CodeUnknown):
        await codes.redeem(sender, sender.account, "NOSUCHCODE")
    invoice = await payments.invoice(sender, PREMIUM)
    await payments.paid(sender, invoice.id, f"charge-{sender.account}", "XTR", invoice.offer.price)
    await grants.entitle(sender, PLANS.paid[PREMIUM], f"e{sender.account}", NOW, None)
    await people.choose(sender, strength=0.5, language="pt")


def _allowance() -> Allowance:
    return Allowance(ZoneInfo("UTC"), PLANS, adjustments=5, adjustment_minutes=60)
