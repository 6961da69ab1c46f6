"""Photos come in: by command, by a message's menu, or in a message. Each is a job of its own."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol, Self, TypeVar

import discord
import httpx

from magicmemory.bots.common.file_types import checked, may_be_photo
from magicmemory.bots.discord.context import NOBODY, BotContext, ReplyTarget, TextReply
from magicmemory.bots.discord.errors import UNCERTAIN, persist
from magicmemory.bots.discord.interaction_journal import InteractionJournal
from magicmemory.bots.discord.interactions import (
    Interaction,
    PhotoRequest,
    acknowledge,
    address_of_message,
    answer,
    may_reply,
    missing_for_interaction,
    missing_for_message,
    sender_of_message,
)
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.bots.texts import FALLBACK
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
from magicmemory.core.job import Address, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import FREE
from magicmemory.core.units import MB

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST = 10  # photos of one message
# The options of /restore, by the keys of their names.
PERCENTAGES = ("strength", "fidelity")
CHOICES = ("model", "upscale", "scope", "private")
AT_ONCE = 8  # downloads; each photo is in memory until it is in the store
DOWNLOAD_TIMEOUT_S = 60.0


class PhotoFile(Protocol):
    """A file that somebody sent: `discord.Attachment`, or `RecordedFile`."""

    @property
    def filename(self) -> str:
        """Its name."""

    @property
    def content_type(self) -> str | None:
        """Its media type, if Discord knows it."""

    @property
    def size(self) -> int:
        """Its size, bytes."""

    def is_spoiler(self) -> bool:
        """Whether it is hidden until somebody clicks it."""

    async def read(self) -> bytes:
        """Download it."""


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file of an interaction that an earlier process received."""

    url: str
    filename: str
    content_type: str | None
    size: int

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """A file from an attachment of Discord's API. Raises `KeyError` if the record is incomplete."""
        return cls(record["url"], record["filename"], record.get("content_type"), int(record["size"]))

    def is_spoiler(self) -> bool:
        """Discord marks a hidden file by its name."""
        return self.filename.startswith("SPOILER_")

    async def read(self) -> bytes:
        """Download it.

        Raises:
            PhotoExpired: its signed address is no longer valid.
            ConnectionError: Discord cannot be reached; a retry may succeed.
        """
        async with httpx.AsyncClient(timeout=DOWNLOAD_TIMEOUT_S) as http:
            try:
                response = await http.get(self.url)
            except httpx.TransportError as error:
                raise ConnectionError(str(error)) from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ConnectionError(f"HTTP {response.status_code}")
        if response.is_error:
            raise PhotoExpired
        return response.content


def is_photo(attachment: PhotoFile) -> bool:
    """Whether an attachment may be a still image; its bytes say what it really is."""
    return may_be_photo(attachment.content_type)


def no_photo(attachments: Sequence[PhotoFile]) -> UserError:
    """What to say about attachments without a photo among them."""
    films = any((attachment.content_type or "").startswith("video/") for attachment in attachments)
    return PhotoAnimated() if films else NotAPhoto()


