"""An HTTP server on loopback that publishes files, and misbehaves on request."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass
class Publisher:
    """The server's files and behaviour.

    Attributes:
        files: content by path.
        statuses: sent instead of the next answers, first to last.
        cut_after: the next answers end their connection after so many bytes of the file.
        redirects: where a path sends its caller.
        length_told: whether answers say how long they are.
        asked: what was asked for: path and `Range` of each request.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    cut_after: list[int] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    length_told: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers as its `world` says; each server has a subclass with one."""

    world: ClassVar[Publisher]

    def do_GET(self) -> None:
        # A proxy is asked with the whole address.
        path = re.sub(r"^http://[^/]+", "", self.path)
        self.world.asked.append((self.path, self.headers.get("Range")))
        if self.world.statuses:
            self._say(self.world.statuses.pop(0))
        elif path in self.world.redirects:
            self._say(302, {"Location": self.world.redirects[path]})
        elif path not in self.world.files:
            self._say(404)
        else:
            self._send(self.world.files[path])

    def _send(self, content: bytes) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if start and start >= len(content):
            self._say(416)
            return
        rest = content[start:]
        headers = {"Content-Length": str(len(rest))} if self.world.length_told else {}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        cut = self.world.cut_after.pop(0) if self.world.cut_after else None
        self._say(206 if start else 200, headers, rest[:cut])
        self.close_connection = True

    def _say(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers if headers is not None else {"Content-Length": "0"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's own name)
        pass


@contextmanager
def publisher() -> Iterator[Publisher]:
    """The server on a free port."""
    world = Publisher()
    handler = type("WorldsHandler", (Handler,), {"world": world})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        world.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield world
        server.shutdown()
