"""Premium that somebody bought on Discord."""

import logging

import discord

log = logging.getLogger(__name__)


def note_entitlement(event: str, entitlement: discord.Entitlement) -> None:
    """A purchase was made, renewed, ended or taken back.

    The desk has no plans that could grant it, and nothing is offered for sale. Should an operator sell a SKU all the
    same, the log says who bought it.
    """
    log.warning(
        "entitlement %d (SKU %d) of user %s %s, ends %s: there are no plans it could grant",
        entitlement.id,
        entitlement.sku_id,
        entitlement.user_id,
        event,
        entitlement.ends_at,
    )
