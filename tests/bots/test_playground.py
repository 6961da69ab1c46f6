"""The playground over HTTP: what a visitor, another visitor, a program and another site's page get from it."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from PIL import Image
from starlette.requests import Request

from magicmemory.bots import service
from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.previews import Previews
from magicmemory.bots.playground import requests, static
from magicmemory.bots.playground.media import media_type, shown
from magicmemory.bots.playground.page import SCRIPT_TEXTS
from magicmemory.bots.playground.rate_limit import RateLimit
from magicmemory.bots.playground.security import HEADERS
from magicmemory.bots.playground.server import GRACE_S, serve
from magicmemory.bots.playground.views import BEGINS_AT, _face_key
from magicmemory.bots.playground.visitors import COOKIE, asked_language
from magicmemory.bots.texts import Texts
from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable
from magicmemory.core.http_server import CannotListen
from magicmemory.core.job import Stage
from magicmemory.core.report import FaceWarning, LeftAlone
from magicmemory.storage.codes import CodeKind, CodeSpec
from tests.support.harness import FACE, settings_for
from tests.support.playground import Gate, Painter, open_playground, photo

PATIENCE_S = 60
STATIC = Path(static.__path__[0])


@pytest.fixture
async def url(tmp_path: Path, redis_url: str) -> AsyncIterator[str]:
    async with open_playground(tmp_path, redis_url) as address:
        yield address


@pytest.fixture
async def idle_url(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A playground whose worker is away, and whose watchers look again sooner than they need to."""
    monkeypatch.setattr(service, "POLL_INTERVAL_S", 0.2)
    async with open_playground(tmp_path, redis_url, worker=False) as address:
        yield address


@pytest.fixture
async def visitor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with new_visitor(url) as client:
        yield client


def new_visitor(url: str, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_S, trust_env=False)


async def send(
    client: httpx.AsyncClient, data: bytes | None = None, name: str = "granny.jpg", **form: str
) -> httpx.Response:
    return await client.post("/photos", files={"photo": (name, photo() if data is None else data)}, data=form)


async def send_and_wait(client: httpx.AsyncClient, data: bytes | None = None, name: str = "granny.jpg") -> Any:
    answer = await send(client, data, name)
    assert answer.status_code == 202, answer.text
    return (await events(client, answer.json()["job"]))[-1][1]


async def press(client: httpx.AsyncClient, view: Any, text: str) -> Any:
    """Press a result's button, and wait for what it makes."""
    options = next(button["options"] for button in view["adjustments"] if button["text"] == text)
    answer = await client.post(f"{view['urls']['self']}/adjust", json={"options": options})
    assert answer.status_code == 202, answer.text
    return (await events(client, answer.json()["job"]))[-1][1]


async def events(client: httpx.AsyncClient, job: Any) -> list[tuple[str, Any]]:
    """Every event of a job's stream, until it ends."""
    return [event async for event in stream(client, job)]


async def stream(client: httpx.AsyncClient, job: Any) -> AsyncGenerator[tuple[str, Any], None]:
    """A job's events as they come."""
    async with client.stream("GET", job["urls"]["events"]) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def error(answer: httpx.Response) -> tuple[int, str, str]:
    refused = answer.json()["error"]
    return answer.status_code, refused["key"], refused["text"]


# The way of a photo


async def test_a_photo_comes_back(tmp_path: Path, redis_url: str) -> None:
    gate = Gate()
    async with open_playground(tmp_path, redis_url, Painter(step=gate)) as url, new_visitor(url) as visitor:
        before = (await visitor.get("/quota")).json()
        assert (before["limit"], before["used"], before["left"]) == (1, 0, 1)
        job = (await send(visitor)).json()["job"]
        assert (job["state"], job["finished"], job["report"]) == ("accepted", False, None)
        assert job["text"] == "Got it. Your photo is next."
        following = stream(visitor, job)
        first = await anext(following)
        gate.open()
        *progress, (last, view) = [first] + [event async for event in following]

    assert last == "done"
    assert {name for name, _ in progress} == {"progress"}
    assert "Found 2 faces. Restored 1 so far…" in [told["text"] for _, told in progress]
    fractions = [told["fraction"] for _, told in progress]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] < 1
    assert (view["state"], view["finished"]) == ("delivered", True)
    assert view["text"] == "One face restored. One face was too small to restore."
    assert [face["restored"] for face in view["report"]["faces"]] == [True, False]
    assert view["report"]["faces"][0]["text"] == "Face 1: 72 × 90 pixels, restored"
    assert view["quota"]["left"] == 0
    assert view["quota"]["text"].startswith("No more photos today.")


