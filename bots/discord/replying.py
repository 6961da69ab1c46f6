"""The last step: the answer to a photo, made from the ledger and the photo store alone."""

import discord

from magicmemory.bots.discord.following import Followers
from magicmemory.bots.discord.front import Front, Letter, OutOfReach, TextLetter
from magicmemory.bots.discord.layout import PhotoLetter
from magicmemory.bots.discord.place import Place
from magicmemory.bots.discord.trouble import TOO_LARGE, UNCERTAIN
from magicmemory.queue.delivery import Reply, RetryLater, Undeliverable

# What to try where a file that should fit does not: the place's limit may have changed.
SMALLER = 2


class DiscordReplier:
    """Sends answers. Each goes into the message that showed its progress, where that is possible."""

    def __init__(self, front: Front, followers: Followers) -> None:
        self._front = front
        self._followers = followers

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send an answer, and return what is noted with the job."""
        place = Place.of(reply.job.context)
        await self._followers.stop(reply.job.id)
        letter = await self._letter(reply, place)
        try:
            sent = await self._deliver(place, letter, reply.job.id)
        except OutOfReach as error:
            raise Undeliverable(str(error)) from error
        except discord.RateLimited as error:
            raise RetryLater(error.retry_after) from error
        except UNCERTAIN as error:
            raise RetryLater from error
        return {"sent": str(sent)}

    async def _letter(self, reply: Reply, place: Place) -> Letter:
        language = await self._front.language(reply.job.sender)
        if reply.failure is not None:
            return TextLetter(self._front.desk.failure_text(language, reply.failure))
        return PhotoLetter(self._front, reply, place, language)

    async def _deliver(self, place: Place, letter: Letter, nonce: str) -> int:
        try:
            return await self._front.deliver(place, letter, nonce)
        except discord.HTTPException as error:
            if error.code != TOO_LARGE and error.status != 413:
                raise
        return await self._front.deliver(place, _Smaller(letter), nonce)


class _Smaller:
    """The same letter for a place that takes less than it said."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter

    async def build(self, limit: int, greet: int | None) -> "tuple[discord.ui.LayoutView, list[discord.File]]":
        """The layout with smaller files."""
        return await self._letter.build(limit // SMALLER, greet)
