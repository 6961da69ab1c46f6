"""Networks through OpenVINO on a CPU."""

import hashlib
import json
import logging
import queue
import shutil
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines import checked_folder
from magicmemory.pipeline.engines.base import OnBatch, Precision, Runner, TwoStageNetwork, available_cores, ignore_batch
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, OutOfMemory
from magicmemory.pipeline.engines.fingerprint import fingerprint

log = logging.getLogger(__name__)

_MOST_STREAMS: Final = 8  # bounds the memory: each has its own buffers
_MIN_SPEEDUP: Final = 1.2  # half precision must be so many times faster before it is taken


class OpenVinoEngine:
    """OpenVINO on the CPU.

    Converted networks and compiled ones are kept in a folder, so that only the first start on a machine takes that
    time. They are found by the network's name, weights, structure and source text, and OpenVINO's version. When one of
    these changes, the network is converted again.

    Half precision (bfloat16) is used where the CPU supports it and is faster with it: some CPUs that have the
    instructions are slower. That is measured once and kept with the models, so that the same photo gives the same
    bytes after a restart.
    """

    name = "OpenVINO on the CPU"
    device = "cpu"
    batching = ONE_BY_ONE  # a larger batch gains nothing on a CPU, needs more memory and reports progress less often

    def __init__(self, cache_dir: Path, threads: int | None = None, precision: Precision = "auto") -> None:
        """
        Args:
            cache_dir: where converted models are kept; made when needed.
            threads: how many to use; None: as many as this process may run on.
            precision: whether half precision may be used.
        """
        self.on_batch: OnBatch = ignore_batch
        self._openvino = _import_openvino()
        # torch is left with MTCNN's small networks, whose second thread waits more than it works: on a busy machine it
        # makes them several times slower. The setting is the process's.
        torch.set_num_threads(1)
        self._core: Any = _loaded_core(self._openvino)
        self._cache_dir = cache_dir
        self._precision = precision
        processor = self._core.get_property("CPU", "FULL_DEVICE_NAME")
        self.version = f"OpenVINO {self._openvino.__version__} {processor} {precision}"
        self._threads = threads or available_cores()
        self._config = {
            # The default on CPUs that know bf16 is bf16, which is visibly off in networks that were not asked.
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": self._threads,
            # Pinned threads of several workers on one machine would all sit on the same cores.
            "ENABLE_CPU_PINNING": False,
        }

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        supports_half: bool = False,
        any_size: bool = False,
        many_calls: bool = False,
    ) -> Runner:
        """See `Engine`."""
        streams = min(self._threads, _MOST_STREAMS) if many_calls else 1
        if not (supports_half and self._half_is_faster()):
            stages = [self._compiled(network, example, name, "f32", any_size, streams)]
        elif not isinstance(network, TwoStageNetwork):
            stages = [self._compiled(network, example, name, "bf16", any_size, streams)]
        else:
            first, second = _EncodeStage(network).eval(), _DecodeStage(network).eval()
            with torch.inference_mode():
                code = first(*example)
            stages = [
                self._compiled(first, example, f"{name}-encode", "f32", any_size, streams),
                self._compiled(second, (code,), f"{name}-decode", "bf16", any_size, streams),
            ]
        return _runner(stages, streams)

    def compile_onnx(self, file: Path, shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Runner:
        """Make the network of an ONNX file ready to run, in full precision. Nothing of it is kept on disk.

        Args:
            file: the ONNX file. The caller has checked that it may be used.
            shape: of the only input.
            output_shape: of the first output.

        Raises:
            RuntimeError: OpenVINO cannot run it, or it takes or gives something else.
        """
        network = self._core.read_model(file)
        if len(network.inputs) != 1:
            raise RuntimeError(f"it has {len(network.inputs)} inputs instead of one picture")
        network.reshape(list(shape))
        given = network.outputs[0].partial_shape
        if given.is_dynamic or tuple(given.to_shape()) != output_shape:
            raise RuntimeError(f"it gives {given} for a picture of {list(shape)}")
        return _runner([self._core.compile_model(network, "CPU", self._config)])

    def _compiled(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        precision: str,
        any_size: bool,
        streams: int = 1,
    ) -> Any:
        """The compiled network, which is converted first if it is new."""
        folder = self._cache_dir / f"{name}-{fingerprint(network, example, f'{self._openvino.__version__} {any_size}')}"
        if folder.exists() and not checked_folder.is_sound(folder):
            log.warning("the converted model %s is damaged; converting it again", folder)
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            self._convert(network, example, folder, any_size)
        # Each model has its own folder of compiled files, which are hashed too.
        compiled = self._cache_dir / "openvino" / f"{folder.name}-{precision}"
        if compiled.exists() and not checked_folder.is_sound(compiled):
            log.warning("the compiled model %s is damaged; compiling it again", compiled)
            shutil.rmtree(compiled, ignore_errors=True)
        is_new = not compiled.exists()
        compiled.mkdir(parents=True, exist_ok=True)
        kept = {"INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": streams, "CACHE_DIR": str(compiled)}
        config = {**self._config, **kept}
        model = self._core.compile_model(self._core.read_model(folder / "model.xml"), "CPU", config)
        if is_new or not checked_folder.is_sound(compiled):  # other threads or another OpenVINO compile anew
            checked_folder.seal(compiled)
        return model

    def _half_is_faster(self) -> bool:
        """Whether half precision is faster here. Measured once for this CPU and this version of OpenVINO."""
        known = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if self._precision == "full" or "BF16" not in known:
            return False
        machine = f"{self._core.get_property('CPU', 'FULL_DEVICE_NAME')} {self._openvino.__version__}"
        kept = self._cache_dir / f"half-{hashlib.sha256(machine.encode()).hexdigest()[:16]}.json"
        try:
            return bool(json.loads(kept.read_text())["times_faster"] >= _MIN_SPEEDUP)
        except (OSError, ValueError, LookupError, TypeError):  # not measured yet, or not by us
            pass
        times = self._half_speedup()
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"machine": machine, "times_faster": round(times, 2)}) + "\n")
        return times >= _MIN_SPEEDUP

    def _half_speedup(self) -> float:
        """How many times faster a convolution of usual size is in half precision; takes a quarter of a second."""
        network = nn.Conv2d(256, 256, 3, padding=1)
        example = (torch.zeros(1, 256, 64, 64),)
        faces = np.zeros((1, 256, 64, 64), np.float32)
        compiled = [self._compiled(network, example, "measure", kind, any_size=False) for kind in ("f32", "bf16")]
        runs = [_runner([one]) for one in compiled]
        times: list[list[float]] = [[], []]
        for _ in range(8):  # in turn, so that a busy moment hits both
            for run, seconds in zip(runs, times, strict=True):
                began = time.perf_counter()
                run(faces)
                seconds.append(time.perf_counter() - began)
        return min(times[0]) / min(times[1])

    def _convert(self, network: nn.Module, example: tuple[Tensor, ...], folder: Path, any_size: bool) -> None:
        """Convert a network and write it to `folder`, which appears whole or not at all."""
        # One face at a time: where every size is known, OpenVINO plans its memory ahead and needs half as much.
        shapes = [[1, x.shape[1], -1, -1] if any_size else [1, *x.shape[1:]] for x in example]
        network = network.eval().requires_grad_(False)
        # Traced here, because OpenVINO would have torch run the network three times more to check the trace. As a
        # function: of a module, torch would first copy every layer, which takes longer than the trace itself.
        with torch.inference_mode(), warnings.catch_warnings():
            # torch 2.13 calls tracing deprecated, and warns of each shape that is read and becomes a constant;
            # OpenVINO needs the one, and the other is meant: sizes are constant.
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(lambda *x: network(*x), example, check_trace=False)  # type: ignore[no-untyped-call]
            model = self._openvino.convert_model(traced, example_input=example, input=shapes)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".converting-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            self._openvino.save_model(model, made / "model.xml", compress_to_fp16=False)
            checked_folder.seal(made)
            try:
                made.rename(folder)
            except OSError:
                if not folder.exists():  # otherwise another process was quicker with the same model
                    raise


