"""The buttons under a restored photo. A button's id holds everything it needs, so it works after a restart, too."""

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common.adjustments import STRENGTHS, neighbours, next_model, other_scope
from magicmemory.bots.common.image_fitting import fit
from magicmemory.bots.discord.context import NOBODY, BotContext, ReplyTarget
from magicmemory.bots.discord.interaction_journal import InFlight, InteractionJournal
from magicmemory.bots.discord.interactions import (
    Interaction,
    PhotoRequest,
    acknowledge,
    answer,
    apologising,
    sender_of,
)
from magicmemory.bots.discord.progress_messages import ProgressMessages
from magicmemory.core.errors import PhotoExpired, UserError
from magicmemory.core.job import Job, Sender
from magicmemory.core.options import Options, Scope
from magicmemory.core.units import MIB

log = logging.getLogger(__name__)

# The keys of the buttons that ask for a scope.
SCOPE_KEYS = {Scope.PHOTO: "discord-whole-photo", Scope.FACES: "discord-faces-only"}
MOST_IN_A_ROW = 5  # Discord's limit
# Together well within the three seconds that Discord waits.
SETTLING_S = 1.2

PHOTO_BUTTON = re.compile(r"photo:(?P<act>[a-z]+):(?P<job>[0-9a-f]{32}):(?P<user>\d{1,20})")

Button = ui.Button[ui.LayoutView]


class Bot(Protocol):
    """What a button needs of the client that Discord hands it."""

    ctx: BotContext
    progress_messages: ProgressMessages
    journal: InteractionJournal
    in_flight: InFlight


