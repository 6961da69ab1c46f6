"""Limits for the connections of our HTTP servers.

uvicorn waits without end for a request's headers and body, so a thousand half-open connections use up the process's
files, and nobody else can connect. Here headers and bodies have deadlines, and connections are limited in all and per
address. At a limit, the oldest connection without a complete request makes room for the new one.
"""

import asyncio
import ipaddress
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Final, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADERS_S: Final = 15.0  # from the connection, or the last response, to the end of the next headers
BODY_PAUSE_S: Final = 30.0  # without a byte of a body
BODY_S: Final = 300.0  # for a whole body
MAX_CONNECTIONS: Final = 800
MAX_PER_ADDRESS: Final = 64
_LONGEST_ADDRESS = 64  # characters, with an interface's name

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Collection[str]) -> tuple[Network, ...]:
    """Parse addresses and networks such as `127.0.0.1` and `10.0.0.0/8`.

    Raises:
        ValueError: one of them is neither.
    """
    return tuple(ipaddress.ip_network(text) for text in texts)


def client_network(scope: Scope) -> str:
    """The client's IPv4 address or IPv6 /64 network, which one subscriber usually has whole. Forged and
    clients without an address count as one client: `unknown`.
    """
    client = scope.get("client")
    return network_of(str(client[0])[:_LONGEST_ADDRESS]) if client else "unknown"


@lru_cache(maxsize=4096)
def network_of(host: str) -> str:
    """The IPv4 address or IPv6 /64 network of a host; `unknown` for what is no address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


@dataclass(eq=False)
class ConnectionLimits:
    """The open connections of one server, and what they may do. Times are seconds."""

    trusted: tuple[Network, ...] = ()  # proxies: they bring many people, so the limit per address does not apply
    headers_s: float = HEADERS_S
    body_pause_s: float = BODY_PAUSE_S
    body_s: float = BODY_S
    max_connections: int = MAX_CONNECTIONS
    max_per_address: int = MAX_PER_ADDRESS
    connections: "dict[tuple[str, int], Connection]" = field(default_factory=dict)  # by peer, oldest first

    def make_room(self, peer: tuple[str, int]) -> bool:
        """Whether a connection from `peer` may stay; the oldest one without a complete request may be closed for it."""
        if len(self.connections) >= self.max_connections and not self._close_oldest(self.connections.values()):
            return False
        network = network_of(peer[0])
        same = [open_one for (host, _), open_one in self.connections.items() if network_of(host) == network]
        if len(same) < self.max_per_address or self.trusts(peer[0]):
            return True
        return self._close_oldest(same)

    def trusts(self, host: str) -> bool:
        """Whether a peer is one of the proxies."""
        try:
            return any(ipaddress.ip_address(host) in network for network in self.trusted)
        except ValueError:
            return False

    @staticmethod
    def _close_oldest(connections: "Collection[Connection]") -> bool:
        idle = next(_idle(connections), None)
        if idle is None:
            return False
        idle.abort()
        return True

    def watch(self, app: ASGIApp) -> ASGIApp:
        """Middleware that tells a connection when its request begins, is complete, and is answered."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            connection = self.connections.get(tuple(scope.get("client") or ("", 0)))
            if scope["type"] != "http" or connection is None:
                await app(scope, receive, send)
                return
            connection.request_started()

            async def receive_watched() -> Message:
                message = await receive()
                if not message.get("more_body", False):
                    connection.request_complete()
                return message

            try:
                await app(scope, receive_watched, send)
            finally:
                connection.answered()

        return watched


def _idle(connections: "Collection[Connection]") -> "Iterator[Connection]":
    return (connection for connection in connections if connection.waits_for_headers)


class Connection(asyncio.Protocol):
    """uvicorn's connection, with deadlines. It passes everything on to uvicorn's own protocol."""

    limits: ClassVar[ConnectionLimits]

    def __init__(self, **arguments: Any) -> None:
        """Uvicorn's arguments for a protocol."""
        self._inner = AutoHTTPProtocol(**arguments)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._peer: tuple[str, int] = ("", 0)
        self._deadline: asyncio.TimerHandle | None = None
        self._body_until = 0.0
        self.waits_for_headers = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._peer = tuple((transport.get_extra_info("peername") or ("", 0))[:2])
        if not self.limits.make_room(self._peer):
            self._peer = ("", 0)
            transport.abort()
        else:
            self.limits.connections[self._peer] = self
            self._set_deadline(self.limits.headers_s)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._body_until:
            self._set_deadline(min(self.limits.body_pause_s, self._body_until - self._loop.time()))
        self._inner.data_received(data)

    def request_started(self) -> None:
        """The headers are complete."""
        self.waits_for_headers = False
        self._body_until = self._loop.time() + self.limits.body_s
        self._set_deadline(self.limits.body_pause_s)

    def request_complete(self) -> None:
        """The body is complete; the response may take as long as it needs."""
        self._body_until = 0.0
        self._set_deadline(None)

    def answered(self) -> None:
        """The response is sent; the next request may follow."""
        self.waits_for_headers = True
        self._body_until = 0.0
        self._set_deadline(self.limits.headers_s)

    def abort(self) -> None:
        """Close the connection at once."""
        self._forget()
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._forget()
        self._inner.connection_lost(error)

    def eof_received(self) -> bool | None:
        """See `asyncio.Protocol`."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._inner.resume_writing()

    def _forget(self) -> None:
        self._set_deadline(None)
        if self.limits.connections.get(self._peer) is self:
            del self.limits.connections[self._peer]

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if seconds is not None and self._transport is not None and not self._transport.is_closing():
            self._deadline = self._loop.call_later(max(0.0, seconds), self.abort)
