"""What the commands do and answer on every platform. The adapters parse commands and send the answers."""

from collections.abc import Sequence

from magicmemory.bots.legal.documents import Document, address
from magicmemory.bots.service import BotService
from magicmemory.core.job import Job, Platform, Sender

LONGEST_SHOWN = 40  # characters of a command that is quoted back


class Commands:
    """Runs commands; each returns its answer in `language`. All raise `UserError`s for the adapter to explain."""

    def __init__(self, service: BotService) -> None:
        self._service = service
        self._sentences = service.sentences

    async def quota(self, sender: Sender, language: str) -> str:
        """`/quota`."""
        return self._sentences.quota(language, await self._service.quota(sender))

    async def premium(self, sender: Sender, language: str, lines: Sequence[str] = ()) -> str:
        """`/premium`, with a line for each thing that this platform sells."""
        return self._sentences.offers(language, await self._service.quota(sender), lines)

    async def unlock(self, sender: Sender, language: str, place: str, code: str) -> str:
        """`/unlock CODE`. `place` is the chat or network address, where wrong guesses are counted too."""
        if not code:
            return self._service.texts.say(language, "unlock-howto")
        return self._sentences.redeemed(language, await self._service.shop.redeem(sender, place, code))

    async def cancel(self, sender: Sender, language: str) -> tuple[str, list[Job]]:
        """`/cancel`: the answer, and the jobs that were cancelled."""
        dropped = await self._service.cancel(sender)
        return self._service.texts.say(language, "cancelled"), dropped

    async def forget(self, sender: Sender, language: str) -> str:
        """The confirmed request to delete everything about the sender."""
        await self._service.forget(sender)
        return self._service.texts.say(language, "forget-done")

    def help(self, language: str) -> str:
        """`/help`, without the platform's list of commands."""
        return self._sentences.help(language)

    def privacy(self, language: str, platform: Platform, url: str = "") -> str:
        """`/privacy`: what is kept, where and for how long. `url` is the whole policy's, if the settings name none."""
        settings, say = self._service.settings, self._service.texts.say
        text = say(language, f"{platform}-privacy", hours=round(settings.photo_retention_hours))
        url = address(Document.PRIVACY, settings) or url
        return f"{text}\n{say(language, 'legal-privacy-whole', url=url)}" if url else text

    def terms(self, language: str, url: str = "") -> str:
        """`/terms`, without what is for sale. `url` is the whole terms', if the settings name none."""
        say = self._service.texts.say
        url = address(Document.TERMS, self._service.settings) or url
        text = say(language, "legal-terms")
        return f"{text}\n{say(language, 'legal-terms-whole', url=url)}" if url else text

    def unknown(self, language: str, command: str, longest: int = LONGEST_SHOWN) -> str:
        """The answer to a command that does not exist, which is quoted up to `longest` characters."""
        quoted = "".join(character for character in command if character.isprintable())[:longest]
        return self._service.texts.say(language, "unknown-command", command=quoted)
