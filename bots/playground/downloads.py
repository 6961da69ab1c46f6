"""What a visitor takes with them: restored photos, clips and cards to share, face cards, all results in one file."""

import base64
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from magicmemory.bots.common.face_choice import cards, offered, places
from magicmemory.bots.common.sharing import Shared
from magicmemory.bots.playground.media import EXTENSIONS, UNKNOWN, media_type, shown
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.service import BotService
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job, Sender

# Long enough for a page and its download button; the server deletes the photo after its retention time.
KEEP = {"Cache-Control": "private, max-age=3600"}
SHARED_TYPES = {"mp4": "video/mp4", "gif": "image/gif", "jpg": "image/jpeg"}
ARCHIVE = "magic-memory.zip"


@dataclass(frozen=True, slots=True)
class FaceCard:
    """A face by itself."""

    text: str  # its number, row and place
    file_name: str
    jpeg: bytes


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

    async def faces(self, request: Request, sender: Sender) -> Response:
        """Each restored face by itself as a JPEG in base64, with what stands below it and its file's name."""
        job = await self._service.job_of(sender, request.path_params["job"])
        made = await self._faces(sender, job, await self._service.restored(job))
        found = [
            {"text": card.text, "name": card.file_name, "jpeg": base64.b64encode(card.jpeg).decode()} for card in made
        ]
        return answer({"cards": found})

    async def faces_archive(self, request: Request, sender: Sender) -> Response:
        """The face cards of a photo as a ZIP file."""
        job = await self._service.job_of(sender, request.path_params["job"])
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            for card in await self._faces(sender, job, await self._service.restored(job)):
                archive.writestr(card.file_name, card.jpeg)
        name = await self._name(sender, job, "zip")
        headers = {"Cache-Control": "no-store", "Content-Disposition": attachment(name)}
        return Response(sink.taken(), media_type="application/zip", headers=headers)

    async def archive(self, request: Request, sender: Sender) -> Response:
        """All restored photos that are still stored, and the face cards of each group photo, as a ZIP file.

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
                for card in await self._faces(sender, job, data):
                    archive.writestr(_unused(card.file_name, used), card.jpeg)
                yield sink.taken()
        yield sink.taken()

    async def _faces(self, sender: Sender, job: Job, restored: bytes) -> list[FaceCard]:
        """Each restored face by itself, if the photo has several faces."""
        if job.report is None or not offered(job.report):
            return []
        language, where = await self._service.language(sender), places(job.report.faces)
        below = self._service.sentences.face_cards(language, job.report)
        stem = await self._stem(sender, job)
        found = []
        for face, data in await self._service.on_image(cards, restored, job):
            row, place = where[face.number]
            values = {"number": face.number, "row": row, "place": place}
            name = self._service.texts.say(language, "playground-file-name-face", name=stem, **values)
            found.append(FaceCard(below[face.number], f"{name}.jpg", data))
        return found

    async def _name(self, sender: Sender, job: Job, extension: str) -> str:
        return f"{await self._stem(sender, job)}.{extension}"

    async def _stem(self, sender: Sender, job: Job) -> str:
        stem = job.context.get("name", "").rsplit(".", 1)[0]
        key = "playground-file-name" if stem else "playground-file-name-plain"
        return self._service.texts.say(await self._service.language(sender), key, name=stem)

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
