"""A pytest plugin that fails a test if it leaves the process changed.

It takes a snapshot before a test's fixtures are set up and after they are torn down, and reports the differences. What
a fixture of a wider scope (module, session) changes or opens is compared when that fixture ends. Threads, processes and
sockets get a short time to end.

A snapshot takes about 0.2 ms: it reads a few values and `/proc/self`, and imports nothing. Without `/proc`, processes
and sockets are not checked.
"""

import contextlib
import gc
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# Threads that libraries keep on purpose: prefix of the name -> reason.
THREADS_THAT_STAY = {
    "pymp-": "multiprocessing's own",
    "pydevd": "a debugger's",
    "tqdm_monitor": "tqdm starts one monitor for the whole process",
    "execnet-": "pytest-xdist's line to its controller",
}
# Processes that libraries keep on purpose: part of the command line -> reason.
PROCESSES_THAT_STAY = {
    "multiprocessing.resource_tracker": "multiprocessing starts one for the whole process and ends it at exit",
    "multiprocessing.forkserver": "multiprocessing starts one for the whole process and ends it at exit",
}
# Settings that the service changes on purpose for its whole process: (setting, new value, reason). They are restored
# silently.
MADE_ON_PURPOSE = [("torch's threads", 1, "the OpenVINO engine leaves torch one, for the detector's small networks")]
# Loggers that libraries set up on first use, not on import: name -> reason.
LOGGERS_THAT_CHANGE = {
    "libav": "PyAV passes FFmpeg's messages to it from its import on",
    "uvicorn.access": "uvicorn silences it for a server without an access log",
    "push_response": "redis sets it up with the first connection that speaks RESP3",
}
# Warning filters that libraries add on first use: prefix of the filtered module -> reason.
FILTERS_THAT_STAY = {"opentelemetry.sdk": "its span processors silence a warning of its own"}
# Environment variables that may change: name -> reason.
VARIABLES_THAT_CHANGE = {
    "PYTEST_CURRENT_TEST": "pytest stores the current test there",
    "PTB_TIMEDELTA": "the Telegram bot sets it, for its whole process, before it imports the library's parts",
    "TORCHINDUCTOR_CACHE_DIR": "torch's tracer notes its folder there when it is first used",
    "KMP_INIT_AT_FORK": "OpenVINO's import sets it, for the OpenMP library that it shares with torch",
}


@dataclass(frozen=True)
class Setting:
    """A process-wide value: how to read it, and how to restore it."""

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object]
    describe: Callable[[Any, Any], str] = lambda before, after: f"{before!r} before, {after!r} after"


@dataclass
class Snapshot:
    """The state of the process at one moment."""

    settings: dict[str, Any] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)  # identity -> name
    processes: dict[int, str] = field(default_factory=dict)  # process id -> command line
    sockets: dict[str, str] = field(default_factory=dict)  # inode -> file descriptor
    modules: frozenset[str] = frozenset()  # names of what has been imported

    @classmethod
    def take(cls) -> "Snapshot":
        """Take a snapshot now."""
        return cls(
            {setting.name: setting.read() for setting in settings()},
            _live_threads(),
            _child_processes(),
            _sockets(),
            _modules(),
        )

    def add_opened(self, other: "Snapshot") -> None:
        """Add the threads, processes and sockets of `other`."""
        self.threads |= other.threads
        self.processes |= other.processes
        self.sockets |= other.sockets


def settings() -> Iterator[Setting]:
    """The settings that can be read now; libraries that are not imported yet have their defaults."""
    yield from _OF_PYTHON
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "set_num_threads"):  # otherwise its import is still running
        yield Setting("torch's gradient mode", torch.is_grad_enabled, torch.set_grad_enabled)
        yield Setting("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype)
        yield Setting("torch's threads", torch.get_num_threads, torch.set_num_threads)
    cv2: Any = sys.modules.get("cv2")
    if hasattr(cv2, "setNumThreads"):
        yield Setting("OpenCV's threads", cv2.getNumThreads, cv2.setNumThreads)


# torch's values after import: a test may be the first to import it, and change it at once.
DEFAULTS = {"torch's gradient mode": True, "torch's default dtype": "torch.float32"}


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in VARIABLES_THAT_CHANGE}


def _restore_environment(before: dict[str, str]) -> None:
    now = _environment()
    for name in now.keys() - before.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if now.get(name) != value})


def _filters_that_differ(before: list[Any], after: list[Any]) -> str:
    return f"added {[one for one in after if one not in before]}, removed {[one for one in before if one not in after]}"


