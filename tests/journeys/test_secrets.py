"""No secret is ever logged: they are planted, real processes go through good and bad journeys at the chattiest level,
and everything that was written is searched.

A photo can be followed by its job's id through those logs: bot, worker with its threads, delivery.
"""

import asyncio
import base64
import io
import json
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from redis.asyncio import Redis

from magicmemory.core.options import Options
from tests.core.test_logs import logged
from tests.servers.collector import Collector
from tests.servers.discord.files import Upload
from tests.servers.telegram import TelegramServer
from tests.support import discord_harness, telegram_harness
from tests.support.harness import eventually
from tests.support.processes import Running, running
from tests.support.services import shared_redis
from tests.support.telegram_harness import QuickPipeline, sender_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning"),
    pytest.mark.timeout(240),
]

REDIS_PASSWORD = "redis@Pl4nted/word"
DATABASE_PASSWORD = "database-Pl4nted-word"
SENTRY_KEY = "0123456789abcdef0123456789abcdef"
CODE = "GRAN-7K3M-9QXP-2TRD"  # one that nobody made
WORD = "GRANDMOTHER2026"  # a code of the operator's own, which looks like no code
CODES_KEY = "codes-Pl4nted-key"
WORDS = "words-that-somebody-wrote-in-private"
IN_PHOTO = "words-inside-the-photo"


def planted_photo(shade: int = 0) -> bytes:
    """A photo with words in its file."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(telegram_harness.SAMPLE.read_bytes())) as sample:
        sample.point(lambda value: max(0, value - shade)).save(out, "JPEG", comment=IN_PHOTO.encode())
    return out.getvalue()


def traces(photo: bytes) -> list[str]:
    """What a log would hold if the photo's bytes got into it: text, repr, hexadecimal or base64."""
    pieces = [photo[place : place + 30] for place in (0, 300, 3000)]
    written = [form for piece in pieces for form in (repr(piece)[2:-1], piece.hex(), base64.b64encode(piece).decode())]
    return [IN_PHOTO, *written]


def assert_hidden(text: str, secrets: Iterable[str]) -> None:
    """None of the secrets stands in the text."""
    for secret in secrets:
        place = text.find(secret)
        assert place < 0, f"{secret!r} is written in: {text[max(0, place - 300) : place + 100]!r}"


async def test_telegram_logs_follow_each_job_and_contain_no_secret(tmp_path: Path, redis_binary: str) -> None:
    """After successes and failures. One test, because a bot and a worker with its models take long to start."""
    photo = planted_photo()
    with Collector() as collector, shared_redis("--requirepass", REDIS_PASSWORD) as open_url:
        settings = {
            "redis_url": open_url.replace("://", f"://:{quote(REDIS_PASSWORD, safe='')}@"),
            "sentry_dsn": f"http://{SENTRY_KEY}@{collector.place}/7",
            "otel_endpoint": f"http://{collector.place}",
            "codes_key": CODES_KEY,
            "log_format": "json",
        }
        async with (
            running(tmp_path, "worker", device="cpu", **settings) as worker,
            AsyncExitStack() as telegram,
        ):
            server = await telegram.enter_async_context(TelegramServer())
            own = {"telegram_token": server.token, "telegram_api_url": server.url}
            async with running(tmp_path, "telegram", **settings, **own) as bot:
                await bot.writes("@")
                await worker.writes("Magic Memory lite")
                jobs = await _taken_in_and_answered(server, bot)
                made = await _codes(tmp_path, settings)
                await _good_and_bad(server, photo, made)
                # The way to Telegram ends while the bot is there; then Redis goes too.
                await telegram.aclose()
                await bot.writes("no updates")
                await _ended(open_url)
                await bot.writes("Redis does not answer")
                await worker.writes("Redis does not answer")
    written = bot.written + worker.written
    assert bot.process.returncode == worker.process.returncode == 0
    assert "faces in" in worker.written
    assert "replied" in bot.written
    tokens = [server.token, server.token.split(":")[1], REDIS_PASSWORD, SENTRY_KEY, CODES_KEY]
    secrets = [*tokens, CODE, *made, WORDS, *traces(photo)]
    assert_hidden(written, secrets)
    sent = "\n".join(body.decode(errors="replace") for _, body in collector.received)
    assert "/v1/traces" in {path for path, _ in collector.received}
    # The envelopes of errors are addressed with the key.
    assert_hidden(sent, [secret for secret in secrets if secret != SENTRY_KEY])
    assert all(json.loads(line) for line in written.splitlines() if not line.startswith(("@", "Magic Memory")))
    assert len(jobs) == 2
    for job in jobs:
        assert_followed(job, bot.written, worker.written)


