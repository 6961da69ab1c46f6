"""“Choose faces”: the photo with numbers, a button for each face, and an album with a card of each restored face."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from magicmemory.bots.common import face_choice
from magicmemory.bots.common.face_choice import MARKS, choosable, is_valid, options_of, states_of
from magicmemory.bots.telegram.context import BotContext, Upload, parcels, send_in_some_form
from magicmemory.bots.telegram.messages import SPOILER, address_of, sender_of
from magicmemory.core.errors import NotYours, PhotoExpired, UserError
from magicmemory.core.job import Address, Job, Sender
from magicmemory.core.options import Options

FACES_A_ROW: Final = 5
RESTORE, CARDS = "go", "cards"
# A modified client may send any data. `t03` changes the fourth face.
_DATA: Final = re.compile(r"f:(t[0-9]{2}|go|cards):([0-9a-f]{32}):([rgl]{1,20})")

FindJob = Callable[[CallbackQuery, Sender, str], Awaitable[Job]]
Adjust = Callable[[CallbackQuery, Job, Message, str, Options], Awaitable[None]]


async def show_faces(ctx: BotContext, job: Job, address: Address, language: str) -> None:
    """Send the photo with numbers and buttons.

    Raises:
        PhotoExpired: the photo is deleted.
    """
    if job.report is None:
        raise PhotoExpired
    preview = await ctx.service.preview(await ctx.service.original(job))
    picture = await ctx.service.on_image(face_choice.numbered, preview, job)
    upload = Upload(picture, "faces.jpg", as_file=False, spoiler=bool(job.context.get(SPOILER)))
    keyboard = _keyboard(ctx, language, job, states_of(job.report, job.options))
    text = ctx.say(language, "faces-choose")
    await send_in_some_form(lambda form: ctx.send(address, form[0], text, keyboard), [upload])


def _keyboard(ctx: BotContext, language: str, job: Job, states: str) -> InlineKeyboardMarkup:
    assert job.report is not None

    def button(label: str, verb: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=f"f:{verb}:{job.id}:{states}")

    faces = [
        button(f"{face.number} {MARKS[state]}", f"t{position:02}")
        for position, (face, state) in enumerate(zip(choosable(job.report), states, strict=True))
    ]
    rows = [faces[start : start + FACES_A_ROW] for start in range(0, len(faces), FACES_A_ROW)]
    last = [button(ctx.say(language, "faces-restore"), RESTORE), button(ctx.say(language, "faces-cards"), CARDS)]
    return InlineKeyboardMarkup([*rows, last])


class FaceButtons:
    """Does what the buttons under a photo with numbers say."""

    def __init__(self, ctx: BotContext, find_job: FindJob, adjust: Adjust) -> None:
        """`find_job` finds the job behind a button for the person who pressed, `adjust` restores a photo again."""
        self._ctx = ctx
        self._find_job = find_job
        self._adjust = adjust

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button; False if the button is another."""
        found = _DATA.fullmatch(data)
        if found is None:
            return False
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        try:
            job = await self._find_job(query, sender, found[2])
            if not isinstance(query.message, Message) or job.report is None or not is_valid(found[3], job.report):
                raise PhotoExpired
            await self._do(query, query.message, job, language, found[1], found[3])
        except NotYours:
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
        except UserError as error:
            await self._ctx.notice(query, self._ctx.explain(language, error), alert=True)
        return True

    async def _do(
        self, query: CallbackQuery, message: Message, job: Job, language: str, verb: str, states: str
    ) -> None:
        assert job.report is not None
        if verb == CARDS:
            await self._send_cards(query, message, job, language)
        elif verb == RESTORE:
            options = options_of(states, job.report, job.options)
            if options is None:
                await self._ctx.notice(query, self._ctx.say(language, "faces-none"), alert=True)
            else:
                await self._adjust(query, job, message, language, options)
        else:
            position = int(verb[1:])
            if position >= len(states):
                raise PhotoExpired
            await self._ctx.notice(query)
            keyboard = _keyboard(self._ctx, language, job, face_choice.changed(states, position))
            await self._ctx.edit_keyboard(str(message.chat_id), message.message_id, keyboard)

    async def _send_cards(self, query: CallbackQuery, message: Message, job: Job, language: str) -> None:
        """Send each restored face by itself, as albums."""
        assert job.report is not None
        made = await self._ctx.service.on_image(face_choice.cards, await self._ctx.service.restored(job), job)
        await self._ctx.notice(query, self._ctx.say(language, "telegram-coming"))
        below = self._ctx.service.sentences.face_cards(language, job.report)
        spoiler, address = bool(job.context.get(SPOILER)), address_of(message)
        uploads = [Upload(data, f"face-{face.number}.jpg", as_file=False, spoiler=spoiler) for face, data in made]
        captions = [below[face.number] for face, _ in made]
        for parcel in parcels(uploads, is_local=self._ctx.is_local):
            said = [captions[position] for position in parcel]
            await send_in_some_form(
                partial(self._ctx.send_album, address, said), [uploads[position] for position in parcel]
            )
