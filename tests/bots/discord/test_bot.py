"""The Discord bot's process: tokens, shards, intents and imports."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from magicmemory.bots.discord import serve
from magicmemory.core.settings import BadSettings
from tests.servers.discord.server import DiscordServer
from tests.support.harness import settings_for


async def test_a_token_that_is_missing_or_wrong_is_one_clear_sentence(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path)
    with pytest.raises(BadSettings, match="MAGIC_DISCORD_TOKEN is not set"):
        await serve(settings, redis_url, asyncio.Event())
    async with DiscordServer():
        wrong = settings.model_copy(update={"discord_token": SecretStr("wrong")})
        with pytest.raises(BadSettings, match="MAGIC_DISCORD_TOKEN is refused"):
            await serve(wrong, redis_url, asyncio.Event())


async def test_a_token_that_is_taken_back_ends_the_bot_with_a_sentence(tmp_path: Path, redis_url: str) -> None:
    async with DiscordServer() as server:
        settings = settings_for(tmp_path, discord_token=server.token)
        bot = asyncio.create_task(serve(settings, redis_url, asyncio.Event()))
        await server.connected()
        await server.gateway.drop(4004)
        with pytest.raises(BadSettings, match="no longer accepted"):
            await bot


async def test_every_shard_is_connected(tmp_path: Path, redis_url: str) -> None:
    async with DiscordServer() as server:
        stop = asyncio.Event()
        settings = settings_for(tmp_path, discord_token=server.token, discord_shards=2)
        bot = asyncio.create_task(serve(settings, redis_url, stop))
        await server.connected(2)
        assert {session.shard for session in server.gateway.sessions.values()} == {(0, 2), (1, 2)}
        stop.set()
        await bot


async def test_no_privileged_intent_is_asked_for(tmp_path: Path, redis_url: str) -> None:
    async with DiscordServer() as server:
        stop = asyncio.Event()
        bot = asyncio.create_task(serve(settings_for(tmp_path, discord_token=server.token), redis_url, stop))
        await server.connected()
        assert [session.intents for session in server.gateway.sessions.values()] == [1 << 0 | 1 << 9 | 1 << 12]
        stop.set()
        await bot


@pytest.mark.processes
def test_importing_the_bot_imports_no_torch(tmp_path: Path) -> None:
    code = "import sys, magicmemory.bots.discord; assert not {'torch', 'openvino', 'cv2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-P", "-c", code], check=True, cwd=tmp_path)
