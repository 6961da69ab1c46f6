"""Logs: one line an event, for people or as JSON, with the job it is about in every process, and without secrets."""

import json
import logging
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import Settings

# These tell of each poll and each request; warnings and errors of theirs still show.
NOISY: Final = ("arq", "httpx", "httpcore", "alembic", "uvicorn")

MAX_MESSAGE_CHARS: Final = 20_000  # characters of a message, and of a traceback
MAX_WORD_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line is about; empty where that is no job."""

    job: str = ""
    platform: str = ""


_NOTHING: Final = Subject()
# Tasks and `asyncio.to_thread` inherit it, so that it is right in the pipeline's thread too.
_subject: Final[ContextVar[Subject]] = ContextVar("subject", default=_NOTHING)


@contextmanager
def about(job: str, platform: str) -> Iterator[None]:
    """Everything that is logged within is about this job."""
    token = _subject.set(Subject(job, platform))
    try:
        yield
    finally:
        _subject.reset(token)


def subject() -> Subject:
    """What is logged here is about this."""
    return _subject.get()


class ConsoleFormatter(logging.Formatter):
    """Lines for people: time, level, process, logger, what happened, and the job in brackets."""

    def __init__(self, process: str, redact: Redactor) -> None:
        super().__init__(datefmt="%Y-%m-%d %H:%M:%S")
        self._process = process
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        # What a person sent may be quoted in a message: it must not be able to write lines of its own.
        message = "".join(char if char.isprintable() else repr(char)[1:-1] for char in _message(record))
        job = subject().job
        known = f" [{job}]" if job and job not in message else ""
        head = f"{self.formatTime(record, self.datefmt)} {record.levelname:<7} {self._process} {record.name}: "
        line = self._redact(head + message + known)
        trouble = _trouble(self, record)
        return f"{line}\n{textwrap.indent(self._redact(trouble), '  ')}" if trouble else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, `process`, and where known `job`, `platform`
    and `error` (a traceback).
    """

    def __init__(self, process: str, redact: Redactor) -> None:
        super().__init__()
        self._process = process
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        now = subject()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": self._redact(_message(record)),
            "job": now.job,
            "platform": now.platform,
            "error": self._redact(_trouble(self, record)),
        }
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    return _cut(record.getMessage())


def _cut(text: str) -> str:
    """No more than a person would read, of which the end is kept too: there a traceback says what happened."""
    if len(text) <= MAX_MESSAGE_CHARS:
        return text
    # The words at the cut go whole: half a secret would be known by nobody as one.
    head = re.sub(rf"\S{{1,{MAX_WORD_CHARS}}}\Z", "", text[: MAX_MESSAGE_CHARS // 2])
    tail = re.sub(rf"\A\S{{1,{MAX_WORD_CHARS}}}", "", text[-MAX_MESSAGE_CHARS // 2 :])
    return f"{head}[…]{tail}"


def _trouble(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback, where there is one. Never kept on the record: another handler may show it otherwise."""
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return _cut("\n".join(parts))


def set_up(settings: Settings, process: str, redact: Redactor, stream: TextIO | None = None) -> logging.Handler:
    """Log to `stream` (None: standard error) from now on, as the settings say. Returns the handler that does it."""
    kind = JsonFormatter if settings.log_format == "json" else ConsoleFormatter
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(kind(process, redact))
    root = logging.getLogger()
    root.addHandler(handler)
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.getLogger("magicmemory").setLevel(level)
    # DEBUG is for our own code: the libraries' would print what people write and send, byte by byte.
    root.setLevel(max(level, logging.INFO))
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)
    return handler
