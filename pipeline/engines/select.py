"""Chooses the engine for this machine: OpenVINO on a CPU, CUDA on an NVIDIA GPU, torch where neither can run."""

import importlib.util
from pathlib import Path

import torch

from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.engines.base import Engine, Precision
from magicmemory.pipeline.engines.cuda_engine import CudaEngine
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine


def choose(device: str, cache_dir: Path, precision: Precision = "auto") -> Engine:
    """The engine for a `device` setting: `auto`, `cpu`, `cuda` or `cuda:1`.

    `auto` takes the first GPU where torch sees one. On a CPU it is OpenVINO, or torch where OpenVINO is not
    installed.

    Raises:
        BadSettings: a GPU is asked for that is not there.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        if not importlib.util.find_spec("openvino"):
            return TorchEngine("cpu")
        return OpenVinoEngine(cache_dir, precision=precision)
    index = int(device.partition(":")[2] or 0)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index >= count:
        seen = {0: "no GPU", 1: "one GPU, cuda:0"}.get(count, f"{count} GPUs, cuda:0 to cuda:{count - 1}")
        raise BadSettings(f"MAGIC_DEVICE={device} cannot be used: torch sees {seen}; write cpu or auto to do without.")
    return CudaEngine(f"cuda:{index}", precision)
