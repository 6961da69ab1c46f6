"""What only a GPU can show: full and half precision, graphs, batches, streams, and the end of the card's memory."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.batcher import OutOfMemory
from magicmemory.pipeline.engines.cuda_engine import CudaEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.restore import NetworkRestorer
from magicmemory.pipeline.models import elir, gfpgan, headmask, lite, parsenet, photo, photo_x2, realesrgan
from magicmemory.pipeline.models.model import on_crops
from magicmemory.pipeline.models.retinaface import JoinedHeads
from magicmemory.pipeline.models.self_test import psnr
from magicmemory.pipeline.sample import aligned_face, portrait
from tests.golden import ours, seeded

if not torch.cuda.is_available():
    pytest.skip("there is no NVIDIA GPU", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Floats = NDArray[np.float32]
DEVICE = "cuda:0"
HALF_DB = 45.0
FULL_DB = 75.0
HALVES = {
    "gfpgan": gfpgan.GFPGAN_1_4,
    "elir": elir.ELIR,
    "realesr_general_x4v3": realesrgan.REALESR_GENERAL,
    "realesrgan_x2plus": realesrgan.REALESRGAN_X2,
    "realesrgan_x4plus": realesrgan.REALESRGAN_X4,
}


@pytest.fixture(autouse=True)
def free_memory() -> Iterator[None]:
    yield
    torch.cuda.empty_cache()


def asset(file: str) -> Path:
    return Path(next(iter(assets.__path__))) / file


def inputs_of(name: str) -> tuple[Floats, ...]:
    image = seeded.network_input(name)
    fidelities = seeded.FIDELITIES.get(name)
    return (image,) if fidelities is None else (image, np.array(fidelities[-1:], np.float32))


def decibels_to_golden(name: str, out: Floats) -> float:
    kept, fidelities = ours.golden(name), seeded.FIDELITIES.get(name)
    key = "out" if fidelities is None else f"out_{fidelities[-1]}"
    low, high, _, _ = kept[f"{key}_statistics"]
    sampled = out.ravel()[seeded.places(f"{name}/{key}", kept[key].size, out.size)]
    error = np.square(sampled.astype(np.float64) - kept[key]).mean()
    return float(20 * np.log10(high - low) - 10 * np.log10(error + 1e-20))


@pytest.mark.parametrize("name", sorted(set(ours.NETWORKS) - {"retinaface_resnet50", "retinaface_mobile025"}))
def test_full_precision_gives_the_numbers_of_the_original_code(name: str) -> None:
    given = inputs_of(name)
    example = tuple(torch.from_numpy(x) for x in given)
    run = CudaEngine(DEVICE, "full").compile(ours.network(name), example, name)
    decibels = decibels_to_golden(name, run(*given))
    print(f"{name} in full precision: {decibels:.1f} dB")
    assert decibels >= FULL_DB


@pytest.mark.parametrize("name", HALVES)
def test_half_precision_is_near_the_original_code(name: str) -> None:
    assert HALVES[name].facts.supports_half
    given = inputs_of(name)
    run = CudaEngine(DEVICE).compile(ours.network(name), (torch.from_numpy(given[0]),), name, supports_half=True)
    decibels = decibels_to_golden(name, run(*given))
    print(f"{name} in half precision: {decibels:.1f} dB")
    assert HALF_DB <= decibels < 90


@pytest.mark.parametrize("body", ["retinaface_resnet50", "retinaface_mobile025"])
def test_detectors_say_what_they_say_on_a_cpu(body: str) -> None:
    image = seeded.network_input(body)
    network = JoinedHeads(ours.network(body))
    expected = TorchEngine("cpu").compile(network, (), body)(image)
    run = CudaEngine(DEVICE).compile(network, (torch.from_numpy(image),), body, any_size=True)
    found = run(image)
    print(f"{body}: {psnr(found, expected):.1f} dB")
    assert psnr(found, expected) >= FULL_DB
    other = np.ascontiguousarray(image[:, :, :-24, :-16])
    assert run(other).shape[1] != found.shape[1], "another size is taken as well"


def crops(count: int) -> list[NDArray[np.uint8]]:
    face, rng = aligned_face(), np.random.default_rng(4)
    noise = rng.normal(0, 12, (count, *face.shape))
    return list((face + noise).clip(0, 255).astype(np.uint8))


def lite_network() -> nn.Module:
    return on_crops(lite.load(asset("lite.safetensors")))


def lite_restorer(engine: CudaEngine | TorchEngine, largest: int = 8) -> NetworkRestorer:
    example = (torch.zeros(1, 512, 512, 3, dtype=torch.uint8), torch.ones(1))
    run = engine.compile(lite_network(), example, "lite", supports_half=True)
    return NetworkRestorer(run, replace(engine.batching, largest=largest), lite.DEFAULT_FIDELITY)


@pytest.mark.parametrize("fidelity", [0.0, 0.5, 1.0])
def test_lite_restores_the_same_face_as_on_a_cpu(fidelity: float) -> None:
    given = crops(3)
    expected = np.stack(lite_restorer(TorchEngine("cpu"))(given, fidelity))
    full = np.stack(lite_restorer(CudaEngine(DEVICE, "full"))(given, fidelity))
    half = np.stack(lite_restorer(CudaEngine(DEVICE))(given, fidelity))
    print(f"lite at {fidelity}: full {psnr(full, expected):.1f} dB, half {psnr(half, expected):.1f} dB")
    assert psnr(full, expected) >= FULL_DB
    assert HALF_DB <= psnr(half, expected) < 90


@pytest.mark.parametrize(("name", "planes"), [("finder", 3), ("mender", 4)])
def test_whole_photos_are_seen_and_cleaned_as_on_a_cpu(name: str, planes: int) -> None:
    def make() -> nn.Module:
        network: nn.Module = getattr(photo.load(asset("photo.safetensors")), name)
        return network

    picture = np.zeros((1, planes, 512, 512), np.float32)
    noise = np.random.default_rng(5).normal(0, 12, (512, 512, 3))
    picture[0, :3] = ((portrait()[:512, :512] + noise).clip(0, 255) / 255).transpose(2, 0, 1)
    example = (torch.from_numpy(picture),)
    expected = TorchEngine("cpu").compile(make(), example, name)(picture)
    full = CudaEngine(DEVICE, "full").compile(make(), example, name, any_size=True)(picture)
    half = CudaEngine(DEVICE).compile(make(), example, name, supports_half=True, any_size=True)(picture)
    print(f"{name}: full {psnr(full, expected):.1f} dB, half {psnr(half, expected):.1f} dB")
    assert psnr(full, expected) >= FULL_DB
    assert HALF_DB <= psnr(half, expected) < 90


def test_a_face_mask_is_the_same_as_on_a_cpu() -> None:
    image = seeded.network_input("parsenet")
    network = parsenet.FaceOnly(ours.network("parsenet"))
    expected = TorchEngine("cpu").compile(network, (), "parsenet")(image)
    half = CudaEngine(DEVICE).compile(network, (torch.from_numpy(image),), "parsenet", supports_half=True)(image)
    print(f"parsenet: {np.mean(half == expected):.2%} of the labels are the same")
    assert np.mean(half == expected) > 0.98


def test_captured_graphs_give_what_the_network_gives() -> None:
    given = np.stack(crops(4))
    network = lite_network().to(DEVICE)
    fidelity = np.full(4, 0.5, np.float32)
    with torch.inference_mode():
        eager = network(torch.from_numpy(given).to(DEVICE), torch.from_numpy(fidelity).to(DEVICE)).cpu().numpy()
    example = (torch.zeros(1, 512, 512, 3, dtype=torch.uint8), torch.ones(1))
    run = CudaEngine(DEVICE, "full").compile(lite_network(), example, "lite")
    for _ in range(3):
        assert psnr(run(given, fidelity), eager) >= FULL_DB


def test_one_face_alone_is_the_same_as_among_others() -> None:
    given = crops(7)
    together = np.stack(lite_restorer(CudaEngine(DEVICE), largest=8)(given, None))
    alone = np.stack(lite_restorer(CudaEngine(DEVICE), largest=1)(given, None))
    print(f"seven faces together and alone: {psnr(together, alone):.1f} dB")
    assert psnr(together, alone) >= HALF_DB


def test_the_same_faces_give_the_same_bytes_again() -> None:
    given = crops(5)
    restorer = lite_restorer(CudaEngine(DEVICE), largest=8)
    first = np.stack(restorer(given, None))
    assert all(np.array_equal(np.stack(restorer(given, None)), first) for _ in range(5))


def test_two_streams_give_what_one_gives() -> None:
    given = crops(8)
    restorer = lite_restorer(CudaEngine(DEVICE), largest=1)
    one_after_the_other = [restorer([crop], None)[0] for crop in given]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            together = list(threads.map(lambda crop: restorer([crop], None)[0], given))
            assert all(np.array_equal(one, other) for one, other in zip(one_after_the_other, together, strict=True))


def test_a_batch_that_does_not_fit_is_halved_and_the_card_works_on() -> None:
    given = crops(64)
    expected = np.stack(lite_restorer(CudaEngine(DEVICE), largest=8)(given[:8], None))
    restorer = lite_restorer(CudaEngine(DEVICE), largest=64)
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(DEVICE)
    kept = torch.empty(int(free - 3.0e9), dtype=torch.uint8, device=DEVICE)  # leaves too little for 64 faces
    found = np.stack(restorer(given, None))
    del kept
    assert psnr(found[:8], expected) >= HALF_DB
    torch.cuda.empty_cache()
    assert psnr(np.stack(restorer(given[:8], None)), expected) >= HALF_DB


def test_a_face_that_does_not_fit_says_so_and_the_card_works_on() -> None:
    example = (torch.zeros(1, 512, 512, 3, dtype=torch.uint8), torch.ones(1))
    run = CudaEngine(DEVICE).compile(lite_network(), example, "lite", supports_half=True)
    given = np.stack(crops(1))
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(DEVICE)
    kept = torch.empty(int(free - 0.03e9), dtype=torch.uint8, device=DEVICE)
    with pytest.raises(OutOfMemory):
        run(given, np.full(1, 0.5, np.float32))
    del kept
    torch.cuda.empty_cache()
    assert np.isfinite(run(given, np.full(1, 0.5, np.float32))).all()


def test_bundled_networks_run_on_the_card() -> None:
    """Head mask and `photo-x2`, in full precision, as on a CPU."""
    rng = np.random.default_rng(6)
    for network, shape in (
        (headmask.load(asset("headmask.safetensors")), (1, 3, 256, 256)),
        (photo_x2.load(asset("photo_x2.safetensors")), (1, 3, 96, 128)),
    ):
        given = rng.random(shape, dtype=np.float32)
        expected = TorchEngine("cpu").compile(network, (), "bundled")(given)
        found = CudaEngine(DEVICE).compile(network, (torch.from_numpy(given),), "bundled", any_size=True)(given)
        assert psnr(found, expected) >= FULL_DB
