import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.engines import TorchEngine, available_cores, choose
from magicmemory.pipeline.openvino_engine import OpenVinoEngine
from tests.pipeline.networks import Tiny, TinyWithFidelity, seeded

EXAMPLE = (torch.zeros(1, 3, 64, 64), torch.ones(1))


def inputs(batch: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    faces = random.uniform(-1, 1, (batch, 3, 64, 64)).astype(np.float32)
    return faces, random.uniform(0, 1, batch).astype(np.float32)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_openvino_equals_torch_for_every_batch(cache: Path) -> None:
    network = seeded(TinyWithFidelity())
    openvino = OpenVinoEngine(cache).compile(network, EXAMPLE, "tiny")
    torch_ = TorchEngine("cpu").compile(network, EXAMPLE, "tiny")
    for batch in (1, 3, 2):
        given = inputs(batch)
        result = openvino(*given)
        assert result.dtype == np.float32
        assert result.shape == (batch, 3, 64, 64)
        np.testing.assert_allclose(result, torch_(*given), atol=1e-6)


@pytest.mark.parametrize("kind", ["openvino", "torch"])
def test_a_batch_is_its_faces_one_by_one(cache: Path, kind: str) -> None:
    engine = OpenVinoEngine(cache) if kind == "openvino" else TorchEngine("cpu")
    run = engine.compile(seeded(Tiny()), EXAMPLE[:1], "plain")
    faces, _ = inputs(4)
    singles = np.concatenate([run(faces[i : i + 1]) for i in range(4)])
    np.testing.assert_allclose(run(faces), singles, atol=1e-6)


def test_the_converted_model_is_kept_and_found_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = seeded(Tiny())
    first = OpenVinoEngine(cache).compile(network, EXAMPLE[:1], "kept")
    again = OpenVinoEngine(cache)
    monkeypatch.setattr(again, "_convert", lambda *_: pytest.fail("converted again"))
    faces, _ = inputs(2)
    assert (again.compile(network, EXAMPLE[:1], "kept")(faces) == first(faces)).all()
    assert not list(cache.glob(".converting-*"))


def test_other_weights_are_another_model(cache: Path) -> None:
    network = seeded(Tiny())
    engine = OpenVinoEngine(cache)
    faces, _ = inputs(1)
    before = engine.compile(network, EXAMPLE[:1], "changed")(faces)
    with torch.no_grad():
        network.last.bias.add_(0.5)  # type: ignore[operator, union-attr]
    after = engine.compile(network, EXAMPLE[:1], "changed")(faces)
    assert np.abs(after - before).max() > 0.01
    assert len(list(cache.glob("changed-*"))) == 2


def test_a_runner_may_be_called_from_several_threads(cache: Path) -> None:
    run = OpenVinoEngine(cache).compile(seeded(TinyWithFidelity()), EXAMPLE, "tiny")
    given = [inputs(1 + seed % 3, seed) for seed in range(12)]
    expected = [run(*one) for one in given]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda one: run(*one), given))
    for result, wanted in zip(results, expected, strict=True):
        assert (result == wanted).all()


def test_results_are_not_overwritten_by_the_next_call(cache: Path) -> None:
    run = OpenVinoEngine(cache).compile(seeded(TinyWithFidelity()), EXAMPLE, "tiny")
    first = run(*inputs(1, 1))
    copy = first.copy()
    run(*inputs(1, 2))
    assert (first == copy).all()


class Fails(nn.Module):
    def forward(self, faces: Tensor) -> Tensor:
        raise RuntimeError("broken on purpose")


def test_a_failed_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="broken on purpose"):
        OpenVinoEngine(tmp_path).compile(Fails(), EXAMPLE[:1], "fails")
    assert not list(tmp_path.glob("*fails*"))


def test_the_cpu_is_openvino_and_auto_is_never_an_error(tmp_path: Path) -> None:
    assert choose("cpu", tmp_path).name == "OpenVINO on the CPU"
    choose("auto", tmp_path)


def test_without_openvino_torch_runs_on_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert choose("cpu", tmp_path).name == "torch on cpu"


@pytest.mark.parametrize(
    ("device", "gpus", "says"),
    [
        ("cuda", 0, "MAGIC_DEVICE=cuda cannot be used: torch sees no GPU; write cpu or auto to do without."),
        ("cuda:1", 1, "MAGIC_DEVICE=cuda:1 cannot be used: torch sees one GPU, cuda:0; write cpu or auto"),
        ("cuda:2", 2, "torch sees 2 GPUs, cuda:0 to cuda:1"),
    ],
)
def test_a_gpu_that_is_not_there(
    device: str, gpus: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    with pytest.raises(BadSettings, match=says):
        choose(device, tmp_path)


def test_a_gpu_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=80 << 30))
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    assert choose("auto", tmp_path).device == "cuda:0"
    engine = choose("cuda:1", tmp_path)
    assert (engine.device, engine.name) == ("cuda:1", "torch on cuda:1")
    assert engine.batching.largest > 1


def test_there_is_a_core_to_run_on() -> None:
    assert available_cores() >= 1


def test_openvino_does_not_phone_home_and_is_not_imported_before_it_is_needed() -> None:
    program = """
import sys
from magicmemory.pipeline import openvino_engine
assert "openvino" not in sys.modules
from pathlib import Path
openvino_engine.OpenVinoEngine(Path("unused"))
assert "openvino" in sys.modules
assert sys.modules.get("openvino_telemetry") is None
assert not any(name.startswith("openvino_telemetry.") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True)
