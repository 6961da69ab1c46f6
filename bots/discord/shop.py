"""What Discord's shop sells of the operator's plans, and what codes are good for: `/premium` and `/unlock`."""

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import discord
from discord import ButtonStyle, app_commands, ui

from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.errors import persist
from magicmemory.bots.discord.i18n import Word
from magicmemory.bots.discord.responses import acknowledge, answer
from magicmemory.bots.discord.senders import Interaction, sender_of
from magicmemory.core.plans import Plan

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

log = logging.getLogger(__name__)

MOST_BUTTONS: Final = 25  # Discord's limit


def add_shop(client: "MagicClient", word: Word) -> None:
    """Put these commands into the client's tree."""
    _add_premium(client, word)
    _add_unlock(client, word)


def _add_premium(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-premium"), description=word("discord-about-premium"))
    async def premium(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        service, sender = client.ctx.service, sender_of(interaction)
        language, quota = await service.language(sender), await service.quota(sender)
        plans = service.plans.on_discord[:MOST_BUTTONS]
        lines = [_line(client.ctx, language, plan) for plan in plans]
        text = service.sentences.offers(language, quota, lines)
        if plans:
            offers = text + "\n" + client.ctx.say(language, "discord-offers-note")
            if await _show(interaction, offers, plans):
                return
            text = service.sentences.offers(language, quota, [])
        await answer(interaction, text)


def _add_unlock(client: "MagicClient", word: Word) -> None:
    @client.tree.command(name=word("discord-name-unlock"), description=word("discord-about-unlock"))
    @app_commands.rename(code=word("discord-name-code"))
    @app_commands.describe(code=word("discord-about-code"))
    async def unlock(interaction: Interaction, code: str) -> None:
        # Nobody else sees the code: a command's options are shown to nobody, and neither is this answer.
        await acknowledge(interaction, private=True)
        sender, ctx = sender_of(interaction), client.ctx
        terms = await ctx.service.shop.redeem(sender, str(interaction.channel_id), code)
        await answer(interaction, ctx.service.sentences.redeemed(await ctx.language(sender), terms))


def _line(ctx: BotContext, language: str, plan: Plan) -> str:
    """What a plan gives. Its price is on Discord's button."""
    title = plan.title_in(language)
    if plan.credits:
        return ctx.say(language, "discord-offer-photos", plan=title, count=plan.credits)
    return ctx.say(language, "discord-offer-plan", plan=title, photos=plan.photos_per_day)


async def _show(interaction: Interaction, text: str, plans: list[Plan]) -> bool:
    """Show offers with Discord's own buttons, which carry the prices; False where it knows no such SKU."""
    view = ui.View(timeout=None)
    for plan in plans:
        view.add_item(ui.Button(style=ButtonStyle.premium, sku_id=int(plan.discord_sku or 0)))
    view.stop()
    try:
        await persist(lambda: interaction.edit_original_response(content=text, view=view))
    except discord.HTTPException as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        log.error("Discord refuses a discord_sku of the file of plans: %s", error)
        return False
    return True
