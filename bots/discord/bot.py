"""The Discord bot as a process: connection, events, and an orderly end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

import discord
from discord import app_commands

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.progress import ProgressTasks
from magicmemory.bots.common.reminders import send_reminders
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.discord import buttons, commands
from magicmemory.bots.discord.admin_commands import add_admin, add_server_settings
from magicmemory.bots.discord.buttons import EraseButton, PhotoButton
from magicmemory.bots.discord.commands import TextsTranslator, sync_if_changed, words
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.errors import UNCERTAIN, NotAnswered, skip_unreadable_events
from magicmemory.bots.discord.intake import Intake, ReminderButton, resume_reminder
from magicmemory.bots.discord.interactions import explain
from magicmemory.bots.discord.messages import Messages
from magicmemory.bots.discord.replies import DiscordReplier
from magicmemory.bots.discord.request_journal import InFlight, RequestJournal
from magicmemory.bots.discord.shop import Entitlements, add_shop
from magicmemory.bots.service import BotService
from magicmemory.core.errors import OperatorError
from magicmemory.core.job import Platform, Sender
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import BadSettings, Settings

log = logging.getLogger(__name__)

Ready = Callable[[str], None]

# How often the bot looks for unfinished requests, and how old they must be: a healthy process needs seconds for one.
RESUME_EVERY_S: Final = 15.0
RESUME_AFTER: Final = timedelta(seconds=45)


class Tree(app_commands.CommandTree["MagicClient"]):
    """The commands. A shutdown waits for those that run, and the person is told about errors."""

    async def interaction_check(self, interaction: discord.Interaction["MagicClient"], /) -> bool:
        """Count a command that starts; `on_app_command_completion` and `on_error` end the count."""
        if interaction.type is discord.InteractionType.application_command:
            self.client.in_flight.begin(interaction.id)
        return True

    async def on_error(
        self, interaction: discord.Interaction["MagicClient"], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person what went wrong."""
        try:
            if not isinstance(error, app_commands.CheckFailure):  # the check itself has told them
                await explain(self.client.ctx, interaction, error)
        except NotAnswered as unreachable:
            log.warning("%s", unreachable)
        finally:
            self.client.in_flight.end(interaction.id)


class MagicClient(discord.AutoShardedClient):
    """The bot. It needs no privileged intent: commands, direct messages and mentions work without."""

    def __init__(self, service: BotService) -> None:
        shards = service.settings.discord_shards or None
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        # Old messages are not needed, so none are kept in memory.
        super().__init__(intents=intents, shard_count=shards, max_messages=None)
        skip_unreadable_events(self, lambda: service.metrics.unreadable(Platform.DISCORD))
        self.ctx = BotContext(service, Commands(service), self, ProgressTasks(service))
        self.in_flight = InFlight()
        self.journal = RequestJournal(service.pending_requests, self.in_flight)
        self.intake = Intake(self.ctx, self.journal)
        self.messages = Messages(self.ctx, self.intake, self.journal)
        self.purchases = Entitlements(self.ctx, self.in_flight)
        self.online = asyncio.Event()
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def setup_hook(self) -> None:
        """Register buttons, and commands if they changed. The library calls it once, after login."""
        self.add_dynamic_items(PhotoButton, EraseButton, ReminderButton)
        await self.tree.set_translator(TextsTranslator(self.ctx.service.texts))
        word = words(self.ctx.service.texts)
        commands.add_commands(self.tree, self.ctx, self.intake, word)
        add_shop(self.tree, self.ctx, word)
        add_server_settings(self.tree, self.ctx, word)
        if self.ctx.service.settings.discord_admins:
            add_admin(self.tree, self.ctx, word)
        await sync_if_changed(self.tree, self.ctx.service.settings.data_dir)

    async def on_ready(self) -> None:
        """Connected, and all servers are known."""
        self.online.set()
        self.purchases.request_comparison()
        log.info("Discord: %s in %d servers, %s shards", self.user, len(self.guilds), self.shard_count)

    async def on_message(self, message: discord.Message) -> None:
        """A message that may hold a photo."""
        if message.author.bot or self.user is None:
            return
        with self.in_flight:
            try:
                await self.messages.received(message, self.user.id)
            except NotAnswered as unreachable:
                log.warning("message %d: %s", message.id, unreachable)

    async def on_app_command_completion(self, interaction: discord.Interaction, command: object) -> None:
        """A command has finished without an error."""
        self.in_flight.end(interaction.id)

    async def resume(self) -> None:
        """Finish the requests that an earlier process left unfinished, and those whose senders could not be answered.

        Runs until cancelled.
        """
        await self.online.wait()
        min_age = timedelta()  # the earlier process has ended, so nobody works on its requests
        while True:
            with self.in_flight:
                for record in await self.journal.unfinished(self.application_id or 0, min_age):
                    await self._resume(record)
            min_age = RESUME_AFTER
            await asyncio.sleep(RESUME_EVERY_S)

    async def remind(self) -> None:
        """Tell people that their free photo is back, once connected; runs until cancelled."""
        await self.online.wait()
        await send_reminders(self.ctx.service, Platform.DISCORD, self._tell)

    async def _tell(self, sender: Sender, text: str) -> None:
        """Write to somebody in a direct message."""
        channel = await self.create_dm(discord.Object(int(sender.account)))
        await channel.send(text)

    async def _resume(self, record: dict[str, Any]) -> None:
        request = str(record["id"])
        log.info("request %s is resumed", request)
        try:
            if "type" not in record:
                await self.messages.resume(record)
            elif record["type"] == discord.InteractionType.component.value:
                if not await resume_reminder(self.ctx, record):
                    await buttons.resume(self.ctx, record)
            else:
                await commands.resume(self.ctx, self.intake, record)
        except (NotAnswered, *UNCERTAIN) as unreachable:
            log.warning("request %s waits: %s", request, unreachable)
            self.journal.leave(request)
            return
        except Exception:  # a record that cannot be read must not hold up the others
            log.exception("request %s could not be resumed", request)
        await self.journal.remove(request)

    async def on_entitlement_create(self, entitlement: discord.Entitlement) -> None:
        """Somebody bought something."""
        await self.purchases.event(entitlement)

    async def on_entitlement_update(self, entitlement: discord.Entitlement) -> None:
        """A subscription was renewed, or ends."""
        await self.purchases.event(entitlement)

    async def on_entitlement_delete(self, entitlement: discord.Entitlement) -> None:
        """A purchase was taken back."""
        await self.purchases.event(entitlement, taken_back=True)


