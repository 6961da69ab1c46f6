"""The playground's interface, put together."""

import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from magicmemory.bots.desk import Desk
from magicmemory.bots.playground.answers import Refusals, Refused, answer
from magicmemory.bots.playground.chat import Chat
from magicmemory.bots.playground.guard import Guard
from magicmemory.bots.playground.jobs import Jobs
from magicmemory.bots.playground.page import Page
from magicmemory.bots.playground.photos import Photos
from magicmemory.bots.playground.reception import Reception
from magicmemory.bots.playground.views import Views
from magicmemory.core.errors import UserError


def create_app(desk: Desk, stop: asyncio.Event) -> ASGIApp:
    """The application that serves the page and its interface; `stop` ends its event streams."""
    refusals = Refusals(desk)
    app = Starlette(
        routes=_routes(desk, stop),
        exception_handlers={
            UserError: refusals.user_error,
            Refused: refusals.refused,
            HTTPException: refusals.http,
            ClientDisconnect: refusals.gone,
            Exception: refusals.bug,
        },
    )
    settings = desk.settings
    # Outermost, so that a bug's apology has the security headers too.
    return Guard(app, desk.texts, settings.playground_host, settings.playground_origins)


def _routes(desk: Desk, stop: asyncio.Event) -> list[Route]:
    visitor = Reception(desk.texts)
    views = Views(desk)
    page = Page(desk)
    photos = Photos(desk, views)
    jobs = Jobs(desk, views, stop)
    chat = Chat(desk, views)
    return [
        Route("/", page.index),
        Route("/static/{name}", page.asset),
        Route("/texts", visitor(page.texts)),
        Route("/photos", visitor(photos.send), methods=["POST"]),
        Route("/history", visitor(jobs.history)),
        Route("/jobs/{job}", visitor(jobs.view)),
        Route("/jobs/{job}/events", visitor(jobs.events)),
        Route("/jobs/{job}/original", visitor(jobs.original)),
        Route("/jobs/{job}/result", visitor(jobs.result)),
        Route("/jobs/{job}/adjust", visitor(photos.adjust), methods=["POST"]),
        Route("/jobs/{job}/cancel", visitor(photos.cancel), methods=["POST"]),
        Route("/quota", visitor(chat.quota)),
        Route("/commands", visitor(chat.command), methods=["POST"]),
        Route("/healthz", _healthz),
    ]


async def _healthz(request: Request) -> Response:
    """The process answers."""
    return answer({"status": "ok"})
