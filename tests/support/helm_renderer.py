"""Renders a Helm chart with Helm itself: the program `helm`, or the library in the Python package `helm-sdkpy`.

The library has no `helm template`, so it installs the chart into an API server that knows the kinds and accepts
everything; the release that Helm stores there contains what it rendered. It runs in a process of its own, because it
leaves threads and sockets behind: `python -m tests.support.helm_renderer lint|render CHART VALUES`.
"""

import asyncio
import base64
import gzip
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
NAME = "photos"
RELEASE = re.compile(rb"H4sI[A-Za-z0-9+/=]{100,}")
KINDS = {
    "v1": {"Service": "services", "Secret": "secrets"},
    "apps/v1": {"Deployment": "deployments"},
    "networking.k8s.io/v1": {"Ingress": "ingresses"},
    "keda.sh/v1alpha1": {"ScaledObject": "scaledobjects"},
}
KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
current-context: test
users: [{name: test, user: {token: test}}]
"""


class HelmRefused(Exception):
    """Helm found the chart or its values wrong."""


def available() -> bool:
    """Whether Helm is here in one of its forms."""
    return shutil.which("helm") is not None or importlib.util.find_spec("helm_sdkpy") is not None


def lint(chart: Path, folder: Path) -> list[str]:
    """Helm's complaints about a chart with its default values; notes do not count."""
    ended = _helm(["lint", str(chart)], {}, folder)
    return [ended.stdout + ended.stderr] if ended.returncode else []


def render(chart: Path, values: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The chart's resources, for a release with the name `photos`.

    Raises:
        HelmRefused: a template fails with these values.
    """
    ended = _helm(["template", NAME, str(chart)], values, folder)
    if ended.returncode:
        raise HelmRefused(ended.stderr)
    return [one for one in yaml.safe_load_all(ended.stdout) if one]


def _helm(arguments: list[str], values: dict[str, Any], folder: Path) -> "subprocess.CompletedProcess[str]":
    file = folder / "values.json"
    file.write_text(json.dumps(values))
    program = [binary] if (binary := shutil.which("helm")) else [sys.executable, "-m", __name__]
    command = [*program, *arguments, "--values", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def main(action: str, *arguments: str) -> None:
    """What `helm lint` and `helm template` do, with the library."""
    import helm_sdkpy

    chart, values = arguments[-3], json.loads(Path(arguments[-1]).read_text())
    if action == "lint":
        told = asyncio.run(helm_sdkpy.Lint(helm_sdkpy.Configuration()).run(chart))
        note = 1  # Helm's severities: 1 is a note, 2 a warning, 3 an error
        worse = [message for message in told["Messages"] or [] if message["Severity"] > note]
        raise SystemExit(str(worse) if worse else 0)
    with _api_server() as (port, releases):
        configuration = helm_sdkpy.Configuration(namespace="default", kubeconfig=KUBECONFIG % port)
        try:
            asyncio.run(helm_sdkpy.Install(configuration).run(NAME, chart, values, wait=False, timeout=20))
        except helm_sdkpy.HelmError as error:
            raise SystemExit(str(error)) from None
    release = json.loads(gzip.decompress(base64.b64decode(releases[0])))
    print(release["manifest"])


@contextmanager
def _api_server() -> Iterator[tuple[int, list[bytes]]]:
    """A Kubernetes API server that accepts everything. Yields its port and the releases that were stored."""
    releases: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = _discovered(self.path.partition("?")[0])
            missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            self._answer(200 if found else 404, json.dumps(found or missing).encode(), "application/json")

        def do_POST(self) -> None:
            self._accept(201)

        def do_PUT(self) -> None:
            self._accept(200)

        def _accept(self, status: int) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # Helm's own objects come as protocol buffers; a release in them is gzip in base64.
            releases.extend(RELEASE.findall(body))
            self._answer(status, body, self.headers["Content-Type"])

        def _answer(self, status: int, data: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1], releases
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _discovered(path: str) -> dict[str, Any] | None:
    """What an API server says of itself."""
    if path == "/version":
        return {"major": "1", "minor": "31", "gitVersion": "v1.31.0"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        versions = [version for version in KINDS if "/" in version]
        entries = [{"groupVersion": one, "version": one.partition("/")[2]} for one in versions]
        groups = [
            {"name": one.partition("/")[0], "versions": [entry], "preferredVersion": entry}
            for one, entry in zip(versions, entries, strict=True)
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    version = path.removeprefix("/apis/").removeprefix("/api/")
    if version not in KINDS:
        return None
    resources = [
        {"name": plural, "kind": kind, "namespaced": True, "singularName": kind.lower(), "verbs": ["create", "get"]}
        for kind, plural in KINDS[version].items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


if __name__ == "__main__":
    main(*sys.argv[1:])
