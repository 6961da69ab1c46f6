"""Measures the networks alone, in batches: faces a second, beside the machine's own matrix product.

All but the package's own networks get random weights: speed does not depend on the values.
"""

import copy
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import torch
from rich.table import Table
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from magicmemory.pipeline.engines.base import Engine, available_cores
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.restore import NetworkRestorer
from magicmemory.pipeline.models import codeformer, elir, gfpgan, lite, restoreformer, vqfr
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.model import on_crops
from magicmemory.pipeline.sample import aligned_face

_SECONDS = 1.0  # of each measurement, at least


def _lite() -> nn.Module:
    return lite.load(Path(str(files("magicmemory.pipeline.assets").joinpath("lite.safetensors"))))


NETWORKS: dict[str, tuple[ModelFacts, Callable[[], nn.Module]]] = {
    facts.name: (facts, make)
    for facts, make in (
        (lite.LITE.facts, _lite),
        (gfpgan.GFPGAN_1_4.facts, gfpgan.GFPGAN),
        (codeformer.CODEFORMER.facts, codeformer.CodeFormer),
        (restoreformer.RESTOREFORMER.facts, restoreformer.RestoreFormer),
        (elir.ELIR.facts, elir.Elir),
        (vqfr.VQFR_2.facts, vqfr.VQFRv2),
    )
}


@dataclass(frozen=True, slots=True)
class NetworkMeasurement:
    """One restorer with one batch size.

    Attributes:
        network: its name.
        batch: faces in each call.
        faces_per_s: crops in, faces out, with all copies.
        ms_per_face: 1000 over it.
        gflop: of one face.
        of_product: the time of a matrix product of as many operations over the network's. The product is in bfloat16 on
            a GPU, in float32 on a CPU, where a network in bfloat16 can pass 1.
    """

    network: str
    batch: int
    faces_per_s: float
    ms_per_face: float
    gflop: float
    of_product: float


def measure(engine: Engine, name: str, batch: int, tflops: float) -> NetworkMeasurement:
    """One restorer as the pipeline runs it, in full batches, as many at the same time as the engine takes.

    Args:
        engine: runs the network.
        name: one of `NETWORKS`.
        batch: faces in each call.
        tflops: of `product_tflops`.
    """
    facts, _ = NETWORKS[name]
    network = network_of(name)
    operations = gflop(network, facts)
    example = [torch.zeros(1, SIZE, SIZE, 3, dtype=torch.uint8)]
    if facts.has_fidelity:
        example.append(torch.ones(1))
    runner = engine.compile(on_crops(network), tuple(example), name, supports_half=facts.supports_half)
    batching = replace(engine.batching, largest=batch)
    restorer = NetworkRestorer(runner, batching, facts.default_fidelity)
    crops = [aligned_face()] * batch
    callers = engine.batching.at_once
    with ThreadPoolExecutor(callers) as threads:

        def calls(count: int) -> float:
            began = time.perf_counter()
            list(threads.map(lambda _: restorer(crops, None), range(count * callers)))
            return time.perf_counter() - began

        calls(2)  # compiles, captures, and fills the caches
        count = max(1, math.ceil(_SECONDS / calls(1)))
        rate = max(count * callers * batch / calls(count) for _ in range(3))
    share = rate * operations / 1000 / tflops
    return NetworkMeasurement(name, batch, round(rate, 1), round(1000 / rate, 2), round(operations, 1), round(share, 3))


def network_of(name: str) -> nn.Module:
    """A restorer's network, with random weights unless it is in the package."""
    torch.manual_seed(0)
    return NETWORKS[name][1]().eval().requires_grad_(False)


def gflop(network: nn.Module, facts: ModelFacts) -> float:
    """Operations of one face in billions: multiplications and additions of convolutions and products, as torch counts
    them.
    """
    inputs = [torch.zeros(1, 3, SIZE, SIZE, device="meta")]
    if facts.has_fidelity:
        inputs.append(torch.zeros(1, device="meta"))
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        copy.deepcopy(network).to("meta")(*inputs)
    return counter.get_total_flops() / 1e9


def product_tflops(device: str) -> float:
    """Trillions of operations a second of this machine's own matrix product, from the best of a few: in bfloat16 on a
    GPU; in float32 on all cores of a CPU, torch's or NumPy's.
    """
    on_gpu = device.startswith("cuda")
    side, kind = (8192, torch.bfloat16) if on_gpu else (2048, torch.float32)
    one = torch.rand(side, side, device=device).to(kind)
    products: list[Callable[[], object]] = [lambda: torch.mm(one, one)]
    if not on_gpu:
        products.append(lambda: one.numpy() @ one.numpy())
    threads, times = torch.get_num_threads(), []
    torch.set_num_threads(available_cores())  # the engine for CPUs leaves torch one
    try:
        for product in products * 8:
            began = time.perf_counter()
            product()
            if on_gpu:
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - began)
    finally:
        torch.set_num_threads(threads)
    return 2 * side**3 / min(times) / 1e12


def table_of(rows: list[NetworkMeasurement], engine: str, tflops: float) -> Table:
    """The measurements for people."""
    table = Table(title=f"Restorers on {engine}, crops in and faces out; matrix product: {tflops:.3g} TFLOP/s")
    for column in ("restorer", "batch", "faces/s", "ms a face", "GFLOP a face", "of the product"):
        table.add_column(column, justify="left" if column == "restorer" else "right")
    for row in rows:
        figures = (f"{row.faces_per_s:.1f}", f"{row.ms_per_face:.2f}", f"{row.gflop:.0f}", f"{row.of_product:.0%}")
        table.add_row(row.network, str(row.batch), *figures)
    return table
