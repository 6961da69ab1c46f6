"""Who speaks, and where the answer belongs."""

from telegram import Chat, Message, User

from magicmemory.core.job import Address, Platform, Sender


def sender_of(user: User | None, sender_chat: Chat | None = None) -> Sender:
    """Who asks: the person, or the group or channel in whose name an anonymous administrator speaks."""
    account = sender_chat.id if sender_chat else user.id if user else 0
    language = (user.language_code if user else None) or ""
    return Sender(platform=Platform.TELEGRAM, account=str(account), language=language or "en")


def sender_of_message(message: Message) -> Sender:
    """Who wrote a message."""
    return sender_of(message.from_user, message.sender_chat)


def address_of(message: Message) -> Address:
    """The message as a job's address, with its forum topic."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Address(
        platform=Platform.TELEGRAM,
        chat=str(message.chat_id),
        message=str(message.message_id),
        thread=str(thread or ""),
    )


def is_private(message: Message) -> bool:
    """Whether the chat is between one person and the bot."""
    return message.chat.type == Chat.PRIVATE
