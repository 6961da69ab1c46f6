"""Photos come in: by command, by a message's menu, or in a message. Each is a job of its own."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, TypeVar

import discord

from magicmemory.bots.discord.context import NOBODY, BotContext, TextReply
from magicmemory.bots.discord.errors import UNCERTAIN, persist
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.bots.discord.reply_target import ReplyTarget
from magicmemory.bots.discord.responses import AGAIN, acknowledge, answer
from magicmemory.bots.discord.senders import (
    Interaction,
    address_of,
    address_of_message,
    may_reply,
    missing_for_interaction,
    missing_for_message,
    reply_target_of,
    sender_of,
    sender_of_message,
)
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

MOST = 10
AT_ONCE = 8  # downloads; each photo is in memory until it is in the store
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp")


def is_photo(attachment: discord.Attachment) -> bool:
    """Whether an attachment looks like a still picture; what it really is, the worker finds out."""
    kind = attachment.content_type or ""
    return kind.startswith("image/") or attachment.filename.lower().endswith(SUFFIXES)


def no_photo(attachments: Sequence[discord.Attachment]) -> UserError:
    """What to say about attachments without a photo among them."""
    films = any((attachment.content_type or "").startswith("video/") for attachment in attachments)
    return PhotoAnimated() if films else NotAPhoto()


class Intake:
    """Takes photos in."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._downloads = asyncio.Semaphore(AT_ONCE)

    async def command(
        self,
        interaction: Interaction,
        attachments: Sequence[discord.Attachment],
        choices: dict[str, Any],
        *,
        private: bool,
    ) -> None:
        """Photos that somebody gave to a command, or picked in a message's menu.

        `choices` are options for these photos, in place of what the person chose for all.
        """
        missing = missing_for_interaction(interaction)
        message = await acknowledge(interaction, private=private or missing is not None)
        sender = sender_of(interaction)
        language = await self._ctx.language(sender)
        if missing is not None:
            permission = self._ctx.say(language, missing)
            await answer(interaction, self._ctx.say(language, "discord-permission-missing", permission=permission))
            return
        photos = [attachment for attachment in attachments if is_photo(attachment)][:MOST]
        if not photos:
            raise no_photo(attachments)
        parts = await self._not_taken_yet(interaction, sender, photos)
        within, over = await self._within_quota(sender, parts)
        if len(photos) > 1 and within[:1] == [(0, photos[0])]:
            # What is said next would take the place of an answer that is still to come.
            await answer(interaction, self._ctx.say(language, "progress-decode"))
        targets = []
        for part, photo in within:
            number = await self._another_message(interaction, language, private) if part else message
            # The first message would be filled by the second where it is still empty: no two photos may share one.
            number = 0 if part and number == message else number
            targets.append(reply_target_of(interaction, number, private=private, spoiler=photo.is_spoiler()))
        addresses = [address_of(interaction, part) for part, _ in within]
        preferred = (await self._ctx.service.preferences(sender)).options
        options = Options.model_validate({**preferred.model_dump(), **choices})
        await self._take_all(sender, language, [photo for _, photo in within], addresses, targets, options)
        if over is not None:
            await self._say_more(interaction, self._ctx.explain(language, over))

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
            targets.append(self._place(message, sent, photo.is_spoiler()))
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

    async def _not_taken_yet(
        self, interaction: Interaction, sender: Sender, photos: list[discord.Attachment]
    ) -> list[tuple[int, discord.Attachment]]:
        """The photos and their numbers, without those that an earlier process took in before it was killed."""
        parts = list(enumerate(photos))
        if AGAIN not in interaction.extras:
            return parts
        taken = {job.address for job in await self._ctx.service.recent(sender)}
        return [(part, photo) for part, photo in parts if address_of(interaction, part) not in taken]

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
        photos: Sequence[discord.Attachment],
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
        photo: discord.Attachment,
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

    async def _download(self, photo: discord.Attachment) -> bytes:
        """Fetch it now: its address is signed, and expires."""
        limit_mb = self._ctx.service.settings.max_photo_mb
        if photo.size > limit_mb * MB:
            raise FileTooLarge(limit_mb=limit_mb)
        try:
            return await persist(photo.read)
        except (discord.NotFound, discord.Forbidden):
            raise PhotoExpired from None

    async def _refuse(self, target: ReplyTarget, language: str, address: Address, error: UserError) -> None:
        content = TextReply(self._ctx.explain(language, error))
        await self._ctx.change(target, content)

    async def _another_message(self, interaction: Interaction, language: str, private: bool) -> int:
        """A further message of ours for a further photo; 0 where Discord allows no more of them here."""
        try:
            text = self._ctx.say(language, "progress-decode")
            sent = await interaction.followup.send(text, ephemeral=private, wait=True, allowed_mentions=NOBODY)
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("interaction %d gets no further message: %s", interaction.id, error)
            return 0
        return sent.id

    async def _say_more(self, interaction: Interaction, text: str) -> None:
        try:
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("interaction %d: a sentence is not said: %s", interaction.id, error)

    async def _name_missing(self, message: discord.Message, language: str, missing: str) -> None:
        """Say which permission is missing: there if that is possible, else to the person."""
        permission = self._ctx.say(language, missing)
        text = self._ctx.say(language, "discord-permission-missing", permission=permission)
        if not await self.say(message, text):
            try:
                await message.author.send(text)
            except (discord.HTTPException, *UNCERTAIN) as error:
                log.info("user %d is not told: %s", message.author.id, error)

    def _place(self, message: discord.Message, sent: int, spoiler: bool) -> ReplyTarget:
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
