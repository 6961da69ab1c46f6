"""The state of one server: the bot, people, chats, files, queries and payments."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.servers.telegram.call import Call, mentions
from tests.servers.telegram.faults import Faults
from tests.servers.telegram.files import Files
from tests.servers.telegram.limits import Limits
from tests.servers.telegram.model import JSON, Account, Chat, Message
from tests.servers.telegram.refusals import Refusal, bad_request
from tests.servers.telegram.updates import Updates

T = TypeVar("T")
POLL_INTERVAL_S = 0.1
GUEST_S = 10.0
CALLBACK_S = 15.0  # a query that is not answered by then is too old
PRE_CHECKOUT_S = 10.0


@dataclass
class Answerable:
    """A query that the bot has to answer in time, once."""

    id: str
    of: Account
    at: float = field(default_factory=time.monotonic)
    answer: JSON | None = None


@dataclass
class Payment:
    """Stars that changed hands."""

    charge: str
    payer: Account
    amount: int
    payload: str
    subscription: bool = False
    ended: bool = False  # a subscription that is not paid again
    refunded: bool = False
    date: int = field(default_factory=lambda: int(time.time()))


class World:
    """The state behind the methods."""

    def __init__(self, *, privacy: bool, enforce_limits: bool, local_folder: Path | None) -> None:
        self.bot = Account(7_000_000_001, "Magic Memory", "magic_memory_test_bot", is_bot=True)
        self.token = f"{self.bot.id}:AA{secrets.token_urlsafe(25)[:33]}"
        self.privacy = privacy
        self.files = Files(local_folder)
        self.updates = Updates()
        self.limits = Limits(enforce_limits)
        self.faults = Faults()
        self.chats: dict[int, Chat] = {}
        self.accounts: dict[int, Account] = {}
        self.callbacks: dict[str, Answerable] = {}
        self.checkouts: dict[str, Answerable] = {}
        self.guest_queries: dict[str, Answerable] = {}
        self.payments: dict[str, Payment] = {}
        self.invoice_links: dict[str, JSON] = {}
        self.commands: dict[tuple[str, str], list[JSON]] = {}  # scope as JSON, language: commands
        self.profile: dict[tuple[str, str], str] = {}  # description or short description, language: text
        self.calls: list[Call] = []  # every request that was understood, without its files
        self.answers: list[tuple[str, int, str]] = []  # method, code, description
        self.callback_s = CALLBACK_S
        self.pre_checkout_s = PRE_CHECKOUT_S
        self.private_ids = itertools.count(1)
        self.numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._waking: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        """Wake those who wait for something to happen."""

        async def wake() -> None:
            async with self._changed:
                self._changed.notify_all()

        task = asyncio.get_running_loop().create_task(wake())
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def wait_for(self, found: Callable[[], T | None], within_s: float, what: str = "") -> T:
        """Wait until `found` returns something true.

        Raises:
            TimeoutError: it did not in time; the message shows all chats.
        """
        try:
            async with asyncio.timeout(within_s):
                while not (result := found()):
                    async with self._changed:
                        # Not everything that is waited for is told: look again now and then.
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self._changed.wait(), POLL_INTERVAL_S)
                return result
        except TimeoutError:
            shown = [f"{chat.name}:\n  " + "\n  ".join(chat.transcript()) for chat in self.chats.values()]
            refused = [answer for answer in self.answers if answer[1] != 200]
            raise TimeoutError(
                "\n".join([f"{what or 'it'} did not happen in {within_s} s", *shown, str(refused)])
            ) from None

    def now(self) -> float:
        """The time as transcripts count it."""
        return time.monotonic()

    def chat(self, number: str) -> Chat:
        """The chat a request names.

        Raises:
            Refusal: none, or one that the bot cannot know.
        """
        if not number:
            raise bad_request("chat_id is empty")
        try:
            chat = self.chats.get(int(number))
        except ValueError:
            chat = None
        if chat is None:
            raise bad_request("chat not found")
        if chat.upgraded_to:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, said, migrate_to_chat_id=chat.upgraded_to)
        return chat

    def tell(self, message: Message) -> None:
        """Give a message of a person to the bot, if the bot is meant to see it."""
        if self.reaches_bot(message):
            message.for_bot = True
            self.updates.add("channel_post" if message.chat.type == "channel" else "message", message.json())
        self.changed()

    def reaches_bot(self, message: Message) -> bool:
        """Telegram's rule for groups with privacy mode: a bot sees service messages, commands that name it,
        general commands unless another bot spoke last, and replies to what it said or what was meant for it. A
        mention alone does not count.
        """
        chat = message.chat
        if chat.type == "private":
            return not chat.blocked
        if chat.bot_is in ("left", "kicked"):
            return False
        if not self.privacy or chat.bot_is == "administrator":
            return True
        if {"new_chat_members", "left_chat_member"} & set(message.other):
            return True
        if message.reply_to and (message.reply_to.sender is self.bot or message.reply_to.for_bot):
            return True
        return any(
            mentions(command, self.bot) or ("@" not in command and chat.last_bot in (0, self.bot.id))
            for command in message.commands()
        )
