"""Settings that would be ignored, or fail later, are named before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from magicmemory.cli.doctor import Verdict, examine
from magicmemory.cli.settings_check import (
    check_language,
    check_models,
    check_tokens,
    unknown_names,
)
from magicmemory.core.settings import BadSettings, Settings
from magicmemory.storage.photos import PhotoStore, PhotoStoreUnusable
from tests.support.harness import settings_for

TELEGRAM = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
DISCORD = "MTA1.Gx-yz_.abcDEF-123_456"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_misspelt_names_are_found_in_every_source_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unknown_names() == []
    monkeypatch.setenv("MAGIC_FREE_PRE_DAY", "3")
    monkeypatch.setenv("magic_model", "auto")
    monkeypatch.setenv("MAGIC_TEST_POSTGRES", "for the tests")
    (tmp_path / ".env").write_text("MAGIC_DISCORD_TOKN=x\nTELEGRAM_API_ID=1\nMAGIC_MODEL=auto\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "magic_xyzzy").write_text("?")
    monkeypatch.setattr("magicmemory.core.settings.SECRETS", tmp_path / "secrets")
    assert unknown_names() == [
        "MAGIC_DISCORD_TOKN is not a setting: did you mean MAGIC_DISCORD_TOKEN?",
        "MAGIC_FREE_PRE_DAY is not a setting: did you mean MAGIC_FREE_PER_DAY?",
        "MAGIC_XYZZY is not a setting.",
    ]


@pytest.mark.processes
async def test_doctor_names_misspelt_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_FREE_PRE_DAY", "3")
    found = (await examine(settings_for(tmp_path)))["settings"]
    assert (found.verdict, "did you mean MAGIC_FREE_PER_DAY?" in found.what) == (Verdict.WARNING, True)
    for bad in ({"language": "xx"}, {"model": "nonesuch"}, {"upscaler": "nonesuch"}):
        found = (await examine(settings_for(tmp_path, **bad)))["settings"]
        assert found.verdict is Verdict.BAD, bad
        assert "did you mean MAGIC_FREE_PER_DAY?" in found.what, bad


@pytest.mark.parametrize("token", ["token", "123", "bot123:abc", "123:abc def", "<123:abc>", DISCORD])
def test_impossible_telegram_token_is_refused(token: str) -> None:
    check_tokens(Settings(telegram_token=SecretStr(TELEGRAM), discord_token=SecretStr(DISCORD)))
    with pytest.raises(BadSettings, match="MAGIC_TELEGRAM_TOKEN cannot be a token") as raised:
        check_tokens(Settings(telegram_token=SecretStr(token)))
    assert token == "token" or token not in str(raised.value)


@pytest.mark.parametrize("token", ["token", "a" * 64, "1140000000000000000", "Bot MTA1.Gx.ab", TELEGRAM])
def test_impossible_discord_token_is_refused(token: str) -> None:
    with pytest.raises(BadSettings, match="MAGIC_DISCORD_TOKEN cannot be a token"):
        check_tokens(Settings(discord_token=SecretStr(token)))
    check_tokens(Settings(discord_token=SecretStr(token)), ["telegram"])


@pytest.mark.processes
async def test_doctor_does_not_send_impossible_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(*_: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr("magicmemory.cli.doctor._ask", asked)
    odd = SecretStr("my token")
    findings = await examine(settings_for(tmp_path, telegram_token=odd, discord_token=odd))
    assert {findings[name].verdict for name in ("telegram", "discord")} == {Verdict.BAD}


@pytest.mark.parametrize("language", ["de", "pt-BR", "pt_BR", "EN"])
def test_language_with_texts_is_accepted(language: str) -> None:
    check_language(Settings(language=language))


def test_language_without_texts_is_refused() -> None:
    with pytest.raises(
        BadSettings, match="there are no texts in 'xx'; write ar, de, en, es, fr, id, it, pl, pt, ru, tr, uk"
    ):
        check_language(Settings(language="xx"))


@pytest.mark.parametrize(
    "values",
    [{"model": "mtcnn"}, {"detector": "lite"}, {"upscaler": "none"}, {"offered_models": "lite,auto"}],
)
def test_unknown_model_is_refused(values: dict[str, str]) -> None:
    check_models(Settings(model="lite", detector="mtcnn", offered_models="lite,gfpgan-1.4"))
    with pytest.raises(BadSettings, match=f"MAGIC_{next(iter(values)).upper()} cannot be used: there is no"):
        check_models(Settings(**values))  # type: ignore[arg-type]


def test_uncreatable_photo_store_prints_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(PhotoStoreUnusable, match=r"cannot be used: Not a directory\.$"):
        PhotoStore(str(tmp_path / "file" / "photos"))


@pytest.mark.processes
@pytest.mark.parametrize("command", [("run",), ("restore", "a.jpg", "--out", "out"), ("faces", "a.jpg"), ("worker",)])
def test_a_data_folder_that_cannot_be_used_ends_the_command(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "magicmemory.cli.main", *command],
        env={**os.environ, "MAGIC_DATA_DIR": str(tmp_path / "a.jpg")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == f"magicmemory: MAGIC_DATA_DIR cannot be used: {tmp_path / 'a.jpg'} is not a folder.\n"
    assert ended.returncode == 2
