"""Accounts, chats and messages, and the JSON the Bot API shows of them."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.telegram.entities import Entity, automatic, cut
from tests.servers.telegram.files import Photo, Sent
from tests.servers.telegram.refusals import bad_request, forbidden

JSON = dict[str, Any]
Keyboard = list[list[JSON]]
# Telegram gives this account as the author of what anonymous administrators write.
GROUP_BOT: JSON = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@dataclass
class Account:
    """Somebody, or the bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def json(self) -> JSON:
        """The account as a `User`."""
        body: JSON = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {"username": self.username, "language_code": self.language_code}
        return body | {key: value for key, value in optional.items() if value}


@dataclass
class Edit:
    """What a message was before it was edited."""

    at: float  # time.monotonic()
    text: str
    keyboard: Keyboard


@dataclass(eq=False)
class Message:
    """One message of a chat, as everybody sees it now."""

    id: int
    chat: "Chat"
    sender: Account
    text: str = ""
    caption: str = ""
    entities: list[Entity] = field(default_factory=list)  # of the text, or of the caption
    photo: Photo | None = None
    document: Sent | None = None
    animation: Sent | None = None
    other: JSON = field(default_factory=dict)  # stickers, voices, service messages, … as they are
    invoice: JSON | None = None
    keyboard: Keyboard = field(default_factory=list)
    reply_to: "Message | None" = None
    thread: int | None = None
    media_group: str = ""
    anonymous: bool = False  # an administrator wrote in the group's name
    spoiler: bool = False  # the photo or the clip is covered
    at: float = field(default_factory=time.monotonic)
    date: int = field(default_factory=lambda: int(time.time()))
    edits: list[Edit] = field(default_factory=list)
    edited: int = 0
    deleted: bool = False
    for_bot: bool = False  # told to the bot because it is meant for it

    @property
    def buttons(self) -> list[str]:
        """The labels of the keyboard, row by row."""
        return [str(button["text"]) for row in self.keyboard for button in row]

    @property
    def words(self) -> str:
        """Text or caption, whichever there is."""
        return self.text or self.caption

    @property
    def media(self) -> bytes:
        """The bytes of the photo or the file, as they were uploaded."""
        if self.photo:
            return self.photo.uploaded
        if self.document:
            return self.document.file.data
        if self.animation:
            return self.animation.file.data
        raise AssertionError(f"message {self.id} has no photo, file or clip: {self.words!r}")

    def commands(self) -> list[str]:
        """The commands in the text or the caption, as written."""
        return [cut(self.words, entity) for entity in self.entities if entity["type"] == "bot_command"]

    def json(self, *, with_reply: bool = True) -> JSON:
        """The message as a `Message`."""
        body: JSON = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.json(),
            "from": self.sender.json(),
        }
        if self.anonymous:
            body["sender_chat"] = body["chat"]
            body["from"] = GROUP_BOT
        if self.chat.type == "channel":
            body["sender_chat"] = body["chat"]
            del body["from"]
        body |= self._content()
        if self.keyboard:
            body["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.media_group:
            body["media_group_id"] = self.media_group
        if self.edited:
            body["edit_date"] = self.edited
        if self.thread is not None:
            body |= {"message_thread_id": self.thread, "is_topic_message": True}
        shown = self.reply_to
        if shown is None and self.thread is not None:
            shown = self.chat.topics[self.thread]  # in a topic everything replies to the topic's first message
        if shown is not None and with_reply and not shown.deleted and shown is not self:
            body["reply_to_message"] = shown.json(with_reply=False)
        return body

    def _content(self) -> JSON:
        body: JSON = dict(self.other)
        if self.text:
            body |= {"text": self.text} | ({"entities": self.entities} if self.entities else {})
        if self.photo:
            body["photo"] = self.photo.json()
        if self.animation:
            body |= {"animation": self.animation.json(), "document": self.animation.json()}
        if self.spoiler:
            body["has_media_spoiler"] = True
        if self.document:
            body["document"] = self.document.json()
        if self.invoice:
            shown = ("title", "description", "start_parameter", "currency", "total_amount")
            body["invoice"] = {key: self.invoice[key] for key in shown}
        if self.caption:
            body |= {"caption": self.caption} | ({"caption_entities": self.entities} if self.entities else {})
        return body


@dataclass(eq=False)
class Chat:
    """A private chat with the bot, or a group."""

    id: int
    type: Literal["private", "supergroup", "channel"]
    name: str
    is_forum: bool = False
    started: bool = False  # private: the person wrote first
    blocked: bool = False  # private: the person blocked the bot
    bot_is: Literal["member", "administrator", "left", "kicked"] = "member"
    administrators: set[int] = field(default_factory=set)  # group: their accounts
    upgraded_to: int = 0  # group: the id of the supergroup that it has become
    forbidden: frozenset[str] = frozenset()  # group: what a member may not send, such as `photo`
    last_bot: int = 0  # group: the bot that spoke last
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Message] = field(default_factory=dict)  # thread id: the message that opened the topic
    actions: list[tuple[float, str, int | None]] = field(default_factory=list)  # time, action, thread
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))  # private chats share one

    def json(self) -> JSON:
        """The chat as a `Chat`."""
        if self.type == "private":
            return {"id": self.id, "type": self.type, "first_name": self.name}
        return {"id": self.id, "type": self.type, "title": self.name} | ({"is_forum": True} if self.is_forum else {})

    def add(self, sender: Account, **content: Any) -> Message:
        """Put a message into the chat."""
        if "entities" not in content:
            content["entities"] = automatic(content.get("text") or content.get("caption") or "")
        message = Message(next(self.ids), self, sender, **content)
        self.messages[message.id] = message
        if sender.is_bot:
            self.last_bot = sender.id
        return message

    def check_write(self) -> None:
        """Raise what Telegram answers when the bot may not write here."""
        if self.type == "private":
            if not self.started:
                raise forbidden("bot can't initiate conversation with a user")
            if self.blocked:
                raise forbidden("bot was blocked by the user")
        elif self.bot_is == "kicked":
            raise forbidden("bot was kicked from the supergroup chat")
        elif self.bot_is == "left":
            raise forbidden("bot is not a member of the supergroup chat")

    def check_kind(self, kind: str, *, is_edit: bool = False) -> None:
        """Raise what Telegram answers when the bot may not send a kind of message here."""
        if kind not in self.forbidden or self.bot_is == "administrator":
            return
        if is_edit:
            name = {"text": "PLAIN", "photo": "PHOTOS", "document": "DOCS"}[kind]
            raise bad_request(f"CHAT_SEND_{name}_FORBIDDEN")
        name = {"text": "text messages", "photo": "photos", "document": "documents", "animation": "animations"}[kind]
        raise bad_request(f"not enough rights to send {name} to the chat")

    def find(self, number: int, what: str) -> Message:
        """A message that is still there.

        Raises:
            Refusal: it is not.
        """
        message = self.messages.get(number)
        if message is None or message.deleted:
            raise bad_request(f"{what} not found")
        return message

    def visible(self) -> list[Message]:
        """What the chat shows now."""
        return [message for message in self.messages.values() if not message.deleted]

    def of_bot(self, *, deleted: bool = False) -> list[Message]:
        """What the bot has said, oldest first."""
        said = (message for message in self.messages.values() if message.sender.is_bot)
        return [message for message in said if deleted or not message.deleted]

    def transcript(self) -> list[str]:
        """The chat as lines `who: what`, for a test's failure message."""
        return [_line(message) for message in self.visible()]


def _line(message: Message) -> str:
    kinds = [kind for kind in ("photo", "document", "animation", "invoice") if getattr(message, kind)]
    kinds += list(message.other)
    what = " ".join([*(f"[{kind}]" for kind in kinds), message.words, *(f"({label})" for label in message.buttons)])
    reply = f" (to {message.reply_to.id})" if message.reply_to else ""
    return f"{message.id} {message.sender.first_name}{reply}: {what}"
