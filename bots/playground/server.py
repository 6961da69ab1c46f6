"""Runs the playground: the web server, and the delivery of its replies."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import uvicorn

from magicmemory.bots.opening import open_desk
from magicmemory.bots.playground.app import create_app
from magicmemory.bots.playground.guard import EVERY_ADDRESS
from magicmemory.core.errors import OperatorError
from magicmemory.core.job import Platform
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import Names
from magicmemory.queue.delivery import DeliveryWorker, Reply

# How long requests may finish after the stop; event streams end by themselves.
GRACE_S = 5


class PlaygroundUnavailable(OperatorError):
    """The playground cannot listen."""


class PlaygroundReplier:
    """The chat is the ledger: once a job is settled there, the page shows it, and nothing is left to send."""

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send nothing; there is nothing to note either."""
        return {}


async def serve(
    settings: Settings, redis_url: str, stop: asyncio.Event, ready: Callable[[str], None] | None = None
) -> None:
    """Serve the playground until `stop` is set.

    Args:
        settings: where to listen, what to serve.
        redis_url: where the queue is.
        stop: set to end; signals are the caller's business.
        ready: told the real address once it is answered.

    Raises:
        PlaygroundUnavailable: the address cannot be listened on.
    """
    with closing(_listen(settings.playground_host, settings.playground_port)) as listener:
        async with open_desk(settings, redis_url) as desk:
            delivery = DeliveryWorker(
                Platform.PLAYGROUND, PlaygroundReplier(), desk.ledger, desk.photos, Names(settings.redis_prefix)
            )
            config = uvicorn.Config(
                create_app(desk, stop),
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
            server = _Server(config, lambda: ready(_url(settings.playground_host, listener)) if ready else None)
            async with asyncio.TaskGroup() as group:
                group.create_task(delivery.run(redis_url, stop))
                group.create_task(server.serve_until(stop, listener))


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would take our caller's place."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
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


def _listen(host: str, port: int) -> socket.socket:
    # Taken before anything else is opened, so that a second playground says so at once.
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise PlaygroundUnavailable(
            f"The playground cannot listen on {host}:{port} ({reason}): "
            "set MAGIC_PLAYGROUND_PORT to another port, or 0 for any free one."
        ) from None


def _url(host: str, listener: socket.socket) -> str:
    """The address to open, with the real port; where every address is listened on, the loopback one."""
    name = "127.0.0.1" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"
