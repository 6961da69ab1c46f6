"""What people bought in Discord's own shop: each entitlement is a grant that holds as long as Discord says."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import discord

from magicmemory.core.job import Platform, Sender

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 600.0
# After every moment: Discord lists entitlements, ended and taken back ones too, backwards from one.
LATEST: Final = discord.Object(2**63 - 1)


class Entitlements:
    """Records what Discord says of its purchases: as it tells them, and at each new connection its whole list, since
    it tells nobody again what happened while nobody was connected.
    """

    def __init__(self, client: "MagicClient") -> None:
        self._client = client
        # What is told while a list is on its way is newer than that list.
        self._in_turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    async def told(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> None:
        """Discord says that something was bought or renewed, ends, or was taken back."""
        try:
            with self._client.in_flight:
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
                with self._client.in_flight:
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
        async for entitlement in self._client.entitlements(before=LATEST, limit=None, exclude_deleted=False):
            unknown += not await self._record(entitlement)
        if unknown:
            log.warning("Discord lists %d purchases whose SKU no plan has, or that are a server's", unknown)

    async def _record(self, entitlement: discord.Entitlement, *, taken_back: bool = False) -> bool:
        """Grant or take back, as often as it is told; False where it is not for us to grant."""
        service, reference = self._client.ctx.service, str(entitlement.id)
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
