"""Visitors: a random, signed id in a cookie, or the name under which a proxy's login knows them; and the language that
their browser asks for.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.legal.documents import COOKIE_DAYS
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Platform, Sender
from magicmemory.core.signing import Signer

# Cookies ignore ports: another program on this machine may set a cookie named `visitor`.
COOKIE = "magicmemory_visitor"
COOKIE_AGE_S = COOKIE_DAYS * 24 * 3600
_ID = re.compile(r"[0-9a-f]{32}")


class Visitors:
    """Identifies visitors. An id is ours, never chosen: a cookie that we did not sign is none."""

    def __init__(self, is_known: Callable[[Sender], Awaitable[bool]], signer: Signer, user_header: str = "") -> None:
        """
        Args:
            is_known: whether a person has used the service before, for visitors from the time before ids were signed.
            signer: signs the ids.
            user_header: the header in which a trusted proxy names who has logged in; empty: cookies are used.
        """
        self._is_known = is_known
        self._signer = signer
        self._user_header = user_header

    async def known(self, request: Request) -> str | None:
        """The id of the visitor who sent a request; None for a new visitor.

        Raises:
            Refused: the proxy's login is needed, and there is none.
        """
        if self._user_header:
            name = request.headers.get(self._user_header, "").strip()
            if not name:
                raise Refused(HTTPStatus.UNAUTHORIZED, "login")
            return self._signer.hash("login", name)
        visitor, _, signature = request.cookies.get(COOKIE, "").partition(".")
        if not _ID.fullmatch(visitor):
            return None
        if signature:
            return visitor if self._signer.is_hash("visitor", visitor, signature) else None
        # An unsigned id counts only for those who have used it already.
        sender = Sender(platform=Platform.PLAYGROUND, account=visitor)
        return visitor if await self._is_known(sender) else None

    def cookie(self, visitor: str) -> str:
        """The cookie's text: the id and its signature."""
        return f"{visitor}.{self._signer.hash('visitor', visitor)}"

    def remember(self, request: Request, response: Response, visitor: str) -> None:
        """Set the visitor's cookie, unless they have it, or a login names them."""
        if not self._user_header and request.cookies.get(COOKIE) != self.cookie(visitor):
            _set_cookie(request, response, self.cookie(visitor))


def new_visitor_id() -> str:
    """An unguessable id: it alone protects a visitor's photos."""
    return secrets.token_hex(16)


def _set_cookie(request: Request, response: Response, cookie: str) -> None:
    # A browser that follows a link from another site does not send the cookie, because it is `SameSite=Strict`. A new
    # cookie would replace the visitor's; the page's own requests, which follow at once, send the old one.
    if request.headers.get("sec-fetch-site") == "cross-site":
        return
    response.set_cookie(
        COOKIE, cookie, COOKIE_AGE_S, httponly=True, samesite="strict", secure=request.url.scheme == "https"
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
