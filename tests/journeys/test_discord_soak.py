"""Many people at once while Discord misbehaves: every photo is answered exactly once, and the quota is exact.

`make soak` runs the long form.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Job, JobState, Stage
from tests.servers.discord.components import GALLERY
from tests.servers.discord.interactions import FIRST_ANSWER_S, Interaction
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Message
from tests.support.discord_harness import Harness, harness, sender_of
from tests.support.harness import eventually
from tests.support.telegram_harness import photo

COUNT = 820 if os.environ.get("SOAK") else 60  # things that people do; each sends one photo or two
FAULTS = 0.10
AT_ONCE = 12
DROP_EVERY_S = 3.0
TEXTS = Texts()


@cache
def progress_messages() -> set[str]:
    return {
        TEXTS.say(language, f"progress-{stage}", ahead=ahead, done=0, faces=1)
        for language in TEXTS.languages
        for stage in Stage
        if stage is not Stage.DONE
        for ahead in range(20)
    }


class Crowd:
    """People who each do one thing after another."""

    def __init__(self, there: Harness, seed: int) -> None:
        self.there = there
        self.server: DiscordServer = there.server
        self.chance = random.Random(seed)
        self.asked = 0  # photos, by interactions and by messages
        self.used: list[Interaction] = []
        self.said: list[tuple[Person, Message]] = []
        self.people = [self._person(number) for number in range(max(4, COUNT // 4))]
        self._room = asyncio.Semaphore(AT_ONCE)

    def _person(self, number: int) -> Person:
        person = self.server.person(f"person{number}", self.chance.choice(["en-US", "de", "es-ES", "fr", "pt-BR"]))
        self.server.guild.members[person.id] = person
        return person

    async def act(self, number: int) -> None:
        """One thing that one of them does, until it is answered or late."""
        person = self.people[number % len(self.people)]
        doing: list[Callable[[Person, bytes], Awaitable[None]]] = [self._slash, self._slash, self._menu, self._message]
        async with self._room:
            await self.chance.choice(doing)(person, photo(number % 256, (64, 48)))

    async def _slash(self, person: Person, sent: bytes) -> None:
        channel = self.chance.choice([self.server.channel, person.dm])
        self.asked += 1
        await self._wait(person.slash(channel, "restore", photo=sent, private=self.chance.random() < 0.3))

    async def _menu(self, person: Person, sent: bytes) -> None:
        self.asked += 2
        # One that they never sent: the same one again would be answered from the store, at no cost.
        other = photo(self.asked % 256, (48 + self.asked // 256, 64))
        message = person.say(self.server.channel, "", sent, other)
        await self._wait(person.context_menu(self.server.channel, "Restore faces", message))

    async def _message(self, person: Person, sent: bytes) -> None:
        self.asked += 1
        self.said.append((person, person.say(person.dm, "", sent)))
        await asyncio.sleep(0.2)

    def silent(self) -> list[str]:
        """What was acknowledged or said, and never got more than a progress message."""
        found = [f"{used.data.get('name')} {used.id}" for used in self.used if used.answer and not answered(used.shown)]
        for person, message in self.said:
            replies = [reply for reply in self.server.said(person.dm) if reply.reference is message]
            if not answered(replies):
                found.append(f"message {message.id}")
        return found

    async def _wait(self, used: Interaction) -> None:
        self.used.append(used)
        begun = self.server.clock.now()
        await self.server.wait_for(
            lambda: (
                [m for m in used.shown if m.components]
                or (used.answer is None and self.server.clock.now() > begun + FIRST_ANSWER_S + 2)
                or self.server.clock.now() > begun + 20
            ),
            60,
        )


def answered(messages: list[Message]) -> bool:
    """Whether more than progress is shown."""
    return any(
        message.components or (message.texts and message.texts not in progress_messages()) for message in messages
    )


async def disturb(server: DiscordServer, chance: random.Random) -> None:
    """Lose the gateway connection now and then."""
    while True:
        await asyncio.sleep(DROP_EVERY_S)
        await server.gateway.drop(chance.choice([1006, 4000, 4009]))


def restored(server: DiscordServer) -> list[Message]:
    """Every restored photo that the bot has sent anywhere."""
    messages = [message for channel in server.world.channels.values() for message in channel.messages.values()]
    return [
        message
        for message in messages
        if message.author is server.world.bot and any(part["type"] == GALLERY for part in message.components)
    ]


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_each_photo_is_answered_once_while_discord_misbehaves(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=8) as there:
        server, crowd = there.server, Crowd(there, seed=7)
        server.faults.kinds = ("500", "429", "lost answer", "reset", "slow")
        server.faults.rate = FAULTS
        disturbing = asyncio.create_task(disturb(server, crowd.chance))
        await asyncio.gather(*(crowd.act(number) for number in range(COUNT)))
        disturbing.cancel()
        server.faults.rate = 0
        with suppress(TimeoutError):  # after a lost connection, the last messages reach the bot late
            await server.wait_for(lambda: not crowd.silent(), 60)
        async with open_service(there.settings, there.redis_url) as service:

            async def all_finished() -> list[Job] | None:
                found = [job for person in crowd.people for job in await service.recent(sender_of(person))]
                return None if any(job.finished_at is None for job in found) else found

            jobs = await eventually(all_finished, 120)
            quotas = [await service.quota(sender_of(person)) for person in crowd.people]
        delivered = [job for job in jobs if job.state is JobState.DELIVERED]
        sent = restored(server)
        late = [used for used in crowd.used if used.answer is None]
        print(
            f"{COUNT} requests, {crowd.asked} photos, {len(delivered)} delivered, {len(crowd.silent())} silent, "
            f"{len(sent) - len(delivered)} twice, {len(late)} too late to be acknowledged, "
            f"faults {server.faults.done}, lost connections {server.gateway.count('drop')}, "
            f"resumed {server.gateway.count('resume')}"
        )
        assert crowd.silent() == []
        assert sorted(job.context["sent"] for job in delivered) == sorted(str(message.id) for message in sent)
        assert len({job.context["sent"] for job in delivered}) == len(delivered)
        assert sum(quota.used for quota in quotas) == len(delivered) == len([job for job in jobs if job.charged])
        assert all(quota.used <= quota.limit for quota in quotas)
        assert all((used.took_s or 0) <= FIRST_ANSWER_S for used in crowd.used)
        assert len(late) <= COUNT // 200
        assert server.limits.impatient == 0
        wrong = [call for call in server.refusals() if call.code not in (0, 10062, 40060)]
        assert [(call.route, call.body, call.error) for call in wrong] == []
