"""Interactions: who asks and where, how they are acknowledged, and how errors are told."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self

import discord
from discord import app_commands

from magicmemory.bots.discord.context import FILE_LIMIT, NOBODY, BotContext, ReplyTarget, TextReply
from magicmemory.bots.discord.errors import (
    ALREADY_ACKNOWLEDGED,
    UNCERTAIN,
    UNKNOWN_INTERACTION,
    NotAnswered,
    persist,
)
from magicmemory.core.errors import InternalError, UserError
from magicmemory.core.groups import Group
from magicmemory.core.job import Address, Platform, Sender

log = logging.getLogger(__name__)

Interaction = discord.Interaction[discord.Client]

# The key among an interaction's extras: Discord has our acknowledgement, whether or not the library knows it.
ACKNOWLEDGED: Final = "acknowledged"
# Discord waits three seconds. The library would sleep for most of them after one error, so we try four times.
ATTEMPTS: Final = 4
ATTEMPT_S: Final = 0.75


def sender_of(interaction: Interaction) -> Sender:
    """Who used a command or a button."""
    account = str(interaction.user.id)
    return Sender(platform=Platform.DISCORD, account=account, language=interaction.locale.value)


def sender_of_message(message: discord.Message) -> Sender:
    """Who wrote a message. Messages do not tell a person's language, so the server's is the best guess."""
    language = message.guild.preferred_locale.value if message.guild else ""
    return Sender(platform=Platform.DISCORD, account=str(message.author.id), language=language)


def address_of_message(message: discord.Message, part: int = 0) -> Address:
    """The address of a message's photo number `part`, from 0."""
    return _address(message.channel.id, message.id, part)


def _address(channel: int, asked: int, part: int) -> Address:
    number = f"{asked}:{part}" if part else str(asked)
    return Address(platform=Platform.DISCORD, chat=str(channel), message=number)


def group_of_message(message: discord.Message) -> Group | None:
    """The server in which somebody wrote."""
    author = message.author
    may = author.guild_permissions if isinstance(author, discord.Member) else discord.Permissions.none()
    return _group(message.guild.id if message.guild else 0, may)


def _group(guild: int | None, may: discord.Permissions) -> Group | None:
    """Discord has no single kind of administrators: those count who may manage the server."""
    return Group(str(guild), by_administrator=may.manage_guild) if guild else None


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """An acknowledged interaction about photos: what can be restored from its record.

    Attributes:
        id: the interaction's id.
        sender: who asked.
        channel: where.
        application: our application's id.
        token: lets us edit and send messages for fifteen minutes.
        limit: the largest file that may be sent there, bytes.
        private: only the sender may see the reply.
        message: our deferred message; 0 if its id is unknown.
        progress_messages: our further messages, by the numbers of their photos.
        followup: sends further messages.
        resumed: an earlier process received it.
        group: the server; None in a direct message.
    """

    id: int
    sender: Sender
    channel: int
    application: int
    token: str
    limit: int
    private: bool
    message: int
    followup: discord.Webhook
    resumed: bool = False
    progress_messages: Mapping[int, int] = field(default_factory=dict)
    group: Group | None = None

    @classmethod
    def of(cls, interaction: Interaction, message: int, *, private: bool) -> Self:
        """An interaction that was just acknowledged by `message`."""
        return cls(
            id=interaction.id,
            sender=sender_of(interaction),
            channel=interaction.channel_id or 0,
            application=interaction.application_id,
            token=interaction.token,
            limit=interaction.filesize_limit or FILE_LIMIT,
            private=private,
            message=message,
            followup=interaction.followup,
            group=_group(interaction.guild_id, interaction.permissions),
        )

    @classmethod
    def of_record(cls, record: dict[str, Any], client: discord.Client, *, private: bool) -> Self:
        """An interaction from the journal; `record` has the fields of Discord's API.

        Raises:
            KeyError, ValueError: the record is incomplete.
        """
        user = record.get("user") or record["member"]["user"]
        application, token = int(record["application_id"]), str(record["token"])
        return cls(
            id=int(record["id"]),
            sender=Sender(platform=Platform.DISCORD, account=str(user["id"]), language=str(record.get("locale") or "")),
            channel=int(record.get("channel_id") or 0),
            application=application,
            token=token,
            limit=int(record.get("attachment_size_limit") or FILE_LIMIT),
            private=private,
            message=int(record.get("response_message") or 0),
            followup=discord.Webhook.partial(application, token, client=client),
            resumed=True,
            progress_messages={int(part): int(number) for part, number in record.get("progress_messages", {}).items()},
            group=_group(
                int(record.get("guild_id") or 0),
                discord.Permissions(int((record.get("member") or {}).get("permissions") or 0)),
            ),
        )

    def address(self, part: int = 0) -> Address:
        """The address of a photo: `part` counts the photos of one interaction."""
        return _address(self.channel, self.id, part)

    def target(self, message: int, *, spoiler: bool = False) -> ReplyTarget:
        """The reply goes into `message`."""
        return ReplyTarget(
            channel=self.channel,
            user=int(self.sender.account),
            limit=self.limit,
            application=self.application,
            token=self.token,
            message=message,
            private=self.private,
            spoiler=spoiler,
        )

    async def send(self, text: str, *, private: bool, **more: Any) -> int:
        """Send a further message; its id, or 0 where Discord accepts no more of them.

        If our deferred message is still empty, Discord fills that one instead.
        """
        if private and not self.resumed:  # Discord lets only the library's own object of an interaction do this
            more["ephemeral"] = True
        try:
            sent = await self.followup.send(text, wait=True, allowed_mentions=NOBODY, **more)
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("interaction %d gets no further message: %s", self.id, error)
            return 0
        return sent.id


