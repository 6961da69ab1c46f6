"""`/settings`: one message with buttons, edited in place. Only the person who opened it can use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import address_of, group_of, sender_of_press
from magicmemory.core.job import Sender
from magicmemory.core.options import AUTO, Scope
from magicmemory.core.preferences import Preferences

MARK: Final = "p"
BUTTONS_A_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Field:
    """A preference: its values by what a button's data says."""

    name: str
    values: dict[str, Any]


def fields(languages: Sequence[str], models: Sequence[str]) -> dict[str, Field]:
    """The choices by name, for these codes of languages and names of models."""
    known = [
        Field("language", {"auto": "", **{code: code for code in languages}}),
        Field("strength", {"50": 0.5, "75": 0.75, "100": 1.0}),
        Field("fidelity", {"auto": None, "0": 0.0, "50": 0.5, "100": 1.0}),
        Field("upscale", {"1": 1, "2": 2, "4": 4}),
        Field("scope", {str(scope): scope for scope in Scope}),
        Field("reply_as_file", {"no": False, "yes": True}),
    ]
    if models:
        # By position in the operator's list: a name may be longer than the data of a button.
        known.append(Field("model", {"auto": AUTO, **{str(place): name for place, name in enumerate(models)}}))
    return {field.name: field for field in known}


class SettingsMenu:
    """The menu of a person's preferences."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx
        self._fields = fields(ctx.service.texts.languages, ctx.service.settings.offered_models)

    async def open(self, message: Message, sender: Sender) -> None:
        """Show the menu."""
        language = await self._ctx.language(sender, group_of(message))
        preferences = await self._ctx.service.preferences(sender)
        text = self._ctx.say(language, "telegram-settings")
        await self._ctx.tell(address_of(message), text, self._menu(language, preferences, sender.account))

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button of the menu; False if the button is another."""
        mark, *parts = data.split(":")
        if mark != MARK or not 1 <= len(parts) <= 3:
            return False
        account, name, value = [*parts, "", ""][:3]
        sender = await sender_of_press(self._ctx, query, account)
        if account != sender.account:
            language = await self._ctx.language(sender)
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
            return True
        await self._ctx.notice(query)
        field = self._fields.get(name)
        if field is not None and value in field.values:
            await self._ctx.service.choose(sender, **{name: field.values[value]})
            field = None
        if isinstance(query.message, Message):
            await self._show(query.message, sender, field)
        return True

    async def _show(self, message: Message, sender: Sender, field: Field | None) -> None:
        """Show the values of one preference, or all preferences."""
        language = await self._ctx.language(sender)
        preferences = await self._ctx.service.preferences(sender)
        if field is None:
            text = self._ctx.say(language, "telegram-settings")
            keyboard = self._menu(language, preferences, sender.account)
        else:
            text = self._ctx.say(language, f"telegram-about-{_key(field.name)}")
            keyboard = self._choice(language, preferences, sender.account, field)
        await self._ctx.edit_text(str(message.chat_id), message.message_id, text, keyboard)

    def _menu(self, language: str, preferences: Preferences, account: str) -> InlineKeyboardMarkup:
        rows = []
        for field in self._fields.values():
            chosen = self._label(language, field, _kept(field, preferences))
            label = self._ctx.say(language, f"telegram-setting-{_key(field.name)}", value=chosen)
            rows.append([InlineKeyboardButton(label, callback_data=f"{MARK}:{account}:{field.name}")])
        return InlineKeyboardMarkup(rows)

    def _choice(self, language: str, preferences: Preferences, account: str, field: Field) -> InlineKeyboardMarkup:
        chosen = _kept(field, preferences)
        buttons = [
            InlineKeyboardButton(
                ("✓ " if kept == chosen else "") + self._label(language, field, kept),
                callback_data=f"{MARK}:{account}:{field.name}:{kept}",
            )
            for kept in field.values
        ]
        rows = [buttons[start : start + BUTTONS_A_ROW] for start in range(0, len(buttons), BUTTONS_A_ROW)]
        back = self._ctx.say(language, "telegram-button-back")
        return InlineKeyboardMarkup([*rows, [InlineKeyboardButton(back, callback_data=f"{MARK}:{account}")]])

    def _label(self, language: str, field: Field, kept: str) -> str:
        if kept == "auto":
            return self._ctx.say(language, "telegram-value-auto")
        if field.name == "language":
            return self._ctx.service.texts.name_of(kept)
        if field.name == "model":
            return str(field.values[kept])
        return self._ctx.say(language, f"telegram-value-{_key(field.name)}-{kept}")


def _kept(field: Field, preferences: Preferences) -> str:
    """What a button's data says of the present value; for a value between the steps, of the nearest step."""
    present = getattr(preferences, field.name)
    for kept, value in field.values.items():
        if value == present:
            return kept
    numbers = {kept: value for kept, value in field.values.items() if isinstance(value, float)}
    return min(numbers, key=lambda kept: abs(numbers[kept] - float(present or 0)), default=next(iter(field.values)))


def _key(name: str) -> str:
    return name.replace("_", "-")
