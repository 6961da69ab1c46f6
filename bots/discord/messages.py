"""Messages with photos, in a direct message or with a mention of the bot, and the files that messages hold."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self

import discord
import httpx

from magicmemory.bots.discord.context import FILE_LIMIT, NOBODY, BotContext, ReplyTarget
from magicmemory.bots.discord.errors import MAY_NOT_REPLY, UNCERTAIN, NotAnswered, persist
from magicmemory.bots.discord.intake import Intake, PhotoFile, is_photo, no_photo, photos_among
from magicmemory.bots.discord.interactions import (
    address_of_message,
    group_of_message,
    may_reply,
    missing_for_message,
    sender_of_message,
)
from magicmemory.bots.discord.request_journal import RequestJournal, record_of_message
from magicmemory.core.errors import FileTooLarge, InternalError, PhotoExpired
from magicmemory.core.units import MB

log = logging.getLogger(__name__)

DOWNLOAD_TIMEOUT_S: Final = 60.0
MOST_MB: Final = 200  # of a file whose size is unknown before it is downloaded
UNKNOWN_IMAGE: Final = "image/*"
APOLOGY: Final = 99  # the number of an apology among the answers to a message


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file by its URL: of a recorded interaction, an embed's image, or a sticker.

    Attributes:
        url: on Discord's servers.
        filename: its name.
        content_type: its media type, if Discord knows it.
        size: bytes; 0 if Discord does not know it.
    """

    url: str
    filename: str
    content_type: str | None
    size: int = 0

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
            FileTooLarge: it is longer than `MOST_MB`.
        """
        async with httpx.AsyncClient(timeout=DOWNLOAD_TIMEOUT_S) as http:
            try:
                async with http.stream("GET", self.url) as response:
                    return await _content(response)
            except httpx.TransportError as error:
                raise ConnectionError(str(error)) from error


async def _content(response: httpx.Response) -> bytes:
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ConnectionError(f"HTTP {response.status_code}")
    if not response.is_success:
        raise PhotoExpired
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MOST_MB * MB:
            raise FileTooLarge(limit_mb=MOST_MB)
    return bytes(content)


def files_of(message: discord.Message | discord.MessageSnapshot) -> list[PhotoFile]:
    """The files of a message and of the message it forwards; if no photo is among them, also the images of embeds and
    stickers. Previews of links are no files.
    """
    files: list[PhotoFile] = [*message.attachments]
    if isinstance(message, discord.Message):
        for snapshot in message.message_snapshots:
            files += files_of(snapshot)
    if any(is_photo(file) for file in files):
        return files
    stickers = [{"id": item.id, "format_type": item.format.value} for item in message.stickers]
    return [*files, *_pictures([dict(embed.to_dict()) for embed in message.embeds], stickers)]


def _files_of_record(message: dict[str, Any]) -> list[PhotoFile]:
    """As `files_of`, for a message of Discord's API."""
    files: list[PhotoFile] = [FileLink.of(attachment) for attachment in message.get("attachments", [])]
    for snapshot in message.get("message_snapshots", []):
        files += _files_of_record(snapshot["message"])
    if any(is_photo(file) for file in files):
        return files
    return [*files, *_pictures(message.get("embeds", []), message.get("sticker_items", []))]


def _pictures(embeds: Sequence[dict[str, Any]], stickers: Sequence[dict[str, Any]]) -> list[FileLink]:
    """The images of embeds and of stickers, as Discord's API describes both."""
    # A link to an image becomes an embed of this type, whose thumbnail is the image.
    images = [embed.get("thumbnail" if embed.get("type") == "image" else "image") or {} for embed in embeds]
    # Only Discord's copies are downloaded: anybody could make a bot ask other servers.
    links = [
        FileLink(image["proxy_url"], "image", image.get("content_type") or UNKNOWN_IMAGE)
        for image in images
        if image.get("proxy_url")
    ]
    still = discord.StickerFormatType.png.value
    links += [
        FileLink(f"{discord.Asset.BASE}/stickers/{sticker['id']}.png", "sticker.png", "image/png")
        for sticker in stickers
        if sticker.get("format_type") == still
    ]
    return links


def recorded_files(data: dict[str, Any]) -> list[PhotoFile]:
    """The files that a recorded command was given or that its message has; `data` is of Discord's API.

    Raises:
        KeyError: the record is incomplete.
    """
    resolved = data.get("resolved", {})
    if "target_id" in data:
        return _files_of_record(resolved["messages"][data["target_id"]])
    return [FileLink.of(attachment) for attachment in resolved.get("attachments", {}).values()]


