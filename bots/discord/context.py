"""What all parts of the bot share: the service, the client, and how a reply reaches a person on Discord."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Protocol, Self

import discord
from discord import ui

from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.progress import Latest, ProgressTasks
from magicmemory.bots.common.refusals import explain
from magicmemory.bots.discord.errors import MAY_NOT_REPLY, UNCERTAIN, NotAnswered, is_out_of_reach, persist
from magicmemory.bots.service import BotService
from magicmemory.core.errors import UserError
from magicmemory.core.job import Job, Sender
from magicmemory.core.units import MIB

log = logging.getLogger(__name__)

NOBODY: Final = discord.AllowedMentions.none()
SENT: Final = "sent"  # the job's note that names the message with its reply
NONCE_LENGTH: Final = 25  # characters, Discord's limit
# Bytes of a file that every channel accepts; boosted servers accept more.
FILE_LIMIT: Final = 10 * MIB
# Discord accepts five edits in five seconds in a channel, and five in two seconds from one interaction; the replies
# themselves need some of them.
EDIT_EVERY_S: Final = 3.0
# A photo that is done sooner than this needs no progress.
FIRST_EDIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """Where a reply goes: into a message of ours if it can still be edited, else to the channel or to the person.

    Attributes:
        channel: where the person asked.
        user: who asked.
        limit: the largest file that may be sent there, bytes.
        application: our application's id.
        token: the interaction's, valid for fifteen minutes; empty if a message asked.
        message: our message, which shows progress and becomes the reply; 0 if there is none.
        asked: the person's message, which the reply refers to; 0 if there is none.
        private: only the person may see the reply.
        spoiler: the photo was sent as a spoiler, so the reply is one too.
    """

    channel: int
    user: int
    limit: int = FILE_LIMIT
    application: int = 0
    token: str = ""
    message: int = 0
    asked: int = 0
    private: bool = False
    spoiler: bool = False

    def notes(self) -> dict[str, str]:
        """The job's notes, which the ledger keeps."""
        return {field.name: str(_plain(getattr(self, field.name))) for field in fields(self)}

    @classmethod
    def of(cls, notes: dict[str, str]) -> Self:
        """The target from a job's notes. What is missing, as in jobs of older versions, has its default.

        Raises:
            ValueError: a number is not one.
        """

        def number(name: str) -> int:
            return int(notes.get(name, "0"))

        return cls(
            channel=number("channel"),
            user=number("user"),
            limit=number("limit") or FILE_LIMIT,
            application=number("application"),
            token=notes.get("token", ""),
            message=number("message"),
            asked=number("asked"),
            private=bool(number("private")),
            spoiler=bool(number("spoiler")),
        )


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


class ReplyMessage(Protocol):
    """A reply. It is built again for each attempt to send it, because the limits of channels differ."""

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files, none larger than `limit` bytes. `greet` is a user to mention; None: nobody."""


@dataclass(frozen=True, slots=True)
class TextReply:
    """A reply that is one sentence, with rows of buttons or without."""

    text: str
    rows: Sequence[ui.ActionRow[ui.LayoutView]] = ()

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The sentence as a layout, with the buttons below it."""
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay(greeted(self.text, greet)))
        for row in self.rows:
            view.add_item(row)
        return view, []


def greeted(text: str, user: int | None) -> str:
    """The text with a mention of the user before it."""
    return text if user is None else f"<@{user}> {text}"


class OutOfReach(Exception):
    """The reply can be sent neither to the channel nor to the person."""