async def test_the_pictures_are_served_with_their_types_and_names(visitor: httpx.AsyncClient) -> None:
    sent = photo(kind="PNG")
    view = await send_and_wait(visitor, sent, "Oma & Opa 1946.png")
    original = await visitor.get(view["urls"]["original"])
    assert original.content == sent
    assert original.headers["content-type"] == "image/png"
    assert "content-disposition" not in original.headers
    restored = await visitor.get(view["urls"]["result"])
    assert restored.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(restored.content)).size == (240, 300)
    download = await visitor.get(view["urls"]["download"])
    assert download.content == restored.content
    assert download.headers["content-disposition"] == (
        "attachment; filename=\"Oma _ Opa 1946 restored.jpg\"; filename*=UTF-8''Oma%20%26%20Opa%201946%20restored.jpg"
    )


async def test_the_second_photo_is_refused_in_the_desks_words(visitor: httpx.AsyncClient) -> None:
    await send_and_wait(visitor)
    # The same photo again is answered from the store, and costs nothing; another one is another photo.
    assert (await send_and_wait(visitor))["quota"]["used"] == 1
    answer = await send(visitor, photo(200))
    status, key, text = error(answer)
    assert (status, key) == (429, "quota-used-up")
    assert text.startswith("You have used today’s free photo. You get the next one in ")
    assert 0 < int(answer.headers["retry-after"]) <= 86400


async def test_a_message_sent_again_makes_one_job(visitor: httpx.AsyncClient) -> None:
    first = (await send(visitor, message="abc-1")).json()["job"]
    again = await send(visitor, message="abc-1")
    assert again.status_code == 202
    assert again.json()["job"]["id"] == first["id"]
    assert len((await visitor.get("/history")).json()["jobs"]) == 1


async def test_options_come_with_the_photo(tmp_path: Path, redis_url: str) -> None:
    painter = Painter()
    async with open_playground(tmp_path, redis_url, painter) as url, new_visitor(url) as visitor:
        await events(visitor, (await send(visitor, options='{"strength": 0.3}')).json()["job"])
        for unusable in ('{"strength": 7}', '{"sharper": true}', "[]", "{"):
            status, key, _ = error(await send(visitor, options=unusable))
            assert (status, key) == (422, "bad-options"), unusable
    assert [options.strength for options in painter.seen] == [0.3]


