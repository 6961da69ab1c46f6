"""“Tell me when it is back”: the button below a refusal, and the reminder."""

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from magicmemory.bots.common import reminders
from magicmemory.bots.telegram.context import BotContext
from magicmemory.bots.telegram.messages import sender_of
from magicmemory.core.job import Address, Platform, Sender

MARK = "remind"


def reminder_keyboard(ctx: BotContext, language: str, sender: Sender) -> InlineKeyboardMarkup | None:
    """The button that asks for a reminder; None if there are no free photos."""
    if not ctx.service.plans.free.photos_per_day:
        return None
    label = "🔔 " + ctx.say(language, "reminder-button")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{MARK}:{sender.account}")]])


class ReminderButton:
    """Does what the button says."""

    def __init__(self, ctx: BotContext) -> None:
        self._ctx = ctx

    async def pressed(self, query: CallbackQuery, data: str) -> bool:
        """Answer the button; False if it is another."""
        mark, _, account = data.partition(":")
        if mark != MARK:
            return False
        sender = sender_of(query.from_user)
        language = await self._ctx.language(sender)
        if account != sender.account:
            await self._ctx.notice(query, self._ctx.say(language, "telegram-not-yours"), alert=True)
            return True
        await reminders.remember(self._ctx.service, sender)
        await self._ctx.notice(query, self._ctx.say(language, "reminder-set"), alert=True)
        if isinstance(query.message, Message):
            await self._ctx.edit_keyboard(str(query.message.chat_id), query.message.message_id, None)
        return True


async def remind(ctx: BotContext, sender: Sender, text: str) -> None:
    """Write to somebody in their private chat."""
    await ctx.tell(Address(platform=Platform.TELEGRAM, chat=sender.account, message=""), text)
