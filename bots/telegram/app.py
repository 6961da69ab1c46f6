"""Runs the Telegram bot: receives its updates and delivers its replies."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from telegram.ext import ApplicationBuilder, ExtBot

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.commands import Commands
from magicmemory.bots.common.progress import WaitEstimate
from magicmemory.bots.common.reminders import send_reminders
from magicmemory.bots.common.replies import send_replies
from magicmemory.bots.telegram import updates
from magicmemory.bots.telegram.commands import register_commands
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.handlers import Handlers
from magicmemory.bots.telegram.intake import Intake
from magicmemory.bots.telegram.payments import PaymentHandlers, Reconciliation
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.rate_limiter import RateLimiter, Urgency
from magicmemory.bots.telegram.replies import AlbumReplies, TelegramReplier
from magicmemory.bots.telegram.updates import UpdateReceiver
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import BadSettings, Settings
from magicmemory.queue.connection import RedisKeys, connect

log = logging.getLogger(__name__)

# Replies in delivery at a time. Photos of an album wait there for each other, so it is more than can be sent at once.
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
        stop: set to end; the caller handles signals.
        ready: called with the bot's name once updates are received.
        metrics: the process's.

    Raises:
        BadSettings: there is no token.
        BadToken: Telegram does not know the token.
        CannotListen: the webhook's port cannot be listened on.
    """
    if settings.telegram_token is None:
        raise BadSettings("MAGIC_TELEGRAM_TOKEN is not set: @BotFather gives you one.")
    # Without this choice the library warns about each pause that Telegram asks for.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    token = settings.telegram_token.get_secret_value()
    names = RedisKeys(settings.redis_prefix)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(open_service(settings, redis_url, metrics))
        redis = await stack.enter_async_context(connect(redis_url))
        bot = await _connect(settings, token, stack, stop)
        if stop.is_set():
            return  # stopped before Telegram was reached: the bot does not know its own name
        ctx = BotContext(service, bot, Commands(service))
        wait_estimate = WaitEstimate()
        progress_messages = ProgressMessages(ctx, wait_estimate)
        intake = Intake(ctx, progress_messages)
        replier = TelegramReplier(ctx, progress_messages, wait_estimate, AlbumReplies(ctx, intake, progress_messages))
        payment_handlers = PaymentHandlers(ctx)
        handlers = Handlers(ctx, intake, progress_messages, payment_handlers)
        receiver = UpdateReceiver(handlers.handle, handlers.apologise, redis, names, service.metrics)

        def tell_ready() -> None:
            if ready is not None:
                ready(f"@{bot.username}")

        async def remind(sender: Sender, text: str) -> None:
            await ctx.tell(Address(platform=Platform.TELEGRAM, chat=sender.account, message=""), text)

        async def receive() -> None:
            if settings.telegram_webhook_url:
                await updates.serve_webhook(bot, receiver, settings, stop, tell_ready)
            else:
                await updates.poll(bot, receiver, stop, tell_ready)

        background = [
            asyncio.create_task(register_commands(ctx)),
            asyncio.create_task(Reconciliation(ctx, payment_handlers).run()),
            asyncio.create_task(send_reminders(service, Platform.TELEGRAM, remind)),
        ]
        try:
            replies = send_replies(service, Platform.TELEGRAM, replier, redis_url, stop, REPLIES_AT_ONCE)
            await _together(replies, receive(), stop)
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await receiver.close()
            await progress_messages.close()


async def _together(one: Coroutine[Any, Any, None], other: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Run both to their end. If one fails, `stop` is set for the other, and the error is raised."""
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
    """The library's bot, connected.

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
    await updates.retry_until_done(bot.initialize, stop)
    return bot
