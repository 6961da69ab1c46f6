"""Visitors: a random id in a cookie, and the language that their browser asks for. Nobody signs in."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.texts import Texts
from magicmemory.core.job import Platform, Sender

# Cookies ignore ports: another program on this machine may set a cookie named `visitor`.
COOKIE = "magicmemory_visitor"
COOKIE_AGE_S = 365 * 24 * 3600
_ID = re.compile(r"[0-9a-f]{32}")


def visitor_id(request: Request) -> str | None:
    """The id in the visitor's cookie; None for a new visitor."""
    kept = request.cookies.get(COOKIE, "")
    return kept if _ID.fullmatch(kept) else None


def new_visitor_id() -> str:
    """An unguessable id: it alone protects a visitor's photos."""
    return secrets.token_hex(16)


def remember(request: Request, response: Response, visitor: str) -> None:
    """Set a new visitor's cookie."""
    # A browser that follows a link from another site does not send the cookie, because it is `SameSite=Strict`. A new
    # cookie would replace the visitor's; the page's own requests, which follow at once, send the old one.
    if request.headers.get("sec-fetch-site") == "cross-site":
        return
    response.set_cookie(
        COOKIE, visitor, COOKIE_AGE_S, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def sender_of(request: Request, texts: Texts, visitor: str) -> Sender:
    """The visitor as a sender."""
    return Sender(platform=Platform.PLAYGROUND, account=visitor, language=asked_language(request, texts))


def asked_language(request: Request, texts: Texts) -> str:
    """The language that the browser prefers among those that have texts."""
    for wanted in _by_weight(request.headers.get("accept-language", "")):
        if wanted.split("-")[0] in texts.languages:
            return texts.known(wanted)
    return texts.known("")


def _by_weight(header: str) -> list[str]:
    """The languages of an Accept-Language header, best first: `de;q=0.5, fr-CH` becomes `fr-ch`, `de`."""
    weighted = []
    for part in header.lower().split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    # The sort is stable: equal weights stay in the browser's order.
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if tag and weight > 0]