@dataclass(frozen=True, slots=True)
class BotContext:
    """The service and its commands, the client, and how a reply reaches a person."""

    service: BotService
    commands: Commands
    client: discord.Client
    progress: ProgressTasks

    def say(self, language: str, key: str, **values: str | int | float) -> str:
        """A text in a language."""
        return self.service.texts.say(language, key, **values)

    def explain(self, language: str, error: UserError) -> str:
        """Why something was refused, and how to get more if plans are sold on Discord."""
        return explain(self.service, language, error, sells_here=bool(self.service.plans.on_discord))

    async def language(self, sender: Sender, server: str = "") -> str:
        """The language the sender is answered in, on a server."""
        return await self.service.language(sender, server)

    async def show(self, target: ReplyTarget, text: str) -> None:
        """Put a text into our message until the reply replaces it. Errors are logged."""
        try:
            if target.token:
                await self._webhook(target).edit_message(target.message, content=text, allowed_mentions=NOBODY)
            elif target.message:
                message = self._channel(target.channel).get_partial_message(target.message)
                await message.edit(content=text, allowed_mentions=NOBODY)
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.debug("progress in channel %d is not shown: %s", target.channel, error)

    def follow(self, job: Job, target: ReplyTarget, language: str, shared_by: int = 1) -> None:
        """Show a job's progress until its reply is sent. `shared_by` photos came together and share the limits."""
        if job.finished_at is not None or self.progress.is_followed(job.id) or not target.message:
            return
        shown = ""

        async def refresh(latest: Latest) -> None:
            nonlocal shown
            text = await self.service.progress_text(language, latest[job.id])
            if text != shown:
                shown = text
                await self.show(target, text)

        every_s = EDIT_EVERY_S * shared_by
        self.progress.follow([job], refresh, every_s, FIRST_EDIT_S if shared_by == 1 else every_s)

    async def deliver(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        """Send a reply and return the id of its message. Repeating a call makes no second reply.

        The reply replaces our message if that can still be edited; an interaction's message cannot after fifteen
        minutes. Otherwise it is sent to the channel. If that is closed or the reply is private, it is sent to the
        person.

        Raises:
            OutOfReach: all three failed for good.
            discord.HTTPException: Discord refused the reply itself, so it would be refused elsewhere, too.
        """
        for send in (self._edit, self._post, self._send_to_person):
            try:
                sent = await send(target, content, nonce[:NONCE_LENGTH])
            except discord.HTTPException as error:
                if not is_out_of_reach(error):
                    raise
                log.info("channel %d, %s: %s", target.channel, send.__name__, error)
            else:
                if sent and sent != target.message:
                    await self._delete_progress(target)
                if sent:
                    return sent
        raise OutOfReach(f"user {target.user} in channel {target.channel}")

    async def _delete_progress(self, target: ReplyTarget) -> None:
        """Delete our message, which the reply did not go into. Errors are logged."""
        message = self._channel(target.channel).get_partial_message(target.message)
        if not target.message or target.private:
            return
        try:
            await message.delete()
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("channel %d: the progress message stays: %s", target.channel, error)

    async def change(self, target: ReplyTarget, content: ReplyMessage) -> None:
        """Put a reply into our message. Refusals are logged.

        Raises:
            NotAnswered: Discord could not be reached.
        """
        try:
            await persist(lambda: self._edit(target, content, ""))
        except UNCERTAIN as error:
            raise NotAnswered(f"channel {target.channel}: {error}") from error
        except discord.HTTPException as error:
            log.info("channel %d: the reply is not shown: %s", target.channel, error)

    async def _edit(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        if not target.message:
            return 0
        view, files = await self._built(content, target.limit, None)
        # A message made of components may have no other content, so the progress text is removed.
        arguments: dict[str, Any] = {"content": None, "embeds": [], "attachments": files, "view": view}
        if target.token:
            await self._webhook(target).edit_message(target.message, allowed_mentions=NOBODY, **arguments)
        else:
            await self._channel(target.channel).get_partial_message(target.message).edit(**arguments)
        return target.message

    async def _post(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        if target.private:
            return 0
        if target.asked:
            reference = discord.MessageReference(
                message_id=target.asked, channel_id=target.channel, fail_if_not_exists=False
            )
            try:
                return await self._post_once(target, content, nonce, reference=reference)
            except discord.HTTPException as error:
                if error.code != MAY_NOT_REPLY:
                    raise
        return await self._post_once(target, content, nonce)

    async def _post_once(self, target: ReplyTarget, content: ReplyMessage, nonce: str, **reference: Any) -> int:
        guild = getattr(self.client.get_channel(target.channel), "guild", None)
        limit = guild.filesize_limit if guild is not None else FILE_LIMIT
        view, files = await self._built(content, limit, None if reference else target.user)
        asker = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(target.user)])
        message = await self._channel(target.channel).send(
            view=view, files=files, nonce=nonce, allowed_mentions=asker, **reference
        )
        return message.id

    async def _send_to_person(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        channel = await self.client.create_dm(discord.Object(target.user))
        view, files = await self._built(content, FILE_LIMIT, None)
        message = await channel.send(view=view, files=files, nonce=nonce)
        return message.id

    async def _built(
        self, content: ReplyMessage, limit: int, greet: int | None
    ) -> tuple[ui.LayoutView, list[discord.File]]:
        view, files = await content.build(limit, greet)
        # Buttons are recognised by their custom ids; the library must not keep the view in memory.
        view.stop()
        return view, files

    def _webhook(self, target: ReplyTarget) -> discord.Webhook:
        return discord.Webhook.partial(target.application, target.token, client=self.client)

    def _channel(self, channel: int) -> discord.PartialMessageable:
        return self.client.get_partial_messageable(channel)
