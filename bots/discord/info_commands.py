"""The commands around the photos: quota, settings, help and what is kept."""

from typing import TYPE_CHECKING, Any, Literal

from discord import app_commands

from magicmemory.bots.discord.erasure import ask_to_erase
from magicmemory.bots.discord.i18n import Percent, Word, given, model_choices, scope_choices
from magicmemory.bots.discord.responses import acknowledge, answer
from magicmemory.bots.discord.senders import Interaction, sender_of
from magicmemory.core.preferences import Preferences

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

# What /help lists: each with the keys of its name and of what it does.
LISTED = (
    ("discord-name-restore", "discord-about-restore"),
    ("discord-name-quota", "discord-about-quota"),
    ("discord-name-settings", "discord-about-settings"),
    ("discord-name-cancel", "discord-about-cancel"),
    ("discord-name-premium", "discord-about-premium"),
    ("discord-name-unlock", "discord-about-unlock"),
    ("discord-name-privacy", "discord-about-privacy"),
    ("discord-name-erase", "discord-about-erase"),
    ("discord-name-help", "discord-about-help"),
)


def add_asides(client: "MagicClient", word: Word) -> None:
    """Put these commands into the client's tree."""
    _add_quota(client, word)
    _add_settings(client, word)
    _add_help(client, word)
    _add_privacy(client, word)


def _add_quota(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-quota"), description=word("discord-about-quota"))
    async def quota(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        sender = sender_of(interaction)
        language = await client.ctx.language(sender)
        await answer(interaction, client.ctx.service.sentences.quota(language, await client.ctx.service.quota(sender)))


def _add_settings(client: "MagicClient", word: Word) -> None:
    texts = client.ctx.service.texts
    languages = [app_commands.Choice(name=texts.say(code, "language-name"), value=code) for code in texts.languages]

    @client.tree.command(name=word("discord-name-settings"), description=word("discord-about-settings"))
    @app_commands.rename(
        model=word("discord-name-model"),
        strength=word("discord-name-strength"),
        fidelity=word("discord-name-fidelity"),
        upscale=word("discord-name-upscale"),
        scope=word("discord-name-scope"),
        language=word("discord-name-language"),
    )
    @app_commands.describe(
        model=word("discord-about-model"),
        strength=word("discord-about-strength"),
        fidelity=word("discord-about-fidelity"),
        upscale=word("discord-about-upscale"),
        scope=word("discord-about-scope"),
        language=word("discord-about-language"),
    )
    @app_commands.choices(scope=scope_choices(word), language=languages)
    async def settings(
        interaction: Interaction,
        model: str | None = None,
        strength: Percent | None = None,
        fidelity: Percent | None = None,
        upscale: Literal[1, 2, 4] | None = None,
        scope: str | None = None,
        language: str | None = None,
    ) -> None:
        await acknowledge(interaction, private=True)
        sender, ctx = sender_of(interaction), client.ctx
        chosen = given(
            model=model, strength=strength, fidelity=fidelity, upscale=upscale, scope=scope, language=language
        )
        if chosen:
            await ctx.service.choose(sender, **chosen)
        preferences = await ctx.service.preferences(sender)
        await answer(interaction, _settings_text(client, await ctx.language(sender), preferences))

    settings.autocomplete("model")(model_choices(client))


def _settings_text(client: "MagicClient", language: str, chosen: Preferences) -> str:
    automatic = client.ctx.say(language, "discord-automatic")
    values: dict[str, Any] = {
        "model": chosen.model,
        "strength": f"{chosen.strength:.0%}",
        "fidelity": automatic if chosen.fidelity is None else f"{chosen.fidelity:.0%}",
        "upscale": chosen.upscale,
        "scope": client.ctx.say(language, f"discord-scope-{chosen.scope}"),
        "spoken": client.ctx.say(chosen.language, "language-name") if chosen.language else automatic,
    }
    return client.ctx.say(language, "discord-settings", **values)


def _add_help(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-help"), description=word("discord-about-help"))
    async def help_(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        ctx = client.ctx
        language = await ctx.language(sender_of(interaction))
        # Commands are named as the person's Discord names them, whatever language they are described in.
        named = (
            interaction.locale.value if interaction.locale.value.split("-")[0] in ctx.service.texts.languages else "en"
        )
        lines = [f"/{ctx.say(named, name)} – {ctx.say(language, about)}" for name, about in LISTED]
        text = "\n".join([ctx.service.sentences.help(language), "", *lines, "", ctx.say(language, "discord-help-more")])
        await answer(interaction, text)


def _add_privacy(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-privacy"), description=word("discord-about-privacy"))
    async def privacy(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        language = await client.ctx.language(sender_of(interaction))
        hours = round(client.ctx.service.settings.photo_retention_hours)
        await answer(interaction, client.ctx.say(language, "discord-privacy", hours=hours))

    @client.tree.command(name=word("discord-name-erase"), description=word("discord-about-erase"))
    async def erase(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        await ask_to_erase(client.ctx, interaction)
