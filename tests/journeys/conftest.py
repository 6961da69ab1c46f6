"""The journeys' bots start as after the first time."""

import pytest

from magicmemory.bots.telegram import app
from magicmemory.bots.telegram.commands import register_commands


@pytest.fixture(autouse=True)
def no_commands_are_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram's bot registers no commands: they are 26 requests at each start, a third of a short test's work.

    Tests of the commands use the fixture `registers_commands`.
    """

    async def nothing(_: object) -> None:
        pass

    monkeypatch.setattr(app, "register_commands", nothing)


@pytest.fixture
def registers_commands(no_commands_are_registered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram's bot registers its commands, as in the product."""
    monkeypatch.setattr(app, "register_commands", register_commands)
