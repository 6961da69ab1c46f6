"""Who a visitor is: ids that we signed, or the name under which a proxy's login knows them; and limits by address."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.playground.visitors import COOKIE
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.settings import BadSettings, load
from tests.support.harness import settings_for
from tests.support.playground import open_playground
from tests.support.playground_client import error, new_visitor, send, send_and_wait

OLD = "c0ffee" * 5 + "42"


async def test_an_id_is_issued_by_us_and_never_chosen(url: str) -> None:
    async with new_visitor(url) as visitor:
        await send_and_wait(visitor)
        cookie = visitor.cookies[COOKIE]
        visitor.cookies.clear()
        name, signature = cookie.split(".")
        for forged in (name, OLD, f"{OLD}.{signature}", f"{name}.", f"{name}.{signature}0", f"{OLD}.{'0' * 32}"):
            answer = await visitor.get("/history", headers={"Cookie": f"{COOKIE}={forged}"})
            # `name` alone is known: see the next test.
            assert len(answer.json()["jobs"]) == (forged in (name, f"{name}.")), forged
            assert answer.headers["set-cookie"].startswith(f"{COOKIE}={name}.{signature}") == (
                forged in (name, f"{name}.")
            )
        jobs = (await visitor.get("/history", headers={"Cookie": f"{COOKIE}={cookie}"})).json()["jobs"]
        assert len(jobs) == 1


async def test_a_visitor_from_before_the_signatures_keeps_their_account(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path)
    async with open_service(settings, redis_url) as service:
        sender = Sender(platform=Platform.PLAYGROUND, account=OLD)
        await service.intake(sender, Address(platform=Platform.PLAYGROUND, chat=OLD, message="1"), b"photo")
    async with (
        open_playground(tmp_path, redis_url, worker=False, database_url=settings.database) as url,
        new_visitor(url) as visitor,
    ):
        first = await visitor.get("/history", headers={"Cookie": f"{COOKIE}={OLD}"})
        assert len(first.json()["jobs"]) == 1
        assert visitor.cookies[COOKIE].startswith(f"{OLD}.")
        assert len((await visitor.get("/history")).json()["jobs"]) == 1


async def test_an_addresss_free_photos_are_limited(tmp_path: Path, redis_url: str) -> None:
    proxy: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",), "playground_free_per_address": 2}

    async def sent(url: str, address: str) -> httpx.Response:
        async with new_visitor(url, **{"X-Forwarded-For": address}) as visitor:
            return await send(visitor)

    async with open_playground(tmp_path, redis_url, worker=False, **proxy) as url:
        assert [(await sent(url, "203.0.113.7")).status_code for _ in range(2)] == [202, 202]
        refused = await sent(url, "203.0.113.7")
        assert error(refused)[:2] == (429, "network-quota-used-up")
        assert error(refused)[2].startswith("Today’s 2 free photos of your network are used.")
        assert int(refused.headers["retry-after"]) > 0
        assert (await sent(url, "203.0.113.8")).status_code == 202
        # One subscriber has a whole /64.
        six = [(await sent(url, f"2001:db8:1:2:{number:x}::1")).status_code for number in range(3)]
        assert six == [202, 202, 429]
        assert (await sent(url, "2001:db8:1:3::1")).status_code == 202


async def test_a_login_has_one_account_in_every_browser(tmp_path: Path, redis_url: str) -> None:
    proxy: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",), "playground_user_header": "X-Remote-User"}
    async with open_playground(tmp_path, redis_url, worker=False, **proxy) as url:
        async with new_visitor(url, **{"X-Remote-User": "ana"}) as laptop:
            answer = await send(laptop)
            assert answer.status_code == 202
            assert "set-cookie" not in answer.headers
        async with new_visitor(url, **{"X-Remote-User": "ana"}) as phone:
            assert error(await send(phone))[:2] == (429, "quota-used-up")
            assert len((await phone.get("/history")).json()["jobs"]) == 1
        async with new_visitor(url, **{"X-Remote-User": "ben"}) as ben:
            assert (await ben.get("/history")).json() == {"jobs": []}
        async with new_visitor(url) as nobody:
            assert error(await nobody.get("/quota")) == (401, "login", "Please log in first.")


async def test_login_header_is_accepted_from_the_proxy_only(tmp_path: Path, redis_url: str) -> None:
    proxy: dict[str, Any] = {"trusted_proxies": ("192.0.2.1",), "playground_user_header": "X-Remote-User"}
    async with open_playground(tmp_path, redis_url, worker=False, **proxy) as url:
        for headers in ({"X-Remote-User": "ana"}, {"x-remote-user": "ana", "X-Forwarded-For": "192.0.2.1"}):
            async with new_visitor(url, **headers) as stranger:
                assert error(await stranger.get("/history"))[:2] == (401, "login")


def test_a_header_that_anybody_could_send_is_refused() -> None:
    with pytest.raises(BadSettings, match="MAGIC_TRUSTED_PROXIES"):
        load(playground_user_header="X-Remote-User")
