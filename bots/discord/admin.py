"""Commands for the people and roles whose ids the operator has set."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from magicmemory.bots.discord.answering import acknowledge, answer
from magicmemory.bots.discord.people import Interaction, sender_of
from magicmemory.bots.discord.words import Word
from magicmemory.core.job import Platform, Sender

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient


def add_admin(client: "MagicClient", word: Word) -> None:
    """Put /admin into the client's tree."""
    group = app_commands.Group(
        name="admin",
        description=word("discord-admin-about"),
        # Not offered to members by default; the check below is what counts.
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
    )

    @group.command(name="stats", description=word("discord-admin-stats-about"))
    async def stats(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        language = await client.front.language(sender_of(interaction))
        if not _may(client, interaction):
            await answer(interaction, client.front.say(language, "discord-admin-not-for-you"))
            return
        waiting = await client.front.desk.queue.waiting()
        text = client.front.say(
            language,
            "discord-admin-stats",
            waiting=waiting,
            servers=len(client.guilds),
            shards=client.shard_count or 1,
            latency_ms=round(client.latency * 1000) if client.latency == client.latency else 0,
        )
        await answer(interaction, text)

    @group.command(name="quota", description=word("discord-admin-quota-about"))
    async def quota(interaction: Interaction, user: discord.User) -> None:
        await acknowledge(interaction, private=True)
        language = await client.front.language(sender_of(interaction))
        if not _may(client, interaction):
            await answer(interaction, client.front.say(language, "discord-admin-not-for-you"))
            return
        theirs = await client.front.desk.quota(Sender(platform=Platform.DISCORD, account=str(user.id)))
        await answer(interaction, client.front.desk.quota_text(language, theirs))

    client.tree.add_command(group)


def _may(client: "MagicClient", interaction: Interaction) -> bool:
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
    mine = {interaction.user.id, *(role.id for role in roles)}
    return bool(mine & set(client.front.desk.settings.discord_admins))
