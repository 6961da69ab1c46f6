"""The strict server itself: the unmodified library gets on with it, and it refuses what Telegram refuses."""

import asyncio
import io
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, LabeledPrice, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters

from tests.servers.telegram import TelegramServer

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def picture(width: int = 320, height: int = 240, kind: str = "JPEG", noise: bool = False) -> bytes:
    """A small picture; with noise one that does not compress."""
    data = random.Random(width).randbytes(width * height * 3) if noise else bytes(width * height * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), data).save(out, kind)
    return out.getvalue()


@asynccontextmanager
async def application(server: TelegramServer) -> AsyncIterator["Application[Any, Any, Any, Any, Any, Any]"]:
    """The library's application, pointed at the server and otherwise as it is."""
    builder = ApplicationBuilder().token(server.token)
    app = builder.base_url(server.base_url).base_file_url(server.base_file_url).build()
    async with app:
        await app.start()
        try:
            yield app
        finally:
            if app.updater and app.updater.running:
                await app.updater.stop()
            await app.stop()


@asynccontextmanager
async def raw(server: TelegramServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any library."""
    async with httpx.AsyncClient(base_url=f"{server.base_url}{server.token}/", timeout=20) as client:
        yield client


async def said(client: httpx.AsyncClient, method: str, **parameters: Any) -> tuple[int, str]:
    """The status and the description of an answer."""
    files = {name: value for name, value in parameters.items() if isinstance(value, tuple)}
    plain = {name: value for name, value in parameters.items() if name not in files}
    answer = await client.post(method, data=plain, files=files or None)
    body = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    if not body["ok"]:
        assert body["error_code"] == answer.status_code
    return answer.status_code, str(body.get("description", ""))


async def test_the_library_polls_answers_and_downloads() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana", language_code="pt-br")

        async def answer(update: Update, _: Any) -> None:
            message = update.effective_message
            assert message
            assert message.from_user
            assert message.from_user.language_code == "pt-br"
            data = bytes(await (await message.photo[-1].get_file()).download_as_bytearray())
            button = InlineKeyboardButton("More", callback_data="more")
            markup = InlineKeyboardMarkup([[button]])
            await message.reply_photo(data, caption="<b>há</b>", parse_mode="HTML", reply_markup=markup, do_quote=True)

        app.add_handler(MessageHandler(filters.PHOTO, answer))
        assert app.updater
        await app.updater.start_polling(poll_interval=0)
        sent = await ana.send_photo(picture(2000, 1500), caption="Olá")
        assert sent.photo
        assert sent.photo.largest.file.width == 1280
        reply = await ana.hears("há")
        assert reply.reply_to is sent
        assert reply.buttons == ["More"]
        assert reply.entities == [{"type": "bold", "offset": 0, "length": 2}]
        assert Image.open(io.BytesIO(reply.media)).size == (1280, 960)
        assert server.refusals() == []


async def test_the_library_receives_through_a_webhook(unused_tcp_port: int) -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")

        async def answer(update: Update, _: Any) -> None:
            assert update.effective_message
            await update.effective_message.reply_text("heard")

        app.add_handler(MessageHandler(filters.TEXT, answer))
        server.tunnel("https://bot.example", f"http://127.0.0.1:{unused_tcp_port}")
        received: list[dict[str, Any]] = []

        async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-le")
            )
            update = json.loads(await reader.readexactly(length))
            received.append({"secret": "X-Telegram-Bot-Api-Secret-Token: hush" in head, **update})
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            await app.update_queue.put(Update.de_json(update, app.bot))

        listener = await asyncio.start_server(hook, "127.0.0.1", unused_tcp_port)
        await app.bot.set_webhook("https://bot.example/hook", secret_token="hush")
        server.repeat_updates(1)
        await ana.send_text("hello")
        await ana.hears("heard")
        await server.wait_for(lambda: len(received) == 2)
        assert received[0] == received[1]
        assert received[0]["secret"] is True
        with pytest.raises(Conflict, match="webhook is active"):
            await app.bot.get_updates()
        await app.bot.delete_webhook()
        listener.close()
        await listener.wait_closed()


async def test_polling_confirms_and_ends_the_other_poller() -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        await ana.send_text("one")
        await ana.send_text("two")
        updates = (await client.post("getUpdates")).json()["result"]
        assert [update["message"]["text"] for update in updates] == ["one", "two"]
        again = (await client.post("getUpdates", data={"offset": updates[1]["update_id"]})).json()["result"]
        assert [update["message"]["text"] for update in again] == ["two"]
        waiting = asyncio.create_task(said(client, "getUpdates", offset=updates[1]["update_id"] + 1, timeout=20))
        await asyncio.sleep(0.1)
        other = asyncio.create_task(said(client, "getUpdates", timeout=1))
        assert (await waiting)[0] == 409
        assert "terminated by other getUpdates request" in (await waiting)[1]
        assert (await other)[0] == 200
        await client.post("getUpdates", data={"allowed_updates": '["callback_query"]'})
        await ana.send_text("three")
        assert (await client.post("getUpdates")).json()["result"] == []


async def test_an_update_can_come_twice() -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        server.repeat_updates(1)
        await ana.send_text("one")
        first = (await client.post("getUpdates")).json()["result"]
        second = (await client.post("getUpdates", data={"offset": first[0]["update_id"] + 1})).json()["result"]
        assert first == second


async def test_what_does_not_exist_is_not_found() -> None:
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
async def test_text_is_refused(parameters: dict[str, str], description: str) -> None:
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
async def test_a_button_is_refused(button: dict[str, str], description: str) -> None:
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
async def test_a_photo_is_refused(file: tuple[str, bytes], description: str) -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        await ana.send_text("/start")
        assert await said(client, "sendPhoto", chat_id=ana.id, photo=file) == (400, f"Bad Request: {description}")


async def test_files_have_their_limits() -> None:
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


async def test_file_ids_are_kept_and_paths_expire() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        sent = await ana.send_photo(picture())
        assert sent.photo
        again = await app.bot.send_photo(ana.id, sent.photo.largest.file_id)
        assert again.photo[-1].file_id != sent.photo.largest.file_id
        assert again.photo[-1].file_unique_id == sent.photo.largest.file.unique
        assert server.world.files.uploads == 0
        file = await app.bot.get_file(again.photo[-1].file_id)
        server.expire_paths()
        with pytest.raises(InvalidToken):  # the library's name for any 404
            await file.download_as_bytearray()
        fresh = await app.bot.get_file(again.photo[-1].file_id)
        assert len(await fresh.download_as_bytearray()) == fresh.file_size


async def test_edits_and_deletions() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("/start")
        message = await app.bot.send_message(ana.id, "one")
        await message.edit_text("two")
        with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
            await message.edit_text("two")
        with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
            await message.edit_caption("x")
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await app.bot.edit_message_text("x", ana.id, 999)
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await app.bot.edit_message_text("x", ana.id, 1)
        photo = await message.edit_media(InputMediaPhoto(picture(), caption="now a photo"))
        assert not isinstance(photo, bool)
        assert photo.caption == "now a photo"
        shown = ana.of_bot()[0]
        assert [edit.text for edit in shown.edits] == ["one", "two"]
        await message.delete()
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await message.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await app.bot.edit_message_caption(ana.id, message.message_id, caption="x")


async def test_replies_may_do_without_the_message() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        asked = await ana.send_text("/start")
        asked.deleted = True
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await app.bot.send_message(ana.id, "x", reply_to_message_id=asked.id)
        await app.bot.send_message(ana.id, "x", reply_to_message_id=asked.id, allow_sending_without_reply=True)
        assert ana.of_bot()[0].reply_to is None


async def test_who_cannot_be_written_to() -> None:
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


async def test_privacy_mode_hides_what_is_not_for_the_bot() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        group = server.group("Family", by=ana)
        photo = await ana.send_photo(picture(), group=group)
        await ana.send_text("hello everybody", group=group)
        await ana.send_text(f"@{server.username} please", group=group)
        await ana.send_text("/restore@some_other_bot", group=group, reply_to=photo)
        heard = await ana.send_text("/restore", group=group, reply_to=photo)
        with_caption = await ana.send_photo(picture(), caption=f"/restore@{server.username}", group=group)
        album = await ana.send_album([picture(), picture(300)], caption="/restore", group=group)
        mine = await app.bot.send_message(group.chat.id, "yes?")
        answer = await ana.send_text("thanks", group=group, reply_to=group.chat.messages[mine.message_id])
        group.other_bot_says("I talk too")
        await ana.send_text("/help", group=group)
        explicit = await ana.send_text(f"/help@{server.username}", group=group)
        updates = await app.bot.get_updates()
        heard_ids = [update.message.message_id for update in updates if update.message]
        assert heard_ids[1:] == [heard.id, with_caption.id, album[0].id, answer.id, explicit.id]
        replied = updates[1].message
        assert replied
        assert replied.reply_to_message
        assert replied.reply_to_message.photo


async def test_topics() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        group = server.group("Family", forum=True, by=ana)
        thread = group.topic("Old photos", by=ana)
        photo = await ana.send_photo(picture(), caption="/restore", group=group, thread=thread)
        update = (await app.bot.get_updates())[-1].message
        assert update
        assert update.is_topic_message
        assert update.reply_to_message
        assert update.message_thread_id == thread
        assert update.reply_to_message.forum_topic_created, "in a topic, everything replies to its first message"
        await app.bot.send_message(group.chat.id, "x", message_thread_id=thread, reply_to_message_id=photo.id)
        assert group.of_bot()[-1].thread == thread
        with pytest.raises(BadRequest, match="Message thread not found"):
            await app.bot.send_message(group.chat.id, "x", message_thread_id=999)


async def test_albums_come_as_separate_updates() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_album([picture(), picture(300), picture(200)], caption="All three")
        messages = [update.message for update in await app.bot.get_updates()]
        assert [message.caption for message in messages if message] == ["All three", None, None]
        assert len({message.media_group_id for message in messages if message}) == 1
        media = [InputMediaPhoto(picture(), caption="<i>x</i>", parse_mode="HTML"), InputMediaPhoto(picture(300))]
        sent = await app.bot.send_media_group(ana.id, media)
        assert sent[0].media_group_id == sent[1].media_group_id
        with pytest.raises(BadRequest, match="Too many messages to send as an album"):
            await app.bot.send_media_group(ana.id, [InputMediaPhoto(picture())] * 11)


async def test_buttons_are_answered_in_time_and_once() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("/start")
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Stronger", callback_data="s:1")]])
        sent = await app.bot.send_message(ana.id, "x", reply_markup=markup)
        press = await ana.press(ana.chat.messages[sent.message_id], "stronger")
        query = (await app.bot.get_updates())[-1].callback_query
        assert query
        assert query.data == "s:1"
        await query.answer("On it")
        assert (await press.answered())["text"] == "On it"
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
            await query.answer()
        server.world.callback_s = 0
        late = await ana.press(ana.chat.messages[sent.message_id], "stronger")
        query = (await app.bot.get_updates())[-1].callback_query
        assert query
        with pytest.raises(BadRequest, match="Query is too old"):
            await query.answer()
        assert late.answer is None


async def test_stars_are_paid_and_refunded() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("/premium")
        price = [LabeledPrice("A month", 100)]
        invoice = await app.bot.send_invoice(ana.id, "Month", "Many photos", "plan:month", "XTR", price)
        with pytest.raises(BadRequest, match="Stars_invoice_invalid"):
            await app.bot.send_invoice(ana.id, "Month", "Many photos", "p", "XTR", price * 2)
        with pytest.raises(BadRequest, match="Subscription_period_invalid"):
            await app.bot.create_invoice_link("M", "Many", "p", "XTR", price, subscription_period=86400)
        paying = asyncio.create_task(ana.pay(ana.chat.messages[invoice.message_id]))
        await asyncio.sleep(0.05)
        query = (await app.bot.get_updates())[-1].pre_checkout_query
        assert query
        assert query.invoice_payload == "plan:month"
        await query.answer(ok=True)
        assert (await paying)["ok"]
        paid = (await app.bot.get_updates())[-1].message
        assert paid
        assert paid.successful_payment
        charge = paid.successful_payment.telegram_payment_charge_id
        await app.bot.refund_star_payment(ana.id, charge)
        with pytest.raises(BadRequest, match="Charge_already_refunded"):
            await app.bot.refund_star_payment(ana.id, charge)
        assert len((await app.bot.get_star_transactions()).transactions) == 2
        told = (await app.bot.get_updates())[-1].message
        assert told
        assert told.refunded_payment


async def test_commands_by_scope_and_language() -> None:
    async with TelegramServer() as server, application(server) as app:
        await app.bot.set_my_commands([("start", "Los geht's")], language_code="de")
        assert [command.command for command in await app.bot.get_my_commands(language_code="de")] == ["start"]
        assert await app.bot.get_my_commands() == ()
        with pytest.raises(BadRequest, match="Bot_command_invalid"):
            await app.bot.set_my_commands([("Bad-Name", "x")])


async def test_faults_happen_as_ordered() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("/start")
        server.faults.add("429", "sendMessage", retry_after=7)
        with pytest.raises(RetryAfter) as caught:
            await app.bot.send_message(ana.id, "x")
        assert caught.value.retry_after in (7, timedelta(seconds=7))
        server.faults.add("500", "sendMessage")
        server.faults.add("502", "sendMessage")
        server.faults.add("reset", "sendPhoto")
        server.faults.add("lost", "sendPhoto")
        for _ in range(2):
            with pytest.raises(NetworkError):
                await app.bot.send_message(ana.id, "x")
        large = picture(1500, 1500, noise=True)
        for shown in (0, 1):
            with pytest.raises(NetworkError):
                await app.bot.send_photo(ana.id, large)
            assert len(ana.of_bot()) == shown
        assert [kind for _, kind in server.faults.happened] == ["429", "500", "502", "reset", "lost"]


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


async def test_a_group_hears_twenty_messages_a_minute() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        group = server.group("Family", by=ana)
        for number in range(21):
            await app.bot.send_message(group.chat.id, f"{number}")
        rules = {violation.rule for violation in server.world.limits.violations}
        assert "20 messages a minute to a group" in rules


async def test_a_chat_can_be_looked_at() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        photo = await ana.send_photo(picture(), caption="Old & grey")
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Stronger", callback_data="s")]])
        text = "<b>One face</b> restored & more 🙂 <i>today</i>".replace("&", "&amp;")
        await app.bot.send_message(ana.id, text, parse_mode="HTML", reply_to_message_id=photo.id, reply_markup=markup)
        page = server.render_html(ana)
        assert "<b>One face</b> restored &amp; more 🙂 <i>today</i>" in page
        assert "data:image/jpeg;base64," in page
        assert "<span>Stronger</span>" in page
