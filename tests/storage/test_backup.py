"""A backup made while processes write is complete, and a service restored from it works."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from magicmemory.cli.main import app
from magicmemory.core.errors import CodeRedeemed
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import PREMIUM
from magicmemory.core.settings import read_codes_key
from magicmemory.storage.backup import BackupError, back_up, check, restore
from magicmemory.storage.codes import CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from tests.storage.test_copy import contents
from tests.support.filled_database import fill, ledger_of, person
from tests.support.harness import settings_for

# Each transaction of a new person's first photo writes one row into `users` and one into `jobs`.
WRITE_WITHOUT_END = """
import asyncio, sys
from pathlib import Path
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.storage.database import Database
from tests.support.filled_database import ledger_of

async def main(url):
    async with Database(url) as database:
        ledger = ledger_of(database)
        for number in range(1_000_000):
            sender = Sender(platform=Platform.TELEGRAM, account=str(number))
            address = Address(platform=Platform.TELEGRAM, chat="1", message=str(number))
            await ledger.reserve(sender, address, Options(), context={"filler": "x" * 2000})
            if number == 20:
                print("ready", flush=True)

asyncio.run(main(sys.argv[1]))
"""


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(number)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, with a database in it."""
    folder = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAGIC_DATA_DIR", str(folder))

    async def filling() -> None:
        async with Database(settings_for(folder).database) as database:
            await fill(database, folder / "photos", people=3)

    asyncio.run(filling())
    return folder


@pytest.mark.processes
def test_backup_beside_a_writer_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "data" / "magicmemory.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_WITHOUT_END, f"sqlite+aiosqlite:///{file}"], stdout=subprocess.PIPE
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            for number in range(6):
                back_up(file, None, tmp_path / f"{number}.tar.gz")
            assert writer.poll() is None
        finally:
            writer.kill()
    seen = []
    for number in range(6):
        restored = tmp_path / str(number) / "magicmemory.db"
        restore(tmp_path / f"{number}.tar.gz", restored, None)
        check(restored)
        assert count(restored, "users") == count(restored, "jobs") > 20
        seen.append(count(restored, "jobs"))
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]
    assert list(tmp_path.glob(".backup-*")) == []


def test_restore_brings_everything_back(harness: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender(platform=Platform.TELEGRAM, account="99")

    async def make_code() -> str:
        settings = settings_for(harness)
        async with Database(settings.database) as database:
            codes = Codes(database, read_codes_key(settings))
            ((_, code),) = await codes.create(CodeSpec(CodeKind.UNLOCK, plan=PREMIUM, days=1, uses=2))
            await codes.redeem(sender, "1", code)
        return code

    async def compare(code: str, there: Path) -> None:
        restored = settings_for(there)
        async with Database(settings_for(harness).database) as old, Database(restored.database) as new:
            assert await contents(new) == await contents(old)
            assert await ledger_of(new).quota(person(2)) == await ledger_of(old).quota(person(2))
            codes = Codes(new, read_codes_key(restored))
            with pytest.raises(CodeRedeemed):
                await codes.redeem(sender, "1", code)
            await codes.redeem(person(50), "1", code)

    code = asyncio.run(make_code())
    (tmp_path / "backups").mkdir()
    status, said = run("backup", str(tmp_path / "backups"))
    assert status == 0
    (file,) = (tmp_path / "backups").iterdir()
    assert said.startswith(str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = tmp_path / "there"
    monkeypatch.setenv("MAGIC_DATA_DIR", str(there))
    assert run("restore-backup", str(file)) == (0, f"{there / 'magicmemory.db'} is restored.\n")
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in there.iterdir()} == {
        "magicmemory.db": 0o600,
        "codes.key": 0o600,
        "run.lock": 0o600,
    }
    asyncio.run(compare(code, there))


def test_backup_and_restore_overwrite_nothing(harness: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_codes_key(settings_for(harness))
    file = tmp_path / "backup.tar.gz"
    assert run("backup", str(file))[0] == 0
    assert run("backup", str(file)) == (2, f"magicmemory: {file} exists already.\n")
    before = (harness / "magicmemory.db").read_bytes()
    status, said = run("restore-backup", str(file))
    assert (status, "magicmemory.db exists already: stop all processes" in said) == (2, True)
    assert (harness / "magicmemory.db").read_bytes() == before
    there = tmp_path / "there"
    there.mkdir()
    (there / "codes.key").write_text("another")
    monkeypatch.setenv("MAGIC_DATA_DIR", str(there))
    status, said = run("restore-backup", str(file))
    assert (status, "a different key" in said) == (2, True)
    assert sorted(path.name for path in there.iterdir()) == ["codes.key", "run.lock"]
    (there / "codes.key").write_bytes((harness / "codes.key").read_bytes())
    assert run("restore-backup", str(file))[0] == 0


def test_key_from_the_settings_is_mentioned(harness: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_CODES_KEY", "a secret of one's own")
    status, said = run("backup", str(tmp_path / "backup.tar.gz"))
    assert (status, "MAGIC_CODES_KEY" in said) == (0, True)
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        assert archive.getnames() == ["magicmemory.db"]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "changed", "no archive", "no database", "a later version"])
def test_a_damaged_backup_is_refused(harness: Path, tmp_path: Path, damage: str) -> None:
    file, there = tmp_path / "backup.tar.gz", tmp_path / "there"
    if damage == "a later version":
        with closing(sqlite3.connect(harness / "magicmemory.db")) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(BackupError, match="later version"):
            back_up(harness / "magicmemory.db", None, file)
        return
    back_up(harness / "magicmemory.db", None, file)
    whole = file.read_bytes()
    if damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "changed":
        file.write_bytes(whole[:2000] + bytes(200) + whole[2200:])
    elif damage == "no archive":
        file.write_text("a letter")
    else:
        (tmp_path / "note").write_text("nothing else")
        with tarfile.open(file, "w:gz") as archive:
            archive.add(tmp_path / "note", "note")
    with pytest.raises(BackupError):
        restore(file, there / "magicmemory.db", there / "codes.key")
    assert not (there / "magicmemory.db").exists()


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    file = tmp_path / "magicmemory.db"
    file.write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(BackupError):
        back_up(file, None, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()
    with pytest.raises(BackupError, match="There is no database"):
        back_up(tmp_path / "none.db", None, tmp_path / "backup.tar.gz")


def test_unwritable_target_is_one_sentence(harness: Path) -> None:
    status, said = run("backup", "/proc/nowhere/backup.tar.gz")
    assert (status, len(said.splitlines())) == (2, 1)
    assert "cannot be written" in said


def test_postgresql_backup_names_pg_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_DATABASE_URL", "postgresql+asyncpg://ana:hunter2hunter2@db.example:5433/memory")
    status, said = run("backup", "backup.tar.gz")
    assert status == 2
    where = "--host=db.example --port=5433 --username=ana --dbname=memory"
    assert f"`pg_dump --format=custom --file=magicmemory.dump {where}`" in said
    assert f"`pg_restore --clean --if-exists {where} magicmemory.dump`" in run("restore-backup", "x")[1]
    assert "hunter2" not in said
