"""Photos in an S3 bucket: an S3 server on loopback, and workers that share only Redis with the bot."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import JobState
from magicmemory.core.processes import end
from magicmemory.storage.photos import PhotoStore, original, result
from tests.support.harness import running_harness, settings_for
from tests.support.telegram_harness import photo

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
BUCKET = "s3://photos/of/people"


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """An S3 server with an empty bucket `photos`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert server.poll() is None, "the S3 server does not start"
            assert time.monotonic() < deadline, "the S3 server does not answer"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        url = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket="photos")
        yield url
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An operator's S3 settings, in the environment that child processes inherit."""
    monkeypatch.setenv("AWS_ENDPOINT", s3_url)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return BUCKET


async def test_photos_are_stored_found_and_deleted(s3: str) -> None:
    store = PhotoStore(s3)
    await store.check()
    await store.put(original("a"), b"first")
    await store.put(original("a"), b"second")
    await store.put(result("a"), bytes(6_000_000))
    assert await store.get(original("a")) == b"second"
    assert len(await store.get(result("a"))) == 6_000_000
    assert await store.has(original("a"))
    assert not await store.has(original("b"))
    with pytest.raises(PhotoExpired):
        await store.get(original("b"))
    assert "a" in await store.jobs(older_than=timedelta(seconds=-5))
    assert await store.forget_older_than(timedelta(hours=1)) == 0
    assert await store.forget_older_than(timedelta(seconds=-5)) >= 2
    with pytest.raises(PhotoExpired):
        await store.get(original("a"))
    await store.delete([original("a"), result("never")])


@asynccontextmanager
async def worker(folder: Path, redis_url: str, store: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process with Redis, the bucket and its own folder."""
    folder.mkdir()
    command = (sys.executable, "-W", "ignore", "-m", "tests.chaos.worker", redis_url, store, "0.2")
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "MAGIC_DATA_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
    try:
        yield process
    finally:
        await end(process)


async def test_a_bot_and_two_workers_share_redis_and_a_bucket(tmp_path: Path, redis_url: str, s3: str) -> None:
    settings = settings_for(tmp_path / "bot", photo_store=s3, free_per_day=20, photos_at_once=0)
    async with (
        worker(tmp_path / "one", redis_url, s3) as one,
        worker(tmp_path / "two", redis_url, s3) as two,
        running_harness(tmp_path / "bot", redis_url, settings=settings, worker=False) as harness,
    ):
        jobs = [await harness.send(photo(number, (64, 48)), message=str(number)) for number in range(12)]
        done = [await harness.finished(job) for job in jobs]
        assert [job.state for job in done] == [JobState.DELIVERED] * 12
        assert all(reply.photo.startswith(b"\xff\xd8") for reply in harness.chat.replies)
        # Either could have done it alone: with one stopped, the other goes on.
        await end(one)
        last = await harness.finished(await harness.send(photo(99, (64, 48)), message="99"))
        assert last.state is JobState.DELIVERED
        assert two.returncode is None
    assert not list((tmp_path / "bot").glob("photos"))
    assert not [file for name in ("one", "two") for file in (tmp_path / name).rglob("*") if file.is_file()]
