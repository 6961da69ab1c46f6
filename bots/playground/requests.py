"""What every request passes first: the visitor's identity and the rate limit."""

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

# Requests at once, and a second after that. A person stays far below; a flooding script does not.
WRITES = (30, 1.0)
READS = (300, 20.0)
# The limit of an address, in multiples of a visitor's: many people may share a proxy. Without it, a script could
# be a new visitor with each request by sending new cookies.
PER_ADDRESS = 10


class Reception:
    """Turns handlers that need a visitor into endpoints."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._writes, self._reads = RateLimit(*WRITES), RateLimit(*READS)
        self._writes_from = RateLimit(WRITES[0] * PER_ADDRESS, WRITES[1] * PER_ADDRESS)
        self._reads_from = RateLimit(READS[0] * PER_ADDRESS, READS[1] * PER_ADDRESS)

    def __call__(self, handler: Handler) -> Endpoint:
        """An endpoint that identifies its visitor and refuses too many requests."""

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
        # A visitor without a cookie is counted by address; otherwise they would be new each time.
        address = client_network(request.scope)
        reads = request.method in ("GET", "HEAD")
        of_all, of_one = (self._reads_from, self._reads) if reads else (self._writes_from, self._writes)
        wait_s = of_all.wait_s(address) or of_one.wait_s(known or address)
        if wait_s:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", wait_s)
