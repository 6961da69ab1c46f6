"""Why something was refused, as one sentence."""

from magicmemory.bots.service import BotService
from magicmemory.core.errors import QuotaUsedUp, UserError
from magicmemory.core.report import Failure


def explain(service: BotService, language: str, error: UserError, *, sells_here: bool = False) -> str:
    """The error's sentence; where the quota is used up and the platform sells plans, also how to get more."""
    text = service.sentences.failure(language, Failure.of(error))
    if sells_here and isinstance(error, QuotaUsedUp):
        text += "\n" + service.texts.say(language, "more-with-premium")
    return text
