"""A visitor's jobs: their state, a stream of progress events, and their images."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.downloads import picture
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.views import Views
from magicmemory.bots.service import BotService
from magicmemory.core.job import Job, Progress, Sender, Stage

# Pings keep proxies from closing a quiet stream, and show the browser that the server is alive.
PING_S = 10
# How often the queue position of a waiting job is read.
POLL_INTERVAL_S = 1.0
RECONNECT_MS = 2000


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
        return await picture(
            request, job, await self._service.original(job), job.context.get("name", ""), self._service.preview
        )

    async def damage(self, request: Request, sender: Sender) -> Response:
        """What was taken for damage, as a PNG: white on black."""
        job = await self._service.job_of(sender, request.path_params["job"])
        data = await self._service.damage(job)
        return await picture(request, job, data, "damage.png", self._service.preview)

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
