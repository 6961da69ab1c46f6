"""Takes photos in: checks the quota, downloads each photo and makes a job of it."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Protocol, Self, TypeVar

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common.file_types import checked, may_be_photo, says_photo
from magicmemory.bots.common.reminders import remember
from magicmemory.bots.discord.context import BotContext, ReplyTarget, TextReply
from magicmemory.bots.discord.errors import persist
from magicmemory.bots.discord.interactions import (
    Interaction,
    PhotoRequest,
    acknowledge,
    answer,
    apologising,
    apologising_later,
    missing_for_interaction,
    sender_of,
)
from magicmemory.bots.discord.request_journal import Bot, RequestJournal, record_of_interaction
from magicmemory.core.errors import (
    FairUseReached,
    FileTooLarge,
    InternalError,
    NotAPhoto,
    PhotoAnimated,
    PhotoExpired,
    QuotaUsedUp,
    UserError,
)
from magicmemory.core.groups import Group
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import FREE
from magicmemory.core.units import MB

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_PHOTOS: Final = 10  # of one message
DOWNLOADS_AT_ONCE: Final = 8  # each photo is in memory until it is in the photo store


REMINDER_BUTTON: Final = re.compile(r"remind:(?P<user>\d{1,20})")


class ReminderButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=REMINDER_BUTTON):
    """Asks for a reminder, for the person who was refused."""

    def __init__(self, user: str, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, style=ButtonStyle.secondary, custom_id=f"remind:{user}"))
        self.user = user

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(match["user"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Remember who asked; only the person sees the answer."""
        bot: Bot = interaction.client
        async with bot.journal.recording(record_of_interaction(interaction)), apologising(bot.ctx, interaction):
            await bot.journal.acknowledged(interaction, await acknowledge(interaction, private=True))
            await answer(interaction, await _remember(bot.ctx, sender_of(interaction), self.user))


async def resume_reminder(ctx: BotContext, record: dict[str, Any]) -> bool:
    """Carry out a press that an earlier process received; `record` is from the journal. False: it is another button's.

    Raises:
        KeyError, ValueError: the record is incomplete.
    """
    pressed = REMINDER_BUTTON.fullmatch(str(record["data"].get("custom_id")))
    if pressed is None:
        return False
    request = PhotoRequest.of_record(record, ctx.client, private=True)
    async with apologising_later(ctx, request):
        text = await _remember(ctx, request.sender, pressed["user"])
        if request.message:
            await ctx.change(request.target(request.message), TextReply(text))
        else:
            await request.send(text, private=True)
    return True


async def _remember(ctx: BotContext, sender: Sender, user: str) -> str:
    """Set the reminder if the sender is the `user` who was refused; the answer."""
    language = await ctx.language(sender)
    if sender.account != user:
        return ctx.say(language, "discord-not-yours")
    await remember(ctx.service, sender)
    return ctx.say(language, "reminder-set")


class PhotoFile(Protocol):
    """A file that somebody sent: a `discord.Attachment` or a `messages.FileLink`."""

    @property
    def filename(self) -> str:
        """Its name."""

    @property
    def content_type(self) -> str | None:
        """Its media type, if Discord knows it."""

    @property
    def size(self) -> int:
        """Its size in bytes; 0 if Discord does not know it."""

    def is_spoiler(self) -> bool:
        """Whether it is hidden until somebody clicks it."""

    async def read(self) -> bytes:
        """Download it."""


def is_photo(attachment: PhotoFile) -> bool:
    """Whether an attachment says that it is a still image, or says nothing."""
    return says_photo(attachment.content_type)


def photos_among(attachments: Sequence[PhotoFile], most_bytes: float) -> list[PhotoFile]:
    """The attachments to download; if none says that it is a photo, all that may be one: bytes say what they are."""
    photos = [attachment for attachment in attachments if is_photo(attachment)]
    if not photos:
        photos = [file for file in attachments if may_be_photo(file.content_type, file.size, most_bytes)]
    return photos[:MOST_PHOTOS]


def no_photo(attachments: Sequence[PhotoFile]) -> UserError:
    """The error for files that contain no photo."""
    videos = any((attachment.content_type or "").startswith("video/") for attachment in attachments)
    return PhotoAnimated() if videos else NotAPhoto()