async def test_a_photo_is_adjusted_free(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    assert view["adjustments"] == [
        {"text": "Gentler", "options": {"strength": 0.75}},
        {"text": "Whole photo", "options": {"scope": "photo"}},
    ]
    answer = await visitor.post(f"{view['urls']['self']}/adjust", json={"options": {"strength": 0.75}})
    assert answer.status_code == 202
    pressed_twice = await visitor.post(f"{view['urls']['self']}/adjust", json={"options": {"strength": 0.75}})
    assert pressed_twice.json()["job"]["id"] == answer.json()["job"]["id"]
    gentler = (await events(visitor, answer.json()["job"]))[-1][1]
    assert (gentler["state"], gentler["parent"], gentler["charged"]) == ("delivered", view["id"], False)
    assert gentler["asked"] == "The same photo, faces only, restored at 75 %"
    assert [button["text"] for button in gentler["adjustments"]] == ["Gentler", "Stronger", "Whole photo"]
    both = [(await visitor.get(job["urls"]["result"])).content for job in (view, gentler)]
    assert both[0] != both[1]
    assert (await visitor.get(gentler["urls"]["original"])).content == photo()
    assert (await visitor.get("/quota")).json()["used"] == 1


async def test_the_whole_photo_is_cleaned_and_left_again(tmp_path: Path, redis_url: str) -> None:
    painter = Painter()
    async with open_playground(tmp_path, redis_url, painter) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        gentler = await press(visitor, view, "Gentler")
        cleaned = await press(visitor, gentler, "Whole photo")
        assert cleaned["options"] == {**gentler["options"], "scope": "photo"}
        assert cleaned["asked"] == "The whole photo cleaned, its faces restored at 75 %"
        assert [button["text"] for button in cleaned["adjustments"]] == ["Gentler", "Stronger", "Faces only"]
        stronger = await press(visitor, cleaned, "Stronger")
        assert stronger["options"] == {**view["options"], "scope": "photo"}
        faces = await press(visitor, cleaned, "Faces only")
        assert faces["options"] == gentler["options"]
        assert faces["asked"] == gentler["asked"] == "The same photo, faces only, restored at 75 %"
        pictures = [(await visitor.get(job["urls"]["result"])).content for job in (gentler, cleaned, faces)]
    assert pictures[0] == pictures[2] != pictures[1]
    assert [options.scope for options in painter.seen] == ["faces", "faces", "photo", "photo", "faces"]


def test_the_progress_bar_knows_every_stage() -> None:
    assert list(BEGINS_AT) == list(Stage)
    assert list(BEGINS_AT.values()) == sorted(set(BEGINS_AT.values()))


async def test_adjustments_are_limited_and_checked(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, adjustments=1) as url, new_visitor(url) as visitor:
        adjust = f"{(await send_and_wait(visitor))['urls']['self']}/adjust"
        assert error(await visitor.post(adjust, json={"options": {"strength": 2}}))[:2] == (422, "bad-options")
        assert error(await visitor.post(adjust, content=b"not json"))[:2] == (400, "bad-request")
        assert error(await visitor.post(adjust, content=b"[" * 15_000))[:2] == (400, "bad-request")
        assert (await visitor.post(adjust, json={"options": {"strength": 0.5}})).status_code == 202
        refused = error(await visitor.post(adjust, json={"options": {"strength": 0.1}}))
        assert refused[:2] == (429, "too-many-adjustments")


async def test_a_waiting_photo_is_cancelled(idle_url: str) -> None:
    async with new_visitor(idle_url) as visitor:
        job = (await send(visitor)).json()["job"]
        following = stream(visitor, job)
        assert (await anext(following))[0] == "progress"
        cancelled = (await visitor.post(f"{job['urls']['self']}/cancel")).json()["job"]
        assert (cancelled["state"], cancelled["finished"]) == ("cancelled", True)
        assert cancelled["text"] == "Dropped. It cost you nothing."
        assert cancelled["quota"]["left"] == 1
        assert [name async for name, _ in following] == ["done"]
        assert error(await visitor.post(f"{job['urls']['self']}/cancel"))[:2] == (409, "nothing-to-cancel")


async def test_a_waiting_photo_tells_its_place_in_the_line(idle_url: str) -> None:
    async with new_visitor(idle_url) as first, new_visitor(idle_url) as second:
        ahead = (await send(first)).json()["job"]
        job = (await send(second)).json()["job"]
        assert job["text"] == "Got it. 1 photo is ahead of yours."
        following = stream(second, job)
        assert (await anext(following))[1]["text"] == "Got it. 1 photo is ahead of yours."
        await first.post(f"{ahead['urls']['self']}/cancel")
        assert (await anext(following))[1]["text"] == "Got it. Your photo is next."
        await second.post(f"{job['urls']['self']}/cancel")
        assert [name async for name, _ in following] == ["done"]


async def test_history_outlives_the_server(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        cookies = dict(visitor.cookies)
    async with open_playground(tmp_path, redis_url) as url, new_visitor(url) as visitor:
        visitor.cookies.update(cookies)
        assert [job["id"] for job in (await visitor.get("/history")).json()["jobs"]] == [view["id"]]
        assert await events(visitor, view) == [("done", (await visitor.get(view["urls"]["self"])).json())]


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ({"restored": True}, "restored"),
        ({"restored": True, "warning": FaceWarning.LESS_ALIKE}, "less-alike"),
        ({"restored": False, "reason": LeftAlone.TOO_SMALL}, "too-small"),
        ({"restored": False}, "left-alone"),
    ],
)
def test_every_face_has_its_sentence(found: dict[str, Any], key: str) -> None:
    assert _face_key(FACE.model_copy(update={"reason": None, **found})) == key
    assert (
        Texts().say("en", f"playground-face-{key}", number=1, width=30, height=40).startswith("Face 1: 30 × 40 pixels")
    )


