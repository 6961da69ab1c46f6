"""Secrets are removed from logs in every spelling, and nothing else is."""

import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magicmemory.core.redaction import MIN_SECRET_CHARS, Redactor
from tests.support.harness import settings_for

TELEGRAM = "7213456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"GET https://api.telegram.org/bot{TELEGRAM}/getMe", "GET https://api.telegram.org/bot***/getMe"),
        (f"Authorization: Bot {DISCORD}", "Authorization: Bot ***"),
        ("redis://:swordfish@cache:6379/0 is away", "redis://:***@cache:6379/0 is away"),
        ("postgresql+asyncpg://magic:a:b@db/magic", "postgresql+asyncpg://magic:***@db/magic"),
        (
            "https://cdn.discordapp.com/attachments/1/2/me.jpg?ex=6a&is=6b&hm=0f0f failed",
            "https://cdn.discordapp.com/attachments/1/2/me.jpg?*** failed",
        ),
        ("s3://photos/x?access_key=AKIA", "s3://photos/x?***"),
        ("PATCH /webhooks/12345/aW50ZXJhY3Rpb24/messages/@original", "PATCH /webhooks/12345/***/messages/@original"),
        ("POST /interactions/99/aW50ZXJhY3Rpb24/callback", "POST /interactions/99/***/callback"),
        ("GET /attachments/1/2/me.jpg?ex=6b&hm=d9a9d4 failed", "GET /attachments/1/2/me.jpg?ex=6b&hm=*** failed"),
        ("AUTH failed: password=swordfish, user=magic", "AUTH failed: password=***, user=magic"),
        ("/unlock GRAN-7K3M-9QXP-2TRD", "/unlock ***"),
        (f"input_value={bytes(range(40))!r}, input_type=bytes", "input_value=b'***', input_type=bytes"),
        (f"{b'it' + bytes([39]) + b's a photo, is it not'!r} end", "b'***' end"),
    ],
)
def test_secret_like_text_is_redacted(text: str, shown: str) -> None:
    assert Redactor()(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "job 0f8fad5bd9cb469fa16570867728950e: 3 of 3 faces in 812 ms",
        "2026-11-23 17:34:42 INFO worker",
        "https://api.telegram.org/file is away (Error 111 connecting to 127.0.0.1:6379.)",
        "unix:///var/lib/magicmemory/redis.sock",
        "chat -1001234567890, message 42:3",
        "b'PING'",
        "write postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
        "magicmemory.queue.delivery.DeliveryWorker",
    ],
)
def test_ordinary_text_is_not_redacted(text: str) -> None:
    assert Redactor()(text) == text


def test_the_settings_secrets_are_known(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        telegram_token="odd-token",
        discord_token="odder-token",
        redis_url="redis://user:p%26ss%2Fword@cache/0",
        sentry_dsn="https://publickey@sentry.example/1",
        weights_proxy="http://proxyuser:proxypass@proxy:3128",
    )
    redact = Redactor.of(settings)
    for secret in ("odd-token", "odder-token", "p&ss/word", "https://publickey@sentry.example/1", "proxypass"):
        assert secret not in redact(f"before {secret} after")


@pytest.mark.slow
@given(st.text(min_size=MIN_SECRET_CHARS, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_never_shows(secret: str, before: str, after: str) -> None:
    redact = Redactor([secret])
    for written in (secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]):
        assert redact(written) in ("***", Redactor()("***"))
    line = json.dumps({"message": redact(before + secret + after)})
    assert json.loads(line)["message"].count("***") >= 1
