"""Connections have deadlines and limits, and only a trusted proxy can name another client's address."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from magicmemory.core.connections import ConnectionLimits, client_network, networks
from magicmemory.core.http_server import Server, listen
from magicmemory.core.logs import ClientErrors
from magicmemory.core.settings import BadSettings, load


async def who(request: Request) -> Response:
    await request.body()
    return PlainTextResponse(client_network(request.scope))


async def slowly(_: Request) -> Response:
    async def chunks() -> AsyncIterator[str]:
        for number in range(6):
            yield f"{number} "
            await asyncio.sleep(0.2)

    return StreamingResponse(chunks())


@asynccontextmanager
async def serving(limits: ConnectionLimits | None = None, trusted: tuple[str, ...] = ()) -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", who, methods=["GET", "POST"]), Route("/slow", slowly)])
    stop, is_ready = asyncio.Event(), asyncio.Event()
    listener = listen("127.0.0.1", 0, "The test", "use another port")
    server = Server(app, 1, is_ready.set, trusted_proxies=trusted, limits=limits)
    running = asyncio.create_task(server.serve_until(stop, listener))
    try:
        await is_ready.wait()
        yield listener.getsockname()[1]
    finally:
        stop.set()
        await running
        listener.close()


async def until_closed(reader: asyncio.StreamReader, patience_s: float = 10) -> bytes:
    async with asyncio.timeout(patience_s):
        with suppress(ConnectionError):
            return await reader.read()
        return b""


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
)
async def test_a_request_that_does_not_end_is_closed(sent: bytes) -> None:
    async with serving(ConnectionLimits(headers_s=0.3, body_pause_s=0.3)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert await until_closed(reader) == b""
        writer.close()


async def test_a_body_that_drips_has_an_end_too() -> None:
    async with serving(ConnectionLimits(body_pause_s=1, body_s=0.6)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")

        async def drip() -> None:
            while True:
                writer.write(b"a")
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip())
        assert await until_closed(reader) == b""
        dripping.cancel()
        writer.close()


async def test_a_long_response_and_a_second_request_are_not_cut_off() -> None:
    async with (
        serving(ConnectionLimits(headers_s=0.5, body_pause_s=0.5)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert (await client.get("/slow")).text == "0 1 2 3 4 5 "
        assert (await client.post("/", content=b"x" * 100_000)).text == "127.0.0.1"
        assert (await client.get("/")).status_code == 200


async def test_eleven_hundred_half_open_connections_do_not_stop_the_server() -> None:
    async with serving() as port, httpx.AsyncClient(trust_env=False, timeout=10) as client:
        attackers = []
        for _ in range(1100):
            attacker = socket.create_connection(("127.0.0.1", port))
            attacker.sendall(b"GET / HT")
            attackers.append(attacker)
            if len(attackers) % 50 == 0:
                await asyncio.sleep(0)
                # The test's own files are limited too: closed ones are of no more use.
                for old in attackers[:-80]:
                    old.close()
        try:
            assert (await client.get(f"http://127.0.0.1:{port}/")).text == "127.0.0.1"
        finally:
            for attacker in attackers:
                attacker.close()


async def test_at_the_limit_the_oldest_idle_connection_makes_room() -> None:
    async with serving(ConnectionLimits(max_per_address=3)) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        for number, (reader, writer) in enumerate(opened):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await until_closed(reader)
            assert answer.startswith(b"HTTP/1.1 200") == (number >= 2)
            writer.close()


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        ((), "203.0.113.7", "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.7", "203.0.113.7"),
        (("127.0.0.0/8",), "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (("127.0.0.1",), "x" * 30_000, "unknown"),
        (("127.0.0.1",), "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (("10.0.0.1",), "203.0.113.7", "127.0.0.1"),
    ],
)
async def test_only_a_trusted_proxy_names_the_client(trusted: tuple[str, ...], header: str, expected: str) -> None:
    async with serving(trusted=trusted) as port, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": header})
        assert answer.text == expected


def test_addresses_of_one_subscriber_are_one_client() -> None:
    found = {client_network({"client": (f"2001:db8::{number:x}", 1)}) for number in range(100)}
    assert found == {"2001:db8::/64"}
    assert client_network({"client": ("::ffff:192.0.2.1", 1)}) == "192.0.2.1"
    assert client_network({"client": None}) == "unknown"
    assert len(networks(("127.0.0.1", "::1", "10.0.0.0/8"))) == 3


def test_a_wrong_proxy_is_one_sentence() -> None:
    with pytest.raises(BadSettings, match=r"MAGIC_TRUSTED_PROXIES cannot be used: 'here' is not an address"):
        load(trusted_proxies="here")


@dataclass
class Reading:
    """A connection whose request is complete and whose response takes long, as that of a stream of events."""

    waits_for_headers: bool = False


def test_connections_of_one_subscriber_are_counted_together() -> None:
    limits = ConnectionLimits(max_per_address=3)
    limits.connections = {(f"2001:db8::{number}", number): Reading() for number in range(3)}  # type: ignore[misc]
    assert not limits.make_room(("2001:db8::ffff:1", 9))
    assert limits.make_room(("2001:db8:0:1::1", 9))


@pytest.mark.parametrize(
    "text",
    [
        "socket.accept() out of system resource",
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
        "No supported WebSocket library detected.",
    ],
)
def test_errors_that_clients_cause_are_logged_once_a_minute(text: str) -> None:
    now = 0.0
    errors = ClientErrors(clock=lambda: now)
    record = logging.LogRecord("asyncio", 40, "", 1, text, (), None)
    passed = 0
    for second in range(600):
        now = second / 5
        passed += errors.filter(record)
    assert passed == 2
    assert errors.filter(logging.LogRecord("asyncio", 40, "", 1, "Task exception was never retrieved", (), None))
