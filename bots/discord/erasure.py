"""Deleting everything about somebody: asked twice, then done."""

import logging
import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.responses import acknowledge, apologising
from magicmemory.bots.discord.senders import Interaction, sender_of

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

log = logging.getLogger(__name__)


class EraseButton(ui.DynamicItem[ui.Button[ui.View]], template=r"erase:(?P<user>\d{1,20})"):
    """Yes, delete it all."""

    def __init__(self, user: str, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, style=ButtonStyle.danger, custom_id=f"erase:{user}"))
        self.user = user

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(match["user"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete it all. Only the person sees this button."""
        client: MagicClient = interaction.client
        with client.in_flight:
            async with apologising(client.ctx, interaction):
                await _erase(client.ctx, interaction)


async def ask_to_erase(ctx: BotContext, interaction: Interaction) -> None:
    """Ask whether it is meant."""
    language = await ctx.language(sender_of(interaction))
    view = ui.View(timeout=None)
    view.add_item(EraseButton(str(interaction.user.id), ctx.say(language, "discord-erase-yes")))
    view.stop()
    await interaction.edit_original_response(content=ctx.say(language, "forget-sure"), view=view)


async def _erase(ctx: BotContext, interaction: Interaction) -> None:
    await acknowledge(interaction, private=True, thinking=False)
    sender = sender_of(interaction)
    language = await ctx.language(sender)
    await ctx.service.forget(sender)
    await interaction.edit_original_response(content=ctx.say(language, "forget-done"), view=None)
    log.info("user %s deleted what was kept about them", sender.account)
