"""The playground refuses foreign hosts and origins, and every answer has the security headers."""

from pathlib import Path

import httpx
import pytest

from magicmemory.bots.playground.security import HEADERS
from tests.support.playground import open_playground
from tests.support.playground_client import error, new_visitor, send, send_and_wait


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"Host": "evil.example"}, "host"),
        ({"Host": "127.0.0.1.evil.example:8080"}, "host"),
        ({"Host": "["}, "host"),
        ({"Host": ""}, "host"),
        ({"Origin": "http://evil.example"}, "origin"),
        ({"Origin": "null"}, "origin"),
        ({"Origin": "http://127.0.0.1:1"}, "origin"),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, "origin"),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, "origin"),
    ],
)
async def test_foreign_requests_are_refused(url: str, headers: dict[str, str], key: str) -> None:
    async with new_visitor(url) as visitor:
        for answer in [
            await visitor.post("/commands", json={"text": "/quota"}, headers=headers),
            await visitor.get("/quota", headers=headers),
        ]:
            assert error(answer)[:2] == (403, key)
            assert "set-cookie" not in answer.headers


async def test_own_requests_are_answered(tmp_path: Path, redis_url: str) -> None:
    origins = "https://memory.example, http://box:8080"
    async with open_playground(tmp_path, redis_url, playground_origins=origins) as url, new_visitor(url) as visitor:
        for headers in [
            {"Origin": url, "Sec-Fetch-Site": "same-origin"},
            {"Host": "localhost:8080", "Origin": "http://localhost:8080"},
            {"Host": "[::1]:8080"},
            {"Host": "memory.example", "Origin": "https://memory.example"},
            {"Host": "box:8080", "Origin": "http://box:8080"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        ]:
            assert (await visitor.get("/quota", headers=headers)).status_code == 200, headers


async def test_every_answer_has_the_security_headers(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    for path in ["/", "/texts", "/static/main.js", "/nothing", "/healthz", *filter(None, view["urls"].values())]:
        answer = await visitor.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
        assert answer.headers["cache-control"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert (await visitor.get("/healthz")).json() == {"status": "ok"}


async def test_a_bug_is_an_apology(tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with open_playground(tmp_path, redis_url, worker=False) as url, new_visitor(url) as visitor:
        (tmp_path / "photos").rename(tmp_path / "elsewhere")
        (tmp_path / "photos").write_bytes(b"a file where the folder was")
        answer = await send(visitor)
    status, key, text = error(answer)
    assert (status, key) == (500, "internal-error")
    assert text.startswith("Sorry, something went wrong on our side.")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert any(record.exc_info for record in caplog.records)
