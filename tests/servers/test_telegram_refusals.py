"""What Telegram refuses, the Telegram server of the tests refuses too, with the same description."""

import json

import pytest
from telegram.error import Forbidden, RetryAfter

from tests.servers.telegram import TelegramServer
from tests.support.telegram_client import application, picture, raw, said

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def test_unknown_route_is_not_found() -> None:
    async with TelegramServer() as server, raw(server) as client:
        assert await said(client, "sendPhotos") == (404, "Not Found: method not found")
        assert await said(client, "getme") == (200, "")
        answer = await client.post(f"{server.base_url}123:abc/getMe")
        assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert (await client.get(f"{server.base_file_url}{server.token}/photos/none.jpg")).status_code == 404


REFUSED_TEXTS = [
    ({"text": ""}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    (
        {"text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    ({"text": "a<3", "parse_mode": "HTML"}, "can't parse entities: Unclosed start tag at byte offset 1"),
    ({"text": "<p>x</p>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
    ({"text": "é</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 2"),
    (
        {"text": "<i><b>x</i></b>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</b>", found "</i>"',
    ),
    (
        {"text": "1.5", "parse_mode": "MarkdownV2"},
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    (
        {"text": "*x", "parse_mode": "MarkdownV2"},
        "can't parse entities: Can't find end of Bold entity at byte offset 0",
    ),
    ({"text": "x", "parse_mode": "HTLM"}, "unsupported parse_mode"),
    ({"text": "x", "reply_parameters": '{"message_id": 999}'}, "message to be replied not found"),
    ({"text": "x", "message_thread_id": "7"}, "message thread not found"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "chat_id": "42"}, "chat not found"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "reply_to_mesage_id": "1"}, 'unknown parameter "reply_to_mesage_id"'),
]


@pytest.mark.parametrize(("parameters", "description"), REFUSED_TEXTS)
async def test_invalid_text_is_refused(parameters: dict[str, str], description: str) -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        await ana.send_text("/start")
        given = {"chat_id": str(ana.id)} | parameters
        assert await said(client, "sendMessage", **given) == (400, f"Bad Request: {description}")
        assert ana.of_bot() == []


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "", "callback_data": "x"}, "inline keyboard button text must be non-empty"),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ],
)
async def test_invalid_button_is_refused(button: dict[str, str], description: str) -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        await ana.send_text("/start")
        markup = json.dumps({"inline_keyboard": [[button]]})
        status = await said(client, "sendMessage", chat_id=ana.id, text="x", reply_markup=markup)
        assert status == (400, f"Bad Request: {description}")


REFUSED_PHOTOS = [
    (("a.jpg", b"not a picture"), "IMAGE_PROCESS_FAILED"),
    (("a.jpg", picture(400, 300, noise=True)[:9000]), "IMAGE_PROCESS_FAILED"),
    (("a.jpg", picture(9000, 1001)), "PHOTO_INVALID_DIMENSIONS"),
    (("a.jpg", picture(2100, 100)), "PHOTO_INVALID_DIMENSIONS"),
    (
        ("a.webp", picture(kind="WEBP")),
        "photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp",
    ),
    (("a.jpg", b""), "file must be non-empty"),
    (
        ("a.jpg", bytes(10_485_761)),
        "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
    ),
]


@pytest.mark.parametrize(("file", "description"), REFUSED_PHOTOS)
async def test_invalid_photo_is_refused(file: tuple[str, bytes], description: str) -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        await ana.send_text("/start")
        assert await said(client, "sendPhoto", chat_id=ana.id, photo=file) == (400, f"Bad Request: {description}")


async def test_files_above_the_limit_are_refused() -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        large = await ana.send_document(b"", "scan.tif", size=20 * 1024 * 1024 + 1)
        assert large.document
        expected = (400, "Bad Request: file is too big")
        assert await said(client, "getFile", file_id=large.document.file_id) == expected
        assert await said(client, "getFile", file_id="nonsense") == (400, "Bad Request: invalid file_id")
        huge = ("a.bin", bytes(50 * 1024 * 1024 + 1))
        status, text = await said(client, "sendDocument", chat_id=ana.id, document=huge)
        assert (status, text[:40]) == (400, "Bad Request: file of size 52428801 bytes")
        unanswered = ("a.bin", bytes(53 * 1024 * 1024))
        assert (await said(client, "sendDocument", chat_id=ana.id, document=unanswered))[0] == 413
        status, text = await said(client, "sendPhoto", chat_id=ana.id, photo=large.document.file_id)
        assert text == "Bad Request: can't use file of type Document as Photo"
        caption = await said(client, "sendPhoto", chat_id=ana.id, photo=("a.jpg", picture()), caption="x" * 1025)
        assert caption == (400, "Bad Request: message caption is too long")


async def test_unreachable_person_is_forbidden() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana, eve = server.user("Ana"), server.user("Eve")
        group = server.group("Family", by=ana)
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await app.bot.send_message(eve.id, "x")
        await ana.send_text("/start")
        ana.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await app.bot.send_message(ana.id, "x")
        group.chat.bot_is = "kicked"
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await app.bot.send_message(group.chat.id, "x")
        updates = await app.bot.get_updates()
        assert updates[-1].my_chat_member
        assert updates[-1].my_chat_member.new_chat_member.status == "kicked"


async def test_talking_too_fast_is_noticed_and_refused() -> None:
    async with TelegramServer(enforce_limits=True) as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("/start")

        async def talk() -> None:
            for _ in range(10):
                await app.bot.send_message(ana.id, "x")

        with pytest.raises(RetryAfter):
            await talk()
        assert 4 <= len(ana.of_bot()) <= 6
        assert {violation.rule for violation in server.world.limits.violations} == {"one message a second to a chat"}


async def test_group_accepts_twenty_messages_a_minute() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        group = server.group("Family", by=ana)
        for number in range(21):
            await app.bot.send_message(group.chat.id, f"{number}")
        rules = {violation.rule for violation in server.world.limits.violations}
        assert "20 messages a minute to a group" in rules
