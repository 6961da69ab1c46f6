"""Takes photos in, singly or as an album. Each photo is a job; photos that came together share a progress message.

The progress message is sent first, so the answer is immediate, and its id is stored with the job. The reply later edits
that message into the restored photo or into a sentence. So each photo is answered once, even if Telegram's answer to
one of our requests is lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import Forbidden, TelegramError

from magicmemory.bots.common.albums import ALBUM
from magicmemory.bots.common.reminders import remember
from magicmemory.bots.telegram.context import LARGEST_ALBUM, BotContext
from magicmemory.bots.telegram.messages import (
    SPOILER,
    PhotoFile,
    Photographed,
    address_of,
    download,
    group_of,
    is_from_administrator,
    photo_in,
    sender_of,
    sender_of_message,
)
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.rate_limiter import Urgency
from magicmemory.core.errors import InternalError, QuotaUsedUp, UserError
from magicmemory.core.groups import Group, WhoMayAsk
from magicmemory.core.job import TERMINAL, Address, Job, Platform, Sender

log = logging.getLogger(__name__)

DOWNLOADS_AT_ONCE: Final = 8  # each photo is in memory until it is in the photo store
GATHER_S: Final = 1.2  # how long an album waits for another photo
LONGEST_GATHER_S: Final = 6.0

TakeAlbum = Callable[[list[Message]], Awaitable[None]]


REMIND_MARK = "remind"


def reminder_keyboard(ctx: BotContext, language: str, sender: Sender) -> InlineKeyboardMarkup | None:
    """The button that asks for a reminder; None if there are no free photos."""
    if not ctx.service.plans.free.photos_per_day:
        return None
    label = "🔔 " + ctx.say(language, "reminder-button")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{REMIND_MARK}:{sender.account}")]])


class ReminderButton:
    """Does what the button says."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer the button; False if it is another."""
        mark, _, account = data.partition(":")
        if mark != REMIND_MARK:
            return False
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        if account != sender.account:
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
            return True
        await remember(self._ctx.service, sender)
        await self._ctx.notice(query, self._ctx.say(language, "reminder-set"), alert=True)
        if isinstance(query.message, Message):
            await self._ctx.edit_keyboard(str(query.message.chat_id), query.message.message_id, None)
        return True