def missing_for_interaction(interaction: Interaction) -> str | None:
    """The text key of a permission that the bot lacks where a command was used."""
    return None if interaction.app_permissions.attach_files else "discord-permission-attach-files"


def missing_for_message(message: discord.Message) -> str | None:
    """The text key of a permission that the bot lacks where somebody wrote."""
    if message.guild is None or isinstance(message.channel, discord.PartialMessageable):
        return None
    may = message.channel.permissions_for(message.guild.me)
    in_thread = isinstance(message.channel, discord.Thread)
    if not (may.send_messages_in_threads if in_thread else may.send_messages):
        return "discord-permission-send-messages"
    return None if may.attach_files else "discord-permission-attach-files"


def may_reply(message: discord.Message) -> bool:
    """Whether the bot may refer to a message, which requires the permission to read the history."""
    if message.guild is None or isinstance(message.channel, discord.PartialMessageable):
        return True
    return message.channel.permissions_for(message.guild.me).read_message_history


class TooLate(Exception):
    """Discord accepts no answer to this interaction any more; nothing was charged."""


async def acknowledge(interaction: Interaction, *, private: bool, thinking: bool = True) -> int:
    """Tell Discord at once that an answer follows.

    Args:
        interaction: what to acknowledge.
        private: only the person sees the answer.
        thinking: show a new message that says so; otherwise the button's own message is the one to change.

    Returns:
        The id of the message that the answer goes into.

    Raises:
        TooLate: the three seconds are over.
    """
    for _ in range(ATTEMPTS):
        try:
            async with asyncio.timeout(ATTEMPT_S):
                deferred = await interaction.response.defer(ephemeral=private, thinking=thinking)
        except UNCERTAIN as error:
            log.info("interaction %d: %s; trying again", interaction.id, error)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                break
            if error.code == UNKNOWN_INTERACTION:
                raise TooLate(str(interaction.id)) from error
            raise
        else:
            if deferred is not None and deferred.message_id is not None:
                return deferred.message_id
            break
    # Discord may have accepted an attempt whose response was lost.
    try:
        original = await persist(interaction.original_response)
    except discord.NotFound as error:
        raise TooLate(str(interaction.id)) from error
    interaction.extras[ACKNOWLEDGED] = True
    return original.id


async def answer(interaction: Interaction, text: str) -> None:
    """Say something that only the person sees. Refusals are logged.

    Raises:
        NotAnswered: Discord could not be reached.
    """
    try:
        if interaction.response.is_done() or ACKNOWLEDGED in interaction.extras:
            await persist(lambda: interaction.edit_original_response(content=text, allowed_mentions=NOBODY))
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)
    except UNCERTAIN as error:
        raise NotAnswered(f"interaction {interaction.id}: {error}") from error
    except discord.HTTPException as error:
        log.info("interaction %d is not answered: %s", interaction.id, error)


@asynccontextmanager
async def apologising(ctx: BotContext, interaction: Interaction) -> AsyncIterator[None]:
    """Tell the person about any error within the context.

    Raises:
        NotAnswered: Discord could not be reached.
    """
    try:
        yield
    except NotAnswered:
        raise
    except Exception as error:
        await explain(ctx, interaction, error)


@asynccontextmanager
async def apologising_later(ctx: BotContext, request: PhotoRequest) -> AsyncIterator[None]:
    """As `apologising`, for a request that an earlier process received."""
    try:
        yield
    except NotAnswered:
        raise
    except Exception as error:
        text = await _explained(ctx, request.id, request.sender, error)
        if request.message:
            await ctx.change(request.target(request.message), TextReply(text))
        else:
            await request.send(text, private=True)


async def explain(ctx: BotContext, interaction: Interaction, error: Exception) -> None:
    """Tell what went wrong: a `UserError`'s own sentence, or an apology for any other error.

    Raises:
        NotAnswered: Discord could not be reached.
    """
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original if isinstance(error.original, Exception) else error
    if isinstance(error, TooLate):
        log.warning("interaction %s was answered too late", error)
        return
    await answer(interaction, await _explained(ctx, interaction.id, sender_of(interaction), error))


async def _explained(ctx: BotContext, request: int, sender: Sender, error: Exception) -> str:
    if not isinstance(error, UserError):
        log.error("interaction %d failed", request, exc_info=error)
        error = InternalError()
    try:
        language = await ctx.language(sender)
    except Exception:  # the database itself may have failed
        log.exception("interaction %d: the language is unknown", request)
        language = sender.language
    return ctx.explain(language, error)
