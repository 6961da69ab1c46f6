"""Files on Discord with a missing or wrong name or declared type: their bytes decide."""

from pathlib import Path

import pytest

from tests.servers.discord.files import Upload
from tests.support.discord_harness import harness
from tests.support.telegram_harness import photo

NAMES = ["photo", "photo.jpg.bin", "scan.zip", "old.pdf", "portrait.png", "photo.txt", "photo.mp4"]


@pytest.mark.parametrize("name", NAMES)
async def test_photo_with_any_file_name_is_restored(name: str, tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        used = server.user.slash(server.channel, "restore", photo=Upload(photo(), name))
        answer = await there.answer(used)
        assert answer.texts.startswith("One face restored.")
        assert not server.refusals()


async def test_direct_message_and_menu_accept_any_file_name(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server = there.server
        asked = server.user.say(server.user.dm, "", Upload(photo(1), "photo"))
        assert asked.attachments[0].kind is None
        await server.wait_for(lambda: [m for m in server.said(server.user.dm) if m.components], 60)
        message = server.user.say(server.channel, "", Upload(photo(2), "photo"), Upload(photo(3), "photo.jpg.bin"))
        used = server.user.context_menu(server.channel, "Restore faces", message)
        assert len(await there.answers(used, 2)) == 2


async def test_text_named_as_a_photo_is_refused_at_no_cost(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        used = server.user.slash(server.channel, "restore", photo=Upload(b"hello", "photo.jpg"))
        assert "This is not a photo" in await there.said(used)
        assert (await there.quota_of(server.user)).used == 0
