"""How a network is run: through OpenVINO on a CPU, through torch anywhere.

A model knows nothing of this. It is an ordinary torch module; an engine compiles it into a function from
arrays to an array.
"""

import hashlib
import importlib.util
import inspect
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.settings import BadSettings

Runner = Callable[..., NDArray[np.float32]]
"""Runs a compiled network: float32 arrays `[batch, …]` in, one float32 array `[batch, …]` out. Any thread may
call it.
"""

_FORMAT: Final = 1  # of the converted models kept on disk: raise it when what is written changes


class Engine(Protocol):
    """Something that runs networks.

    Attributes:
        name: what it is, for people: `OpenVINO on the CPU`, `torch on cuda:0`.
        device: where networks that run without `compile` shall lie, in torch's words: `cpu`, `cuda:0`.
        batch: how many faces are best run at a time.
    """

    name: str
    device: str
    batch: int

    def compile(self, network: nn.Module, example: tuple[Tensor, ...], name: str) -> Runner:
        """Make `network` ready to run.

        Args:
            network: takes and returns tensors whose first axis is the batch, of any length.
            example: inputs of the right shapes, in the order of the network's arguments.
            name: the model's name, under which an engine may keep what it made.
        """


class TorchEngine:
    """torch as it comes, on a CPU or a GPU."""

    def __init__(self, device: str) -> None:
        self.name = f"torch on {device}"
        self.device = device
        self.batch = 1 if device == "cpu" else 8

    def compile(self, network: nn.Module, example: tuple[Tensor, ...], name: str) -> Runner:
        """See `Engine`. The network itself is moved and kept."""
        del example, name  # only engines that convert need them
        network = network.eval().requires_grad_(False).to(self.device)

        def run(*inputs: NDArray[np.float32]) -> NDArray[np.float32]:
            # Without the flags, cuDNN may add in another order each time: the same photo shall give the same
            # bytes.
            with torch.inference_mode(), torch.backends.cudnn.flags(benchmark=False, deterministic=True):
                tensors = [torch.from_numpy(np.ascontiguousarray(x)).to(self.device) for x in inputs]
                result: NDArray[np.float32] = network(*tensors).float().cpu().numpy()
                return result

        return run


class OpenVinoEngine:
    """OpenVINO on the CPU.

    Converted networks and the plugin's compiled ones are kept in a folder, so that only the first start on a
    machine pays for them. A kept model is found again by the network's name, weights, structure and source
    text, and OpenVINO's version; when one of them changes, it is made anew.
    """

    name = "OpenVINO on the CPU"
    device = "cpu"
    batch = 1  # a larger batch gains nothing on a CPU, needs more memory and reports progress less often

    def __init__(self, cache_dir: Path, threads: int | None = None) -> None:
        """
        Args:
            cache_dir: where converted models are kept; made when needed.
            threads: how many to use; None: as many as this process may run on.
        """
        self._openvino = _import_openvino()
        # torch is left with MTCNN's small networks, whose second thread waits more than it works: on a busy machine it
        # makes them several times slower. The setting is the process's.
        torch.set_num_threads(1)
        self._core: Any = self._openvino.Core()
        self._cache_dir = cache_dir
        self._config = {
            # The default on CPUs that know bf16 is bf16: visibly off and, where it is emulated, slower.
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": threads or available_cores(),
            # Pinned threads of several workers on one machine would all sit on the same cores.
            "ENABLE_CPU_PINNING": False,
            "CACHE_DIR": str(cache_dir / "openvino"),
        }

    def compile(self, network: nn.Module, example: tuple[Tensor, ...], name: str) -> Runner:
        """See `Engine`."""
        folder = self._cache_dir / f"{name}-{_fingerprint(network, example, self._openvino.__version__)}"
        if not folder.exists():
            self._convert(network, example, folder)
        compiled = self._core.compile_model(self._core.read_model(folder / "model.xml"), "CPU", self._config)
        request = compiled.create_infer_request()
        # One stream runs one request at a time anyway; a request for each thread would only cost memory.
        lock = threading.Lock()

        def run(*inputs: NDArray[np.float32]) -> NDArray[np.float32]:
            with lock:
                results = request.infer([np.ascontiguousarray(x, np.float32) for x in inputs])
                return np.array(results[0], np.float32)  # a copy: the next call overwrites the request's own

        return run

    def _convert(self, network: nn.Module, example: tuple[Tensor, ...], folder: Path) -> None:
        """Convert a network and put it on disk; the folder appears whole or not at all."""
        shapes = [self._openvino.PartialShape([-1, *x.shape[1:]]) for x in example]
        network = network.eval().requires_grad_(False)
        # Traced here, because OpenVINO would have torch run the network three times more to check the trace.
        with torch.inference_mode(), warnings.catch_warnings():
            # torch 2.13 calls tracing deprecated, and warns of each shape that is read and becomes a constant;
            # OpenVINO needs the one, and the other is meant: all but the batch is constant.
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(network, example, check_trace=False)  # type: ignore[no-untyped-call]
            model = self._openvino.convert_model(traced, example_input=example, input=shapes)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".converting-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            self._openvino.save_model(model, made / "model.xml", compress_to_fp16=False)
            try:
                made.rename(folder)
            except OSError:
                if not folder.exists():  # otherwise another process was quicker with the same model
                    raise


def choose(device: str, cache_dir: Path) -> Engine:
    """The engine for a `device` setting: `auto`, `cpu`, `cuda` or `cuda:1`.

    `auto` takes the first GPU where torch sees one. On a CPU it is OpenVINO, or torch where OpenVINO is not
    installed.

    Raises:
        BadSettings: a GPU is asked for that is not there.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        return OpenVinoEngine(cache_dir) if importlib.util.find_spec("openvino") else TorchEngine("cpu")
    index = int(device.partition(":")[2] or 0)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index >= count:
        seen = {0: "no GPU", 1: "one GPU, cuda:0"}.get(count, f"{count} GPUs, cuda:0 to cuda:{count - 1}")
        raise BadSettings(f"MAGIC_DEVICE={device} cannot be used: torch sees {seen}; write cpu or auto to do without.")
    return TorchEngine(f"cuda:{index}")


def available_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _import_openvino() -> Any:
    """OpenVINO without its telemetry.

    Importing it reports to Google Analytics by default, and so does every conversion. Where the telemetry
    package cannot be imported, OpenVINO takes a stub that does nothing; None in `sys.modules` is Python's way
    to say "cannot".
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino


def _fingerprint(network: nn.Module, example: Iterable[Tensor], version: str) -> str:
    """Sixteen characters that change with anything that makes a converted network another one."""
    digest = hashlib.sha256(f"{_FORMAT} {version} {[tuple(x.shape[1:]) for x in example]} {network}".encode())
    for source in sorted({path for module in network.modules() if (path := _source(type(module)))}):
        digest.update(Path(source).read_bytes())
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:16]


def _source(kind: type) -> str | None:
    """The file that defines a layer; None for torch's own layers, whose meaning does not change."""
    if kind.__module__.startswith("torch."):
        return None
    try:
        return inspect.getsourcefile(kind)
    except TypeError:
        return None
