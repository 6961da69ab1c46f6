"""Visitors: their cookies, commands, codes, languages and rate limits."""

import json
import re
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from starlette.requests import Request

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.playground import requests
from magicmemory.bots.playground.rate_limit import RateLimit
from magicmemory.bots.playground.visitors import COOKIE, asked_language
from magicmemory.bots.texts import Texts
from magicmemory.storage.codes import CodeKind, CodeSpec
from tests.support.harness import settings_for
from tests.support.playground import open_playground
from tests.support.playground_client import error, new_visitor, send, send_and_wait


async def test_a_visitor_sees_only_their_own(url: str, visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    async with new_visitor(url) as other:
        for path in ("", "/events", "/original", "/result"):
            assert error(await other.get(view["urls"]["self"] + path))[:2] == (404, "photo-expired"), path
        for path in ("/adjust", "/cancel"):
            assert error(await other.post(view["urls"]["self"] + path, json={}))[:2] == (404, "photo-expired"), path
        assert (await other.get("/history")).json() == {"jobs": []}
        assert (await other.get("/quota")).json()["left"] == 1
        other.cookies.clear()
        other.cookies.set(COOKIE, "' OR 1=1 --")
        assert (await other.get("/history")).json() == {"jobs": []}


async def test_the_cookie_is_strict(url: str) -> None:
    async with new_visitor(url) as visitor:
        assert "set-cookie" not in (await visitor.get("/")).headers
        cookie = (await visitor.get("/texts")).headers["set-cookie"]
        assert re.match(rf"{COOKIE}=[0-9a-f]{{32}}\.[0-9a-f]{{32}}; ", cookie)
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "set-cookie" not in (await visitor.get("/quota")).headers
        # A link from elsewhere comes without the cookie, which must not be replaced.
        visitor.cookies.clear()
        linked = await visitor.get("/quota", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
        assert "set-cookie" not in linked.headers


async def test_commands(visitor: httpx.AsyncClient) -> None:
    async def said(text: str) -> str:
        answer = await visitor.post("/commands", json={"text": text})
        assert answer.status_code == 200
        return str(answer.json()["text"])

    assert (await said("/quota")).startswith("You have 1 of 1 left today.")
    assert "/restore" in await said("/help")
    assert "deleted after 24 hours" in await said(" /HELP ")
    assert await said("/restore") == await said("hello") == "Send a photo, and I restore it."
    assert await said("/dance now") == "I do not know /dance. Try /help."
    assert await said("/cancel") == "You have no waiting photos."
    for bad in (b'{"text": 1}', b"[]", b"{" + b" " * 20_000):
        assert (await visitor.post("/commands", content=bad)).status_code in (400, 413)


async def test_a_code_unlocks_and_guessing_is_slowed_down(tmp_path: Path, redis_url: str) -> None:
    async def said(visitor: httpx.AsyncClient, text: str) -> dict[str, str]:
        answer = await visitor.post("/commands", json={"text": text})
        assert answer.status_code == 200
        found: dict[str, str] = answer.json()
        return found

    async with open_playground(tmp_path, redis_url, worker=False) as url:
        async with open_service(settings_for(tmp_path), redis_url) as service:
            terms = CodeSpec(CodeKind.UNLOCK, plan="premium", credits=3, uses=9)
            ((_, code),) = await service.codes.create(terms)
            ((_, cheaper),) = await service.codes.create(CodeSpec(CodeKind.DISCOUNT, percent=40))
        async with new_visitor(url) as visitor:
            await visitor.get("/texts")
            offers = (await said(visitor, "/premium"))["text"]
            assert "Nothing is for sale here." in offers
            assert "Send /unlock and the code." in offers
            assert "/unlock CODE" in (await said(visitor, "/unlock"))["text"]
            assert "sold on Telegram" in (await said(visitor, f"/unlock {cheaper}"))["text"]
            unlocked = await said(visitor, f"/UNLOCK  {code.lower()}")
            assert unlocked["text"] == "The code is good: you have 3 more photos (Premium)."
            assert "You have 3 bought photos left." in unlocked["quota"]
            assert "You have 3 bought photos left." in (await visitor.get("/quota")).json()["text"]
            assert "You have used this code already." in (await said(visitor, f"/unlock {code}"))["text"]
        async with new_visitor(url) as visitor:
            for guess in range(5):
                assert "I do not know this code." in (await said(visitor, f"/unlock GUESS{guess}"))["text"]
            assert "Too many wrong codes." in (await said(visitor, f"/unlock {code}"))["text"]
        async with new_visitor(url) as visitor:  # a neighbour's wrong codes lock nobody else out
            assert "The code is good" in (await said(visitor, f"/unlock {code}"))["text"]


async def test_too_many_requests_are_refused_with_a_wait(visitor: httpx.AsyncClient) -> None:
    await visitor.get("/texts")
    answers = [await visitor.post("/commands", json={"text": "/quota"}) for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert error(refused[0]) == (429, "too-fast", "That was too fast. Please wait a moment.")
    assert refused[0].headers["retry-after"] == "1"
    assert (await visitor.get("/quota")).status_code == 200


async def test_made_up_cookies_are_no_way_around(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "WRITES", (30, 0.001))
    async with open_playground(tmp_path, redis_url, worker=False) as url, new_visitor(url) as visitor:
        codes = []
        for number in range(62):
            headers = {"Cookie": f"{COOKIE}={number:032x}"}
            codes.append((await visitor.post("/commands", content=b"x", headers=headers)).status_code)
    assert codes == [400] * 30 + [429] * 32


async def test_strange_words_are_answered(visitor: httpx.AsyncClient) -> None:
    for text in ("/\ud800", "/\0", "\ud800", "/" + "x" * 9000, "/💥", "/unlock \ud800", "/unlock " + "x" * 9000):
        answer = await visitor.post("/commands", content=json.dumps({"text": text}).encode())
        assert answer.status_code == 200, text
    for model in ("\ud800", "\0", "x" * 9000):
        answer = await send(visitor, options=json.dumps({"model": model}), message="a")
        assert answer.status_code in (202, 429), (model, answer.text)
    for odd in ("%00", "..%2f..", "x" * 4000, "%ff", "💥"):
        assert error(await visitor.get(f"/jobs/{odd}"))[0] == 404, odd


def test_server_listens_on_loopback_by_default(tmp_path: Path) -> None:
    assert settings_for(tmp_path).playground_host == "127.0.0.1"


def test_rate_limit_refills_and_forgets() -> None:
    now = 0.0
    limit = RateLimit(2, 0.5, clock=lambda: now)
    assert [limit.wait_s("a") for _ in range(3)] == [0, 0, 2]
    assert limit.wait_s("b") == 0
    now = 2.0
    assert [limit.wait_s("a") for _ in range(2)] == [0, 2]
    for stranger in range(10_050):
        limit.wait_s(str(stranger))
    assert len(limit._buckets) <= 10_000


class Polyglot(Texts):
    languages: ClassVar[tuple[str, ...]] = ("de", "en", "pt")

    def known(self, language: str) -> str:
        short = language.split("-")[0]
        return short if short in self.languages else "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("pt-BR", "pt"),
        ("nl, pt;q=0.3, de-CH;q=0.8", "de"),
        ("xx, yy;q=0.5", "en"),
        ("de;q=0, pt;q=oops, en;q=0.1", "en"),
        ("*, ;;;,=,", "en"),
    ],
)
def test_the_browsers_language_is_answered(header: str, language: str) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert asked_language(request, Polyglot()) == language
