"""`magicmemory setup` writes `.env`, offers what the licence allows, and runs the doctor."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli import models
from magicmemory.cli import setup as command
from magicmemory.cli.main import app
from magicmemory.core.settings import Settings, load
from magicmemory.pipeline.models import catalogue  # noqa: F401 - its imports change the process: not during a test
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.weights import Weights, WeightsError

TELEGRAM = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
DISCORD = "MTA1.Gx-yz_.abcDEF-123_456"


@pytest.fixture(autouse=True)
def examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """An empty current folder; what the doctor was given."""
    seen: list[Settings] = []

    def report(settings: Settings) -> bool:
        seen.append(settings)
        return True

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAGIC_DEVICE", "cpu")
    monkeypatch.setattr("magicmemory.cli.doctor.report", report)
    return seen


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that would have been downloaded."""
    names: list[str] = []

    def pull(_: Weights, chosen: list[ModelFacts], __: Path | None = None) -> bool:
        names.extend(facts.name for facts in chosen)
        return True

    monkeypatch.setattr(command, "pull_models", pull)
    monkeypatch.setattr(models, "pull_models", pull)
    return names


def run(*arguments: str, told: str = "") -> Result:
    return CliRunner().invoke(app, ["setup", *arguments], input=told)


def test_options_answer_everything(examined: list[Settings], pulled: list[str]) -> None:
    arguments = ("--telegram-token", TELEGRAM, "--discord-token", DISCORD, "--language", "de", "--commercial")
    result = run(*arguments, "--models")
    assert result.exit_code == 0, result.output
    settings = load()
    assert settings == examined[0]
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TELEGRAM
    assert (settings.language, settings.commercial) == ("de", True)
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    assert TELEGRAM not in result.output
    # The licence of every restorer but the bundled one leaves paid use open, or forbids it.
    assert pulled == ["realesr-general-x4v3", "retinaface-mobile0.25"]


def test_without_a_terminal_nothing_is_asked_or_changed(examined: list[Settings], pulled: list[str]) -> None:
    assert run().exit_code == 0
    assert not Path(".env").exists()
    assert len(examined) == 1
    assert pulled == []


def test_existing_settings_in_the_file_are_kept(pulled: list[str]) -> None:
    Path(".env").write_text("# mine\nexport MAGIC_LANGUAGE=fr\nTELEGRAM_API_ID=7\n#MAGIC_TELEGRAM_TOKEN=\n")
    assert run("--language", "es", "--telegram-token", TELEGRAM, "--no-commercial").exit_code == 0
    assert Path(".env").read_text().splitlines() == [
        "# mine",
        "MAGIC_LANGUAGE=es",
        "TELEGRAM_API_ID=7",
        f"MAGIC_TELEGRAM_TOKEN={TELEGRAM}",
        "MAGIC_COMMERCIAL=false",
    ]
    assert run("--telegram-token", "").exit_code == 0
    assert load().telegram_token is None


def test_new_file_starts_as_a_copy_of_the_example() -> None:
    Path(".env.example").write_text("# Language.\n#MAGIC_LANGUAGE=en\n")
    assert run("--language", "ru").exit_code == 0
    assert Path(".env").read_text() == "# Language.\nMAGIC_LANGUAGE=ru\n"
    assert [path.name for path in sorted(Path().iterdir())] == [".env", ".env.example"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--telegram-token", "nonsense"), "MAGIC_TELEGRAM_TOKEN cannot be a token"),
        (("--telegram-token", f"{TELEGRAM}\nMAGIC_COMMERCIAL=true"), "MAGIC_TELEGRAM_TOKEN cannot be used"),
        (("--discord-token", "nonsense"), "MAGIC_DISCORD_TOKEN cannot be a token"),
        (("--language", "xx"), "MAGIC_LANGUAGE cannot be used"),
    ],
)
def test_unusable_answer_is_not_written(arguments: tuple[str, ...], says: str, examined: list[Settings]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"magicmemory: {says}")
    assert not Path(".env").exists()
    assert examined == []


def test_setting_of_the_environment_is_not_written_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_LANGUAGE", "fr")
    result = run("--language", "es")
    assert (result.exit_code, "is set in the environment" in result.stderr) == (2, True)


def test_questions_are_asked_again_until_they_are_answered(monkeypatch: pytest.MonkeyPatch, pulled: list[str]) -> None:
    answers = iter(["nonsense", TELEGRAM, "", "xx", "pt"])
    monkeypatch.setattr("magicmemory.cli.setup.typer.prompt", lambda *_, **__: next(answers))
    asked: list[str] = []

    def confirm(question: str, default: bool) -> bool:
        asked.append(question)
        return default

    monkeypatch.setattr("magicmemory.cli.setup.typer.confirm", confirm)

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("magicmemory.cli.setup.sys", type("sys", (), {"stdin": Terminal(), "stderr": None}))
    command.setup()
    assert list(answers) == []
    settings = load()
    assert (settings.language, settings.commercial, settings.discord_token) == ("pt", False, None)
    assert settings.telegram_token is not None
    assert len(asked) == 2
    assert pulled[0] == "gfpgan-1.4"


def test_failed_download_is_reported_and_the_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(*_: object) -> None:
        raise WeightsError("The publisher does not answer.")

    monkeypatch.setattr(command, "pull_models", pull)
    result = run("--language", "es", "--models")
    assert (result.exit_code, result.stderr) == (2, "magicmemory: The publisher does not answer.\n")
    assert load().language == "es"