async def serve(
    settings: Settings,
    redis_url: str,
    stop: asyncio.Event,
    ready: Ready | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Run the bot until `stop` is set.

    Args:
        settings: the operator's choices.
        redis_url: where the queues are.
        stop: set to shut down; requests in progress are finished first.
        ready: called with one line once the bot is connected.
        metrics: where to count; None counts into metrics of its own.

    Raises:
        BadSettings: there is no token, or Discord refuses it.
        OperatorError: Discord refuses the connection for another reason, which the operator must correct.
    """
    if settings.discord_token is None:
        raise BadSettings(
            "MAGIC_DISCORD_TOKEN is not set: make a bot at https://discord.com/developers and put its token there."
        )
    async with open_service(settings, redis_url, metrics) as service:
        client = MagicClient(service)
        async with client:
            await _log_in(client, settings.discord_token.get_secret_value())
            replier = DiscordReplier(client.ctx)
            await _run(client, send_replies(service, Platform.DISCORD, replier, redis_url, stop), stop, ready)


async def _log_in(client: MagicClient, token: str) -> None:
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise BadSettings(
            "MAGIC_DISCORD_TOKEN is refused by Discord: copy the bot's token from https://discord.com/developers again."
        ) from None


async def _run(
    client: MagicClient, replies: Coroutine[Any, Any, None], stop: asyncio.Event, ready: Ready | None
) -> None:
    connection = asyncio.create_task(_connect(client))
    # Replies are sent until the end, while the connection is still open.
    delivery = asyncio.create_task(replies)
    reporting = asyncio.create_task(_report_ready(client, ready))
    background = [
        asyncio.create_task(client.purchases.run()),
        asyncio.create_task(client.resume()),
        asyncio.create_task(client.remind()),
    ]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connection, delivery, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done() and not stop.is_set():
            connection.result()
            raise OperatorError(
                "Discord closed the connection and does not allow another one. See the log for the reason."
            )
        stop.set()
        await client.in_flight.idle()
        for waiting in background:
            waiting.cancel()  # at once: no request is in progress
        await delivery
    finally:
        stop.set()
        await client.ctx.progress.close()
        await client.close()
        tasks = [connection, delivery, reporting, stopping, *background]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _connect(client: MagicClient) -> None:
    try:
        await client.connect(reconnect=True)
    except discord.PrivilegedIntentsRequired as error:
        raise OperatorError("Discord refuses the bot's intents, though none of them is privileged.") from error
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise BadSettings(
                "MAGIC_DISCORD_TOKEN is no longer accepted by Discord: set the bot's new token."
            ) from None
        if error.code == 4011:
            raise OperatorError(
                "The bot is in too many servers for one connection: set MAGIC_DISCORD_SHARDS=0."
            ) from None
        raise


async def _report_ready(client: MagicClient, ready: Ready | None) -> None:
    await client.online.wait()
    if ready is not None:
        ready(f"Discord as {client.user}, {len(client.guilds)} servers")
