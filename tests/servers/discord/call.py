"""One request to the REST API: who asks, what for, with which files; and the record of it."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.servers.discord.files import Upload
from tests.servers.discord.refusals import JSON, Form, Refusal, invalid_json

MOST_FILES = 10


@dataclass
class Call:
    """A request as the handlers see it, and as a test finds it afterwards."""

    method: str
    path: str
    at: float
    route: str = ""
    names: dict[str, str] = field(default_factory=dict)  # the parts of the path
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: dict[int, Upload] = field(default_factory=dict)
    status: int = 0
    code: int = 0  # Discord's, of a refusal
    error: JSON = field(default_factory=dict)  # the body of a refusal
    fault: str = ""  # what was done to it on purpose

    @property
    def json(self) -> JSON:
        """The body, which has to be an object."""
        if not isinstance(self.body, dict):
            form = Form()
            form.wrong((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            form.check()
        found: JSON = self.body
        return found


async def read_body(request: web.Request, call: Call) -> None:
    """Fill in the body and the files."""
    if request.content_type.startswith("multipart/"):
        await _read_parts(request, call)
        return
    raw = await request.read()
    if not raw:
        return
    if request.content_type != "application/json":
        raise Refusal(
            400, 50035, "Invalid Form Body",
            errors={"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": 'Expected "Content-Type" header'}]},
        )  # fmt: skip
    call.body = _parse(raw)


async def _read_parts(request: web.Request, call: Call) -> None:
    reader = await request.multipart()
    async for part in reader:
        assert isinstance(part, BodyPartReader)
        data = bytes(await part.read())
        name = part.name or ""
        if name == "payload_json":
            call.body = _parse(data)
        elif name.startswith("files[") and name.endswith("]") and name[6:-1].isdigit():
            call.files[int(name[6:-1])] = Upload(data, part.filename or "unknown")
    if call.body is None:
        call.body = {}
    if len(call.files) > MOST_FILES:
        form = Form()
        form.wrong(("attachments",), "BASE_TYPE_BAD_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
        form.check()


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise invalid_json() from None
