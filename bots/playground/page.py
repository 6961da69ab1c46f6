"""The page: its files, which are read once, and its sentences, which are filled in for each visitor."""

import hashlib
import html
import re
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.legal.documents import Document, as_html, written
from magicmemory.bots.playground import static
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.visitors import Visitors, asked_language, sender_of
from magicmemory.bots.service import BotService
from magicmemory.core.job import Sender
from magicmemory.core.units import MB

# Python's `mimetypes` reads the machine's own table, which may call JavaScript plain text.
TYPES = {
    "css": "text/css; charset=utf-8",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
SAMPLE = "sample.jpg"
# The sentences that the scripts show by themselves; all others come with an answer.
SCRIPT_TEXTS = (
    "after",
    "after-alt",
    "before",
    "before-alt",
    "bot",
    "cancel",
    "close",
    "compare",
    "copied",
    "copy",
    "damage-alt",
    "download",
    "download-all",
    "download-cards",
    "expired",
    "faces",
    "hold",
    "large-view",
    "not-copied",
    "not-sent",
    "offline",
    "online",
    "progress",
    "saved",
    "sending",
    "share",
    "share-both",
    "share-card",
    "share-clip",
    "show-damage",
    "show-faces",
    "try-again",
    "you",
    "your-photo",
    "zoom-in",
    "zoom-out",
)
LEGAL = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title}</title>
  <link rel="icon" type="image/svg+xml" href="/static/icon.svg">
  <link rel="stylesheet" href="/static/style.css">
  <link rel="stylesheet" href="/static/legal.css">
</head>
<body>
  <header class="top">
    <p class="brand"><a href="/"><img src="/static/icon.svg" alt="" width="28" height="28">{title}</a></p>
    <p class="quota" lang="{language}" dir="{direction}">{note}</p>
  </header>
  <main class="legal">{text}</main>
</body>
</html>
"""
_PLACEHOLDER = re.compile(r"\{\{ ([a-z-]+) \}\}")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page."""

    body: bytes
    media_type: str
    tag: str


class Page:
    """Serves the page."""

    def __init__(self, service: BotService, visitors: Visitors) -> None:
        self._service = service
        self._visitors = visitors
        self._assets = _read_assets()
        self._template = (files(static) / "index.html").read_text("utf-8")

    async def index(self, request: Request) -> Response:
        """The page, in the visitor's language: the one that they chose, else the browser's."""
        language = await self._language(request)

        def fill(match: re.Match[str]) -> str:
            key = match.group(1)
            own = {"language": language, "direction": self._service.texts.direction(language)}
            return html.escape(own[key] if key in own else self._say(language, key))

        body = _PLACEHOLDER.sub(fill, self._template)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
        return Response(body, media_type="text/html", headers=headers)

    async def _language(self, request: Request) -> str:
        try:
            visitor = await self._visitors.known(request)
        except Refused:  # nobody has logged in; the page's own requests will say so
            visitor = None
        if visitor is None:
            return asked_language(request, self._service.texts)
        return await self._service.language(sender_of(request, self._service.texts, visitor))

    async def asset(self, request: Request) -> Response:
        """A file of the page; the browser revalidates it each time."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise Refused(HTTPStatus.NOT_FOUND, "not-found")
        headers = {"Cache-Control": "no-cache", "ETag": asset.tag}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(asset.body, media_type=asset.media_type, headers=headers)

    async def legal(self, request: Request) -> Response:
        """The privacy policy or the terms, in English, as the settings in force make them."""
        try:
            document = Document(request.path_params["document"])
        except ValueError:
            raise Refused(HTTPStatus.NOT_FOUND, "not-found") from None
        language = asked_language(request, self._service.texts)
        text = as_html(written(document, self._service.settings, self._service.plans))
        body = LEGAL.format(
            title=html.escape(self._say(language, "title")),
            language=language,
            direction=self._service.texts.direction(language),
            note="" if language == "en" else html.escape(self._say(language, "legal-english")),
            text=text,
        )
        return Response(body, media_type="text/html", headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})

    async def texts(self, request: Request, sender: Sender) -> Response:
        """The language, sentences and limits that the scripts need at the start."""
        language = await self._service.language(sender)
        settings = self._service.settings
        content: dict[str, Any] = {
            "language": language,
            "texts": {key: self._say(language, key) for key in SCRIPT_TEXTS},
            "max_photo_bytes": int(settings.max_photo_mb * MB),
            "too_large": self._service.texts.say(language, "error-file-too-large", limit_mb=settings.max_photo_mb),
            "sample": f"/static/{SAMPLE}" if SAMPLE in self._assets else None,
        }
        return answer(content)

    def _say(self, language: str, key: str) -> str:
        settings = self._service.settings
        hours = round(settings.photo_retention_hours)
        return self._service.texts.say(language, f"playground-{key}", limit_mb=settings.max_photo_mb, hours=hours)


def sample_photo() -> bytes:
    """The sample photo that the page offers; empty if the package came without it."""
    file = files(static) / SAMPLE
    return file.read_bytes() if file.is_file() else b""


def _read_assets() -> dict[str, Asset]:
    """Every file of the page except its template."""
    assets = {}
    for file in files(static).iterdir():
        media_type = TYPES.get(file.name.rsplit(".", 1)[-1])
        if media_type is not None:
            body = file.read_bytes()
            assets[file.name] = Asset(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return assets
