"""The answer to a photo: before and after, one line of facts, and buttons."""

import asyncio
import io
import logging
from dataclasses import dataclass

import discord
from discord import ui

from magicmemory.bots.discord.buttons import rows_of_buttons
from magicmemory.bots.discord.fitting import Picture, fit
from magicmemory.bots.discord.front import Front, greeted
from magicmemory.bots.discord.place import Place
from magicmemory.core.errors import UserError
from magicmemory.queue.delivery import Reply

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PhotoLetter:
    """A restored photo."""

    front: Front
    reply: Reply
    place: Place
    language: str

    async def build(self, limit: int, greet: int | None) -> tuple[ui.LayoutView, list[discord.File]]:
        """The layout and its files."""
        after = await asyncio.to_thread(fit, self.reply.photo, self.reply.outcome.extension, limit)
        before = await self._before(limit)
        files = [self._file(after, "restored")]
        items = [self._item(files[0], "discord-alt-after")]
        if before is not None:
            files.append(self._file(before, "original"))
            items.append(self._item(files[1], "discord-alt-before"))
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.MediaGallery(*items))
        view.add_item(ui.TextDisplay(greeted(self._facts(after, limit), greet)))
        reported = self.reply.job.model_copy(update={"report": self.reply.outcome.report})
        for row in rows_of_buttons(self.front, self.language, reported):
            view.add_item(row)
        return view, files

    async def _before(self, limit: int) -> Picture | None:
        try:
            desk = self.front.desk
            shown = await desk.previews.of(await desk.original(self.reply.job))
            return await asyncio.to_thread(fit, shown, "jpg", limit)
        except (UserError, ValueError) as error:
            log.info("job %s: no picture of before: %s", self.reply.job.id, error)
            return None

    def _file(self, picture: Picture, name: str) -> discord.File:
        return discord.File(io.BytesIO(picture.data), f"{name}.{picture.extension}", spoiler=self.place.spoiler)

    def _item(self, file: discord.File, key: str) -> discord.MediaGalleryItem:
        description = self.front.say(self.language, key)
        return discord.MediaGalleryItem(
            f"attachment://{file.filename}", description=description, spoiler=self.place.spoiler
        )

    def _facts(self, after: Picture, limit: int) -> str:
        desk, report = self.front.desk, self.reply.outcome.report
        parts = [desk.report_text(self.language, report)] if report is not None else []
        parts.append(desk.quota_text(self.language, self.reply.quota))
        if after.changed:
            parts.append(self.front.say(self.language, "discord-made-smaller", limit_mb=limit // MEGABYTE))
        return " ".join(parts)
