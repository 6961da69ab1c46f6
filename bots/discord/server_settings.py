"""`/server-settings`: what the administrators of a server decide for everybody who asks there."""

from typing import Any

import discord
from discord import app_commands

from magicmemory.bots.discord.command_registration import Word
from magicmemory.bots.discord.commands import given, scope_choices
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.interactions import Interaction, acknowledge, answer, sender_of
from magicmemory.core.groups import MOST_PER_DAY, GroupSettings, WhoMayAsk
from magicmemory.core.job import Platform

OWN = "own"  # the choice of no scope

Tree = app_commands.CommandTree[Any]
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
