"""`/settings`: one message with buttons, edited in place. Only the person who opened it can use it."""

from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from magicmemory.bots.common.preference_choices import Field, fields
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import address_of, group_of, sender_of_press
from magicmemory.core.job import Sender
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
        chosen, texts = field.word(preferences), self._ctx.service.texts
        buttons = [
            InlineKeyboardButton(
                ("✓ " if kept == chosen else "") + field.label(texts, language, kept),
                callback_data=f"{MARK}:{account}:{field.name}:{kept}",
            )
            for kept in field.values
        ]
        rows = [buttons[start : start + BUTTONS_A_ROW] for start in range(0, len(buttons), BUTTONS_A_ROW)]
        back = self._ctx.say(language, "telegram-button-back")
        return InlineKeyboardMarkup([*rows, [InlineKeyboardButton(back, callback_data=f"{MARK}:{account}")]])
