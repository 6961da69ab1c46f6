"""`/settings`: one message with buttons, edited in place.

Only the person who opened it can use it; in a group, where it shows the group's settings, only its administrators.
"""

from typing import Any, Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from magicmemory.bots.common.preference_choices import Field, fields
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import (
    address_of,
    group_of,
    is_administrator,
    sender_of,
    sender_of_message,
    sender_of_press,
)
from magicmemory.core.groups import GroupSettings, WhoMayAsk
from magicmemory.core.job import Platform, Sender
from magicmemory.core.options import Scope
from magicmemory.core.preferences import Preferences

MARK: Final = "p"
BUTTONS_A_ROW: Final = 3


class SettingsMenu:
    """The menu of a person's preferences."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx
        self._fields = fields(ctx.service.texts.languages, ctx.service.settings.offered_models)

    async def open(self, message: Message, sender: Sender) -> None:
        """Show the menu."""
        language = await self._ctx.language(sender, group_of(message))
        preferences = await self._ctx.service.preferences(sender)
        text = self._ctx.say(language, "settings-title")
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
            text = self._ctx.say(language, "settings-title")
            keyboard = self._menu(language, preferences, sender.account)
        else:
            text = self._ctx.say(language, f"setting-about-{field.key}")
            keyboard = self._choice(language, preferences, sender.account, field)
        await self._ctx.edit_text(str(message.chat_id), message.message_id, text, keyboard)

    def _menu(self, language: str, preferences: Preferences, account: str) -> InlineKeyboardMarkup:
        rows = []
        for field in self._fields.values():
            chosen = field.label(self._ctx.service.texts, language, field.word(preferences))
            label = self._ctx.say(language, f"telegram-setting-{field.key}", value=chosen)
            rows.append([InlineKeyboardButton(label, callback_data=f"{MARK}:{account}:{field.name}")])
        return InlineKeyboardMarkup(rows)

    def _choice(self, language: str, preferences: Preferences, account: str, field: Field) -> InlineKeyboardMarkup:
        texts = self._ctx.service.texts
        labels = {kept: field.label(texts, language, kept) for kept in field.values}
        back = self._ctx.say(language, "telegram-button-back")
        return _choice_keyboard(f"{MARK}:{account}", field.name, labels, field.word(preferences), back)


def _choice_keyboard(menu: str, name: str, labels: dict[str, str], chosen: str, back: str) -> InlineKeyboardMarkup:
    """A button for each value of a setting, and one back to the menu.

    Args:
        menu: the callback data of the menu's own page; that of its buttons begin with it.
        name: the setting's.
        labels: by value.
        chosen: the value in force, which gets a tick.
        back: the label of the last button.
    """
    buttons = [
        InlineKeyboardButton(("✓ " if kept == chosen else "") + label, callback_data=f"{menu}:{name}:{kept}")
        for kept, label in labels.items()
    ]
    rows = [buttons[start : start + BUTTONS_A_ROW] for start in range(0, len(buttons), BUTTONS_A_ROW)]
    return InlineKeyboardMarkup([*rows, [InlineKeyboardButton(back, callback_data=menu)]])


GROUP_MARK: Final = "g"
LIMITS: Final = (0, 3, 5, 10, 20, 50, 100)  # photos a day; 0: no limit


class GroupMenu:
    """The menu of a group's settings."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx
        languages = {"auto": "", **{code: code for code in ctx.service.texts.languages}}
        scopes: dict[str, Any] = {"own": None, **{str(scope): scope for scope in Scope}}
        known = (
            Field("language", languages),
            Field("scope", scopes),
            Field("who", {str(who): who for who in WhoMayAsk}),
            Field("photos_per_day", {str(limit): limit for limit in LIMITS}),
        )
        self._fields = {field.name: field for field in known}

    async def open(self, message: Message) -> None:
        """Show the menu of the group that the message was written in."""
        group = group_of(message)
        language = await self._ctx.language(sender_of_message(message), group)
        settings = await self._ctx.service.groups.settings(Platform.TELEGRAM, group)
        text = self._ctx.say(language, "telegram-group-settings")
        await self._ctx.tell(address_of(message), text, self._menu(language, settings, message))

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer a button of the menu; False if the button is another."""
        mark, *parts = data.split(":")
        message = query.message
        if mark != GROUP_MARK or len(parts) > 2 or not isinstance(message, Message) or not group_of(message):
            return False
        name, value = [*parts, "", ""][:2]
        if not await is_administrator(self._ctx, message.chat, query.from_user):
            language = await self._ctx.language(sender_of(query.from_user))
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-administrator"), alert=True)
            return True
        await self._ctx.notice(query)
        field = self._field(name, message)
        if field is not None and value in field.values:
            chosen = {name: field.values[value]}
            await self._ctx.service.groups.choose(Platform.TELEGRAM, group_of(message), **chosen)
            field = None
        await self._show(query, message, field)
        return True

    async def _show(self, query: CallbackQuery, message: Message, field: Field | None) -> None:
        """Show the values of one setting, or all settings."""
        group = group_of(message)
        language = await self._ctx.language(sender_of(query.from_user), group)
        settings = await self._ctx.service.groups.settings(Platform.TELEGRAM, group)
        if field is None:
            text, keyboard = self._ctx.say(language, "telegram-group-settings"), self._menu(language, settings, message)
        else:
            text = self._ctx.say(language, f"telegram-group-about-{_key(field)}")
            keyboard = self._choice(language, settings, field)
        await self._ctx.edit_text(str(message.chat_id), message.message_id, text, keyboard)

    def _field(self, name: str, message: Message) -> Field | None:
        """A setting by name. Results have a topic only in a forum: the one that the menu was opened in."""
        if name == "results" and message.is_topic_message:
            return Field("results", {"asked": "", "here": str(message.message_thread_id)})
        return self._fields.get(name)

    def _menu(self, language: str, settings: GroupSettings, message: Message) -> InlineKeyboardMarkup:
        rows = []
        for name in (*self._fields, "results"):
            if (field := self._field(name, message)) is not None:
                value = self._label(language, field, _kept(field, settings))
                label = self._ctx.say(language, f"telegram-group-{_key(field)}", value=value)
                rows.append([InlineKeyboardButton(label, callback_data=f"{GROUP_MARK}:{name}")])
        return InlineKeyboardMarkup(rows)

    def _choice(self, language: str, settings: GroupSettings, field: Field) -> InlineKeyboardMarkup:
        labels = {kept: self._label(language, field, kept) for kept in field.values}
        back = self._ctx.say(language, "telegram-button-back")
        return _choice_keyboard(GROUP_MARK, field.name, labels, _kept(field, settings), back)

    def _label(self, language: str, field: Field, kept: str) -> str:
        if field.name == "language":
            is_automatic = kept == "auto"
            return (
                self._ctx.say(language, "setting-value-auto") if is_automatic else self._ctx.service.texts.name_of(kept)
            )
        if field.name == "photos_per_day" and kept != "0":
            return kept
        if field.name == "scope" and kept != "own":
            return self._ctx.say(language, f"setting-value-scope-{kept}")
        return self._ctx.say(language, f"telegram-group-value-{_key(field)}-{kept}")


def _kept(field: Field, settings: GroupSettings) -> str:
    """What a button's data says of the present value; for a value without a button, of the first."""
    present = getattr(settings, field.name)
    return next((kept for kept, value in field.values.items() if value == present), next(iter(field.values)))


def _key(field: Field) -> str:
    return field.name.replace("_", "-")
