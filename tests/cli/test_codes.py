"""Codes are created, listed, shown, revoked and exported from the terminal; each mistake prints one sentence."""

import asyncio
import csv
import io
import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli.main import app
from magicmemory.core.errors import CodeRedeemed
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import PREMIUM, Plans
from magicmemory.core.settings import load, read_codes_key
from magicmemory.storage.codes import Codes
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grant, Grants

ANA = Sender(platform=Platform.TELEGRAM, account="7")
PLANS = "[plans.album]\ncredits = 20\nstars = 150\n[plans.premium]\ndays = 30\nstars = 300\n"


@pytest.fixture(autouse=True)
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plans.toml").write_text(PLANS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAGIC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAGIC_PLANS_FILE", str(tmp_path / "plans.toml"))
    monkeypatch.setenv("MAGIC_TIMEZONE", "Europe/Berlin")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["codes", *arguments])


def made(*arguments: str) -> list[list[str]]:
    """Ids and codes."""
    result = run("create", *arguments)
    assert result.exit_code == 0, result.output
    assert "only hashes are stored" in result.stderr
    return [line.split() for line in result.stdout.splitlines()]


def exported() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("export").stdout)))


def redeem(text: str) -> list[Grant]:
    """Ana's grants after she redeemed the code."""

    async def redeeming() -> list[Grant]:
        settings = load()
        async with Database(settings.database) as database:
            await Codes(database, read_codes_key(settings)).redeem(ANA, "1", text)
            return await Grants(database, Plans()).of(ANA)

    return asyncio.run(redeeming())


def test_created_code_grants_what_its_options_say(harness: Path) -> None:
    codes = made(
        "--kind", "unlock", "--days", "90", "--uses", "2", "--count", "3", "--prefix", "gran", "--note", "fair"
    )
    assert len({code for _, code in codes}) == 3
    ident, code = codes[0]
    assert code.startswith("GRAN-")
    (grant,) = redeem(code.lower())
    with pytest.raises(CodeRedeemed):
        redeem(code)
    assert (grant.plan, grant.days, grant.credits) == (PREMIUM, 90, None)
    shown = run("show", code).stdout
    assert "90 days of premium" in shown
    assert "1 of 2" in shown
    assert "telegram 7" in shown
    assert run("show", ident).stdout == shown
    assert run("list").stdout.count("90 days of premium") == 3
    (used,) = [row for row in exported() if row["account"]]
    assert (used["id"], used["platform"], used["account"], used["note"]) == (ident, "telegram", "7", "fair")
    assert datetime.fromisoformat(used["redeemed_at"]).tzinfo is not None
    assert len(exported()) == 3


def test_unlock_code_without_a_number_grants_what_the_plan_sells() -> None:
    made("--kind", "unlock", "--plan", "album")
    made("--kind", "unlock")
    assert {(row["plan"], row["days"], row["credits"]) for row in exported()} == {
        ("album", "", "20"),
        ("premium", "30", ""),
    }


def test_code_expires_at_midnight_in_the_operators_time_zone() -> None:
    ((_, code),) = made("--kind", "discount", "--percent", "40", "--code", "RESTORE40", "--expires", "2099-12-31")
    assert code == "RESTORE40"
    (row,) = exported()
    assert (row["percent"], row["expires_at"]) == ("40", "2099-12-31T23:00:00+00:00")
    assert "2100-01-01 00:00" in run("show", "restore-40").stdout
    made("--kind", "discount", "--percent", "10", "--expires", "2099-12-31T18:00", "--plan", "album")
    assert exported()[0]["expires_at"] == "2099-12-31T17:00:00+00:00"


def test_revoked_code_is_listed_as_revoked(harness: Path) -> None:
    ((ident, _),) = made("--kind", "discount", "--percent", "40", "--code", "RESTORE40")
    assert run("revoke", "RESTORE40").stdout == f"{ident} is revoked.\n"
    assert run("revoke", ident).stdout == f"{ident} was revoked before.\n"
    assert "revoked" in run("list").stdout
    assert exported()[0]["revoked_at"]


