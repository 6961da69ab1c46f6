"""What every request of a visitor goes through: who they are, and whether they come too fast."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.rate_limit import RateLimit
from magicmemory.bots.playground.responses import Refused
from magicmemory.bots.playground.visitors import new_visitor_id, remember, sender_of, visitor_id
from magicmemory.bots.texts import Texts
from magicmemory.core.connections import client_network
from magicmemory.core.job import Sender

Handler = Callable[[Request, Sender], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

# A person who sends photos and presses buttons stays far below; a script that hammers does not.
WRITES = (30, 1.0)
READS = (300, 20.0)
# From one address may come so many times as much: there may be a proxy, with many people behind it. Without this, a
# script would be somebody new with each cookie that it makes up.
AN_ADDRESS = 10


class Reception:
    """Makes handlers for visitors into endpoints."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._writes, self._reads = RateLimit(*WRITES), RateLimit(*READS)
        self._writes_from = RateLimit(WRITES[0] * AN_ADDRESS, WRITES[1] * AN_ADDRESS)
        self._reads_from = RateLimit(READS[0] * AN_ADDRESS, READS[1] * AN_ADDRESS)

    def __call__(self, handler: Handler) -> Endpoint:
        """An endpoint that knows its visitor, and keeps those out who come too fast."""

        async def endpoint(request: Request) -> Response:
            known = visitor_id(request)
            self._check_rate(request, known)
            visitor = known or new_visitor_id()
            response = await handler(request, sender_of(request, self._texts, visitor))
            if known is None:
                remember(request, response, visitor)
            return response

        return endpoint

    def _check_rate(self, request: Request, known: str | None) -> None:
        # Whoever keeps no cookie is counted by address, or they would be new each time.
        address = client_network(request.scope)
        reads = request.method in ("GET", "HEAD")
        of_all, of_one = (self._reads_from, self._reads) if reads else (self._writes_from, self._writes)
        wait_s = of_all.wait_s(address) or of_one.wait_s(known or address)
        if wait_s:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", wait_s)
