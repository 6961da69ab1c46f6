"""A database of the first released schema is migrated to today's, and its people keep their data."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

import magicmemory.storage
from magicmemory.core.job import Address, JobState, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.storage.database import Database
from magicmemory.storage.people import People
from tests.storage.test_database import differences
from tests.support.filled_database import ledger_of

FIRST = "0001"
ANA = Sender(platform=Platform.TELEGRAM, account="7", language="pt-br")
BEN = Sender(platform=Platform.DISCORD, account="8")
DAY = datetime(2026, 11, 22, 9, 30, 0, 250000)  # the day that `filled` is on

USERS = """INSERT INTO users (id, platform, account, preferences, created_at)
    VALUES (:id, :platform, :account, :preferences, :created_at)"""
JOBS = """INSERT INTO jobs (id, user_id, platform, chat, message, thread, fingerprint, options, language, context,
        parent, state, charged, day, created_at, finished_at, extension, report, failure)
    VALUES (:id, :user_id, :platform, '12', :message, '', :fingerprint, :options, 'pt-br', :context, :parent,
        :state, :charged, :day, :created_at, :finished_at, :extension, :report, :failure)"""

REPORT = {
    "width": 640,
    "height": 480,
    "faces": [],
    "model": "lite",
    "detector": "mtcnn",
    "stages_ms": {},
    "total_ms": 9,
}


def migrate(connection: Connection, *, back: bool = False) -> None:
    """To the first schema: from nothing, or back from today's."""
    config = Config()
    config.set_main_option("script_location", str(Path(str(magicmemory.storage.__file__)).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    (command.downgrade if back else command.upgrade)(config, FIRST)


@asynccontextmanager
async def plain(url: str) -> AsyncIterator[AsyncEngine]:
    """The database without the service around it."""
    engine = create_async_engine(url, poolclass=NullPool)
    yield engine
    await engine.dispose()


def user(number: int, sender: Sender, preferences: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "platform": sender.platform.value,
        "account": sender.account,
        "preferences": json.dumps(preferences),
        "created_at": DAY,
    }


def job(number: int, state: str, **values: Any) -> dict[str, Any]:
    """A row as the first version wrote it, for Ana."""
    options = values.pop("options", Options())
    row = {
        "id": f"{number:032x}",
        "user_id": 1,
        "platform": "telegram",
        "message": str(number),
        "fingerprint": options.fingerprint(),
        "options": options.model_dump_json(),
        "context": '{"progress": "99"}',
        "parent": None,
        "state": state,
        "charged": True,
        "day": DAY.date(),
        "created_at": DAY,
        "finished_at": DAY if state != "accepted" else None,
        "extension": None,
        "report": None,
        "failure": None,
    }
    return row | values


ROWS = [
    job(1, "delivered", extension="jpg", report=json.dumps(REPORT)),
    job(2, "delivered", parent=f"{1:032x}", charged=False, options=Options(strength=0.5), extension="png"),
    job(3, "failed", failure='{"key": "no-face-found", "parameters": {}}'),
    job(4, "cancelled", failure='{"key": "cancelled", "parameters": {}}'),
    job(5, "accepted"),
]


async def fill_first(url: str) -> None:
    """Make the first schema and fill it, by SQL alone."""
    async with plain(url) as engine, engine.begin() as connection:
        await connection.run_sync(migrate)
        people = [user(1, ANA, {"strength": 0.5, "language": "pt"}), user(2, BEN, {})]
        await connection.execute(text(USERS), _for(connection.dialect.name, people))
        await connection.execute(text(JOBS), _for(connection.dialect.name, ROWS))
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT setval('users_id_seq', 2)"))


def _for(dialect: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Moments as SQLAlchemy's SQLite type writes them."""
    if dialect == "postgresql":
        return rows
    moments = ("created_at", "finished_at", "day")
    return [{name: str(value) if name in moments and value else value for name, value in row.items()} for row in rows]


async def test_upgrade_keeps_peoples_data(empty_database_url: str) -> None:
    await fill_first(empty_database_url)
    async with Database(empty_database_url) as database:
        async with database.read() as connection:
            assert await connection.run_sync(differences) == []
        ledger = ledger_of(database)
        quota = await ledger.quota(ANA)
        assert (quota.used, quota.limit, quota.plan, quota.credits) == (2, 5, "", 0)
        assert (await ledger.quota(BEN)).used == 0
        jobs = await ledger.history(ANA, datetime(2026, 11, 1, tzinfo=UTC))
        assert [found.state for found in jobs] == [JobState(row["state"]) for row in ROWS]
        first, adjusted, failed, _, waiting = jobs
        assert (first.report and first.report.width, first.extension, first.sender) == (640, "jpg", ANA)
        assert first.created_at == DAY.replace(tzinfo=UTC) == first.finished_at
        assert (adjusted.photo_of, adjusted.charged, adjusted.options.strength) == (first.id, False, 0.5)
        assert failed.failure == Failure(key="no-face-found")
        preferences = await People(database).preferences(ANA)
        assert (preferences.strength, preferences.language) == (0.5, "pt")
        assert await People(database).ban_reason(ANA) is None
        # What was on its way is delivered, and told once.
        assert await ledger.settle(Outcome(job=waiting.id, extension="jpg"), {"reply": "13"})
        done = await ledger.job(waiting.id)
        assert done is not None
        assert done.context == {"progress": "99", "reply": "13"}
        again = Address(platform=Platform.TELEGRAM, chat="12", message="5")
        assert not (await ledger.reserve(ANA, again, Options())).fresh
        fresh = Address(platform=Platform.TELEGRAM, chat="12", message="6")
        assert (await ledger.reserve(ANA, fresh, Options())).fresh
        newcomer = Sender(platform=Platform.TELEGRAM, account="9")
        assert (await ledger.reserve(newcomer, fresh.model_copy(update={"chat": "9"}), Options())).fresh


async def test_downgrade_keeps_peoples_data(empty_database_url: str) -> None:
    await fill_first(empty_database_url)
    async with Database(empty_database_url):
        pass
    async with plain(empty_database_url) as engine:
        async with engine.begin() as connection:
            await connection.run_sync(lambda there: migrate(there, back=True))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM jobs")) == len(ROWS)
    async with Database(empty_database_url) as database, database.read() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.scalar(text("SELECT count(*) FROM users")) == 2
