"""Fixtures for all tests: their own Redis and databases, so that nothing else on the machine is touched."""

import asyncio
import gc
import importlib
import os
import shutil
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url

from magicmemory.queue.embedded import embedded_redis, find_binary
from tests.support import converted_models
from tests.support.converted_models import add_converted_models
from tests.support.services import NO_REDIS, as_new, copy_migrated, migrate, missing, postgres_database, shared_redis

if TYPE_CHECKING:
    from magicmemory.pipeline.pipeline import Pipeline

pytest_plugins = ["tests.support.state_guard", "tests.support.tiers", "tests.support.order"]

# Tests commit thousands of times, and a disk needs milliseconds for each commit, so temporary folders are in memory if
# it is large enough. No test checks what happens in a power cut.
MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 4 << 30


# The test processes share the cores, and torch's idle threads would wait for work in a busy loop: on a full machine a
# network took four times the processor time. OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Tests speak HTTP with servers on this machine, but each HTTP client loads the certificates of all authorities first:
# 20 ms, over a thousand times. Clients and child processes get one certificate in place of all, also where the machine
# names a file of its own.
CERTIFICATES = Path(__file__).parent / "support/one_certificate.pem"
os.environ["SSL_CERT_FILE"] = str(CERTIFICATES)

# OpenVINO's telemetry starts a process at every conversion and reports to Google Analytics. The engine blocks its
# import, but some tests import OpenVINO first.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]


# The tests' modules import everything, and each test process does so: without collecting garbage, it takes 5.6 s of
# processor time instead of 9.3 s.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a run of all tests by several processes, each imports another part of the test files first. In a fresh clone
    they then share the work of rewriting the assertions, because each finds on disk what the others have done.
    """
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args != session.config.getini("testpaths"):
        return
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in files[begin:] + files[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # the collection reports it
            importlib.import_module(".".join(file.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but not among what was imported."""
    gc.freeze()
    gc.enable()


def pytest_configure() -> None:
    """Put temporary folders into memory, unless PYTEST_DEBUG_TEMPROOT is set."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES and os.access(MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(state_guard: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own settings from tests."""
    for name in [name for name in os.environ if name.startswith("MAGIC_") and name != "MAGIC_TEST_POSTGRES"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def same_random_numbers(request: pytest.FixtureRequest) -> None:
    """Seed torch by the test's name; pytest-randomly seeds Python and NumPy."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    converted_models.shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return converted_models.shared


@pytest.fixture(autouse=True)
def models_are_converted_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each data folder the converted models when a pipeline is made for it. Child processes, and fixtures of a
    wider scope, do not see this, so they call `add_converted_models`. Fast tests load no model.
    """
    pipeline = sys.modules.get("magicmemory.pipeline.pipeline")
    is_fast = not any(request.node.get_closest_marker(name) for name in ("services", "processes", "slow"))
    if pipeline is None or is_fast:  # importing it would import torch into every test process
        return
    choose = pipeline.choose

    def choose_with_models(device: str, cache_dir: Path, precision: Any) -> Any:
        if not cache_dir.exists() and not cache_dir.parent.is_file():  # a test may make the data folder unusable
            add_converted_models(cache_dir.parent)
        return choose(device, cache_dir, precision)

    monkeypatch.setattr(pipeline, "choose", choose_with_models)


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Pipeline]":
    """The pipeline of the bundled models, loaded. The tests of this process share it."""
    from magicmemory.pipeline.pipeline import Pipeline
    from tests.support.harness import settings_for

    settings = settings_for(tmp_path_factory.mktemp("lite"))
    add_converted_models(settings.data_dir)
    pipeline = Pipeline.of(settings)
    pipeline.warm_up()
    yield pipeline
    pipeline.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a Redis that all tests of this process share, one after another."""
    with shared_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of an empty Redis with default settings."""
    as_new(redis_server)
    return redis_server


@pytest.fixture
async def own_redis_url(redis_binary: str, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a Redis for this test alone, which may stop it or change its settings."""
    async with embedded_redis(tmp_path / "redis") as url:
        yield url


@pytest.fixture
def redis_binary() -> str:
    """The path of `redis-server`, for tests that start one."""
    return find_binary() or missing(NO_REDIS)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a migrated PostgreSQL database, which tests copy."""
    # In a thread, because this one may already run a test's event loop.
    with closing(asyncio.new_event_loop()) as loop, ThreadPoolExecutor(1) as thread:
        database = postgres_database()
        url = thread.submit(loop.run_until_complete, database.__aenter__()).result()
        try:
            migrate(url)
            yield str(make_url(url).database)
        finally:
            thread.submit(loop.run_until_complete, database.__aexit__(None, None, None)).result()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated database without rows, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        copy_migrated(tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    async with postgres_database(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    async with postgres_database() as url:
        yield url
