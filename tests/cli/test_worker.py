"""A worker refuses impossible settings at start with one sentence, and unloads idle models."""

import asyncio
import logging
from pathlib import Path

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.cli.worker import serve
from magicmemory.core.job import Address, Platform
from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.models import upstream
from magicmemory.queue.connection import RedisKeys, connect
from tests.support.harness import ANA, eventually, settings_for

SAMPLE = Path(__file__).parents[2] / "bots" / "playground" / "static" / "sample.jpg"


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (
            {"model": "codeformer"},
            "The model codeformer is not installed here: run `magicmemory models pull codeformer`.",
        ),
        ({"model": "codeformer", "commercial": True}, "MAGIC_COMMERCIAL is set, and the licence of codeformer (S-Lab"),
        ({"offered_models": ("lite", "vqfr-2")}, "The model vqfr-2 is not installed here"),
        (
            {"detector": "nonesuch"},
            "MAGIC_DETECTOR cannot be used: there is no 'nonesuch'; write one of auto, retinaface",
        ),
    ],
)
async def test_impossible_settings_are_refused_at_start(tmp_path: Path, chosen: dict[str, object], says: str) -> None:
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", device="cpu", **chosen)
    with pytest.raises(BadSettings) as caught:
        await serve(settings, settings.redis_url, asyncio.Event())
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


@pytest.mark.processes
async def test_broken_model_file_is_found_at_start(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "codeformer.pth").write_bytes(b"cut off")
    chosen = {"model": "codeformer", "weights_dir": str(tmp_path / "w")}
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", device="cpu", **chosen)
    with pytest.raises(
        BadSettings, match="it ends after 7 of 376637898 bytes: run `magicmemory models pull codeformer`"
    ):
        await serve(settings, settings.redis_url, asyncio.Event())


@pytest.mark.skipif(upstream.why_not() is None, reason="the upstream packages are installed here")
async def test_missing_engine_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", engine="upstream")
    with pytest.raises(BadSettings, match="MAGIC_ENGINE=upstream cannot be used"):
        await serve(settings, settings.redis_url, asyncio.Event())


@pytest.mark.timeout(500)
@pytest.mark.parametrize("preload", [True, False])
async def test_idle_models_are_unloaded_and_loaded_again(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture, preload: bool
) -> None:
    caplog.set_level(logging.INFO)
    settings = settings_for(tmp_path, redis_url=redis_url, device="cpu", preload=preload, unload_idle_minutes=0.004)
    stop, ready = asyncio.Event(), asyncio.Event()

    def unloaded() -> int:
        """How often the restorer was unloaded."""
        told = [record.getMessage() for record in caplog.records]
        return sum("unloaded after" in message and "lite" in message for message in told)

    async def once(times: int) -> None:
        async def there() -> bool | None:
            return unloaded() >= times or None

        await eventually(there, 200)

    serving = asyncio.create_task(serve(settings, redis_url, stop, lambda _: ready.set()))
    try:
        await ready.wait()
        if preload:
            await once(1)
        else:
            await asyncio.sleep(0.5)
            assert unloaded() == 0, "nothing was loaded"
        async with open_service(settings, redis_url) as service, connect(redis_url) as redis:
            await service.intake(ANA, Address(platform=Platform.TELEGRAM, chat="1", message="1"), SAMPLE.read_bytes())

            async def restored() -> int | None:
                return await redis.zcard(RedisKeys(settings.redis_prefix).delivery_queue(Platform.TELEGRAM)) or None

            assert await eventually(restored, 200) == 1
        await once(2 if preload else 1)
    finally:
        stop.set()
        await serving
