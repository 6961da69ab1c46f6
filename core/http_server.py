"""Web servers inside our processes: a listener that says in one sentence why it cannot, and uvicorn as a guest."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from magicmemory.core.errors import OperatorError

EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 – to be told apart, not listened on


class CannotListen(OperatorError):
    """The address is taken, or not this machine's."""


def listen(host: str, port: int, who: str, remedy: str) -> socket.socket:
    """A listening socket.

    Args:
        host: a name or an address; empty for all of them.
        port: 0 for any free one.
        who: begins the sentence where it cannot be: `The playground`.
        remedy: ends it: `set MAGIC_PLAYGROUND_PORT to another port`.

    Raises:
        CannotListen: it cannot be.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise CannotListen(f"{who} cannot listen on {host}:{port} ({reason}): {remedy}.") from None


def url_of(host: str, port: int) -> str:
    """The address to open; where every address is listened on, the loopback one."""
    name = "127.0.0.1" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would take our caller's place."""

    def __init__(self, app: ASGIApp, grace_s: int, ready: Callable[[], None] = lambda: None) -> None:
        """
        Args:
            app: what answers.
            grace_s: how long requests may finish after the stop.
            ready: called once requests are answered.
        """
        super().__init__(
            uvicorn.Config(
                app,
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
        """Leave the signals as they are."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._ready()

    async def serve_until(self, stop: asyncio.Event, listener: socket.socket) -> None:
        """Answer until `stop` is set."""
        serving = asyncio.create_task(self.serve([listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            self.should_exit = True
            await serving
