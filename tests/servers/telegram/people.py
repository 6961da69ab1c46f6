"""The people of a test, and the groups they talk in."""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

from tests.servers.telegram.entities import automatic
from tests.servers.telegram.files import Stored, Upload
from tests.servers.telegram.model import JSON, Account, Chat, Message
from tests.servers.telegram.paying import charged, refund
from tests.servers.telegram.world import Answerable, Payment, World

MIME = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".bmp": "image/bmp",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".mp4": "video/mp4",
}
WAIT_S = 10.0


class Press:
    """A pressed button, and what the bot says to it."""

    def __init__(self, world: World, query: Answerable) -> None:
        self._world = world
        self._query = query

    @property
    def answer(self) -> JSON | None:
        """The bot's answer so far: `text`, `show_alert`, `url`."""
        return self._query.answer

    async def answered(self, within_s: float = WAIT_S) -> JSON:
        """Wait for the answer: until then the button shows that it is busy."""
        return await self._world.wait_for(lambda: self._query.answer, within_s, "an answer to the pressed button")


class Group:
    """A group that the bot is in. A forum has topics."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    def topic(self, name: str, by: "Person") -> int:
        """Open a topic; its thread id."""
        opened = self.chat.add(by.account, other={"forum_topic_created": {"name": name, "icon_color": 7322096}})
        self.chat.topics[opened.id] = opened
        opened.thread = opened.id
        self._world.tell(opened)
        return opened.id

    def upgrade(self) -> None:
        """Make the group a supergroup: another chat id, in which messages are numbered anew."""
        new = Chat(self.chat.id - 500_000_000_000, "supergroup", self.chat.name)
        self._world.chats[new.id] = new
        self.chat.upgraded_to = new.id
        self.chat = new

    def add_bot(self, by: "Person") -> None:
        """Tell the bot that it is a member now, as Telegram does beside the message about it."""
        by.membership(self.chat, "left", "member")

    def discuss(self, post: Message) -> Message:
        """A post of the linked channel comes into this group for its discussion."""
        other = {"is_automatic_forward": True, "sender_chat": post.chat.json()}
        forwarded = self.chat.add(
            Account(777000, "Telegram", "", ""), photo=post.photo, caption=post.caption, other=other
        )
        self._world.tell(forwarded)
        return forwarded

    def other_bot_says(self, text: str) -> Message:
        """Another bot of the group speaks; ours does not hear it."""
        other = Account(8_000_000_001, "Other", "some_other_bot", is_bot=True)
        return self.chat.add(other, text=text)

    def of_bot(self) -> list[Message]:
        """What our bot has said here."""
        return [message for message in self.chat.of_bot() if message.sender is self._world.bot]


class Person:
    """Somebody with a Telegram account. Without a group, everything happens in the chat with the bot."""

    def __init__(self, world: World, account: Account, chat: Chat) -> None:
        self._world = world
        self.account = account
        self.chat = chat
        self.is_anonymous = False  # writes in the name of the groups that they administer

    @property
    def id(self) -> int:
        """The account's number, which is the private chat's too."""
        return self.account.id

    def topic(self, name: str) -> int:
        """Open a topic in the chat with the bot; its thread id."""
        return Group(self._world, self.chat).topic(name, self)

    def _say(self, group: Group | None, reply_to: Message | None, thread: int | None, **content: Any) -> Message:
        chat = group.chat if group else self.chat
        if chat is self.chat:
            chat.started = True
        anonymous = self.is_anonymous and self.id in chat.administrators
        message = chat.add(self.account, reply_to=reply_to, thread=thread, anonymous=anonymous, **content)
        self._world.tell(message)
        return message

    async def send_text(
        self,
        text: str,
        *,
        group: Group | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        elsewhere: Message | None = None,
    ) -> Message:
        """Write something, for example a command. `elsewhere`: in reply to a message of another chat."""
        other: JSON = {}
        if elsewhere is not None and elsewhere.photo is not None:
            origin = {"type": "user", "date": elsewhere.date, "sender_user": elsewhere.sender.json()}
            other["external_reply"] = {"origin": origin, "photo": elsewhere.photo.json()}
        return self._say(group, reply_to, thread, text=text, other=other)

    async def send_photo(
        self,
        data: bytes,
        caption: str = "",
        *,
        group: Group | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        spoiler: bool = False,
    ) -> Message:
        """Send a photo the usual way: the app makes it smaller."""
        photo = self._world.files.photo(Upload("photo.jpg", data))
        return self._say(group, reply_to, thread, photo=photo, caption=caption, spoiler=spoiler)

    async def send_album(
        self,
        photos: Sequence[bytes],
        caption: str = "",
        *,
        group: Group | None = None,
        thread: int | None = None,
        gap_s: float = 0.0,
    ) -> list[Message]:
        """Send several photos as one album: one update each, the caption with the first."""
        media_group = str(13_000_000_000_000 + next(self._world.numbers))
        sent = []
        for number, data in enumerate(photos):
            if number and gap_s:
                await asyncio.sleep(gap_s)
            photo = self._world.files.photo(Upload("photo.jpg", data))
            shown = "" if number else caption
            sent.append(self._say(group, None, thread, photo=photo, caption=shown, media_group=media_group))
        return sent

    async def send_document(
        self,
        data: bytes,
        name: str = "photo.jpg",
        caption: str = "",
        *,
        group: Group | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        size: int | None = None,
    ) -> Message:
        """Send a file as it is. `size`: send so many zeros instead."""
        mime = MIME.get(PurePath(name).suffix.lower(), "application/octet-stream")
        sent = self._world.files.document(Upload(name, data if size is None else bytes(size), mime))
        return self._say(group, reply_to, thread, document=sent, caption=caption)

    async def send_other(self, kind: str, *, group: Group | None = None) -> Message:
        """Send one of `_OTHERS`, which have no photo that the bot may open."""
        return self._say(group, None, None, other=_OTHERS[kind](self._world))

    async def edit(self, message: Message, text: str) -> None:
        """Change what was written."""
        if message.photo or message.document:
            message.caption, message.edited = text, message.date + 1
        else:
            message.text, message.edited = text, message.date + 1
        message.entities = automatic(text)
        kind = "edited_channel_post" if message.chat.type == "channel" else "edited_message"
        self._world.updates.add(kind, message.json())

    def mention_elsewhere(self, data: bytes) -> Press:
        """Mention the bot below a photo in a chat to which it does not belong."""
        photo = self._world.files.photo(Upload("photo.jpg", data))
        chat = Chat(-5_000_000_000_001, "supergroup", "Elsewhere")
        message = chat.add(self.account, photo=photo, caption=f"@{self._world.bot.username}")
        query = Answerable(secrets.token_hex(9), self.account)
        self._world.guest_queries[query.id] = query
        self._world.updates.add("guest_message", message.json() | {"guest_query_id": query.id})
        return Press(self._world, query)

    async def press(self, message: Message, button: str) -> Press:
        """Press the button whose label contains `button`.

        Raises:
            AssertionError: the message shows no such button now.
        """
        found = [shown for row in message.keyboard for shown in row if button.lower() in str(shown["text"]).lower()]
        assert found, f"no button {button!r} under {message.words!r}, only {message.buttons}"
        return self.press_data(message, str(found[0]["callback_data"]))

    def press_data(self, message: Message, data: str) -> Press:
        """Press a button as an old or a strange client might: with any data."""
        query = Answerable(secrets.token_hex(9), self.account)
        self._world.callbacks[query.id] = query
        body: JSON = {
            "id": query.id,
            "from": self.account.json(),
            "message": message.json(),
            "chat_instance": str(message.chat.id),
            "data": data,
        }
        self._world.updates.add("callback_query", body)
        return Press(self._world, query)

    def block(self) -> None:
        """Block the bot."""
        self.chat.blocked = True
        self.membership(self.chat, "member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self.chat.blocked = False
        self.membership(self.chat, "kicked", "member")

    def membership(self, chat: Chat, old: str, new: str) -> None:
        """Tell the bot that its place in a chat has changed."""
        bot = self._world.bot.json()
        states = [
            {"status": state, "user": bot} | ({"until_date": 0} if state == "kicked" else {}) for state in (old, new)
        ]
        body: JSON = {
            "chat": chat.json(),
            "from": self.account.json(),
            "date": 0,
            "old_chat_member": states[0],
            "new_chat_member": states[1],
        }
        self._world.updates.add("my_chat_member", body)

    async def pay(self, invoice: Message | str, within_s: float = WAIT_S) -> JSON:
        """Pay an invoice, or an invoice link: the bot is asked first, and its answer returned."""
        given = self._world.invoice_links[invoice] if isinstance(invoice, str) else invoice.invoice
        assert given is not None, "that message is no invoice"
        query = Answerable(secrets.token_hex(9), self.account)
        self._world.checkouts[query.id] = query
        sold = {
            "currency": given["currency"],
            "total_amount": given["total_amount"],
            "invoice_payload": given["payload"],
        }
        self._world.updates.add("pre_checkout_query", {"id": query.id, "from": self.account.json()} | sold)
        limit = min(within_s, self._world.pre_checkout_s)
        answer = await self._world.wait_for(lambda: query.answer, limit, "an answer to the pre-checkout query")
        if answer["ok"]:
            paid = Payment("", self.account, given["total_amount"], given["payload"], given["subscription"])
            self._paid_with(paid, is_first=True)
        return answer

    def renew(self, charge: str) -> str:
        """A month later a subscription is paid again, without a question; the new payment's id."""
        return self._paid_with(self._world.payments[charge], is_first=False)

    def pay_unasked(self, payload: str, amount: int) -> str:
        """A payment that the bot was never asked about, as where it has lost its memory; the payment's id."""
        return self._paid_with(Payment("", self.account, amount, payload), is_first=True)

    def _paid_with(self, like: Payment, *, is_first: bool) -> str:
        charge, told = charged(self._world, like, is_first=is_first)
        self._say(None, None, None, other={"successful_payment": told})
        return charge

    def gets_back(self, charge: str) -> None:
        """Telegram itself gives a payment back."""
        refund(self._world, self._world.payments[charge])

    def of_bot(self) -> list[Message]:
        """What the bot shows in the private chat now."""
        return self.chat.of_bot()

    async def hears(
        self,
        found: Callable[[Message], bool] | str,
        within_s: float = WAIT_S,
        *,
        after: Message | None = None,
        group: Group | None = None,
    ) -> Message:
        """Wait for the newest message of the bot that holds: by a test, or by a part of its words."""
        chat = group.chat if group else self.chat
        holds = found if callable(found) else lambda message: found.lower() in message.words.lower()

        def newest() -> Message | None:
            said = (message for message in reversed(chat.of_bot()) if not after or message.id > after.id)
            return next((message for message in said if holds(message)), None)

        what = f"a message of the bot{f' with {found!r}' if isinstance(found, str) else ''}"
        return await self._world.wait_for(newest, within_s, what)


