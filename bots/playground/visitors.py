"""Who a visitor is: a random id in a cookie, and the language their browser asks for. Nobody signs in."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.texts import Texts
from magicmemory.core.job import Platform, Sender

# Cookies do not tell ports apart: other programs on this machine may have a `visitor` of theirs.
COOKIE = "magicmemory_visitor"
COOKIE_AGE_S = 365 * 24 * 3600
_ID = re.compile(r"[0-9a-f]{32}")


def visitor_id(request: Request) -> str | None:
    """The id in the visitor's cookie, or None for somebody new."""
    kept = request.cookies.get(COOKIE, "")
    return kept if _ID.fullmatch(kept) else None


def new_visitor_id() -> str:
    """An id that nobody can guess: it is all that guards a visitor's photos."""
    return secrets.token_hex(16)


def remember(request: Request, response: Response, visitor: str) -> None:
    """Hand a new visitor their id."""
    # A visitor who follows a link from another site comes without the cookie they have (it is a strict one). A new one
    # would take its place; the page's own requests, which follow at once, carry the old one.
    if request.headers.get("sec-fetch-site") == "cross-site":
        return
    response.set_cookie(
        COOKIE, visitor, COOKIE_AGE_S, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def sender_of(request: Request, texts: Texts, visitor: str) -> Sender:
    """The visitor as the service knows people."""
    return Sender(platform=Platform.PLAYGROUND, account=visitor, language=asked_language(request, texts))


def asked_language(request: Request, texts: Texts) -> str:
    """The browser's most wanted language among those there are texts for."""
    for wanted in _by_weight(request.headers.get("accept-language", "")):
        if wanted.split("-")[0] in texts.languages:
            return texts.known(wanted)
    return texts.known("")


def _by_weight(header: str) -> list[str]:
    """`de;q=0.5, fr-CH` becomes `fr-ch`, `de`."""
    weighted = []
    for part in header.lower().split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    # Stable: equal weights stay in the browser's order.
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if tag and weight > 0]
