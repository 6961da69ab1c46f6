"""What every request passes first: the visitor's identity and the rate limit."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.rate_limit import RateLimit
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.visitors import Visitors, new_visitor_id, sender_of
from magicmemory.bots.texts import Texts
from magicmemory.core.connections import client_network
from magicmemory.core.job import Sender

Handler = Callable[[Request, Sender], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

# Requests at once, and a second after that. A person stays far below; a flooding script does not.
WRITES = (30, 1.0)
READS = (300, 20.0)
# The limit of an address, in multiples of a visitor's: many people may share a proxy. Without it, a script could
# be a new visitor with each request by sending new cookies.
PER_ADDRESS = 10


class Reception:
    """Turns handlers that need a visitor into endpoints."""

    def __init__(self, texts: Texts, visitors: Visitors) -> None:
        self._texts = texts
        self._visitors = visitors
        self._writes, self._reads = RateLimit(*WRITES), RateLimit(*READS)
        self._writes_from = RateLimit(WRITES[0] * PER_ADDRESS, WRITES[1] * PER_ADDRESS)
        self._reads_from = RateLimit(READS[0] * PER_ADDRESS, READS[1] * PER_ADDRESS)

    def __call__(self, handler: Handler) -> Endpoint:
        """An endpoint that identifies its visitor and refuses too many requests."""

        async def endpoint(request: Request) -> Response:
            known = await self._admit(request)
            visitor = known or new_visitor_id()
            request.state.sender = sender_of(request, self._texts, visitor)
            response = await handler(request, request.state.sender)
            self._visitors.remember(request, response, visitor)
            return response

        return endpoint

    async def _admit(self, request: Request) -> str | None:
        """The known visitor's id, or None. Raises `Refused` for too many requests."""
        address = client_network(request.scope)
        reads = request.method in ("GET", "HEAD")
        of_all, of_one = (self._reads_from, self._reads) if reads else (self._writes_from, self._writes)
        # By address first: who a visitor is may be a question to the database.
        _check(of_all, address)
        known = await self._visitors.known(request)
        # A visitor without a cookie is counted by address; otherwise they would be new each time.
        _check(of_one, known or address)
        return known


def _check(limit: RateLimit, key: str) -> None:
    if wait_s := limit.wait_s(key):
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", wait_s)
