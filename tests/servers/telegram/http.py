"""The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>`, on loopback."""

import asyncio
import json
import traceback
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from magicmemory.core.units import MIB
from tests.servers.telegram.call import Call
from tests.servers.telegram.faults import DOWNLOAD, Fault
from tests.servers.telegram.files import LOCAL_BYTES, Upload
from tests.servers.telegram.methods import METHODS, Method
from tests.servers.telegram.refusals import NOT_FOUND, Refusal, bad_request, too_many_requests
from tests.servers.telegram.world import World

LARGEST_REQUEST = 52 * MIB  # a document and what surrounds it
UNAUTHORIZED = Refusal(401, "Unauthorized")
NO_METHOD = Refusal(404, "Not Found: method not found")


class Http:
    """Turns requests into calls, and results or refusals into answers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.crashes: list[str] = []  # mistakes of this server, never of the bot
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application(client_max_size=LOCAL_BYTES)
        app.router.add_route("*", "/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
            fault = self.world.faults.before_reading(DOWNLOAD) or self.world.faults.after_reading(DOWNLOAD, None)
            if fault and fault.kind in ("reset", "lost"):
                return _broken(request)
            if fault:
                await _trouble(fault)
            data = self.world.files.download(unquote(request.match_info["path"]))
        except Refusal as refusal:
            return _answer(refusal.code, refusal.body())
        return web.Response(body=data, content_type="application/octet-stream")

    async def _method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"].lower()
        lost = False
        try:
            self._check_token(request)
            method = _known(name)
            fault = self.world.faults.before_reading(method.name) if name != "getupdates" else None
            if fault and fault.kind == "reset":
                await request.content.readany()
                return _broken(request)
            result, lost = await self._run(method, request, fault)
            code, body = 200, {"ok": True, "result": result}
        except Refusal as refusal:
            code, body = refusal.code, refusal.body()
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:
            self.crashes.append(traceback.format_exc())
            code, body = 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}
        if name != "getupdates" or code != 200:
            self.world.answers.append((request.match_info["method"], code, str(body.get("description", ""))))
        self.world.changed()
        return _broken(request) if lost else _answer(code, body)

    async def _run(self, method: Method, request: web.Request, fault: Fault | None) -> tuple[Any, bool]:
        limit = LARGEST_REQUEST if self.world.files.local_folder is None else LOCAL_BYTES
        if (request.content_length or 0) > limit:
            raise Refusal(413, "Request Entity Too Large")
        call = await _read(method, request)
        if method.name != "getUpdates":
            self.world.calls.append(Call(call.method, call.parameters))
            chat = call.integer("chat_id") or None
            fault = fault or self.world.faults.after_reading(method.name, chat)
        if fault:
            await _trouble(fault)
        unknown = sorted({*call.parameters, *call.files} - method.parameters - _attached(call))
        if unknown:
            raise bad_request(f'unknown parameter "{unknown[0]}"')
        return await method.handler(self.world, call), bool(fault and fault.kind == "lost")

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if ":" not in token:
            raise NOT_FOUND
        if token != self.world.token:
            raise UNAUTHORIZED


def _known(name: str) -> Method:
    if name not in METHODS:
        raise NO_METHOD
    return METHODS[name]


async def _trouble(fault: Fault) -> None:
    match fault.kind:
        case "429":
            raise too_many_requests(fault.retry_after)
        case "500":
            raise Refusal(500, "Internal Server Error")
        case "502":
            raise Refusal(502, "Bad Gateway")
        case "slow":
            await asyncio.sleep(fault.seconds)
        case _:
            pass


def _broken(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _answer(code: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=code)


def _attached(call: Call) -> set[str]:
    """The parts of a request that another parameter refers to."""
    everything = " ".join(call.parameters.values())
    return {name for name in call.files if f"attach://{name}" in everything}


async def _read(method: Method, request: web.Request) -> Call:
    call = Call(method.name, dict(request.query))
    kind = request.content_type
    if kind == "application/json":
        given = await request.json()
        call.parameters |= {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    elif kind == "application/x-www-form-urlencoded":
        call.parameters |= {key: str(value) for key, value in (await request.post()).items()}
    elif kind == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            await _read_part(call, part)
    return call


async def _read_part(call: Call, part: BodyPartReader) -> None:
    data = bytes(await part.read())
    if part.filename is None:
        call.parameters[part.name or ""] = data.decode()
        return
    mime = part.headers.get("Content-Type", "application/octet-stream")
    call.files[part.name or ""] = Upload(part.filename, data, mime)
