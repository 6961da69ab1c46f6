"""While one person's photo is slow to come, the bot neither keeps others waiting nor asks Telegram without a pause."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.telegram_harness import harness, photo

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def test_a_slow_photo_does_not_make_the_bot_ask_without_end(tmp_path: Path, redis_url: str) -> None:
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


async def test_empty_answers_that_come_at_once_do_not_make_a_tight_loop(tmp_path: Path, redis_url: str) -> None:
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
