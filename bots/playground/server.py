"""Runs the playground: the web server, and the delivery of its replies."""

import asyncio
from collections.abc import Callable
from contextlib import closing

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.playground.app import create_app
from magicmemory.core.http_server import Server, listen, url_of
from magicmemory.core.job import Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.delivery import Reply

# How long requests may finish after the stop; event streams end by themselves.
GRACE_S = 5


class PlaygroundReplier:
    """The chat is the ledger: once a job is settled there, the page shows it, and nothing is left to send."""

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send nothing; there is nothing to note either."""
        return {}


async def serve(
    settings: Settings,
    redis_url: str,
    stop: asyncio.Event,
    ready: Callable[[str], None] | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Serve the playground until `stop` is set.

    Args:
        settings: where to listen, what to serve.
        redis_url: where the queue is.
        stop: set to end; signals are the caller's business.
        ready: told the real address once it is answered.
        metrics: the process's.

    Raises:
        CannotListen: the address cannot be listened on.
    """
    host, remedy = settings.playground_host, "set MAGIC_PLAYGROUND_PORT to another port, or 0 for any free one"
    # Taken before anything else is opened, so that a second playground says so at once.
    with closing(listen(host, settings.playground_port, "The playground", remedy)) as listener:
        url = url_of(host, listener.getsockname()[1])
        async with open_service(settings, redis_url, metrics) as service:
            replier = PlaygroundReplier()
            server = Server(
                create_app(service, stop),
                GRACE_S,
                lambda: ready(url) if ready else None,
                trusted_proxies=settings.trusted_proxies,
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(send_replies(service, Platform.PLAYGROUND, replier, redis_url, stop))
                group.create_task(server.serve_until(stop, listener))
