"""The playground's web application: its routes, error handlers and guard."""

import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from magicmemory.bots.playground.commands import Chat
from magicmemory.bots.playground.downloads import Downloads
from magicmemory.bots.playground.jobs import Jobs
from magicmemory.bots.playground.page import Page
from magicmemory.bots.playground.photos import Photos
from magicmemory.bots.playground.preferences import VisitorPreferences
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.requests import Reception
from magicmemory.bots.playground.responses import Refusals, answer
from magicmemory.bots.playground.security import Guard
from magicmemory.bots.playground.views import Views
from magicmemory.bots.playground.visitors import Visitors
from magicmemory.bots.service import BotService
from magicmemory.core.errors import UserError


def create_app(service: BotService, stop: asyncio.Event) -> ASGIApp:
    """The application that serves the page and its HTTP interface; `stop` ends its event streams."""
    refusals = Refusals(service)
    app = Starlette(
        routes=_routes(service, stop),
        exception_handlers={
            UserError: refusals.user_error,
            Refused: refusals.refused,
            HTTPException: refusals.http,
            ClientDisconnect: refusals.gone,
            Exception: refusals.bug,
        },
    )
    settings = service.settings
    # The guard is outermost, so that answers to bugs have the security headers too.
    return Guard(app, service.texts, settings.playground_host, settings.playground_origins)


def _routes(service: BotService, stop: asyncio.Event) -> list[Route]:
    visitors = Visitors(service.is_known, service.signer, service.settings.playground_user_header)
    visitor = Reception(service.texts, visitors)
    views = Views(service)
    page = Page(service, visitors)
    photos = Photos(service, views)
    jobs = Jobs(service, views, stop)
    downloads = Downloads(service)
    preferences = VisitorPreferences(service)
    chat = Chat(service, views, preferences)
    return [
        Route("/", page.index),
        Route("/static/{name}", page.asset),
        Route("/legal/{document}", page.legal),
        Route("/texts", visitor(page.texts)),
        Route("/photos", visitor(photos.send), methods=["POST"]),
        Route("/history", visitor(jobs.history)),
        Route("/jobs/{job}", visitor(jobs.view)),
        Route("/jobs/{job}/events", visitor(jobs.events)),
        Route("/jobs/{job}/original", visitor(jobs.original)),
        Route("/jobs/{job}/result", visitor(downloads.result)),
        Route("/jobs/{job}/clip", visitor(downloads.clip)),
        Route("/jobs/{job}/card", visitor(downloads.card)),
        Route("/jobs/{job}/faces", visitor(downloads.faces)),
        Route("/jobs/{job}/faces.zip", visitor(downloads.faces_archive)),
        Route("/results.zip", visitor(downloads.archive)),
        Route("/jobs/{job}/damage", visitor(jobs.damage)),
        Route("/jobs/{job}/adjust", visitor(photos.adjust), methods=["POST"]),
        Route("/jobs/{job}/cancel", visitor(photos.cancel), methods=["POST"]),
        Route("/quota", visitor(chat.quota)),
        Route("/commands", visitor(chat.command), methods=["POST"]),
        Route("/settings", visitor(preferences.change), methods=["POST"]),
        Route("/forget", visitor(preferences.forget), methods=["POST"]),
        Route("/healthz", _healthz),
    ]


async def _healthz(request: Request) -> Response:
    """The health check: the process answers."""
    return answer({"status": "ok"})
