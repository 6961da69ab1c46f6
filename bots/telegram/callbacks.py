"""The buttons under a restored photo: their keyboards, the data behind them, and what they do."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest, TelegramError

from magicmemory.bots.common import face_choice
from magicmemory.bots.common.adjustments import (
    FIDELITIES,
    REMEMBERED,
    STRENGTHS,
    UNDO_REPAIR,
    can_undo_repair,
    closer,
    could_restore_whole,
    for_print,
    neighbours,
    prints_offered,
    scopes_offered,
    with_scope,
)
from magicmemory.bots.common.albums import ALBUM, SHOWN, jobs_of_album
from magicmemory.bots.telegram.context import BotContext, Upload, prepare, reply_to, says
from magicmemory.bots.telegram.faces import show_faces
from magicmemory.bots.telegram.messages import SPOILER, address_of, is_administrator, sender_of, sender_of_press
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.rate_limiter import Urgency
from magicmemory.bots.telegram.sharing import share
from magicmemory.core.errors import InternalError, NotYours, PhotoExpired, UserError
from magicmemory.core.job import TERMINAL, Address, Job, JobState, Platform, Sender
from magicmemory.core.options import Options, Scope
from magicmemory.core.print_size import OFFERED
from magicmemory.core.report import Failure, Report

log = logging.getLogger(__name__)

SCOPES: Final = (Scope.FACES, Scope.PHOTO, Scope.AUTO)  # a button names a scope by its position: only add at the end
PHOTOS_A_ROW: Final = 5
MODELS_SHOWN: Final = 3
SIZES_A_ROW: Final = 2
SETTLE_S: Final = 3.0  # a reply is in the chat a moment before the ledger knows
# A modified client may send any data.
_DATA: Final = re.compile(r"j:([a-z]):([0-9a-f]{32}):([0-9]{1,4}(?:\.[0-9]{1,4})?)")


class Verb(StrEnum):
    """What a button does."""

    FILE = "f"
    SHARE = "b"  # before and after: a card and a clip
    STRENGTH = "s"
    FIDELITY = "d"
    MODEL = "m"
    SCOPE = "w"  # the whole photo, or its faces only
    UNDO_REPAIR = "u"
    OPEN = "o"  # show the buttons of one photo of an album
    CLOSE = "k"  # go back to the album's photos
    PRINTS = "q"  # show the sizes of prints
    PRINT = "p"  # make the photo as large as a print needs
    FACES = "n"  # show the photo with numbers at its faces
    CLOSER = "c"  # keep more of the original, now and for the person's next photos
    DELETE = "x"  # the reply and the stored restored photo; asks first
    DELETE_NOW = "y"
    BACK = "r"  # show the buttons of a photo again


DELETING: Final = (Verb.DELETE, Verb.DELETE_NOW, Verb.BACK)


@dataclass(frozen=True, slots=True)
class CallbackData:
    """The data behind a button under a restored photo: a verb, a job, a value. Telegram allows 64 bytes."""

    verb: Verb
    job: str
    value: float = 0.0

    def data(self) -> str:
        """The data as Telegram keeps it."""
        return f"j:{self.verb}:{self.job}:{self.value:g}"

    @classmethod
    def of(cls, data: str) -> "CallbackData | None":
        """The parsed `data`; None if it belongs to another kind of button or to an older version."""
        found = _DATA.fullmatch(data)
        if found is None or found[1] not in set(Verb):
            return None
        pressed = cls(Verb(found[1]), found[2], float(found[3]))
        is_share = pressed.verb in (Verb.STRENGTH, Verb.FIDELITY)
        return None if is_share and pressed.value > 1 else pressed


def button(label: str, verb: Verb, job: str, value: float = 0.0) -> InlineKeyboardButton:
    """One button."""
    return InlineKeyboardButton(label, callback_data=CallbackData(verb, job, value).data())


def photo_keyboard(
    ctx: BotContext, language: str, job: Job, report: Report, *, in_album: bool = False
) -> InlineKeyboardMarkup:
    """The buttons under a restored photo; for a photo of an album, with one that leads back to the others."""

    def labelled(key: str, verb: Verb, value: float = 0.0) -> InlineKeyboardButton:
        return button(ctx.say(language, f"telegram-button-{key}"), verb, job.id, value)

    def steps(verb: Verb, lower_key: str, higher_key: str, values: Sequence[float], present: float) -> list[Any]:
        lower, higher = neighbours(values, present)
        row = [labelled(lower_key, verb, lower)] if lower is not None else []
        return row + ([labelled(higher_key, verb, higher)] if higher is not None else [])

    rows = [[labelled("file", Verb.FILE), labelled("compare", Verb.SHARE)]]
    if report.restored and closer(job, report, ctx.service.settings.offered_models) is not None:
        rows.append([labelled("closer", Verb.CLOSER)])
    if face_choice.offered(report):
        label = "🔢 " + ctx.say(language, "faces-button")
        rows.append([button(label, Verb.FACES, job.id)])
    rows.append(steps(Verb.STRENGTH, "gentler", "stronger", STRENGTHS, job.options.strength))
    if report.fidelity is not None:
        rows.append(steps(Verb.FIDELITY, "vivid", "faithful", FIDELITIES, report.fidelity))
    undo = [labelled("undo-repair", Verb.UNDO_REPAIR)] if can_undo_repair(report) else []
    offered = scopes_offered(job, report)
    rows.append(undo + [labelled(scope, Verb.SCOPE, SCOPES.index(scope)) for scope in offered])
    models = enumerate(ctx.service.settings.offered_models)
    others = [(number, name) for number, name in models if name != report.model]
    rows.append(
        [
            button(ctx.say(language, "telegram-button-model", model=name), Verb.MODEL, job.id, number)
            for number, name in others[:MODELS_SHOWN]
        ]
    )
    rows.append([button("🖨️ " + ctx.say(language, "print-button"), Verb.PRINTS, job.id)])
    rows.append([*([labelled("back", Verb.CLOSE)] if in_album else []), labelled("delete", Verb.DELETE)])
    return InlineKeyboardMarkup([row for row in rows if row])


def print_keyboard(ctx: BotContext, language: str, job: Job) -> InlineKeyboardMarkup:
    """The sizes of prints, and the way back to the photo's buttons."""
    sizes = [button(size.title, Verb.PRINT, job.id, OFFERED.index(size)) for size in prints_offered(job)]
    rows = [sizes[start : start + SIZES_A_ROW] for start in range(0, len(sizes), SIZES_A_ROW)]
    return InlineKeyboardMarkup([*rows, [button(ctx.say(language, "telegram-button-back"), Verb.BACK, job.id)]])


