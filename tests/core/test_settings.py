"""Settings are checked at start, in one clear sentence, and the documents know every one of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from magicmemory.core.settings import PREFIX, BadSettings, Settings, load, make_data_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FREE_PER_DAY", "many", "MAGIC_FREE_PER_DAY cannot be used: write a whole number."),
        ("FREE_PER_DAY", "-1", "MAGIC_FREE_PER_DAY cannot be used: write 0 or more."),
        ("TIMEZONE", "Mars/Olympus", "MAGIC_TIMEZONE cannot be used: 'Mars/Olympus' is not a time zone"),
        ("DATABASE_URL", "mysql://x", "MAGIC_DATABASE_URL cannot be used: write sqlite+aiosqlite"),
        ("REDIS_URL", "http://x", "MAGIC_REDIS_URL cannot be used: write redis://"),
        ("REDIS_URL", "redis://:word@x:y/0", "MAGIC_REDIS_URL cannot be used: the port is not a number."),
        ("PHOTO_STORE", "s3://", "MAGIC_PHOTO_STORE cannot be used: write a folder, or s3://BUCKET/PATH."),
        ("DEVICE", "gpu", "MAGIC_DEVICE cannot be used: write auto, cpu, cuda, or cuda:1"),
        ("LOG_LEVEL", "LOUD", "MAGIC_LOG_LEVEL cannot be used: write 'DEBUG', 'INFO', 'WARNING' or 'ERROR'."),
        ("UPSCALE_DENOISE", "1.5", "MAGIC_UPSCALE_DENOISE cannot be used: write 1 or less."),
        ("PHOTO_RETENTION_HOURS", "0", "MAGIC_PHOTO_RETENTION_HOURS cannot be used: write more than 0."),
        ("COMMERCIAL", "perhaps", "MAGIC_COMMERCIAL cannot be used: write true or false."),
        ("REDIS_PREFIX", "a b", "MAGIC_REDIS_PREFIX cannot be used: write letters, digits, dots, _ and -."),
        ("TELEGRAM_ADMINS", "me", "MAGIC_TELEGRAM_ADMINS cannot be used: write a whole number."),
    ],
)
def test_bad_value_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(BadSettings) as raised:
        load()
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


@pytest.mark.processes
def test_bad_value_ends_the_program_without_traceback() -> None:
    environment = {**os.environ, "MAGIC_TIMEZONE": "nowhere"}
    command = [sys.executable, "-P", "-m", "magicmemory.cli.main", "worker"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("magicmemory: MAGIC_TIMEZONE cannot be used: 'nowhere' is not a time zone")
    assert ended.stderr.count("\n") == 1


def test_empty_means_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_TELEGRAM_TOKEN", "")
    monkeypatch.setenv("MAGIC_FREE_PER_DAY", "")
    settings = load()
    assert settings.telegram_token is None
    assert settings.free_per_day == 1


def test_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "MAGIC_FREE_PER_DAY=7\nMAGIC_PLAYGROUND_ORIGINS=https://a.example, https://b.example\n"
    )
    settings = load()
    assert settings.free_per_day == 7
    assert settings.playground_origins == ("https://a.example", "https://b.example")


def test_tokens_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_TELEGRAM_TOKEN", "123:secret")
    assert "123:secret" not in repr(load())


def documented_defaults() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assignments = [line.removeprefix("#").strip() for line in lines if "=" in line and not line.startswith("# ")]
    return dict(line.split("=", 1) for line in assignments)


def test_example_file_has_every_setting_with_its_default() -> None:
    documented = documented_defaults()
    assert sorted(documented) == sorted(PREFIX + name.upper() for name in Settings.model_fields)
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else str(field.default)
        written = documented[PREFIX + name.upper()]
        assert written == default or float(written) == float(default), name


def test_readme_describes_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"| `{PREFIX}{name.upper()}` |" in readme, name
        assert (field.description or "undescribed") in readme, name


def test_secrets_are_read_from_files_and_an_empty_one_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magicmemory.core.settings.SECRETS", tmp_path)
    (tmp_path / "magic_telegram_token").write_text("42:token\n")
    (tmp_path / "magic_discord_token").write_text("")
    (tmp_path / "magic_telegram_admins").write_text("1, 2")
    (tmp_path / "magic_free_per_day").write_text("3")
    monkeypatch.setenv("MAGIC_FREE_PER_DAY", "5")
    settings = load()
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "42:token"
    assert settings.discord_token is None
    assert settings.telegram_admins == (1, 2)
    assert settings.free_per_day == 5


@pytest.mark.parametrize(
    ("values", "free"),
    [
        ({}, 100),
        ({"playground_host": "localhost"}, 100),
        ({"playground_host": "0.0.0.0"}, None),
        ({"playground_origins": "https://a.example"}, None),
        ({"trusted_proxies": "127.0.0.1"}, None),
        ({"playground_free_per_day": 3, "trusted_proxies": "127.0.0.1"}, 3),
        ({"playground_free_per_day": 0}, 0),
    ],
)
def test_only_the_operators_own_page_is_generous(values: dict[str, object], free: int | None) -> None:
    assert load(**values).page_free_per_day == free


@pytest.mark.slow
def test_no_value_is_refused_in_pydantics_words() -> None:
    told = []
    for name in Settings.model_fields:
        for value in ("-2", "1e9", "99999999999999999999", "?", "nan"):
            try:
                load(**{name: value})
            except BadSettings as error:
                told.append(str(error))
    assert len(told) > 50
    assert [sentence for sentence in told if re.search(r"Input|valid|pattern|\\d|\^", sentence)] == []


def test_a_data_folder_from_before_is_closed_to_others(tmp_path: Path) -> None:
    """A command that writes below it makes it with the user's usual permissions."""
    (tmp_path / "var" / "weights").mkdir(parents=True, mode=0o755)
    make_data_folder(load(data_dir=tmp_path / "var"))
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadSettings, match=r"^MAGIC_DATA_DIR cannot be used: .*\.$"):
        make_data_folder(load(data_dir=tmp_path / "file" / inside))
