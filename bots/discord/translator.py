"""Names and descriptions of commands in the languages of the texts."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from magicmemory.bots.texts import FALLBACK, Texts


class TextsTranslator(app_commands.Translator):
    """Finds a string's translation by the key it carries."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The sentence of the string's key in a language; None where there is none, or it is the string itself."""
        key = string.extras.get("key")
        language = locale.value.split("-")[0]
        if key is None or language == FALLBACK or language not in self._texts.languages:
            return None
        text = self._texts.say(language, key)
        return None if text == string.message else text
