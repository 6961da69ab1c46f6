"""Parses requests: forms with a photo, of which at most the limit is read, and small JSON bodies."""

import asyncio
import json
import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message

from magicmemory.bots.playground.refused import Refused
from magicmemory.core.errors import FileTooLarge, NotAPhoto
from magicmemory.core.options import Options
from magicmemory.core.units import MB

# Bytes that a form has besides its photo: boundaries, headers, the options, the message's id.
ENVELOPE = 64 * 1024
MOST_JSON = 16 * 1024
LINGER_S = 1.0
LONGEST_NAME = 80
_MESSAGE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with a photo."""

    photo: bytes
    name: str  # the file's, without folders; may be empty
    message: str  # the client's id of this message, so that sending it again makes no second job
    options: Options | None


async def read_upload(request: Request, limit_mb: float) -> Upload:
    """The photo and its options.

    Raises:
        FileTooLarge: the photo has more than `limit_mb` megabytes; no more than that was read.
        NotAPhoto: the form has no file.
        Refused: the form, its options or its message id cannot be read.
    """
    bounded = _Bounded(request, int(limit_mb * MB), FileTooLarge(limit_mb=limit_mb))
    try:
        bounded.check_announced()
        limited = Request(request.scope, bounded.receive)
        async with limited.form(max_files=1, max_fields=2, max_part_size=MOST_JSON) as form:
            return await _upload(form)
    except FileTooLarge:
        await bounded.linger()
        raise


async def read_json(request: Request) -> dict[str, Any]:
    """A small JSON object.

    Raises:
        Refused: the body is not a JSON object, or is longer than `MOST_JSON`.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_JSON:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "bad-request")
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "bad-request") from None
    if not isinstance(value, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "bad-request")
    return value


def read_options(value: object, base: Options | None = None) -> Options:
    """Options from parsed JSON; options that are not given are those of `base`.

    Raises:
        Refused: an option is unknown or out of range.
    """
    if not isinstance(value, dict):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-options")
    try:
        return Options.model_validate({**(base.model_dump() if base else {}), **value})
    except ValidationError:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-options") from None


def read_message(value: object) -> str:
    """The client's id of a message, or a new id if it sent none.

    Raises:
        Refused: the id has other characters than letters, digits, `_` and `-`, or more than 64.
    """
    if not value:
        return uuid.uuid4().hex
    if not isinstance(value, str) or not _MESSAGE.fullmatch(value):
        raise Refused(HTTPStatus.BAD_REQUEST, "bad-request")
    return value


async def _upload(form: FormData) -> Upload:
    photo = form.get("photo")
    if not isinstance(photo, UploadFile):
        raise NotAPhoto
    options = form.get("options")
    return Upload(
        photo=await photo.read(),
        name=_plain_name(photo.filename or ""),
        message=read_message(form.get("message")),
        options=read_options(_from_json(options)) if options else None,
    )


def _from_json(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _plain_name(name: str) -> str:
    """The file's name without folders and unprintable characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[:LONGEST_NAME].strip(" .")


class _Bounded:
    """A request's body that may be read up to a limit."""

    def __init__(self, request: Request, limit: int, error: FileTooLarge) -> None:
        self._request = request
        self._limit = limit + ENVELOPE
        self._error = error
        self._read = 0
        self._more = True

    def check_announced(self) -> None:
        """Refuse by the Content-Length, before anything is read."""
        announced = self._request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            raise self._error

    async def receive(self) -> Message:
        """The next part of the body."""
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._limit:
            raise self._error
        return message

    async def _receive(self) -> Message:
        message = await self._request.receive()
        self._more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def linger(self) -> None:
        """Read and discard the rest of the body, up to the limit and `LINGER_S`.

        A browser that is disconnected while it sends shows a network error instead of our sentence.
        """
        if "expect" in self._request.headers:
            # The client waits for a 100 before it sends the body, and receiving would send that.
            return
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while self._more and dropped < self._limit:
                    dropped += len((await self._receive()).get("body", b""))
