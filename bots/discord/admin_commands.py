"""/admin, for the users and roles that the operator has set. It answers in English."""

from typing import Any, Final

import discord
from discord import app_commands

from magicmemory.bots.common import admin
from magicmemory.bots.common.admin import LANGUAGE, LONGEST_GIFT
from magicmemory.bots.discord.command_registration import Word
from magicmemory.bots.discord.commands import MOST_CHOICES
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.interactions import Interaction, acknowledge, answer, explain
from magicmemory.core.job import Platform, Sender

Tree = app_commands.CommandTree[Any]
Number = app_commands.Range[int, 1, LONGEST_GIFT]
LONGEST_MESSAGE: Final = 2000  # characters, Discord's limit


class Admin(app_commands.Group):
    """/admin. The library calls `interaction_check` before each of its commands."""

    def __init__(self, ctx: BotContext, word: Word) -> None:
        super().__init__(
            name="admin",
            description=word("discord-admin-about"),
            # Members do not see it by default; `interaction_check` decides.
            default_permissions=discord.Permissions(manage_guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        )
        self._ctx = ctx

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether an administrator asks. Everybody else is told that the command is not for them."""
        try:
            await acknowledge(interaction, private=True)
            roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
            if {interaction.user.id, *(role.id for role in roles)} & set(self._ctx.service.settings.discord_admins):
                return True
            await answer(interaction, self._ctx.say(LANGUAGE, "discord-admin-not-for-you"))
        except Exception as error:  # the library does not pass errors of checks to `on_error`
            await explain(self._ctx, interaction, error)
        return False


def add_admin(tree: Tree, ctx: BotContext, word: Word) -> None:
    """Put /admin into the tree."""
    group = Admin(ctx, word)
    _add_stats(ctx, group, word)
    _add_lookups(ctx, group, word)
    _add_gift(ctx, group, word)
    _add_bans(ctx, group, word)
    tree.add_command(group)


def _add_stats(ctx: BotContext, group: Admin, word: Word) -> None:
    @group.command(name="stats", description=word("discord-admin-stats-about"))
    async def stats(interaction: Interaction) -> None:
        service = ctx.service
        servers = ctx.say(
            LANGUAGE, "discord-admin-servers", servers=len(ctx.client.guilds), shards=ctx.client.shard_count or 1
        )
        parts = [await admin.stats_text(service), servers, admin.version_text(service)]
        await answer(interaction, "\n".join(parts))


def _add_lookups(ctx: BotContext, group: Admin, word: Word) -> None:
    @group.command(name="quota", description=word("discord-admin-quota-about"))
    async def quota(interaction: Interaction, user: discord.User) -> None:
        await answer(interaction, await admin.quota_text(ctx.service, _sender(user)))

    @group.command(name="user", description=word("discord-admin-user-about"))
    async def user_(interaction: Interaction, user: discord.User) -> None:
        text = await admin.user_text(ctx.service, _sender(user))
        await answer(interaction, text[:LONGEST_MESSAGE])


def _add_gift(ctx: BotContext, group: Admin, word: Word) -> None:
    @group.command(name="gift", description=word("discord-admin-gift-about"))
    async def gift(interaction: Interaction, user: discord.User, plan: str, number: Number | None = None) -> None:
        text = await admin.give(ctx.service, _sender(user), plan, str(number or ""))
        await answer(interaction, text)

    @gift.autocomplete("plan")
    async def plans(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = [name for name in ctx.service.plans.paid if typed.lower() in name]
        return [app_commands.Choice(name=name, value=name) for name in names[:MOST_CHOICES]]


def _add_bans(ctx: BotContext, group: Admin, word: Word) -> None:
    @group.command(name="ban", description=word("discord-admin-ban-about"))
    async def ban(interaction: Interaction, user: discord.User, reason: str = "") -> None:
        await admin.ban(ctx.service, _sender(user), reason)
        await answer(interaction, ctx.say(LANGUAGE, "discord-admin-banned", name=user.name))

    @group.command(name="unban", description=word("discord-admin-unban-about"))
    async def unban(interaction: Interaction, user: discord.User) -> None:
        await admin.unban(ctx.service, _sender(user))
        await answer(interaction, ctx.say(LANGUAGE, "discord-admin-unbanned", name=user.name))


def _sender(user: discord.User) -> Sender:
    return Sender(platform=Platform.DISCORD, account=str(user.id))
