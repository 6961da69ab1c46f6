"""The connection to Discord: what arrives, and who takes care of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

import discord
from discord import app_commands

from magicmemory.bots.discord.buttons import PhotoButton
from magicmemory.bots.discord.command_sync import sync_if_changed
from magicmemory.bots.discord.commands import add_commands
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.entitlements import Entitlements
from magicmemory.bots.discord.erasure import EraseButton
from magicmemory.bots.discord.intake import Intake
from magicmemory.bots.discord.interaction_journal import InteractionJournal
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.bots.discord.responses import AGAIN, explain
from magicmemory.bots.discord.senders import Interaction, sender_of_message
from magicmemory.bots.discord.translator import TextsTranslator
from magicmemory.bots.service import BotService

log = logging.getLogger(__name__)

HANDS_S = 20.0


class InFlight:
    """Counts what is in hand, so that an orderly end can wait for it."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def idle(self, patience_s: float = HANDS_S) -> None:
        """Wait until nothing is in hand, but no longer than that."""
        try:
            await asyncio.wait_for(self._idle.wait(), patience_s)
        except TimeoutError:
            log.warning("%d requests were still in hand", self._count)


class Tree(app_commands.CommandTree["MagicClient"]):
    """Our commands; what goes wrong in one becomes a sentence."""

    async def _call(self, interaction: discord.Interaction["MagicClient"]) -> None:
        # The library has no public place around a whole command, its checks and its error handler.
        async with self.client.attending(interaction):
            try:
                await super()._call(interaction)
            except app_commands.AppCommandError:
                raise  # comes back to `on_error`
            except Exception as error:  # from a check: the library turns only commands' own into its errors
                await explain(self.client.ctx, interaction, error)

    async def on_error(
        self, interaction: discord.Interaction["MagicClient"], error: app_commands.AppCommandError, /
    ) -> None:
        """Say what went wrong."""
        await explain(self.client.ctx, interaction, error)


class MagicClient(discord.AutoShardedClient):
    """The bot. It asks for no privileged intent: commands, direct messages and mentions need none."""

    def __init__(self, service: BotService) -> None:
        shards = service.settings.discord_shards or None
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        # Nothing here reads old messages: none are kept.
        super().__init__(intents=intents, shard_count=shards, max_messages=None)
        self.ctx = BotContext(service, self)
        self.progress_messages = ProgressMessages(self.ctx)
        self.intake = Intake(self.ctx, self.progress_messages)
        self.purchases = Entitlements(self)
        self.in_flight = InFlight()
        self.journal = InteractionJournal(self)
        self.online = asyncio.Event()
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def setup_hook(self) -> None:
        """Once after login: the buttons, and the commands where they changed."""
        self.add_dynamic_items(PhotoButton, EraseButton)
        await self.tree.set_translator(TextsTranslator(self.ctx.service.texts))
        add_commands(self)
        await sync_if_changed(self.tree, self.ctx.service.settings.data_dir)

    async def on_ready(self) -> None:
        """Connected and told of all servers."""
        self.online.set()
        self.purchases.look()
        log.info("Discord: %s in %d servers, %s shards", self.user, len(self.guilds), self.shard_count)

    async def on_message(self, message: discord.Message) -> None:
        """A photo in a direct message, or with a mention of the bot."""
        if message.author.bot or self.user is None:
            return
        mentioned = f"<@{self.user.id}>" in message.content
        if message.guild is not None and not mentioned:
            return
        attachments = [*message.attachments]
        if mentioned and not attachments:
            attachments = _attachments_replied_to(message)
        with self.in_flight:
            try:
                if attachments:
                    await self.intake.message(message, attachments)
                else:
                    await self._explain_itself(message)
            except Exception:
                log.exception("message %d failed", message.id)

    async def take_up(self) -> None:
        """Once connected, go on with what an earlier process had in hand."""
        await self.online.wait()
        with self.in_flight:
            await self.journal.take_up()

    @asynccontextmanager
    async def attending(self, interaction: Interaction) -> AsyncIterator[None]:
        """Have an interaction in hand. Whoever ends this process before it is done leaves it to the next one."""
        if self.journal.is_told_again(interaction):
            interaction.extras[AGAIN] = True
        failed: Exception | None = None
        with self.in_flight:
            try:
                yield
            except Exception as error:
                failed = error
            await self.journal.done(interaction)
        if failed is not None:
            raise failed

    async def on_entitlement_create(self, entitlement: discord.Entitlement) -> None:
        """Somebody bought something."""
        await self.purchases.told(entitlement)

    async def on_entitlement_update(self, entitlement: discord.Entitlement) -> None:
        """A subscription was renewed, or ends."""
        await self.purchases.told(entitlement)

    async def on_entitlement_delete(self, entitlement: discord.Entitlement) -> None:
        """A purchase was taken back."""
        await self.purchases.told(entitlement, taken_back=True)

    async def _explain_itself(self, message: discord.Message) -> None:
        language = await self.ctx.language(sender_of_message(message))
        text = self.ctx.say(language, "restore-howto")
        if message.reference is not None:
            # Whoever replies to a photo wants that one; but Discord shows us other people's messages only by the menu.
            text = f"{text} {self.ctx.say(language, 'discord-help-more')}"
        await self.intake.say(message, text)


def _attachments_replied_to(message: discord.Message) -> list[discord.Attachment]:
    """What the message that this one replies to carries, as far as Discord shows it to us."""
    replied = message.reference.resolved if message.reference is not None else None
    return [*replied.attachments] if isinstance(replied, discord.Message) else []
