"""The buttons under a restored photo. A button's id holds all it needs, so it also works after a restart."""

import io
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Self

import discord
from discord import ButtonStyle, ui

from magicmemory.bots.common import face_choice
from magicmemory.bots.common.adjustments import (
    REMEMBERED,
    STRENGTHS,
    UNDO_REPAIR,
    can_undo_repair,
    closer,
    could_restore_whole,
    neighbours,
    next_model,
    print_options,
    scopes_offered,
    with_scope,
)
from magicmemory.bots.common.image_fitting import fit
from magicmemory.bots.discord import photo_choices
from magicmemory.bots.discord.context import NOBODY, SENT, BotContext, ReplyTarget
from magicmemory.bots.discord.interactions import (
    Interaction,
    PhotoRequest,
    acknowledge,
    answer,
    apologising,
    apologising_later,
    sender_of,
)
from magicmemory.bots.discord.request_journal import Bot, record_of_interaction
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Job, Platform, Sender
from magicmemory.core.options import Options, Scope
from magicmemory.core.report import Failure
from magicmemory.core.units import MIB

log = logging.getLogger(__name__)

DELETE: Final = "delete"
# The keys of the buttons that ask for a scope.
SCOPE_KEYS = {Scope.PHOTO: "discord-whole-photo", Scope.FACES: "discord-faces-only"}
SCOPE_ACTIONS = {Scope.PHOTO: "whole", Scope.FACES: "faces"}
MOST_IN_A_ROW: Final = 5  # Discord's limit
# Well below the three seconds that Discord waits for the acknowledgement.
SETTLE_S: Final = 1.2

# An action may have parts: `face.t03.rrgl`.
PHOTO_BUTTON = re.compile(r"photo:(?P<action>[a-z]+(?:\.[a-z0-9]{1,20}){0,2}):(?P<job>[0-9a-f]{32}):(?P<user>\d{1,20})")

Button = ui.Button[ui.LayoutView]


