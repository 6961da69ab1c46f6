"""What a visitor takes with them: restored photos, clips and cards to share, and all results in one file."""

import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import PurePath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from magicmemory.bots.common.sharing import Shared
from magicmemory.bots.playground.media import EXTENSIONS, UNKNOWN, media_type, shown
from magicmemory.bots.service import BotService
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job, Sender

# Long enough for a page and its download button; the server deletes the photo after its retention time.
KEEP = {"Cache-Control": "private, max-age=3600"}
SHARED_TYPES = {"mp4": "video/mp4", "gif": "image/gif", "jpg": "image/jpeg"}
ARCHIVE = "magic-memory.zip"


class Downloads:
    """The endpoints of files."""

    def __init__(self, service: BotService) -> None:
        self._service = service

    async def result(self, request: Request, sender: Sender) -> Response:
        """The restored photo; with `?download` as a named file."""
        job = await self._service.job_of(sender, request.path_params["job"])
        data = await self._service.restored(job)
        name = await self._name(sender, job, EXTENSIONS.get(media_type(data), job.extension))
        return await picture(request, job, data, name, self._service.preview)

    async def clip(self, request: Request, sender: Sender) -> Response:
        """Before and after as a clip."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return await self._shared(sender, job, await self._service.sharing.clip(job))

    async def card(self, request: Request, sender: Sender) -> Response:
        """Before and after as one picture."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return await self._shared(sender, job, await self._service.sharing.card(job))

    async def archive(self, request: Request, sender: Sender) -> Response:
        """All restored photos that are still stored, as a ZIP file.

        Raises:
            PhotoExpired: there are none.
        """
        jobs = [job for job in await self._service.recent(sender) if job.report is not None]
        kept = [job for job in jobs if await self._service.has_restored(job)]
        if not kept:
            raise PhotoExpired
        headers = {"Cache-Control": "no-store", "Content-Disposition": attachment(ARCHIVE)}
        return StreamingResponse(self._archive(sender, kept), media_type="application/zip", headers=headers)

    async def _archive(self, sender: Sender, jobs: list[Job]) -> AsyncIterator[bytes]:
        """The archive's bytes, one photo after the other: never all of them in memory."""
        sink, used = _Sink(), set[str]()
        # Photos are compressed already.
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            for job in jobs:
                try:
                    data = await self._service.restored(job)
                except PhotoExpired:  # since the archive was begun
                    continue
                name = await self._name(sender, job, EXTENSIONS.get(media_type(data), job.extension))
                archive.writestr(_unused(name, used), data)
                yield sink.taken()
        yield sink.taken()

    async def _name(self, sender: Sender, job: Job, extension: str) -> str:
        stem = job.context.get("name", "").rsplit(".", 1)[0]
        key = "playground-file-name" if stem else "playground-file-name-plain"
        name = self._service.texts.say(await self._service.language(sender), key, name=stem)
        return f"{name}.{extension}"

    async def _shared(self, sender: Sender, job: Job, made: Shared) -> Response:
        headers = {**KEEP, "Content-Disposition": attachment(await self._name(sender, job, made.extension))}
        return Response(made.data, media_type=SHARED_TYPES[made.extension], headers=headers)


class _Sink(io.RawIOBase):
    """Where an archive is written: what is written is taken out and sent."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def _unused(name: str, used: set[str]) -> str:
    """The name, with a number where another file of the archive has it already."""
    path, number = PurePath(name), 2
    while name in used:
        name = f"{path.stem} ({number}){path.suffix}"
        number += 1
    used.add(name)
    return name


async def picture(
    request: Request, job: Job, data: bytes, name: str, preview: Callable[[bytes], Awaitable[bytes]]
) -> Response:
    """An image: with `?preview` in a form that every browser shows, with `?download` as a file of that name."""
    if "preview" in request.query_params:
        data = await shown(data, preview)
    kind = media_type(data)
    headers = dict(KEEP)
    # A file that is not an image is only ever downloaded: a browser must not render it as a page.
    if "download" in request.query_params or kind == UNKNOWN:
        headers["Content-Disposition"] = attachment(name or job.id)
    return Response(data, media_type=kind, headers=headers)


def attachment(name: str) -> str:
    """A Content-Disposition after RFC 6266: the name in ASCII for old programs, and in full."""
    plain = "".join(character if character.isalnum() or character in " .-_()" else "_" for character in name)
    plain = plain.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
