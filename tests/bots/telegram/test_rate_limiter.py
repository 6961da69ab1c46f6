"""The bot keeps within Telegram's limits, and one chat does not hold up another."""

import asyncio
import time
from typing import Any

import pytest
from telegram.error import RetryAfter

from magicmemory.bots.telegram.rate_limiter import (
    ALL_PER_S,
    CHAT_BURST,
    GROUP_PER_MINUTE,
    Busy,
    RateLimiter,
    Urgency,
    Window,
)

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


class Telegram:
    """Notes when it is asked, and wants a pause where told to."""

    def __init__(self, pauses: list[int] | None = None) -> None:
        self.asked: list[float] = []
        self._pauses = pauses or []

    async def __call__(self) -> bool:
        self.asked.append(time.monotonic())
        if self._pauses:
            raise RetryAfter(self._pauses.pop(0))
        return True


async def send(limiter: RateLimiter, telegram: Telegram, chat: int, method: str = "sendMessage", **data: Any) -> None:
    urgency = data.pop("urgency", None)
    await limiter.process_request(telegram, (), {}, method, {"chat_id": chat, **data}, urgency)


async def test_a_chat_hears_a_burst_and_then_one_message_a_second() -> None:
    limiter, telegram = RateLimiter(), Telegram()
    await asyncio.gather(*(send(limiter, telegram, 1) for _ in range(int(CHAT_BURST) + 1)))
    waits = [later - earlier for earlier, later in zip(telegram.asked, telegram.asked[1:], strict=False)]
    assert max(waits[:-1]) < 0.2
    assert waits[-1] > 0.8


async def test_chats_do_not_wait_for_each_other() -> None:
    limiter, telegram = RateLimiter(), Telegram()
    began = time.monotonic()
    await asyncio.gather(*(send(limiter, telegram, chat) for chat in range(20)))
    assert time.monotonic() - began < 0.5


async def test_a_pause_holds_one_chat() -> None:
    limiter, slow, quick = RateLimiter(), Telegram([1]), Telegram()
    waiting = asyncio.create_task(send(limiter, slow, 1))
    await asyncio.sleep(0.05)
    with pytest.raises(Busy):
        await send(limiter, quick, 1, urgency=Urgency.MAY)
    await send(limiter, quick, 2)
    assert not waiting.done()
    await waiting
    assert slow.asked[1] - slow.asked[0] > 0.9


async def test_a_long_pause_is_the_callers_business() -> None:
    with pytest.raises(RetryAfter):
        await send(RateLimiter(), Telegram([600]), 1)


async def test_a_group_hears_no_more_than_it_may_in_a_minute() -> None:
    limiter, telegram = RateLimiter(), Telegram()
    for _ in range(GROUP_PER_MINUTE):
        await send(limiter, telegram, -100, "editMessageText")
    with pytest.raises(Busy):
        await send(limiter, telegram, -100, "editMessageText", urgency=Urgency.MAY)


def test_a_window_counts_all_messages_of_an_album() -> None:
    window = Window(10, 60)
    window.note(0, 8)
    assert window.wait_s(1, 2) == 0
    assert window.wait_s(1, 3) == 59


async def test_all_chats_together_keep_the_limit_where_answers_come_in_bursts() -> None:
    limiter, at_once, most = RateLimiter(), 0, 0
    counted: list[float] = []

    async def stuttering() -> bool:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        # All that is on its way arrives at the end of a tenth of a second.
        await asyncio.sleep(0.1 - time.monotonic() % 0.1)
        counted.append(time.monotonic())
        at_once -= 1
        return True

    requests = (
        limiter.process_request(stuttering, (), {}, "sendMessage", {"chat_id": chat}, None) for chat in range(80)
    )
    await asyncio.gather(*requests)
    for start in counted:
        assert sum(start <= moment < start + 1 for moment in counted) <= ALL_PER_S
    assert most <= ALL_PER_S
