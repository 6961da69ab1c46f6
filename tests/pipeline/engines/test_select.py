import os
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
from magicmemory.pipeline.engines import checked_folder
from magicmemory.pipeline.engines.base import available_cores
from magicmemory.pipeline.engines.cuda_engine import CudaEngine, halved, largest_batch, padded_batch
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from tests.support.networks import Tiny, TinyWithFidelity, seeded

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("what", ["model.bin", "model.xml", "sha256.json", "compiled"])
@pytest.mark.parametrize("damage", ["truncated", "zeroed", "missing"])
def test_a_damaged_cache_is_made_again_and_never_used(tmp_path: Path, what: str, damage: str) -> None:
    network, (given, _) = seeded(Tiny()), inputs(1)
    expected = OpenVinoEngine(tmp_path).compile(network, EXAMPLE[:1], "kept")(given)
    pattern = "openvino/*/*.blob" if what == "compiled" else f"kept-*/{what}"
    (file,) = tmp_path.glob(pattern)
    data = bytearray(file.read_bytes())
    quarter = len(data) // 4
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(data[: 2 * quarter])
    else:
        data[2 * quarter : 3 * quarter] = bytes(quarter)
        file.write_bytes(data)
    again = OpenVinoEngine(tmp_path).compile(network, EXAMPLE[:1], "kept")(given)
    np.testing.assert_array_equal(again, expected)
    assert all(checked_folder.is_sound(folder) for folder in tmp_path.glob("kept-*"))
    assert all(checked_folder.is_sound(folder) for folder in tmp_path.glob("openvino/*"))


def test_the_converted_model_is_kept_and_found_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = seeded(Tiny())
    first = OpenVinoEngine(cache).compile(network, EXAMPLE[:1], "kept")
    again = OpenVinoEngine(cache)
    monkeypatch.setattr(again, "_convert", lambda *_: pytest.fail("converted again"))
    faces, _ = inputs(2)
    assert (again.compile(network, EXAMPLE[:1], "kept")(faces) == first(faces)).all()
    assert not list(cache.glob(".converting-*"))


def test_changed_weights_are_converted_again(cache: Path) -> None:
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


def test_cpu_uses_openvino_and_auto_never_fails(tmp_path: Path) -> None:
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
def test_missing_gpu_is_refused(
    device: str, gpus: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    with pytest.raises(BadSettings, match=says):
        choose(device, tmp_path)


def test_present_gpu_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=80 << 30, name="GPU")
    )
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    assert choose("auto", tmp_path).device == "cuda:0"
    engine = choose("cuda:1", tmp_path)
    assert (engine.device, engine.name) == ("cuda:1", "torch on cuda:1")
    assert engine.batching.largest > 1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot say which cores to use")
@pytest.mark.parametrize("count", [1, 2])
def test_cores_are_those_the_process_may_use(count: int) -> None:
    """Not the machine's: in a container with two of sixty-four, sixty-four threads wait for each other."""
    may = sorted(os.sched_getaffinity(0))[:count]

    def told() -> int:
        os.sched_setaffinity(0, may)  # of this thread alone
        return available_cores()

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(told).result() == len(may)


@pytest.mark.processes
def test_openvino_does_not_phone_home_and_is_not_imported_before_it_is_needed() -> None:
    program = """
import sys
from magicmemory.pipeline.engines import openvino_engine
assert "openvino" not in sys.modules
from pathlib import Path
openvino_engine.OpenVinoEngine(Path("unused"))
assert "openvino" in sys.modules
assert sys.modules.get("openvino_telemetry") is None
assert not any(name.startswith("openvino_telemetry.") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


@pytest.mark.processes
def test_a_signal_after_openvino_was_unloaded_in_another_thread_is_handled() -> None:
    """A service is stopped by a signal. On a stack that is gone, it would end with a segmentation fault."""
    program = """
import gc, os, signal, threading
from pathlib import Path
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
engines = [OpenVinoEngine(Path("unused"))]
handled = []
signal.signal(signal.SIGUSR1, lambda *_: handled.append(True))
thread = threading.Thread(target=lambda: (engines.clear(), gc.collect()))
thread.start()
thread.join()
os.kill(os.getpid(), signal.SIGUSR1)
assert handled
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


class EncoderDecoder(nn.Module):
    """A `TwoStageNetwork`."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = Tiny(), Tiny()

    def forward(self, faces: Tensor) -> Tensor:
        return self.decode(self.encode(faces))

    def encode(self, faces: Tensor) -> Tensor:
        seen: Tensor = self.first(faces)
        return seen.flatten(1)

    def decode(self, code: Tensor) -> Tensor:
        drawn: Tensor = self.second(code.reshape(-1, 3, 64, 64))
        return drawn


def psnr(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Decibels, against the range of `other`."""
    return float(20 * np.log10(np.ptp(other)) - 10 * np.log10(np.square(one - other).mean()))


