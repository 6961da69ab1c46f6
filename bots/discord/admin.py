"""Commands for the people and roles whose ids the operator has set. They speak the operator's language: English."""

from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands

from magicmemory.bots.common import admin
from magicmemory.bots.common.admin import LANGUAGE, LONGEST_GIFT
from magicmemory.bots.discord.i18n import MOST_CHOICES, Word
from magicmemory.bots.discord.responses import acknowledge, answer
from magicmemory.bots.discord.senders import Interaction
from magicmemory.core.job import Platform, Sender

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

Number = app_commands.Range[int, 1, LONGEST_GIFT]
LONGEST_MESSAGE: Final = 2000  # letters, which Discord takes


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
        if theirs & set(self._client.ctx.service.settings.discord_admins):
            return True
        await answer(interaction, self._client.ctx.say(LANGUAGE, "discord-admin-not-for-you"))
        return False


def add_admin(client: "MagicClient", word: Word) -> None:
    """Put /admin into the client's tree."""
    group = Admin(client, word)
    _add_stats(client, group, word)
    _add_lookups(client, group, word)
    _add_gift(client, group, word)
    _add_bans(client, group, word)
    client.tree.add_command(group)


def _add_stats(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="stats", description=word("discord-admin-stats-about"))
    async def stats(interaction: Interaction) -> None:
        service = client.ctx.service
        servers = client.ctx.say(
            LANGUAGE, "discord-admin-servers", servers=len(client.guilds), shards=client.shard_count or 1
        )
        parts = [await admin.stats_text(service), servers, admin.version_text(service)]
        await answer(interaction, "\n".join(parts))


def _add_lookups(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="quota", description=word("discord-admin-quota-about"))
    async def quota(interaction: Interaction, user: discord.User) -> None:
        await answer(interaction, await admin.quota_text(client.ctx.service, _sender(user)))

    @group.command(name="user", description=word("discord-admin-user-about"))
    async def user_(interaction: Interaction, user: discord.User) -> None:
        text = await admin.user_text(client.ctx.service, _sender(user))
        await answer(interaction, text[:LONGEST_MESSAGE])


def _add_gift(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="gift", description=word("discord-admin-gift-about"))
    async def gift(interaction: Interaction, user: discord.User, plan: str, number: Number | None = None) -> None:
        text = await admin.give(client.ctx.service, _sender(user), plan, str(number or ""))
        await answer(interaction, text)

    @gift.autocomplete("plan")
    async def plans(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = [name for name in client.ctx.service.plans.paid if typed.lower() in name]
        return [app_commands.Choice(name=name, value=name) for name in names[:MOST_CHOICES]]


def _add_bans(client: "MagicClient", group: Admin, word: Word) -> None:
    @group.command(name="ban", description=word("discord-admin-ban-about"))
    async def ban(interaction: Interaction, user: discord.User, reason: str = "") -> None:
        await admin.ban(client.ctx.service, _sender(user), reason)
        await answer(interaction, client.ctx.say(LANGUAGE, "discord-admin-banned", name=user.name))

    @group.command(name="unban", description=word("discord-admin-unban-about"))
    async def unban(interaction: Interaction, user: discord.User) -> None:
        await admin.unban(client.ctx.service, _sender(user))
        await answer(interaction, client.ctx.say(LANGUAGE, "discord-admin-unbanned", name=user.name))


def _sender(user: discord.User) -> Sender:
    return Sender(platform=Platform.DISCORD, account=str(user.id))
