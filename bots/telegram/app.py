"""Runs the Telegram bot: its updates, and the delivery of its replies."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from telegram.ext import ApplicationBuilder, ExtBot

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.progress import WaitEstimate
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.telegram import updates, webhook
from magicmemory.bots.telegram.album_replies import AlbumReplies
from magicmemory.bots.telegram.commands import register_commands
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.handlers import Handlers
from magicmemory.bots.telegram.intake import Intake
from magicmemory.bots.telegram.payment_handlers import PaymentHandlers
from magicmemory.bots.telegram.payment_reconciliation import catch_up
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.rate_limiter import RateLimiter, Urgency
from magicmemory.bots.telegram.replies import TelegramReplier
from magicmemory.bots.telegram.updates import UpdateReceiver
from magicmemory.core.job import Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import BadSettings, Settings
from magicmemory.queue.connection import Names, connect

log = logging.getLogger(__name__)

# Photos of an album wait in the delivery for each other; this many may, beside those that are being sent.
REPLIES_AT_ONCE = 48
CONNECTIONS = 64
READ_S = 20.0


async def serve(
    settings: Settings,
    redis_url: str,
    stop: asyncio.Event,
    ready: Callable[[str], None] | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Run the bot until `stop` is set.

    Args:
        settings: the token, the Bot API server, how updates come.
        redis_url: where the queue is.
        stop: set to end; signals are the caller's business.
        ready: told who we are once updates are taken.
        metrics: the process's.

    Raises:
        BadSettings: there is no token.
        BadToken: Telegram does not know it.
    """
    if settings.telegram_token is None:
        raise BadSettings("MAGIC_TELEGRAM_TOKEN is not set: @BotFather gives you one.")
    # The library asks for this choice; without it each pause that Telegram wants comes with a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    token = settings.telegram_token.get_secret_value()
    names = Names(settings.redis_prefix)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(open_service(settings, redis_url, metrics))
        redis = await stack.enter_async_context(connect(redis_url))
        bot = await _connect(settings, token, stack, stop)
        if stop.is_set():
            return  # told to end before Telegram could be reached: the bot does not know who it is
        ctx = BotContext(service, bot)
        wait_estimate = WaitEstimate()
        progress_messages = ProgressMessages(ctx, wait_estimate)
        intake = Intake(ctx, progress_messages)
        replier = TelegramReplier(ctx, progress_messages, wait_estimate, AlbumReplies(ctx, intake, progress_messages))
        payment_handlers = PaymentHandlers(ctx)
        receiver = UpdateReceiver(Handlers(ctx, intake, progress_messages, payment_handlers).handle, redis, names)

        def tell_ready() -> None:
            if ready is not None:
                ready(f"@{bot.username}")

        async def receive() -> None:
            if settings.telegram_webhook_url:
                await webhook.listen(bot, receiver, settings, token, stop, tell_ready)
            else:
                await updates.poll(bot, receiver, stop, tell_ready)

        asides = [asyncio.create_task(register_commands(ctx)), asyncio.create_task(catch_up(ctx, payment_handlers))]
        try:
            replies = send_replies(service, Platform.TELEGRAM, replier, redis_url, stop, REPLIES_AT_ONCE)
            await _together(replies, receive(), stop)
        finally:
            for aside in asides:
                aside.cancel()
            await asyncio.gather(*asides, return_exceptions=True)
            await receiver.close()
            await progress_messages.close()


async def _together(one: Coroutine[Any, Any, None], other: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Run both to their end; where one fails, the other is told to end, and the error is the caller's."""
    tasks = [asyncio.create_task(one), asyncio.create_task(other)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _connect(settings: Settings, token: str, stack: AsyncExitStack, stop: asyncio.Event) -> ExtBot[Urgency]:
    """The library's bot, which knows who it is.

    Raises:
        BadToken: Telegram does not know the token.
    """
    server = settings.telegram_api_url.rstrip("/")
    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .local_mode(settings.telegram_local)
        .rate_limiter(RateLimiter(settings.telegram_messages_per_s))
        .connection_pool_size(CONNECTIONS)
        .pool_timeout(READ_S)
        .read_timeout(READ_S)
        .updater(None)
        .job_queue(None)
    )
    bot: ExtBot[Urgency] = builder.build().bot
    stack.push_async_callback(bot.shutdown)
    await updates.patiently(bot.initialize, stop)
    return bot
