"""The files of the chats: what Telegram makes of an upload, what it refuses, and paths that expire."""

import hashlib
import io
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from magicmemory.core.units import MIB
from tests.servers.telegram.refusals import NOT_FOUND, bad_request

PHOTO_BYTES = 10 * MIB
DOCUMENT_BYTES = 50 * MIB
LOCAL_BYTES = 2000 * MIB
DOWNLOAD_BYTES = 20 * MIB
PHOTO_SIDES = 10_000  # width + height
PHOTO_RATIO = 20
PHOTO_EDGES = (90, 320, 800, 1280)  # the longer edge of each size Telegram keeps of a photo
NO_PHOTO_EXTENSIONS = frozenset({".webp", ".heic", ".heif", ".avif", ".svg", ".pdf", ".psd", ".mp4"})
PHOTO_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP")


@dataclass(frozen=True)
class Upload:
    """A file as a client sent it."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True)
class Stored:
    """A file in Telegram's store. Equal contents of one kind have equal `unique` ids."""

    kind: str  # photo, document, …
    unique: str
    data: bytes = field(repr=False)
    name: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0
    duration: int = 0  # of an animation, seconds


@dataclass(frozen=True)
class Sent:
    """A stored file as one message shows it: every message has file ids of its own."""

    file_id: str
    file: Stored

    def json(self) -> dict[str, Any]:
        """The file as an object of the Bot API."""
        file = self.file
        body: dict[str, Any] = {"file_id": self.file_id, "file_unique_id": file.unique, "file_size": len(file.data)}
        if file.kind == "photo":
            return body | {"width": file.width, "height": file.height}
        if file.kind == "animation":
            body |= {"width": file.width, "height": file.height, "duration": file.duration}
        return body | {"file_name": file.name, "mime_type": file.mime}


@dataclass(frozen=True)
class Photo:
    """A photo of a message: its sizes, smallest first, and the bytes as they were uploaded."""

    sizes: tuple[Sent, ...]
    uploaded: bytes = field(repr=False)

    @property
    def largest(self) -> Sent:
        """The best quality that can be downloaded."""
        return self.sizes[-1]

    def json(self) -> list[dict[str, Any]]:
        """The photo as an array of `PhotoSize`."""
        return [size.json() for size in self.sizes]


