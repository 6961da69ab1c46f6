"""REST v10: routes, tokens, rate limits, the record of calls, and the CDN."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.servers.discord.call import Call, read_body
from tests.servers.discord.clock import Clock
from tests.servers.discord.faults import RETRY_AFTER_S, SLOW_S, Faults, Kind
from tests.servers.discord.files import Files
from tests.servers.discord.limits import Limits
from tests.servers.discord.refusals import Refusal, method_not_allowed, not_found, unauthorized

API = "/api/v10"
MAJOR = ("channel", "guild", "token")
# What an interaction's token alone allows, without the bot's.
BY_TOKEN = re.compile(r"/(interactions|webhooks)/")
NO_CONTENT = object()

Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """A method and a path with names in it, such as `/channels/{channel}/messages`."""

    method: str
    path: str
    handler: Handler

    @property
    def name(self) -> str:
        """As rate limits, faults and records know it."""
        return f"{self.method} {self.path}"

    @property
    def pattern(self) -> "re.Pattern[str]":
        """The path as a pattern."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


class Rest:
    """Answers requests."""

    def __init__(self, routes: list[Route], token: str, clock: Clock, files: Files) -> None:
        self._routes = [(route, route.pattern) for route in routes]
        self._token = token
        self._clock = clock
        self._files = files
        self.limits = Limits(clock)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.on_change: Callable[[], None] = lambda: None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request to the API."""
        path = request.path.removeprefix(API)
        call = Call(request.method, path, self._clock.now(), query=dict(request.query))
        self.calls.append(call)
        headers: dict[str, str] = {}
        try:
            route = self._find(call)
            self._authorise(request, call)
            await read_body(request, call)
            fault = self.faults.next_for(call.route)
            call.fault = fault or ""
            if fault == "reset" and request.transport is not None:
                request.transport.abort()
                return web.Response()
            await self._before(fault)
            major = "+".join(call.names.get(name, "") for name in MAJOR)
            # What an interaction's token allows does not count against the bot's global limit.
            headers = self.limits.take(call.route, major, counts_globally=not BY_TOKEN.match(path))
            answer = route.handler(call)
            if isinstance(answer, Awaitable):
                answer = await answer
            call.status = 204 if answer is NO_CONTENT else 200
        except Refusal as refusal:
            call.status, call.code, call.error = refusal.status, refusal.code, refusal.body
            answer, headers = refusal.body, {**headers, **refusal.headers}
        self.on_change()
        if call.fault == "lost answer" and request.transport is not None:
            request.transport.abort()
        return _answer(call.status, answer, headers)

    def cdn(self, request: web.Request) -> web.Response:
        """One download."""
        try:
            found = self._files.fetch(request.path, dict(request.query))
        except (ValueError, IndexError):
            found = None
        if found is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=found.data, content_type=found.kind or "application/octet-stream")

    def _find(self, call: Call) -> Route:
        known = False
        for route, pattern in self._routes:
            match = pattern.fullmatch(call.path)
            if match:
                known = True
                if route.method == call.method:
                    call.route, call.names = route.name, match.groupdict()
                    return route
        raise method_not_allowed() if known else not_found()

    def _authorise(self, request: web.Request, call: Call) -> None:
        if BY_TOKEN.match(call.path) or call.path == "/gateway":
            return
        if request.headers.get("Authorization") != f"Bot {self._token}":
            raise unauthorized()

    async def _before(self, fault: Kind | None) -> None:
        if fault == "slow":
            await asyncio.sleep(SLOW_S)
        elif fault == "400":
            raise Refusal(400, 50035, "Invalid Form Body")
        elif fault == "500":
            raise Refusal(500, 0, "500: Internal Server Error")
        elif fault == "429":
            raise self.limits.refuse_for(RETRY_AFTER_S)


def _answer(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    # Discord's own proxies sign every answer; without it a 429 is taken for a ban.
    headers = {**headers, "Via": "1.1 google"}
    if status == 204:
        return web.Response(status=204, headers=headers)
    # Exactly this content type: with a charset the client would not read it as JSON.
    return web.Response(
        status=status, body=json.dumps(body).encode(), headers={**headers, "Content-Type": "application/json"}
    )
