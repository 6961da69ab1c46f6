"""The guard fails exactly the test that leaves the process changed, and names the change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

LEAKS = {
    "gradients": ("import torch; torch.set_grad_enabled(False)", "torch's gradient mode"),
    "dtype": ("import torch; torch.set_default_dtype(torch.float64)", "torch's default dtype"),
    "torch_threads": ("import torch; torch.set_num_threads(torch.get_num_threads() + 1)", "torch's threads"),
    "opencv_threads": ("import cv2; cv2.setNumThreads(cv2.getNumThreads() + 1)", "OpenCV's threads"),
    "variable": ("import os; os.environ['LEFT_BY_A_TEST'] = 'secret'", "the environment: LEFT_BY_A_TEST"),
    "folder": ("import os; os.chdir('/')", "the working directory"),
    "zone": ("import os, time; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "the time zone"),
    "level": ("import logging; logging.getLogger('some').setLevel(10)", "logging's levels and handlers: some"),
    "handler": ("import logging; logging.getLogger().addHandler(logging.NullHandler())", "handlers: root"),
    "filter": ("import warnings; warnings.filterwarnings('ignore', 'left behind')", "the warnings filter"),
    "thread": (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "thread Thread",
    ),
    "child": ("import subprocess; global kept; kept = subprocess.Popen(['sleep', '30'])", "was not waited for: sleep"),
    "socket": ("import socket; global kept; kept = socket.socket()", "is open"),
}

INNER = """
import gc, logging, os, socket, subprocess, sys, threading, time, warnings
import pytest
{imports}

@pytest.fixture(scope="module")
def server():
    child, line = subprocess.Popen(["sleep", "30"]), socket.socket()
    yield line
    line.close()
    child.kill()
    child.wait()

def test_clean_with_a_server_of_the_file(server):
    pass

def test_clean_asks_for_a_server_late(request):
    request.getfixturevalue("server")

def test_clean_puts_everything_back(monkeypatch, tmp_path):
    monkeypatch.setenv("SOMETHING", "1")
    monkeypatch.chdir(tmp_path)
    subprocess.run(["true"], check=True)
    threading.Thread(target=time.sleep, args=(0.1,)).start()
    with socket.socket(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "left behind")
"""

WIDER = """
import logging
import pytest

@pytest.fixture(scope="module")
def quiet():
    logging.disable(logging.INFO)
    yield
    # it is never enabled again

def test_clean_but_its_fixture_is_not(quiet):
    pass
"""


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> str:
    """pytest's output for a file with leaking tests, run in a child process."""
    folder = tmp_path_factory.mktemp("leaks")
    # Imported first, as the suite does: a library's import is no leak.
    body = INNER.format(imports="import cv2, torch")
    body += "".join(f"\ndef test_leaks_{name}():\n    {code}\n" for name, (code, _) in LEAKS.items())
    (folder / "test_inner.py").write_text(body)
    (folder / "test_wider.py").write_text(WIDER)
    options = ["[pytest]", "asyncio_default_fixture_loop_scope = function", "state_guard_patience_s = 0.3"]
    (folder / "pytest.ini").write_text("\n".join(options))
    root = str(Path(__file__).parents[2])
    command = [
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "tests.support.state_guard",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    ]
    # -P would keep `tests` from being found in the root.
    ran = subprocess.run(
        [sys.executable, *command, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": root},
    )
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_fails_the_test_that_leaves_it(summary: str, name: str) -> None:
    [report] = [part for part in summary.split("ERROR at teardown of ") if part.startswith(f"test_leaks_{name} ")]
    said = report.partition("\n___")[0].partition("\n===")[0]
    assert LEAKS[name][1] in said
    assert "secret" not in said


def test_only_the_leaking_test_fails(summary: str) -> None:
    wrong = {line.split("::")[1].split()[0] for line in summary.splitlines() if line.startswith(("ERROR ", "FAILED "))}
    assert wrong == {f"test_leaks_{name}" for name in LEAKS} | {"test_clean_but_its_fixture_is_not"}
    assert "the fixture quiet leaves the process changed:\n  logging's levels and handlers: disabled below" in summary
