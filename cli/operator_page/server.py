"""`magicmemory admin page`: serves the operator's page behind a secret. It only reads."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from contextlib import closing
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Final

import typer
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from magicmemory.bots.playground import static
from magicmemory.cli import operator_page
from magicmemory.cli.database_session import open_database
from magicmemory.cli.operator_page import render
from magicmemory.cli.operator_page.figures import gather
from magicmemory.cli.processes import print_ready, run_until_interrupted
from magicmemory.cli.standing import local_time, standing
from magicmemory.core.http_server import Server, listen
from magicmemory.core.job import Platform, Sender
from magicmemory.core.server_url import url_of
from magicmemory.core.settings import LOOPBACK, Settings
from magicmemory.storage.database import Database
from magicmemory.storage.people import People

PORT: Final = 8090
GRACE_S: Final = 2
COOKIE: Final = "magicmemory_operator"
WRONG_WAIT_S = 1.0  # before the answer to a wrong secret, one at a time
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Show = Callable[[Request], Awaitable[Response]]


class Page:
    """The page's routes. The cookie is a keyed hash of the secret: whoever reads it does not learn the secret."""

    def __init__(self, settings: Settings, database: Database, secret: str) -> None:
        self._settings = settings
        self._database = database
        self._secret = secret
        self._session = hmac.new(secret.encode(), b"the operator's page", hashlib.sha256).hexdigest()
        self._guessing = asyncio.Lock()

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/", self._guarded(self._overview)),
                Route("/people/{platform}/{account}", self._guarded(self._person)),
                Route("/sign-in", self._sign_in, methods=["GET", "POST"]),
                Route("/{name}", _asset),
            ],
            exception_handlers={SQLAlchemyError: _no_database},
        )

    def _guarded(self, show: Show) -> Show:
        async def guarded(request: Request) -> Response:
            if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._session.encode()):
                return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER, HEADERS)
            return await show(request)

        return guarded

    async def _overview(self, _: Request) -> Response:
        return _html(render.overview(await gather(self._settings, self._database), self._settings))

    async def _person(self, request: Request) -> Response:
        try:
            platform = Platform(request.path_params["platform"])
        except ValueError:
            return _html(render.sentence("There is no such platform."), HTTPStatus.NOT_FOUND)
        sender = Sender(platform=platform, account=request.path_params["account"])
        since = await People(self._database).since(sender)
        if since is None:
            return _html(render.sentence(f"Nobody with this id is known on {platform}."), HTTPStatus.NOT_FOUND)
        lines = await standing(self._settings, self._database, sender)
        return _html(render.person(sender, local_time(since, self._settings), lines))

    async def _sign_in(self, request: Request) -> Response:
        """The form; a secret in it, or in the address that the command printed, gives the cookie."""
        given = request.query_params.get("secret")
        if request.method == "POST":
            given = str((await request.form()).get("secret", ""))
        if given is None:
            return _html(render.sign_in(wrong=False))
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            async with self._guessing:
                await asyncio.sleep(WRONG_WAIT_S)
            return _html(render.sign_in(wrong=True), HTTPStatus.FORBIDDEN)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER, HEADERS)
        response.set_cookie(
            COOKIE, self._session, httponly=True, samesite="strict", secure=request.url.scheme == "https"
        )
        return response


def _html(text: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    return HTMLResponse(text, status, HEADERS)


async def _asset(request: Request) -> Response:
    """The playground's style and sign, and the page's own style."""
    kinds = {"style.css": (static, "text/css"), "icon.svg": (static, "image/svg+xml")}
    kinds["page.css"] = (operator_page, "text/css")
    package, kind = kinds.get(request.path_params["name"], (None, ""))
    if package is None:
        return _html(render.sentence("There is no such page."), HTTPStatus.NOT_FOUND)
    return Response((files(package) / request.path_params["name"]).read_bytes(), media_type=kind, headers=HEADERS)


async def _no_database(_: Request, __: Exception) -> Response:
    return _html(render.sentence("The database does not answer: try again."), HTTPStatus.SERVICE_UNAVAILABLE)


def page(
    host: Annotated[str, typer.Option(help="Address to listen on; others than loopback need a proxy with TLS.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = PORT,
) -> None:
    """Serve a page with the queue, people, failures, codes, grants, payments, models and settings. It changes nothing.

    The printed address contains the secret. MAGIC_ADMIN_SECRET sets one; otherwise it is new at each start.
    """

    async def work(settings: Settings) -> None:
        await serve(settings, host, port, asyncio.Event(), print_ready)

    run_until_interrupted("admin", work)


async def serve(settings: Settings, host: str, port: int, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Serve the page until `stop` is set or the task is cancelled. `ready` gets its address.

    Raises:
        CannotListen: the address cannot be used.
        DatabaseError: the database cannot be used.
    """
    own = settings.admin_secret
    secret = own.get_secret_value() if own else secrets.token_urlsafe(24)
    with closing(listen(host, port, "The operator's page", "name another one with --port")) as listener:
        address = url_of(host, listener.getsockname()[1])

        def tell() -> None:
            # The operator knows a secret of their own; it need not stand in a terminal's history.
            ready(f"{address}/sign-in" if own else f"{address}/sign-in?secret={secret}")
            if host.lower() not in LOOPBACK:
                ready("This address can be reached from outside: put a proxy with TLS in front of it.")

        async with open_database(settings.database) as database:
            server = Server(
                Page(settings, database, secret).app(), GRACE_S, tell, trusted_proxies=settings.trusted_proxies
            )
            await server.serve_until(stop, listener)
