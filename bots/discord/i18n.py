"""Helpers for declaring commands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from discord import app_commands
from discord.app_commands import locale_str

from magicmemory.bots.discord.senders import Interaction
from magicmemory.bots.texts import FALLBACK, Texts
from magicmemory.core.options import AUTO, Scope

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

Percent = app_commands.Range[int, 0, 100]
Word = Callable[[str], locale_str]
MOST_CHOICES = 25


def words(texts: Texts) -> Word:
    """Finds strings that Discord shows in everybody's own language."""

    def word(key: str) -> locale_str:
        return locale_str(texts.say(FALLBACK, key), key=key)

    return word


def given(**choices: Any) -> dict[str, Any]:
    """The choices that somebody made, as options: percentages become fractions."""
    made = {name: value for name, value in choices.items() if value is not None}
    return {name: value / 100 if name in ("strength", "fidelity") else value for name, value in made.items()}


def scope_choices(word: Word) -> list[app_commands.Choice[str]]:
    """What of a photo can be restored, to choose from."""
    return [app_commands.Choice(name=word(f"discord-scope-{scope}"), value=scope.value) for scope in Scope]


def model_choices(client: "MagicClient") -> Callable[..., Any]:
    """Completes the names of models that people may choose."""

    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = [AUTO, *client.ctx.service.settings.offered_models]
        fitting = [name for name in dict.fromkeys(names) if typed.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=name) for name in fitting[:MOST_CHOICES]]

    return complete