class PhotoButton(ui.DynamicItem[Button], template=PHOTO_BUTTON):
    """A button that acts on one job's photo, for the person who asked for it."""

    def __init__(
        self, action: str, job: str, user: str, label: str = "…", style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(ui.Button(label=label, style=style, custom_id=f"photo:{action}:{job}:{user}"))
        self.action = action
        self.job = job
        self.user = user

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(match["action"], match["job"], match["user"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Carry out the button's action."""
        bot: Bot = interaction.client
        if str(interaction.user.id) != self.user and not self._is_moderation(interaction):
            with bot.in_flight:
                await answer(interaction, bot.ctx.say(interaction.locale.value, "discord-not-yours"))
            return
        async with bot.journal.recording(record_of_interaction(interaction)), apologising(bot.ctx, interaction):
            job = await self._settled_job(bot.ctx, interaction)
            action = _action(self.action)
            if action is None:
                raise PhotoExpired  # a button of another version, or a forged id
            private = action.private or (interaction.message is not None and interaction.message.flags.ephemeral)
            message = await acknowledge(interaction, private=private, thinking=action.thinking)
            await bot.journal.acknowledged(interaction, message)
            await action.run(bot.ctx, PhotoRequest.of(interaction, message, private=private), job)

    def _is_moderation(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether somebody deletes a reply who may delete every message of the server."""
        return self.action == DELETE and interaction.guild_id is not None and interaction.permissions.manage_messages

    async def _settled_job(self, ctx: BotContext, interaction: discord.Interaction[Any]) -> Job:
        if str(interaction.user.id) == self.user:
            return await _settled(ctx, sender_of(interaction), self.job)
        job = await ctx.service.any_job(Platform.DISCORD, self.job)
        # A button's id can be forged: only the reply that stands here may be deleted.
        if interaction.message is None or job.context.get(SENT) != str(interaction.message.id):
            raise PhotoExpired
        return job


async def resume(ctx: BotContext, record: dict[str, Any]) -> None:
    """Carry out a button press that an earlier process received; `record` is from the journal.

    Raises:
        KeyError, ValueError: the record is incomplete.
    """
    pressed = PHOTO_BUTTON.fullmatch(str(record["data"].get("custom_id")))
    action = _action(pressed["action"]) if pressed is not None else None
    message = record.get("message") or {}
    if pressed is None or action is None:
        return
    private = action.private or bool(int(message.get("flags") or 0) & discord.MessageFlags.ephemeral.flag)
    request = PhotoRequest.of_record(record, ctx.client, private=private)
    if request.sender.account != pressed["user"]:
        return
    async with apologising_later(ctx, request):
        await action.run(ctx, request, await ctx.service.job_of(request.sender, pressed["job"]))


async def _settled(ctx: BotContext, sender: Sender, job_id: str) -> Job:
    """The job, once the ledger has it as delivered, which may be a moment after the reply is in the chat."""
    return await ctx.service.job_of(sender, job_id, SETTLE_S)


def rows_of_buttons(ctx: BotContext, language: str, job: Job) -> list[ui.ActionRow[ui.LayoutView]]:
    """The buttons that apply to this job, in as few rows of equal length as they fit into."""
    actions = _actions(ctx, job)
    rows: list[ui.ActionRow[ui.LayoutView]] = [ui.ActionRow() for _ in range(ceil(len(actions) / MOST_IN_A_ROW))]
    for number, (action, key, style) in enumerate(actions):
        button = PhotoButton(action, job.id, job.sender.account, ctx.say(language, key), style)
        rows[number * len(rows) // len(actions)].add_item(button)
    return rows


def rows_after_failure(ctx: BotContext, language: str, job: Job, failure: Failure) -> list[ui.ActionRow[ui.LayoutView]]:
    """The button under the message that a photo was not restored, where one helps."""
    if not could_restore_whole(job, failure):
        return []
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    label = ctx.say(language, "discord-restore-whole")
    row.add_item(PhotoButton(SCOPE_ACTIONS[Scope.PHOTO], job.id, job.sender.account, label))
    return [row]


def _actions(ctx: BotContext, job: Job) -> list[tuple[str, str, ButtonStyle]]:
    strength = job.options.strength
    actions = []
    if job.report is not None and job.report.restored and _closer(ctx, job):
        actions.append(("closer", "discord-closer", ButtonStyle.secondary))
    if strength > STRENGTHS[0]:
        actions.append(("gentler", "discord-gentler", ButtonStyle.secondary))
    if strength < STRENGTHS[-1]:
        actions.append(("stronger", "discord-stronger", ButtonStyle.secondary))
    actions.append(("full", "discord-full-quality", ButtonStyle.primary))
    actions.append(("share", "discord-share", ButtonStyle.secondary))
    if can_undo_repair(job.report):
        actions.append(("undo", "discord-undo-repair", ButtonStyle.secondary))
    offered = scopes_offered(job, job.report)
    actions += [(SCOPE_ACTIONS[scope], SCOPE_KEYS[scope], ButtonStyle.secondary) for scope in offered]
    if next_model(job, ctx.service.settings.offered_models) is not None:
        actions.append(("model", "discord-another-model", ButtonStyle.secondary))
    if face_choice.offered(job.report):
        actions.append(("choose", "faces-button", ButtonStyle.secondary))
    if job.report is not None:
        actions.append((photo_choices.PRINT, "print-button", ButtonStyle.secondary))
    return [*actions, (DELETE, "discord-delete", ButtonStyle.danger)]


def _gentler(ctx: BotContext, job: Job) -> dict[str, Any]:
    gentler, _ = neighbours(STRENGTHS, job.options.strength)
    return {"strength": gentler or STRENGTHS[0]}


def _stronger(ctx: BotContext, job: Job) -> dict[str, Any]:
    _, stronger = neighbours(STRENGTHS, job.options.strength)
    return {"strength": stronger or STRENGTHS[-1]}


def _closer(ctx: BotContext, job: Job) -> dict[str, Any]:
    return (job.report and closer(job, job.report, ctx.service.settings.offered_models)) or {}


def _only_faces(ctx: BotContext, job: Job) -> dict[str, Any]:
    return with_scope(Scope.FACES)


def _whole_photo(ctx: BotContext, job: Job) -> dict[str, Any]:
    return with_scope(Scope.PHOTO)


def _other_scope(ctx: BotContext, job: Job) -> dict[str, Any]:
    """What the one button of the first version asks for."""
    return with_scope(Scope.FACES if job.options.scope is Scope.PHOTO else Scope.PHOTO)


def _undo_repair(ctx: BotContext, job: Job) -> dict[str, Any]:
    return UNDO_REPAIR


def _another_model(ctx: BotContext, job: Job) -> dict[str, Any]:
    # Fidelity means something different for each model, so each starts at its own default.
    model = next_model(job, ctx.service.settings.offered_models) or job.options.model
    return {"model": model, "fidelity": None}


def _adjusts(changes: Callable[[BotContext, Job], dict[str, Any]], *, remember: bool = False) -> "Action":
    """A button that restores the photo again with other options; `remember` makes them the person's preference."""

    async def run(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
        changed = changes(ctx, job)
        options = Options.model_validate({**job.options.model_dump(), **changed})
        await _adjust(ctx, request, job, options, remember=remember and bool(changed))
        if remember and changed:
            await ctx.service.choose(request.sender, **changed)

    return Action(run, thinking=True)


async def _adjust(
    ctx: BotContext, request: PhotoRequest, job: Job, options: Options, *, remember: bool = False
) -> None:
    language = await ctx.language(request.sender)
    message = request.message or await request.send(ctx.say(language, "progress-decode"), private=request.private)
    target = request.target(message, spoiler=ReplyTarget.of(job.context).spoiler)
    notes = {**target.notes(), REMEMBERED: "1" if remember else ""}
    adjusted = await ctx.service.adjust(request.sender, request.address(), job, options, notes)
    ctx.follow(adjusted, target, language)


def _photo_button(job: Job) -> Callable[[str, str], PhotoButton]:
    return lambda action, label: PhotoButton(action, job.id, job.sender.account, label)


async def _show_faces(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
    await photo_choices.show_faces(ctx, request, job, _photo_button(job))


def _face_action(action: str) -> "Action":
    """What a button under the photo with numbers does; `action` is without its first part."""

    async def run(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
        await photo_choices.press_face(ctx, request, job, action, _photo_button(job), _adjust)

    return Action(run, thinking=action.partition(".")[0] in (photo_choices.GO, photo_choices.CARDS))


async def _show_prints(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
    await photo_choices.show_prints(ctx, request, job, _photo_button(job))


def _print_action(size: str) -> "Action":
    """Restores the photo again for a print of a size."""

    async def run(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
        options = print_options(size, job.options)
        if options is None:
            raise PhotoExpired  # a forged id
        await _adjust(ctx, request, job, options)

    return Action(run, thinking=True)


def _action(name: str) -> "Action | None":
    """What a button of this name does; None: it is of another version, or forged."""
    kind, _, rest = name.partition(".")
    if kind == photo_choices.PRINT and rest:
        return _print_action(rest)
    return _face_action(rest) if kind == photo_choices.FACE and rest else ACTIONS.get(name)


async def _full(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
    language = await ctx.language(request.sender)
    data = await ctx.service.restored(job)
    extension = job.extension or "jpg"
    text = ctx.say(language, "discord-full-quality-here")
    if len(data) > request.limit:
        image = await ctx.service.on_image(fit, data, extension, request.limit)
        data, extension = image.data, image.extension
        text = ctx.say(language, "discord-too-large-here", limit_mb=request.limit // MIB)
    await _send_files(request, text, [(data, f"restored.{extension}")], job)


async def _share(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
    """Send before and after as a clip and as a card."""
    language = await ctx.language(request.sender)
    made = [await ctx.service.sharing.clip(job), await ctx.service.sharing.card(job)]
    files = [(file.data, f"before-after.{file.extension}") for file in made]
    await _send_files(request, ctx.say(language, "share-ready"), files, job)


async def _send_files(request: PhotoRequest, text: str, named: Sequence[tuple[bytes, str]], job: Job) -> None:
    """Put files, covered if the photo was, into our deferred message, or into a new one."""
    spoiler = ReplyTarget.of(job.context).spoiler
    files = [discord.File(io.BytesIO(data), name, spoiler=spoiler) for data, name in named]
    if request.message:
        await request.followup.edit_message(request.message, content=text, attachments=files, allowed_mentions=NOBODY)
    else:
        await request.send(text, private=request.private, files=files)


async def _delete(ctx: BotContext, request: PhotoRequest, job: Job) -> None:
    await ctx.service.delete_restored(job)
    if request.message:
        await request.followup.delete_message(request.message)


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does.

    Attributes:
        run: does it, for an acknowledged request about a job of the sender's.
        thinking: a message of ours shows that it is in progress; else the button's own message is meant.
        private: only the person who pressed sees the reply; False: as visible as the message with the button.
    """

    run: Callable[[BotContext, PhotoRequest, Job], Awaitable[None]]
    thinking: bool
    private: bool = False


ACTIONS: dict[str, Action] = {
    "closer": _adjusts(_closer, remember=True),
    "gentler": _adjusts(_gentler),
    "stronger": _adjusts(_stronger),
    "undo": _adjusts(_undo_repair),
    "faces": _adjusts(_only_faces),
    "whole": _adjusts(_whole_photo),
    "scope": _adjusts(_other_scope),
    "model": _adjusts(_another_model),
    "choose": Action(_show_faces, thinking=True),
    photo_choices.PRINT: Action(_show_prints, thinking=True),
    "full": Action(_full, thinking=True, private=True),
    "share": Action(_share, thinking=True),
    DELETE: Action(_delete, thinking=False, private=True),
}


class EraseButton(ui.DynamicItem[ui.Button[ui.View]], template=r"erase:(?P<user>\d{1,20})"):
    """Confirms the deletion of everything that is stored about a person."""

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
        """Delete everything. Discord shows this button only to the person."""
        bot: Bot = interaction.client
        with bot.in_flight:
            async with apologising(bot.ctx, interaction):
                await _erase(bot.ctx, interaction)


async def ask_to_erase(ctx: BotContext, interaction: Interaction) -> None:
    """Ask for a confirmation."""
    language = await ctx.language(sender_of(interaction))
    view = ui.View(timeout=None)
    view.add_item(EraseButton(str(interaction.user.id), ctx.say(language, "discord-erase-yes")))
    view.stop()
    await interaction.edit_original_response(content=ctx.say(language, "forget-sure"), view=view)


async def _erase(ctx: BotContext, interaction: Interaction) -> None:
    await acknowledge(interaction, private=True, thinking=False)
    sender = sender_of(interaction)
    language = await ctx.language(sender)
    text = await ctx.commands.forget(sender, language)
    await interaction.edit_original_response(content=text, view=None)
    log.info("user %s deleted everything stored about them", sender.account)
