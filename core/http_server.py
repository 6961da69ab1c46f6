"""HTTP servers inside our processes: a listening socket with clear errors, and uvicorn without its signal handling."""

import asyncio
import os
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from magicmemory.core.connections import Connection, ConnectionLimits, networks
from magicmemory.core.errors import OperatorError


class CannotListen(OperatorError):
    """The address is in use, or does not belong to this machine."""


def listen(host: str, port: int, who: str, remedy: str) -> socket.socket:
    """A listening socket.

    Args:
        host: a name or an address; empty for all addresses.
        port: 0 for any free port.
        who: the subject of the error message: `The playground`.
        remedy: the end of the error message: `set MAGIC_PLAYGROUND_PORT to another port`.

    Raises:
        CannotListen: the address cannot be used.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise CannotListen(f"{who} cannot listen on {host}:{port} ({reason}): {remedy}.") from None


def _from_proxies_only(app: ASGIApp, header: str, limits: ConnectionLimits) -> ASGIApp:
    """Middleware that removes a header from requests that do not come from a trusted proxy."""
    name = header.lower().encode()

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not limits.trusts((scope.get("client") or ("",))[0]):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != name]}
        await app(scope, receive, send)

    return checked


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would replace the process's."""

    def __init__(
        self,
        app: ASGIApp,
        grace_s: int,
        ready: Callable[[], None] = lambda: None,
        *,
        trusted_proxies: Collection[str] = (),
        proxy_header: str = "",
        limits: ConnectionLimits | None = None,
    ) -> None:
        """
        Args:
            app: the application.
            grace_s: time for requests to finish after the stop, seconds.
            ready: called once the server accepts requests.
            trusted_proxies: addresses and networks whose `X-Forwarded-For` is trusted; no other address is.
            proxy_header: a header that only these proxies may send: it is removed from everybody else's requests.
            limits: for connections; None: the defaults.
        """
        limits = limits or ConnectionLimits(networks(trusted_proxies))
        if trusted_proxies:
            app = ProxyHeadersMiddleware(app, list(trusted_proxies))  # type: ignore[arg-type, assignment]
        if proxy_header:
            app = _from_proxies_only(app, proxy_header, limits)
        super().__init__(
            uvicorn.Config(
                # Outermost: it knows a connection by its own address, not by the one that a proxy names.
                limits.watch(app),
                http=type("LimitedConnection", (Connection,), {"limits": limits}),
                proxy_headers=False,
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=grace_s,
            )
        )
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signal handlers unchanged."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the server, then call `ready`."""
        await super().startup(sockets)
        self._ready()

    async def serve_until(self, stop: asyncio.Event, listener: socket.socket) -> None:
        """Serve until `stop` is set."""
        serving = asyncio.create_task(self.serve([listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            self.should_exit = True
            await serving