def failure_keyboard(ctx: BotContext, language: str, job: Job, failure: Failure | None) -> InlineKeyboardMarkup | None:
    """The button under the message that a photo was not restored, where one helps."""
    if not could_restore_whole(job, failure):
        return None
    label = ctx.say(language, "telegram-button-whole")
    return InlineKeyboardMarkup([[button(label, Verb.SCOPE, job.id, SCOPES.index(Scope.PHOTO))]])


def album_keyboard(jobs: Sequence[tuple[int, Job]]) -> InlineKeyboardMarkup | None:
    """One button for each restored photo of an album, labelled with its number."""
    buttons = [button(f"{number}", Verb.OPEN, job.id) for number, job in jobs]
    rows = [buttons[start : start + PHOTOS_A_ROW] for start in range(0, len(buttons), PHOTOS_A_ROW)]
    return InlineKeyboardMarkup(rows) if rows else None


class PhotoButtons:
    """Does what the buttons under restored photos say."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._in_progress: set[str] = set()  # a button may be pressed twice before the first answer arrives

    async def pressed(self, query: CallbackQuery, pressed: CallbackData) -> None:
        """Do what the button says, if the photo belongs to the person who pressed it."""
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        message = query.message
        try:
            job = await self.job_of(query, sender, pressed.job, deletes=pressed.verb in DELETING)
            if not isinstance(message, Message):
                raise PhotoExpired
            await self._do(query, pressed, job, message, language)
        except NotYours:
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
        except UserError as error:
            await self._ctx.notice(query, self._ctx.explain(language, error), alert=True)

    async def job_of(self, query: CallbackQuery, sender: Sender, job_id: str, *, deletes: bool = False) -> Job:
        """The job behind a button, if it belongs to the person, or to a chat that the person administers. What is in a
        chat, its administrators may also delete.
        """
        message = query.message
        try:
            return await self._ctx.service.job_of(sender, job_id, SETTLE_S)
        except NotYours:
            if deletes and message and await is_administrator(self._ctx, message.chat, query.from_user):
                job = await self._ctx.service.any_job(Platform.TELEGRAM, job_id)
                if job.address.chat == str(message.chat.id):
                    return job
            chat = "" if query.message is None else str(query.message.chat.id)
            acting = await sender_of_press(self._ctx, query, chat)
            return await self._ctx.service.job_of(acting, job_id, SETTLE_S)

    async def _do(self, query: CallbackQuery, pressed: CallbackData, job: Job, message: Message, language: str) -> None:
        match pressed.verb:
            case Verb.FILE:
                await self._send_file(query, job, message, language)
            case Verb.SHARE:
                await share(self._ctx, query, job, message, language)
            case Verb.OPEN | Verb.BACK:
                await self._ctx.notice(query)
                await self._open(job, message, language)
            case Verb.PRINTS:
                await self._ctx.notice(query)
                keyboard = print_keyboard(self._ctx, language, job)
                await self._ctx.edit_keyboard(str(message.chat_id), message.message_id, keyboard)
            case Verb.FACES:
                await self._ctx.notice(query)
                await show_faces(self._ctx, job, address_of(message), language)
            case Verb.CLOSER:
                changes = self._closer(job)
                options = job.options.model_copy(update=changes)
                await self.adjust(query, job, message, language, options, remember=changes)
            case Verb.DELETE:
                await self._ctx.notice(query)
                await self._ask_to_delete(job, message, language)
            case Verb.DELETE_NOW:
                await self._delete(query, job, message, language)
            case Verb.CLOSE:
                await self._ctx.notice(query)
                await self._close(job, message)
            case _:
                options = job.options.model_copy(update=self._changes(pressed))
                await self.adjust(query, job, message, language, options)

    def _closer(self, job: Job) -> dict[str, Any]:
        """The options that keep more of the original.

        Raises:
            PhotoExpired: there are none any more.
        """
        offered = self._ctx.service.settings.offered_models
        changes = None if job.report is None else closer(job, job.report, offered)
        if changes is None:
            raise PhotoExpired
        return changes

    def _changes(self, pressed: CallbackData) -> dict[str, Any]:
        """The options that a button changes.

        Raises:
            PhotoExpired: the button names a model, a scope or a size that does not exist any more.
        """
        position = int(pressed.value)
        match pressed.verb:
            case Verb.STRENGTH:
                return {"strength": pressed.value}
            case Verb.FIDELITY:
                return {"fidelity": pressed.value}
            case Verb.UNDO_REPAIR:
                return UNDO_REPAIR
            case Verb.MODEL:
                # By position in the operator's list: a name may be longer than the data of a button.
                models = self._ctx.service.settings.offered_models
                if position >= len(models):
                    raise PhotoExpired
                # A fidelity means something else in another model.
                return {"model": models[position], "fidelity": None}
            case Verb.PRINT:
                if pressed.value not in range(len(OFFERED)):
                    raise PhotoExpired
                return for_print(str(OFFERED[position]))
            case _:
                if pressed.value not in range(len(SCOPES)):
                    raise PhotoExpired
                return with_scope(SCOPES[position])

    async def _send_file(self, query: CallbackQuery, job: Job, message: Message, language: str) -> None:
        """Send the restored photo at full quality."""
        # The photo is read first: if it is deleted, the answer to the button says so.
        known = self._ctx.file_ids.get(f"{Verb.FILE}:{job.id}")
        upload = None if known else await self._file(job, language)
        await self._ctx.notice(query, self._ctx.say(language, "telegram-coming"))
        address = address_of(message)
        if known:
            await self._ctx.bot.send_document(address.chat, known, **reply_to(address))
            return
        assert upload is not None
        await self._ctx.act(address, "upload_document")
        sent = await self._ctx.send(address, upload, self._ctx.say(language, "telegram-full-quality"))
        if sent.document:
            self._ctx.remember(f"{Verb.FILE}:{job.id}", sent.document.file_id)

    async def _file(self, job: Job, language: str) -> Upload:
        restored = await self._ctx.service.restored(job)
        stem = self._ctx.say(language, "telegram-file-name")
        return await self._ctx.service.on_image(
            prepare, restored, job.extension or "jpg", stem, as_file=True, is_local=self._ctx.is_local
        )

    async def adjust(
        self,
        query: CallbackQuery,
        job: Job,
        message: Message,
        language: str,
        options: Options,
        remember: dict[str, Any] | None = None,
    ) -> None:
        """Restore the same photo with other options. The message with the button is the job's address, so a button
        that is pressed twice makes one job. `remember` becomes the person's preference.
        """
        address = address_of(message)
        if job.context.get(ALBUM):
            # The photos of an album share the message with the buttons.
            address = address.model_copy(update={"message": f"{message.message_id}:{job.address.message}"})
        name = f"{address.chat}:{address.message}:{options.fingerprint()}"
        await self._ctx.notice(query, self._ctx.say(language, "telegram-on-it"))
        if name in self._in_progress:
            return
        self._in_progress.add(name)
        try:
            await self._restore_again(job, address, language, options, remember or {})
        finally:
            self._in_progress.discard(name)

    async def _restore_again(
        self, job: Job, address: Address, language: str, options: Options, remember: dict[str, Any]
    ) -> None:
        # As for a new photo, the message that will become the photo is sent first, and its id is stored with the job.
        progress = await self._announce(address, language)
        context = {name: job.context.get(name, "") for name in ("as_file", SPOILER)} | {"progress": str(progress or "")}
        context[REMEMBERED] = "1" if remember else ""
        try:
            adjusted = await self._ctx.service.adjust(job.sender, address, job, options, context)
            if remember:
                await self._ctx.service.choose(job.sender, **remember)
        except UserError as error:
            await self._refuse(address, progress, language, error)
            return
        # A bug is logged, and the person gets an apology instead of silence.
        except Exception:
            log.exception("job %s could not be adjusted", job.id)
            await self._refuse(address, progress, language, InternalError())
            return
        if adjusted.context.get("progress") != context["progress"]:
            if progress is not None:
                text = self._ctx.say(language, "telegram-done-already")
                await self._ctx.edit_text(address.chat, progress, text)
        elif progress is not None and adjusted.state not in TERMINAL:
            self._progress_messages.follow([adjusted], progress, language)

    async def _refuse(self, address: Address, progress: int | None, language: str, error: UserError) -> None:
        await self._ctx.edit_or_tell(address, progress, self._ctx.explain(language, error))

    async def _announce(self, address: Address, language: str) -> int | None:
        try:
            text = await self._progress_messages.queued_text(language)
            return await self._ctx.tell(address, text, urgency=Urgency.ONCE)
        except TelegramError as error:
            log.warning("no progress message in chat %s: %s", address.chat, error)
            return None

    async def _open(self, job: Job, message: Message, language: str) -> None:
        if job.report is None:
            raise PhotoExpired
        keyboard = photo_keyboard(self._ctx, language, job, job.report, in_album=_is_summary(message))
        await self._ctx.edit_keyboard(str(message.chat_id), message.message_id, keyboard)

    async def _close(self, job: Job, message: Message) -> None:
        album = await jobs_of_album(self._ctx.service, job)
        numbered = [
            (number, other)
            for number, other in enumerate(album, 1)
            if other.state is JobState.DELIVERED and await self._ctx.service.has_restored(other)
        ]
        await self._ctx.edit_keyboard(str(message.chat_id), message.message_id, album_keyboard(numbered))

    async def _ask_to_delete(self, job: Job, message: Message, language: str) -> None:
        row = [
            button(self._ctx.say(language, "telegram-button-delete-photo"), Verb.DELETE_NOW, job.id),
            button(self._ctx.say(language, "telegram-button-back"), Verb.BACK, job.id),
        ]
        await self._ctx.edit_keyboard(str(message.chat_id), message.message_id, InlineKeyboardMarkup([row]))

    async def _delete(self, query: CallbackQuery, job: Job, message: Message, language: str) -> None:
        """Delete the restored photo, here and in the chat."""
        await self._ctx.service.delete_restored(job)
        chat, in_album = str(message.chat_id), _is_summary(message)
        shown = int(job.context.get(SHOWN) or 0) if in_album else message.message_id
        try:
            if shown:
                await self._ctx.bot.delete_message(chat, shown)
        except BadRequest as error:
            # Telegram's limit is 48 hours. Somebody else may also have deleted it in the meantime.
            if not says(error, "message to delete not found"):
                log.info("message %s in chat %s stays: %s", shown, chat, error.message)
                await self._ctx.notice(query, self._ctx.say(language, "telegram-too-old-to-delete"), alert=True)
                if not in_album:
                    await self._ctx.edit_keyboard(chat, message.message_id, None)
                    return
        await self._ctx.notice(query, self._ctx.say(language, "telegram-deleted"))
        if in_album:
            await self._close(job, message)


def _is_summary(message: Message) -> bool:
    """Whether a message with buttons is an album's summary: a single photo carries its own buttons."""
    return not (message.photo or message.document)
