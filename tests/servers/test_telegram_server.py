"""The Telegram server of the tests behaves as Telegram does, as far as the bot can see."""

import asyncio
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, LabeledPrice, Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter
from telegram.ext import MessageHandler, filters

from tests.servers.telegram import TelegramServer
from tests.support.telegram_client import application, picture, raw, said

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


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


async def test_update_can_be_delivered_twice() -> None:
    async with TelegramServer() as server, raw(server) as client:
        ana = server.user("Ana")
        server.repeat_updates(1)
        await ana.send_text("one")
        first = (await client.post("getUpdates")).json()["result"]
        second = (await client.post("getUpdates", data={"offset": first[0]["update_id"] + 1})).json()["result"]
        assert first == second


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


async def test_messages_are_edited_and_deleted() -> None:
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


async def test_reply_may_omit_a_deleted_message() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        asked = await ana.send_text("/start")
        asked.deleted = True
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await app.bot.send_message(ana.id, "x", reply_to_message_id=asked.id)
        await app.bot.send_message(ana.id, "x", reply_to_message_id=asked.id, allow_sending_without_reply=True)
        assert ana.of_bot()[0].reply_to is None


async def test_privacy_mode_hides_messages_to_others() -> None:
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


async def test_messages_keep_their_topic() -> None:
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


async def test_commands_differ_by_scope_and_language() -> None:
    async with TelegramServer() as server, application(server) as app:
        await app.bot.set_my_commands([("start", "Los geht's")], language_code="de")
        assert [command.command for command in await app.bot.get_my_commands(language_code="de")] == ["start"]
        assert await app.bot.get_my_commands() == ()
        with pytest.raises(BadRequest, match="Bot_command_invalid"):
            await app.bot.set_my_commands([("Bad-Name", "x")])


async def test_faults_occur_as_configured() -> None:
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


async def test_chat_information_is_returned() -> None:
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


async def test_a_clip_is_an_animation_and_its_file_no_photo() -> None:
    async with TelegramServer() as server, application(server) as app:
        ana = server.user("Ana")
        await ana.send_text("hello")
        sent = await app.bot.send_animation(ana.id, picture(kind="GIF"), has_spoiler=True)
        assert sent.animation
        assert sent.document
        assert sent.has_media_spoiler
        again = await app.bot.send_animation(ana.id, sent.animation.file_id)
        assert again.animation
        assert not again.has_media_spoiler
        with pytest.raises(BadRequest, match="Can't use file of type animation as photo"):
            await app.bot.send_photo(ana.id, sent.animation.file_id)
        stranger = await app.bot.send_animation(ana.id, picture(kind="PNG"))
        assert stranger.animation is None
        assert stranger.document
        group = server.group("Family", by=ana)
        group.chat.forbidden = frozenset({"animation"})
        with pytest.raises(BadRequest, match="Not enough rights to send animations"):
            await app.bot.send_animation(group.chat.id, picture(kind="GIF"))
