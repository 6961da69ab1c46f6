"""What all parts of the bot share: the service, and the ways of saying something on Discord."""

import logging
from dataclasses import dataclass, fields
from typing import Any, Protocol, Self

import discord
from discord import ui

from magicmemory.bots.common.refusals import explain
from magicmemory.bots.discord.errors import UNCERTAIN, is_out_of_reach, persist
from magicmemory.bots.service import BotService
from magicmemory.core.errors import UserError
from magicmemory.core.job import Sender
from magicmemory.core.units import MIB

log = logging.getLogger(__name__)

NOBODY = discord.AllowedMentions.none()
NONCE_LENGTH = 25


# What every place takes; some take more.
FILE_LIMIT = 10 * MIB


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """The message that becomes the answer, and the ways round it where it cannot be reached any more."""

    channel: int
    user: int  # who asked
    limit: int = FILE_LIMIT  # the largest file, bytes
    application: int = 0
    token: str = ""  # the interaction's, good for fifteen minutes; empty where somebody wrote a message
    message: int = 0  # ours: it shows progress and becomes the answer; 0: there is none
    asked: int = 0  # theirs, which is answered as a reply; 0: none
    private: bool = False  # only the asker may see the answer
    spoiler: bool = False  # the photo came hidden, and goes hidden

    def notes(self) -> dict[str, str]:
        """As the ledger keeps it."""
        return {field.name: str(_plain(getattr(self, field.name))) for field in fields(self)}

    @classmethod
    def of(cls, notes: dict[str, str]) -> Self:
        """The inverse of `notes`."""

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
    """An answer, built anew for each way it is sent: the ways have their own limits."""

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files, none larger than `limit`. `greet` names somebody who shall be notified."""


@dataclass(frozen=True, slots=True)
class TextReply:
    """A sentence."""

    text: str

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The sentence as a layout."""
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay(greeted(self.text, greet)))
        return view, []


def greeted(text: str, user: int | None) -> str:
    """The text with somebody's name before it."""
    return text if user is None else f"<@{user}> {text}"


class OutOfReach(Exception):
    """No way leads to the person any more."""


@dataclass(frozen=True, slots=True)
class BotContext:
    """The service as Discord sees it."""

    service: BotService
    client: discord.Client

    def say(self, language: str, key: str, **values: str | int | float) -> str:
        """A sentence of the texts."""
        return self.service.texts.say(language, key, **values)

    def explain(self, language: str, error: UserError) -> str:
        """Why something was refused, and that there is something to buy against it."""
        return explain(self.service, language, error, sells_here=bool(self.service.plans.on_discord))

    async def language(self, sender: Sender) -> str:
        """The language the sender is answered in."""
        return await self.service.language(sender)

    async def show(self, target: ReplyTarget, text: str) -> None:
        """Let our message say something for the time being. Never worth an error."""
        try:
            if target.token:
                await self._hook(target).edit_message(target.message, content=text, allowed_mentions=NOBODY)
            elif target.message:
                message = self._channel(target.channel).get_partial_message(target.message)
                await message.edit(content=text, allowed_mentions=NOBODY)
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.debug("progress in channel %d is not shown: %s", target.channel, error)

    async def deliver(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        """Send an answer by the first way that is open; the message's id. Done twice, it is still one answer.

        Our own message is changed where it can be. After fifteen minutes an interaction's cannot: then the answer is
        a message to the channel, or where that is closed or the answer private, to the person.

        Raises:
            OutOfReach: no way is open.
        """
        for way in (self._change, self._post, self._write):
            try:
                sent = await way(target, content, nonce[:NONCE_LENGTH])
            except discord.HTTPException as error:
                if not is_out_of_reach(error):
                    raise
                log.info("channel %d, %s: %s", target.channel, way.__name__, error)
            else:
                if sent:
                    return sent
        raise OutOfReach(f"user {target.user} in channel {target.channel}")

    async def change(self, target: ReplyTarget, content: ReplyMessage) -> None:
        """Put an answer into our own message, where it is still there. Never worth an error."""
        try:
            await persist(lambda: self._change(target, content, ""))
        except (discord.HTTPException, *UNCERTAIN) as error:
            log.info("channel %d: the answer is not shown: %s", target.channel, error)

    async def _change(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        if not target.message:
            return 0
        view, files = await self._built(content, target.limit, None)
        # A message made of components takes no other content: what was shown before is taken out.
        given: dict[str, Any] = {"content": None, "embeds": [], "attachments": files, "view": view}
        if target.token:
            await self._hook(target).edit_message(target.message, allowed_mentions=NOBODY, **given)
        else:
            await self._channel(target.channel).get_partial_message(target.message).edit(**given)
        return target.message

    async def _post(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        if target.private:
            return 0
        guild = getattr(self.client.get_channel(target.channel), "guild", None)
        limit = guild.filesize_limit if guild is not None else FILE_LIMIT
        view, files = await self._built(content, limit, None if target.asked else target.user)
        given: dict[str, Any] = {}
        if target.asked:
            given["reference"] = discord.MessageReference(
                message_id=target.asked, channel_id=target.channel, fail_if_not_exists=False
            )
        asker = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(target.user)])
        message = await self._channel(target.channel).send(
            view=view, files=files, nonce=nonce, allowed_mentions=asker, **given
        )
        return message.id

    async def _write(self, target: ReplyTarget, content: ReplyMessage, nonce: str) -> int:
        channel = await self.client.create_dm(discord.Object(target.user))
        view, files = await self._built(content, FILE_LIMIT, None)
        message = await channel.send(view=view, files=files, nonce=nonce)
        return message.id

    async def _built(
        self, content: ReplyMessage, limit: int, greet: int | None
    ) -> tuple[ui.LayoutView, list[discord.File]]:
        view, files = await content.build(limit, greet)
        # Buttons find their way by what is written in them; the library must not keep the view in memory.
        view.stop()
        return view, files

    def _hook(self, target: ReplyTarget) -> discord.Webhook:
        return discord.Webhook.partial(target.application, target.token, client=self.client)

    def _channel(self, channel: int) -> discord.PartialMessageable:
        return self.client.get_partial_messageable(channel)
