"""Every sentence a person can read, in Fluent files (https://projectfluent.org), one for each language."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from magicmemory.core.report import Failure

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
# A message begins with its key at the margin; all its further lines are indented.
_MESSAGE = re.compile(r"^(?=[a-z])", re.MULTILINE)

Value = str | int | float


class Texts:
    """Finds sentences by key and language. `pt-BR` falls back to `pt`, and everything to the default language."""

    def __init__(self, default: str = FALLBACK) -> None:
        self._files = _files()
        self._default = _short(default) if self.has(default) else FALLBACK

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are texts for."""
        return tuple(self._files)

    def has(self, language: str) -> bool:
        """Whether there are texts in a language; `pt-BR` counts as `pt`."""
        return _short(language) in self._files

    def name_of(self, language: str) -> str:
        """What a language is called in itself."""
        return self.say(language, "language-name")

    def direction(self, language: str) -> str:
        """In which direction the sentences of a language are written, as HTML says it: `ltr` or `rtl`."""
        return "rtl" if self.known(language) in RIGHT_TO_LEFT else "ltr"

    def known(self, language: str) -> str:
        """The language that `language` is answered in."""
        short = _short(language)
        return short if short in self._files else self._default

    def say(self, language: str, key: str, **values: Value) -> str:
        """The sentence of that key, filled in.

        Raises:
            KeyError: there is no such sentence, or a value it needs is missing: a bug.
        """
        known = self.known(language)
        return _filled(known, key, values) if values else _unfilled(known, key)

    def failure(self, language: str, failure: Failure) -> str:
        """What to say about a failure."""
        return self.say(language, f"error-{failure.key}", **self._with_duration(language, failure.parameters))

    def duration(self, language: str, seconds: float) -> str:
        """A length of time in a person's words, rounded up: `29 days`, `5 hours`, `3 minutes`, `20 seconds`."""
        whole = max(1, round(seconds))
        if whole < 90:
            return self.say(language, "duration-seconds", count=whole)
        if whole < 90 * 60:
            return self.say(language, "duration-minutes", count=-(-whole // 60))
        if whole < 48 * 3600:
            return self.say(language, "duration-hours", count=-(-whole // 3600))
        return self.say(language, "duration-days", count=-(-whole // 86_400))

    def _with_duration(self, language: str, values: dict[str, Value]) -> dict[str, Value]:
        """`renews_in_s=7200` also fills `$renews_in` as `2 hours`."""
        spoken = {
            name.removesuffix("_s"): self.duration(language, float(value))
            for name, value in values.items()
            if name.endswith("_in_s")
        }
        return {**values, **spoken}


def _short(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]


@cache
def _files() -> dict[str, Traversable]:
    """The file of each language."""
    found = sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    return {file.name.removesuffix(".ftl"): file for file in found if file.name.endswith(".ftl")}


@cache
def _sources(language: str) -> dict[str, str]:
    """A language's messages by key, not parsed."""
    parts = _MESSAGE.split(_files()[language].read_text("utf-8"))
    return {part.partition("=")[0].strip(): part for part in parts[1:]}


@cache
def _bundle(language: str) -> "FluentBundle":
    # Every command checks the language, and few say a sentence: the import takes them a tenth of a second.
    from fluent.runtime import FluentBundle

    # Isolation marks protect mixed writing directions, but some chats show them as boxes.
    return FluentBundle([language], use_isolating=False)


@cache
def _unfilled(language: str, key: str) -> str:
    """A sentence without values. Kept, because Discord's commands ask for each in every language, twice."""
    return _filled(language, key, {})


def _filled(language: str, key: str, values: Mapping[str, Value]) -> str:
    bundle = _parsed(language, key) or _parsed(FALLBACK, key)
    if bundle is None or (pattern := bundle.get_message(key).value) is None:
        raise KeyError(key)
    text, errors = bundle.format_pattern(pattern, dict(values))
    if errors:
        raise KeyError(f"{key} ({language}): {errors}")
    return str(text)


def _parsed(language: str, key: str) -> "FluentBundle | None":
    """A language's bundle with that message; None: the language does not have it. Messages are parsed one by one when
    they are first said: a bot registers its commands in every language, and parsing all files takes half a second.
    """
    bundle = _bundle(language)
    if bundle.has_message(key):
        return bundle
    if (source := _sources(language).get(key)) is None:
        return None
    from fluent.runtime import FluentResource

    bundle.add_resource(FluentResource(source))
    return bundle