class Intake:
    """Makes jobs of photos, within the sender's quota."""

    def __init__(self, ctx: BotContext, journal: RequestJournal) -> None:
        self._ctx = ctx
        self._journal = journal
        self._downloads = asyncio.Semaphore(DOWNLOADS_AT_ONCE)

    async def command(
        self,
        interaction: Interaction,
        attachments: Sequence[PhotoFile],
        choices: dict[str, Any],
        *,
        private: bool,
    ) -> None:
        """Accept photos from a command, or from a message's menu.

        `choices` are options for these photos; they override the person's preferences.
        """
        async with self._journal.recording(record_of_interaction(interaction)), apologising(self._ctx, interaction):
            missing = missing_for_interaction(interaction)
            message = await acknowledge(interaction, private=private or missing is not None)
            await self._journal.acknowledged(interaction, message)
            request = PhotoRequest.of(interaction, message, private=private)
            if missing is not None:
                language = await self._ctx.language(request.sender)
                permission = self._ctx.say(language, missing)
                await answer(interaction, self._ctx.say(language, "discord-permission-missing", permission=permission))
                return
            await self._take_request(request, attachments, choices)

    async def resume(self, request: PhotoRequest, files: Sequence[PhotoFile], choices: dict[str, Any]) -> None:
        """Accept the photos of a command that an earlier process received."""
        async with apologising_later(self._ctx, request):
            await self._take_request(request, files, choices)

    async def _take_request(
        self, request: PhotoRequest, attachments: Sequence[PhotoFile], choices: dict[str, Any]
    ) -> None:
        server = request.group.id if request.group else ""
        language = await self._ctx.language(request.sender, server)
        photos = photos_among(attachments, self._ctx.service.settings.max_photo_mb * MB)
        if not photos:
            raise no_photo(attachments)
        known = {job.address: job for job in await self._ctx.service.recent(request.sender)} if request.resumed else {}
        parts = [(part, photo) for part, photo in enumerate(photos) if request.address(part) not in known]
        within, over = await self.within_quota(request.sender, parts)
        if len(photos) > 1 and request.message and within[:1] == [(0, photos[0])]:
            # The next message would fill our deferred one, which is for the first photo.
            await self._ctx.show(request.target(request.message), self._ctx.say(language, "progress-decode"))
        targets = []
        for part, photo in within:
            number = request.progress_messages.get(part, 0) if part else request.message
            if not number:
                number = await request.send(self._ctx.say(language, "progress-decode"), private=request.private)
                # No two photos may share a message.
                number = 0 if part and number == request.message else number
                await self._journal.progress_shown(str(request.id), part, number)
            targets.append(request.target(number, spoiler=photo.is_spoiler()))
        for part, photo in enumerate(photos):
            job = known.get(request.address(part))
            # The process that made this job may have been killed before it queued the photo.
            if job is not None and job.finished_at is None:
                within.append((part, photo))
                targets.append(ReplyTarget.of(job.context))
        addresses = [request.address(part) for part, _ in within]
        options = await self._ctx.service.options(request.sender, server, **choices)
        photos = [photo for _, photo in within]
        await self.take_all(request.sender, language, photos, addresses, targets, options, request.group)
        if over is not None:
            await request.send(self._ctx.explain(language, over), private=True)

    async def within_quota(self, sender: Sender, photos: list[T]) -> tuple[list[T], UserError | None]:
        """The photos that the sender's quota covers, at least one; and the error for the others, if there are any."""
        service = self._ctx.service
        quota = await service.quota(sender)
        # After a plan's photos of the day, the free ones and the bought ones are used.
        free = service.plans.free.photos_per_day if quota.plan != FREE else 0
        count = max(1, quota.left + quota.credits + free)
        if quota.unlimited or len(photos) <= count:
            return photos, None
        seconds = max(1, round((quota.renews_at - discord.utils.utcnow()).total_seconds()))
        reached = QuotaUsedUp if quota.plan == FREE else FairUseReached
        return photos[:count], reached(limit=quota.limit, renews_in_s=seconds)

    async def take_all(
        self,
        sender: Sender,
        language: str,
        photos: Sequence[PhotoFile],
        addresses: Sequence[Address],
        targets: Sequence[ReplyTarget],
        options: Options | None,
        group: Group | None = None,
    ) -> None:
        """Make a job of each photo. Each photo's errors are told in its target.

        Args:
            sender: who asks.
            language: of the answers.
            photos: the files.
            addresses: what asked for each photo.
            targets: where each reply goes.
            options: how to restore them; None means the sender's preferences.
            group: the server in which somebody asks.

        Raises:
            NotAnswered: Discord could not be reached to tell an error.
        """
        ends = await asyncio.gather(
            *(
                self._take(sender, language, photo, address, target, options, group, len(photos))
                for photo, address, target in zip(photos, addresses, targets, strict=True)
            ),
            return_exceptions=True,  # one photo's error must not leave the others behind
        )
        for end in ends:
            if end is not None:
                raise end

    async def _take(
        self,
        sender: Sender,
        language: str,
        photo: PhotoFile,
        address: Address,
        target: ReplyTarget,
        options: Options | None,
        group: Group | None,
        shared_by: int,
    ) -> None:
        try:
            goal = await self._goal(target, group)
            async with self._downloads:
                data = await self._download(photo)
                job = await self._ctx.service.intake(sender, address, data, options, goal.notes(), group=group)
        except UserError as error:
            await self._refuse(target, language, address, error)
        except Exception:  # a bug: log it and apologise
            log.exception("photo %s in channel %s could not be taken in", address.message, address.chat)
            await self._refuse(target, language, address, InternalError())
        else:
            if goal.channel == target.channel:
                self._ctx.follow(job, target, language, shared_by)
            else:
                text = self._ctx.say(language, "discord-results-elsewhere", channel=f"<#{goal.channel}>")
                await self._ctx.change(target, TextReply(text))

    async def _goal(self, target: ReplyTarget, group: Group | None) -> ReplyTarget:
        """Where the restored photo goes: to the server's channel for results, if it has one and others may see it."""
        results = (await self._ctx.service.groups.settings(Platform.DISCORD, group.id)).results if group else ""
        if not results or target.private or results == str(target.channel):
            return target
        return replace(target, channel=int(results), token="", message=0, asked=0)

    async def _download(self, photo: PhotoFile) -> bytes:
        """Download a photo at once: its URL is signed and expires."""
        limit_mb = self._ctx.service.settings.max_photo_mb
        if photo.size > limit_mb * MB:
            raise FileTooLarge(limit_mb=limit_mb)
        try:
            return checked(await persist(photo.read))
        except (discord.NotFound, discord.Forbidden):
            raise PhotoExpired from None

    async def _refuse(self, target: ReplyTarget, language: str, address: Address, error: UserError) -> None:
        rows: list[ui.ActionRow[ui.LayoutView]] = []
        if isinstance(error, QuotaUsedUp) and self._ctx.service.plans.free.photos_per_day:
            button = ReminderButton(str(target.user), self._ctx.say(language, "reminder-button"))
            rows.append(ui.ActionRow())
            rows[0].add_item(button)
        await self._ctx.change(target, TextReply(self._ctx.explain(language, error), rows))