async def _taken_in_and_answered(server: TelegramServer, bot: Running) -> list[str]:
    """The ids of two jobs, of a photo and of a file that is none, once both are answered."""
    bob, cleo = server.user("Bob"), server.user("Cleo")
    await bob.send_photo(telegram_harness.SAMPLE.read_bytes())
    await cleo.send_document(b"\xff\xd8\xff\xe0 this is no photo", "photo.jpg")
    await bob.hears(lambda message: message.photo is not None, 60)

    async def both() -> bool | None:
        return sum("replied" in line for line in bot.written.splitlines()) == 2 or None

    await eventually(both, 60)
    return [json.loads(line)["job"] for line in bot.written.splitlines() if "taken in" in line]


def assert_followed(job: str, bot: str, worker: str) -> None:
    """At the level `INFO`, a job has a line where it is taken in, one of the worker and one where it is answered."""

    def lines(written: str) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
        return [line for line in told if line.get("job") == job and line["level"] != "DEBUG"]

    here, there = lines(bot), lines(worker)
    assert [line["logger"] for line in here] == ["magicmemory.bots.service", "magicmemory.queue.delivery"]
    assert [line["logger"] for line in there] == ["magicmemory.queue.worker"]
    assert {(line["platform"], line["process"]) for line in here} == {("telegram", "telegram")}
    assert {(line["platform"], line["process"]) for line in there} == {("telegram", "worker")}
    assert here[0]["time"] <= there[0]["time"] <= here[1]["time"]


async def _codes(folder: Path, settings: dict[str, str]) -> list[str]:
    """Two codes, one of each kind, made as an operator makes them."""
    made = []
    for more in (["--prefix", "GRAN"], ["--code", WORD, "--force"]):
        terms = ["codes", "create", "--kind", "unlock", "--credits", "2", *more]
        async with running(folder, *terms, **{**settings, "log_level": "INFO"}) as creating:
            assert await creating.process.wait() == 0
        [line] = [line for line in creating.written.splitlines() if line.endswith(WORD) or "GRAN-" in line]
        made.append(line.split()[1])
    return made


async def _good_and_bad(server: TelegramServer, photo: bytes, codes: list[str]) -> None:
    ana = server.user("Ana")
    server.faults.add("reset", "editMessageMedia")
    server.faults.add("500", "getFile")
    server.faults.add("lost", "sendMessage")
    await ana.send_photo(photo)
    await ana.hears(lambda message: message.photo is not None, 60)
    await ana.send_document(f"{WORDS} is no photo".encode(), "letter.jpg")
    for code in codes:
        await ana.send_text(f"/unlock {code}")
    await server.wait_for(lambda: sum("The code is good" in said.text for said in ana.of_bot()) == len(codes), 30)
    await ana.send_text(f"/unlock {CODE}")
    await ana.send_text(f"/start code_{CODE}")
    await ana.send_text(WORDS)
    await ana.send_text(f"/{WORDS}")
    await asyncio.sleep(1)


async def _ended(url: str) -> None:
    """End a Redis that has a password."""
    async with Redis.from_url(url, password=REDIS_PASSWORD) as redis:
        await redis.shutdown(nosave=True)