class PhotoButton(ui.DynamicItem[Button], template=PHOTO_BUTTON):
    """A button that does something with one job's photo, for the person who asked."""

    def __init__(
        self, act: str, job: str, user: str, label: str = "…", style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(ui.Button(label=label, style=style, custom_id=f"photo:{act}:{job}:{user}"))
        self.act = act
        self.job = job
        self.user = user

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(match["act"], match["job"], match["user"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        bot: Bot = interaction.client
        if str(interaction.user.id) != self.user:
            with bot.in_flight:
                await answer(interaction, bot.ctx.say(interaction.locale.value, "discord-not-yours"))
            return
        async with bot.journal.recording(interaction), apologising(bot.ctx, interaction):
            job = await _settled(bot.ctx, sender_of(interaction), self.job)
            act = ACTS.get(self.act)
            if act is None:
                raise PhotoExpired  # of another version, or of somebody's own making
            private = act.private or (interaction.message is not None and interaction.message.flags.ephemeral)
            message = await acknowledge(interaction, private=private, thinking=act.thinking)
            await bot.journal.acknowledged(interaction, message)
            await act.run(bot.ctx, bot.progress_messages, PhotoRequest.of(interaction, message, private=private), job)


async def resume(ctx: BotContext, progress_messages: ProgressMessages, record: dict[str, Any]) -> None:
    """Do what a button says that somebody pressed before this process started; `record` is from the journal.

    Raises:
        KeyError, ValueError: the record is incomplete.
    """
    pressed = PHOTO_BUTTON.fullmatch(str(record["data"].get("custom_id")))
    act = ACTS.get(pressed["act"]) if pressed is not None else None
    message = record.get("message") or {}
    if pressed is None or act is None:
        return
    private = act.private or bool(int(message.get("flags") or 0) & discord.MessageFlags.ephemeral.flag)
    request = PhotoRequest.of_record(record, ctx.client, private=private)
    if request.sender.account != pressed["user"]:
        return
    try:
        job = await ctx.service.job_of(request.sender, pressed["job"])
        await act.run(ctx, progress_messages, request, job)
    except UserError as error:
        await request.send(ctx.explain(await ctx.language(request.sender), error), private=True)


async def _settled(ctx: BotContext, sender: Sender, job_id: str) -> Job:
    """The job, once the ledger has it as delivered: somebody may press a moment after the answer has come."""
    return await ctx.service.job_of(sender, job_id, SETTLING_S)


def rows_of_buttons(ctx: BotContext, language: str, job: Job) -> list[ui.ActionRow[ui.LayoutView]]:
    """The buttons that make sense for this job: in one row where they fit, else in two of equal length."""
    acts = _acts(ctx, job)
    rows: list[ui.ActionRow[ui.LayoutView]] = [ui.ActionRow() for _ in range(1 if len(acts) <= MOST_IN_A_ROW else 2)]
    for number, (act, key, style) in enumerate(acts):
        button = PhotoButton(act, job.id, job.sender.account, ctx.say(language, key), style)
        rows[number * len(rows) // len(acts)].add_item(button)
    return rows


def _acts(ctx: BotContext, job: Job) -> list[tuple[str, str, ButtonStyle]]:
    strength = job.options.strength
    acts = []
    if strength > STRENGTHS[0]:
        acts.append(("gentler", "discord-gentler", ButtonStyle.secondary))
    if strength < STRENGTHS[-1]:
        acts.append(("stronger", "discord-stronger", ButtonStyle.secondary))
    acts.append(("full", "discord-full-quality", ButtonStyle.primary))
    acts.append(("scope", SCOPE_KEYS[other_scope(job.options.scope)], ButtonStyle.secondary))
    if next_model(job, ctx.service.settings.offered_models) is not None:
        acts.append(("model", "discord-another-model", ButtonStyle.secondary))
    return [*acts, ("delete", "discord-delete", ButtonStyle.danger)]


def _gentler(ctx: BotContext, job: Job) -> dict[str, Any]:
    gentler, _ = neighbours(STRENGTHS, job.options.strength)
    return {"strength": gentler or STRENGTHS[0]}


def _stronger(ctx: BotContext, job: Job) -> dict[str, Any]:
    _, stronger = neighbours(STRENGTHS, job.options.strength)
    return {"strength": stronger or STRENGTHS[-1]}


def _other_scope(ctx: BotContext, job: Job) -> dict[str, Any]:
    return {"scope": other_scope(job.options.scope)}


def _another_model(ctx: BotContext, job: Job) -> dict[str, Any]:
    # Models understand the fidelity differently: each starts at its own default.
    model = next_model(job, ctx.service.settings.offered_models) or job.options.model
    return {"model": model, "fidelity": None}


def _adjusts(changes: Callable[[BotContext, Job], dict[str, Any]]) -> "Act":
    """A button that restores the photo again with other options."""

    async def run(ctx: BotContext, progress_messages: ProgressMessages, request: PhotoRequest, job: Job) -> None:
        language = await ctx.language(request.sender)
        message = request.message or await request.send(ctx.say(language, "progress-decode"), private=request.private)
        target = request.target(message, spoiler=ReplyTarget.of(job.context).spoiler)
        options = Options.model_validate({**job.options.model_dump(), **changes(ctx, job)})
        adjusted = await ctx.service.adjust(request.sender, request.address(), job, options, target.notes())
        progress_messages.follow(adjusted, target, language)

    return Act(run, thinking=True)


async def _full(ctx: BotContext, progress_messages: ProgressMessages, request: PhotoRequest, job: Job) -> None:
    language = await ctx.language(request.sender)
    data = await ctx.service.restored(job)
    extension = job.extension or "jpg"
    text = ctx.say(language, "discord-full-quality-here")
    if len(data) > request.limit:
        picture = await asyncio.to_thread(fit, data, extension, request.limit)
        data, extension = picture.data, picture.extension
        text = ctx.say(language, "discord-too-large-here", limit_mb=request.limit // MIB)
    file = discord.File(io.BytesIO(data), f"restored.{extension}", spoiler=ReplyTarget.of(job.context).spoiler)
    if request.message:
        await request.followup.edit_message(request.message, content=text, attachments=[file], allowed_mentions=NOBODY)
    else:
        await request.send(text, private=True, file=file)


async def _delete(ctx: BotContext, progress_messages: ProgressMessages, request: PhotoRequest, job: Job) -> None:
    await ctx.service.delete_restored(job)
    if request.message:
        await request.followup.delete_message(request.message)


@dataclass(frozen=True, slots=True)
class Act:
    """What a button does.

    Attributes:
        run: does it, for an acknowledged request about a job of the sender's.
        thinking: a message of ours shows that it is in progress; else the button's own message is meant.
        private: only the person who pressed sees the reply; False: as visible as the message with the button.
    """

    run: Callable[[BotContext, ProgressMessages, PhotoRequest, Job], Awaitable[None]]
    thinking: bool
    private: bool = False


ACTS: dict[str, Act] = {
    "gentler": _adjusts(_gentler),
    "stronger": _adjusts(_stronger),
    "scope": _adjusts(_other_scope),
    "model": _adjusts(_another_model),
    "full": Act(_full, thinking=True, private=True),
    "delete": Act(_delete, thinking=False, private=True),
}


class EraseButton(ui.DynamicItem[ui.Button[ui.View]], template=r"erase:(?P<user>\d{1,20})"):
    """Yes, delete it all."""

    def __init__(self, user: str, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, style=ButtonStyle.danger, custom_id=f"erase:{user}"))
        self.user = user

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(match["user"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete everything. Only the person sees this button."""
        bot: Bot = interaction.client
        with bot.in_flight:
            async with apologising(bot.ctx, interaction):
                await _erase(bot.ctx, interaction)


async def ask_to_erase(ctx: BotContext, interaction: Interaction) -> None:
    """Ask whether it is meant."""
    language = await ctx.language(sender_of(interaction))
    view = ui.View(timeout=None)
    view.add_item(EraseButton(str(interaction.user.id), ctx.say(language, "discord-erase-yes")))
    view.stop()
    await interaction.edit_original_response(content=ctx.say(language, "forget-sure"), view=view)


async def _erase(ctx: BotContext, interaction: Interaction) -> None:
    await acknowledge(interaction, private=True, thinking=False)
    sender = sender_of(interaction)
    language = await ctx.language(sender)
    await ctx.service.forget(sender)
    await interaction.edit_original_response(content=ctx.say(language, "forget-done"), view=None)
    log.info("user %s deleted what was kept about them", sender.account)
