"""Runs the playground: its web server and the delivery of its replies."""

import asyncio
from collections.abc import Callable
from contextlib import closing

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.playground.app import create_app
from magicmemory.core.http_server import Server, listen
from magicmemory.core.job import Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.server_url import url_of
from magicmemory.core.settings import Settings
from magicmemory.queue.delivery import Reply

# Seconds for requests to finish after the stop; event streams end by themselves.
GRACE_S = 5


class PlaygroundReplier:
    """Sends nothing: the page reads a finished job from the service."""

    async def reply(self, reply: Reply) -> dict[str, str]:
        """No notes are stored with the job."""
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
        stop: set to end; the caller handles signals.
        ready: called with the page's URL once it is served.
        metrics: the process's.

    Raises:
        CannotListen: the address cannot be listened on.
    """
    host, remedy = settings.playground_host, "set MAGIC_PLAYGROUND_PORT to another port, or 0 for any free one"
    # The port is taken before anything else is opened, so that a second playground fails at once.
    with closing(listen(host, settings.playground_port, "The playground", remedy)) as listener:
        url = url_of(host, listener.getsockname()[1])
        async with open_service(settings, redis_url, metrics, settings.page_free_per_day) as service:
            replier = PlaygroundReplier()
            server = Server(
                create_app(service, stop),
                GRACE_S,
                lambda: ready(url) if ready else None,
                trusted_proxies=settings.trusted_proxies,
                proxy_header=settings.playground_user_header,
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(send_replies(service, Platform.PLAYGROUND, replier, redis_url, stop))
                group.create_task(server.serve_until(stop, listener))