def test_codes_are_written_to_a_new_private_file(harness: Path) -> None:
    file = harness / "codes.csv"
    result = run("create", "--kind", "unlock", "--count", "500", "--csv", str(file))
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert len({row["code"] for row in rows}) == 500
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows[0]["code"] not in result.output
    with closing(sqlite3.connect(harness / "magicmemory.db")) as database:
        dump = "\n".join(database.iterdump())
    assert rows[0]["id"] in dump
    assert rows[0]["code"].replace("-", "") not in dump.replace("-", "")
    again = run("create", "--kind", "unlock", "--csv", str(file))
    assert again.exit_code == 2
    assert len(exported()) == 500
    assert run("create", "--kind", "discount", "--csv", str(harness / "none.csv")).exit_code == 2
    assert not (harness / "none.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--kind unlock --plan nope", "There is no plan nope. Plans: album, premium."),
        ("--kind unlock --days 3 --credits 3", "An unlock code needs either days or credits"),
        ("--kind unlock --days 0", "at least 1"),
        ("--kind unlock --uses 0", "at least 1"),
        ("--kind unlock --uses 99999999999999999999", "uses at most 1000000"),
        ("--kind unlock --credits 1000001", "credits and uses at most 1000000"),
        ("--kind unlock --days 99999", "Days are at most 36500"),
        ("--kind discount", "A discount needs a percentage"),
        ("--kind discount --percent 100", "between 1 and 99"),
        ("--kind discount --percent 40 --days 3", "neither days nor credits"),
        ("--kind unlock --expires soon", "'soon' is not a date"),
        ("--kind unlock --expires 2020-01-01", "2020-01-01 is in the past."),
        ("--kind unlock --expires 9999-12-31", "'9999-12-31' is not a date"),
        ("--kind unlock --prefix not-a-prefix-at-all", "A prefix has up to twelve"),
        ("--kind unlock --code ÄÖÜ", "this one cannot be used"),
        ("--kind unlock --code WORD --count 2", "is one, and has no prefix"),
        ("--kind unlock --csv /nowhere/codes.csv", "/nowhere/codes.csv cannot be written: No such file"),
    ],
)
def test_invalid_arguments_print_one_sentence(arguments: str, said: str) -> None:
    result = run("create", *arguments.split())
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("magicmemory: ")
    assert said in line
    assert line.endswith(".")
    assert exported() == []


def test_custom_code_can_be_created_only_once() -> None:
    made("--kind", "discount", "--percent", "40", "--code", "RESTORE40")
    result = run("create", "--kind", "unlock", "--code", "restore 40", "--force")
    assert (result.exit_code, result.stderr) == (2, "magicmemory: There is such a code already.\n")


def test_unknown_code_prints_one_sentence() -> None:
    for verb in ("show", "revoke"):
        result = run(verb, "NOSUCHCODE")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "This code does not exist" in result.stderr


def test_command_waits_for_another_writer(harness: Path) -> None:
    made("--kind", "unlock")
    holder = sqlite3.connect(harness / "magicmemory.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(1.0, lambda: holder.execute("COMMIT")).start()
    began = time.monotonic()
    made("--kind", "unlock")
    assert time.monotonic() - began >= 1
    holder.close()
    assert len(exported()) == 2


def test_unreachable_database_prints_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_DATABASE_URL", "postgresql+asyncpg://me:hunter2hunter2@127.0.0.1:1/none")
    result = run("list")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("magicmemory: The database at 127.0.0.1:1 cannot be reached: start it, or correct MAGIC_")
    assert "hunter2" not in line


def test_codes_work_on_postgresql(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_DATABASE_URL", database_url)
    made("--kind", "unlock", "--expires", f"{datetime.now(UTC).year + 1}-12-31")
    assert [row["plan"] for row in exported()] == [PREMIUM]
    assert run("revoke", exported()[0]["id"]).exit_code == 0
