"""Endpoints that make and cancel jobs: a new photo, an adjustment of a restored one, a cancellation."""

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.common.face_choice import is_valid, options_of
from magicmemory.bots.playground.page import sample_photo
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.uploads import read_json, read_message, read_options, read_upload
from magicmemory.bots.playground.views import Views
from magicmemory.bots.service import BotService
from magicmemory.core.connections import client_network
from magicmemory.core.job import Address, Job, Platform, Sender
from magicmemory.core.options import Options

# What "Not quite like them?" changes.
REMEMBERED: Final = ("fidelity", "strength", "model")


class Photos:
    """The endpoints that change jobs."""

    def __init__(self, service: BotService, views: Views) -> None:
        self._service = service
        self._views = views
        self._sample = sample_photo()

    async def send(self, request: Request, sender: Sender) -> Response:
        """Take a form with `photo` and optionally `options` (JSON) and `message` (the client's id of the message)."""
        upload = await read_upload(request, self._service.settings.max_photo_mb)
        address = _address(sender, upload.message)
        context = {"name": upload.name} if upload.name else None
        # Trying out the page must not use up the photo of today.
        sample = upload.photo == self._sample
        job = await self._service.intake(
            *(sender, address, upload.photo, upload.options, context),
            network=client_network(request.scope),
            free=sample,
        )
        return answer({"job": await self._views.job(sender, job)}, HTTPStatus.ACCEPTED)

    async def adjust(self, request: Request, sender: Sender) -> Response:
        """Take `{"options": {…}}`; options that are not given stay as they were.

        `{"faces": "rgl"}` says in letters what happens to each face that can be chosen: it is restored, restored
        gently, or left alone. With `remember`, the given options become the visitor's preferences.
        """
        parent = await self._service.job_of(sender, request.path_params["job"])
        asked = await read_json(request)
        options = read_options(asked.get("options", {}), parent.options)
        if "faces" in asked:
            options = _with_faces(asked["faces"], parent, options)
        # Without an id, an adjustment is identified by the job whose button was pressed.
        address = _address(sender, read_message(asked.get("message") or parent.id))
        context = {name: text for name, text in parent.context.items() if name == "name"}
        job = await self._service.adjust(sender, address, parent, options, context, client_network(request.scope))
        if asked.get("remember") is True:
            given = [name for name in REMEMBERED if name in asked.get("options", {})]
            await self._service.choose(sender, **{name: getattr(options, name) for name in given})
        return answer({"job": await self._views.job(sender, job)}, HTTPStatus.ACCEPTED)

    async def cancel(self, request: Request, sender: Sender) -> Response:
        """Cancel all waiting photos of the visitor, as `/cancel` does."""
        job = await self._service.job_of(sender, request.path_params["job"])
        await self._service.cancel(sender)
        job = await self._service.job_of(sender, job.id)
        return answer({"job": await self._views.job(sender, job)})


def _with_faces(states: object, parent: Job, options: Options) -> Options:
    report = parent.report
    if report is not None and isinstance(states, str) and is_valid(states, report):
        chosen = options_of(states, report, options)
        if chosen is not None:
            return chosen
    raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-options")


def _address(sender: Sender, message: str) -> Address:
    return Address(platform=Platform.PLAYGROUND, chat=sender.account, message=message)
