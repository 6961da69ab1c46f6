"""The operator's page opens with its secret only, shows what the database has, and tells no secret."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from magicmemory.cli.operator_page import server
from magicmemory.cli.operator_page.figures import HIDDEN, in_force
from magicmemory.cli.operator_page.server import COOKIE, Page
from magicmemory.core.settings import BadSettings, Settings, load
from magicmemory.pipeline.models import catalogue  # noqa: F401 - its imports change the process: not during a test
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.poison import CrashCounter
from magicmemory.storage.database import Database
from magicmemory.storage.photos import PhotoStore, original
from magicmemory.storage.recent import Day, Recent
from tests.support.filled_database import NOW, fill, person

SECRET = "a secret of 16 characters or more"
SCRIPT = "<script>alert(1)</script>"


def settings_of(folder: Path, **others: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, "photo_store": str(folder / "photos"), **others})


@asynccontextmanager
async def opened(settings: Settings, database_url: str, people: int = 4) -> AsyncIterator[httpx.AsyncClient]:
    async with Database(database_url) as database:
        await fill(database, Path(settings.photos), people)
        transport = httpx.ASGITransport(Page(settings, database, SECRET).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090") as client:
            yield client


async def sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", params={"secret": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert SECRET not in client.cookies[COOKIE]


async def test_nothing_is_shown_without_the_secret(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "WRONG_WAIT_S", 0)
    async with opened(settings_of(tmp_path), database_url, people=1) as client:
        for path in ("/", f"/people/telegram/{person(0).account}"):
            client.cookies.set(COOKIE, "wrong")
            assert (await client.get(path)).headers["location"] == "/sign-in"
        client.cookies.clear()
        wrong = await client.post("/sign-in", data={"secret": "a guess"})
        assert wrong.status_code == 403
        assert "This is not the secret." in wrong.text
        assert not client.cookies
        right = await client.post("/sign-in", data={"secret": SECRET})
        assert right.headers["location"] == "/"
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/")).status_code == 405


async def test_the_page_shows_what_the_database_has(tmp_path: Path, database_url: str) -> None:
    settings = settings_of(tmp_path, database_url="postgresql+asyncpg://me:pass-word@host/name", free_per_day=7)
    async with opened(settings, database_url) as client:
        await sign_in(client)
        page = await client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for part in (
        "telegram " + person(2).account,
        f"/people/discord/{person(3).account}",
        "no-face-found",
        "3 photos of premium",
        "<td>unfinished</td>",  # not "waiting", which is told of the queue
        "40 % less for any plan",
        "für Oma – 100 %",
        f"charge-{person(2).account}",
        "No Redis: MAGIC_REDIS_URL is not set",
        "<b>7</b>",
        "mtcnn",
    ):
        assert part in page.text, part
    assert "pass-word" not in page.text
    assert "ALBUM3" not in page.text


async def test_one_person_and_those_who_do_not_exist(tmp_path: Path, database_url: str) -> None:
    async with opened(settings_of(tmp_path), database_url, people=3) as client:
        await sign_in(client)
        banned = await client.get(f"/people/telegram/{person(0).account}")
        assert "никогда" in banned.text
        assert "by payment" in banned.text
        for path in ("/people/telegram/1", "/people/nowhere/1", "/secrets.css"):
            assert (await client.get(path)).status_code == 404
        assert SCRIPT not in (await client.get(f"/people/telegram/{SCRIPT.replace('/', '%2F')}")).text
        assert (await client.get("/style.css")).headers["content-type"].startswith("text/css")


async def test_the_queue_and_dead_letters_are_shown(tmp_path: Path, database_url: str, redis_url: str) -> None:
    settings = settings_of(tmp_path, redis_url=redis_url)
    async with Redis.from_url(redis_url) as redis:
        await CrashCounter(redis, RedisKeys(settings.redis_prefix)).add_dead_letter("d" * 32)
        async with opened(settings, database_url, people=1) as client:
            await sign_in(client)
            page = (await client.get("/")).text
    assert "d" * 32 in page
    assert "deliver.telegram" in page


async def test_the_newest_rows_come_first_and_are_limited(tmp_path: Path, database_url: str) -> None:
    async with Database(database_url) as database:
        await fill(database, tmp_path, 4)
        recent = Recent(database, rows=2)
        failures = await recent.failures()
        assert len(failures) == 2
        assert {failed.key for failed in failures} <= {"no-face-found", "erased"}
        await PhotoStore(str(tmp_path)).put(original(failures[0].photo), b"photo")
        [*_, before, last] = await Recent(database).days(NOW.date(), 3)
        assert before == Day(before.day, 0, 0, 0)
        assert (last.restored, last.failed) == (4, 4)
        people = await Recent(database).people(datetime(2026, 1, 1, tzinfo=UTC))
        assert {one.photos for one in people} == {4}
        assert [one.sender.account for one in people if one.banned] == [person(0).account]
        assert len(await Recent(database).payments()) == len(await Recent(database).grants()) / 3
        assert not await Recent(database).people(NOW.replace(year=2027))


def test_secrets_in_the_settings_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_TELEGRAM_TOKEN", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11")
    monkeypatch.setenv("MAGIC_REDIS_URL", "redis://:hunter22@host/0")
    values = {one.name: one for one in in_force(load())}
    assert values["MAGIC_TELEGRAM_TOKEN"].value == HIDDEN
    assert values["MAGIC_DISCORD_TOKEN"].value == ""
    assert values["MAGIC_REDIS_URL"].value == "redis://:***@host/0"
    assert values["MAGIC_REDIS_URL"].chosen
    assert not values["MAGIC_FREE_PER_DAY"].chosen
    monkeypatch.setenv("MAGIC_ADMIN_SECRET", "short")
    with pytest.raises(BadSettings, match="MAGIC_ADMIN_SECRET cannot be used: write 16 characters or more"):
        load()


async def test_the_command_prints_an_address_that_signs_in(tmp_path: Path, database_url: str) -> None:
    told: list[str] = []
    stop, there = asyncio.Event(), asyncio.Event()

    def ready(line: str) -> None:
        told.append(line)
        there.set()

    settings = settings_of(tmp_path, database_url=database_url)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(settings, "127.0.0.1", 0, stop, ready))
        await there.wait()
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
            page = await client.get(told[0])
        stop.set()
    assert page.status_code == 200
    assert "Nobody has sent a photo" in page.text
    assert str(page.url).endswith("/")
