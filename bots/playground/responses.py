"""Answers as JSON; every refusal has the shape `{"error": {"key", "text"}}`."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from magicmemory.bots.common.refusals import explain
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.visitors import asked_language
from magicmemory.bots.service import BotService
from magicmemory.bots.texts import Texts
from magicmemory.core.errors import (
    FileTooLarge,
    InternalError,
    NetworkQuotaUsedUp,
    NotAPhoto,
    NothingToCancel,
    NotYours,
    PhotoAnimated,
    PhotoExpired,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
    QuotaUsedUp,
    TooManyAdjustments,
    TooManyFailures,
    UserError,
)

NO_STORE = {"Cache-Control": "no-store"}

# The HTTP status of each refusal; any other `UserError` is a 422.
STATUS: Mapping[type[UserError], HTTPStatus] = {
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    PhotoTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAPhoto: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    PhotoAnimated: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    PhotoTruncated: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    PhotoUnreadable: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    PhotoExpired: HTTPStatus.NOT_FOUND,
    NotYours: HTTPStatus.NOT_FOUND,
    NothingToCancel: HTTPStatus.CONFLICT,
    QuotaUsedUp: HTTPStatus.TOO_MANY_REQUESTS,
    NetworkQuotaUsedUp: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyFailures: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyAdjustments: HTTPStatus.TOO_MANY_REQUESTS,
}


def answer(content: Any, status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    """JSON that no cache stores."""
    return JSONResponse(content, status, headers=NO_STORE)


def refusal(texts: Texts, language: str, refused: Refused) -> JSONResponse:
    """The answer to a request that cannot be served."""
    text = texts.say(language, f"playground-error-{refused.key}")
    response = answer({"error": {"key": refused.key, "text": text}}, refused.status)
    _retry_after(response, refused.retry_after_s)
    return response


def _retry_after(response: Response, seconds: float) -> None:
    if seconds > 0:
        response.headers["Retry-After"] = str(math.ceil(seconds))


class Refusals:
    """Turns exceptions into answers, in the visitor's language."""

    def __init__(self, service: BotService) -> None:
        self._service = service

    async def user_error(self, request: Request, error: Exception) -> Response:
        """The answer to a `UserError`, with the sentence that every platform uses."""
        assert isinstance(error, UserError)
        sender = getattr(request.state, "sender", None)
        asked = asked_language(request, self._service.texts)
        text = explain(self._service, await self._service.language(sender) if sender else asked, error)
        status = STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        response = answer({"error": {"key": error.key, "text": text}}, status)
        _retry_after(response, float(error.parameters.get("renews_in_s") or error.parameters.get("wait_in_s", 0)))
        if isinstance(error, FileTooLarge):
            # Otherwise the server would go on reading the rest of the body.
            response.headers["Connection"] = "close"
        return response

    async def refused(self, request: Request, error: Exception) -> Response:
        """The answer to a `Refused`."""
        assert isinstance(error, Refused)
        return refusal(self._service.texts, asked_language(request, self._service.texts), error)

    async def http(self, request: Request, error: Exception) -> Response:
        """The answer to what the framework refuses: an unknown path or method, a broken form."""
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        key = "not-found" if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) else "bad-request"
        return await self.refused(request, Refused(status, key))

    async def gone(self, request: Request, error: Exception) -> Response:
        """The visitor disconnected during the request; nobody reads this answer."""
        assert isinstance(error, ClientDisconnect)
        return Response(status_code=HTTPStatus.BAD_REQUEST)

    async def bug(self, request: Request, error: Exception) -> Response:
        """The apology for a bug, which the server logs."""
        language = asked_language(request, self._service.texts)
        text = explain(self._service, language, InternalError())
        return answer({"error": {"key": InternalError.key, "text": text}}, HTTPStatus.INTERNAL_SERVER_ERROR)
