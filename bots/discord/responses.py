"""First answers to interactions, and sentences for what went wrong with them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord import app_commands

from magicmemory.bots.discord.context import NOBODY, BotContext
from magicmemory.bots.discord.errors import ALREADY_ACKNOWLEDGED, UNCERTAIN, UNKNOWN_INTERACTION, persist
from magicmemory.bots.discord.senders import Interaction, sender_of
from magicmemory.core.errors import InternalError, UserError

log = logging.getLogger(__name__)

# Among an interaction's extras: Discord has the first answer, whether or not the library saw it arrive.
ACKNOWLEDGED = "acknowledged"
# Among them: an earlier process had it in hand, and has acknowledged it if that was in time.
AGAIN = "again"
# Discord waits three seconds. The library would sleep for most of that after one error; four short tries do better.
ATTEMPTS, ATTEMPT_S = 4, 0.75


class TooLate(Exception):
    """Discord no longer takes an answer to this interaction; nothing was charged."""


async def acknowledge(interaction: Interaction, *, private: bool, thinking: bool = True) -> int:
    """Tell Discord at once that an answer will come; the id of the message that will be the answer.

    Raises:
        TooLate: the three seconds are over.
    """
    for _ in range(0 if AGAIN in interaction.extras else ATTEMPTS):
        try:
            async with asyncio.timeout(ATTEMPT_S):
                deferred = await interaction.response.defer(ephemeral=private, thinking=thinking)
        except UNCERTAIN as error:
            log.info("interaction %d: %s; once more", interaction.id, error)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                break
            if error.code == UNKNOWN_INTERACTION:
                raise TooLate(str(interaction.id)) from error
            raise
        else:
            if deferred is not None and deferred.message_id is not None:
                return deferred.message_id
            break
    # The answer to an earlier try was lost on its way to us, but Discord may have it.
    try:
        original = await persist(interaction.original_response)
    except discord.NotFound as error:
        raise TooLate(str(interaction.id)) from error
    interaction.extras[ACKNOWLEDGED] = True
    return original.id


async def answer(interaction: Interaction, text: str) -> None:
    """Say something to the person alone. Never worth an error."""
    try:
        if interaction.response.is_done() or ACKNOWLEDGED in interaction.extras:
            await persist(lambda: interaction.edit_original_response(content=text, allowed_mentions=NOBODY))
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)
    except (discord.HTTPException, *UNCERTAIN) as error:
        log.info("interaction %d is not answered: %s", interaction.id, error)


@asynccontextmanager
async def apologising(ctx: BotContext, interaction: Interaction) -> AsyncIterator[None]:
    """Turn what goes wrong within into a sentence."""
    try:
        yield
    except Exception as error:  # the one broad net for buttons; for commands the tree has it
        await explain(ctx, interaction, error)


async def explain(ctx: BotContext, interaction: Interaction, error: Exception) -> None:
    """Say what went wrong: a `UserError`'s own sentence, or an apology for what is our fault."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original if isinstance(error.original, Exception) else error
    if isinstance(error, TooLate):
        log.warning("interaction %s was answered too late", error)
        return
    if not isinstance(error, UserError):
        log.error("interaction %d failed", interaction.id, exc_info=error)
        error = InternalError()
    try:
        language = await ctx.language(sender_of(interaction))
    except Exception:  # even the database may be what failed
        log.exception("interaction %d: the language is unknown", interaction.id)
        language = interaction.locale.value
    await answer(interaction, ctx.explain(language, error))
