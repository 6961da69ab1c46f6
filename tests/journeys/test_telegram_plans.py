"""Journeys through Telegram's shop: codes, purchases, refunds, and the administrator who runs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from magicmemory.bots.texts import Texts
from magicmemory.storage.codes import CodeKind, CodeSpec
from tests.servers.telegram import Message, TelegramServer
from tests.support.telegram_harness import Harness, photo, running_bot, telegram_settings
from tests.support.telegram_shop import (
    ADMIN,
    ask_for_invoice,
    grants_of,
    is_invoice,
    link_of,
    make_code,
    shop,
    write_plans,
)

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


MONTH = CodeSpec(CodeKind.UNLOCK, plan="premium", days=30, uses=10)


FORTY_OFF = CodeSpec(CodeKind.DISCOUNT, percent=40, uses=10)


def shows_photo(message: Message) -> bool:
    return message.photo is not None


@asynccontextmanager
async def selling_bot(folder: Path, redis_url: str, server: TelegramServer, **values: object) -> AsyncIterator[Harness]:
    """The bot alone, so that a test can end it and start it again."""
    settings = telegram_settings(folder, server, plans_file=write_plans(folder), **values)
    async with running_bot(settings, redis_url):
        yield Harness(server, settings, redis_url)


async def test_a_code_unlocks_premium(tmp_path: Path, redis_url: str, database_url: str) -> None:
    async with shop(tmp_path, redis_url, database_url=database_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo(1))
        first = await ana.hears(shows_photo)
        assert "You have 0 of 1 left" in first.caption or "No more photos today." in first.caption
        asked = await ana.send_photo(photo(2))
        refused = await ana.hears("You have used today’s free photo.", after=asked)
        assert "You do not have to wait: /premium shows how to get more photos." in refused.text
        code = await make_code(running, MONTH)
        asked = await ana.send_text(f"/unlock {code.lower()}")
        await ana.hears("The code is good: you have Premium for 30 more days.", after=asked)
        for shade in (2, 3, 4):
            asked = await ana.send_photo(photo(shade))
            reply = await ana.hears(shows_photo, after=asked)
            assert "You have Premium for another 30 days." in reply.caption
        asked = await ana.send_text("/quota")
        await ana.hears("You have Premium for another 30 days.", after=asked)
        asked = await ana.send_text(f"/unlock {code}")
        await ana.hears("You have used this code already.", after=asked)
        assert len(await grants_of(running, ana)) == 1
        assert running.server.refusals() == []


async def test_a_link_with_a_code_unlocks(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana", language_code="de")
        code = await make_code(running, MONTH)
        await ana.send_text(f"/start unlock_{code}")
        await ana.hears("30 weitere Tage")
        assert len(await grants_of(running, ana)) == 1


async def test_code_in_a_group_is_deleted_if_the_bot_may(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        group = running.server.group("Family", by=ana)
        code = await make_code(running, MONTH)
        shown = await ana.send_text(f"/unlock {code}", group=group)
        await ana.hears("The code is good", group=group)
        assert not shown.deleted, "the bot is no administrator there"
        group.chat.bot_is = "administrator"
        shown = await bob.send_text(f"/unlock {code}", group=group)
        await bob.hears("The code is good", group=group, after=shown)
        assert shown.deleted
        asked = await bob.send_text("/premium", group=group)
        answer = await bob.hears("our private chat", group=group, after=asked)
        assert link_of(answer) == f"https://t.me/{running.server.username}?start=premium"


async def test_guessing_is_slowed_down_also_after_a_restart(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        ana, bob = server.user("Ana"), server.user("Bob")
        async with selling_bot(tmp_path, redis_url, server) as running:
            code = await make_code(running, MONTH)
            for guess in range(5):
                asked = await ana.send_text(f"/unlock GUESS{guess}")
                await ana.hears("I do not know this code.", after=asked)
            asked = await ana.send_text(f"/unlock {code}")
            await ana.hears("Too many wrong codes. Please try again in", after=asked)
        async with selling_bot(tmp_path, redis_url, server) as running:
            asked = await ana.send_text(f"/unlock {code}")
            await ana.hears("Too many wrong codes.", after=asked)
            asked = await bob.send_text(f"/unlock {code}")
            await bob.hears("The code is good", after=asked)
            assert await grants_of(running, ana) == []


async def test_a_plan_is_bought_at_a_discount(tmp_path: Path, redis_url: str, database_url: str) -> None:
    async with shop(tmp_path, redis_url, database_url=database_url) as running:
        ana = running.server.user("Ana")
        await make_code(running, FORTY_OFF, "RESTORE40")
        asked = await ana.send_text("/premium")
        offers = await ana.hears("Premium: 30 days for 100 Stars", after=asked)
        assert "https://example.org/terms" in offers.text
        assert offers.buttons == ["⭐ 100 · Premium", "⭐ 55 · Photo pack", "⭐ 80 · Club"]
        await ana.send_text("/unlock restore 40")
        await ana.hears("your next purchase costs 40 % less")
        asked = await ana.send_text("/premium")
        offers = await ana.hears("Premium: 30 days for 60 Stars (instead of 100)", after=asked)
        assert offers.buttons == ["⭐ 60 · Premium", "⭐ 33 · Photo pack", "⭐ 48 · Club"]
        await ana.press(offers, "Premium")
        invoice = await ana.hears(is_invoice, after=offers)
        assert invoice.invoice
        assert invoice.invoice["total_amount"] == 60
        assert await ana.pay(invoice) == {"ok": True, "error_message": ""}
        receipt = await ana.hears("Your payment of 60 Stars has arrived.", after=invoice)
        assert "You have Premium for another 30 days." in receipt.text
        asked = await ana.send_text("/premium")
        offers = await ana.hears("Premium: 30 days for 100 Stars", after=asked)
        assert "instead of" not in offers.text, "a discount is good for one purchase"
        asked = await ana.send_photo(photo())
        await ana.hears(shows_photo, after=asked)
        assert running.server.refusals() == []


async def test_bought_photos_come_after_the_free_one(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.pay(await ask_for_invoice(ana, "Photo pack"))
        await ana.hears("You have 2 bought photos left.")
        for shade, left in ((1, "You have 2 bought photos left."), (2, "You have 1 bought photo left."), (3, "")):
            asked = await ana.send_photo(photo(shade))
            reply = await ana.hears(shows_photo, after=asked)
            assert left in reply.caption
        asked = await ana.send_photo(photo(4))
        await ana.hears("/premium shows how to get more", after=asked)


async def test_duplicate_payment_update_grants_once(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Premium")
        running.server.repeat_updates(5)
        assert (await ana.pay(invoice))["ok"]
        await ana.hears("has arrived")
        told = [update for update in running.server.world.updates.given if "successful_payment" in str(update)]
        # Telegram's own doubt: the same payment under another number.
        running.server.world.updates.add("message", told[0]["message"])
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        await asyncio.sleep(0.3)
        assert len(await grants_of(running, ana)) == 1
        refused = await ana.pay(invoice)
        assert not refused["ok"]
        assert "This offer has changed. Nothing was paid." in refused["error_message"]


async def test_a_subscription_is_renewed_and_ends_with_its_refund(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        admin, ana = running.server.user("Admin"), running.server.user("Ana")
        offer = await ask_for_invoice(ana, "Club")
        assert offer.text == "Club: 80 Stars every 30 days, until you cancel"
        assert offer.buttons == ["⭐ Subscribe for 80"]
        assert running.server.requests("createInvoiceLink")[0]["subscription_period"] == "2592000"
        assert (await ana.pay(link_of(offer)))["ok"]
        receipt = await ana.hears("has arrived", after=offer)
        assert "You have Club for another 30 days." in receipt.text
        assert "It renews by itself." in receipt.text
        (first,) = running.server.world.payments
        second = ana.renew(first)
        await ana.hears("You have Club for another 60 days.", after=receipt)
        assert [grant.days for grant in await grants_of(running, ana)] == [30, 30]
        await admin.send_text(f"/admin refund {first}")
        await admin.hears(f"Refunded: {first}")
        await ana.hears("Your payment of 80 Stars was refunded")
        assert running.server.world.payments[first].ended
        assert [bool(grant.withdrawn_at) for grant in await grants_of(running, ana)] == [True, False]
        ana.gets_back(second)
        await running.server.wait_for(lambda: len([m for m in ana.of_bot() if "was refunded" in m.text]) == 2)
        assert all(grant.withdrawn_at for grant in await grants_of(running, ana))


async def test_refund_withdraws_the_purchase(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        admin, ana = running.server.user("Admin"), running.server.user("Ana")
        assert admin.id == ADMIN
        for _ in range(2):
            invoice = await ask_for_invoice(ana, "Premium")
            await ana.pay(invoice)
            await ana.hears("has arrived", after=invoice)
        first, second = running.server.world.payments
        await admin.send_text(f"/admin refund {first}")
        await admin.hears(f"Refunded: {first}")
        await ana.hears("Your payment of 100 Stars was refunded")
        asked = await ana.send_text("/quota")
        await ana.hears("You have Premium for another 30 days.", after=asked)
        await admin.send_text(f"/admin refund {first}")
        ana.gets_back(second)
        await running.server.wait_for(lambda: len([m for m in ana.of_bot() if "was refunded" in m.text]) == 2)
        asked = await ana.send_text("/quota")
        answer = await ana.hears("You have 1 of 1 left today.", after=asked)
        assert "Premium" not in answer.text
        asked = await admin.send_text(f"/admin user {ana.id}")
        shown = await admin.hears(second, after=asked)
        assert shown.text.count("(taken back)") == 4, "two grants and two payments"
        await asyncio.sleep(0.5)
        assert len([m for m in ana.of_bot() if "was refunded" in m.text]) == 2, "each is told once"


@pytest.mark.usefixtures("registers_commands")
async def test_the_shop_has_support_and_terms(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Photo pack")
        await ana.pay(invoice)
        await ana.hears("has arrived")
        (charge,) = running.server.world.payments
        asked = await ana.send_text("/paysupport")
        answer = await ana.hears("write to @helper", after=asked)
        assert f"55 Stars, number {charge}" in answer.text
        asked = await ana.send_text("/terms")
        await ana.hears("https://example.org/terms", after=asked)
        commands = running.server.world.commands
        await running.server.wait_for(lambda: len(commands) == 2 * (1 + len(Texts().languages)))
        listed = [entry["command"] for entry in commands['{"type": "all_private_chats"}', "de"]]
        assert listed[-2:] == ["paysupport", "terms"]


async def test_administrator_looks_up_gifts_and_bans(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        admin, ana = running.server.user("Admin"), running.server.user("Ana")
        for command, says in {
            f"/admin gift {ana.id}": "There is no such plan. The plans are: premium, pack, club.",
            f"/admin gift {ana.id} premium 7": "You have Premium for another 7 days.",
            f"/admin gift {ana.id} pack": "You have 2 bought photos left.",
            f"/admin gift {ana.id} premium much": "A gift is between 1 and",
            f"/admin user {ana.id}": "7 days of premium by gift",
            f"/admin ban {ana.id} was rude": "is banned",
            f"/admin user  {ana.id}": "Banned: was rude",
            f"/admin unban {ana.id}": "is no longer banned",
            "/admin refund nothing": "There is no such payment.",
            "/admin stats": "Last seven days:",
            "/help": "Magic Memory 0.",
        }.items():
            asked = await admin.send_text(command)
            await admin.hears(says, after=asked)
        await ana.pay(await ask_for_invoice(ana, "Premium"))
        await ana.hears("has arrived")
        asked = await admin.send_text("/admin stats")
        await admin.hears("Paid: 100 XTR", after=asked)
        asked = await ana.send_text("/help")
        answer = await ana.hears("How does it work?", after=asked)
        await asyncio.sleep(0.3)
        assert ana.of_bot()[-1] is answer, "the version is nobody else's business"
