"""A photo can be followed by its job's id through the logs of every process: bot, worker with its threads, delivery."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers.telegram import TelegramServer
from tests.support.processes import running
from tests.support.telegram_harness import SAMPLE

pytestmark = pytest.mark.timeout(120)


def lines_of(written: str, job: str) -> list[dict[str, Any]]:
    """The lines about a job."""
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("job") == job]


async def test_photo_is_found_in_all_logs_by_its_job_id(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        harness = {"redis_url": redis_url, "log_format": "json", "free_per_day": 3, "log_level": "INFO"}
        own = {"telegram_token": server.token, "telegram_api_url": server.url}
        async with (
            running(tmp_path, "worker", device="cpu", **harness) as worker,
            running(tmp_path, "telegram", **harness, **own) as bot,
        ):
            await worker.writes("Magic Memory lite")
            ana, bob = server.user("Ana"), server.user("Bob")
            await ana.send_photo(SAMPLE.read_bytes())
            await bob.send_document(b"\xff\xd8\xff\xe0 this is no photo", "photo.jpg")
            await ana.hears(lambda message: message.photo is not None, 60)
            await bot.writes("replied", 60)
    taken = [json.loads(line) for line in bot.written.splitlines() if "taken in" in line]
    assert len(taken) == 2
    for job in (line["job"] for line in taken):
        here, there = lines_of(bot.written, job), lines_of(worker.written, job)
        assert [line["logger"] for line in here] == ["magicmemory.bots.service", "magicmemory.queue.delivery"]
        assert [line["logger"] for line in there] == ["magicmemory.queue.worker"]
        assert {(line["platform"], line["process"]) for line in here} == {("telegram", "telegram")}
        assert {(line["platform"], line["process"]) for line in there} == {("telegram", "worker")}
        assert here[0]["time"] <= there[0]["time"] <= here[1]["time"]
