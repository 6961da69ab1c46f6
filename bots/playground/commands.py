"""What is said in words: commands, and what is left today."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.playground.responses import Refused, answer
from magicmemory.bots.playground.uploads import read_json
from magicmemory.bots.playground.views import Views
from magicmemory.bots.service import BotService
from magicmemory.core.connections import client_network
from magicmemory.core.errors import UserError
from magicmemory.core.job import Sender
from magicmemory.core.report import Failure

LONGEST_SHOWN = 40


class Chat:
    """Answers in words."""

    def __init__(self, service: BotService, views: Views) -> None:
        self._service = service
        self._views = views

    async def quota(self, request: Request, sender: Sender) -> Response:
        """What is left today."""
        return answer(await self._views.quota(sender))

    async def command(self, request: Request, sender: Sender) -> Response:
        """`{"text": "/quota"}` is answered with `{"text": …, "quota": …}`, and so is everything else a visitor may
        type. The quota is a sentence, for what was said may have changed it.
        """
        text = (await read_json(request)).get("text")
        if not isinstance(text, str):
            raise Refused(HTTPStatus.BAD_REQUEST, "bad-request")
        try:
            said = await self._reply(request, sender, text.strip())
        except UserError as error:
            said = self._service.failure_text(await self._service.language(sender), Failure.of(error))
        return answer({"text": said, "quota": (await self._views.quota(sender))["text"]})

    async def _reply(self, request: Request, sender: Sender, text: str) -> str:
        language = await self._service.language(sender)
        say = self._service.texts.say
        command, rest = [*text.split(maxsplit=1), "", ""][:2]
        match command.lower():
            case "/quota":
                return self._service.quota_text(language, await self._service.quota(sender))
            case "/premium":
                # The playground takes no money, and what is bought elsewhere is another account's.
                return self._service.offers_text(language, await self._service.quota(sender), [])
            case "/unlock":
                return await self._unlock(request, language, sender, rest)
            case "/help" | "/start":
                return f"{self._service.help_text(language)}\n\n{say(language, 'help-commands')}"
            case "/cancel":
                await self._service.cancel(sender)
                return say(language, "cancelled")
            case other if other.startswith("/") and other != "/restore":
                return say(language, "unknown-command", command=_shown(command))
            case _:
                # Whatever is not a command is most likely a question how this works.
                return say(language, "restore-howto")

    async def _unlock(self, request: Request, language: str, sender: Sender, code: str) -> str:
        if not code:
            return self._service.texts.say(language, "unlock-howto")
        # Without its cookie a browser is somebody new: wrong tries are counted by address as well.
        where = client_network(request.scope)
        return self._service.redeemed_text(language, await self._service.codes.redeem(sender, where, code))


def _shown(command: str) -> str:
    """What somebody typed, as it can be said back to them."""
    return "".join(character for character in command if character.isprintable())[:LONGEST_SHOWN]
