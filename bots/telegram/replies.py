"""Replies go out: a restored photo takes the place of its progress message, an album comes as an album."""

import logging
from datetime import UTC, datetime
from typing import Final

from telegram.error import TelegramError

from magicmemory.bots.common.progress import WaitEstimate
from magicmemory.bots.telegram import keyboards
from magicmemory.bots.telegram.album_replies import AlbumReplies
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.errors import delivering
from magicmemory.bots.telegram.pictures import picture_of
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.core.errors import FileTooLarge
from magicmemory.core.report import Failure, Report
from magicmemory.queue.delivery import Reply

log = logging.getLogger(__name__)

# An edited message makes no sound: who waited longer than this is told aloud.
PATIENCE_S: Final = 60.0


class TelegramReplier:
    """The adapter's half of the delivery."""

    def __init__(
        self, ctx: BotContext, progress_messages: ProgressMessages, wait_estimate: WaitEstimate, albums: AlbumReplies
    ) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._wait_estimate = wait_estimate
        self._albums = albums

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send it; see `Replier`."""
        if reply.outcome.report is not None:
            self._wait_estimate.learn(reply.outcome.report.total_ms)
        with delivering():
            if reply.job.context.get("album"):
                notes = await self._albums.reply(reply)
                if notes is not None:
                    return notes
            await self._progress_messages.stop(reply.job.id)
            if reply.failure is not None:
                return await self._say(reply, reply.failure)
            return await self._show(reply)

    async def _say(self, reply: Reply, failure: Failure) -> dict[str, str]:
        """Say what went wrong, in place of the progress."""
        language = await self._ctx.language(reply.job.sender)
        text = self._ctx.service.sentences.failure(language, failure)
        progress = reply.job.context.get("progress")
        chat = reply.job.address.chat
        if progress and await self._ctx.change_text(chat, int(progress), text):
            return {"reply": progress}
        return {"reply": str(await self._ctx.tell(reply.job.address, text))}

    async def _show(self, reply: Reply) -> dict[str, str]:
        assert reply.outcome.report is not None
        language = await self._ctx.language(reply.job.sender)
        caption = caption_of(self._ctx, language, reply, reply.outcome.report)
        service = self._ctx.service
        models = service.settings.offered_models
        keyboard = keyboards.actions(service.texts, language, reply.job, reply.outcome.report, models)
        try:
            picture = await picture_of(self._ctx, language, reply)
        except FileTooLarge as error:
            # The job is done and can be shown otherwise: there are still the other buttons.
            return await self._say(reply, Failure.of(error))
        progress = reply.job.context.get("progress")
        chat = reply.job.address.chat
        if progress and await self._ctx.change_media(chat, int(progress), picture, caption, keyboard):
            await self._call(reply, int(progress), language)
            return {"reply": progress}
        sent = await self._ctx.send(reply.job.address, picture, caption, keyboard)
        return {"reply": str(sent.message_id)}

    async def _call(self, reply: Reply, shown: int, language: str) -> None:
        """Make a sound for somebody who waited long. One try: the photo itself is there already."""
        waited = (datetime.now(UTC) - reply.job.created_at).total_seconds()
        if waited < PATIENCE_S:
            return
        address = reply.job.address.model_copy(update={"message": str(shown)})
        try:
            await self._ctx.tell(address, self._ctx.say(language, "telegram-ready"))
        except TelegramError as error:
            log.info("job %s: could not be announced: %s", reply.job.id, error)


def caption_of(ctx: BotContext, language: str, reply: Reply, report: Report) -> str:
    """What was done, and what is left today."""
    parts = [ctx.service.sentences.report(language, report)]
    if reply.job.charged:
        parts.append(ctx.service.sentences.quota(language, reply.quota))
    else:
        parts.append(ctx.say(language, "telegram-adjusted"))
    return "\n".join(parts)
