"""Restorers that come as an ONNX file: aligned faces in and out, run by OpenVINO on the CPU."""

import importlib.util
import logging
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.restore import NetworkRestorer, Restorer
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model, sample_planes
from magicmemory.pipeline.models.onnx_file import OnnxError, check_onnx
from magicmemory.pipeline.models.self_test import face_problem

Floats = NDArray[np.float32]
Order = Literal["rgb", "bgr"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FaceFormat:
    """How a network takes and gives faces: `[1, 3, size, size]`, aligned to the FFHQ template.

    Attributes:
        size: side of a face, pixels.
        range: what black and white are before `mean` and `std`.
        order: of the channels.
        mean: subtracted from each channel, in that order.
        std: each channel is then divided by it.
        output_range: what black and white are in the output.
    """

    size: int = SIZE
    range: tuple[float, float] = (-1.0, 1.0)
    order: Order = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    output_range: tuple[float, float] = (-1.0, 1.0)


def onnx_restorer(facts: ModelFacts, face: FaceFormat) -> Model[Restorer]:
    """A restorer that is an ONNX file with one input and a face as its first output.

    It runs on the CPU even where there is a GPU. The sample face goes through it each time it is built.

    Args:
        facts: what is known of it.
        face: how it takes and gives faces.
    """

    def build(path: Path, context: BuildContext) -> Restorer:
        try:
            check_onnx(path)
            runner = in_our_format(_engine(context).compile_onnx(path, (1, 3, face.size, face.size)), face)
        except FileNotFoundError as error:
            raise ModelNotInstalled(model=facts.name) from error
        except OnnxError as error:
            raise ModelBroken(model=facts.name, reason=str(error)) from error
        except (RuntimeError, ImportError) as error:
            reason = f"OpenVINO cannot run {path.name}: {' '.join(str(error).split())[-300:]}"
            raise ModelBroken(model=facts.name, reason=reason) from error
        _try_sample(runner, facts, enforce=not context.weights.allows_unverified)
        return NetworkRestorer(runner, observe=partial(context.engine.on_batch, facts.name))

    return Model(facts, build)


def in_our_format(runner: Runner, face: FaceFormat) -> Runner:
    """A runner of faces `[n, 3, 512, 512]`, RGB in [-1, 1], from one that takes and gives them as `face` says."""
    low, high = face.range
    out_low, out_high = face.output_range
    mean, std = np.array(face.mean, np.float32), np.array(face.std, np.float32)
    step = 1 if face.order == "rgb" else -1

    def one(planes: Floats) -> Floats:
        picture = _resized(np.asarray((planes.transpose(1, 2, 0) + 1) / 2, np.float32), face.size)
        given = ((picture * (high - low) + low)[..., ::step] - mean) / std
        got = runner(np.ascontiguousarray(given.transpose(2, 0, 1)[None], np.float32))[0]
        shown = (got.transpose(1, 2, 0)[..., ::step] - out_low) / (out_high - out_low) * 2 - 1
        return _resized(np.asarray(shown, np.float32), SIZE).transpose(2, 0, 1)

    def run(faces: Floats) -> Floats:
        return np.stack([one(planes) for planes in faces])

    return run


def _resized(picture: Floats, side: int) -> Floats:
    if picture.shape[0] == side:
        return picture
    how = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), (side, side), interpolation=how), np.float32)


def _engine(context: BuildContext) -> OpenVinoEngine:
    if isinstance(context.engine, OpenVinoEngine):
        return context.engine
    if importlib.util.find_spec("openvino") is None:
        raise ImportError("the package openvino is not installed")
    log.info("ONNX restorers run on the CPU, all others with %s.", context.engine.name)
    return OpenVinoEngine(context.verdicts or Path(tempfile.gettempdir()))


def _try_sample(runner: Runner, facts: ModelFacts, *, enforce: bool) -> None:
    """Raises `ModelBroken` where the sample face comes out wrong; only logs it unless `enforce`."""
    face = sample_planes(SIZE)
    problem = face_problem(face, runner(face), span=2)
    if not problem:
        return
    reason = f"The sample face comes out of {facts.name} wrong: {problem}. Check its card, or fetch the file again."
    if enforce:
        raise ModelBroken(model=facts.name, reason=reason)
    log.warning("%s It is used, because MAGIC_ALLOW_UNVERIFIED_WEIGHTS is set.", reason)


GPEN_512: Final = onnx_restorer(
    ModelFacts(
        name="gpen-512",
        title="GPEN 512",
        kind=Kind.RESTORER,
        licence="non-commercial",
        commercial=Commercial.NO,
        file="GPEN-BFR-512.onnx",
        url="https://huggingface.co/datasets/Gourieff/ReActor/resolve/main/models/facerestore_models/GPEN-BFR-512.onnx",
        sha256="bf80acb8e91ba8852e3f012505be2c3b6cd6b3eed5ec605e3db87863c4e74d4e",
        size=284244491,
        paper="Yang et al., GAN Prior Embedded Network for Blind Face Restoration in the Wild, CVPR 2021",
        good_at="sharp faces; an ONNX file, runs on the CPU",
        work="not counted",
    ),
    FaceFormat(),
)
