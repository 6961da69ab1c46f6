"""Logs: one line per event, as text or JSON, with the job that it is about, and without secrets."""

import json
import logging
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import Settings

# These loggers report each poll and each request; their warnings and errors are still logged.
NOISY: Final = ("arq", "httpx", "httpcore", "alembic", "uvicorn")

MAX_MESSAGE_CHARS: Final = 20_000  # characters of a message, and of a traceback
MAX_WORD_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """The job that a line is about; empty: none."""

    job: str = ""
    platform: str = ""


_NOTHING: Final = Subject()
# Tasks and `asyncio.to_thread` inherit it, so it is also right in the pipeline's thread.
_subject: Final[ContextVar[Subject]] = ContextVar("subject", default=_NOTHING)


@contextmanager
def about(job: str, platform: str) -> Iterator[None]:
    """Mark all lines that are logged within as being about this job."""
    token = _subject.set(Subject(job, platform))
    try:
        yield
    finally:
        _subject.reset(token)


def subject() -> Subject:
    """The job that lines logged here are about."""
    return _subject.get()


class ConsoleFormatter(logging.Formatter):
    """Lines of text: time, level, process, logger, message, and the job in brackets."""

    def __init__(self, process: str, redact: Redactor) -> None:
        super().__init__(datefmt="%Y-%m-%d %H:%M:%S")
        self._process = process
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        # A message may quote what a person sent: that must not forge further lines.
        message = "".join(char if char.isprintable() else repr(char)[1:-1] for char in _message(record))
        job = subject().job
        known = f" [{job}]" if job and job not in message else ""
        head = f"{self.formatTime(record, self.datefmt)} {record.levelname:<7} {self._process} {record.name}: "
        line = self._redact(head + message + known)
        trouble = _trouble(self, record)
        return f"{line}\n{textwrap.indent(self._redact(trouble), '  ')}" if trouble else line


class JsonFormatter(logging.Formatter):
    """One JSON object per line: `time` (UTC), `level`, `logger`, `message`, `process`, and if known `job`, `platform`
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


# What strangers can cause thousands of times a minute: accepts without free files, and requests that are none.
_CAUSED_BY_CLIENTS = (
    "socket.accept()",
    "Invalid HTTP request received",
    "Unsupported upgrade request",
    "No supported WebSocket library",
)


class ClientErrors(logging.Filter):
    """Passes each message that any client can cause at will once a minute."""

    def __init__(self, every_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._clock = clock
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        text = str(record.msg)
        known = next((part for part in _CAUSED_BY_CLIENTS if part in text), None)
        if known is None:
            return True
        now = self._clock()
        if known in self._last and now - self._last[known] < self._every_s:
            return False
        self._last[known] = now
        return True


def _message(record: logging.LogRecord) -> str:
    return _cut(record.getMessage())


def _cut(text: str) -> str:
    """Shorten a long text. Its end is kept, because a traceback's last line holds the error."""
    if len(text) <= MAX_MESSAGE_CHARS:
        return text
    # Words at the cut are removed whole: the redactor would not recognise half a secret.
    head = re.sub(rf"\S{{1,{MAX_WORD_CHARS}}}\Z", "", text[: MAX_MESSAGE_CHARS // 2])
    tail = re.sub(rf"\A\S{{1,{MAX_WORD_CHARS}}}", "", text[-MAX_MESSAGE_CHARS // 2 :])
    return f"{head}[…]{tail}"


def _trouble(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback, if any. It is not cached on the record, because other handlers may format it differently."""
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return _cut("\n".join(parts))


def set_up(settings: Settings, process: str, redact: Redactor, stream: TextIO | None = None) -> logging.Handler:
    """Start logging to `stream` (None: standard error) according to the settings. Returns the handler."""
    kind = JsonFormatter if settings.log_format == "json" else ConsoleFormatter
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(kind(process, redact))
    root = logging.getLogger()
    root.addHandler(handler)
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.getLogger("magicmemory").setLevel(level)
    # DEBUG is for our own code: libraries would log people's messages and photos byte by byte.
    root.setLevel(max(level, logging.INFO))
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in ("asyncio", "uvicorn.error"):
        logging.getLogger(name).addFilter(ClientErrors())
    logging.captureWarnings(capture=True)
    return handler
