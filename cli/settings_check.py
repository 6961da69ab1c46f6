"""What is wrong with settings that pydantic accepts: names that are no settings, tokens that cannot be one, languages
without texts, models that do not exist.
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr
from pydantic_settings import DotEnvSettingsSource

from magicmemory.bots.texts import Texts
from magicmemory.core import settings as settings_of
from magicmemory.core.settings import PREFIX, BadSettings, Settings

if TYPE_CHECKING:  # importing it loads torch
    from magicmemory.pipeline.models.facts import ModelFacts

# By platform: the form of a token, and what to say about one that has another.
TOKENS: Final = {
    # A bot's id and its secret; the second part of a test server's token has a slash.
    "telegram": (
        re.compile(r"\d+:[\w/-]+", re.ASCII),
        "one from @BotFather has digits, a colon, then letters and digits.",
    ),
    # An id, a time and a signature, each in base64 for URLs.
    "discord": (
        re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII),
        "a bot's token has three parts with a dot between them; copy it from the page Bot of the developer portal, not "
        "the public key or the client secret.",
    ),
}
# The tests' own.
FOREIGN = "MAGIC_TEST_"


def unknown_names() -> list[str]:
    """A sentence for each `MAGIC_…` in the environment, `.env` and the secrets' files that is no setting."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    return [_unknown(name, known) for name in sorted(set(_names()) - set(known)) if not name.startswith(FOREIGN)]


def _names() -> Iterator[str]:
    secrets = settings_of.SECRETS
    files = [file.name for file in secrets.iterdir()] if secrets.is_dir() else []
    for name in (*os.environ, *DotEnvSettingsSource(Settings).env_vars, *files):
        if name.upper().startswith(PREFIX):
            yield name.upper()


def _unknown(name: str, known: list[str]) -> str:
    # What is longest in common tells more than the prefix that all of them share.
    near = difflib.get_close_matches(name.removeprefix(PREFIX), [other.removeprefix(PREFIX) for other in known], 1)
    return f"{name} is not a setting{f': did you mean {PREFIX}{near[0]}' if near else ''}{'?' if near else '.'}"


def check_token(platform: str, token: SecretStr) -> None:
    """Refuse what cannot be a token of the platform, before the platform is asked.

    Raises:
        BadSettings: it has another form.
    """
    form, hint = TOKENS[platform]
    if not form.fullmatch(token.get_secret_value()):
        raise BadSettings(f"{PREFIX}{platform.upper()}_TOKEN cannot be a token: {hint}")


def check_tokens(settings: Settings, names: Iterable[str] = ("telegram", "discord")) -> None:
    """Refuse what cannot be a token of those platforms; a name that is no platform with a token is skipped.

    Raises:
        BadSettings: a token has another form.
    """
    tokens = {"telegram": settings.telegram_token, "discord": settings.discord_token}
    for platform in names:
        if (token := tokens.get(platform)) is not None:
            check_token(platform, token)


def check_language(settings: Settings) -> None:
    """Refuse a language that has no texts.

    Raises:
        BadSettings: there are no texts in it.
    """
    texts = Texts()
    if not texts.has(settings.language):
        known = ", ".join(texts.languages)
        raise BadSettings(f"MAGIC_LANGUAGE cannot be used: there are no texts in {settings.language!r}; write {known}.")


def check_models(settings: Settings) -> None:
    """Refuse names of models that do not exist. Needs the packages of a worker.

    Raises:
        BadSettings: there is no such model.
    """
    from magicmemory.pipeline.models.catalogue import of_kind
    from magicmemory.pipeline.models.facts import Kind

    for setting, kind in (("model", Kind.RESTORER), ("detector", Kind.DETECTOR), ("upscaler", Kind.UPSCALER)):
        _check_model(setting, getattr(settings, setting), of_kind(kind), auto=True)
    for name in settings.offered_models:
        _check_model("offered_models", name, of_kind(Kind.RESTORER), auto=False)


def _check_model(setting: str, name: str, models: "Iterable[ModelFacts]", *, auto: bool) -> None:
    known = [*(["auto"] if auto else []), *(facts.name for facts in models)]
    if name not in known:
        raise BadSettings(
            f"{PREFIX}{setting.upper()} cannot be used: there is no {name!r}; write one of {', '.join(known)}."
        )
