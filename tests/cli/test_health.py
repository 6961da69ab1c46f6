"""The health endpoint: metrics, liveness and readiness."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.cli.health import health_server
from magicmemory.cli.healthcheck import PATIENCE_S, NotReady, check_health
from magicmemory.cli.worker import serve as serve_worker
from magicmemory.core.http_server import CannotListen
from magicmemory.core.job import Address, Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.embedded import embedded_redis
from magicmemory.storage.database import Database
from tests.support.harness import ANA, eventually, settings_for

SAMPLE = Path(__file__).parents[2] / "bots" / "playground" / "static" / "sample.jpg"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def asked(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{settings.metrics_port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
        yield client


async def test_process_is_ready_while_its_stores_answer(tmp_path: Path, redis_binary: str) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    settings = settings_for(tmp_path, metrics_port=free_port(), database_url=database)
    metrics = Metrics("telegram", "1.2.3")
    async with embedded_redis(tmp_path / "redis") as url:
        async with health_server(settings, url, metrics, database=True) as is_ready, asked(settings) as client:
            early = await client.get("/readyz")
            assert early.status_code == 503
            assert early.json() == {"started": False, "redis": True, "photos": True, "database": False}
            assert (await client.get("/healthz")).text == "alive\n"

            async with Database(settings.database):
                pass
            is_ready()
            ready = await client.get("/readyz")
            assert (ready.status_code, set(ready.json().values())) == (200, {True})
            await asyncio.to_thread(check_health, settings, "/readyz")

            (tmp_path / "photos").rmdir()
            assert (await client.get("/readyz")).json()["photos"] is False
            with pytest.raises(NotReady, match=r"/readyz: these checks fail: photos\.$"):
                await asyncio.to_thread(check_health, settings, "/readyz")
            (tmp_path / "photos").mkdir()
            figures = (await client.get("/metrics")).text
            assert 'magicmemory_build_info{process="telegram",version="1.2.3"} 1.0' in figures
            assert 'magicmemory_ready{check="database"} 1.0' in figures
            assert 'magicmemory_disk_free_ratio{place="photos"} 0.' in figures
            assert 'magicmemory_queue_jobs{queue="deliver.discord"} 0.0' in figures
        with pytest.raises(NotReady, match=r"does not answer \(ConnectError\)"):
            await asyncio.to_thread(check_health, settings, "/readyz")


async def test_lost_redis_makes_a_process_unready_but_not_dead(tmp_path: Path, redis_binary: str) -> None:
    settings = settings_for(tmp_path, metrics_port=free_port())
    async with embedded_redis(tmp_path / "redis") as url:
        kept = url
    async with health_server(settings, kept, Metrics(), database=False) as is_ready, asked(settings) as client:
        is_ready()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"started": True, "redis": False, "photos": True})
        assert (await client.get("/healthz")).status_code == 200
        figures = (await client.get("/metrics")).text
        assert 'magicmemory_ready{check="redis"} 0.0' in figures


async def test_unreachable_bucket_is_reported_in_time(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
    account = {"ENDPOINT": endpoint, "ALLOW_HTTP": "true", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
    for name, value in account.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    settings = settings_for(tmp_path, metrics_port=free_port(), photo_store="s3://bucket/photos")
    async with health_server(settings, redis_url, Metrics(), database=False), asked(settings) as client:
        began = time.monotonic()
        assert (await client.get("/readyz")).json() == {"started": False, "redis": True, "photos": False}
        assert PATIENCE_S <= time.monotonic() - began < 2 * PATIENCE_S
    silent.close()


async def test_occupied_port_prints_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = settings_for(tmp_path, metrics_port=taken.getsockname()[1])
        with pytest.raises(
            CannotListen, match=r"^The metrics cannot listen on 127.0.0.1:\d+ \(Address already in use\)"
        ):
            async with health_server(settings, "redis://127.0.0.1:1", Metrics(), database=False):
                pass


async def test_without_a_port_nothing_listens(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with health_server(settings, "redis://127.0.0.1:1", Metrics(), database=False) as is_ready:
        is_ready()
    with pytest.raises(NotReady, match="MAGIC_METRICS_PORT is not set"):
        check_health(settings, "/healthz")


async def test_a_worker_is_ready_when_its_models_are_loaded(tmp_path: Path, redis_url: str) -> None:
    settings = settings_for(tmp_path, metrics_port=free_port(), device="cpu")
    metrics, stop = Metrics("worker"), asyncio.Event()
    async with health_server(settings, redis_url, metrics, database=False) as is_ready, asked(settings) as client:
        serving = asyncio.create_task(serve_worker(settings, redis_url, stop, lambda _: is_ready(), metrics))

        async def ready() -> bool | None:
            return (await client.get("/readyz")).status_code == 200 or None

        assert (await client.get("/readyz")).json()["started"] is False
        await eventually(ready)
        async with open_service(settings, redis_url, metrics) as service:
            await service.intake(ANA, Address(platform=Platform.TELEGRAM, chat="1", message="1"), SAMPLE.read_bytes())

        async def restored() -> bool | None:
            figures = (await client.get("/metrics")).text
            return 'magicmemory_queue_jobs{queue="deliver.telegram"} 1.0' in figures or None

        await eventually(restored)
        figures = (await client.get("/metrics")).text
        assert 'magicmemory_batch_faces_count{model="lite"} 1.0' in figures
        assert 'magicmemory_faces_total{outcome="restored"} 1.0' in figures
        assert 'magicmemory_photos_total{outcome="restored"} 1.0' in figures
        stop.set()
        await serving
