"""A worker refuses at start what it could not do, in one sentence, and lets go of idle models."""

import asyncio
import logging
from pathlib import Path

import pytest

from magicmemory.cli.worker import serve
from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.models import upstream
from magicmemory.pipeline.pipeline import Pipeline
from tests.support.harness import eventually, settings_for


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (
            {"model": "codeformer"},
            "The model codeformer is not installed here: run `magicmemory models pull codeformer`.",
        ),
        ({"model": "codeformer", "commercial": True}, "MAGIC_COMMERCIAL is set, and the licence of codeformer (S-Lab"),
        ({"offered_models": ("lite", "vqfr-2")}, "The model vqfr-2 is not installed here"),
        ({"detector": "nonesuch"}, "There is no model called “nonesuch”."),
    ],
)
async def test_what_cannot_be_done_is_refused_at_start(tmp_path: Path, chosen: dict[str, object], says: str) -> None:
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", device="cpu", **chosen)
    with pytest.raises(BadSettings) as caught:
        await serve(settings, settings.redis_url, asyncio.Event())
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


async def test_a_broken_file_is_found_at_start(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "codeformer.pth").write_bytes(b"cut off")
    chosen = {"model": "codeformer", "weights_dir": str(tmp_path / "w")}
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", device="cpu", **chosen)
    with pytest.raises(
        BadSettings, match="it ends after 7 of 376637898 bytes: run `magicmemory models pull codeformer`"
    ):
        await serve(settings, settings.redis_url, asyncio.Event())


@pytest.mark.skipif(upstream.why_not() is None, reason="the upstream packages are installed here")
async def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1", engine="upstream")
    with pytest.raises(BadSettings, match="MAGIC_ENGINE=upstream cannot be used"):
        await serve(settings, settings.redis_url, asyncio.Event())


async def test_idle_models_are_let_go(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(Pipeline, "warm_up", lambda _: loaded.append("all"))
    monkeypatch.setattr(Pipeline, "unload_idle", lambda _, seconds: ["lite"] if seconds == pytest.approx(0.06) else [])
    caplog.set_level(logging.INFO)
    settings = settings_for(tmp_path, redis_url=redis_url, device="cpu", preload=False, unload_idle_minutes=0.001)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, redis_url, stop))

    async def told() -> bool | None:
        return any("unloaded after" in record.getMessage() for record in caplog.records) or None

    assert await eventually(told)
    stop.set()
    await serving
    assert loaded == [], "preload was switched off"
