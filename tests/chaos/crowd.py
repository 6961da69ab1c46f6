"""People on both platforms who send photos, and what each of them saw."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from magicmemory.bots.discord.context import NONCE_LENGTH
from magicmemory.core.job import Platform, Sender
from tests.servers.discord import people as discord_people
from tests.servers.discord.components import GALLERY
from tests.servers.discord.server import DiscordServer
from tests.servers.telegram import Person, TelegramServer
from tests.support import discord_harness, telegram_harness

POLL_INTERVAL_S = 0.1


@dataclass
class Request:
    """One photo on its way. `answers` tells how many restored photos the person sees as its answer."""

    sender: Sender
    message: str  # as the ledger names it
    sent_at: float
    answers: Callable[[], int]
    told: Callable[[], bool]  # whether the person sees any final word, be it a refusal of the platform's own
    seen: Callable[[], bool]  # whether the person sees anything of the bot's at all
    texts: Callable[[], list[str]] = list  # what the bot says to it, for the report
    posted: Callable[[str], int] = lambda _: 0  # restored photos beside it that name the job with this id
    first_at: float | None = None
    answered_at: float | None = None


@dataclass
class Crowd:
    """Half of the people are on Telegram, half on Discord."""

    telegram: TelegramServer
    discord: DiscordServer
    people: int
    seed: int
    requests: list[Request] = field(default_factory=list)
    photo_of: Callable[[int], bytes] = lambda number: telegram_harness.photo(number % 256, (96 + number // 256, 80))

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._on_telegram = [self.telegram.user(f"Tele {number}") for number in range(self.people // 2)]
        self._on_discord = [self.discord.person(f"disco{number}") for number in range(self.people - self.people // 2)]
        for person in self._on_discord:
            self.discord.guild.members[person.id] = person

    @property
    def senders(self) -> list[Sender]:
        """Everybody, as the ledger knows them."""
        return [
            *(telegram_harness.sender_of(person) for person in self._on_telegram),
            *(discord_harness.sender_of(person) for person in self._on_discord),
        ]

    async def send(self, photos: int, seconds: float) -> None:
        """Send so many photos, spread over that time."""
        began, at = time.monotonic(), 0.0
        for number in range(photos):
            data = self.photo_of(number)
            if number % 2:
                self._slash(self._on_discord[number // 2 % len(self._on_discord)], data)
            else:
                await self._photo(self._on_telegram[number // 2 % len(self._on_telegram)], data)
            at += self._chance.uniform(0, 2) * seconds / photos
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))

    async def all_answered(self, patience_s: float) -> None:
        """Wait until everybody has a restored photo, or nobody is patient any more."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if all(request.answered_at is not None for request in self.requests):
                return
            await asyncio.sleep(POLL_INTERVAL_S)

    async def watch(self) -> None:
        """Note when each request is answered, for ever."""
        while True:
            open_ones = [request for request in self.requests if request.answered_at is None]
            for request in open_ones:
                if request.first_at is None and request.seen():
                    request.first_at = time.monotonic()
                if request.answers():
                    request.answered_at = time.monotonic()
            await asyncio.sleep(POLL_INTERVAL_S)

    async def _photo(self, person: Person, data: bytes) -> None:
        message = await person.send_photo(data)

        def answers() -> int:
            return sum(1 for said in person.of_bot() if said.photo and said.reply_to and said.reply_to.id == message.id)

        def seen() -> bool:
            return any(said.reply_to and said.reply_to.id == message.id for said in person.of_bot())

        def told() -> bool:
            # A photo that is refused before it has a job gets its apology at once.
            replies = [said for said in person.of_bot() if said.reply_to and said.reply_to.id == message.id]
            return any("did not cost you anything" in (said.text or "") for said in replies)

        sender = telegram_harness.sender_of(person)

        def texts() -> list[str]:
            return [said.text or "" for said in person.of_bot() if said.reply_to and said.reply_to.id == message.id]

        self.requests.append(Request(sender, str(message.id), time.monotonic(), answers, told, seen, texts))

    def _slash(self, person: discord_people.Person, data: bytes) -> None:
        used = person.slash(person.dm, "restore", photo=data)

        def answers() -> int:
            return sum(any(part["type"] == GALLERY for part in message.components) for message in used.shown)

        def told() -> bool:
            # Without an answer within three seconds, Discord itself says that the app did not respond.
            return used.answer is None or any(message.texts or message.content for message in used.shown)

        def seen() -> bool:
            return used.answer is not None

        def texts() -> list[str]:
            return [message.texts or message.content or "(empty)" for message in used.shown]

        def posted(job: str) -> int:
            # After fifteen minutes an interaction's message cannot be edited any more, so its answer comes beside it.
            beside = [said for said in person.dm.messages.values() if said.nonce == job[:NONCE_LENGTH]]
            return sum(any(part["type"] == GALLERY for part in said.components) for said in beside)

        sender = discord_harness.sender_of(person)
        self.requests.append(Request(sender, str(used.id), time.monotonic(), answers, told, seen, texts, posted))


def is_on(platform: Platform) -> Callable[[Request], bool]:
    """Whether a request came by that platform."""
    return lambda request: request.sender.platform is platform
