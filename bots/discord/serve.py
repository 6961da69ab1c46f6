"""Runs the Discord bot: the service, the connection, and the sending of its replies."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.discord.client import MagicClient
from magicmemory.bots.discord.replies import DiscordReplier
from magicmemory.core.errors import OperatorError
from magicmemory.core.job import Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import BadSettings, Settings

log = logging.getLogger(__name__)

Ready = Callable[[str], None]


async def serve(
    settings: Settings,
    redis_url: str,
    stop: asyncio.Event,
    ready: Ready | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Be the bot until `stop` is set.

    Args:
        settings: the operator's choices.
        redis_url: where the queues are.
        stop: set to end; what is in hand is finished first.
        ready: called with one line once the bot is connected.
        metrics: the process's.

    Raises:
        BadSettings: there is no token, or Discord refuses it.
        OperatorError: Discord refuses the connection for another reason that the operator must put right.
    """
    if settings.discord_token is None:
        raise BadSettings(
            "MAGIC_DISCORD_TOKEN is not set: make a bot at https://discord.com/developers and put its token there."
        )
    async with open_service(settings, redis_url, metrics) as service:
        client = MagicClient(service)
        async with client:
            await _log_in(client, settings.discord_token.get_secret_value())
            replier = DiscordReplier(client.ctx, client.progress_messages)
            await _run(client, send_replies(service, Platform.DISCORD, replier, redis_url, stop), stop, ready)


async def _log_in(client: MagicClient, token: str) -> None:
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise BadSettings(
            "MAGIC_DISCORD_TOKEN is refused by Discord: copy the bot's token from https://discord.com/developers again."
        ) from None


async def _run(
    client: MagicClient, replies: Coroutine[Any, Any, None], stop: asyncio.Event, ready: Ready | None
) -> None:
    connection = asyncio.create_task(_connect(client))
    # The last answers are sent while the connection is still open.
    delivery = asyncio.create_task(replies)
    telling = asyncio.create_task(_tell(client, ready))
    aside = [asyncio.create_task(client.purchases.run()), asyncio.create_task(client.take_up())]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connection, delivery, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done() and not stop.is_set():
            connection.result()
            raise OperatorError("Discord closed the connection for good; see the log.")
        stop.set()
        await client.in_flight.idle()
        for looking in aside:
            looking.cancel()  # at once: nothing is in hand now
        await delivery
    finally:
        stop.set()
        await client.progress_messages.close()
        await client.close()
        tasks = [connection, delivery, telling, stopping, *aside]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _connect(client: MagicClient) -> None:
    try:
        await client.connect(reconnect=True)
    except discord.PrivilegedIntentsRequired as error:
        raise OperatorError("Discord refuses the bot's intents, though none of them is privileged.") from error
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise BadSettings(
                "MAGIC_DISCORD_TOKEN is no longer accepted by Discord: set the bot's new token."
            ) from None
        if error.code == 4011:
            raise OperatorError(
                "The bot is in too many servers for one connection: set MAGIC_DISCORD_SHARDS=0."
            ) from None
        raise


async def _tell(client: MagicClient, ready: Ready | None) -> None:
    await client.online.wait()
    if ready is not None:
        ready(f"Discord as {client.user}, {len(client.guilds)} servers")
