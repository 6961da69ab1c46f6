"""A Discord of our own on loopback: gateway, REST and CDN, strict, for the unmodified discord.py."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route as LibraryRoute

from tests.servers.discord.call import Call
from tests.servers.discord.clock import Clock
from tests.servers.discord.files import Files
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.html import render
from tests.servers.discord.interactions import Interaction, Interactions
from tests.servers.discord.messages import Writer
from tests.servers.discord.people import Client, Person
from tests.servers.discord.refusals import JSON
from tests.servers.discord.registry import Registry
from tests.servers.discord.rest import API, Rest
from tests.servers.discord.routes import Routes
from tests.servers.discord.world import Channel, Entitlement, Guild, Message, User, World

TOKEN = "MTA.strict.server"
T = TypeVar("T")


class DiscordServer:
    """The whole server. It opens with somebody (`user`), a guild with the bot in it (`guild`) and a channel there.

    While it is open, discord.py speaks to it instead of to Discord.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.clock = Clock()
        self.files = Files(self.clock)
        self.world = World(self.clock, self.files)
        self.gateway = Gateway(self.world, token)
        self.registry = Registry(self.clock, self.world.bot.id)
        self.writer = Writer(self.world, self.gateway)
        self.interactions = Interactions(self.world, self.gateway, self.writer)
        routes = Routes(self.world, self.gateway, self.registry, self.interactions, self.writer)
        self.rest = Rest(routes.table(), token, self.clock, self.files)
        self.limits, self.faults = self.rest.limits, self.rest.faults
        for part in (self.gateway, self.interactions, self.rest):
            part.on_change = self._changed
        self._change = asyncio.Event()
        self._client = Client(self.world, self.gateway, self.registry, self.interactions)
        self.user = self.person("ada")
        self.guild = self.add_guild("Old photos", self.user)
        self.channel = self.add_channel(self.guild, "restorations")
        self.url = ""

    # Opening and closing.

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get("/gateway/", self.gateway.connect)
        app.router.add_get("/attachments/{rest:.*}", self._cdn)
        app.router.add_route("*", API + "/{rest:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.files.base = self.url
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        self._before = (LibraryRoute.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
        LibraryRoute.BASE = self.url + API
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        LibraryRoute.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self._before
        for session in self.gateway.sessions.values():
            if session.socket is not None:
                await session.socket.close(code=1001)
        await self._runner.cleanup()

    async def _cdn(self, request: web.Request) -> web.Response:
        await self.files.open.wait()
        return self.rest.cdn(request)

    # The world.

    def person(self, name: str, locale: str = "en-US") -> Person:
        """A new account."""
        person = Person(self.clock.snowflake(), name, locale=locale, client=self._client)
        self.world.users[person.id] = person
        return person

    def add_guild(self, name: str, *people: Person, installed: bool = True) -> Guild:
        """A new guild, owned by a stranger, with these members; `installed` puts the bot in it."""
        guild = Guild(self.clock.snowflake(), name, User(self.clock.snowflake(), "owner"), installed)
        guild.members = {person.id: person for person in people}
        self.world.guilds[guild.id] = guild
        return guild

    def add_channel(self, guild: Guild, name: str) -> Channel:
        """A new text channel."""
        channel = Channel(self.clock.snowflake(), name, guild)
        guild.channels[channel.id] = self.world.channels[channel.id] = channel
        return channel

    def private_channel(self, *people: Person) -> Channel:
        """A DM between people, without the bot: for apps installed to an account."""
        channel = Channel(self.clock.snowflake(), "", people=list(people), with_bot=False)
        self.world.channels[channel.id] = channel
        return channel

    def install_to(self, person: Person) -> None:
        """Put the app into somebody's account."""
        self.world.installed_to.add(person.id)

    def sell(
        self, person: Person | None, sku: int, lasts_s: float | None = 30 * 86400, *, guild: Guild | None = None
    ) -> Entitlement:
        """Somebody buys something, for themselves or (without a person) for a server."""
        now = self.clock.now()
        ends = None if lasts_s is None else now + lasts_s
        number = self.clock.snowflake()
        bought = Entitlement(number, sku, person, now, ends, guild=guild.id if guild else None)
        self.world.entitlements[bought.id] = bought
        self.gateway.tell("ENTITLEMENT_CREATE", self.world.entitlement_payload(bought))
        return bought

    def renew(self, bought: Entitlement, lasts_s: float) -> None:
        """Another period is paid, or (with nothing or less) the subscription ends now."""
        bought.ends_at = self.clock.now() + lasts_s
        self.gateway.tell("ENTITLEMENT_UPDATE", self.world.entitlement_payload(bought))

    def refund(self, bought: Entitlement) -> None:
        """The purchase is taken back."""
        bought.deleted = True
        self.gateway.tell("ENTITLEMENT_DELETE", self.world.entitlement_payload(bought))

    def advance(self, seconds: float) -> None:
        """Move the server's clock on."""
        self.clock.advance(seconds)
        self._changed()

    # What a test reads.

    @property
    def calls(self) -> list[Call]:
        """Every request to the REST API."""
        return self.rest.calls

    def refusals(self, *, planned: bool = False) -> list[Call]:
        """Requests that were refused; `planned` includes those that a fault refused."""
        return [call for call in self.calls if call.status >= 400 and (planned or not call.fault)]

    @property
    def interacted(self) -> list[Interaction]:
        """All interactions."""
        return list(self.interactions.all.values())

    def said(self, channel: Channel) -> list[Message]:
        """The bot's messages in a channel that are there and finished, oldest first."""
        mine = [message for message in channel.messages.values() if message.author is self.world.bot]
        return sorted((m for m in mine if not m.deleted and not m.loading), key=lambda message: message.id)

    def transcript(self, channel: Channel) -> list[JSON]:
        """Every message of a channel with everything it ever looked like."""
        return [
            {
                "versions": [*message.versions, self.world.message_payload(message, nested=True)],
                "deleted": message.deleted,
            }
            for message in channel.messages.values()
        ]

    def render_html(self, channel: Channel, viewer: User | None = None) -> str:
        """A channel as a page."""
        return render(channel, viewer)

    async def wait_for(self, what: Callable[[], T | None], timeout_s: float = 10) -> T:
        """Wait until `what` returns something true, and return that."""
        async with asyncio.timeout(timeout_s):
            while not (found := what()):
                self._change.clear()
                # Not everything that can change is announced: look now and then as well.
                await _wait(self._change, 0.05)
        return found

    async def connected(self, count: int = 1) -> None:
        """Wait until the bot's sessions are there."""
        await self.wait_for(lambda: sum(s.socket is not None for s in self.gateway.sessions.values()) >= count)

    def _changed(self) -> None:
        self._change.set()


async def _wait(event: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), at_most_s)
    except TimeoutError:
        return
