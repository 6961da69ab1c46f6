"""Networks that come as an ONNX file and look at aligned faces: what they take, and what runs them."""

import importlib.util
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines import onnx_runtime
from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.model import BuildContext

Floats = NDArray[np.float32]
Order = Literal["rgb", "bgr"]
Layout = Literal["nchw", "nhwc"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FaceFormat:
    """How a network takes faces, aligned to the FFHQ template, and gives faces or masks.

    Attributes:
        size: side of a face, pixels.
        range: what black and white are before `mean` and `std`.
        order: of the channels.
        mean: subtracted from each channel, in that order.
        std: each channel is then divided by it.
        output_range: what black and white are in the output; of a mask, hidden and visible.
        layout: `nchw`: `[1, 3, size, size]`; `nhwc`: `[1, size, size, 3]`.
    """

    size: int = SIZE
    range: tuple[float, float] = (-1.0, 1.0)
    order: Order = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    output_range: tuple[float, float] = (-1.0, 1.0)
    layout: Layout = "nchw"

    def shape(self, channels: int) -> tuple[int, ...]:
        """The shape of one picture with so many channels."""
        side = self.size
        return (1, channels, side, side) if self.layout == "nchw" else (1, side, side, channels)

    def given(self, picture: Floats) -> Floats:
        """A face `[size, size, 3]`, RGB, 0 to 1, as the network takes it."""
        low, high = self.range
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        values = ((picture * (high - low) + low)[..., :: self._step] - mean) / std
        planes = values.transpose(2, 0, 1) if self.layout == "nchw" else values
        return np.ascontiguousarray(planes[None], np.float32)

    def shown(self, output: Floats) -> Floats:
        """What the network gave for one picture, as `[size, size, channels]`, RGB or one channel, 0 to 1."""
        low, high = self.output_range
        picture = output[0].transpose(1, 2, 0) if self.layout == "nchw" else output[0]
        return np.asarray((picture[..., :: self._step] - low) / (high - low), np.float32)

    @property
    def _step(self) -> int:
        return 1 if self.order == "rgb" else -1


def onnx_runner(facts: ModelFacts, path: Path, context: BuildContext, face: FaceFormat, channels: int) -> Runner:
    """The network of an ONNX file: on a GPU by ONNX Runtime if that is installed, else by OpenVINO on the CPU.

    Args:
        facts: what is known of it.
        path: the ONNX file.
        context: what models are built with.
        face: how it takes and gives pictures.
        channels: of its first output: 3 for a face, 1 for a mask.

    Raises:
        ModelNotInstalled: the file is not there.
        ModelBroken: the file is refused, or nothing here can run it.
    """
    # Most workers have no ONNX file, and it takes them a tenth of a second to import.
    from magicmemory.pipeline.models.onnx_file import OnnxError, check_onnx

    try:
        check_onnx(path)
        shape, given = face.shape(3), face.shape(channels)
        return _on_gpu(path, context, shape, given) or _on_cpu(path, context, shape, given)
    except FileNotFoundError as error:
        raise ModelNotInstalled(model=facts.name) from error
    except OnnxError as error:
        raise ModelBroken(model=facts.name, reason=str(error)) from error
    except (RuntimeError, ImportError) as error:
        reason = f"OpenVINO cannot run {path.name}: {' '.join(str(error).split())[-300:]}"
        raise ModelBroken(model=facts.name, reason=reason) from error


def resized(picture: Floats, side: int) -> Floats:
    """A picture `[h, w, channels]` or `[h, w]` at another size."""
    if picture.shape[0] == side:
        return picture
    how = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), (side, side), interpolation=how), np.float32)


def _on_gpu(path: Path, context: BuildContext, shape: tuple[int, ...], given: tuple[int, ...]) -> Runner | None:
    device = context.engine.device
    if not device.startswith("cuda") or not onnx_runtime.has_cuda():
        return None
    try:
        return onnx_runtime.compile_onnx(path, shape, given, device)
    except RuntimeError as error:
        log.warning("ONNX Runtime cannot run %s on %s (%s); OpenVINO runs it on the CPU.", path.name, device, error)
        return None


def _on_cpu(path: Path, context: BuildContext, shape: tuple[int, ...], given: tuple[int, ...]) -> Runner:
    if isinstance(context.engine, OpenVinoEngine):
        return context.engine.compile_onnx(path, shape, given)
    if importlib.util.find_spec("openvino") is None:
        raise ImportError("the package openvino is not installed")
    log.info("%s runs on the CPU, other networks with %s.", path.name, context.engine.name)
    return OpenVinoEngine(context.verdicts or Path(tempfile.gettempdir())).compile_onnx(path, shape, given)