# Bad files


async def test_what_is_no_photo_is_told_and_costs_nothing(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor, b"<script>alert(1)</script>", "page.html")
    assert (view["state"], view["failure"]) == ("failed", "not-a-photo")
    assert view["text"] == "This is not a photo. Please send a picture, for example a JPEG or PNG."
    assert view["quota"]["left"] == 1
    # It is never served as what it says it is.
    original = await visitor.get(view["urls"]["original"])
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment")


async def test_nothing_is_no_photo(visitor: httpx.AsyncClient) -> None:
    assert error(await send(visitor, b""))[:2] == (415, "not-a-photo")
    assert error(await visitor.post("/photos", data={"message": "1"}))[:2] == (415, "not-a-photo")
    assert error(await visitor.post("/photos", files={"photo": (None, "text")}))[:2] == (415, "not-a-photo")


async def test_broken_forms_are_refused(visitor: httpx.AsyncClient) -> None:
    form = {"Content-Type": "multipart/form-data"}
    assert error(await visitor.post("/photos", content=b"x", headers=form))[:2] == (400, "bad-request")
    assert error(await send(visitor, message="../../etc"))[:2] == (400, "bad-request")
    assert error(await send(visitor, message="x" * 65))[:2] == (400, "bad-request")
    two = [("photo", ("1.jpg", photo())), ("photo", ("2.jpg", photo()))]
    assert error(await visitor.post("/photos", files=two))[:2] == (400, "bad-request")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, redis_url: str, announced: bool) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n' + bytes(600_000)
    length = "Content-Length: 900000000" if announced else "Transfer-Encoding: chunked"
    head = (
        f"POST /photos HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
    )
    async with open_playground(tmp_path, redis_url, worker=False, max_photo_mb=0.5) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        writer.write(head.encode() + (b"" if announced else f"{len(body):x}\r\n".encode() + body + b"\r\n"))
        # The server answers and hangs up, although we have not sent it all.
        async with asyncio.timeout(PATIENCE_S):
            answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"This file is too large: 0.5 MB is the limit."' in answer


async def test_a_file_at_the_limit_is_taken(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, worker=False, max_photo_mb=0.5) as url, new_visitor(url) as visitor:
        assert (await send(visitor, bytes(500_000))).status_code == 202
        assert error(await send(visitor, bytes(500_001)))[:2] == (413, "file-too-large")


# Who is who


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
        assert re.match(rf"{COOKIE}=[0-9a-f]{{32}}; ", cookie)
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
    assert await said("/restore") == await said("hello") == "Send a photo, and I restore the faces in it."
    assert await said("/dance now") == "I do not know /dance. Try /help."
    assert await said("/cancel") == "Nothing of yours is waiting."
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
        for guess in range(5):
            # Each time as somebody new.
            async with new_visitor(url) as visitor:
                assert "I do not know this code." in (await said(visitor, f"/unlock GUESS{guess}"))["text"]
        async with new_visitor(url) as visitor:
            assert "Too many wrong codes." in (await said(visitor, f"/unlock {code}"))["text"]


async def test_a_visitor_who_hammers_is_told_to_wait(visitor: httpx.AsyncClient) -> None:
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
    monkeypatch.setattr(requests, "AN_ADDRESS", 2)
    async with open_playground(tmp_path, redis_url, worker=False) as url, new_visitor(url) as visitor:
        codes = []
        for number in range(62):
            headers = {"Cookie": f"{COOKIE}={number:032x}"}
            codes.append((await visitor.post("/commands", content=b"x", headers=headers)).status_code)
    assert codes == [400] * 60 + [429] * 2


async def test_strange_words_are_answered(visitor: httpx.AsyncClient) -> None:
    for text in ("/\ud800", "/\0", "\ud800", "/" + "x" * 9000, "/💥", "/unlock \ud800", "/unlock " + "x" * 9000):
        answer = await visitor.post("/commands", content=json.dumps({"text": text}).encode())
        assert answer.status_code == 200, text
    for model in ("\ud800", "\0", "x" * 9000):
        answer = await send(visitor, options=json.dumps({"model": model}), message="a")
        assert answer.status_code in (202, 429), (model, answer.text)
    for odd in ("%00", "..%2f..", "x" * 4000, "%ff", "💥"):
        assert error(await visitor.get(f"/jobs/{odd}"))[0] == 404, odd


