"""ONNX files through ONNX Runtime, on an NVIDIA GPU: the extra `onnx-gpu`.

Its CUDA provider is used, not TensorRT's: that one chooses its kernels by the time they take, so the same photo could
give other bytes on the next day.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import OutOfMemory

CUDA: Final = "CUDAExecutionProvider"
CPU: Final = "CPUExecutionProvider"


def has_cuda() -> bool:
    """Whether an ONNX Runtime with the CUDA provider is installed."""
    if importlib.util.find_spec("onnxruntime") is None:
        return False
    import onnxruntime

    return CUDA in onnxruntime.get_available_providers()


def compile_onnx(file: Path, shape: tuple[int, ...], output_shape: tuple[int, ...], device: str) -> Runner:
    """Make the network of an ONNX file ready to run, in full precision.

    Args:
        file: the ONNX file. The caller has checked that it may be used.
        shape: of the only input, for one face.
        output_shape: of the first output.
        device: `cpu`, `cuda:0`, ….

    Raises:
        RuntimeError: ONNX Runtime cannot run it there, or it takes or gives something else.
    """
    session = _session(file, device)
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise RuntimeError(f"it has {len(inputs)} inputs instead of one picture")
    name, first = inputs[0].name, session.get_outputs()[0].name

    def one(face: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.asarray(session.run([first], {name: face})[0], np.float32)
        except Exception as error:  # ONNX Runtime's own have no common base
            if "allocate" in str(error):
                raise OutOfMemory(str(error)) from error
            raise RuntimeError(str(error)) from error

    given = one(np.zeros(shape, np.float32)).shape
    if given != output_shape:
        raise RuntimeError(f"it gives {list(given)} for a picture of {list(shape)}")

    def run(faces: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = np.ascontiguousarray(faces, np.float32)
        return np.concatenate([one(batch[index : index + 1]) for index in range(len(batch))])

    return run


def _session(file: Path, device: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.use_deterministic_compute = True
    kind, _, index = device.partition(":")
    wanted: list[Any] = [CPU]
    if kind == "cuda":
        # TF32 rounds to ten bits, and the search for the fastest convolution may end differently each time.
        wanted = [(CUDA, {"device_id": int(index or 0), "use_tf32": 0, "cudnn_conv_algo_search": "HEURISTIC"})]
    try:
        session = onnxruntime.InferenceSession(os.fspath(file), options, providers=wanted)
    except Exception as error:  # ONNX Runtime's own have no common base
        raise RuntimeError(str(error)) from error
    # Where CUDA's libraries are missing, it goes on with the CPU without an error.
    if kind == "cuda" and CUDA not in session.get_providers():
        raise RuntimeError("ONNX Runtime's CUDA provider does not start")
    return session
