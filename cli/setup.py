"""`magicmemory setup`: asks for what a service needs, writes `.env`, downloads models, and runs the doctor."""

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from magicmemory.bots.texts import Texts
from magicmemory.cli import doctor
from magicmemory.cli.models import pull_models, recommended_models
from magicmemory.cli.processes import OPERATOR_MUST_ACT
from magicmemory.cli.settings_check import check_language, check_tokens
from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import PREFIX, BadSettings, Settings, load
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.weights import Weights

FILE: Final = Path(".env")
EXAMPLE: Final = Path(".env.example")
FAILED: Final = 1  # exit status: a check of the doctor failed
# What `.env` keeps without quotes: everything else could be read back as something else.
PLAIN: Final = re.compile(r"[\w.:/+=@-]*", re.ASCII)


def setup(
    telegram_token: Annotated[str | None, typer.Option(help="Token from @BotFather; empty: no Telegram bot.")] = None,
    discord_token: Annotated[str | None, typer.Option(help="Token from the developer portal; empty: none.")] = None,
    language: Annotated[str | None, typer.Option(help="Language for people whose own has no texts.")] = None,
    commercial: Annotated[
        bool | None, typer.Option("--commercial/--no-commercial", help="Whether you earn money with the service.")
    ] = None,
    models: Annotated[
        bool | None, typer.Option("--models/--no-models", help="Whether to download the recommended models.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: settings without an option stay unchanged.")] = False,
) -> None:
    """Ask for tokens, language, money and models; write `.env`; run `doctor`. Options answer questions beforehand."""
    ask = sys.stdin.isatty() and not yes
    try:
        # The file's own settings, without those of the environment, are what is changed.
        now = load()
        answers = {
            "telegram_token": _answer(telegram_token, lambda: _ask_token("Telegram", now.telegram_token), ask),
            "discord_token": _answer(discord_token, lambda: _ask_token("Discord", now.discord_token), ask),
            "language": _answer(language, lambda: _ask_language(now.language), ask),
            "commercial": _answer(
                None if commercial is None else str(commercial).lower(),
                lambda: str(typer.confirm("Do you earn money with the service?", now.commercial)).lower(),
                ask,
            ),
        }
        given = {name: value for name, value in answers.items() if value is not None}
        settings = checked(given)
        if given:
            write(FILE, given)
            print(f"Wrote {', '.join(PREFIX + name.upper() for name in given)} to {FILE}.")
        _pull(settings, models, ask)
    except OperatorError as error:
        print(f"magicmemory: {error}", file=sys.stderr)
        raise typer.Exit(OPERATOR_MUST_ACT) from None
    if not doctor.report(settings):
        raise typer.Exit(FAILED)
    print("`make run`, or `magicmemory run`, starts the service.")


def checked(answers: Mapping[str, str]) -> Settings:
    """The settings with these answers.

    Raises:
        BadSettings: one of them cannot be used.
    """
    for name, value in answers.items():
        if not PLAIN.fullmatch(value):
            raise BadSettings(f"{PREFIX}{name.upper()} cannot be used: it has a character that no such value has.")
        if PREFIX + name.upper() in os.environ:
            raise BadSettings(f"{PREFIX}{name.upper()} is set in the environment, which overrides {FILE}: unset it.")
    # An empty answer is the default, as in the file.
    settings = load(**{name: value for name, value in answers.items() if value})
    cleared = {name: Settings.model_fields[name].default for name, value in answers.items() if not value}
    settings = settings.model_copy(update=cleared)
    check_language(settings)
    check_tokens(settings)
    return settings


def write(file: Path, values: Mapping[str, str]) -> None:
    """Write settings to a file and keep everything else in it. A new file begins as a copy of `.env.example`, where
    that lies beside it. Only this user can read the file: it holds tokens.
    """
    example = file.with_name(EXAMPLE.name)
    source = file if file.exists() else example if example.exists() else None
    lines = source.read_text("utf-8").splitlines() if source else []
    for name, value in values.items():
        _set(lines, PREFIX + name.upper(), value)
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    aside.replace(file)


def _set(lines: list[str], name: str, value: str) -> None:
    """Set a name in the lines of a file: where it is set, else where a comment shows its default, else at the end."""
    for pattern in (rf"\s*(export\s+)?{name}\s*=", rf"\s*#\s*{name}\s*="):
        found = [number for number, line in enumerate(lines) if re.match(pattern, line, re.IGNORECASE)]
        if found:
            lines[found[-1]] = f"{name}={value}"  # the last one is the one that counts
            return
    lines.append(f"{name}={value}")


def _answer(option: str | None, question: Callable[[], str | None], ask: bool) -> str | None:
    """The option, else the answer to the question; None: it stays as it is."""
    if option is not None:
        return option.strip()
    return question() if ask else None


def _ask_token(platform: str, now: object) -> str | None:
    keep = "keep the present one" if now else "no bot"
    while True:
        # What is typed is not shown: it is a secret.
        told: str = typer.prompt(f"{platform} token (Enter: {keep})", "", hide_input=True, show_default=False).strip()
        try:
            checked({f"{platform.lower()}_token": told})
        except BadSettings as error:
            print(error)
            continue
        return told or None


def _ask_language(now: str) -> str:
    while True:
        told: str = typer.prompt(f"Language ({', '.join(Texts().languages)})", now).strip()
        try:
            checked({"language": told})
        except BadSettings as error:
            print(error)
            continue
        return told


def _pull(settings: Settings, wanted: bool | None, ask: bool) -> None:
    """Download the recommended models, if that is wanted and a worker can run here."""
    if wanted is False or (wanted is None and not ask):
        return
    if importlib.util.find_spec("torch") is None:
        print("Models are for workers; this machine has no packages of a worker.")
        return
    weights = Weights.of(settings)
    missing = [facts for facts in recommended_models(settings) if not weights.is_there(facts)]
    if not missing:
        print("The recommended models are here already.")
        return
    for facts in missing:
        print(f"  {_size(facts):>7}  {facts.name}: {facts.good_at or facts.kind}; licence: {facts.licence}")
    wanted = wanted or typer.confirm(f"Download these into {weights.folder}?", default=True)
    if wanted and not pull_models(weights, missing):
        raise typer.Exit(FAILED)


def _size(facts: ModelFacts) -> str:
    return f"{facts.size / 1e6:.0f} MB" if facts.size else "?"
