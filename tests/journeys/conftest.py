"""The journeys' bots lose no time at their start and between messages."""

import pytest

from magicmemory.bots.telegram import app, rate_limiter
from magicmemory.bots.telegram.commands import register_commands


@pytest.fixture(autouse=True)
def no_commands_are_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram's bot registers no commands: they are 26 requests at each start, a third of a short test's work.

    Tests of the commands use the fixture `registers_commands`.
    """

    async def nothing(_: object) -> None:
        pass

    monkeypatch.setattr(app, "register_commands", nothing)


@pytest.fixture(autouse=True)
def chats_get_many_messages_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram's bot waits 50 ms between two messages to a chat, not a second. Tests of the limits, which have a server
    that enforces them, run the bot in another process.
    """
    monkeypatch.setattr(rate_limiter, "CHAT_PER_S", 20.0)


@pytest.fixture
def registers_commands(no_commands_are_registered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram's bot registers its commands, as in the product."""
    monkeypatch.setattr(app, "register_commands", register_commands)
