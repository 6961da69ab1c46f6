"""The URL of an HTTP server of ours. Who only asks one need not import what serves."""

from typing import Final

WILDCARD_ADDRESSES: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 – only compared with


def url_of(host: str, port: int) -> str:
    """The URL to open; for a wildcard address, the loopback URL."""
    name = "127.0.0.1" if host in WILDCARD_ADDRESSES else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"
