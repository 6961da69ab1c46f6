"""Which files of a message are taken."""

from typing import Any

import pytest

from magicmemory.bots.discord.messages import FileLink, recorded_files

ATTACHMENT = {"url": "https://cdn.discordapp.com/a.jpg", "filename": "a.jpg", "content_type": "image/jpeg", "size": 9}
TEXT_FILE = {"url": "https://cdn.discordapp.com/a.txt", "filename": "a.txt", "content_type": "text/plain", "size": 5}
PROXIED = {"url": "https://example.com/b.jpg", "proxy_url": "https://images-ext-1.discordapp.net/b.jpg"}
STICKERS = [{"id": "5", "name": "still", "format_type": 1}, {"id": "6", "name": "lottie", "format_type": 3}]


def recorded(message: dict[str, Any]) -> list[str]:
    """The URLs that are downloaded for a message of a recorded menu command."""
    files = recorded_files({"target_id": "1", "resolved": {"messages": {"1": message}}})
    return [file.url for file in files if isinstance(file, FileLink)]


@pytest.mark.parametrize(
    ("message", "urls"),
    [
        ({"attachments": [ATTACHMENT], "embeds": [{"type": "rich", "image": PROXIED}]}, [ATTACHMENT["url"]]),
        ({"attachments": [], "message_snapshots": [{"message": {"attachments": [ATTACHMENT]}}]}, [ATTACHMENT["url"]]),
        (
            {"attachments": [TEXT_FILE], "embeds": [{"type": "rich", "image": PROXIED}]},
            [TEXT_FILE["url"], PROXIED["proxy_url"]],
        ),
        ({"embeds": [{"type": "image", "thumbnail": PROXIED}]}, [PROXIED["proxy_url"]]),
        ({"embeds": [{"type": "article", "thumbnail": PROXIED}]}, []),
        ({"embeds": [{"type": "image", "thumbnail": {"url": "http://127.0.0.1/secret.jpg"}}]}, []),
        ({"sticker_items": STICKERS}, ["https://cdn.discordapp.com/stickers/5.png"]),
    ],
)
def test_photos_are_found_in_all_parts_of_a_message(message: dict[str, Any], urls: list[str]) -> None:
    assert recorded(message) == urls
