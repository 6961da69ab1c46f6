"""Commands are registered in every language."""

import asyncio
from pathlib import Path

from magicmemory.bots.discord import serve
from tests.servers.discord.registry import LOCALES
from tests.servers.discord.server import DiscordServer
from tests.support.harness import settings_for


async def test_commands_are_in_every_language_and_fit_discords_rules(tmp_path: Path, redis_url: str) -> None:
    async with DiscordServer() as server:
        stop = asyncio.Event()
        settings = settings_for(tmp_path, discord_token=server.token, discord_admins=(1,))
        bot = asyncio.create_task(serve(settings, redis_url, stop))
        await server.connected()
        commands = {command["name"]: command for command in server.registry.all(None)}
        stop.set()
        await bot
    others = {
        "quota",
        "settings",
        "unlock",
        "premium",
        "cancel",
        "privacy",
        "terms",
        "delete-my-data",
        "help",
        "server-settings",
    }
    assert set(commands) == others | {"restore", "Restore faces", "server-settings", "admin"}
    languages = {"de", "es", "fr", "id", "it", "pl", "pt", "ru", "tr", "uk"}
    expected = {locale for locale in LOCALES if locale.split("-")[0] in languages}
    for name in others | {"restore", "server-settings"}:
        command = commands[name]
        assert set(command["description_localizations"] or {}) == expected, name
        # A server's settings are offered in servers to which the bot belongs, everything else everywhere.
        everywhere = name != "server-settings"
        assert command["integration_types"] == ([0, 1] if everywhere else [0])
        assert sorted(command["contexts"]) == ([0, 1, 2] if everywhere else [0])
    for name in ("restore", "settings"):
        scope = next(option for option in commands[name]["options"] if option["name"] == "scope")
        assert [choice["value"] for choice in scope["choices"]] == ["auto", "faces", "photo"]
        assert [choice["name"] for choice in scope["choices"]] == ["automatic", "faces only", "whole photo"]
        for localised in (scope["name_localizations"], *(choice["name_localizations"] for choice in scope["choices"])):
            assert set(localised) == expected, name
    assert not server.refusals()
