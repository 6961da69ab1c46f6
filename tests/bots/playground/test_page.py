"""The page, its assets and its sentences."""

import re
from pathlib import Path

import httpx

from magicmemory.bots.playground import static
from magicmemory.bots.playground.page import SCRIPT_TEXTS

STATIC = Path(static.__path__[0])


async def test_the_page_is_filled_in(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="en" dir="ltr">' in page.text
    assert "{{" not in page.text
    assert "Up to 20 MB." in page.text
    # The content policy forbids all of these.
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=\"/)| on\w+=|https?://", page.text)
    for asset in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert (await visitor.get(asset)).status_code == 200, asset


async def test_the_policy_and_the_terms_are_pages_and_commands(visitor: httpx.AsyncClient) -> None:
    policy = await visitor.get("/legal/privacy", headers={"Accept-Language": "de"})
    assert "<h1>Privacy policy</h1>" in policy.text
    assert "<td>24 hours</td>" in policy.text
    assert 'lang="de" dir="ltr">Dieser Text ist auf Englisch.<' in policy.text
    assert (await visitor.get("/legal/nothing")).status_code == 404
    for command, part in (("/privacy", "for 24 hours"), ("/terms", "partly a guess")):
        told = (await visitor.post("/commands", json={"text": command})).json()["text"]
        assert part in told
        assert told.endswith(f"/legal{command}")


async def test_an_arabic_page_runs_from_right_to_left(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/", headers={"Accept-Language": "ar-EG,ar;q=0.9"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "أعد إلى الصور القديمة وجوهها" in page.text


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
