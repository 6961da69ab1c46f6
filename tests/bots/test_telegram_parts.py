"""Parts of the Telegram bot by themselves: how fast it talks, the form of a picture, the data behind buttons."""

import asyncio
import io
import random
import time
from typing import Any

import pytest
from PIL import Image
from telegram.error import RetryAfter

from magicmemory.bots.common.adjustments import FIDELITIES, STRENGTHS, neighbours
from magicmemory.bots.common.image_fitting import before_after
from magicmemory.bots.telegram.callbacks import CallbackData, Verb
from magicmemory.bots.telegram.rate_limiter import (
    ALL_PER_S,
    CHAT_BURST,
    GROUP_PER_MINUTE,
    Busy,
    RateLimiter,
    Urgency,
    Window,
)
from magicmemory.bots.telegram.uploads import prepare

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


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [
        ("JPEG", "RGB", "jpg"),
        ("PNG", "RGBA", "png"),
        ("PNG", "I;16", "png"),
        ("WEBP", "RGB", "jpg"),
        ("TIFF", "L", "jpg"),
    ],
)
def test_a_photo_has_a_form_that_telegram_takes(kind: str, mode: str, extension: str) -> None:
    data = encoded(Image.new(mode, (60, 40), 0), kind)
    shown = prepare(data, kind.lower().replace("jpeg", "jpg"), "restored", as_file=False, is_local=False)
    assert (shown.as_file, shown.name) == (False, f"restored.{extension}")
    file = prepare(data, "webp", "restored", as_file=True, is_local=False)
    assert (file.as_file, file.data) == (True, data)


def test_a_file_that_is_too_large_is_encoded_anew() -> None:
    noise = Image.frombytes("RGB", (4600, 4000), random.Random(1).randbytes(4600 * 4000 * 3))
    data = encoded(noise, "PNG", compress_level=0)
    assert len(data) > 50 * 1024 * 1024
    sent = prepare(data, "png", "restored", as_file=True, is_local=False)
    assert sent.name == "restored.jpg"
    assert len(sent.data) < 50 * 1024 * 1024
    assert prepare(data, "png", "restored", as_file=True, is_local=True).data is data


@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16"])
def test_before_and_after_are_as_high_as_each_other(mode: str) -> None:
    before, after = encoded(Image.new(mode, (30, 20), 0), "PNG"), encoded(Image.new("RGB", (60, 40)), "JPEG")
    with Image.open(io.BytesIO(before_after(before, after))) as both:
        assert both.size == (60 + 8 + 60, 40)


def test_buttons_fit_into_64_bytes_and_come_back() -> None:
    for verb in Verb:
        for value in (0.0, 0.25, 1.0):
            pressed = CallbackData(verb, "f" * 32, value)
            assert len(pressed.data().encode()) <= 64
            assert CallbackData.of(pressed.data()) == pressed
    assert CallbackData.of("something else") is None


def test_steps_end_at_both_ends() -> None:
    assert neighbours(STRENGTHS, 1.0) == (0.75, None)
    assert neighbours(FIDELITIES, 0.3) == (0.25, 0.5)
    assert neighbours(FIDELITIES, 0.0) == (None, 0.25)


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
