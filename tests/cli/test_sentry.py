"""Errors reach Sentry with their job, without personal data and secrets: the real SDK, a loopback collector."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from magicmemory.cli.sentry import errors_sent
from magicmemory.core.errors import OperatorError
from magicmemory.core.logs import about
from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import BadSettings
from tests.servers.collector import Collector
from tests.support.harness import settings_for

TOKEN = "7213456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
PHOTO = b"\xff\xd8\xff\xe0 the bytes of somebody's photo"

log = logging.getLogger("magicmemory.test")


def events(collector: Collector) -> list[dict[str, Any]]:
    """The events in the envelopes: lines of JSON, of which the third is the event."""
    return [json.loads(body.split(b"\n")[2]) for path, body in collector.received if path.endswith("/envelope/")]


def fail(photo: bytes, caption: str) -> None:
    """An error that quotes what it must not."""
    assert caption
    raise ConnectionError(f"POST https://api.telegram.org/bot{TOKEN}/sendPhoto of {photo!r} failed")


def test_an_error_is_sent_with_its_job_and_without_secrets(tmp_path: Path) -> None:
    with Collector() as collector:
        dsn = f"http://publickey@{collector.place}/7"
        settings = settings_for(tmp_path, sentry_dsn=dsn, telegram_token=TOKEN)
        redact = Redactor.of(settings)
        with errors_sent(settings, "worker", "1.2.3", redact), about("0123", "telegram"):
            log.warning("before it, with %s", TOKEN)
            try:
                fail(PHOTO, "a caption that nobody else should read")
            except ConnectionError:
                log.exception("job %s failed", "0123")
    [event] = events(collector)
    assert event["release"] == "magicmemory@1.2.3"
    assert event["tags"] == {"process": "worker", "job": "0123", "platform": "telegram"}
    assert event["logentry"]["message"] == "job %s failed"
    [error] = event["exception"]["values"]
    assert error["type"] == "ConnectionError"
    assert error["value"] == "POST https://api.telegram.org/bot***/sendPhoto of b'***' failed"
    assert all("vars" not in frame for frame in error["stacktrace"]["frames"])
    assert [crumb["message"] for crumb in event["breadcrumbs"]["values"]] == ["before it, with ***"]
    sent = b"".join(body for _, body in collector.received).decode()
    for secret in (TOKEN, TOKEN.split(":")[1], "caption", "somebody's photo", "\\\\xff", "127.0.0.1"):
        # The envelope's head names the DSN's host, never the rest of a secret.
        assert secret not in sent.replace(dsn, "").replace(f"http://publickey@{collector.place}", ""), secret
    for known in ("request", "user", "modules", "extra.sys.argv"):
        assert known not in event


def test_nothing_is_sent_without_a_dsn(tmp_path: Path) -> None:
    with errors_sent(settings_for(tmp_path), "worker", "1", Redactor()):
        log.error("nobody is told")
    if "sentry_sdk" in sys.modules:
        assert not sys.modules["sentry_sdk"].get_client().is_active()


def test_invalid_dsn_prints_one_sentence(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, sentry_dsn="nonsense")
    told = pytest.raises(BadSettings, match=r"^MAGIC_SENTRY_DSN cannot be used")
    with told, errors_sent(settings, "worker", "1", Redactor()):
        pass


def test_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    settings = settings_for(tmp_path, sentry_dsn="http://a@127.0.0.1:1/1")
    told = pytest.raises(OperatorError, match=r"pip install 'magicmemory\[sentry\]'")
    with told, errors_sent(settings, "worker", "1", Redactor()):
        pass