@pytest.mark.parametrize("network", [Tiny, EncoderDecoder])
def test_half_precision_is_near_full_precision(
    cache: Path, monkeypatch: pytest.MonkeyPatch, network: type[nn.Module]
) -> None:
    faces, _ = inputs(3)
    full = OpenVinoEngine(cache, precision="full").compile(seeded(network()), EXAMPLE[:1], "half", supports_half=True)(
        faces
    )
    engine = OpenVinoEngine(cache)
    monkeypatch.setattr(engine, "_half_is_faster", lambda: True)
    half = engine.compile(seeded(network()), EXAMPLE[:1], "half", supports_half=True)(faces)
    if "BF16" in engine._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        assert 45 < psnr(half, full) < 90  # near it, and not the same computation
    else:
        assert (half == full).all()  # this CPU cannot, and says so by computing in full precision
    not_asked = engine.compile(seeded(network()), EXAMPLE[:1], "half")(faces)
    assert (not_asked == full).all()


def test_half_precision_benefit_is_measured_once_and_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[float] = []

    def measure(engine: OpenVinoEngine) -> float:
        measured.append(1.5)
        return 1.5

    known = OpenVinoEngine(tmp_path)._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    monkeypatch.setattr(OpenVinoEngine, "_half_speedup", measure)
    for _ in range(2):
        assert OpenVinoEngine(tmp_path)._half_is_faster() is ("BF16" in known)
    assert len(measured) == int("BF16" in known)
    assert OpenVinoEngine(tmp_path, precision="full")._half_is_faster() is False
    for kept in tmp_path.glob("half-*.json"):
        kept.write_text('{"times_faster": 0.7}')
    assert OpenVinoEngine(tmp_path)._half_is_faster() is False


def test_openvino_runs_pictures_of_any_size(cache: Path) -> None:
    network = seeded(Tiny())
    run = OpenVinoEngine(cache).compile(network, EXAMPLE[:1], "any", any_size=True)
    expected = TorchEngine("cpu").compile(network, (), "any")
    for height, width in ((64, 64), (33, 90), (128, 50)):
        faces = np.random.default_rng(height).uniform(-1, 1, (2, 3, height, width)).astype(np.float32)
        np.testing.assert_allclose(run(faces), expected(faces), atol=1e-5)


def test_calls_in_several_threads_give_what_they_give_alone(cache: Path) -> None:
    network = seeded(Tiny())
    run = OpenVinoEngine(cache, threads=3).compile(network, EXAMPLE[:1], "many", any_size=True, many_calls=True)
    sizes = [(64, 64), (33, 90), (128, 50)] * 8
    random = np.random.default_rng(9)
    pictures = [random.uniform(-1, 1, (1, 3, *size)).astype(np.float32) for size in sizes]
    alone = [run(picture) for picture in pictures]
    with ThreadPoolExecutor(6) as threads:
        for together, expected in zip(threads.map(run, pictures), alone, strict=True):
            np.testing.assert_array_equal(together, expected)


@pytest.mark.parametrize("network", [Tiny, EncoderDecoder])
def test_gpu_half_precision_path_works_on_the_cpu(network: type[nn.Module]) -> None:
    plain = seeded(network())
    faces = torch.from_numpy(inputs(2)[0])
    with torch.inference_mode():
        full, half = plain(faces).numpy(), halved(plain)(faces).numpy()
        assert 40 < psnr(half, full) < 90
        assert (plain(faces).numpy() == full).all()  # the network itself stays what it was
    assert all(parameter.dtype is torch.float32 for parameter in plain.parameters())


@pytest.mark.parametrize(("gib", "largest"), [(1, 1), (8, 4), (24, 8), (79, 32), (140, 64), (400, 64)])
def test_the_largest_batch_follows_the_cards_memory(gib: int, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=gib << 30))
    assert largest_batch("cuda:0") == largest


def test_batches_are_padded_batch_to_powers_of_two() -> None:
    assert [padded_batch(faces) for faces in (1, 2, 3, 4, 5, 8, 9, 33, 64)] == [1, 2, 4, 4, 8, 8, 16, 64, 64]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU")
@pytest.mark.parametrize("network", [Tiny, EncoderDecoder])
def test_the_gpu_equals_the_cpu(network: type[nn.Module]) -> None:
    plain = seeded(network())
    faces, _ = inputs(5)
    expected = TorchEngine("cpu").compile(plain, (), "plain")(faces)
    full = CudaEngine("cuda:0", "full").compile(seeded(network()), EXAMPLE[:1], "gpu", supports_half=True)
    half = CudaEngine("cuda:0").compile(seeded(network()), EXAMPLE[:1], "gpu", supports_half=True)
    for count in (1, 3, 5, 2):
        np.testing.assert_allclose(full(faces[:count]), expected[:count], atol=1e-4)
        assert psnr(half(faces[:count]), expected[:count]) > 40
