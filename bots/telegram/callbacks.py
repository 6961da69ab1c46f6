"""The buttons under a restored photo."""

import asyncio
import logging

from telegram import CallbackQuery, Message
from telegram.error import BadRequest, TelegramError

from magicmemory.bots.common.albums import ALBUM, jobs_of_album
from magicmemory.bots.common.image_fitting import before_after
from magicmemory.bots.telegram import keyboards
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.keyboards import CallbackData, Verb
from magicmemory.bots.telegram.progress_messages import ProgressMessages
from magicmemory.bots.telegram.senders import address_of, sender_of
from magicmemory.bots.telegram.uploads import Outgoing, prepare
from magicmemory.core.errors import InternalError, NotYours, PhotoExpired, UserError
from magicmemory.core.job import TERMINAL, Address, Job, JobState, Sender
from magicmemory.core.options import Options

log = logging.getLogger(__name__)

SETTLE_S = 3.0


class Pressing:
    """Answers pressed buttons."""

    def __init__(self, ctx: BotContext, progress_messages: ProgressMessages) -> None:
        self._ctx = ctx
        self._progress_messages = progress_messages
        self._in_hand: set[str] = set()  # a button can be pressed twice before its first answer is there

    async def pressed(self, query: CallbackQuery, pressed: CallbackData) -> None:
        """Do what the button says, if it is the presser's own photo."""
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        message = query.message
        try:
            job = await self._ctx.service.job_of(sender, pressed.job, SETTLE_S)
            if not isinstance(message, Message):
                raise PhotoExpired
            await self._do(query, pressed, job, message, sender, language)
        except NotYours:
            await self._notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
        except UserError as error:
            text = self._ctx.explain(language, error)
            await self._notice(query, text, alert=True)

    async def _do(
        self, query: CallbackQuery, pressed: CallbackData, job: Job, message: Message, sender: Sender, language: str
    ) -> None:
        match pressed.verb:
            case Verb.FILE | Verb.COMPARE:
                await self._send(query, pressed.verb, job, message, language)
            case Verb.STRENGTH:
                options = job.options.model_copy(update={"strength": pressed.value})
                await self._adjust(query, job, message, sender, language, options)
            case Verb.FIDELITY:
                options = job.options.model_copy(update={"fidelity": pressed.value})
                await self._adjust(query, job, message, sender, language, options)
            case Verb.MODEL:
                # By its place in the operator's list: a name may be longer than a button keeps.
                models = self._ctx.service.settings.offered_models
                if not 0 <= pressed.value < len(models):
                    raise PhotoExpired
                # What one model was asked for, another may not know.
                options = job.options.model_copy(update={"model": models[int(pressed.value)], "fidelity": None})
                await self._adjust(query, job, message, sender, language, options)
            case Verb.SCOPE:
                if pressed.value not in range(len(keyboards.SCOPES)):
                    raise PhotoExpired
                options = job.options.model_copy(update={"scope": keyboards.SCOPES[int(pressed.value)]})
                await self._adjust(query, job, message, sender, language, options)
            case Verb.OPEN:
                await self._notice(query)
                await self._open(job, message, language)
            case Verb.CLOSE:
                await self._notice(query)
                await self._close(job, message)

    async def _send(self, query: CallbackQuery, verb: Verb, job: Job, message: Message, language: str) -> None:
        """The restored photo in full quality, or beside the one that was sent."""
        # First the pictures: where they are gone, the presser is told in the answer to the button.
        known = self._ctx.file_ids.get(f"{verb}:{job.id}")
        picture = None if known else await self._picture(verb, job, language)
        await self._notice(query, self._ctx.say(language, "telegram-coming"))
        address = address_of(message)
        if known:
            sending = self._ctx.bot.send_document if verb is Verb.FILE else self._ctx.bot.send_photo
            await sending(address.chat, known, reply_to_message_id=message.message_id,
                          message_thread_id=int(address.thread) if address.thread else None,
                          allow_sending_without_reply=True)  # fmt: skip
            return
        assert picture is not None
        await self._ctx.act(address, "upload_document" if picture.as_file else "upload_photo")
        key = "telegram-full-quality" if verb is Verb.FILE else "telegram-before-after"
        sent = await self._ctx.send(address, picture, self._ctx.say(language, key))
        file = sent.document or (sent.photo[-1] if sent.photo else None)
        if file and bool(sent.document) is (verb is Verb.FILE):
            self._ctx.remember(f"{verb}:{job.id}", file.file_id)

    async def _picture(self, verb: Verb, job: Job, language: str) -> Outgoing:
        restored = await self._ctx.service.restored(job)
        stem = self._ctx.say(language, "telegram-file-name")
        extension = job.extension or "jpg"
        if verb is Verb.COMPARE:
            service = self._ctx.service
            before = await service.preview(await service.original(job))
            restored, extension = await asyncio.to_thread(before_after, before, restored), "jpg"
        return await asyncio.to_thread(
            prepare, restored, extension, stem, as_file=verb is Verb.FILE, is_local=self._ctx.is_local
        )

    async def _adjust(
        self, query: CallbackQuery, job: Job, message: Message, sender: Sender, language: str, options: Options
    ) -> None:
        """Restore the same photo anew. The pressed message is the address, so that a button pressed twice in haste
        makes one job.
        """
        place = address_of(message)
        if job.context.get(ALBUM):
            # The buttons of a whole album share one message.
            place = place.model_copy(update={"message": f"{message.message_id}:{job.address.message}"})
        name = f"{place.chat}:{place.message}:{options.fingerprint()}"
        await self._notice(query, self._ctx.say(language, "telegram-on-it"))
        if name in self._in_hand:
            return
        self._in_hand.add(name)
        try:
            await self._restore_again(job, place, sender, language, options)
        finally:
            self._in_hand.discard(name)

    async def _restore_again(self, job: Job, place: Address, sender: Sender, language: str, options: Options) -> None:
        # As with a new photo: the message that will become the photo comes first, and is written with the job.
        progress = await self._announce(place, language)
        context = {"as_file": job.context.get("as_file", ""), "progress": str(progress or "")}
        try:
            adjusted = await self._ctx.service.adjust(sender, place, job, options, context)
        except UserError as error:
            await self._refuse(place, progress, language, error)
            return
        # A bug, or Redis is away: the person gets an apology instead of silence.
        except Exception:
            log.exception("job %s could not be adjusted", job.id)
            await self._refuse(place, progress, language, InternalError())
            return
        if adjusted.context.get("progress") != context["progress"]:
            if progress is not None:
                text = self._ctx.say(language, "telegram-done-already")
                await self._ctx.change_text(place.chat, progress, text)
        elif progress is not None and adjusted.state not in TERMINAL:
            self._progress_messages.follow([adjusted], progress, language)

    async def _refuse(self, place: Address, progress: int | None, language: str, error: UserError) -> None:
        text = self._ctx.explain(language, error)
        if progress is None or not await self._ctx.change_text(place.chat, progress, text):
            await self._ctx.tell(place, text)

    async def _announce(self, place: Address, language: str) -> int | None:
        try:
            return await self._ctx.tell(place, await self._progress_messages.queued_text(language))
        except TelegramError as error:
            log.warning("no progress message in chat %s: %s", place.chat, error)
            return None

    async def _open(self, job: Job, message: Message, language: str) -> None:
        if job.report is None:
            raise PhotoExpired
        models = self._ctx.service.settings.offered_models
        keyboard = keyboards.actions(self._ctx.service.texts, language, job, job.report, models, in_album=True)
        await self._ctx.change_keyboard(str(message.chat_id), message.message_id, keyboard)

    async def _close(self, job: Job, message: Message) -> None:
        album = await jobs_of_album(self._ctx.service, job)
        numbered = [(number, other) for number, other in enumerate(album, 1) if other.state is JobState.DELIVERED]
        keyboard = keyboards.album_photos(numbered)
        await self._ctx.change_keyboard(str(message.chat_id), message.message_id, keyboard)

    async def _notice(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        """Answer the button. One that waited too long for us needs no answer any more."""
        try:
            await query.answer(text[:200], show_alert=alert)
        except BadRequest as error:
            log.debug("a button was answered too late: %s", error)
