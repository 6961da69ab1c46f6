"""Updates on their way to the bot: polled in order and kept until confirmed, or pushed to a webhook."""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.servers.telegram.model import JSON
from tests.servers.telegram.refusals import Refusal, bad_request

LONGEST_POLL_S = 50
WEBHOOK_PORTS = (80, 88, 443, 8443)
ONLY_WHEN_ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    }
)
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
HAS_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass
class Webhook:
    """Where updates are pushed to."""

    url: str
    secret: str = ""
    connections: int = 40
    last_error: str = ""


def conflict(reason: str) -> Refusal:
    """Two receivers of the same updates."""
    return Refusal(409, f"Conflict: {reason}")


class Updates:
    """The queue of one bot. The tunnel plays the reverse proxy that ends TLS before an operator's bot."""

    def __init__(self) -> None:
        self.tunnel: dict[str, str] = {}  # origin that Telegram sees: origin on loopback
        self.webhook: Webhook | None = None
        self.given: list[JSON] = []  # every delivery, for the tests
        self.polls = 0  # how often the bot asked
        self.is_hasty = False  # an empty poll is answered at once, as by one server that others wrote
        self.repeat = 0  # how many of the next updates are delivered twice
        self._waiting: deque[JSON] = deque()
        self._again: list[JSON] = []
        self._next_id = int(time.time()) % 100_000_000
        self._allowed = KINDS - ONLY_WHEN_ASKED_FOR
        self._news = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._pusher: asyncio.Task[None] | None = None

    def add(self, kind: str, content: JSON) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if kind not in self._allowed:
            return
        update = {"update_id": self._next_id, kind: json.loads(json.dumps(content))}
        self._next_id += 1
        self._waiting.append(update)
        self._news.set()

    def pending(self) -> int:
        """How many updates nobody confirmed yet."""
        return len(self._waiting)

    def again(self, update: JSON) -> None:
        """Deliver an update a second time, under the same number, as after a lost confirmation."""
        self._again.append(update)
        self._news.set()

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def allow(self, kinds: Any) -> None:
        """Restrict to kinds of updates; an empty list means the usual ones."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("expected an Array of String")
        self._allowed = (frozenset(kinds) & KINDS) or (KINDS - ONLY_WHEN_ASKED_FOR)

    async def poll(self, offset: int, limit: int, within_s: float) -> list[JSON]:
        """The answer to `getUpdates`.

        Raises:
            Refusal: there is a webhook, or another request took over.
        """
        self.polls += 1
        if self.webhook:
            raise conflict(HAS_WEBHOOK)
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while offset > 0 and self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
        if self._poller and not self._poller.done():
            self._poller.set_exception(conflict(OTHER_POLLER))
        if not self._waiting and not self._again and within_s and not self.is_hasty:
            await self._wait(min(within_s, LONGEST_POLL_S))
        return self._take(limit)

    async def _wait(self, within_s: float) -> None:
        self._news.clear()
        taken_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = taken_over
        news = asyncio.ensure_future(self._news.wait())
        try:
            waiting: set[asyncio.Future[Any]] = {news, taken_over}
            await asyncio.wait(waiting, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if taken_over.done():
                taken_over.result()
        finally:
            news.cancel()
            taken_over.cancel()

    def _take(self, limit: int) -> list[JSON]:
        again, self._again = self._again, []
        batch = sorted([*again, *list(self._waiting)[:limit]], key=lambda update: int(update["update_id"]))
        self.given += batch
        for update in batch:
            if self.repeat and update not in again:
                self.repeat -= 1
                self.again(update)
        return batch

    def stop_poller(self) -> None:
        """End a waiting poll, as `setWebhook` does."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(conflict("terminated by setWebhook request"))

    async def set_webhook(self, url: str, secret: str, connections: int) -> None:
        """Push from now on, or (with an empty address) stop pushing.

        Raises:
            Refusal: the address cannot be a webhook.
        """
        if url:
            check_webhook(url)
            self.stop_poller()
        await self.close()
        self.webhook = Webhook(url, secret, connections) if url else None
        if self.webhook:
            self._pusher = asyncio.create_task(self._push(self.webhook))

    async def close(self) -> None:
        """Stop pushing."""
        if self._pusher:
            self._pusher.cancel()
            await asyncio.gather(self._pusher, return_exceptions=True)
            self._pusher = None

    async def _push(self, webhook: Webhook) -> None:
        parts = urlsplit(webhook.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        address = self.tunnel.get(origin, origin) + parts.path
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(10)) as session:
            while True:
                if not self._waiting and not self._again:
                    self._news.clear()
                    await self._news.wait()
                update = self._again.pop(0) if self._again else self._waiting[0]
                if not await self._told(session, address, update, webhook):
                    await asyncio.sleep(0.1)  # Telegram waits longer; the order of things is the same
                    continue
                if self._waiting and self._waiting[0] is update:
                    self._waiting.popleft()
                    if self.repeat:
                        self.repeat -= 1
                        self._again.append(update)

    async def _told(self, session: aiohttp.ClientSession, address: str, update: JSON, webhook: Webhook) -> bool:
        try:
            async with session.post(address, json=update) as answer:
                if 200 <= answer.status < 300:
                    self.given.append(update)
                    return True
                webhook.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            webhook.last_error = f"Connection failed: {type(error).__name__}"
        return False


def check_webhook(url: str) -> None:
    """Raise what Telegram answers to an address that cannot be a webhook."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
