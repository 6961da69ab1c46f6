"""The playground's guard: refuses foreign hosts and origins, and sets the security headers.

A page on another site can make a browser send requests here (CSRF), and can point its own name at this machine (DNS
rebinding). The Origin header reveals the first, the Host header the second.
"""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.responses import refusal
from magicmemory.bots.playground.visitors import asked_language
from magicmemory.bots.texts import Texts
from magicmemory.core.server_url import WILDCARD_ADDRESSES
from magicmemory.core.settings import LOOPBACK

# Nothing from other sites and nothing inline. `blob:` shows a photo while it is being sent.
CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Middleware that refuses foreign hosts and origins, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, texts: Texts, host: str, origins: Iterable[str]) -> None:
        """`host` is the address that is listened on; `origins` are further ones that may be used."""
        self._app = app
        self._texts = texts
        self._names = LOOPBACK | ({host.lower()} - WILDCARD_ADDRESSES)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in origins)
        self._hosts = frozenset(urlsplit(origin).netloc for origin in self._origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            # There are no websockets here, and the server sends no lifespan events.
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        key = self._objection(Headers(scope=scope))
        if key is None:
            await self._app(scope, receive, send_guarded)
            return
        request = Request(scope)
        language = asked_language(request, self._texts)
        response = refusal(self._texts, language, Refused(HTTPStatus.FORBIDDEN, key))
        await response(scope, receive, send_guarded)

    def _objection(self, headers: Headers) -> str | None:
        host = headers.get("host", "").lower()
        if not self._known_host(host):
            return "host"
        origin = headers.get("origin")
        if origin is not None:
            return None if self._known_origin(origin.lower(), host) else "origin"
        # Without an Origin header it is a program, a link, or another site's page that embeds ours.
        foreign = headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site")
        return "origin" if foreign and headers.get("sec-fetch-mode") != "navigate" else None

    def _known_host(self, host: str) -> bool:
        # The port is not compared: a container may map it. A rebound name never equals one of these.
        return host in self._hosts or _hostname(host) in self._names

    def _known_origin(self, origin: str, host: str) -> bool:
        return origin in self._origins or origin in (f"http://{host}", f"https://{host}")


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