class Messages:
    """Answers messages: takes their photos in, or explains how to send one."""

    def __init__(self, ctx: BotContext, intake: Intake, journal: RequestJournal) -> None:
        self._ctx = ctx
        self._intake = intake
        self._journal = journal

    async def received(self, message: discord.Message, bot: int) -> None:
        """Answer a direct message or a message that mentions `bot`, our user's id; ignore all others.

        Raises:
            NotAnswered: Discord could not be reached.
        """
        mentioned = f"<@{bot}>" in message.content
        if message.guild is not None and not mentioned:
            return
        files = files_of(message) or _files_replied_to(message)
        if files:
            record = record_of_message(message, self._ctx.client.application_id or 0)
            async with self._journal.recording(record), self._apologising(message):
                await self._take(message, files)
        else:
            async with self._apologising(message):
                await self._explain_itself(message)

    async def resume(self, record: dict[str, Any]) -> None:
        """Take the photos of a message that an earlier process received; `record` is from the journal.

        Raises:
            KeyError, ValueError: the record is incomplete.
            NotAnswered: Discord could not be reached.
        """
        channel = self._ctx.client.get_channel(int(record["channel_id"])) or await self._ctx.client.fetch_channel(
            int(record["channel_id"])
        )
        if not isinstance(channel, discord.abc.Messageable):
            return
        try:
            message = await channel.fetch_message(int(record["id"]))
        except (discord.NotFound, discord.Forbidden) as error:
            log.info("message %s cannot be read any more: %s", record["id"], error)
            return
        if files := files_of(message) or _files_replied_to(message):
            async with self._apologising(message):
                await self._take(message, files)

    @asynccontextmanager
    async def _apologising(self, message: discord.Message) -> AsyncIterator[None]:
        """Tell the person about any error within the context."""
        try:
            yield
        except NotAnswered:
            raise
        except Exception:  # a bug, or the database is away
            log.exception("message %d failed", message.id)
            sender = sender_of_message(message)
            try:
                language = await self._ctx.language(sender)
            except Exception:  # the database itself may have failed
                language = sender.language
            await self._say(message, self._ctx.explain(language, InternalError()), APOLOGY)

    async def _take(self, message: discord.Message, files: Sequence[PhotoFile]) -> None:
        sender, group = sender_of_message(message), group_of_message(message)
        language = await self._ctx.language(sender, group.id if group else "")
        missing = missing_for_message(message)
        if missing is not None:
            await self._name_missing(message, language, missing)
            return
        photos = photos_among(files, self._ctx.service.settings.max_photo_mb * MB)
        if not photos:
            await self._say(message, self._ctx.explain(language, no_photo(files)))
            return
        within, over = await self._intake.within_quota(sender, photos)
        targets = []
        for part, photo in enumerate(within):
            sent = await self._say(message, self._ctx.say(language, "progress-decode"), part)
            targets.append(self._target(message, sent, photo.is_spoiler()))
        addresses = [address_of_message(message, part) for part in range(len(within))]
        await self._intake.take_all(sender, language, within, addresses, targets, None, group)
        if over is not None:
            await self._say(message, self._ctx.explain(language, over), len(within))

    async def _explain_itself(self, message: discord.Message) -> None:
        language = await self._ctx.language(sender_of_message(message))
        text = self._ctx.say(language, "restore-howto")
        if message.reference is not None:
            # It may refer to somebody else's photo, which Discord shows to bots only through the message's menu.
            text = f"{text} {self._ctx.say(language, 'discord-help-more')}"
        await self._say(message, text)

    async def _say(self, message: discord.Message, text: str, part: int = 0) -> int:
        """Answer a message; our message's id, or 0 if Discord refuses it. `part` numbers the answers to one message.

        Raises:
            NotAnswered: Discord could not be reached.
        """
        reference = message.to_reference(fail_if_not_exists=False) if may_reply(message) else None
        # Discord drops a repeated request with the same nonce.
        nonce = f"{message.id}:{part}"
        channel = self._ctx.client.get_partial_messageable(message.channel.id)
        try:
            try:
                sent = await persist(
                    lambda: channel.send(text, nonce=nonce, allowed_mentions=NOBODY, reference=reference)  # type: ignore[arg-type]
                )
            except discord.HTTPException as error:
                if error.code != MAY_NOT_REPLY:
                    raise
                sent = await persist(lambda: channel.send(text, nonce=nonce, allowed_mentions=NOBODY))
        except UNCERTAIN as error:
            raise NotAnswered(f"message {message.id}: {error}") from error
        except discord.HTTPException as error:
            log.info("message %d is not answered: %s", message.id, error)
            return 0
        return sent.id

    async def _name_missing(self, message: discord.Message, language: str, missing: str) -> None:
        """Say which permission the bot lacks: in the channel, or if it may not write there, in a direct message."""
        permission = self._ctx.say(language, missing)
        text = self._ctx.say(language, "discord-permission-missing", permission=permission)
        if not await self._say(message, text):
            try:
                await message.author.send(text)
            except (discord.HTTPException, *UNCERTAIN) as error:
                log.info("user %d is not told: %s", message.author.id, error)

    def _target(self, message: discord.Message, sent: int, spoiler: bool) -> ReplyTarget:
        limit = message.guild.filesize_limit if message.guild else FILE_LIMIT
        asked = message.id if may_reply(message) else 0
        return ReplyTarget(
            channel=message.channel.id,
            user=message.author.id,
            limit=limit,
            message=sent,
            asked=asked,
            spoiler=spoiler,
        )


def _files_replied_to(message: discord.Message) -> list[PhotoFile]:
    """The files of the message that this one replies to, if Discord shows them to us."""
    replied = message.reference.resolved if message.reference is not None else None
    return files_of(replied) if isinstance(replied, discord.Message) else []