def test_it_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
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


# The door


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
    for path in ["/", "/texts", "/static/main.js", "/nothing", "/healthz", *view["urls"].values()]:
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


# The page


async def test_the_page_is_filled_in(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in page.text
    assert "{{" not in page.text
    assert "Up to 20 MB." in page.text
    # The content policy forbids all of these.
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=\"/)| on\w+=|https?://", page.text)
    for asset in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert (await visitor.get(asset)).status_code == 200, asset


async def test_assets_have_types_and_tags(visitor: httpx.AsyncClient) -> None:
    script = await visitor.get("/static/main.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    unchanged = await visitor.get("/static/main.js", headers={"If-None-Match": script.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    for missing in ("__init__.py", "index.html", "nothing.js", "..%2Fapp.py", "%2e%2e/app.py"):
        assert (await visitor.get(f"/static/{missing}")).status_code == 404, missing


async def test_the_scripts_know_their_texts(visitor: httpx.AsyncClient) -> None:
    facts = (await visitor.get("/texts")).json()
    said = {
        key
        for script in STATIC.glob("*.js")
        for key in re.findall(r'\b(?:say|tag|speaker|bubble)\("([a-z-]+)"', script.read_text("utf-8"))
    }
    assert said == set(SCRIPT_TEXTS) == set(facts["texts"])
    assert facts["max_photo_bytes"] == 20_000_000
    assert facts["sample"] == ("/static/sample.jpg" if (STATIC / "sample.jpg").exists() else None)


# Pictures that few browsers show


def test_media_types() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        assert media_type(photo(kind=kind)) == f"image/{kind.lower()}", kind
    assert media_type(b"\0\0\0\x18ftypheic\0\0\0\0") == "image/heic"
    for other in (b"", b"<svg xmlns=''/>", b"<html>", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42"):
        assert media_type(other) == "application/octet-stream"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "I;16", "P", "RGBA"])
async def test_a_scan_is_shown_as_a_jpeg(mode: str) -> None:
    scan = BytesIO()
    grey = 40_000 if mode == "I;16" else 150
    made = Image.new(mode if mode == "I;16" else "L", (3000, 1500), grey)
    made.convert(mode).save(scan, "TIFF")
    picture = Image.open(BytesIO(await shown(scan.getvalue(), Previews(64))))
    assert (picture.format, picture.size) == ("JPEG", (2048, 1024))
    level = picture.convert("L").getpixel((9, 9))
    assert isinstance(level, int)
    assert abs(level - 152) < 12


async def test_what_browsers_show_is_left_as_it_is() -> None:
    assert await shown(photo(), Previews(64)) == photo()


async def test_scans_are_bounded_and_checked() -> None:
    scan = photo(2000, 1000, "TIFF")
    with pytest.raises(PhotoTooLarge):
        await shown(scan, Previews(1))
    for broken in (scan[:60], b"II*\0\xff\xff\xff\xff", b"\0\0\0\x18ftypheic\0\0\0\0broken"):
        with pytest.raises(PhotoUnreadable):
            await shown(broken, Previews(64))


# The server


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = settings_for(tmp_path, playground_port=port)
        with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1:{port} \\(Address already in use\\)"):
            await serve(settings, "redis://127.0.0.1:1", asyncio.Event())
    assert not (tmp_path / "magicmemory.db").exists()


async def test_a_stop_ends_open_streams_at_once(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, worker=False) as url:
        visitor = new_visitor(url)
        job = (await send(visitor)).json()["job"]
        following = stream(visitor, job)
        assert (await anext(following))[0] == "progress"
        began = time.monotonic()
    assert time.monotonic() - began < GRACE_S
    assert [event async for event in following] == []
    await visitor.aclose()


def test_the_playground_needs_no_torch() -> None:
    code = (
        "import sys, magicmemory.bots.playground.server\n"
        "heavy = {'torch', 'cv2', 'numpy', 'openvino', 'magicmemory.pipeline'} & set(sys.modules)\n"
        "sys.exit(f'imports {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