def _file(world: World, kind: str, mime: str) -> JSON:
    sent = world.files.document(Upload(f"some.{kind}", secrets.token_bytes(100), mime), kind)
    assert isinstance(sent.file, Stored)
    return sent.json()


_OTHERS: dict[str, Callable[[World], JSON]] = {
    "sticker": lambda world: {
        "sticker": _file(world, "sticker", "image/webp")
        | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    },
    "voice": lambda world: {"voice": _file(world, "voice", "audio/ogg") | {"duration": 3}},
    "video": lambda world: {"video": _file(world, "video", "video/mp4") | {"duration": 3, "width": 640, "height": 480}},
    "video_note": lambda world: {
        "video_note": _file(world, "video_note", "video/mp4") | {"duration": 3, "length": 240}
    },
    "animation": lambda world: {
        "animation": (
            animation := _file(world, "animation", "video/mp4") | {"duration": 3, "width": 320, "height": 240}
        ),
        "document": {
            key: animation[key] for key in ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
        },
    },
    "location": lambda _: {"location": {"latitude": 48.2, "longitude": 16.4}},
    "paid_media": lambda _: {
        "paid_media": {"star_count": 5, "paid_media": [{"type": "preview", "width": 640, "height": 480}]}
    },
    "checklist": lambda _: {"checklist": {"title": "Albums", "tasks": [{"id": 1, "text": "scan them"}]}},
}


class People:
    """Makes accounts and groups."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._users = itertools.count(100_001)
        self._groups = itertools.count(1_000_000_000_001)

    def user(self, name: str, language_code: str = "en", username: str = "") -> Person:
        """Somebody who has not written to the bot yet."""
        account = Account(next(self._users), name, username, language_code)
        chat = Chat(account.id, "private", name, ids=self._world.private_ids)
        self._world.accounts[account.id] = account
        self._world.chats[chat.id] = chat
        return Person(self._world, account, chat)

    def channel(self, title: str) -> Group:
        """A channel in which the bot is an administrator."""
        chat = Chat(-next(self._groups), "channel", title, bot_is="administrator")
        self._world.chats[chat.id] = chat
        return Group(self._world, chat)

    def group(self, title: str, *, forum: bool = False, by: Person) -> Group:
        """A group to which `by` adds the bot."""
        chat = Chat(-next(self._groups), "supergroup", title, is_forum=forum)
        self._world.chats[chat.id] = chat
        self._world.tell(chat.add(by.account, other={"new_chat_members": [self._world.bot.json()]}))
        return Group(self._world, chat)
