"""Tells people that their free photo is back, if they asked for that after a refusal."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from magicmemory.bots.service import BotService
from magicmemory.core.job import Platform, Quota, Sender
from magicmemory.core.plans import FREE

log = logging.getLogger(__name__)

# The quota renews at midnight in the operator's time zone; nobody wants to be told then.
MORNING: Final = timedelta(hours=9)
LOOK_EVERY_S: Final = 60.0

Tell = Callable[[Sender, str], Awaitable[None]]
"""Sends a sentence to a person alone. An error means that they cannot be reached."""


def may_be_reminded(quota: Quota) -> bool:
    """Whether somebody whose quota is used up can be told of the next free photo."""
    return quota.plan == FREE and quota.limit > 0 and not quota.left


async def remember(service: BotService, sender: Sender) -> None:
    """Tell the sender in the morning after the quota has renewed."""
    quota = await service.quota(sender)
    await service.reminders.ask(sender, quota.renews_at + MORNING)


async def send_reminders(service: BotService, platform: Platform, tell: Tell, every_s: float = LOOK_EVERY_S) -> None:
    """Tell those who asked for it, each once; runs until cancelled."""
    while True:
        try:
            for sender in await service.reminders.due(platform):
                await _remind(service, sender, tell)
        # A database that is away for a moment must not end the reminders.
        except Exception:
            log.exception("reminders could not be sent")
        await asyncio.sleep(every_s)


async def _remind(service: BotService, sender: Sender, tell: Tell) -> None:
    quota = await service.quota(sender)
    if quota.left:  # else they have used the photo before the reminder
        language = await service.language(sender)
        try:
            await tell(sender, service.texts.say(language, "reminder"))
        # The platform's errors are of many kinds; each means that the person cannot be told.
        except Exception as error:
            log.info("user %s could not be reminded: %s", sender.account, error)
    await service.reminders.drop(sender)
