"""A visitor's settings as a form, and the deletion of everything about them."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.preference_choices import fields
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.uploads import read_json
from magicmemory.bots.service import BotService
from magicmemory.core.job import Sender


class VisitorPreferences:
    """The endpoints behind `/settings` and `/deletemydata`."""

    def __init__(self, service: BotService) -> None:
        self._service = service
        self._commands = Commands(service)
        known = fields(service.texts.languages, service.settings.offered_models)
        del known["reply_as_file"]  # here everybody downloads what they want
        self._fields = known

    async def form(self, sender: Sender) -> list[dict[str, Any]]:
        """The fields of the form: each with its question, its values and the present one."""
        language, texts = await self._service.language(sender), self._service.texts
        preferences = await self._service.preferences(sender)
        return [
            {
                "name": field.name,
                "text": texts.say(language, f"setting-about-{field.key}"),
                "value": field.word(preferences),
                "values": [{"value": word, "text": field.label(texts, language, word)} for word in field.values],
            }
            for field in self._fields.values()
        ]

    async def change(self, request: Request, sender: Sender) -> Response:
        """`{"name": "strength", "value": "75"}` changes one preference; the answer is the form's fields."""
        asked = await read_json(request)
        field = self._fields.get(str(asked.get("name")))
        value = asked.get("value")
        if field is None or not isinstance(value, str) or value not in field.values:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-options")
        await self._service.choose(sender, **{field.name: field.values[value]})
        return answer({"settings": await self.form(sender)})

    async def forget(self, request: Request, sender: Sender) -> Response:
        """Delete the visitor's photos and settings."""
        language = await self._service.language(sender)
        return answer({"text": await self._commands.forget(sender, language)})
