"""A Telegram Bot API server of our own, on loopback, for tests: it refuses what Telegram refuses.

    async with TelegramServer() as server:
        ana = server.user("Ana", language_code="pt-br")
        bot = ApplicationBuilder().token(server.token).base_url(server.base_url)  # and base_file_url
        ...
        photo = await ana.send_photo(data, caption="Please")
        reply = await ana.hears(lambda message: message.photo is not None, after=photo)
        press = await ana.press(reply, "Stronger")
        await press.answered()

It speaks the plain Bot API over HTTP; nothing of the bot's library is replaced. Everything said is in the
chats (`ana.chat.transcript()`), every request in `server.requests(method)` and `server.refusals()`, every message
that came too fast in `server.world.limits.violations`. Trouble is ordered with `server.faults`.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.servers.telegram.faults import Fault, Faults
from tests.servers.telegram.http import Http
from tests.servers.telegram.limits import Violation
from tests.servers.telegram.model import JSON, Chat, Message
from tests.servers.telegram.people import Group, People, Person, Press
from tests.servers.telegram.refusals import Refusal
from tests.servers.telegram.render import render
from tests.servers.telegram.world import World

__all__ = ["Chat", "Fault", "Group", "Message", "Person", "Press", "Refusal", "TelegramServer", "Violation"]

T = TypeVar("T")


class TelegramServer:
    """One bot's Telegram: the server, and the people who write to the bot.

    `privacy`: groups are in privacy mode. `enforce_limits`: sending too fast is refused with 429, not only noted.
    `local_folder`: play a server started with `--local`, which keeps files there and knows no download limit.
    """

    def __init__(self, *, privacy: bool = True, enforce_limits: bool = False, local_folder: Path | None = None) -> None:
        self.world = World(privacy=privacy, enforce_limits=enforce_limits, local_folder=local_folder)
        self._http = Http(self.world)
        self._people = People(self.world)

    async def __aenter__(self) -> Self:
        await self._http.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.world.updates.close()
        self.world.updates.stop_poller()
        await self._http.stop()
        if error is None and self._http.crashes:
            raise AssertionError("the test server itself failed:\n" + "\n".join(self._http.crashes))

    @property
    def url(self) -> str:
        """What stands in for https://api.telegram.org."""
        return self._http.url

    @property
    def base_url(self) -> str:
        """The address of the methods, without the token."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The address of the files, without the token."""
        return f"{self.url}/file/bot"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def username(self) -> str:
        """The bot's name, without the at sign."""
        return self.world.bot.username

    @property
    def faults(self) -> Faults:
        """Where trouble is ordered."""
        return self.world.faults

    def user(self, name: str, language_code: str = "en", username: str = "") -> Person:
        """Somebody who has not written to the bot yet."""
        return self._people.user(name, language_code, username)

    def group(self, title: str, *, forum: bool = False, by: Person) -> Group:
        """A group to which `by` adds the bot."""
        return self._people.group(title, forum=forum, by=by)

    def channel(self, title: str) -> Group:
        """A channel in which the bot is an administrator."""
        return self._people.channel(title)

    def tunnel(self, origin: str, to: str) -> None:
        """Play the reverse proxy before a webhook: what is sent to `origin` arrives at `to` on loopback."""
        self.world.updates.tunnel[origin.rstrip("/")] = to.rstrip("/")

    def repeat_updates(self, count: int) -> None:
        """Deliver the next updates twice, under the same number."""
        self.world.updates.repeat = count

    def expire_paths(self) -> None:
        """Let the download paths given so far end, as after an hour."""
        self.world.files.expire_paths()

    async def wait_for(self, found: Callable[[], T | None], within_s: float = 10.0, what: str = "") -> T:
        """Wait until `found` returns something true; the failure shows all chats."""
        return await self.world.wait_for(found, within_s, what)

    def requests(self, method: str) -> list[JSON]:
        """The parameters of every request of one method, oldest first."""
        return [dict(call.parameters) for call in self.world.calls if call.method == method]

    def refusals(self) -> list[str]:
        """Every answer that was not ok, as `method code description`."""
        return [f"{method} {code} {text}" for method, code, text in self.world.answers if code != 200]

    def render_html(self, chat: Chat | Person | Group, title: str = "") -> str:
        """The exchange as one page."""
        return render(chat if isinstance(chat, Chat) else chat.chat, title)