def open_photo(data: bytes) -> Image.Image:
    """Decode a picture as Telegram's servers do, or raise what they answer.

    Raises:
        Refusal: it is no picture, or one that is not accepted as a photo.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=PHOTO_FORMATS)
            width, height = image.size
            if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    return image.convert("RGB")


class Files:
    """All files of one server."""

    def __init__(self, folder: Path | None = None) -> None:
        self.local_folder = folder  # where a `--local` server keeps its files; None: the public server
        self._by_id: dict[str, Sent | Photo] = {}
        self._paths: dict[str, Stored] = {}
        self._made: dict[str, tuple[tuple[Stored, ...], bytes]] = {}
        self.uploads: int = 0
        self.downloads: int = 0

    def check_upload(self, upload: Upload, kind: str) -> None:
        """Raise what Telegram answers to a file that it does not take."""
        local = self.local_folder is not None
        if not upload.data:
            raise bad_request("file must be non-empty")
        limit = PHOTO_BYTES if kind == "photo" else LOCAL_BYTES if local else DOCUMENT_BYTES
        if len(upload.data) > limit:
            what = " for a photo" if kind == "photo" else ""
            size = f"file of size {len(upload.data)} bytes is too big{what}"
            raise bad_request(f"{size}; the maximum size is {limit} bytes")

    def photo(self, upload: Upload) -> Photo:
        """Keep a photo in its sizes: like Telegram, never in the quality it was sent in."""
        if Path(upload.name).suffix.lower() in NO_PHOTO_EXTENSIONS:
            kinds = ".jpg, .jpeg, .gif, .png, .tif or .bmp"
            raise bad_request(f"photo has unsupported extension. Use one of {kinds}")
        digest = hashlib.sha256(upload.data).hexdigest()
        if digest not in self._made:
            self._made[digest] = (tuple(_sizes(open_photo(upload.data))), upload.data)
        return self._show_photo(*self._made[digest])

    def document(self, upload: Upload, kind: str = "document") -> Sent:
        """Keep a file as it is."""
        unique = "AgAD" + hashlib.sha256(kind.encode() + upload.data).hexdigest()[:12]
        return self._show(Stored(kind, unique, upload.data, upload.name, upload.mime))

    def animation(self, upload: Upload) -> Sent | None:
        """Keep a clip without sound; None: it is neither a GIF nor an MP4, so Telegram takes it for a document."""
        if upload.data[4:8] != b"ftyp" and not upload.data.startswith(b"GIF8"):
            return None
        unique = "AgAD" + hashlib.sha256(b"animation" + upload.data).hexdigest()[:12]
        # Telegram turns a GIF into an MP4; the tests look at what was sent.
        return self._show(Stored("animation", unique, upload.data, upload.name, "video/mp4", 320, 320, 3))

    def again(self, file_id: str, kind: str) -> Photo | Sent:
        """A file that Telegram already has, for another message."""
        known = self._by_id.get(file_id)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        found = "photo" if isinstance(known, Photo) else known.file.kind
        if found != kind:
            raise bad_request(f"can't use file of type {found.title()} as {kind.title()}")
        if isinstance(known, Photo):
            return self._show_photo(tuple(size.file for size in known.sizes), known.uploaded)
        return self._show(known.file)

    def path(self, file_id: str) -> dict[str, Any]:
        """The answer to `getFile`.

        Raises:
            Refusal: no such file, or more than a bot may download.
        """
        known = self._by_id.get(file_id)
        if known is None:
            raise bad_request("invalid file_id")
        size = next(size for size in known.sizes if size.file_id == file_id) if isinstance(known, Photo) else known
        if self.local_folder is None and len(size.file.data) > DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        suffix = ".jpg" if size.file.kind == "photo" else Path(size.file.name).suffix
        path = f"{size.file.kind}s/file_{len(self._paths)}{suffix}"
        if self.local_folder is not None:
            target = self.local_folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(size.file.data)
            path = str(target)
        self._paths[path] = size.file
        body = {"file_id": file_id, "file_unique_id": size.file.unique, "file_size": len(size.file.data)}
        return body | {"file_path": path}

    def expire_paths(self) -> None:
        """Let every path given so far end, as after an hour."""
        self._paths = {f"{path} (expired)": file for path, file in self._paths.items()}

    def download(self, path: str) -> bytes:
        """The bytes behind a path."""
        if path not in self._paths:
            raise NOT_FOUND
        self.downloads += 1
        return self._paths[path].data

    def _show(self, file: Stored) -> Sent:
        sent = Sent(f"BQACAgI{secrets.token_urlsafe(36)}", file)
        self._by_id[sent.file_id] = sent
        return sent

    def _show_photo(self, files: tuple[Stored, ...], uploaded: bytes) -> Photo:
        photo = Photo(tuple(Sent(f"AgACAgI{secrets.token_urlsafe(36)}", file) for file in files), uploaded)
        for size in photo.sizes:
            self._by_id[size.file_id] = photo
        return photo


def _sizes(image: Image.Image) -> Iterator[Stored]:
    longest = max(image.size)
    edges = [edge for edge in PHOTO_EDGES if edge < longest] + [min(longest, PHOTO_EDGES[-1])]
    for edge in sorted(set(edges)):
        copy = image.copy()
        copy.thumbnail((edge, edge), Image.Resampling.BICUBIC)
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=87)
        unique = "AQAD" + hashlib.sha256(out.getvalue()).hexdigest()[:12]
        yield Stored("photo", unique, out.getvalue(), mime="image/jpeg", width=copy.width, height=copy.height)
