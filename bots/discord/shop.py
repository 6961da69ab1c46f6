"""Discord's shop: `/premium`, `/unlock`, and the grants for what people buy there.

Each entitlement of Discord becomes a grant for the time that Discord states.
"""

import asyncio
import logging
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Final

import discord
from discord import ButtonStyle, app_commands, ui

from magicmemory.bots.discord.commands import Word
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.errors import persist
from magicmemory.bots.discord.interactions import Interaction, acknowledge, answer, sender_of
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import Plan

log = logging.getLogger(__name__)

Tree = app_commands.CommandTree[Any]
MOST_BUTTONS: Final = 25  # Discord's limit
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 600.0
# Discord lists all entitlements, ended and withdrawn ones too, before an id: this is the highest.
LATEST: Final = discord.Object(2**63 - 1)


def add_shop(tree: Tree, ctx: BotContext, word: Word) -> None:
    """Add /premium and /unlock to the tree."""
    _add_premium(tree, ctx, word)
    _add_unlock(tree, ctx, word)


def _add_premium(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-premium"), description=word("discord-about-premium"))
    async def premium(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        service, sender = ctx.service, sender_of(interaction)
        language = await service.language(sender)
        plans = service.plans.on_discord[:MOST_BUTTONS]
        lines = [_line(ctx, language, plan) for plan in plans]
        text = await ctx.commands.premium(sender, language, lines)
        if plans:
            offers = text + "\n" + ctx.say(language, "discord-offers-note")
            if await _show(interaction, offers, plans):
                return
            text = await ctx.commands.premium(sender, language)
        await answer(interaction, text)


def _add_unlock(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-unlock"), description=word("discord-about-unlock"))
    @app_commands.rename(code=word("discord-name-code"))
    @app_commands.describe(code=word("discord-about-code"))
    async def unlock(interaction: Interaction, code: str) -> None:
        # Nobody else sees the code: Discord hides a command's options, and this answer is private.
        await acknowledge(interaction, private=True)
        sender = sender_of(interaction)
        language = await ctx.language(sender)
        await answer(interaction, await ctx.commands.unlock(sender, language, str(interaction.channel_id), code))


def _line(ctx: BotContext, language: str, plan: Plan) -> str:
    """What a plan includes. Discord's button shows its price."""
    title = plan.title_in(language)
    if plan.credits:
        return ctx.say(language, "discord-offer-photos", plan=title, count=plan.credits)
    return ctx.say(language, "discord-offer-plan", plan=title, photos=plan.photos_per_day)


async def _show(interaction: Interaction, text: str, plans: list[Plan]) -> bool:
    """Show offers with Discord's own buttons, which show the prices; False if Discord does not know an SKU."""
    view = ui.View(timeout=None)
    for plan in plans:
        view.add_item(ui.Button(style=ButtonStyle.premium, sku_id=int(plan.discord_sku or 0)))
    view.stop()
    try:
        await persist(lambda: interaction.edit_original_response(content=text, view=view))
    except discord.HTTPException as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        log.error("Discord does not know a discord_sku of the plans file: %s", error)
        return False
    return True


class Entitlements:
    """Records purchases: each event, and Discord's whole list after each new connection, because Discord does not
    repeat events that nobody was connected to receive.
    """

    def __init__(self, ctx: BotContext, in_flight: AbstractContextManager[None]) -> None:
        self._ctx = ctx
        self._in_flight = in_flight
        # An event that arrives during a comparison is newer than the list, so it is recorded after it.
        self._lock = asyncio.Lock()
        self._wanted = asyncio.Event()

    async def event(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> None:
        """Record an event: something was bought or renewed, ends, or was refunded (`taken_back`)."""
        try:
            with self._in_flight:
                async with self._lock:
                    known = await self._record(entitlement, taken_back=taken_back)
        # Discord does not repeat the event, but lists the purchase: it is recorded once the database is back.
        except Exception:
            log.exception("entitlement %d could not be recorded", entitlement.id)
            self.request_comparison()
            return
        if not known:
            log.warning(
                "entitlement %d (SKU %d) of user %s in server %s grants nothing: no plan has this SKU, or a server "
                "bought it; only purchases by users are granted",
                entitlement.id,
                entitlement.sku_id,
                entitlement.user_id,
                entitlement.guild_id,
            )

    def request_comparison(self) -> None:
        """Ask `run` to compare with Discord's list."""
        self._wanted.set()

    async def run(self) -> None:
        """Compare with Discord's list whenever `request_comparison` was called; repeat until it succeeds."""
        pause = FIRST_PAUSE_S
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                with self._in_flight:
                    async with self._lock:
                        await self._compare()
                pause = FIRST_PAUSE_S
            except Exception as error:  # it must not end the bot
                log.warning("Discord's list of purchases could not be recorded (%r); trying again", error)
                self._wanted.set()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)

    async def _compare(self) -> None:
        unknown = 0
        async for entitlement in self._ctx.client.entitlements(before=LATEST, limit=None, exclude_deleted=False):
            unknown += not await self._record(entitlement)
        if unknown:
            log.warning(
                "Discord lists %d purchases that grant nothing: no plan has their SKU, or a server bought them", unknown
            )

    async def _record(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> bool:
        """Grant or withdraw a purchase. Repeating it changes nothing. False if no plan can be granted."""
        service, reference = self._ctx.service, str(entitlement.id)
        if taken_back or entitlement.deleted:
            if await service.shop.withdraw_entitlement(reference):
                log.info("entitlement %d was withdrawn", entitlement.id)
            return True
        if entitlement.user_id is None:
            return False
        sender, sku = Sender(platform=Platform.DISCORD, account=str(entitlement.user_id)), str(entitlement.sku_id)
        plan, is_new = await service.shop.entitle(sender, sku, reference, entitlement.starts_at, entitlement.ends_at)
        if plan is None:
            return False
        if is_new:
            log.info("entitlement %d grants %s", entitlement.id, plan.name)
        if plan.credits and not entitlement.consumed:
            # Only after the grant: a purchase that is not consumed cannot be bought again.
            await entitlement.consume()
        return True
