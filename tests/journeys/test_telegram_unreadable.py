"""An update that the library cannot parse is skipped: the others are handled, and the bot stays up."""

from pathlib import Path
from typing import Any

import pytest

from magicmemory.core.metrics import Metrics
from tests.servers.telegram import TelegramServer
from tests.support.telegram_harness import running_bot, telegram_settings

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

CHAT = {"id": 7, "type": "private"}
UNREADABLE: list[dict[str, Any]] = [
    {"message_id": 1, "date": 1, "chat": CHAT, "from": {"id": 7, "first_name": "No is_bot"}, "text": "a"},
    {"message_id": 2, "date": "yesterday", "chat": CHAT, "text": "b"},
    {"message_id": 3, "date": 1, "chat": "a text where an object stands", "text": "c"},
]


@pytest.mark.parametrize("by_webhook", [False, True])
async def test_unreadable_update_is_skipped(
    tmp_path: Path, redis_url: str, unused_tcp_port: int, by_webhook: bool
) -> None:
    async with TelegramServer() as server:
        hook = {"telegram_webhook_url": "https://bot.example/hook", "telegram_webhook_port": unused_tcp_port}
        server.tunnel("https://bot.example", f"http://127.0.0.1:{unused_tcp_port}")
        settings, metrics = telegram_settings(tmp_path, server, **(hook if by_webhook else {})), Metrics()
        ana = server.user("Ana")
        async with running_bot(settings, redis_url, metrics):
            for message in UNREADABLE:
                server.world.updates.add("message", message)
            asked = await ana.send_text("/quota")
            await ana.hears("You have 3 of 3 left today.", after=asked)
            await server.wait_for(lambda: server.world.updates.pending() == 0)
            asked = await ana.send_text("/quota")
            await ana.hears("You have 3 of 3 left today.", after=asked)
        assert f'unreadable_updates_total{{platform="telegram"}} {len(UNREADABLE)}.0' in metrics.render().decode()
