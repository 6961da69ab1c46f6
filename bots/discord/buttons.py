"""The buttons under a restored photo. Everything a button needs is written in it, so it works after a restart too."""

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common.adjustments import STRENGTHS, neighbours, next_model, other_scope
from magicmemory.bots.common.image_fitting import fit
from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.reply_target import FILE_LIMIT, ReplyTarget
from magicmemory.bots.discord.responses import acknowledge, answer, apologising
from magicmemory.bots.discord.senders import Interaction, address_of, reply_target_of, sender_of
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job, Sender
from magicmemory.core.options import Options, Scope
from magicmemory.core.units import MIB

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

log = logging.getLogger(__name__)

# The keys of the buttons that ask for a scope.
SCOPE_KEYS = {Scope.PHOTO: "discord-whole-photo", Scope.FACES: "discord-faces-only"}
MOST_IN_A_ROW = 5  # Discord's limit
# Together well within the three seconds that Discord waits.
SETTLING_S = 1.2

Button = ui.Button[ui.LayoutView]


class PhotoButton(ui.DynamicItem[Button], template=r"photo:(?P<act>[a-z]+):(?P<job>[0-9a-f]{32}):(?P<user>\d{1,20})"):
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
        """Do it."""
        client: MagicClient = interaction.client
        async with client.attending(interaction):
            await self._press(client, interaction)

    async def _press(self, client: "MagicClient", interaction: Interaction) -> None:
        ctx = client.ctx
        if str(interaction.user.id) != self.user:
            await answer(interaction, ctx.say(interaction.locale.value, "discord-not-yours"))
            return
        async with apologising(ctx, interaction):
            job = await _settled(ctx, sender_of(interaction), self.job)
            act = ACTS.get(self.act)
            if act is None:
                raise PhotoExpired  # of another version, or of somebody's own making
            await act(client, interaction, job)


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


async def _gentler(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    gentler, _ = neighbours(STRENGTHS, job.options.strength)
    await _adjust(client, interaction, job, {"strength": gentler or STRENGTHS[0]})


async def _stronger(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    _, stronger = neighbours(STRENGTHS, job.options.strength)
    await _adjust(client, interaction, job, {"strength": stronger or STRENGTHS[-1]})


async def _other_scope(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    await _adjust(client, interaction, job, {"scope": other_scope(job.options.scope)})


async def _another(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    # What is vivid or faithful in one model is nothing in another.
    model = next_model(job, client.ctx.service.settings.offered_models) or job.options.model
    await _adjust(client, interaction, job, {"model": model, "fidelity": None})


async def _adjust(client: "MagicClient", interaction: Interaction, job: Job, changes: dict[str, Any]) -> None:
    before = ReplyTarget.of(job.context)
    private = interaction.message is not None and interaction.message.flags.ephemeral
    message = await acknowledge(interaction, private=private, thinking=True)
    target = reply_target_of(interaction, message, private=private, spoiler=before.spoiler)
    options = Options.model_validate({**job.options.model_dump(), **changes})
    sender = sender_of(interaction)
    adjusted = await client.ctx.service.adjust(sender, address_of(interaction), job, options, target.notes())
    client.progress_messages.follow(adjusted, target, await client.ctx.language(sender))


async def _full(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    await acknowledge(interaction, private=True, thinking=True)
    ctx, language = client.ctx, await client.ctx.language(sender_of(interaction))
    limit = interaction.filesize_limit or FILE_LIMIT
    data = await ctx.service.restored(job)
    extension = job.extension or "jpg"
    text = ctx.say(language, "discord-full-quality-here")
    if len(data) > limit:
        picture = await asyncio.to_thread(fit, data, extension, limit)
        data, extension = picture.data, picture.extension
        text = ctx.say(language, "discord-too-large-here", limit_mb=limit // MIB)
    file = discord.File(io.BytesIO(data), f"restored.{extension}", spoiler=ReplyTarget.of(job.context).spoiler)
    await interaction.edit_original_response(content=text, attachments=[file])


async def _delete(client: "MagicClient", interaction: Interaction, job: Job) -> None:
    await acknowledge(interaction, private=True, thinking=False)
    await client.ctx.service.delete_restored(job)
    await interaction.delete_original_response()


ACTS: dict[str, Callable[["MagicClient", Interaction, Job], Awaitable[None]]] = {
    "gentler": _gentler,
    "stronger": _stronger,
    "scope": _other_scope,
    "model": _another,
    "full": _full,
    "delete": _delete,
}
