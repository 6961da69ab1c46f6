"""Journeys of payments on Telegram: they are checked before, recorded once and never lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from magicmemory.bots.common import shop as service_shop
from magicmemory.bots.telegram import payments, updates
from magicmemory.storage.codes import CodeKind, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.payments import Payments
from tests.servers.telegram import Message, TelegramServer
from tests.support.telegram_harness import Harness, photo, running_bot, telegram_settings
from tests.support.telegram_shop import (
    PLANS,
    ask_for_invoice,
    grants_of,
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


async def test_withdrawn_offer_is_refused_at_checkout(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        ana, bob = server.user("Ana"), server.user("Bob", language_code="de")
        async with selling_bot(tmp_path, redis_url, server):
            invoice = await ask_for_invoice(ana, "Premium")
            theirs = await bob.pay(invoice)
            assert theirs == {
                "ok": False,
                "error_message": "Dieses Angebot hat sich geändert. Es wurde nichts bezahlt. "
                "Sieh dir bitte /premium noch einmal an.",
            }
            forged = {**(invoice.invoice or {}), "total_amount": 1}
            server.world.invoice_links["forged"] = forged
            assert not (await ana.pay("forged"))["ok"]
        settings = telegram_settings(
            tmp_path, server, plans_file=write_plans(tmp_path, PLANS.replace("stars = 100", "stars = 150"))
        )
        async with running_bot(settings, redis_url):
            assert "This offer has changed" in (await ana.pay(invoice))["error_message"]
            dear = await ask_for_invoice(ana, "Premium")
            assert (await ana.pay(dear))["ok"]
            await ana.hears("Your payment of 150 Stars has arrived")
        assert server.refusals() == []


async def test_banned_person_cannot_pay(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        admin, eve = running.server.user("Admin"), running.server.user("Eve")
        await eve.pay(link_of(await ask_for_invoice(eve, "Club")))
        await eve.hears("has arrived")
        (subscribed,) = running.server.world.payments
        invoice = await ask_for_invoice(eve, "Premium")
        await admin.send_text(f"/admin ban {eve.id} sends spam")
        await admin.hears("is banned")
        assert (await eve.pay(invoice))["error_message"] == "You cannot use this bot."
        assert running.server.world.payments[subscribed].ended, "nor next month"
        asked = await eve.send_text("/premium")
        offers = await eve.hears("Premium: 30 days", after=asked)
        press = await eve.press(offers, "Premium")
        assert (await press.answered())["text"] == "You cannot use this bot."
        assert list(running.server.world.payments) == [subscribed]


async def test_checkout_is_refused_while_the_database_is_down(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Premium")
        with monkeypatch.context() as away:
            away.setattr(payments, "CHECK_S", 0.5)
            away.setattr(Database, "read", lambda _: hanging())
            away.setattr(Database, "write", lambda _: hanging())
            answer = await ana.pay(invoice, within_s=5)
        assert not answer["ok"]
        assert "Sorry, something went wrong on our side." in answer["error_message"]
        assert (await ana.pay(invoice))["ok"]


@asynccontextmanager
async def hanging() -> AsyncIterator[None]:
    """A connection that does not come."""
    await asyncio.sleep(60)
    yield


async def test_a_payment_does_not_wait_behind_photos(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "AT_ONCE", 1)
    async with shop(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        invoice = await ask_for_invoice(ana, "Premium")
        running.server.faults.add("slow", "getFile", seconds=6)
        await bob.send_photo(photo())
        await bob.hears("Got it.")
        assert (await ana.pay(invoice, within_s=3))["ok"]
        assert bob.of_bot()[-1].photo is None, "the photo is still being fetched"
        await ana.hears("has arrived", within_s=20)


async def test_lost_checkout_answer_is_repeated(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Premium")
        running.server.faults.add("502", "answerPreCheckoutQuery")
        running.server.faults.add("reset", "answerPreCheckoutQuery")
        assert (await ana.pay(invoice))["ok"]
        await ana.hears("has arrived")


async def test_a_payment_waits_for_the_database(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Premium")
        record, told = Payments.paid, 0

        async def away(*args: object) -> None:
            nonlocal told
            told += 1
            raise ConnectionRefusedError("the database is away")

        async def no_ping(_: str) -> None:
            raise ConnectionRefusedError("the database is away")

        monkeypatch.setattr(payments, "TRIES", 2)
        monkeypatch.setattr(payments, "LONGEST_PAUSE_S", 0.1)
        monkeypatch.setattr(payments, "FIRST_PAUSE_S", 0.1)
        with monkeypatch.context() as outage:
            outage.setattr(Payments, "paid", away)
            outage.setattr(service_shop, "ping", no_ping)
            assert (await ana.pay(invoice))["ok"]
            await running.server.wait_for(lambda: told > 5)
            assert running.server.world.updates.pending() == 1, "Telegram still keeps the payment"
        assert Payments.paid is record
        await ana.hears("has arrived")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        assert len(await grants_of(running, ana)) == 1


async def test_unrecorded_payment_is_delivered_again_after_a_restart(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TelegramServer() as server:
        ana = server.user("Ana")
        reached = asyncio.Event()

        async def never(*_: object) -> None:
            reached.set()
            await asyncio.sleep(3600)

        with monkeypatch.context() as dying:
            dying.setattr(updates, "GRACE_S", 0.1)
            dying.setattr(Payments, "paid", never)
            async with selling_bot(tmp_path, redis_url, server):
                invoice = await ask_for_invoice(ana, "Premium")
                assert (await ana.pay(invoice))["ok"]
                await asyncio.wait_for(reached.wait(), 5)
        async with selling_bot(tmp_path, redis_url, server) as running:
            await ana.hears("Your payment of 100 Stars has arrived.")
            assert len(await grants_of(running, ana)) == 1


async def test_missed_transactions_are_reconciled(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        ana, bob = server.user("Ana"), server.user("Bob")
        async with selling_bot(tmp_path, redis_url, server):
            await ana.pay(link_of(await ask_for_invoice(ana, "Club")))
            await ana.hears("You have Club for another 30 days.")
            await bob.pay(await ask_for_invoice(bob, "Premium"))
            await bob.hears("You have Premium for another 30 days.")
        first, bobs = server.world.payments
        ana.renew(first)
        bob.gets_back(bobs)
        server.world.updates.drop()  # it keeps what nobody asks for a day
        async with selling_bot(tmp_path, redis_url, server) as running:
            await ana.hears("You have Club for another 60 days.")
            await bob.hears("Your payment of 100 Stars was refunded")
            assert len(await grants_of(running, ana)) == 2
        async with selling_bot(tmp_path, redis_url, server) as running:
            asked = await ana.send_text("/quota")
            await ana.hears("You have Club for another 60 days.", after=asked)
            assert len(await grants_of(running, ana)) == 2
            assert len([m for m in bob.of_bot() if "was refunded" in m.text]) == 1


async def test_a_refund_that_overtakes_its_payment_waits_for_it(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        invoice = await ask_for_invoice(ana, "Premium")
        record = Payments.paid
        is_refunded = asyncio.Event()

        async def late(*args: Any) -> Any:
            await is_refunded.wait()
            await asyncio.sleep(1)
            return await record(*args)

        monkeypatch.setattr(Payments, "paid", late)
        assert (await ana.pay(invoice))["ok"]
        (charge,) = running.server.world.payments
        ana.gets_back(charge)
        is_refunded.set()
        await ana.hears("Your payment of 100 Stars was refunded")
        assert [bool(grant.withdrawn_at) for grant in await grants_of(running, ana)] == [True]


async def test_payment_that_the_database_refuses_is_not_retried_without_end(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with TelegramServer() as server:
        ana = server.user("Ana")

        async def refuses(*_: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(payments, "TRIES", 3)
        monkeypatch.setattr(payments, "FIRST_PAUSE_S", 0.05)
        with monkeypatch.context() as full:
            full.setattr(Payments, "paid", refuses)
            async with selling_bot(tmp_path, redis_url, server) as running:
                assert (await ana.pay(await ask_for_invoice(ana, "Premium")))["ok"]
                (charge,) = server.world.payments
                told = await ana.hears("I could not credit it to you")
                assert charge in told.text
                assert [r.levelname for r in caplog.records if charge in r.getMessage()] == ["ERROR"]
                assert await grants_of(running, ana) == []
        async with selling_bot(tmp_path, redis_url, server) as running:
            await ana.hears("You have Premium for another 30 days.")
            assert len(await grants_of(running, ana)) == 1


async def test_payment_for_an_unknown_invoice_is_reported_and_refundable(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments, "FIRST_PAUSE_S", 0.01)  # both refunds ask until the last try
    monkeypatch.setattr(payments, "LONGEST_PAUSE_S", 0.02)
    async with shop(tmp_path, redis_url) as running:
        admin, ana = running.server.user("Admin"), running.server.user("Ana")
        await ana.send_text("/start")
        charge = ana.pay_unasked("an invoice of another database", 100)
        told = await ana.hears("I could not credit it to you")
        assert charge in told.text
        logged = [record for record in caplog.records if charge in record.getMessage()]
        assert [record.levelname for record in logged] == ["ERROR"]
        await admin.send_text(f"/admin refund {charge}")
        await admin.hears("There is no such payment.")
        await admin.send_text(f"/admin refund {charge} {ana.id}")
        await admin.hears(f"Refunded: {charge}")
        assert running.server.world.payments[charge].refunded


async def test_one_discount_buys_once_however_many_invoices_are_open(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await make_code(running, FORTY_OFF, "RESTORE40")
        await ana.send_text("/unlock restore 40")
        await ana.hears("your next purchase costs 40 % less")
        invoices = [await ask_for_invoice(ana, "Premium") for _ in range(3)]
        answers = await asyncio.gather(*(ana.pay(invoice) for invoice in invoices))
        assert sorted(answer["ok"] for answer in answers) == [False, False, True]
