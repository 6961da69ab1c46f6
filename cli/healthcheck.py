"""`magicmemory healthcheck`: asks a running process whether it can work. It imports none of what serves the answer."""

from typing import Final

from magicmemory.core.errors import OperatorError
from magicmemory.core.server_url import url_of
from magicmemory.core.settings import Settings

PATIENCE_S: Final = 3.0  # of one check; the answer waits for all of them


class NotReady(OperatorError):
    """The process does not answer, or reports that it cannot work."""


def check_health(settings: Settings, path: str) -> None:
    """Request `/healthz` or `/readyz` from the process with these settings.

    Raises:
        NotReady: it does not answer, or a check fails; the message says which.
    """
    import httpx  # what serves the answer imports this module too, and requests nothing

    if not settings.metrics_port:
        raise NotReady("MAGIC_METRICS_PORT is not set, so the process serves no health checks.")
    url = url_of(settings.metrics_host, settings.metrics_port) + path
    try:
        # The environment's proxy is for other hosts.
        answer = httpx.get(url, timeout=2 * PATIENCE_S, trust_env=False)
    except httpx.HTTPError as error:
        raise NotReady(f"{url} does not answer ({type(error).__name__}).") from None
    if answer.status_code != httpx.codes.OK:
        missing = [name for name, good in answer.json().items() if not good]
        raise NotReady(f"{url}: these checks fail: {', '.join(missing)}.")
