"""A database that was moved, replaced, damaged, used by a later version, or refuses: one sentence, and no traceback."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.cli.run import AlreadyRunning, DataFolderMoved, lock_data_folder
from magicmemory.core.errors import ServerUnreachable
from magicmemory.storage.backup import back_up
from magicmemory.storage.database import Database, DatabaseUnusable, watch_file
from tests.support.harness import settings_for


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    file = tmp_path / "magicmemory.db"
    async with Database(f"sqlite+aiosqlite:///{file}"):
        pass
    return file


def opened(file: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{file}")


async def test_newer_schema_is_one_sentence(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseUnusable, match="later version of Magic Memory"):
        await opened(file).__aenter__()


@pytest.mark.parametrize("damage", ["all", "first page"])
async def test_a_damaged_file_is_one_sentence(file: Path, damage: str) -> None:
    data = bytearray(file.read_bytes())
    data[: len(data) if damage == "all" else 4096] = b"x" * (len(data) if damage == "all" else 4096)
    file.write_bytes(data)
    with pytest.raises(DatabaseUnusable, match="is damaged: move it away"):
        await opened(file).__aenter__()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"database": "no_such_database"}, 'database "no_such_database" does not exist'),
        ({"username": "nobody_here"}, 'role "nobody_here" does not exist'),
    ],
)
async def test_a_refusal_of_postgresql_is_one_sentence(database_url: str, wrong: dict[str, str], reason: str) -> None:
    url = make_url(database_url).set(**wrong)  # type: ignore[arg-type]
    with pytest.raises(DatabaseUnusable) as refused:
        await Database(url.render_as_string(hide_password=False)).__aenter__()
    says = "refuses the connection: correct MAGIC_DATABASE_URL."
    assert str(refused.value) == f"The database at {url.host}:{url.port} {says} ({reason})"


async def test_a_starting_postgresql_is_worth_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    class Starting(Exception):
        sqlstate = "57P03"

    @asynccontextmanager
    async def refused() -> AsyncIterator[AsyncConnection]:
        raise DBAPIError("SELECT 1", None, Starting("the database system is starting up"))
        yield

    database = Database("postgresql+asyncpg://me@127.0.0.1:1/none")
    monkeypatch.setattr(database, "write", refused)
    with pytest.raises(ServerUnreachable, match=r"^The database at 127\.0\.0\.1:1 is only starting, or stopping\.$"):
        await database.__aenter__()


@pytest.mark.processes
@pytest.mark.parametrize("command", [["admin", "stats"], ["playground"]])
async def test_commands_end_with_the_sentence(file: Path, tmp_path: Path, redis_url: str, command: list[str]) -> None:
    file.write_bytes(b"x" * 8192)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "magicmemory.cli.main", *command),
        env={"PATH": "", "MAGIC_DATA_DIR": str(tmp_path), "MAGIC_REDIS_URL": redis_url, "MAGIC_PLAYGROUND_PORT": "0"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    )
    _, says = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 2
    assert says.decode() == (
        f"magicmemory: The database {file} is damaged: move it away and run `magicmemory restore-backup`.\n"
    )


@pytest.mark.parametrize("change", ["moved", "replaced", "restored"])
async def test_process_stops_if_its_database_disappears(file: Path, change: str) -> None:
    async with opened(file):
        watching = asyncio.create_task(watch_file(f"sqlite+aiosqlite:///{file}", 0.02))
        await asyncio.sleep(0.1)
        assert not watching.done()
        if change == "restored":
            back_up(file, None, file.with_name("backup.tar.gz"))
        file.rename(file.with_name("away.db"))
        if change != "moved":
            sqlite3.connect(file).close()
            file.touch()
        with pytest.raises(DatabaseUnusable, match="was moved away or replaced"):
            await asyncio.wait_for(watching, 5)


async def test_writing_does_not_count_as_replacing_the_file(file: Path) -> None:
    async with opened(file) as database:
        watching = asyncio.create_task(watch_file(f"sqlite+aiosqlite:///{file}", 0.02))
        for _ in range(5):
            async with database.write() as transaction:
                await transaction.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
            await asyncio.sleep(0.02)
        assert not watching.done()
        watching.cancel()


def test_lock_notices_a_moved_folder(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with lock_data_folder(folder) as check:
        check()
        with pytest.raises(AlreadyRunning), lock_data_folder(folder):
            pass
        folder.rename(tmp_path / "away")
        with pytest.raises(DataFolderMoved, match="was moved away or replaced"):
            check()
        folder.mkdir()
        (folder / "run.lock").touch()
        with pytest.raises(DataFolderMoved):
            check()


@pytest.mark.processes
def test_a_backup_is_not_restored_under_a_running_service(file: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    back_up(file, None, backup)
    settings = settings_for(tmp_path)
    file.unlink()
    command = [sys.executable, "-P", "-m", "magicmemory.cli.main", "restore-backup", str(backup)]
    with lock_data_folder(settings.data_dir):
        refused = subprocess.run(
            command, env={"PATH": "", "MAGIC_DATA_DIR": str(tmp_path)}, capture_output=True, text=True, check=False
        )
    assert refused.returncode == 2
    assert refused.stderr.startswith("magicmemory: Magic Memory already runs here")
    assert not file.exists()
