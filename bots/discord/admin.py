"""Commands for the people and roles whose ids the operator has set. They speak the operator's language: English."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from magicmemory.bots.discord.answering import acknowledge, answer
from magicmemory.bots.discord.people import Interaction
from magicmemory.bots.discord.words import Word
from magicmemory.bots.texts import FALLBACK
from magicmemory.core.job import JobState, Platform, Sender

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient


class Admin(app_commands.Group):
    """/admin, which the library checks before each of its commands."""

    def __init__(self, client: "MagicClient", word: Word) -> None:
        super().__init__(
            name="admin",
            description=word("discord-admin-about"),
            # Not shown to members by default; the check is what counts.
            default_permissions=discord.Permissions(manage_guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        )
        self._client = client

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether an administrator asks; everybody else is told that this is not for them."""
        await acknowledge(interaction, private=True)
        roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
        theirs = {interaction.user.id, *(role.id for role in roles)}
        if theirs & set(self._client.front.desk.settings.discord_admins):
            return True
        await answer(interaction, self._client.front.say(FALLBACK, "discord-admin-not-for-you"))
        return False


def add_admin(client: "MagicClient", word: Word) -> None:
    """Put /admin into the client's tree."""
    group = Admin(client, word)
    _add_stats(client, group, word)
    _add_quota(client, group, word)
    _add_bans(client, group, word)
    client.tree.add_command(group)


def _add_stats(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="stats", description=word("discord-admin-stats-about"))
    async def stats(interaction: Interaction) -> None:
        desk = client.front.desk
        today = await desk.ledger.today(Platform.DISCORD)
        text = client.front.say(
            FALLBACK,
            "discord-admin-stats",
            waiting=await desk.queue.waiting(),
            delivered=today.jobs.get(JobState.DELIVERED, 0),
            failed=today.jobs.get(JobState.FAILED, 0),
            cancelled=today.jobs.get(JobState.CANCELLED, 0),
            people=today.people,
            servers=len(client.guilds),
            shards=client.shard_count or 1,
        )
        await answer(interaction, text)


def _add_quota(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="quota", description=word("discord-admin-quota-about"))
    async def quota(interaction: Interaction, user: discord.User) -> None:
        theirs = await client.front.desk.quota(_sender(user))
        await answer(interaction, client.front.desk.quota_text(FALLBACK, theirs))


def _add_bans(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="ban", description=word("discord-admin-ban-about"))
    async def ban(interaction: Interaction, user: discord.User) -> None:
        await client.front.desk.people.ban(_sender(user), banned=True)
        await answer(interaction, client.front.say(FALLBACK, "discord-admin-banned", name=user.name))

    @group.command(name="unban", description=word("discord-admin-unban-about"))
    async def unban(interaction: Interaction, user: discord.User) -> None:
        await client.front.desk.people.ban(_sender(user), banned=False)
        await answer(interaction, client.front.say(FALLBACK, "discord-admin-unbanned", name=user.name))


def _sender(user: discord.User) -> Sender:
    return Sender(platform=Platform.DISCORD, account=str(user.id))
