"""While one photo is slow to download, the bot serves others and does not poll without a pause."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.telegram_harness import harness, photo

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def test_slow_photo_does_not_cause_endless_polling(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        running.server.faults.add("slow", "getFile", seconds=4)
        began = time.monotonic()
        await ana.send_photo(photo())
        await bob.send_text("/quota")
        await bob.hears("You have 3 of 3 left")
        assert time.monotonic() - began < 3
        await ana.hears(lambda message: message.photo is not None, 30)
        seconds = time.monotonic() - began
        assert len(running.server.world.updates.given) < 5 * seconds


async def test_immediate_empty_answers_do_not_cause_a_tight_loop(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        updates = running.server.world.updates
        updates.is_hasty = True
        ana = running.server.user("Ana")
        await ana.send_text("/quota")
        await ana.hears("You have 3 of 3 left")
        before = updates.polls
        await asyncio.sleep(3)
        assert updates.polls - before < 12
        asked = await ana.send_text("/quota")
        await ana.hears("You have 3 of 3 left", after=asked)
