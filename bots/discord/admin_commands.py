"""The commands of administrators: /admin, for the users and roles that the operator has set, which answers in English,
and /server-settings, where the administrators of a server decide for everybody who asks there.
"""

from typing import Any, Final

import discord
from discord import app_commands

from magicmemory.bots.common import admin
from magicmemory.bots.common.admin import LANGUAGE, LONGEST_GIFT
from magicmemory.bots.discord.commands import MOST_CHOICES, Word, given, scope_choices
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.interactions import Interaction, acknowledge, answer, explain, sender_of
from magicmemory.core.groups import MOST_PER_DAY, GroupSettings, WhoMayAsk
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


OWN = "own"  # the choice of no scope

PerDay = app_commands.Range[int, 0, MOST_PER_DAY]


def add_server_settings(tree: Tree, ctx: BotContext, word: Word) -> None:
    """Add the command. Discord offers it to those who may manage the server, and to whom they allow it."""
    texts = ctx.service.texts
    languages = [app_commands.Choice(name=texts.say(code, "language-name"), value=code) for code in texts.languages]
    scopes = [*scope_choices(word), app_commands.Choice(name=word("discord-scope-own"), value=OWN)]
    who_choices = [app_commands.Choice(name=word(f"discord-who-{who}"), value=who.value) for who in WhoMayAsk]

    @tree.command(name=word("discord-name-server"), description=word("discord-about-server"))
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(
        language=word("discord-name-language"),
        scope=word("discord-name-scope"),
        who=word("discord-name-who"),
        photos_per_day=word("discord-name-per-day"),
        results=word("discord-name-results"),
        where_asked=word("discord-name-where-asked"),
    )
    @app_commands.describe(
        language=word("discord-about-server-language"),
        scope=word("discord-about-server-scope"),
        who=word("discord-about-who"),
        photos_per_day=word("discord-about-per-day"),
        results=word("discord-about-results"),
        where_asked=word("discord-about-where-asked"),
    )
    @app_commands.choices(language=languages, scope=scopes, who=who_choices)
    async def server_settings(
        interaction: Interaction,
        language: str | None = None,
        scope: str | None = None,
        who: str | None = None,
        photos_per_day: PerDay | None = None,
        results: discord.TextChannel | None = None,
        where_asked: bool = False,
    ) -> None:
        await acknowledge(interaction, private=True)
        server = str(interaction.guild_id)
        spoken = await ctx.language(sender_of(interaction))
        if results is not None and (missing := _missing(results)) is not None:
            permission = ctx.say(spoken, missing)
            await answer(interaction, ctx.say(spoken, "discord-permission-missing", permission=permission))
            return
        chosen = given(language=language, who=who, photos_per_day=photos_per_day)
        if scope is not None:
            chosen["scope"] = None if scope == OWN else scope
        if results is not None or where_asked:
            chosen["results"] = "" if results is None else str(results.id)
        if chosen:
            await ctx.service.groups.choose(Platform.DISCORD, server, **chosen)
        settings = await ctx.service.groups.settings(Platform.DISCORD, server)
        await answer(interaction, _text(ctx, await ctx.language(sender_of(interaction), server), settings))


def _missing(channel: discord.TextChannel) -> str | None:
    """The text key of a permission that the bot lacks in the channel for results."""
    may = channel.permissions_for(channel.guild.me)
    if not may.send_messages:
        return "discord-permission-send-messages"
    return None if may.attach_files else "discord-permission-attach-files"


def _text(ctx: BotContext, language: str, settings: GroupSettings) -> str:
    values = {
        "spoken": ctx.say(settings.language or language, "language-name" if settings.language else "discord-automatic"),
        "scope": ctx.say(language, f"discord-scope-{settings.scope or OWN}"),
        "who": ctx.say(language, f"discord-who-{settings.who}"),
        "limit": settings.photos_per_day or ctx.say(language, "discord-no-limit"),
        "channel": f"<#{settings.results}>" if settings.results else ctx.say(language, "discord-where-asked"),
    }
    return ctx.say(language, "discord-server-settings", **values)
