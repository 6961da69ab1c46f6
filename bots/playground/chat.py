"""What is said in words: commands, and what is left today."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.desk import Desk
from magicmemory.bots.playground.answers import Refused, answer
from magicmemory.bots.playground.uploads import read_json
from magicmemory.bots.playground.views import Views
from magicmemory.core.errors import NothingToCancel
from magicmemory.core.job import Sender
from magicmemory.core.report import Failure

LONGEST_SHOWN = 40


class Chat:
    """Answers in words."""

    def __init__(self, desk: Desk, views: Views) -> None:
        self._desk = desk
        self._views = views

    async def quota(self, request: Request, sender: Sender) -> Response:
        """What is left today."""
        return answer(await self._views.quota(sender))

    async def command(self, request: Request, sender: Sender) -> Response:
        """`{"text": "/quota"}` is answered with `{"text": …}`, and so is everything else a visitor may type."""
        text = (await read_json(request)).get("text")
        if not isinstance(text, str):
            raise Refused(HTTPStatus.BAD_REQUEST, "bad-request")
        return answer({"text": await self._reply(sender, text.strip())})

    async def _reply(self, sender: Sender, text: str) -> str:
        language = await self._desk.language(sender)
        say = self._desk.texts.say
        command = text.split()[0] if text else ""
        match command.lower():
            case "/quota":
                return self._desk.quota_text(language, await self._desk.quota(sender))
            case "/help" | "/start":
                return f"{self._desk.help_text(language)}\n\n{say(language, 'help-commands')}"
            case "/cancel":
                return await self._cancel(language, sender)
            case other if other.startswith("/") and other != "/restore":
                return say(language, "unknown-command", command=_shown(command))
            case _:
                # Whatever is not a command is most likely a question how this works.
                return say(language, "restore-howto")

    async def _cancel(self, language: str, sender: Sender) -> str:
        try:
            await self._desk.cancel(sender)
        except NothingToCancel as nothing:
            return self._desk.failure_text(language, Failure.of(nothing))
        return self._desk.texts.say(language, "cancelled")


def _shown(command: str) -> str:
    """What somebody typed, as it can be said back to them."""
    return "".join(character for character in command if character.isprintable())[:LONGEST_SHOWN]
