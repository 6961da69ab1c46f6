"""Admin commands work from the terminal while the service runs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli.main import app
from magicmemory.core.errors import NoFaceFound
from magicmemory.core.job import Address, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Failure, Report
from magicmemory.core.settings import load
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore, original
from magicmemory.storage.quota import Allowance

ANA = Sender(platform=Platform.TELEGRAM, account="700700700")
REPORT = Report(width=1, height=1, faces=(), model="lite", detector="mtcnn", stages_ms={}, total_ms=2)


@pytest.fixture(autouse=True)
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    (tmp_path / "plans.toml").write_text("[free]\nphotos_per_day = 2\n[plans.premium]\ndays = 30\nstars = 300\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAGIC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAGIC_PLANS_FILE", str(tmp_path / "plans.toml"))
    monkeypatch.setenv("MAGIC_DATABASE_URL", database_url)
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["admin", *arguments])
    assert result.exit_code == status, result.output
    return result


def refused(*arguments: str) -> str:
    """The one sentence."""
    (line,) = run(*arguments, status=2).stderr.splitlines()
    assert line.startswith("magicmemory: ")
    return line.removeprefix("magicmemory: ")


def within(do: Callable[[Database], Awaitable[None]]) -> None:
    async def doing() -> None:
        async with Database(load().database) as database:
            await do(database)

    asyncio.run(doing())


async def _a_day(database: Database) -> None:
    """Ana has a photo restored, one that fails and one that waits, pays, redeems a code and chooses."""
    settings = load()
    plans = settings.plans()
    ledger, payments = Ledger(database, Allowance.of(settings, plans)), Payments(database, plans)
    jobs = []
    for message in ("41", "42"):
        address = Address(platform=Platform.TELEGRAM, chat="700700700", message=message)
        job = (await ledger.reserve(ANA, address, Options(), photo="ab" * 32, context={"progress": "99"})).job
        await PhotoStore(settings.photos).put(original(job.id), b"photo")
        jobs.append(job)
    await ledger.settle(Outcome(job=jobs[0].id, report=REPORT, extension="jpg"), {})
    await ledger.refund_quota(jobs[1].id, Failure.of(NoFaceFound()))
    await ledger.replied(jobs[1].id, {})
    await ledger.reserve(ANA, Address(platform=Platform.TELEGRAM, chat="700700700", message="43"), Options())
    invoice = await payments.invoice(ANA, "premium")
    await payments.paid(ANA, invoice.id, "charge-1", "XTR", 300)
    codes = Codes(database, b"key")
    await codes.create(CodeSpec(CodeKind.UNLOCK, plan="premium", credits=5), word="ALBUM5", weak=True)
    await codes.redeem(ANA, "700700700", "ALBUM5")
    await People(database).choose(ANA, strength=0.5)


def test_stats_show_today_and_the_week() -> None:
    assert "people                   0             0" in run("stats").stdout
    within(_a_day)
    shown = [line.split() for line in run("stats").stdout.splitlines()]
    assert ["photos", "3", "3"] in shown
    assert ["restored", "1", "1"] in shown
    assert ["paid", "XTR", "300", "300"] in shown
    assert ["!", "no-face-found", "1", "1"] in shown
    found = json.loads(run("stats", "--json", "--platform", "telegram").stdout)
    assert found["today"]["failures"] == {"no-face-found": 1}
    assert found["seven days"]["paid"] == {"XTR": 300}
    assert json.loads(run("stats", "--json", "--platform", "discord").stdout)["today"]["people"] == 0


def test_user_shows_everything_a_person_has() -> None:
    assert refused("user", "telegram", "700700700") == "Nobody with the id 700700700 is known on telegram."
    within(_a_day)
    run("ban", "telegram", "700700700", "--reason", "sells our photos")
    shown = run("user", "telegram", "700700700").stdout
    for part in (
        "sells our photos",
        "premium until",
        "5 bought",
        "30 days of premium by payment",
        "5 photos of premium by code",
        "charge-1  300 XTR for premium",
    ):
        assert part in shown
    assert "ALBUM5" not in shown


def test_gifts_and_grants_can_be_given_and_withdrawn() -> None:
    shown = run("gift", "discord", "8", "--days", "7").stdout
    grant = shown.split()[0]
    assert "7 days of premium by gift" in shown
    assert "30 days" in run("gift", "discord", "8").stdout
    assert "20 photos" in run("gift", "discord", "8", "--credits", "20").stdout
    assert run("withdraw", grant).stdout == f"{grant} is withdrawn.\n"
    assert "withdrawn before" in refused("withdraw", grant)
    assert f"{grant}  7 days of premium by gift" in run("user", "discord", "8").stdout
    assert "either days or photos" in refused("gift", "discord", "8", "--days", "7", "--credits", "1")
    assert refused("gift", "discord", "8", "--plan", "nope") == "There is no plan nope. Plans: premium."
    assert refused("gift", "telegram", "@ana") == "'@ana' is not an id: on telegram, ids are numbers."


def test_unban_lifts_a_ban() -> None:
    run("ban", "telegram", "9")
    assert "no reason given" in run("user", "telegram", "9").stdout
    run("unban", "telegram", "9")
    assert "banned" not in run("user", "telegram", "9").stdout
    assert refused("unban", "telegram", "9") == "telegram 9 is not banned."


def test_refund_withdraws_the_plan() -> None:
    within(_a_day)
    assert run("refund", "telegram", "charge-1").stdout == "300 XTR for premium: recorded as refunded.\n"
    shown = run("user", "telegram", "700700700").stdout
    assert "refunded" in shown
    assert "plan        free" in shown
    assert "refunded before" in refused("refund", "telegram", "charge-1")
    assert json.loads(run("stats", "--json").stdout)["today"]["refunded"] == {"XTR": 300}


def test_erase_lists_a_persons_data_and_deletes_it(harness: Path) -> None:
    assert "Nobody with the id" in refused("export", "telegram", "700700700")
    within(_a_day)
    run("export", "telegram", "700700700", "--out", str(harness / "ana.json"))
    found = json.loads((harness / "ana.json").read_text())
    assert json.loads(run("export", "telegram", "700700700").stdout) == found
    assert found["users"][0]["preferences"]["strength"] == 0.5
    assert {job["message"] for job in found["jobs"]} == {"41", "42", "43"}
    assert [payment["charge"] for payment in found["payments"]] == ["charge-1"]
    assert [len(found[name]) for name in ("grants", "redemptions", "invoices", "photos")] == [2, 1, 1, 2]
    assert "is deleted once nothing depends on it" in run("erase", "telegram", "700700700", "--yes").stdout
    left = json.loads(run("export", "telegram", "700700700").stdout)
    assert left["users"][0]["preferences"] == {}
    assert {(job["chat"], job["message"] == job["id"], job["photo"]) for job in left["jobs"]} == {("", True, None)}
    assert {job["state"] for job in left["jobs"]} == {"delivered", "failed", "cancelled"}
    assert left["photos"] == []
    assert not [file for file in (harness / "photos").rglob("*") if file.is_file()]


def test_erase_deletes_the_id_of_a_person_without_data() -> None:
    run("ban", "telegram", "9")
    run("unban", "telegram", "9")
    assert "The id is deleted too." in run("erase", "telegram", "9", "--yes").stdout
    assert "Nobody with the id" in refused("user", "telegram", "9")
    assert "Nobody with the id" in refused("erase", "telegram", "9", "--yes")


def test_erase_does_nothing_without_confirmation() -> None:
    run("ban", "telegram", "9")
    assert CliRunner().invoke(app, ["admin", "erase", "telegram", "9"], input="n\n").exit_code == 1
    assert "banned" in run("user", "telegram", "9").stdout
