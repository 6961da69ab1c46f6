"""Many people at once, and trouble all the time: every photo is answered once, and the quota is exact.

The bot is a process of its own, started as an operator starts it. `make soak` runs the long form.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.processes import end
from magicmemory.core.settings import PREFIX, Settings
from tests.servers.telegram import Message, Person, TelegramServer
from tests.servers.telegram.faults import Kind
from tests.support.telegram_harness import QuickPipeline, photo, running_worker, sender_of, telegram_settings

pytestmark = pytest.mark.processes

LONG = bool(os.environ.get("SOAK"))
PEOPLE, PHOTOS, PATIENCE_S = (300, 1000, 900.0) if LONG else (25, 60, 100.0)
FAULTS = 0.1
MEMORY_GROWTH_MB = 40
ANY_WAY: tuple[Kind, ...] = ("429", "500", "reset", "slow")
SINGLES = ["sendMessage", "editMessageText", "editMessageMedia", "getFile"]


@asynccontextmanager
async def bot_process(settings: Settings, redis_url: str) -> AsyncIterator[psutil.Process]:
    """`magicmemory telegram`, from its first word to the end of the context."""
    chosen = {
        "data_dir": settings.data_dir,
        "redis_url": redis_url,
        "telegram_token": settings.telegram_token and settings.telegram_token.get_secret_value(),
        "telegram_api_url": settings.telegram_api_url,
        "free_per_day": settings.free_per_day,
        "log_level": "ERROR",
    }
    environment = {**os.environ, **{PREFIX + name.upper(): str(value) for name, value in chosen.items()}}
    command = (sys.executable, "-P", "-m", "magicmemory.cli.main", "telegram")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert (await asyncio.wait_for(process.stdout.readline(), 60)).startswith(b"@")
    try:
        yield psutil.Process(process.pid)
    finally:
        await end(process)
        assert process.returncode == 0
        assert await process.stdout.read() == b""


def answers_to(person: Person) -> Counter[int]:
    """How often each of somebody's messages was answered with a photo."""
    shown = [message for message in person.of_bot() if message.photo]
    return Counter(message.reply_to.id for message in shown if message.reply_to)


async def send_all(server: TelegramServer, people: list[Person], dice: random.Random) -> dict[int, list[Message]]:
    """Everybody's photos, a few at a time; some updates are told twice."""
    sent: dict[int, list[Message]] = {person.id: [] for person in people}
    order = [people[number % len(people)] for number in range(PHOTOS)]
    for number, person in enumerate(order):
        if dice.random() < FAULTS:
            server.repeat_updates(1)
        sent[person.id].append(await person.send_photo(photo(number, size=(96, 80))))
        await asyncio.sleep(dice.uniform(0, 0.25 if LONG else 0.1))
    return sent


@pytest.mark.soak
@pytest.mark.timeout(PATIENCE_S + 120)
async def test_every_photo_is_answered_once(tmp_path: Path, redis_url: str) -> None:
    dice = random.Random(6)
    async with TelegramServer(enforce_limits=True) as server:
        settings = telegram_settings(tmp_path, server, free_per_day=100)
        people = [server.user(f"Person {number}") for number in range(PEOPLE)]
        async with bot_process(settings, redis_url) as bot, running_worker(settings, redis_url, QuickPipeline()):
            server.faults.at_random(FAULTS, ANY_WAY, SINGLES, seed=1)
            for kind in (*ANY_WAY, "lost"):  # in a short soak, chance might leave one out
                server.faults.add(kind, "editMessageMedia")
            server.faults.at_random(FAULTS / 4, ("lost",), ["editMessageMedia", "editMessageText"], seed=2)
            sending = asyncio.create_task(send_all(server, people, dice))
            await server.wait_for(lambda: sum(len(answers_to(one)) for one in people) >= PHOTOS // 4, PATIENCE_S)
            early = bot.memory_info().rss
            sent = await sending
            await server.wait_for(lambda: all(len(answers_to(one)) == len(sent[one.id]) for one in people), PATIENCE_S)
            await asyncio.sleep(2)
            late = bot.memory_info().rss
        grown = (late - early) / 1e6
        faults = Counter(kind for _, kind in server.faults.happened)
        print(
            f"{PHOTOS} photos of {PEOPLE} people; faults {dict(faults)}; memory {early / 1e6:.0f} MB, then +{grown:.0f}"
        )
        for person in people:
            assert answers_to(person) == {message.id: 1 for message in sent[person.id]}
        async with open_service(settings, redis_url) as service:
            for person in people:
                assert (await service.quota(sender_of(person))).used == len(sent[person.id])
        assert server.world.limits.violations == []
        assert grown < MEMORY_GROWTH_MB, f"{grown:.0f} MB more than after the first quarter"
        assert set(faults) == {*ANY_WAY, "lost"}
