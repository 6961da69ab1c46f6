"""Discord's shop: `/premium` and `/unlock`, and the record of what people bought there.

Each of Discord's entitlements becomes a grant that lasts as long as Discord says.
"""

import asyncio
import logging
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Final

import discord
from discord import ButtonStyle, app_commands, ui

from magicmemory.bots.discord.command_registration import Word
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.errors import persist
from magicmemory.bots.discord.interactions import Interaction, acknowledge, answer, sender_of
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import Plan

log = logging.getLogger(__name__)

Tree = app_commands.CommandTree[Any]
MOST_BUTTONS: Final = 25  # Discord's limit


def add_shop(tree: Tree, ctx: BotContext, word: Word) -> None:
    """Put these commands into the tree."""
    _add_premium(tree, ctx, word)
    _add_unlock(tree, ctx, word)


def _add_premium(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-premium"), description=word("discord-about-premium"))
    async def premium(interaction: Interaction) -> None:
        await acknowledge(interaction, private=True)
        service, sender = ctx.service, sender_of(interaction)
        language, quota = await service.language(sender), await service.quota(sender)
        plans = service.plans.on_discord[:MOST_BUTTONS]
        lines = [_line(ctx, language, plan) for plan in plans]
        text = service.sentences.offers(language, quota, lines)
        if plans:
            offers = text + "\n" + ctx.say(language, "discord-offers-note")
            if await _show(interaction, offers, plans):
                return
            text = service.sentences.offers(language, quota, [])
        await answer(interaction, text)


def _add_unlock(tree: Tree, ctx: BotContext, word: Word) -> None:
    @tree.command(name=word("discord-name-unlock"), description=word("discord-about-unlock"))
    @app_commands.rename(code=word("discord-name-code"))
    @app_commands.describe(code=word("discord-about-code"))
    async def unlock(interaction: Interaction, code: str) -> None:
        # Nobody else sees the code: a command's options are shown to nobody, and neither is this answer.
        await acknowledge(interaction, private=True)
        sender = sender_of(interaction)
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


FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 600.0
# After every moment: Discord lists entitlements, ended and taken back ones too, backwards from one.
LATEST: Final = discord.Object(2**63 - 1)


class Entitlements:
    """Records what Discord says of its purchases: as it tells them, and at each new connection its whole list, since
    it tells nobody again what happened while nobody was connected.
    """

    def __init__(self, ctx: BotContext, in_flight: AbstractContextManager[None]) -> None:
        self._ctx = ctx
        self._in_flight = in_flight
        # What is told while a list is on its way is newer than that list.
        self._in_turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    async def told(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> None:
        """Discord says that something was bought or renewed, ends, or was taken back."""
        try:
            with self._in_flight:
                async with self._in_turn:
                    known = await self._record(entitlement, taken_back=taken_back)
        # Discord does not say it twice, but it lists it: there we find it as soon as the database is back.
        except Exception:
            log.exception("entitlement %d could not be recorded", entitlement.id)
            self.look()
            return
        if not known:
            log.warning(
                "entitlement %d (SKU %d) of user %s in server %s grants nothing: no plan has this SKU, or it is a "
                "server's; only plans sold to persons are granted",
                entitlement.id,
                entitlement.sku_id,
                entitlement.user_id,
                entitlement.guild_id,
            )

    def look(self) -> None:
        """Compare with Discord's list, soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Compare with Discord's list whenever that is wanted, and until it worked."""
        pause = FIRST_PAUSE_S
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                with self._in_flight:
                    async with self._in_turn:
                        await self._compare()
                pause = FIRST_PAUSE_S
            # Whatever it is must not end the bot.
            except Exception as error:
                log.warning("Discord's list of purchases could not be recorded (%r); trying again", error)
                self._wanted.set()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)

    async def _compare(self) -> None:
        unknown = 0
        async for entitlement in self._ctx.client.entitlements(before=LATEST, limit=None, exclude_deleted=False):
            unknown += not await self._record(entitlement)
        if unknown:
            log.warning("Discord lists %d purchases whose SKU no plan has, or that are a server's", unknown)

    async def _record(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> bool:
        """Grant or take back, as often as it is told; False where it is not for us to grant."""
        service, reference = self._ctx.service, str(entitlement.id)
        if taken_back or entitlement.deleted:
            if await service.shop.withdraw_entitlement(reference):
                log.info("entitlement %d was taken back", entitlement.id)
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
            # Only after it is granted. Until then it cannot be bought again.
            await entitlement.consume()
        return True
