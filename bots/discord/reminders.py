"""“Tell me when it is back”: the button below a refusal, and the reminder."""

import re
from typing import Any, Final, Protocol, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common import reminders
from magicmemory.bots.discord.context import BotContext, TextReply
from magicmemory.bots.discord.interactions import (
    PhotoRequest,
    acknowledge,
    answer,
    apologising,
    apologising_later,
    sender_of,
)
from magicmemory.bots.discord.request_journal import RequestJournal, record_of_interaction
from magicmemory.core.job import Sender

REMINDER_BUTTON: Final = re.compile(r"remind:(?P<user>\d{1,20})")


class Bot(Protocol):
    """What the button needs of the client, which it gets with the interaction."""

    ctx: BotContext
    journal: RequestJournal


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


async def resume(ctx: BotContext, record: dict[str, Any]) -> bool:
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
    await reminders.remember(ctx.service, sender)
    return ctx.say(language, "reminder-set")


async def remind(ctx: BotContext, sender: Sender, text: str) -> None:
    """Write to somebody in a direct message."""
    channel = await ctx.client.create_dm(discord.Object(int(sender.account)))
    await channel.send(text)