def _names_that_differ(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Only the names: values may be long or secret."""
    return ", ".join(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _time_zone() -> tuple[tuple[str, str], int]:
    return time.tzname, time.timezone


def _logging() -> dict[str, tuple[Any, ...]]:
    """Level, disabled, propagate and handlers of the root logger and of each logger that was changed."""
    found: dict[str, tuple[Any, ...]] = {"disabled below": (logging.root.manager.disable,)}
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    for logger in loggers:
        if not isinstance(logger, logging.Logger):
            continue
        handlers = tuple(
            id(handler) for handler in logger.handlers if not type(handler).__module__.startswith("_pytest.")
        )
        if logger.name in LOGGERS_THAT_CHANGE:
            continue
        if logger.level or handlers or logger.disabled or not logger.propagate:
            found[logger.name] = (logger.level, logger.disabled, logger.propagate, handlers)
    return found


def _restore_logging(before: dict[str, tuple[Any, ...]]) -> None:
    [logging.root.manager.disable] = before["disabled below"]
    now = _logging()
    for name in {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}:
        logger = logging.getLogger(name)
        level, disabled, propagate, handlers = before.get(name, (logging.NOTSET, False, True, ()))
        logger.setLevel(level)
        logger.disabled, logger.propagate = disabled, propagate
        for handler in list(logger.handlers):
            if id(handler) not in handlers and not type(handler).__module__.startswith("_pytest."):
                logger.removeHandler(handler)


def _filters() -> list[Any]:
    stay = tuple(FILTERS_THAT_STAY)
    return [
        one
        for one in warnings.filters
        if not getattr(one[3], "pattern", "").startswith(stay) and not _is_of_a_library(one)
    ]


def _is_of_a_library(one: Any) -> bool:
    """Whether a library added this filter on use: requests ignores urllib3's DependencyWarning; torch's converter
    ignores all warnings inside `catch_warnings`, which can outlast its block in a thread.
    """
    action, message, category, module, line = one
    return category.__name__ == "DependencyWarning" or (action, message, category, module, line) == (
        ("ignore", None, Warning, None, 0)
    )


def _restore_filters(before: list[Any]) -> None:
    warnings.filters[:] = before  # type: ignore[index]
    warnings.simplefilter("default", ImportWarning, append=True)  # public; the C code notices the change
    warnings.filters[:] = before  # type: ignore[index]


_OF_PYTHON = (
    Setting("the environment", _environment, _restore_environment, _names_that_differ),
    Setting("the working directory", os.getcwd, os.chdir),
    Setting("the time zone", _time_zone, lambda _: time.tzset() if hasattr(time, "tzset") else None),
    Setting("logging's levels and handlers", _logging, _restore_logging, _names_that_differ),
    Setting("the warnings filter", _filters, _restore_filters, _filters_that_differ),
)


def _live_threads() -> dict[int, str]:
    return {
        thread.ident: f"{thread.name} ({type(thread).__name__})"
        for thread in threading.enumerate()
        if thread.ident is not None and not thread.name.startswith(tuple(THREADS_THAT_STAY))
    }


def _child_processes() -> dict[int, str]:
    """Child processes of all our threads, running or ended, that were not waited for."""
    if not hasattr(os, "waitid"):
        return {}
    try:  # one call is enough in the usual case of no child
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return {}
    found = {}
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended
            for child in task.read_text().split():
                command = _command(child)
                if not any(part in command for part in PROCESSES_THAT_STAY):
                    found[int(child)] = command
    return found


def _command(process_id: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return ""


def _sockets() -> dict[str, str]:
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):  # no /proc here
        for descriptor in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:"):
                    found[target] = descriptor.name
    return found


def _modules() -> frozenset[str]:
    """The names of all modules; the same set as long as nothing is imported, because thousands are copied."""
    global _known_modules
    if len(_known_modules) != len(sys.modules):
        _known_modules = frozenset(sys.modules)
    return _known_modules


_known_modules: frozenset[str] = frozenset()


def _less_what_imports_add(now: Any, then: Any, modules: frozenset[str]) -> Any:
    """Loggers and filters that a library adds when it is first imported are the library's, whichever test is first."""
    if isinstance(now, list):  # filters: (action, message, category, module, line)
        return [one for one in now if one in then or one[2].__module__ in modules]
    if isinstance(now, dict) and "root" in now:  # loggers

        def new(name: str) -> bool:
            while name and name not in sys.modules:
                name = name.rpartition(".")[0]
            return bool(name) and name not in modules

        return {name: state for name, state in now.items() if name in then or not new(name)}
    return now


def settings_changed(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """The settings that differ, each with what differs in it."""
    changed = {}
    for setting in settings():
        now = after.settings.get(setting.name)
        then = before.settings.get(setting.name, DEFAULTS.get(setting.name, now))
        if now != then:
            now = _less_what_imports_add(now, then, before.modules)
        if (str(now) if isinstance(then, str) and not isinstance(now, str) else now) != then:
            changed[setting.name] = setting.describe(then, now)
            if (setting.name, now) in [(name, made) for name, made, _ in MADE_ON_PURPOSE]:
                setting.restore(then)
                del changed[setting.name]
    return changed


def opened(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """Threads, processes and sockets that are in `after` but not in `before`."""
    found = {f"thread {name}": "is alive" for key, name in after.threads.items() if key not in before.threads}
    found |= {
        f"process {key}": f"was not waited for: {command or 'it has ended'}"
        for key, command in after.processes.items()
        if key not in before.processes
    }
    return found | {
        f"socket {number} ({key})": "is open" for key, number in after.sockets.items() if key not in before.sockets
    }


def restore(before: Snapshot, names: set[str]) -> None:
    """Restore settings, so that one leak fails only one test."""
    for setting in settings():
        if setting.name in names and setting.name in before.settings:
            setting.restore(before.settings[setting.name])
        elif setting.name == "torch's gradient mode" and setting.name in names:
            setting.restore(True)


def left_behind(before: Snapshot, patience_s: float, *, with_opened: bool = True) -> dict[str, str]:
    """What changed since `before`; threads, processes and sockets get `patience_s` seconds to end."""
    after = Snapshot.take()
    changed = settings_changed(before, after)
    alive = opened_and_kept(before, patience_s) if with_opened and opened(before, after) else {}
    restore(before, set(changed))
    return changed | alive


def opened_and_kept(before: Snapshot, patience_s: float) -> dict[str, str]:
    """What was opened since `before` and does not end within `patience_s` seconds."""
    if not opened(before, Snapshot.take()):
        return {}
    began, collected = time.monotonic(), False
    while (alive := opened(before, Snapshot.take())) and time.monotonic() < began + patience_s:
        time.sleep(0.01)
        # Most threads end within that time. Unreferenced objects close themselves, and warn if they should have been
        # closed; to find them takes a third of a second.
        if not collected and time.monotonic() > began + 0.05:
            gc.collect()
            collected = True
    return alive


class Guard:
    """Compares snapshots, and tracks the fixtures of wider scopes."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._wider: dict[Any, tuple[Snapshot, Snapshot]] = {}  # live fixture -> before and after its set-up
        self._here: Snapshot | None = None  # at the start of the current test

    def begin(self) -> None:
        self._here = Snapshot.take()

    def end(self, fixtures: set[str]) -> str:
        """What the test left behind, or an empty text. `fixtures`: the names of the test's fixtures."""
        before, self._here = self._here, None
        if before is None:
            return ""
        # What a live fixture opens for the tests that use it is compared when the fixture ends.
        lent = any(fixture.argname in fixtures and opened(*states) for fixture, states in self._wider.items())
        left = left_behind(before, self._patience_s, with_opened=not lent)
        if left and not lent:
            for earlier, _ in self._wider.values():  # do not report it again when a wider fixture ends
                earlier.add_opened(Snapshot.take())
        return _said(left)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        if fixturedef.scope == "function":
            return (yield)
        before = Snapshot.take()
        try:
            return (yield)
        finally:
            after = Snapshot.take()
            self._wider[fixturedef] = (before, after)
            if self._here is not None:  # requested by a running test
                self._forgive(before, after)

    def _forgive(self, before: Snapshot, after: Snapshot) -> None:
        assert self._here is not None
        for name in settings_changed(before, after):
            self._here.settings[name] = after.settings[name]
        self._here.add_opened(after)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> Generator[None, Any, Any]:
        yield
        states = self._wider.pop(fixturedef, None)
        if states is None:
            return
        before, after = states
        own = set(settings_changed(before, after))
        now = Snapshot.take()
        left = {name: text for name, text in settings_changed(before, now).items() if name in own}
        restore(before, set(left))
        if not any(opened(*others) for others in self._wider.values()):
            left |= opened_and_kept(before, self._patience_s)
        if left:
            pytest.fail(f"the fixture {fixturedef.argname} {_said(left)}", pytrace=False)


def _said(left: dict[str, str]) -> str:
    lines = [f"  {name}: {text}" for name, text in left.items()]
    return "\n".join(["leaves the process changed:", *lines]) if left else ""


GUARD = pytest.StashKey[Guard]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "state_guard_patience_s", "Seconds that threads, processes and sockets get to end after a test.", default="2"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[GUARD] = Guard(float(config.getini("state_guard_patience_s")))
    config.pluginmanager.register(config.stash[GUARD], "state-guard")


@pytest.fixture(autouse=True)
def state_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compare the process before this test's fixtures are set up and after they are torn down."""
    guard = request.config.stash[GUARD]
    guard.begin()
    yield
    if message := guard.end(set(request.fixturenames)):
        pytest.fail(f"the test {message}", pytrace=False)
