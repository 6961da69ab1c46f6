"""Attachments: what was uploaded, and signed URLs that expire."""

import asyncio
import hashlib
import hmac
import io
import mimetypes
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

from PIL import Image, UnidentifiedImageError

from tests.servers.discord.clock import Clock
from tests.servers.discord.refusals import JSON

URL_LIFETIME_S = 24 * 3600
SPOILER = "SPOILER_"
IS_SPOILER = 1 << 3
SUFFIX_OF = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",), "GIF": (".gif",)}


@dataclass(frozen=True)
class Upload:
    """A file on its way to the server."""

    data: bytes
    filename: str = "photo.jpg"
    description: str | None = None


@dataclass
class Attachment:
    """A file the server keeps."""

    id: int
    channel: int
    filename: str
    data: bytes = field(repr=False)
    description: str | None = None
    ephemeral: bool = False
    size: tuple[int, int] | None = None  # None: no picture that can be read
    kind: str | None = None  # None: Discord says nothing

    @property
    def spoiler(self) -> bool:
        """Whether it is hidden until somebody clicks."""
        return self.filename.startswith(SPOILER)


def clean(filename: str) -> str:
    """The name Discord gives a file: letters, digits, dot, dash and underscore remain."""
    return re.sub(r"[^\w.\-]", "", filename.replace(" ", "_"), flags=re.ASCII) or "unknown"


def look_at(data: bytes, filename: str) -> tuple[tuple[int, int] | None, str | None]:
    """A picture's size and the file's media type. A picture that cannot be decoded to its end, or whose name says
    another format than its bytes, has no size."""
    kind = mimetypes.guess_type(filename)[0]
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            suffixes = SUFFIX_OF.get(image.format or "", ())
            fits = filename.lower().endswith(suffixes) if suffixes else False
            return (image.size if fits else None), (Image.MIME.get(image.format or "", kind) if fits else kind)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None, kind


class Files:
    """All attachments, and the CDN's signatures."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(16)
        self._kept: dict[int, Attachment] = {}
        self.base = ""
        self.downloads: list[int] = []
        self.open = asyncio.Event()  # clear: downloads wait
        self.open.set()

    def keep(self, upload: Upload, channel: int, *, ephemeral: bool = False) -> Attachment:
        """Store a file."""
        filename = clean(upload.filename)
        size, kind = look_at(upload.data, filename)
        attachment = Attachment(
            self._clock.snowflake(), channel, filename, upload.data, upload.description, ephemeral, size, kind
        )
        self._kept[attachment.id] = attachment
        return attachment

    def forget(self, attachment: Attachment) -> None:
        """Its message is gone, and so is the file."""
        self._kept.pop(attachment.id, None)

    def url(self, attachment: Attachment) -> str:
        """A URL that is good for a day."""
        path = f"/attachments/{attachment.channel}/{attachment.id}/{attachment.filename}"
        expires = f"{int(self._clock.now()) + URL_LIFETIME_S:x}"
        issued = f"{int(self._clock.now()):x}"
        query = urlencode({"ex": expires, "is": issued, "hm": self._sign(path, expires, issued)})
        return f"{self.base}{path}?{query}"

    def fetch(self, path: str, query: dict[str, str]) -> Attachment | None:
        """What a URL names; None: nothing, a wrong signature, or one that has expired."""
        expires, issued = query.get("ex", ""), query.get("is", "")
        if not hmac.compare_digest(self._sign(path, expires, issued), query.get("hm", "")):
            return None
        if int(expires, 16) < self._clock.now():
            return None
        attachment = self._kept.get(int(path.split("/")[3]))
        if attachment is not None:
            self.downloads.append(attachment.id)
        return attachment

    def payload(self, attachment: Attachment) -> JSON:
        """An attachment as the API shows it."""
        url = self.url(attachment)
        shown: JSON = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "flags": IS_SPOILER if attachment.spoiler else 0,
        }
        if attachment.kind is not None:
            shown["content_type"] = attachment.kind
        if attachment.size:
            shown["width"], shown["height"] = attachment.size
        if attachment.description is not None:
            shown["description"] = attachment.description
        if attachment.ephemeral:
            shown["ephemeral"] = True
        return shown

    def _sign(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self._secret, f"{path}|{expires}|{issued}".encode(), hashlib.sha256).hexdigest()
