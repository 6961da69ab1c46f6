"""Log lines: for people or as JSON, with the job they are about, on one line each."""

import asyncio
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from magicmemory.core import logs
from magicmemory.core.redaction import Redactor
from tests.support.harness import settings_for

log = logging.getLogger("magicmemory.somewhere")


@contextmanager
def logged(folder: Path, process: str = "worker", **values: object) -> Iterator[io.StringIO]:
    """What is logged within, as a process would write it; the loggers are as before afterwards."""
    touched = [logging.getLogger(name) for name in ("", "magicmemory", *logs.NOISY)]
    levels = [logger.level for logger in touched]
    settings = settings_for(folder, **values)
    stream = io.StringIO()
    handler = logs.set_up(settings, process, Redactor.of(settings), stream)
    try:
        yield stream
    finally:
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(touched, levels, strict=True):
            logger.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_log_has_all_fields(tmp_path: Path) -> None:
    with logged(tmp_path, log_format="json") as stream:
        log.info("nothing but %s", "ä\nb")
        with logs.about("0123", "telegram"):
            try:
                raise RuntimeError("broken")
            except RuntimeError:
                log.exception("job %s failed", "0123")
    plain, failed = lines(stream)
    assert plain.pop("time").endswith("+00:00")
    assert plain == {"level": "INFO", "process": "worker", "logger": log.name, "message": "nothing but ä\nb"}
    assert (failed["job"], failed["platform"], failed["level"]) == ("0123", "telegram", "ERROR")
    assert failed["error"].startswith("Traceback")
    assert failed["error"].endswith("RuntimeError: broken")


def test_people_see_the_job_once(tmp_path: Path) -> None:
    with logged(tmp_path, process="telegram") as stream, logs.about("0123", "telegram"):
        log.warning("job 0123: late")
        log.warning("late")
    told = stream.getvalue().splitlines()
    assert told[0].endswith("WARNING telegram magicmemory.somewhere: job 0123: late")
    assert told[1].endswith("WARNING telegram magicmemory.somewhere: late [0123]")


def test_log_lines_cannot_be_forged(tmp_path: Path) -> None:
    with logged(tmp_path) as stream:
        log.info("a file called %s", "x.jpg\n2026-01-01 00:00:00 INFO worker all is well\x1b[2J")
        try:
            raise ValueError("one\n2026-01-01 00:00:00 INFO worker all is well")
        except ValueError:
            log.exception("failed")
    first, second, *trouble = stream.getvalue().splitlines()
    assert "x.jpg\\n2026-01-01" in first
    assert first.endswith("\\x1b[2J")
    assert second.endswith("failed")
    assert all(line.startswith("  ") for line in trouble)


async def test_the_job_is_known_in_tasks_and_threads_and_never_in_others(tmp_path: Path) -> None:
    async def one(job: str) -> None:
        with logs.about(job, "discord"):
            await asyncio.sleep(0.01)
            await asyncio.to_thread(log.info, "in a thread of %s", job)
            await asyncio.create_task(asyncio.to_thread(log.info, "in a task of %s", job))

    with logged(tmp_path, log_format="json") as stream:
        await asyncio.gather(*(one(f"job{number}") for number in range(20)))
        outside = threading.Thread(target=log.info, args=("outside",))
        outside.start()
        outside.join()
        log.info("outside")
    told = lines(stream)
    assert len(told) == 42
    for line in told:
        job = line["message"].split()[-1]
        assert line.get("job") == (None if job == "outside" else job)


def test_debug_is_for_our_own_code(tmp_path: Path) -> None:
    with logged(tmp_path, log_level="DEBUG") as stream:
        log.debug("ours")
        for library in ("telegram.Bot", "discord.http", "httpx", "PIL.TiffImagePlugin", "aiosqlite"):
            logging.getLogger(library).debug("what somebody wrote")
        logging.getLogger("httpx").info("HTTP Request: GET …")
        logging.getLogger("discord.gateway").info("connected")
    assert [line.rsplit(": ", 1)[1] for line in stream.getvalue().splitlines()] == ["ours", "connected"]


@pytest.mark.parametrize("chosen", ["console", "json"])
def test_secrets_are_struck_out_of_messages_and_tracebacks(tmp_path: Path, chosen: str) -> None:
    database = "postgresql+asyncpg://magic:p%40ss%22word@db/magic"
    with logged(tmp_path, log_format=chosen, database_url=database) as stream:
        log.info("connecting to %s", database)
        try:
            raise ConnectionError('the password p@ss"word is refused')
        except ConnectionError:
            log.exception("failed")
    text = stream.getvalue()
    assert text.count("***") == 3, "in the message, the line of code and the error"
    assert "ss%22word" not in text
    assert "p@ss" not in text
    assert "magic:***@db/magic" in text


def test_a_line_has_an_end_and_is_written_in_no_time(tmp_path: Path) -> None:
    began = time.perf_counter()
    with logged(tmp_path) as stream:
        for nasty in ("a://" * 1_000_000, "x" * 4_000_000, "b'" * 1_000_000, "7213456:" * 500_000, "a-" * 1_000_000):
            log.info(nasty)
    assert all(len(line) <= logs.MAX_MESSAGE_CHARS + 200 for line in stream.getvalue().splitlines())
    assert time.perf_counter() - began < 5


def test_no_secret_shows_where_a_line_is_cut(tmp_path: Path) -> None:
    token = "7213456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
    with logged(tmp_path, telegram_token=token) as stream:
        for place in range(logs.MAX_MESSAGE_CHARS // 2 - 60, logs.MAX_MESSAGE_CHARS // 2 + 10, 5):
            log.info("word " * (place // 5) + token + " word" * 10_000)
            log.info("word " * 10_000 + token + " word" * (place // 5))
    text = stream.getvalue()
    assert "[…]" in text
    assert not any(token[start : start + 8] in text for start in range(len(token) - 8))
