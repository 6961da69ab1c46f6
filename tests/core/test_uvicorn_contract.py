"""uvicorn still has everything that `http_server` and `connections` take from it; a failure names the change."""

import asyncio
import inspect

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from magicmemory.core.connections import Connection
from magicmemory.core.http_server import Server


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers nothing."""


def test_a_protocol_is_made_from_named_arguments_in_a_running_loop() -> None:
    wanted = {"config", "server_state", "app_state"}
    assert wanted <= set(inspect.signature(AutoHTTPProtocol).parameters)


def test_a_config_takes_a_protocol_class_as_it_is() -> None:
    config = uvicorn.Config(_app, http=Connection, lifespan="off", ws="none", log_config=None)
    config.load()
    assert config.http_protocol_class is Connection


def test_the_protocol_has_every_callback_that_a_connection_passes_on() -> None:
    callbacks = {name for name in vars(asyncio.Protocol) | vars(asyncio.BaseProtocol) if not name.startswith("_")}
    for name in callbacks:
        assert callable(getattr(AutoHTTPProtocol, name)), name
        assert name in vars(Connection), f"asyncio has a callback that a connection does not pass on: {name}"


@pytest.mark.parametrize("name", ["serve", "startup"])
def test_a_server_takes_sockets(name: str) -> None:
    assert "sockets" in inspect.signature(getattr(uvicorn.Server, name)).parameters


def test_signals_are_taken_in_a_method_that_we_replace() -> None:
    assert "capture_signals" in vars(uvicorn.Server)
    assert "capture_signals" in inspect.getsource(uvicorn.Server.serve)
    assert "should_exit" in vars(Server(_app, 1))


@pytest.mark.parametrize(
    ("peer", "client"), [("127.0.0.1", "203.0.113.7"), ("10.1.2.3", "203.0.113.7"), ("192.0.2.9", "192.0.2.9")]
)
async def test_proxies_are_named_by_addresses_and_networks(peer: str, client: str) -> None:
    seen = []

    async def app(scope: dict[str, tuple[str, int]], *_: object) -> None:
        seen.append(scope["client"][0])

    middleware = ProxyHeadersMiddleware(app, ["127.0.0.1", "10.0.0.0/8"])  # type: ignore[arg-type]
    headers = [(b"x-forwarded-for", b"203.0.113.7")]
    await middleware({"type": "http", "client": (peer, 1), "headers": headers}, None, None)  # type: ignore[arg-type]
    assert seen == [client]