class Intake:
    """Accepts photos."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages, journal: InteractionJournal) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._journal = journal
        self._downloads = asyncio.Semaphore(AT_ONCE)

    async def command(
        self,
        interaction: Interaction,
        attachments: Sequence[discord.Attachment],
        choices: dict[str, Any],
        *,
        private: bool,
    ) -> None:
        """Accept photos from a command, or from a message's menu.

        `choices` are options for these photos; they override the person's preferences.
        """
        async with self._journal.recording(interaction):
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

    async def resume(self, record: dict[str, Any]) -> None:
        """Accept the photos of a command that an earlier process received; `record` is from the journal.

        Raises:
            KeyError, ValueError: the record is incomplete.
        """
        data = record["data"]
        files = [RecordedFile.of(attachment) for attachment in _attachments(data)]
        named = {self._ctx.say(FALLBACK, f"discord-name-{option}"): option for option in (*PERCENTAGES, *CHOICES)}
        choices = {
            named[option["name"]]: option["value"] / 100 if named[option["name"]] in PERCENTAGES else option["value"]
            for option in data.get("options", [])
            if option["name"] in named
        }
        request = PhotoRequest.of_record(record, self._ctx.client, private=bool(choices.pop("private", False)))
        try:
            await self._take_request(request, files, choices)
        except UserError as error:
            text = self._ctx.explain(await self._ctx.language(request.sender), error)
            if request.message:
                await self._ctx.change(request.target(request.message), TextReply(text))
            else:
                await request.send(text, private=request.private)

    async def _take_request(
        self, request: PhotoRequest, attachments: Sequence[PhotoFile], choices: dict[str, Any]
    ) -> None:
        language = await self._ctx.language(request.sender)
        photos = [attachment for attachment in attachments if is_photo(attachment)][:MOST]
        if not photos:
            raise no_photo(attachments)
        parts = await self._not_taken_yet(request, photos)
        within, over = await self._within_quota(request.sender, parts)
        if len(photos) > 1 and request.message and within[:1] == [(0, photos[0])]:
            # The next message would fill our deferred one, which is for the first photo.
            await self._ctx.show(request.target(request.message), self._ctx.say(language, "progress-decode"))
        targets = []
        for part, photo in within:
            number = request.message if not part else 0
            if not number:
                number = await request.send(self._ctx.say(language, "progress-decode"), private=request.private)
                # No two photos may share a message.
                number = 0 if part and number == request.message else number
            targets.append(request.target(number, spoiler=photo.is_spoiler()))
        addresses = [request.address(part) for part, _ in within]
        preferred = (await self._ctx.service.preferences(request.sender)).options
        options = Options.model_validate({**preferred.model_dump(), **choices})
        await self._take_all(request.sender, language, [photo for _, photo in within], addresses, targets, options)
        if over is not None:
            await request.send(self._ctx.explain(language, over), private=True)

    async def message(self, message: discord.Message, attachments: Sequence[discord.Attachment]) -> None:
        """Photos that somebody sent in a message."""
        sender = sender_of_message(message)
        language = await self._ctx.language(sender)
        missing = missing_for_message(message)
        if missing is not None:
            await self._name_missing(message, language, missing)
            return
        photos = [attachment for attachment in attachments if is_photo(attachment)][:MOST]
        if not photos:
            await self.say(message, self._ctx.explain(language, no_photo(attachments)))
            return
        within, over = await self._within_quota(sender, photos)
        targets = []
        for part, photo in enumerate(within):
            sent = await self.say(message, self._ctx.say(language, "progress-decode"), part)
            targets.append(self._message_target(message, sent, photo.is_spoiler()))
        addresses = [address_of_message(message, part) for part in range(len(within))]
        await self._take_all(sender, language, within, addresses, targets, None)
        if over is not None:
            await self.say(message, self._ctx.explain(language, over), len(within))

    async def say(self, message: discord.Message, text: str, part: int = 0) -> int:
        """Answer a message; our message's id, 0 where it cannot be sent. Told twice, it is said once."""
        reference = message.to_reference(fail_if_not_exists=False) if may_reply(message) else None
        nonce = f"{message.id}:{part}"
        channel = self._ctx.client.get_partial_messageable(message.channel.id)
        try:
            if reference is None:
                sent = await persist(lambda: channel.send(text, nonce=nonce, allowed_mentions=NOBODY))
            else:
                sent = await persist(
                    lambda: channel.send(text, nonce=nonce, allowed_mentions=NOBODY, reference=reference)
                )
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("message %d is not answered: %s", message.id, error)
            return 0
        return sent.id

    async def _not_taken_yet(self, request: PhotoRequest, photos: Sequence[PhotoFile]) -> list[tuple[int, PhotoFile]]:
        """The photos with their numbers, without those that an earlier process accepted before it was killed."""
        parts = list(enumerate(photos))
        if not request.resumed:
            return parts
        taken = {job.address for job in await self._ctx.service.recent(request.sender)}
        return [(part, photo) for part, photo in parts if request.address(part) not in taken]

    async def _within_quota(self, sender: Sender, photos: list[T]) -> tuple[list[T], UserError | None]:
        """The photos that today's quota is enough for, at least one; and what to say about the others, once."""
        service = self._ctx.service
        quota = await service.quota(sender)
        # Beyond a plan's photos of a day there are the free ones, and the bought ones.
        free = service.plans.free.photos_per_day if quota.plan != FREE else 0
        count = max(1, quota.left + quota.credits + free)
        if quota.unlimited or len(photos) <= count:
            return photos, None
        seconds = max(1, round((quota.renews_at - discord.utils.utcnow()).total_seconds()))
        reached = QuotaUsedUp if quota.plan == FREE else FairUseReached
        return photos[:count], reached(limit=quota.limit, renews_in_s=seconds)

    async def _take_all(
        self,
        sender: Sender,
        language: str,
        photos: Sequence[PhotoFile],
        addresses: Sequence[Address],
        targets: Sequence[ReplyTarget],
        options: Options | None,
    ) -> None:
        await asyncio.gather(
            *(
                self._take(sender, language, photo, address, target, options, len(photos))
                for photo, address, target in zip(photos, addresses, targets, strict=True)
            )
        )

    async def _take(
        self,
        sender: Sender,
        language: str,
        photo: PhotoFile,
        address: Address,
        target: ReplyTarget,
        options: Options | None,
        shared_by: int,
    ) -> None:
        try:
            async with self._downloads:
                data = await self._download(photo)
                job = await self._ctx.service.intake(sender, address, data, options, target.notes())
        except UserError as error:
            await self._refuse(target, language, address, error)
        # As everywhere: a bug is logged, and the person gets an apology instead of silence.
        except Exception:
            log.exception("photo %s in channel %s could not be taken in", address.message, address.chat)
            await self._refuse(target, language, address, InternalError())
        else:
            self._progress_messages.follow(job, target, language, shared_by)

    async def _download(self, photo: PhotoFile) -> bytes:
        """Fetch it now: its address is signed, and expires."""
        limit_mb = self._ctx.service.settings.max_photo_mb
        if photo.size > limit_mb * MB:
            raise FileTooLarge(limit_mb=limit_mb)
        try:
            return checked(await persist(photo.read))
        except (discord.NotFound, discord.Forbidden):
            raise PhotoExpired from None

    async def _refuse(self, target: ReplyTarget, language: str, address: Address, error: UserError) -> None:
        content = TextReply(self._ctx.explain(language, error))
        await self._ctx.change(target, content)

    async def _name_missing(self, message: discord.Message, language: str, missing: str) -> None:
        """Say which permission is missing: there if that is possible, else to the person."""
        permission = self._ctx.say(language, missing)
        text = self._ctx.say(language, "discord-permission-missing", permission=permission)
        if not await self.say(message, text):
            try:
                await message.author.send(text)
            except (discord.HTTPException, *UNCERTAIN) as error:
                log.info("user %d is not told: %s", message.author.id, error)

    def _message_target(self, message: discord.Message, sent: int, spoiler: bool) -> ReplyTarget:
        limit = message.guild.filesize_limit if message.guild else ReplyTarget(0, 0).limit
        asked = message.id if may_reply(message) else 0
        return ReplyTarget(
            channel=message.channel.id,
            user=message.author.id,
            limit=limit,
            message=sent,
            asked=asked,
            spoiler=spoiler,
        )


def _attachments(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The attachments that a recorded command was given, or that its message has."""
    resolved = data.get("resolved", {})
    if "target_id" in data:
        return list(resolved["messages"][data["target_id"]]["attachments"])
    return list(resolved.get("attachments", {}).values())