def _runner(stages: list[Any], streams: int = 1) -> Runner:
    """Runs compiled networks one after another; each takes the output of the one before.

    Each stream has its own requests. More requests than streams would only cost memory.
    """
    free: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    for _ in range(streams):
        free.put([stage.create_infer_request() for stage in stages])

    def one(requests: list[Any], rows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        for request in requests:
            rows = [request.infer(rows, share_inputs=True, share_outputs=True)[0]]
        return np.array(rows[0], np.float32)  # a copy: the next call overwrites the request's own

    def run(*inputs: NDArray[Any]) -> NDArray[np.float32]:
        batch = [np.ascontiguousarray(x, x.dtype if x.dtype == np.uint8 else np.float32) for x in inputs]
        requests = free.get()
        try:
            rows = [one(requests, [x[index : index + 1] for x in batch]) for index in range(len(batch[0]))]
            return rows[0] if len(rows) == 1 else np.concatenate(rows)
        except MemoryError as error:
            raise OutOfMemory(str(error)) from error
        finally:
            free.put(requests)

    return run


class _EncodeStage(nn.Module):
    """The first stage of a `TwoStageNetwork`."""

    def __init__(self, network: TwoStageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        return self.network.encode(faces)


class _DecodeStage(nn.Module):
    """The second stage of a `TwoStageNetwork`."""

    def __init__(self, network: TwoStageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, code: Tensor) -> Tensor:
        return self.network.decode(code)


def _loaded_core(openvino: Any) -> Any:
    """OpenVINO's core with its CPU plugin loaded, in a thread of its own.

    The plugin gives the thread that loads it another stack for signals, and frees that memory when it is unloaded. If
    another thread unloads it, the next signal finds no stack, and the process ends with a segmentation fault.
    """

    def load() -> Any:
        core = openvino.Core()
        core.get_property("CPU", "FULL_DEVICE_NAME")
        return core

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(load).result()


def _import_openvino() -> Any:
    """OpenVINO without its telemetry.

    Importing it reports to Google Analytics by default, and so does every conversion. Where the telemetry
    package cannot be imported, OpenVINO takes a stub that does nothing; None in `sys.modules` is Python's way
    to say "cannot".
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino
