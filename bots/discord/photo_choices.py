"""What opens from a button under a restored photo: “Choose faces” and “Print quality”."""

import io
from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
from discord import ui

from magicmemory.bots.common import face_choice
from magicmemory.bots.common.adjustments import prints_offered
from magicmemory.bots.common.face_choice import MARKS, choosable, is_valid, options_of, states_of
from magicmemory.bots.discord.context import NOBODY, BotContext, ReplyTarget
from magicmemory.bots.discord.interactions import PhotoRequest
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job
from magicmemory.core.options import Options

FACE: Final = "face"  # the first part of these buttons' actions: `face.t03.rrgl`, `face.go.rrgl`, `face.cards.rrgl`
GO, CARDS = "go", "cards"
MOST_FILES: Final = 10  # of one message, Discord's limit

MakeButton = Callable[[str, str], ui.Item[Any]]
"""A button by its action and its label."""

Adjust = Callable[[BotContext, PhotoRequest, Job, Options], Awaitable[None]]


async def show_faces(ctx: BotContext, request: PhotoRequest, job: Job, button: MakeButton) -> None:
    """Answer with the photo, with numbers at its faces and a button for each.

    Raises:
        PhotoExpired: the photo is deleted.
    """
    if job.report is None:
        raise PhotoExpired
    language = await ctx.language(request.sender)
    preview = await ctx.service.preview(await ctx.service.original(job))
    picture = await ctx.service.on_image(face_choice.numbered, preview, job)
    file = discord.File(io.BytesIO(picture), "faces.jpg", spoiler=ReplyTarget.of(job.context).spoiler)
    text = ctx.say(language, "faces-choose")
    view = _view(ctx, language, job, states_of(job.report, job.options), button)
    if request.message:
        await request.followup.edit_message(
            request.message, content=text, attachments=[file], view=view, allowed_mentions=NOBODY
        )
    else:
        await request.send(text, private=request.private, file=file, view=view)


async def press_face(
    ctx: BotContext, request: PhotoRequest, job: Job, action: str, button: MakeButton, adjust: Adjust
) -> None:
    """Do what a button under the numbers says.

    Raises:
        PhotoExpired: the action is not one of ours, or the report names other faces.
    """
    verb, _, states = action.partition(".")
    if job.report is None or not is_valid(states, job.report):
        raise PhotoExpired
    language = await ctx.language(request.sender)
    if verb == CARDS:
        await _send_cards(ctx, request, job, language)
    elif verb == GO:
        options = options_of(states, job.report, job.options)
        if options is None:
            await request.send(ctx.say(language, "faces-none"), private=True)
        else:
            await adjust(ctx, request, job, options)
    else:
        position = int(verb.removeprefix("t") or 0)
        if position >= len(states):
            raise PhotoExpired
        view = _view(ctx, language, job, face_choice.changed(states, position), button)
        await request.followup.edit_message(request.message, view=view)


def _view(ctx: BotContext, language: str, job: Job, states: str, button: MakeButton) -> ui.View:
    assert job.report is not None
    view = ui.View(timeout=None)
    for position, (face, state) in enumerate(zip(choosable(job.report), states, strict=True)):
        view.add_item(button(f"{FACE}.t{position:02}.{states}", f"{face.number} {MARKS[state]}"))
    view.add_item(button(f"{FACE}.{GO}.{states}", ctx.say(language, "faces-restore")))
    view.add_item(button(f"{FACE}.{CARDS}.{states}", ctx.say(language, "faces-cards")))
    view.stop()  # buttons are recognised by their custom ids; the library must not keep the view in memory
    return view


async def _send_cards(ctx: BotContext, request: PhotoRequest, job: Job, language: str) -> None:
    """Send each restored face by itself, as many as fit into one message at a time."""
    assert job.report is not None
    made = await ctx.service.on_image(face_choice.cards, await ctx.service.restored(job), job)
    below = ctx.service.sentences.face_cards(language, job.report)
    spoiler = ReplyTarget.of(job.context).spoiler
    for start in range(0, len(made), MOST_FILES):
        some = made[start : start + MOST_FILES]
        files = [discord.File(io.BytesIO(data), f"face-{face.number}.jpg", spoiler=spoiler) for face, data in some]
        text = "\n".join(below[face.number] for face, _ in some)
        if start == 0 and request.message:
            await request.followup.edit_message(
                request.message, content=text, attachments=files, allowed_mentions=NOBODY
            )
        else:
            await request.send(text, private=request.private, files=files)


PRINT: Final = "print"  # the first part of these buttons' actions: `print.13x18cm`


async def show_prints(
    ctx: BotContext, request: PhotoRequest, job: Job, button: Callable[[str, str], ui.Item[Any]]
) -> None:
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
