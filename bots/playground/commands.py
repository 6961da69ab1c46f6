"""Commands that a visitor types, and the quota."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.refusals import explain
from magicmemory.bots.legal.documents import PATH, Document
from magicmemory.bots.playground.preferences import VisitorPreferences
from magicmemory.bots.playground.refused import Refused
from magicmemory.bots.playground.responses import answer
from magicmemory.bots.playground.uploads import read_json
from magicmemory.bots.playground.views import Views
from magicmemory.bots.service import BotService
from magicmemory.core.connections import client_network
from magicmemory.core.errors import UserError
from magicmemory.core.job import Platform, Sender


class Chat:
    """Answers typed commands."""

    def __init__(self, service: BotService, views: Views, preferences: VisitorPreferences) -> None:
        self._service = service
        self._preferences = preferences
        self._commands = Commands(service)
        self._views = views

    async def quota(self, request: Request, sender: Sender) -> Response:
        """The visitor's quota as JSON."""
        return answer(await self._views.quota(sender))

    async def command(self, request: Request, sender: Sender) -> Response:
        """`{"text": "/quota"}` gets `{"text": …, "quota": …}`, and so does any other text. The quota is a sentence; it
        comes with every answer because a command may change it. The answer to `/settings` also has `settings`, the
        fields of a form; that to `/deletemydata` has `confirm`, the label of a button.
        """
        text = (await read_json(request)).get("text")
        if not isinstance(text, str):
            raise Refused(HTTPStatus.BAD_REQUEST, "bad-request")
        try:
            said = await self._asking(sender, text.strip())
            if said is None:
                said = {"text": await self._reply(request, sender, text.strip())}
        except UserError as error:
            said = {"text": explain(self._service, await self._service.language(sender), error)}
        return answer({**said, "quota": (await self._views.quota(sender))["text"]})

    async def _asking(self, sender: Sender, text: str) -> dict[str, Any] | None:
        """The answer to a command that asks something in return; None for other texts."""
        language, say = await self._service.language(sender), self._service.texts.say
        match text.lower():
            case "/settings":
                return {"text": say(language, "settings-title"), "settings": await self._preferences.form(sender)}
            case "/deletemydata":
                return {"text": say(language, "forget-sure"), "confirm": say(language, "playground-erase")}
            case _:
                return None

    async def _reply(self, request: Request, sender: Sender, text: str) -> str:
        language = await self._service.language(sender)
        commands, say = self._commands, self._service.texts.say
        command, arguments = [*text.split(maxsplit=1), "", ""][:2]
        match command.lower():
            case "/quota":
                return await commands.quota(sender, language)
            case "/premium":
                # The playground takes no money, and what is bought elsewhere belongs to another account.
                return await commands.premium(sender, language)
            case "/unlock":
                # A browser without its cookie is a new visitor, so wrong guesses are counted by address too.
                return await commands.unlock(sender, language, client_network(request.scope), arguments)
            case "/help" | "/start":
                return f"{commands.help(language)}\n\n{say(language, 'help-commands')}"
            case "/privacy":
                return commands.privacy(language, Platform.PLAYGROUND, self._here(request, Document.PRIVACY))
            case "/terms":
                return commands.terms(language, self._here(request, Document.TERMS))
            case "/cancel":
                answered, _ = await commands.cancel(sender, language)
                return answered
            case other if other.startswith("/") and other != "/restore":
                return commands.unknown(language, command)
            case _:
                # Text that is not a command is most likely a question about how this works.
                return say(language, "restore-howto")

    def _here(self, request: Request, document: Document) -> str:
        """The document's address on this page, as the browser knows the page."""
        return str(request.base_url.replace(path=f"{PATH}{document}"))
