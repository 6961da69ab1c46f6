"""Slash commands and the message menu. `intake.py` takes their photos in."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from magicmemory.bots.discord.buttons import ask_to_erase
from magicmemory.bots.discord.context import BotContext, ReplyTarget, TextReply
from magicmemory.bots.discord.errors import UNCERTAIN, NotAnswered
from magicmemory.bots.discord.intake import Intake
from magicmemory.bots.discord.interactions import Interaction, PhotoRequest, acknowledge, answer, sender_of
from magicmemory.bots.discord.messages import files_of, recorded_files
from magicmemory.bots.texts import FALLBACK, Texts
from magicmemory.core.errors import Cancelled
from magicmemory.core.job import Platform
from magicmemory.core.options import AUTO, Scope
from magicmemory.core.preferences import Preferences
from magicmemory.core.report import Failure

log = logging.getLogger(__name__)

Percent = app_commands.Range[int, 0, 100]
MOST_CHOICES: Final = 25  # Discord's limit
# The options of /restore, by the keys of their names.
OPTIONS: Final = ("model", "strength", "fidelity", "upscale", "scope", "private")
FILE: Final = "discord-commands.json"  # remembers the registered commands

Word = Callable[[str], locale_str]
Tree = app_commands.CommandTree[Any]


def add_commands(tree: Tree, ctx: BotContext, intake: Intake, word: Word) -> None:
    """Add the commands for everybody to the tree."""
    _add_restore(tree, ctx, intake, word)
    _add_menu(tree, intake, word)
    _add_cancel(tree, ctx, word)
    _add_quota(tree, ctx, word)
    _add_settings(tree, ctx, word)
    _add_help(tree, ctx, word)
    _add_privacy(tree, ctx, word)


async def resume(ctx: BotContext, intake: Intake, record: dict[str, Any]) -> None:
    """Do what a command about photos says that an earlier process received; `record` is from the journal.

    Raises:
        KeyError, ValueError: the record is incomplete.
    """
    data = record["data"]
    files = recorded_files(data)
    named = {ctx.say(FALLBACK, f"discord-name-{option}"): option for option in OPTIONS}
    chosen = {named[option["name"]]: option["value"] for option in data.get("options", []) if option["name"] in named}
    private = bool(chosen.pop("private", False))
    await intake.resume(PhotoRequest.of_record(record, ctx.client, private=private), files, given(**chosen))


def _add_restore(tree: Tree, ctx: BotContext, intake: Intake, word: Word) -> None:
    @tree.command(name=word("discord-name-restore"), description=word("discord-about-restore"))
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
        await intake.command(interaction, [photo], changes, private=private)

    restore.autocomplete("model")(model_choices(ctx))


def _add_menu(tree: Tree, intake: Intake, word: Word) -> None:
    @tree.context_menu(name=word("discord-menu-restore"))
    async def restore_faces(interaction: Interaction, message: discord.Message) -> None:
        await intake.command(interaction, files_of(message), {}, private=False)


def _add_cancel(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-cancel"), description=word("discord-about-cancel"))
    async def cancel(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        sender = sender_of(interaction)
        language = await ctx.language(sender)
        text, dropped = await ctx.commands.cancel(sender, language)
        await answer(interaction, text)
        content = TextReply(ctx.service.sentences.failure(language, Failure.of(Cancelled())))
        for job in dropped:
            await ctx.progress.stop(job.id)
            with suppress(NotAnswered):  # the answer above has said so
                await ctx.change(ReplyTarget.of(job.context), content)


# What /help lists: the text keys of each command's name and description.
LISTED = (
    ("discord-name-restore", "discord-about-restore"),
    ("discord-name-quota", "discord-about-quota"),
    ("discord-name-settings", "discord-about-settings"),
    ("discord-name-server", "discord-about-server"),
    ("discord-name-cancel", "discord-about-cancel"),
    ("discord-name-premium", "discord-about-premium"),
    ("discord-name-unlock", "discord-about-unlock"),
    ("discord-name-privacy", "discord-about-privacy"),
    ("discord-name-terms", "discord-about-terms"),
    ("discord-name-erase", "discord-about-erase"),
    ("discord-name-help", "discord-about-help"),
)


def _add_quota(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-quota"), description=word("discord-about-quota"))
    async def quota(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        sender = sender_of(interaction)
        language = await ctx.language(sender)
        await answer(interaction, await ctx.commands.quota(sender, language))


def _add_settings(tree: Tree, ctx: BotContext, word: Word) -> None:
    texts = ctx.service.texts
    languages = [app_commands.Choice(name=texts.say(code, "language-name"), value=code) for code in texts.languages]

    @tree.command(name=word("discord-name-settings"), description=word("discord-about-settings"))
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
        sender = sender_of(interaction)
        chosen = given(
            model=model, strength=strength, fidelity=fidelity, upscale=upscale, scope=scope, language=language
        )
        if chosen:
            await ctx.service.choose(sender, **chosen)
        preferences = await ctx.service.preferences(sender)
        await answer(interaction, _settings_text(ctx, await ctx.language(sender), preferences))

    settings.autocomplete("model")(model_choices(ctx))


def _settings_text(ctx: BotContext, language: str, chosen: Preferences) -> str:
    automatic = ctx.say(language, "discord-automatic")
    values: dict[str, Any] = {
        "model": chosen.model,
        "strength": f"{chosen.strength:.0%}",
        "fidelity": automatic if chosen.fidelity is None else f"{chosen.fidelity:.0%}",
        "upscale": chosen.upscale,
        "scope": ctx.say(language, f"discord-scope-{chosen.scope}"),
        "spoken": ctx.say(chosen.language, "language-name") if chosen.language else automatic,
    }
    return ctx.say(language, "discord-settings", **values)


def _add_help(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-help"), description=word("discord-about-help"))
    async def help_(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        language = await ctx.language(sender_of(interaction))
        # Discord shows command names in its own language setting, not in the one chosen with /settings.
        named = (
            interaction.locale.value if interaction.locale.value.split("-")[0] in ctx.service.texts.languages else "en"
        )
        lines = [f"/{ctx.say(named, name)} – {ctx.say(language, about)}" for name, about in LISTED]
        text = "\n".join([ctx.commands.help(language), "", *lines, "", ctx.say(language, "discord-help-more")])
        await answer(interaction, text)


def _add_privacy(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-privacy"), description=word("discord-about-privacy"))
    async def privacy(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        language = await ctx.language(sender_of(interaction))
        await answer(interaction, ctx.commands.privacy(language, Platform.DISCORD))

    @tree.command(name=word("discord-name-terms"), description=word("discord-about-terms"))
    async def terms(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        language = await ctx.language(sender_of(interaction))
        await answer(interaction, ctx.commands.terms(language))

    @tree.command(name=word("discord-name-erase"), description=word("discord-about-erase"))
    async def erase(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        await ask_to_erase(ctx, interaction)


def given(**choices: Any) -> dict[str, Any]:
    """The choices that are not None, as options: percentages become fractions."""
    made = {name: value for name, value in choices.items() if value is not None}
    return {name: value / 100 if name in ("strength", "fidelity") else value for name, value in made.items()}


def scope_choices(word: Word) -> list[app_commands.Choice[str]]:
    """The choices of what to restore in a photo."""
    return [app_commands.Choice(name=word(f"discord-scope-{scope}"), value=scope.value) for scope in Scope]


def model_choices(ctx: BotContext) -> Callable[..., Any]:
    """An autocompletion for the models that people may choose."""

    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = [AUTO, *ctx.service.settings.offered_models]
        fitting = [name for name in dict.fromkeys(names) if typed.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=name) for name in fitting[:MOST_CHOICES]]

    return complete


async def sync_if_changed(tree: Tree, folder: Path) -> bool:
    """Register the commands if they changed since the last time; a file in `folder` remembers them. Whether it did."""
    application = str(tree.client.application_id)
    fingerprint = await _fingerprint(tree)
    file = folder / FILE
    known = await asyncio.to_thread(_read, file)
    if known.get(application) == fingerprint:
        return False
    try:
        commands = await tree.sync()
    except (discord.HTTPException, *UNCERTAIN) as error:
        # Buttons, messages and the commands of the last registration work nevertheless.
        log.error("Discord refuses the commands, which stay as they were until the next start: %s", error)
        return False
    await asyncio.to_thread(_write, file, {**known, application: fingerprint})
    log.info("Discord: %d commands are registered", len(commands))
    return True


async def _fingerprint(tree: Tree) -> str:
    translator = tree.translator
    payloads = []
    for command in _all(tree):
        if translator is None:
            payloads.append(command.to_dict(tree))
        else:
            payloads.append(await command.get_translated_payload(tree, translator))
    text = json.dumps([discord.__version__, payloads], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _all(tree: Tree) -> list[Any]:
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message)
    return [command for kind in kinds for command in tree.get_commands(type=kind)]


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(file: Path, known: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, indent=1))


def words(texts: Texts) -> Word:
    """A function that gives a text as a string that Discord shows in each person's language."""

    def word(key: str) -> locale_str:
        return locale_str(texts.say(FALLBACK, key), key=key)

    return word


class TextsTranslator(app_commands.Translator):
    """Translates a string by the text key among its extras."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The text in a language; None if there is none or it equals the string."""
        key = string.extras.get("key")
        language = locale.value.split("-")[0]
        if key is None or language == FALLBACK or language not in self._texts.languages:
            return None
        text = self._texts.say(language, key)
        return None if text == string.message else text
