"""A database is copied completely or not at all, and the copy is usable."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from magicmemory.cli.main import app
from magicmemory.core.job import Address
from magicmemory.core.options import Options
from magicmemory.storage import copy as copying
from magicmemory.storage.copy import CannotCopy, copy
from magicmemory.storage.database import Database
from magicmemory.storage.tables import metadata, users
from tests.support.filled_database import fill, ledger_of, person

Rows = dict[str, list[dict[str, Any]]]


async def contents(database: Database) -> Rows:
    """All rows of all tables."""
    async with database.read() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in await connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that each test copies."""
    file = tmp_path_factory.mktemp("filled") / "filled.db"

    async def filling() -> None:
        async with Database(f"sqlite+aiosqlite:///{file}") as database:
            await fill(database, file.with_name("photos"))

    asyncio.run(filling())
    return file


@pytest.fixture
async def filled(filled_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(filled_file, tmp_path)
    async with Database(f"sqlite+aiosqlite:///{tmp_path / filled_file.name}") as database:
        yield database


@pytest.mark.slow
async def test_copy_preserves_everything_both_ways(filled: Database, database_url: str, tmp_path: Path) -> None:
    before = await contents(filled)
    assert all(before.values())
    assert any(job["parent"] for job in before["jobs"])
    async with Database(database_url) as there, Database(f"sqlite+aiosqlite:///{tmp_path / 'back.db'}") as back:
        counts = await copy(filled, there, batch=5)
        assert counts == {name: len(rows) for name, rows in before.items()}
        assert await contents(there) == before
        await copy(there, back)
        assert await contents(back) == before


async def test_copy_is_usable(filled: Database, database_url: str) -> None:
    newcomer = person(500)
    async with Database(database_url) as there:
        await copy(filled, there)
        ledger = ledger_of(there)
        assert await ledger.quota(person(3)) == await ledger_of(filled).quota(person(3))
        address = Address(platform=newcomer.platform, chat="1", message="1")
        assert (await ledger.reserve(newcomer, address, Options())).fresh
        async with there.read() as connection:
            numbers = list(await connection.scalars(select(users.c.id).order_by(users.c.id)))
    assert len(numbers) == len(set(numbers)) == 13


async def test_a_target_with_rows_is_refused(filled: Database, database_url: str) -> None:
    async with Database(database_url) as there:
        await copy(filled, there)
        before = await contents(there)
        with pytest.raises(CannotCopy, match="not empty"):
            await copy(filled, there)
        assert await contents(there) == before


@pytest.mark.slow
async def test_interrupted_copy_leaves_nothing(
    filled: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Exception):
        pass

    async def interrupted(table: Any, connection: Any) -> None:
        if table.name == "jobs":
            raise Interrupted

    monkeypatch.setattr(copying, "_continue_numbers", interrupted)
    async with Database(database_url) as there:
        with pytest.raises(Interrupted):
            await copy(filled, there)
        assert not any((await contents(there)).values())


@pytest.mark.slow
async def test_source_is_locked_during_the_copy(
    filled: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On both databases: the filled one is copied to `database_url` first, and from there on."""
    async with Database(database_url) as source, Database(f"sqlite+aiosqlite:///{tmp_path / 'to.db'}") as target:
        await copy(filled, source)
        began, late = asyncio.Event(), asyncio.Event()
        copied = copying._copy

        async def slow(*arguments: Any) -> None:
            began.set()
            if not late.is_set():
                await asyncio.sleep(0.5)
                late.set()
            await copied(*arguments)

        async def send() -> bool:
            await began.wait()
            async with Database(database_url) as beside:
                address = Address(platform=person(7).platform, chat="1", message="meanwhile")
                await ledger_of(beside).reserve(person(7), address, Options())
            return late.is_set()

        monkeypatch.setattr(copying, "_copy", slow)
        counts, waited = await asyncio.gather(copy(source, target), send())
        assert waited
        async with target.read() as there, source.read() as here:
            number = select(func.count()).select_from(metadata.tables["jobs"])
            assert await there.scalar(number) == counts["jobs"] == (await here.scalar(number) or 0) - 1


def test_the_command_says_what_it_copied(database_url: str, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'filled.db'}"

    async def filling() -> None:
        async with Database(url) as database:
            await fill(database, tmp_path / "photos", people=3)

    def run(source: str, target: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["database", "copy", source, target])
        return result.exit_code, result.output

    asyncio.run(filling())
    status, said = run(url, database_url)
    assert status == 0
    assert "users                3" in said
    assert "jobs                12" in said
    assert run(url, database_url) == (2, "magicmemory: The target is not empty: its table codes has rows.\n")
    missing = tmp_path / "none.db"
    assert run(f"sqlite+aiosqlite:///{missing}", url) == (2, f"magicmemory: There is no database {missing}.\n")
    assert not missing.exists()
    same = f"sqlite+aiosqlite:///{tmp_path}/./filled.db"
    assert run(url, same) == (2, "magicmemory: The target is not empty: its table codes has rows.\n")
    for wrong in ("filled.db", "mysql://me@localhost/x", "postgresql+asyncpg://localhost"):
        status, said = run(url, wrong)
        assert (status, said.startswith("magicmemory: Write a database as sqlite+aiosqlite:///FILE")) == (2, True)