TOKEN = "7213456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
AWAY = "127.0.0.1:1"
UNREACHABLE = f"Redis cannot be used: start it, or correct MAGIC_REDIS_URL. (Error 111 connecting to {AWAY}."
STARTS: dict[str, tuple[str, dict[str, object], str]] = {
    "no Redis there": ("telegram", {"redis_url": f"redis://:{quote(REDIS_PASSWORD, safe='')}@{AWAY}/0"}, UNREACHABLE),
    "Redis is no address": (
        "worker",
        {"redis_url": f"redis://:{quote(REDIS_PASSWORD, safe='')}@nowhere:port/0"},
        "magicmemory: MAGIC_REDIS_URL cannot be used: the port is not a number.",
    ),
    "no database there": (
        "playground",
        {"database_url": f"postgresql+asyncpg://magic:{DATABASE_PASSWORD}@{AWAY}/magic"},
        f"The database at {AWAY} cannot be reached: start it, or correct MAGIC_DATABASE_URL. (",
    ),
    "the database is no address": (
        "playground",
        {"database_url": f"postgresql+asyncpg://magic:{DATABASE_PASSWORD}@nowhere:port/magic"},
        "magicmemory: MAGIC_DATABASE_URL cannot be used: the port is not a number.",
    ),
    "a database of another kind": (
        "playground",
        {"database_url": f"mysql://magic:{DATABASE_PASSWORD}@{AWAY}/magic"},
        "magicmemory: MAGIC_DATABASE_URL cannot be used: write",
    ),
    "the photo store is no address": (
        "worker",
        {"photo_store": f"s3://user:{DATABASE_PASSWORD}@/?x={CODE}"},
        "magicmemory: MAGIC_PHOTO_STORE cannot be used: write",
    ),
    "a Sentry that is none": (
        "worker",
        {"sentry_dsn": f"nonsense://{SENTRY_KEY}@"},
        "magicmemory: MAGIC_SENTRY_DSN cannot be used: copy",
    ),
    "no Telegram there": ("telegram", {"telegram_api_url": f"http://{AWAY}"}, "no updates"),
    "Telegram is no address": (
        "telegram",
        {"telegram_api_url": f"http://nowhere:port/{TOKEN}"},
        "magicmemory: MAGIC_TELEGRAM_API_URL cannot be used: the port is not a number.",
    ),
}


@pytest.mark.parametrize("case", STARTS)
async def test_failed_start_logs_no_secret(tmp_path: Path, redis_url: str, case: str) -> None:
    command, wrong, says = STARTS[case]
    given = {"redis_url": redis_url, "telegram_token": TOKEN, "playground_port": 0, "preload": False, **wrong}
    async with running(tmp_path, command, **given) as started:
        await started.writes(says, 30)
    secrets = [TOKEN, TOKEN.split(":")[1], REDIS_PASSWORD, DATABASE_PASSWORD, SENTRY_KEY, CODE]
    assert_hidden(started.written, secrets)
    assert "Traceback" not in started.written


async def test_token_in_an_error_of_the_worker_is_not_logged(tmp_path: Path, redis_url: str) -> None:
    """A worker does not know the bots' tokens, and hides them all the same."""
    photo = planted_photo()

    def fail(data: bytes, _: Options) -> None:
        raise ConnectionError(f"GET https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg: {data[:400]!r}")

    with logged(tmp_path, log_level="DEBUG") as stream:
        async with telegram_harness.harness(tmp_path, redis_url, QuickPipeline(before=fail)) as there:
            ana = there.server.user("Ana")
            await ana.send_photo(photo)
            await ana.hears("Something went wrong")
            await there.settled(ana)
    assert f"{sender_of(ana).account}" not in TOKEN
    assert "ConnectionError: GET https://api.telegram.org/file/bot***/photos/1.jpg: b'***'" in stream.getvalue()
    assert_hidden(stream.getvalue(), [TOKEN, there.server.token, *traces(photo)])


async def test_discord_logs_contain_no_secret(tmp_path: Path, redis_url: str) -> None:
    photo = planted_photo()
    with logged(tmp_path, log_level="DEBUG") as stream:
        async with discord_harness.harness(tmp_path, redis_url) as there:
            server, user = there.server, there.server.user
            used = user.slash(server.channel, "restore", photo=Upload(photo, "me.jpg"))
            await there.answer(used)
            unlocking = user.slash(server.channel, "unlock", code=CODE)
            await there.said(unlocking)
            server.faults.plan("lost answer", times=2)
            server.faults.plan("500", times=2)
            again = user.slash(server.channel, "restore", photo=Upload(planted_photo(9), "me.jpg"), private=True)
            await there.answer(again)
            await there.finished_jobs_of(user)
    assert "replied" in stream.getvalue()
    tokens = [there.server.token, *(one.token for one in (used, unlocking, again))]
    assert_hidden(stream.getvalue(), [*tokens, CODE, *traces(photo)])
    # It signs a link, which opens somebody's photo to whoever has it.
    assert re.search(r"hm=\w", stream.getvalue()) is None
