"""“Tell me when it is back”: the button below a refusal, and the reminder."""

import re
from typing import Any, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common import reminders
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.interactions import acknowledge, answer, apologising, sender_of
from magicmemory.core.job import Sender


class ReminderButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"remind:(?P<user>\d{1,20})"):
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
        ctx: BotContext = interaction.client.ctx
        with interaction.client.in_flight:
            async with apologising(ctx, interaction):
                await acknowledge(interaction, private=True)
                sender = sender_of(interaction)
                language = await ctx.language(sender)
                if sender.account != self.user:
                    await answer(interaction, ctx.say(language, "discord-not-yours"))
                    return
                await reminders.remember(ctx.service, sender)
                await answer(interaction, ctx.say(language, "reminder-set"))


async def remind(ctx: BotContext, sender: Sender, text: str) -> None:
    """Write to somebody in a direct message."""
    channel = await ctx.client.create_dm(discord.Object(int(sender.account)))
    await channel.send(text)