class Gathering:
    """The photos of one album that have arrived."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.news = asyncio.Event()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class AlbumGatherer:
    """Gathers albums: Telegram sends each photo as an update of its own and does not mark the last one."""

    def __init__(self, take: TakeAlbum, gather_s: float = GATHER_S) -> None:
        self._take = take
        self._gather_s = gather_s
        self._open: dict[str, Gathering] = {}

    async def add(self, message: Message) -> None:
        """Add a photo, and return when its album has been taken in: only then may its update be confirmed."""
        name = f"{message.chat_id}:{message.media_group_id}"
        gathering = self._open.get(name)
        if gathering is not None:
            gathering.messages[message.message_id] = message
            gathering.news.set()
            await asyncio.shield(gathering.done)
            return
        gathering = self._open[name] = Gathering()
        gathering.messages[message.message_id] = message
        try:
            await self._wait(gathering)
            del self._open[name]
            await self._take([gathering.messages[number] for number in sorted(gathering.messages)])
        finally:
            self._open.pop(name, None)
            gathering.done.set_result(None)

    async def _wait(self, gathering: Gathering) -> None:
        until = asyncio.get_running_loop().time() + LONGEST_GATHER_S
        while len(gathering.messages) < LARGEST_ALBUM and asyncio.get_running_loop().time() < until:
            gathering.news.clear()
            try:
                async with asyncio.timeout(self._gather_s):
                    await gathering.news.wait()
            except TimeoutError:
                return


class Intake:
    """Takes photos in."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._downloads = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
        self._albums: dict[str, asyncio.Event] = {}  # being taken in, by chat and album

    async def take_album(self, photos: Sequence[Message], asked: Message) -> None:
        """Restore the photos of an album for the sender of `asked`; each is answered at its own message."""
        if len(photos) > 1:
            await self._take(photos, [address_of(photo) for photo in photos], asked, photos[0].media_group_id)
        else:
            await self.take(photos[0], asked)

    async def take(self, photo: Photographed, asked: Message) -> None:
        """Restore a photo for the sender of `asked`, and answer that message."""
        await self._take([photo], [address_of(asked)], asked, None)

    async def _take(
        self, photos: Sequence[Photographed], addresses: Sequence[Address], asked: Message, album: str | None
    ) -> None:
        sender, group = sender_of_message(asked), await self._group(asked)
        language = await self._ctx.language(sender, group_of(asked))
        with self._taking_in(f"{asked.chat_id}:{album}") if album else nullcontext():
            addresses, progress = await self._announce_result(addresses, language, group)
            context = {"progress": str(progress or ""), ALBUM: album or ""}
            taken = await self._take_all(photos, sender, addresses, context, group)
            await self._answer(addresses[0], sender, language, progress, taken)

    async def _group(self, asked: Message) -> Group | None:
        """The group in which somebody asks. Who its administrators are is asked only where that matters."""
        if not (name := group_of(asked)):
            return None
        settings = await self._ctx.service.groups.settings(Platform.TELEGRAM, name)
        restricted = settings.who is WhoMayAsk.ADMINISTRATORS
        return Group(name, restricted and await is_from_administrator(self._ctx, asked))

    async def _announce_result(
        self, addresses: Sequence[Address], language: str, group: Group | None
    ) -> tuple[list[Address], int | None]:
        """Send the progress message, in the group's topic for results if it has one; the photos' addresses there, and
        the message's id.
        """
        topic = (await self._ctx.service.groups.settings(Platform.TELEGRAM, group.id)).results if group else ""
        if topic and topic != addresses[0].thread:
            # A message of another topic cannot be replied to: as part of message 0 it keeps its own identity.
            moved = [
                address.model_copy(update={"thread": topic, "message": f"0:0:{address.message}"})
                for address in addresses
            ]
            # If the topic is closed or deleted, the photos come where somebody asked for them.
            if (progress := await self._announce(moved[0], language, len(moved))) is not None:
                await self._say_elsewhere(addresses[0], language)
                return moved, progress
        return list(addresses), await self._announce(addresses[0], language, len(addresses))

    async def _say_elsewhere(self, address: Address, language: str) -> None:
        try:
            await self._ctx.tell(address, self._ctx.say(language, "telegram-results-elsewhere"))
        except TelegramError as error:
            log.info("chat %s is not told where its photos come: %s", address.chat, error.message)

    async def wait_for_album(self, chat: str, album: str) -> None:
        """Wait until every photo of an album has been taken in or refused."""
        if (is_taken_in := self._albums.get(f"{chat}:{album}")) is not None:
            await is_taken_in.wait()

    @contextmanager
    def _taking_in(self, album: str) -> Iterator[None]:
        is_taken_in = self._albums[album] = asyncio.Event()
        try:
            yield
        finally:
            self._albums.pop(album)
            is_taken_in.set()

    async def _announce(self, address: Address, language: str, count: int) -> int | None:
        text = await self._progress_messages.queued_text(language, count)
        try:
            return await self._ctx.tell(address, text, urgency=Urgency.ONCE)
        except Forbidden:
            return None
        except TelegramError as error:
            log.warning("no progress message in chat %s: %s", address.chat, error)
            return None

    async def _take_all(
        self,
        photos: Sequence[Photographed],
        sender: Sender,
        addresses: Sequence[Address],
        context: dict[str, str],
        group: Group | None,
    ) -> list[Job | UserError]:
        """One after the other, so that a quota is spent on the first photos of an album."""
        taken: list[Job | UserError] = []
        for photo, address in zip(photos, addresses, strict=True):
            used_up = taken and isinstance(taken[-1], QuotaUsedUp)
            taken.append(taken[-1] if used_up else await self._take_one(photo, sender, address, context, group))
        return taken

    async def _take_one(
        self, photo: Photographed, sender: Sender, address: Address, context: dict[str, str], group: Group | None
    ) -> Job | UserError:
        try:
            file = photo_in(photo)
            assert file is not None, "only messages with a photo are taken in"
            return await self._reserve(file, sender, address, context, group)
        except UserError as error:
            return error
        # A bug is logged, and the person gets an apology instead of silence.
        except Exception:
            log.exception("photo %s in chat %s could not be taken in", address.message, address.chat)
            return InternalError()

    async def _reserve(
        self, file: PhotoFile, sender: Sender, address: Address, context: dict[str, str], group: Group | None
    ) -> Job:
        async with self._downloads:
            data = await download(self._ctx, file)
            notes = {**context, "as_file": "1" if file.as_file else "", SPOILER: "1" if file.spoiler else ""}
            return await self._ctx.service.intake(sender, address, data, context=notes, group=group)

    async def _answer(
        self, address: Address, sender: Sender, language: str, progress: int | None, taken: list[Job | UserError]
    ) -> None:
        jobs = [entry for entry in taken if isinstance(entry, Job)]
        refused = [entry for entry in taken if isinstance(entry, UserError)]
        if progress and any(job.context.get("progress") != str(progress) for job in jobs):
            # This message was received before and has its progress message, so the new one is removed.
            await self._delete(address.chat, progress)
            progress = None
        waiting = [job for job in jobs if job.state not in TERMINAL]
        if waiting and (shown := waiting[0].context.get("progress")):
            self._progress_messages.follow(waiting, int(shown), language)
        if refused:
            await self._refuse(address, sender, language, None if jobs else progress, refused, len(taken))

    async def _delete(self, chat: str, message: int) -> None:
        try:
            await self._ctx.bot.delete_message(chat, message)
        except TelegramError as error:
            log.warning("message %s in chat %s could not be deleted: %s", message, chat, error)

    async def _refuse(
        self,
        address: Address,
        sender: Sender,
        language: str,
        progress: int | None,
        refused: list[UserError],
        total: int,
    ) -> None:
        """Say why, each reason once: in the progress message if no job uses it, else in a new message."""
        reasons = {error.key: self._ctx.explain(language, error) for error in refused}
        text = "\n".join(reasons.values())
        if len(refused) < total:
            text = self._ctx.say(language, "telegram-album-refused", count=len(refused)) + "\n" + text
        used_up = any(isinstance(error, QuotaUsedUp) for error in refused)
        keyboard = (
            reminder_keyboard(self._ctx, language, sender) if used_up and address.chat == sender.account else None
        )
        try:
            await self._ctx.edit_or_tell(address, progress, text, keyboard)
        except Forbidden:
            log.info("chat %s cannot be reached", address.chat)
