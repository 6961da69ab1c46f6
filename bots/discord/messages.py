"""Messages with photos, in a direct message or with a mention of the bot, and the files that messages hold."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self

import discord
import httpx

from magicmemory.bots.discord.context import FILE_LIMIT, NOBODY, BotContext, ReplyTarget
from magicmemory.bots.discord.errors import UNCERTAIN, persist
from magicmemory.bots.discord.intake import MOST_PHOTOS, Intake, is_photo, no_photo
from magicmemory.bots.discord.interactions import (
    address_of_message,
    may_reply,
    missing_for_message,
    sender_of_message,
)
from magicmemory.core.errors import PhotoExpired

log = logging.getLogger(__name__)

DOWNLOAD_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file by its URL, for files without an object of the library: those of recorded interactions."""

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


def recorded_files(data: dict[str, Any]) -> list[FileLink]:
    """The files that a recorded command was given or that its message has; `data` is of Discord's API.

    Raises:
        KeyError: the record is incomplete.
    """
    resolved = data.get("resolved", {})
    if "target_id" in data:
        attachments = resolved["messages"][data["target_id"]]["attachments"]
    else:
        attachments = resolved.get("attachments", {}).values()
    return [FileLink.of(attachment) for attachment in attachments]


class Messages:
    """Answers messages: takes their photos in, or explains how to send one."""

    def __init__(self, ctx: BotContext, intake: Intake) -> None:
        self._ctx = ctx
        self._intake = intake

    async def received(self, message: discord.Message, bot: int) -> None:
        """Answer a direct message or a message that mentions `bot`, our user's id; ignore all others."""
        mentioned = f"<@{bot}>" in message.content
        if message.guild is not None and not mentioned:
            return
        attachments = [*message.attachments]
        if mentioned and not attachments:
            attachments = _attachments_replied_to(message)
        if attachments:
            await self._take(message, attachments)
        else:
            await self._explain_itself(message)

    async def _take(self, message: discord.Message, attachments: Sequence[discord.Attachment]) -> None:
        sender = sender_of_message(message)
        language = await self._ctx.language(sender)
        missing = missing_for_message(message)
        if missing is not None:
            await self._name_missing(message, language, missing)
            return
        photos = [attachment for attachment in attachments if is_photo(attachment)][:MOST_PHOTOS]
        if not photos:
            await self._say(message, self._ctx.explain(language, no_photo(attachments)))
            return
        within, over = await self._intake.within_quota(sender, photos)
        targets = []
        for part, photo in enumerate(within):
            sent = await self._say(message, self._ctx.say(language, "progress-decode"), part)
            targets.append(self._target(message, sent, photo.is_spoiler()))
        addresses = [address_of_message(message, part) for part in range(len(within))]
        await self._intake.take_all(sender, language, within, addresses, targets, None)
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
        """Answer a message; our message's id, or 0 if it cannot be sent. `part` numbers the answers to one message."""
        reference = message.to_reference(fail_if_not_exists=False) if may_reply(message) else None
        # Discord drops a repeated request with the same nonce.
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


def _attachments_replied_to(message: discord.Message) -> list[discord.Attachment]:
    """The attachments of the message that this one replies to, if Discord shows them to us."""
    replied = message.reference.resolved if message.reference is not None else None
    return [*replied.attachments] if isinstance(replied, discord.Message) else []
