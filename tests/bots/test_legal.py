"""The privacy policy and the terms follow the settings."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from magicmemory.bots.legal.documents import Document, address, as_html, missing, write_defaults, written
from magicmemory.bots.playground.visitors import COOKIE_AGE_S
from magicmemory.cli.main import app
from magicmemory.core.settings import Settings, load

DOCS = Path(__file__).parents[2] / "docs/legal"
PLANS = """
[free]
photos_per_day = 3
max_megapixels = 12
[plans.album]
title = "Album"
credits = 20
stars = 150
[plans.gold]
days = 30
subscription = true
stars = 350
discord_sku = "1234567890123456789"
"""


@pytest.fixture
def rich(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a service that sells, stores elsewhere, and reports errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans.toml").write_text(PLANS)
    return load(
        plans_file=tmp_path / "plans.toml",
        photo_retention_hours=6,
        photo_store="s3://family-bucket/photos",
        sentry_dsn="https://key@errors.example/7",
        support_contact="help@photos.example",
        playground_origins="https://photos.example",
        timezone="Europe/Berlin",
    )


def test_the_pages_are_those_of_the_default_settings(tmp_path: Path) -> None:
    write_defaults(tmp_path)
    for document in Document:
        name = f"{document}.md"
        assert (DOCS / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8"), "make docs"


def test_the_policy_says_what_is_kept_and_who_gets_it(rich: Settings) -> None:
    text = written(Document.PRIVACY, rich, rich.plans())
    for part in ("| 6 hours |", "help@photos.example", "family-bucket", "errors.example", "bookkeeping", "365 days"):
        assert part in text, part
    assert "key@" not in text
    assert "{{" not in text
    plain = Settings.model_construct()
    policy = written(Document.PRIVACY, plain, plain.plans())
    assert "bookkeeping" not in policy
    assert "storage service" not in policy
    assert COOKIE_AGE_S == 365 * 86_400
    # A table without a gap: a line between two rows would end it.
    assert "|\n\n|" not in text + policy


def test_the_terms_say_what_is_free_and_sold(rich: Settings) -> None:
    text = written(Document.TERMS, rich, rich.plans())
    for part in (
        "3 photos a day are free; a day begins at midnight (Europe/Berlin).",
        "12 megapixels",
        "| Album | 20 photos | 150 Telegram Stars |",
        "| Gold | 30 days, renewed monthly until cancelled | 350 Telegram Stars or as shown in Discord's shop |",
        "at most 200 photos a day",
    ):
        assert part in text, part
    none = rich.plans().with_free_per_day(0)
    assert "No photo is free." in written(Document.TERMS, rich, none)
    assert "<td>Album</td>" in as_html(text)
    assert "<script>" not in as_html("<script>alert(1)</script>")


def test_the_address_is_the_operators_or_the_pages(rich: Settings) -> None:
    assert address(Document.PRIVACY, rich) == "https://photos.example/legal/privacy"
    own = rich.model_copy(update={"privacy_url": "https://example.org/privacy"})
    assert address(Document.PRIVACY, own) == "https://example.org/privacy"
    assert not missing(rich)
    nothing = Settings.model_construct()
    assert address(Document.TERMS, nothing) == ""
    assert len(missing(nothing)) == 2


def test_the_command_writes_a_document_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, ["legal", "terms", "--out", "terms.md"])
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "terms.md").read_text().startswith("# Terms of use")
    assert "MAGIC_SUPPORT_CONTACT is not set" in ended.stderr
    assert "no legal advice" in ended.stderr
    nowhere = CliRunner().invoke(app, ["legal", "privacy", "--out", "no/such/folder"])
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr
