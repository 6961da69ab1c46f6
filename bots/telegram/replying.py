"""Replies go out: a restored photo takes the place of its progress message, an album comes as an album."""

import logging
from datetime import UTC, datetime
from typing import Final

from telegram.error import TelegramError

from magicmemory.bots.telegram import keyboards
from magicmemory.bots.telegram.album_replies import AlbumReplies
from magicmemory.bots.telegram.following import Followers, Pace
from magicmemory.bots.telegram.front import Front
from magicmemory.bots.telegram.pictures import picture_of
from magicmemory.bots.telegram.trouble import delivering
from magicmemory.core.errors import FileTooLarge
from magicmemory.core.report import Failure, Report
from magicmemory.queue.delivery import Reply

log = logging.getLogger(__name__)

# An edited message makes no sound: who waited longer than this is told aloud.
PATIENCE_S: Final = 60.0


class TelegramReplier:
    """The adapter's half of the delivery."""

    def __init__(self, front: Front, followers: Followers, pace: Pace, albums: AlbumReplies) -> None:
        self._front = front
        self._followers = followers
        self._pace = pace
        self._albums = albums

    async def reply(self, reply: Reply) -> dict[str, str]:
        """Send it; see `Replier`."""
        if reply.outcome.report is not None:
            self._pace.learn(reply.outcome.report.total_ms)
        with delivering():
            if reply.job.context.get("album"):
                notes = await self._albums.reply(reply)
                if notes is not None:
                    return notes
            await self._followers.stop(reply.job.id)
            if reply.failure is not None:
                return await self._say(reply, reply.failure)
            return await self._show(reply)

    async def _say(self, reply: Reply, failure: Failure) -> dict[str, str]:
        """Say what went wrong, in place of the progress."""
        language = await self._front.language(reply.job.sender)
        text = self._front.desk.failure_text(language, failure)
        progress = reply.job.context.get("progress")
        chat = reply.job.address.chat
        if progress and await self._front.change_text(chat, int(progress), text):
            return {"reply": progress}
        return {"reply": str(await self._front.tell(reply.job.address, text))}

    async def _show(self, reply: Reply) -> dict[str, str]:
        assert reply.outcome.report is not None
        language = await self._front.language(reply.job.sender)
        caption = caption_of(self._front, language, reply, reply.outcome.report)
        desk = self._front.desk
        models = desk.settings.offered_models
        keyboard = keyboards.actions(desk.texts, language, reply.job, reply.outcome.report, models)
        try:
            picture = await picture_of(self._front, language, reply)
        except FileTooLarge as error:
            # The job is done and can be shown otherwise: there are still the other buttons.
            return await self._say(reply, Failure.of(error))
        progress = reply.job.context.get("progress")
        chat = reply.job.address.chat
        if progress and await self._front.change_media(chat, int(progress), picture, caption, keyboard):
            await self._call(reply, int(progress), language)
            return {"reply": progress}
        sent = await self._front.send(reply.job.address, picture, caption, keyboard)
        return {"reply": str(sent.message_id)}

    async def _call(self, reply: Reply, shown: int, language: str) -> None:
        """Make a sound for somebody who waited long. One try: the photo itself is there already."""
        waited = (datetime.now(UTC) - reply.job.created_at).total_seconds()
        if waited < PATIENCE_S:
            return
        address = reply.job.address.model_copy(update={"message": str(shown)})
        try:
            await self._front.tell(address, self._front.say(language, "telegram-ready"))
        except TelegramError as error:
            log.info("job %s: could not be announced: %s", reply.job.id, error)


def caption_of(front: Front, language: str, reply: Reply, report: Report) -> str:
    """What was done, and what is left today."""
    parts = [front.desk.report_text(language, report)]
    if reply.job.charged:
        parts.append(front.desk.quota_text(language, reply.quota))
    else:
        parts.append(front.say(language, "telegram-adjusted"))
    return "\n".join(parts)
