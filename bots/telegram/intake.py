"""Photos come in: singly or as an album, each a job of its own, with one progress message for all that came together.

The progress message is sent first, so that the answer is immediate, and its id is written with the job. Whatever
happens next turns that very message into something else: the restored photo, or a sentence. That is how a photo is
answered once even where an answer of Telegram's is lost.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from telegram import Message
from telegram.error import Forbidden, TelegramError

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.downloads import Sent, fetch, photo_in
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.senders import address_of, sender_of_message
from magicmemory.core.errors import InternalError, QuotaUsedUp, UserError
from magicmemory.core.job import TERMINAL, Address, Job, Sender

log = logging.getLogger(__name__)

AT_ONCE = 8  # downloads; each photo is in memory for as long as it takes to put it into the store


class Intake:
    """Takes photos in."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._downloads = asyncio.Semaphore(AT_ONCE)
        self._busy: dict[str, asyncio.Event] = {}  # albums that are coming in

    async def take(self, photos: Sequence[Message], asked: Message) -> None:
        """Restore the photos of these messages for whoever wrote `asked`.

        Where several messages came as an album, each photo is answered at its own message; otherwise at `asked`.
        """
        sender = sender_of_message(asked)
        language = await self._ctx.language(sender)
        album = photos[0].media_group_id if len(photos) > 1 else None
        places = [address_of(photo) if album else address_of(asked) for photo in photos]
        async with AsyncExitStack() as stack:
            if album:
                stack.enter_context(_Coming(self._busy, f"{asked.chat_id}:{album}"))
            progress = await self._announce(places[0], language, len(photos))
            context = {"progress": str(progress or ""), "album": album or ""}
            taken = await self._take_all(photos, sender, places, context)
            await self._answer(places[0], language, progress, taken)

    async def album_is_in(self, chat: str, album: str) -> None:
        """Wait until all photos of an album have been taken in or refused."""
        if (busy := self._busy.get(f"{chat}:{album}")) is not None:
            await busy.wait()

    async def _announce(self, place: Address, language: str, count: int) -> int | None:
        text = await self._progress_messages.queued_text(language, count)
        try:
            return await self._ctx.tell(place, text)
        except Forbidden:
            return None
        except TelegramError as error:
            log.warning("no progress message in chat %s: %s", place.chat, error)
            return None

    async def _take_all(
        self, photos: Sequence[Message], sender: Sender, places: Sequence[Address], context: dict[str, str]
    ) -> list[Job | UserError]:
        """In their order, so that it is the first photos that a quota is spent on."""
        taken: list[Job | UserError] = []
        for photo, place in zip(photos, places, strict=True):
            used_up = taken and isinstance(taken[-1], QuotaUsedUp)
            taken.append(taken[-1] if used_up else await self._take_one(photo, sender, place, context))
        return taken

    async def _take_one(
        self, photo: Message, sender: Sender, place: Address, context: dict[str, str]
    ) -> Job | UserError:
        try:
            sent = photo_in(photo)
            assert sent is not None, "only messages with a photo are taken in"
            return await self._reserve(sent, sender, place, context)
        except UserError as error:
            return error
        # As everywhere: a bug is logged, and the person gets an apology instead of silence.
        except Exception:
            log.exception("photo %s in chat %s could not be taken in", place.message, place.chat)
            return InternalError()

    async def _reserve(self, sent: Sent, sender: Sender, place: Address, context: dict[str, str]) -> Job:
        async with self._downloads:
            data = await fetch(self._ctx, sent)
            noted = {**context, "as_file": "1" if sent.as_file else ""}
            return await self._ctx.service.intake(sender, place, data, context=noted)

    async def _answer(self, place: Address, language: str, progress: int | None, taken: list[Job | UserError]) -> None:
        jobs = [entry for entry in taken if isinstance(entry, Job)]
        refused = [entry for entry in taken if isinstance(entry, UserError)]
        if progress and any(job.context.get("progress") != str(progress) for job in jobs):
            # This message was told before, and has its answer: the one just sent is too much.
            await self._take_back(place.chat, progress)
            progress = None
        waiting = [job for job in jobs if job.state not in TERMINAL]
        if waiting and (shown := waiting[0].context.get("progress")):
            self._progress_messages.follow(waiting, int(shown), language)
        if refused:
            await self._refuse(place, language, None if jobs else progress, refused, len(taken))

    async def _take_back(self, chat: str, message: int) -> None:
        try:
            await self._ctx.bot.delete_message(chat, message)
        except TelegramError as error:
            log.warning("message %s in chat %s could not be taken back: %s", message, chat, error)

    async def _refuse(
        self, place: Address, language: str, progress: int | None, refused: list[UserError], of: int
    ) -> None:
        """Say why: in the progress message where that has no other use, once for each reason."""
        reasons = {error.key: self._ctx.explain(language, error) for error in refused}
        text = "\n".join(reasons.values())
        if len(refused) < of:
            text = self._ctx.say(language, "telegram-album-refused", count=len(refused)) + "\n" + text
        try:
            if not (progress and await self._ctx.change_text(place.chat, progress, text)):
                await self._ctx.tell(place, text)
        except Forbidden:
            log.info("chat %s cannot be reached", place.chat)


class _Coming:
    """Marks an album as coming in, for as long as the context lasts."""

    def __init__(self, busy: dict[str, asyncio.Event], name: str) -> None:
        self._busy = busy
        self._name = name

    def __enter__(self) -> None:
        self._busy[self._name] = asyncio.Event()

    def __exit__(self, *_: object) -> None:
        self._busy.pop(self._name).set()
