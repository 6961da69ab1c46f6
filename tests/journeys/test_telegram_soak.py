"""Many people at once, and trouble with every method: everything is answered once, and the quota is exact.

The bot is a process of its own, started as an operator starts it. `make soak` runs the long form.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.processes import end
from magicmemory.core.settings import PREFIX, Settings
from tests.servers.telegram import Message, Person, Press, TelegramServer
from tests.servers.telegram.faults import DOWNLOAD, Kind
from tests.servers.telegram.methods import METHODS
from tests.support.telegram_harness import QuickPipeline, photo, running_worker, sender_of, telegram_settings

pytestmark = pytest.mark.processes

LONG = bool(os.environ.get("SOAK"))
PEOPLE, PHOTOS, PATIENCE_S = (300, 1000, 900.0) if LONG else (25, 60, 100.0)
FAULTS = 0.1
MEMORY_GROWTH_MB = 40
KINDS: tuple[Kind, ...] = ("429", "500", "502", "reset", "slow", "lost")
# Every method that is played, and downloads of files.
EVERYWHERE = [*(method.name for method in METHODS.values() if method.name != "getUpdates"), DOWNLOAD]
SENDS = ("sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup")
ALBUM = 3


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


def is_photo(message: Message) -> bool:
    return message.photo is not None or message.document is not None


@dataclass
class Expected:
    """What people have asked for, and how many answers each request must get."""

    photos: int = 0  # that were sent
    charged: Counter[int] = field(default_factory=Counter)  # by person
    requests: list[tuple[Person, Message, int, Callable[[Message], bool]]] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)

    def add(self, person: Person, asked: Message, answers: int, kind: Callable[[Message], bool]) -> None:
        self.requests.append((person, asked, answers, kind))

    def missing_and_extra(self) -> tuple[int, int]:
        """How many answers are missing, and how many there are beyond one each."""
        missing = extra = 0
        for person, asked, answers, kind in self.requests:
            found = sum(kind(message) for message in person.of_bot() if message.reply_to is asked)
            missing, extra = missing + max(0, answers - found), extra + max(0, found - answers)
        return missing, extra


class Crowd:
    """People who send photos and albums, use commands and press buttons."""

    def __init__(self, server: TelegramServer, people: list[Person]) -> None:
        self.server = server
        self.people = people
        self.expected = Expected()
        self.dice = random.Random(6)

    async def act(self) -> None:
        """Everything that they do, a little at a time; some updates are told twice."""
        number = 0
        while self.expected.photos < PHOTOS:
            person = self.people[number % len(self.people)]
            number += 1
            if self.dice.random() < FAULTS:
                self.server.repeat_updates(1)
            roll = self.dice.random()
            if roll < 0.06:
                sent = await person.send_album([self._photo() for _ in range(ALBUM)])
                self._charge(person, ALBUM)
                self.expected.add(person, sent[0], ALBUM, is_photo)
            elif roll < 0.16:
                said = await person.send_text("/quota")
                self.expected.add(person, said, 1, lambda message: "left" in message.words)
            else:
                sent_one = await person.send_photo(self._photo())
                self._charge(person, 1)
                self.expected.add(person, sent_one, 1, is_photo)
            if roll > 0.8:
                await self._press(person)
            await asyncio.sleep(self.dice.uniform(0, 0.4 if LONG else 0.1))

    def _photo(self) -> bytes:
        return photo(self.expected.photos, size=(96, 80 + self.expected.photos // 256))

    def _charge(self, person: Person, photos: int) -> None:
        self.expected.photos += photos
        self.expected.charged[person.id] += photos

    async def _press(self, person: Person) -> None:
        """Press a button under the last reply that has some: a file, a comparison, or an adjustment."""
        shown = [message for message in person.of_bot() if message.photo and len(message.buttons) > 2]
        if not shown:
            return
        label = self.dice.choice(["Full quality", "Before/after", "Gentler", "Whole photo"])
        message = shown[-1]
        if not any(label in button for button in message.buttons) or any(
            message is asked for _, asked, _, _ in self.expected.requests
        ):
            return
        self.expected.presses.append(await person.press(message, label))
        self.expected.add(person, message, 1, is_photo)


@pytest.mark.soak
@pytest.mark.timeout(PATIENCE_S + 120)
async def test_everything_is_answered_once_while_every_method_fails(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer(enforce_limits=True) as server:
        server.world.callback_s = 60  # a button's answer may come late: Telegram's own limit is not public
        settings = telegram_settings(tmp_path, server, free_per_day=100)
        people = [server.user(f"Person {number}") for number in range(PEOPLE)]
        server.faults.at_random(FAULTS, KINDS, EVERYWHERE, seed=1)
        async with bot_process(settings, redis_url) as bot, running_worker(settings, redis_url, QuickPipeline()):
            crowd = Crowd(server, people)
            for kind in KINDS:  # in a short soak, chance might leave one out
                server.faults.add(kind, "editMessageMedia")
            acting = asyncio.create_task(crowd.act())
            await server.wait_for(lambda: crowd.expected.photos >= PHOTOS // 4, PATIENCE_S)
            early = bot.memory_info().rss
            await acting
            with suppress(TimeoutError):
                await server.wait_for(lambda: not crowd.expected.missing_and_extra()[0], PATIENCE_S)
            await asyncio.sleep(2)
            late = bot.memory_info().rss
        missing, extra = crowd.expected.missing_and_extra()
        unanswered = sum(press.answer is None for press in crowd.expected.presses)
        lost = Counter(method for method, kind in server.faults.happened if kind == "lost" and method in SENDS)
        may_be_extra = lost.total() + (ALBUM - 1) * lost["sendMediaGroup"]
        grown = (late - early) / 1e6
        print(
            f"{crowd.expected.photos} photos of {PEOPLE} people, {len(crowd.expected.requests)} requests, "
            f"{len(crowd.expected.presses)} buttons; {missing} silent, {unanswered} buttons without an answer, "
            f"{extra} twice ({may_be_extra} sends lost their answer); "
            f"faults {dict(Counter(kind for _, kind in server.faults.happened))} "
            f"on {len({method for method, _ in server.faults.happened})} methods; "
            f"memory {early / 1e6:.0f} MB, then +{grown:.0f}"
        )
        assert (missing, unanswered) == (0, 0)
        assert extra <= may_be_extra
        async with open_service(settings, redis_url) as service:
            for person in people:
                assert (await service.quota(sender_of(person))).used == crowd.expected.charged[person.id]
        assert server.world.limits.violations == []
        assert grown < MEMORY_GROWTH_MB, f"{grown:.0f} MB more than after the first quarter"
        assert {kind for _, kind in server.faults.happened} == set(KINDS)
