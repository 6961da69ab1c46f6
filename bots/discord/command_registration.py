"""Registers commands with Discord, with names and descriptions in the languages of the texts.

Discord limits the registrations of a day, so commands are registered only after they changed.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from magicmemory.bots.discord.errors import UNCERTAIN
from magicmemory.bots.texts import FALLBACK, Texts

log = logging.getLogger(__name__)

Word = Callable[[str], locale_str]
FILE = "discord-commands.json"


async def sync_if_changed(tree: "app_commands.CommandTree[Any]", folder: Path) -> bool:
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


async def _fingerprint(tree: "app_commands.CommandTree[Any]") -> str:
    translator = tree.translator
    payloads = []
    for command in _all(tree):
        if translator is None:
            payloads.append(command.to_dict(tree))
        else:
            payloads.append(await command.get_translated_payload(tree, translator))
    text = json.dumps([discord.__version__, payloads], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _all(tree: "app_commands.CommandTree[Any]") -> list[Any]:
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
