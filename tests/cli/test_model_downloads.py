"""`models pull --recommended`, and several downloads at a time."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli.main import app
from magicmemory.cli.model_downloads import download, plan_table
from magicmemory.pipeline.models import recommended as recommendations
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.recommended import Hardware, recommended
from magicmemory.pipeline.models.weights import Examined, State, Weights
from tests.support.weights_server import Publisher, publisher

ONE, TWO = (
    ModelFacts(
        name=name,
        title=name,
        kind=Kind.UPSCALER,
        licence="MIT",
        commercial=commercial,
        file=f"{name}.pth",
        url="https://github.com/nobody",
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size=2_000_000,
        good_at="tests",
    )
    for name, commercial in (("one", Commercial.YES), ("two", Commercial.NO))
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher of the only two models that are recommended."""
    with publisher() as world:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MAGIC_WEIGHTS_MIRROR", world.url)
        monkeypatch.setenv("MAGIC_WEIGHTS_DIR", str(tmp_path / "w"))
        monkeypatch.setattr(recommendations, "_EVERYWHERE", (ONE,))
        monkeypatch.setattr(recommendations, "_DETECTORS", {Hardware.CPU: TWO, Hardware.GPU: replace(TWO, name="gpu")})
        world.files |= {"/one.pth": b"one", "/two.pth": b"two"}
        yield world


def pull(*arguments: str, says: str = "") -> Result:
    return CliRunner().invoke(app, ["models", "pull", *arguments], input=says)


def test_the_recommended_models_are_shown_and_asked_for_once(tmp_path: Path, server: Publisher) -> None:
    refused = pull("--recommended", "--cpu", says="n\n")
    assert refused.exit_code == 1
    for shown in ("one", "two", "2.0 MB", "4 MB", "MIT", "Download them?"):
        assert shown in refused.stdout
    assert server.asked == []
    taken = pull("--recommended", "--cpu", says="y\n")
    assert taken.exit_code == 0, taken.output
    assert taken.stdout.count("?") == 1
    assert {path.name for path in (tmp_path / "w").iterdir()} == {"one.pth", "two.pth"}
    again = pull("--recommended", "--cpu")
    assert again.exit_code == 0
    assert "Download them?" not in again.stdout
    assert again.stdout.count("here already") == 2


@pytest.mark.usefixtures("server")
def test_paid_use_omits_models_that_forbid_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pull("--recommended", "--cpu", "--paid-use", "--yes").exit_code == 0
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["one.pth"]
    monkeypatch.setenv("MAGIC_COMMERCIAL", "true")
    assert "two" not in pull("--recommended", "--cpu", "--yes").stdout


@pytest.mark.usefixtures("server")
def test_hardware_comes_from_the_option_or_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_DEVICE", "cuda:1")
    assert "gpu" in pull("--recommended", says="n\n").stdout
    assert "gpu" not in pull("--recommended", "--cpu", says="n\n").stdout
    monkeypatch.setenv("MAGIC_DEVICE", "cpu")
    assert "gpu" not in pull("--recommended", says="n\n").stdout
    assert "gpu" in pull("--recommended", "--gpu", says="n\n").stdout


def test_failed_download_does_not_stop_the_others_and_is_resumed_later(tmp_path: Path, server: Publisher) -> None:
    del server.files["/one.pth"]
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "two.pth.part").write_bytes(b"t")
    result = pull("--recommended", "--cpu", "--yes")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"magicmemory: {server.url}/one.pth cannot be fetched: the server answers 404")
    assert "two.pth is installed and its SHA-256 is right." in result.stdout
    assert ("/two.pth", "bytes=1-") in server.asked


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("arguments", [(), ("vqfr-2", "--recommended"), ("vqfr-2", "--cpu"), ("vqfr-2", "--paid-use")])
def test_mistake_prints_one_sentence(arguments: tuple[str, ...]) -> None:
    result = pull(*arguments)
    assert result.exit_code == 1
    assert "--recommended" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("hardware", Hardware)
def test_recommended_models_can_be_downloaded_checked_and_used(hardware: Hardware) -> None:
    chosen = recommended(hardware, paid_use=False)
    assert all(facts.url and facts.sha256 and not facts.bundled for facts in chosen)
    assert (
        len({facts.kind for facts in chosen}) == len(chosen) == len(Kind) - 2
    )  # the mender is bundled, occlusion masks are brought
    allowed = recommended(hardware, paid_use=True)
    assert {facts.kind for facts in allowed} == {Kind.DETECTOR, Kind.UPSCALER}
    assert {facts.commercial for facts in allowed} == {Commercial.YES}


def test_total_with_an_unknown_size_is_printed_as_a_minimum(tmp_path: Path) -> None:
    table = plan_table(Weights(tmp_path), [ONE, replace(TWO, size=None)])
    assert list(table.columns[2].cells) == ["2.0 MB", "size not known", "over 2 MB"]


class Together(Weights):
    """Fetches nothing: calls `each` instead."""

    def __init__(self, folder: Path, each: Callable[[ModelFacts, Callable[[int, int | None], None]], None]) -> None:
        super().__init__(folder)
        self._each = each

    def pull(self, model: ModelFacts, progress: Callable[[int, int | None], None] | None = None) -> Examined:
        assert progress is not None
        self._each(model, progress)
        return Examined(State.VERIFIED)


def test_downloads_run_side_by_side(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=20)

    def each(model: ModelFacts, progress: Callable[[int, int | None], None]) -> None:
        both.wait()

    assert download(Together(tmp_path, each), [ONE, TWO]).keys() == {"one", "two"}


def test_interrupt_stops_all_downloads(tmp_path: Path) -> None:
    stopped = []

    def each(model: ModelFacts, progress: Callable[[int, int | None], None]) -> None:
        if model is ONE:
            raise KeyboardInterrupt
        try:
            while not threading.Event().wait(0.01):
                progress(1, 2)
        except Exception:
            stopped.append(model.name)
            raise

    with pytest.raises(KeyboardInterrupt):
        download(Together(tmp_path, each), [ONE, TWO])
    assert stopped in ([], ["two"]), "it was not begun, or it ended"
