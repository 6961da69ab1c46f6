"""A visitor's jobs: their state, a stream of progress events, and their images."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.media import EXTENSIONS, UNKNOWN, media_type, shown
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.views import Views
from magicmemory.bots.service import BotService
from magicmemory.core.job import Job, Progress, Sender, Stage

# Pings keep proxies from closing a quiet stream, and show the browser that the server is alive.
PING_S = 10
# How often the queue position of a waiting job is read.
POLL_INTERVAL_S = 1.0
RECONNECT_MS = 2000
# Long enough for a page and its download button; the server deletes the photo after its retention time.
KEEP = {"Cache-Control": "private, max-age=3600"}


class Jobs:
    """The endpoints that read jobs."""

    def __init__(self, service: BotService, views: Views, stop: asyncio.Event) -> None:
        """`stop` ends the event streams, which would otherwise delay the server's end."""
        self._service = service
        self._views = views
        self._stop = stop

    async def view(self, request: Request, sender: Sender) -> Response:
        """One job as JSON."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return answer(await self._views.job(sender, job))

    async def history(self, request: Request, sender: Sender) -> Response:
        """The jobs whose photos may still be stored, oldest first."""
        return answer({"jobs": await self._views.jobs(sender, await self._service.recent(sender))})

    async def events(self, request: Request, sender: Sender) -> Response:
        """Server-sent events: `progress`, and at the end `done` with the job. The first event is the present state."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return EventSourceResponse(self._events(sender, job), ping=PING_S)

    async def original(self, request: Request, sender: Sender) -> Response:
        """The photo as it was sent; with `?preview` in a format that every browser shows."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return await self._picture(request, job, await self._service.original(job), job.context.get("name", ""))

    async def result(self, request: Request, sender: Sender) -> Response:
        """The restored photo; with `?download` as a named file."""
        job = await self._service.job_of(sender, request.path_params["job"])
        data = await self._service.restored(job)
        stem = job.context.get("name", "").rsplit(".", 1)[0]
        language = await self._service.language(sender)
        key = "playground-file-name" if stem else "playground-file-name-plain"
        name = self._service.texts.say(language, key, name=stem)
        return await self._picture(request, job, data, f"{name}.{EXTENSIONS.get(media_type(data), job.extension)}")

    async def damage(self, request: Request, sender: Sender) -> Response:
        """What was taken for damage, as a PNG: white on black."""
        job = await self._service.job_of(sender, request.path_params["job"])
        return await self._picture(request, job, await self._service.damage(job), "damage.png")

    async def _picture(self, request: Request, job: Job, data: bytes, name: str) -> Response:
        if "preview" in request.query_params:
            data = await shown(data, self._service.preview)
        kind = media_type(data)
        headers = dict(KEEP)
        # A file that is not an image is only ever downloaded: a browser must not render it as a page.
        if "download" in request.query_params or kind == UNKNOWN:
            headers["Content-Disposition"] = _attachment(name or job.id)
        return Response(data, media_type=kind, headers=headers)

    async def _events(self, sender: Sender, job: Job) -> AsyncIterator[ServerSentEvent]:
        language = await self._service.language(sender)
        async with aclosing(self._updates(job)) as updates:
            async for progress, ahead in updates:
                if progress.stage is not Stage.DONE:
                    yield _event("progress", self._views.progress(language, progress, ahead))
                    continue
                job = await self._service.job_of(sender, job.id)
                yield _event("done", await self._views.job(sender, job))

    async def _updates(self, job: Job) -> AsyncGenerator[tuple[Progress, int], None]:
        """The job's progress and how many photos are ahead of it, until it is done or the server stops."""
        queued = Progress(job=job.id, stage=Stage.QUEUED)
        ahead: int | None = None if job.finished_at is None else 0
        latest = queued
        async with self._service.watch(job.id) as progresses:
            stopping = asyncio.ensure_future(self._stop.wait())
            following = asyncio.ensure_future(anext(progresses))
            try:
                while not self._stop.is_set():
                    if latest is queued and job.finished_at is None:
                        position = await self._service.ahead(job.id)
                        if position != ahead:
                            ahead = position
                            yield queued, position
                    # A timeout around `anext` would cancel it, and that would end the watch.
                    await asyncio.wait(
                        {following, stopping}, timeout=POLL_INTERVAL_S, return_when=asyncio.FIRST_COMPLETED
                    )
                    if following.done():
                        latest = following.result()
                        yield latest, 0
                        if latest.stage is Stage.DONE:
                            return
                        following = asyncio.ensure_future(anext(progresses))
            finally:
                stopping.cancel()
                following.cancel()
                await asyncio.gather(stopping, following, return_exceptions=True)


def _event(name: str, content: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(content), event=name, retry=RECONNECT_MS)


def _attachment(name: str) -> str:
    """A Content-Disposition after RFC 6266: the name in ASCII for old programs, and in full."""
    plain = "".join(character if character.isalnum() or character in " .-_()" else "_" for character in name)
    plain = plain.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
