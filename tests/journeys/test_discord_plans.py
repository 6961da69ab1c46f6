"""Journeys through Discord's shop: codes, purchases, their ends and refunds, and the admin who runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.discord import shop as entitlements
from magicmemory.core.job import Platform, Quota, Sender
from magicmemory.storage.codes import CodeKind, CodeSpec
from magicmemory.storage.grants import Grant, Grants, Source
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission
from tests.servers.discord.server import DiscordServer
from tests.servers.telegram import TelegramServer
from tests.support.discord_harness import Harness, harness, running_bot, sender_of
from tests.support.harness import eventually
from tests.support.telegram_harness import photo
from tests.support.telegram_harness import running_bot as running_telegram_bot
from tests.support.telegram_shop import write_plans

MONTHLY, PACK, STRANGE = 9001, 9002, 9003
PLANS = f"""
[free]
photos_per_day = 1

[plans.premium]
title = {{ en = "Premium", de = "Premium-Tarif" }}
days = 30
discord_sku = "{MONTHLY}"

[plans.pack]
title = "Photo pack"
credits = 2
discord_sku = "{PACK}"
"""
MONTH = CodeSpec(CodeKind.UNLOCK, plan="premium", days=30, uses=10)
FORTY_OFF = CodeSpec(CodeKind.DISCOUNT, percent=40)
LIST = "GET /applications/{application}/entitlements"
CONSUME = "POST /applications/{application}/entitlements/{entitlement}/consume"


@asynccontextmanager
async def shop(folder: Path, redis_url: str, **values: Any) -> AsyncIterator[Harness]:
    """A harness whose plans Discord sells."""
    server = values.pop("server", None) or DiscordServer()
    server.world.skus, server.world.consumables = [MONTHLY, PACK, STRANGE], {PACK}
    plans = write_plans(folder, values.pop("plans", PLANS))
    async with harness(folder, redis_url, server=server, plans_file=plans, **values) as there:
        yield there


async def make_code(there: Harness, terms: CodeSpec) -> str:
    async with open_service(there.settings, there.redis_url) as service:
        return (await service.codes.create(terms))[0][1]


async def grants_of(there: Harness, person: Person) -> list[Grant]:
    async with open_service(there.settings, there.redis_url) as service:
        return await service.grants.of(sender_of(person))


async def has(there: Harness, person: Person, plan: str, *, credits: int = 0) -> Quota:
    """What somebody has, once it is that."""

    async def found() -> Quota | None:
        quota = await there.quota_of(person)
        return quota if (quota.plan, quota.credits) == (plan, credits) else None

    return await eventually(found, 20)


# Codes


async def test_a_code_unlocks_premium(tmp_path: Path, redis_url: str, database_url: str) -> None:
    async with shop(tmp_path, redis_url, database_url=database_url) as there:
        user, channel = there.server.user, there.server.channel
        await there.answer(user.slash(channel, "restore", photo=photo(1)))
        refused = (await there.answer(user.slash(channel, "restore", photo=photo(2)))).texts
        assert "You have used today’s free photo." in refused
        assert "/premium shows how to get more" in refused
        code = await make_code(there, MONTH)
        used = user.slash(channel, "unlock", code=code.lower())
        assert "The code is good: you have Premium for 30 more days." in await there.said(used)
        assert all(message.ephemeral for message in used.shown)
        # More photos at once than a day has free ones.
        album = user.say(channel, "", *(photo(shade) for shade in range(2, 6)))
        answers = await there.answers(user.context_menu(channel, "Restore faces", album), 4)
        assert all(answer.attachments for answer in answers)
        assert "You have Premium for another 30 days." in await there.said(user.slash(channel, "quota"))
        again = await there.said(user.slash(channel, "unlock", code=code))
        assert "You have used this code already." in again
        assert [grant.source for grant in await grants_of(there, user)] == [Source.CODE]
        assert all(call.code == 0 for call in there.server.refusals())


async def test_guessing_is_slowed_down_also_after_a_restart(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url, bot=False, worker=False) as there:
        user, channel = there.server.user, there.server.channel
        friend = there.server.person("bob")
        there.server.install_to(friend)
        code = await make_code(there, MONTH)
        async with running_bot(there.settings, redis_url, there.server):
            for guess in range(5):
                said = await there.said(user.slash(channel, "unlock", code=f"GUESS{guess}"))
                assert "I do not know this code." in said
            assert "Too many wrong codes." in await there.said(user.slash(channel, "unlock", code=code))
        async with running_bot(there.settings, redis_url, there.server):
            # Elsewhere too, since it is the person who guesses.
            assert "Too many wrong codes." in await there.said(user.slash(user.dm, "unlock", code=code))
            assert "The code is good" in await there.said(friend.slash(friend.dm, "unlock", code=code))
        assert await grants_of(there, user) == []


async def test_a_discount_that_discord_cannot_give_is_not_used_up(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url, worker=False) as there:
        code = await make_code(there, FORTY_OFF)
        said = await there.said(there.server.user.slash(there.server.channel, "unlock", code=code))
        assert "sold on Telegram" in said
        async with open_service(there.settings, redis_url) as service:
            terms = await service.codes.redeem(Sender(platform=Platform.TELEGRAM, account="1"), "1", code)
        assert terms.percent == 40


# Buying


async def test_offers_have_discords_own_buttons(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url, worker=False) as there:
        user = there.server.user
        used = user.slash(there.server.channel, "premium")
        said = await there.said(used)
        assert "One photo a day is free for everybody." in said
        assert "• Premium: 200 photos a day" in said
        assert "• Photo pack: 2 photos" in said
        (message,) = used.shown
        assert message.ephemeral
        buttons = [button for row in message.components for button in row["components"]]
        assert [(button["style"], button["sku_id"]) for button in buttons] == [(6, str(MONTHLY)), (6, str(PACK))]


@pytest.mark.parametrize("plans", ["", PLANS.replace(str(PACK), "123")])
async def test_premium_says_that_nothing_is_for_sale(
    tmp_path: Path, redis_url: str, plans: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with shop(tmp_path, redis_url, worker=False, plans=plans) as there:
        used = there.server.user.slash(there.server.channel, "premium")
        said = await there.said(used)
        assert "Nothing is for sale here." in said
        assert "/unlock" in said
        assert not used.shown[0].components
        assert ("does not know a discord_sku" in caplog.text) is bool(plans)


async def test_a_subscription_is_bought_renewed_and_ends(tmp_path: Path, redis_url: str, database_url: str) -> None:
    async with shop(tmp_path, redis_url, database_url=database_url, worker=False) as there:
        server, user = there.server, there.server.user
        bought = server.sell(user, MONTHLY, None)
        assert (await has(there, user, "premium")).plan_ends is None
        assert "You have Premium." in await there.said(user.slash(server.channel, "quota"))
        server.gateway.tell("ENTITLEMENT_CREATE", server.world.entitlement_payload(bought))  # told twice
        server.renew(bought, 40 * 86400)

        async def ends() -> Quota | None:
            quota = await there.quota_of(user)
            return quota if quota.plan_ends else None

        await eventually(ends, 20)
        assert "You have Premium for another" in await there.said(user.slash(server.channel, "premium"))
        server.renew(bought, 0)
        await has(there, user, "")
        (grant,) = await grants_of(there, user)
        assert (grant.source, grant.reference, grant.withdrawn_at) == (Source.ENTITLEMENT, str(bought.id), None)


async def test_refund_withdraws_the_purchase_once(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url, worker=False) as there:
        server, user = there.server, there.server.user
        bought = server.sell(user, MONTHLY)
        await has(there, user, "premium")
        server.refund(bought)
        server.refund(bought)
        await has(there, user, "")


async def test_bought_photos_are_granted_consumed_and_spent(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url) as there:
        server, user = there.server, there.server.user
        server.faults.plan("lost answer", CONSUME)
        bought = server.sell(user, PACK, None)
        # What Discord did not take at once is made up for.
        await server.wait_for(lambda: bought.consumed, 30)
        assert (await has(there, user, "", credits=2)).credits == 2
        album = user.say(server.channel, "", *(photo(shade) for shade in range(1, 5)))
        used = user.context_menu(server.channel, "Restore faces", album)
        answers = await there.answers(used, 3)
        assert len([answer for answer in answers if answer.attachments]) == 3
        await server.wait_for(lambda: [m for m in used.shown if "used today’s free photo" in m.texts])
        await has(there, user, "")
        assert len([call for call in server.calls if call.route == CONSUME and call.status < 300]) == 1


async def test_expiry_and_refund_during_downtime_are_applied(tmp_path: Path, redis_url: str) -> None:
    async with shop(tmp_path, redis_url, bot=False, worker=False) as there:
        server = there.server
        people = [server.person(f"person{number}") for number in range(3)]
        async with running_bot(there.settings, redis_url, server):
            first, second = server.sell(people[0], MONTHLY, None), server.sell(people[1], PACK, None)
            await has(there, people[0], "premium")
            await has(there, people[1], "", credits=2)
            await server.wait_for(lambda: second.consumed)
        server.renew(first, 0)
        server.refund(second)
        third = server.sell(people[2], PACK, None)
        # More than a page of purchases that somebody else made, and which end where they began.
        for _ in range(120):
            server.sell(server.user, MONTHLY, 0)
        server.faults.plan("lost answer", LIST)
        async with running_bot(there.settings, redis_url, server):
            await has(there, people[0], "")
            await has(there, people[1], "")
            await has(there, people[2], "", credits=2)
            await server.wait_for(lambda: third.consumed)
        # All of it is listed once more, and changes nothing.
        asked = len(server.calls)
        async with running_bot(there.settings, redis_url, server):
            await server.wait_for(lambda: [c for c in server.calls[asked:] if c.route == LIST][1:])
            await has(there, people[2], "", credits=2)
        assert [len(await grants_of(there, person)) for person in people] == [1, 1, 1]


async def test_purchase_that_the_database_refused_is_granted_later(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entitle = Grants.entitle
    refused: list[object] = []

    async def away(self: Grants, *args: Any) -> bool:
        if len(refused) < 2:
            refused.append(args)
            raise OSError("the database is away")
        return await entitle(self, *args)

    monkeypatch.setattr(Grants, "entitle", away)
    monkeypatch.setattr(entitlements, "FIRST_PAUSE_S", 0.1)
    async with shop(tmp_path, redis_url, worker=False) as there:
        there.server.sell(there.server.user, MONTHLY)
        await has(there, there.server.user, "premium")
        assert len(refused) == 2


async def test_ungrantable_purchase_is_logged(tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with shop(tmp_path, redis_url, bot=False, worker=False) as there:
        server = there.server
        async with running_bot(there.settings, redis_url, server):
            server.sell(server.user, STRANGE)
            server.sell(None, MONTHLY, guild=server.guild)
            await server.wait_for(lambda: f"SKU {STRANGE}) of user {server.user.id}" in caplog.text)
            await server.wait_for(lambda: f"of user None in server {server.guild.id}" in caplog.text)
        assert await grants_of(there, server.user) == []
        async with running_bot(there.settings, redis_url, server):
            await server.wait_for(lambda: "lists 2 purchases" in caplog.text)


# The admin


async def test_administrator_gifts_looks_up_and_bans(tmp_path: Path, redis_url: str) -> None:
    server = DiscordServer()
    server.guild.permissions |= Permission(1 << 5)
    async with shop(tmp_path, redis_url, server=server, discord_admins=(server.user.id,)) as there:
        admin, channel = server.user, server.channel
        friend = server.person("bob")
        server.guild.members[friend.id] = friend
        said = await there.said(admin.slash(channel, "admin gift", user=friend, plan="premium", number=7))
        assert f"{friend.id} has it." in said
        assert "for another 7 days" in said
        wrong = await there.said(admin.slash(channel, "admin gift", user=friend, plan="gold"))
        assert "There is no such plan. The plans are: premium, pack." in wrong
        said = await there.said(admin.slash(channel, "admin user", user=friend))
        assert "7 days of premium by gift" in said
        assert "You have Premium" in await there.said(friend.slash(channel, "quota"))
        await there.answer(friend.slash(channel, "restore", photo=photo(1)))
        kept_out = await there.said(admin.slash(channel, "admin ban", user=friend, reason="insults"))
        assert "bob is banned." in kept_out
        assert "Banned: insults" in await there.said(admin.slash(channel, "admin user", user=friend))
        code = await make_code(there, MONTH)
        for used in (friend.slash(channel, "restore", photo=photo(2)), friend.slash(channel, "unlock", code=code)):
            assert "You cannot use this bot." in await there.said(used)
        await there.said(admin.slash(channel, "admin unban", user=friend))
        await there.answer(friend.slash(channel, "restore", photo=photo(3)))
        stats = await there.said(admin.slash(channel, "admin stats"))
        assert "2 photos of 1 people" in stats
        assert f"Magic Memory {version('magicmemory')}" in stats


async def test_both_bots_share_one_ledger(tmp_path: Path, redis_url: str) -> None:
    """A code for one person is used up on whichever platform somebody was first; each has what is theirs."""
    async with TelegramServer() as telegram:
        tokens = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        async with shop(tmp_path, redis_url, **tokens) as there, running_telegram_bot(there.settings, redis_url):
            ana, user, channel = telegram.user("Ana"), there.server.user, there.server.channel
            code = await make_code(there, CodeSpec(CodeKind.UNLOCK, plan="premium", days=30))
            asked = await ana.send_text(f"/unlock {code}")
            await ana.hears("The code is good", after=asked)
            assert "as often as it may be" in await there.said(user.slash(channel, "unlock", code=code))
            there.server.sell(user, PACK, None)
            await has(there, user, "", credits=2)
            asked = await ana.send_text("/quota")
            answer = await ana.hears("You have Premium for another 30 days.", after=asked)
            assert "bought" not in answer.text
            await there.answer(user.slash(channel, "restore", photo=photo(1)))
            asked = await ana.send_photo(photo(2))
            await ana.hears(lambda message: message.photo is not None, after=asked)
            async with open_service(there.settings, redis_url) as service:
                assert (await service.statistics.today()).photos == 2
