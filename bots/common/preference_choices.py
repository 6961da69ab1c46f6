"""The choices that people have for all their photos, as menus and forms show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from magicmemory.bots.texts import Texts
from magicmemory.core.options import AUTO, Scope
from magicmemory.core.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Field:
    """A preference: its values by the words that stand for them in buttons and forms."""

    name: str
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """The field's name in the keys of the texts."""
        return self.name.replace("_", "-")

    def word(self, preferences: Preferences) -> str:
        """The word of the present value; for a value between the steps, of the nearest step."""
        present = getattr(preferences, self.name)
        for word, value in self.values.items():
            if value == present:
                return word
        numbers = {word: value for word, value in self.values.items() if isinstance(value, float)}
        return min(numbers, key=lambda word: abs(numbers[word] - float(present or 0)), default=next(iter(self.values)))

    def label(self, texts: Texts, language: str, word: str) -> str:
        """What a value is called in a language."""
        if word == AUTO:
            return texts.say(language, "setting-value-auto")
        if self.name == "language":
            return texts.name_of(word)
        if self.name == "model":
            return str(self.values[word])
        return texts.say(language, f"setting-value-{self.key}-{word}")


def fields(languages: Sequence[str], models: Sequence[str]) -> dict[str, Field]:
    """The choices by name, for these codes of languages and names of models."""
    known = [
        Field("language", {AUTO: "", **{code: code for code in languages}}),
        Field("strength", {"50": 0.5, "75": 0.75, "100": 1.0}),
        Field("fidelity", {AUTO: None, "0": 0.0, "50": 0.5, "100": 1.0}),
        Field("upscale", {"1": 1, "2": 2, "4": 4}),
        Field("scope", {str(scope): scope for scope in Scope}),
        Field("reply_as_file", {"no": False, "yes": True}),
    ]
    if models:
        # By position in the operator's list: a name may be longer than the data of a button.
        known.append(Field("model", {AUTO: AUTO, **{str(place): name for place, name in enumerate(models)}}))
    return {field.name: field for field in known}
