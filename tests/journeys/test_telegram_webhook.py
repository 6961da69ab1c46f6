"""Journeys through Telegram with a webhook instead of polling."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from magicmemory.bots.telegram.updates import webhook_secret
from magicmemory.core.connections import MAX_PER_ADDRESS
from tests.servers.telegram import Message, TelegramServer
from tests.support.telegram_harness import QuickPipeline, photo, running_bot, running_worker, telegram_settings

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def shows_photo(message: Message) -> bool:
    return message.photo is not None


async def test_webhook_accepts_many_connections_of_one_proxy(
    tmp_path: Path, redis_url: str, unused_tcp_port: int
) -> None:
    """Everybody's updates come through the proxy's address: the limit of one address is not for it."""
    async with TelegramServer() as server:
        hook = {"telegram_webhook_url": "https://bot.example/hook", "telegram_webhook_port": unused_tcp_port}
        server.tunnel("https://bot.example", f"http://127.0.0.1:{unused_tcp_port}")
        settings = telegram_settings(tmp_path, server, **hook, trusted_proxies=("127.0.0.1",))
        async with running_bot(settings, redis_url), AsyncExitStack() as opened:
            readers = []
            for _ in range(MAX_PER_ADDRESS + 1):
                reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
                opened.callback(writer.close)
                writer.write(b"POST /hook HTTP/1.1\r\n")
                readers.append(reader)
            await asyncio.sleep(0.3)
            assert not any(reader.at_eof() for reader in readers)


async def test_webhook_receives_updates(tmp_path: Path, redis_url: str, unused_tcp_port: int) -> None:
    async with TelegramServer() as server:
        server.tunnel("https://bot.example", f"http://127.0.0.1:{unused_tcp_port}")
        hook = {"telegram_webhook_url": "https://bot.example/hook", "telegram_webhook_port": unused_tcp_port}
        settings = telegram_settings(tmp_path, server, **hook)
        ana = server.user("Ana")
        async with running_bot(settings, redis_url), running_worker(settings, redis_url, QuickPipeline()):
            server.repeat_updates(1)
            await ana.send_photo(photo())
            await ana.hears(shows_photo)
            assert len(ana.of_bot()) == 1
            assert server.world.updates.webhook
            assert server.world.updates.webhook.last_error == ""
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as stranger:
                update = server.world.updates.given[0]
                guessed = {"X-Telegram-Bot-Api-Secret-Token": "guessed"}
                assert (await stranger.post("/hook", json=update)).status_code == 403
                assert (await stranger.post("/hook", json=update, headers=guessed)).status_code == 403
                mine = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(server.token)}
                assert (await stranger.post("/hook", content=b"{", headers=mine)).status_code == 400
                assert (await stranger.get("/hook")).status_code == 405
        assert server.requests("getUpdates") == []
