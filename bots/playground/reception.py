"""What every request of a visitor goes through: who they are, and whether they come too fast."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.answers import Refused
from magicmemory.bots.playground.limits import RateLimit
from magicmemory.bots.playground.visitors import new_visitor_id, remember, sender_of, visitor_id
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Sender

Handler = Callable[[Request, Sender], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

# A person who sends photos and presses buttons stays far below; a script that hammers does not.
WRITES = (30, 1.0)
READS = (300, 20.0)


class Reception:
    """Makes handlers for visitors into endpoints."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._writes = RateLimit(*WRITES)
        self._reads = RateLimit(*READS)

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
        key = known or (request.client.host if request.client else "")
        limit = self._reads if request.method in ("GET", "HEAD") else self._writes
        wait_s = limit.wait_s(key)
        if wait_s:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", wait_s)
