"""Parts of the Discord bot on their own: places, pictures that fit, commands in each language, refusals at start."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import aiohttp
import discord
import pytest
from PIL import Image
from pydantic import SecretStr

from magicmemory.bots.common.image_fitting import fit
from magicmemory.bots.discord import serve
from magicmemory.bots.discord.context import ReplyTarget
from magicmemory.bots.discord.errors import is_out_of_reach
from magicmemory.bots.texts import Texts
from magicmemory.core.settings import BadSettings
from tests.servers.discord.registry import LOCALES
from tests.servers.discord.server import DiscordServer
from tests.support.harness import settings_for


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def noise(side: int = 600) -> Image.Image:
    return Image.effect_noise((side, side), 80).convert("RGB")


def test_a_place_survives_the_ledger() -> None:
    place = ReplyTarget(1, 2, 3, 4, "token", 5, 6, private=True, spoiler=True)
    assert ReplyTarget.of(place.notes()) == place
    assert ReplyTarget.of({"sent": "9"}).limit == 10 * 1024 * 1024


def test_what_fits_is_left_alone() -> None:
    data = encoded(noise(40), "PNG")
    assert fit(data, "PNG", 1_000_000).data is data


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("TIFF", "tif"), ("BMP", "bmp"), ("WEBP", "webp")])
def test_what_does_not_fit_or_cannot_be_shown_becomes_a_jpeg_that_does(kind: str, extension: str) -> None:
    fitted = fit(encoded(noise(), kind), extension, 60_000)
    assert fitted.changed
    assert len(fitted.data) <= 60_000
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.format == "JPEG"


def test_a_limit_too_small_for_any_picture_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="too small"):
        fit(encoded(noise(100), "PNG"), "png", 10)


@pytest.mark.parametrize(
    ("status", "code", "closed"),
    [
        *((401, 50027, True), (404, 10008, True), (403, 50013, True), (403, 59999, True)),
        *((401, 0, False), (403, 0, False), (404, 0, False), (400, 50035, False), (500, 0, False)),
    ],
)
def test_a_way_is_closed_only_where_discord_says_so(status: int, code: int, closed: bool) -> None:
    answer = Mock(aiohttp.ClientResponse, status=status, reason="none")
    error = discord.HTTPException(answer, {"code": code, "message": "no"})
    assert is_out_of_reach(error) is closed


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


async def test_commands_are_in_every_language_and_fit_discords_rules(tmp_path: Path, redis_url: str) -> None:
    async with DiscordServer() as server:
        stop = asyncio.Event()
        settings = settings_for(tmp_path, discord_token=server.token, discord_admins=(1,))
        bot = asyncio.create_task(serve(settings, redis_url, stop))
        await server.connected()
        commands = {command["name"]: command for command in server.registry.all(None)}
        stop.set()
        await bot
    asides = {"quota", "settings", "unlock", "premium", "cancel", "privacy", "delete-my-data", "help"}
    assert set(commands) == asides | {"restore", "Restore faces", "admin"}
    languages = set(Texts().languages) - {"en"}
    expected = {locale for locale in LOCALES if locale.split("-")[0] in languages}
    for name in asides | {"restore"}:
        command = commands[name]
        assert set(command["description_localizations"] or {}) == expected, name
        assert command["integration_types"] == [0, 1]
        assert sorted(command["contexts"]) == [0, 1, 2]
    for name in ("restore", "settings"):
        scope = next(option for option in commands[name]["options"] if option["name"] == "scope")
        assert [choice["value"] for choice in scope["choices"]] == ["faces", "photo"]
        assert [choice["name"] for choice in scope["choices"]] == ["faces only", "whole photo"]
        for localised in (scope["name_localizations"], *(choice["name_localizations"] for choice in scope["choices"])):
            assert set(localised) == expected, name
    assert not server.refusals()


@pytest.mark.processes
def test_importing_the_bot_imports_no_torch(tmp_path: Path) -> None:
    code = "import sys, magicmemory.bots.discord; assert not {'torch', 'openvino', 'cv2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-P", "-c", code], check=True, cwd=tmp_path)
