"""The commands that restore photos, and the one that drops them."""

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from magicmemory.bots.discord.admin import add_admin
from magicmemory.bots.discord.context import TextReply
from magicmemory.bots.discord.i18n import Percent, Word, given, model_choices, scope_choices, words
from magicmemory.bots.discord.info_commands import add_asides
from magicmemory.bots.discord.reply_target import ReplyTarget
from magicmemory.bots.discord.responses import acknowledge, answer
from magicmemory.bots.discord.senders import Interaction, sender_of
from magicmemory.bots.discord.shop import add_shop
from magicmemory.core.errors import Cancelled
from magicmemory.core.report import Failure

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient


def add_commands(client: "MagicClient") -> None:
    """Put every command into the client's tree."""
    word = words(client.ctx.service.texts)
    _add_restore(client, word)
    _add_menu(client, word)
    _add_cancel(client, word)
    add_asides(client, word)
    add_shop(client, word)
    if client.ctx.service.settings.discord_admins:
        add_admin(client, word)


def _add_restore(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-restore"), description=word("discord-about-restore"))
    @app_commands.rename(
        photo=word("discord-name-photo"),
        model=word("discord-name-model"),
        strength=word("discord-name-strength"),
        fidelity=word("discord-name-fidelity"),
        upscale=word("discord-name-upscale"),
        scope=word("discord-name-scope"),
        private=word("discord-name-private"),
    )
    @app_commands.describe(
        photo=word("discord-about-photo"),
        model=word("discord-about-model"),
        strength=word("discord-about-strength"),
        fidelity=word("discord-about-fidelity"),
        upscale=word("discord-about-upscale"),
        scope=word("discord-about-scope"),
        private=word("discord-about-private"),
    )
    @app_commands.choices(scope=scope_choices(word))
    async def restore(
        interaction: Interaction,
        photo: discord.Attachment,
        model: str | None = None,
        strength: Percent | None = None,
        fidelity: Percent | None = None,
        upscale: Literal[1, 2, 4] | None = None,
        scope: str | None = None,
        private: bool = False,
    ) -> None:
        changes = given(model=model, strength=strength, fidelity=fidelity, upscale=upscale, scope=scope)
        await client.intake.command(interaction, [photo], changes, private=private)

    restore.autocomplete("model")(model_choices(client))


def _add_menu(client: "MagicClient", word: Word) -> None:
    @client.tree.context_menu(name=word("discord-menu-restore"))
    async def restore_faces(interaction: Interaction, message: discord.Message) -> None:
        await client.intake.command(interaction, message.attachments, {}, private=False)


def _add_cancel(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-cancel"), description=word("discord-about-cancel"))
    async def cancel(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        ctx, sender = client.ctx, sender_of(interaction)
        language = await ctx.language(sender)
        dropped = await ctx.service.cancel(sender)
        await answer(interaction, ctx.say(language, "cancelled"))
        content = TextReply(ctx.service.sentences.failure(language, Failure.of(Cancelled())))
        for job in dropped:
            await client.progress_messages.stop(job.id)
            await ctx.change(ReplyTarget.of(job.context), content)
