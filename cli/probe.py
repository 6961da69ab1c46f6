"""The health check of a container, often and cheap: `python -m magicmemory.cli.probe [/healthz]`.

`magicmemory healthcheck` does the same for people; loading the whole command for it takes half a second of processor
time. This module imports only the standard library, and reads only the environment.
"""

import http.client
import os
import sys

WILDCARDS = ("", "0.0.0.0", "::")  # noqa: S104 – only compared with
PATIENCE_S = 6


def main(path: str = "/readyz") -> int:
    """Ask the process that these settings belong to. Returns the exit status: 0: it can work; 1: not."""
    host = os.environ.get("MAGIC_METRICS_HOST") or "127.0.0.1"
    port = os.environ.get("MAGIC_METRICS_PORT") or "0"
    connection = http.client.HTTPConnection("127.0.0.1" if host in WILDCARDS else host, int(port), timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.read(1000).decode(errors="replace").strip())
    except OSError as error:
        print(f"{host}:{port} does not answer: {error}")
        return 1
    finally:
        connection.close()
    return int(answer.status != http.client.OK)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
