"""The containers' health check is correct and cheap."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from magicmemory.cli.probe import main


class Answers(BaseHTTPRequestHandler):
    """`/readyz` fails, everything else is good."""

    def do_GET(self) -> None:
        ready = self.path != "/readyz"
        self.send_response(200 if ready else 503)
        self.end_headers()
        self.wfile.write(b"alive" if ready else b'{"redis": false}')

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("MAGIC_METRICS_HOST", "0.0.0.0")
        monkeypatch.setenv("MAGIC_METRICS_PORT", str(server.server_port))
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("port")
def test_a_process_that_cannot_work_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 1
    assert capsys.readouterr().out == '{"redis": false}\n'
    assert main("/healthz") == 0


def test_ended_process_is_unhealthy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MAGIC_METRICS_PORT", "1")
    assert main() == 1
    assert "127.0.0.1:1 does not answer" in capsys.readouterr().out


@pytest.mark.processes
def test_probe_imports_only_the_standard_library() -> None:
    code = (
        "import sys, magicmemory.cli.probe\n"
        "heavy = {'pydantic', 'typer', 'redis', 'httpx', 'sqlalchemy', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(f'imports {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
