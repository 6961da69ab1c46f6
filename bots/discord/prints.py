"""“Print quality”: a button for each size of a print."""

from collections.abc import Callable
from typing import Any, Final

from discord import ui

from magicmemory.bots.common.adjustments import for_print, prints_offered
from magicmemory.bots.discord.context import NOBODY, BotContext
from magicmemory.bots.discord.interactions import PhotoRequest
from magicmemory.core.errors import PrintSizeUnusable
from magicmemory.core.job import Job
from magicmemory.core.options import Options
from magicmemory.core.print_size import PrintSize

PRINT: Final = "print"  # the first part of these buttons' actions: `print.13x18cm`


def options_of(size: str, options: Options) -> Options | None:
    """The options for a print of the size that a button names; None: it names none."""
    try:
        return options.model_copy(update=for_print(str(PrintSize.parse(size))))
    except PrintSizeUnusable:
        return None


async def show(ctx: BotContext, request: PhotoRequest, job: Job, button: Callable[[str, str], ui.Item[Any]]) -> None:
    """Answer with a button for each size; `button` makes one by its action and its label."""
    view = ui.View(timeout=None)
    for size in prints_offered(job):
        view.add_item(button(f"{PRINT}.{size}", size.title))
    view.stop()  # buttons are recognised by their custom ids; the library must not keep the view in memory
    text = ctx.say(await ctx.language(request.sender), "print-choose")
    if request.message:
        await request.followup.edit_message(request.message, content=text, view=view, allowed_mentions=NOBODY)
    else:
        await request.send(text, private=request.private, view=view)
