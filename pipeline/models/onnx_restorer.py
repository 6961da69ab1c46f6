"""Restorers that come as an ONNX file: aligned faces in and out."""

import logging
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken
from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.restore import NetworkRestorer, Restorer
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model
from magicmemory.pipeline.models.onnx_network import FaceFormat, onnx_runner, resized
from magicmemory.pipeline.models.restoreformer import RESTOREFORMER_PLUS
from magicmemory.pipeline.models.self_test import face_problem
from magicmemory.pipeline.sample import aligned_face

Floats = NDArray[np.float32]

_GPEN_PAPER: Final = "Yang et al., GAN Prior Embedded Network for Blind Face Restoration in the Wild, CVPR 2021"
_REACTOR: Final = "https://huggingface.co/datasets/Gourieff/ReActor/resolve/main/models/facerestore_models"

log = logging.getLogger(__name__)


def onnx_restorer(facts: ModelFacts, face: FaceFormat) -> Model[Restorer]:
    """A restorer that is an ONNX file with one input and a face as its first output.

    The sample face goes through it each time it is built.

    Args:
        facts: what is known of it.
        face: how it takes and gives faces.
    """

    def build(path: Path, context: BuildContext) -> Restorer:
        runner = in_our_format(onnx_runner(facts, path, context, face, channels=3), face)
        sample = aligned_face()[None]
        refuse(face_problem(sample, runner(sample), span=255), facts, context)
        return NetworkRestorer(runner, observe=partial(context.engine.on_batch, facts.name))

    return Model(facts, build)


def in_our_format(runner: Runner, face: FaceFormat) -> Runner:
    """A runner of crops `[n, 512, 512, 3]`, RGB, 0 to 255, from one that takes and gives them as `face` says."""

    def one(crop: NDArray[np.uint8]) -> Floats:
        picture = resized(np.asarray(crop / np.float32(255), np.float32), face.size)
        shown = face.shown(runner(face.given(picture)))
        return resized(shown, SIZE) * np.float32(255)

    def run(crops: NDArray[np.uint8]) -> Floats:
        return np.stack([one(crop) for crop in crops])

    return run


def refuse(problem: str, facts: ModelFacts, context: BuildContext) -> None:
    """Refuse a model whose sample came out wrong; only log it where unverified weights are allowed.

    Args:
        problem: what is wrong, the end of a sentence; empty: nothing.
        facts: the model's.
        context: what it is built with.

    Raises:
        ModelBroken: there is a problem.
    """
    if not problem:
        return
    reason = f"The sample face comes out of {facts.name} wrong: {problem}. Check its card, or fetch the file again."
    if not context.weights.allows_unverified:
        raise ModelBroken(model=facts.name, reason=reason)
    log.warning("%s It is used, because MAGIC_ALLOW_UNVERIFIED_WEIGHTS is set.", reason)


def _gpen(size: int, url: str, sha256: str, good_at: str, file_bytes: int | None = None) -> Model[Restorer]:
    facts = ModelFacts(
        name=f"gpen-{size}",
        title=f"GPEN {size}",
        kind=Kind.RESTORER,
        licence="non-commercial",
        commercial=Commercial.NO,
        file=f"GPEN-BFR-{size}.onnx",
        url=url,
        sha256=sha256,
        size=file_bytes,
        paper=_GPEN_PAPER,
        good_at=good_at,
        work="not counted",
    )
    return onnx_restorer(facts, FaceFormat(size))


GPEN_256: Final = _gpen(
    256,
    "https://github.com/harisreedhar/Face-Upscalers-ONNX/releases/download/GPEN-BFR/GPEN-BFR-256.onnx",
    "aa5bd3ab238640a378c59e4a560f7a7150627944cf2129e6311ae4720e833271",
    "small faces, speed; an ONNX file",
    75715262,
)
GPEN_512: Final = _gpen(
    512,
    f"{_REACTOR}/GPEN-BFR-512.onnx",
    "bf80acb8e91ba8852e3f012505be2c3b6cd6b3eed5ec605e3db87863c4e74d4e",
    "sharp faces; an ONNX file",
    284244491,
)
GPEN_1024: Final = _gpen(
    1024,
    f"{_REACTOR}/GPEN-BFR-1024.onnx",
    "cec8892093d7b99828acde97bf231fb0964d3fb11b43f3b0951e36ef1e192a3e",
    "as GPEN 512, drawn at twice the size; an ONNX file",
)
GPEN_2048: Final = _gpen(
    2048,
    f"{_REACTOR}/GPEN-BFR-2048.onnx",
    "d0229ff43f979c360bd19daa9cd0ce893722d59f41a41822b9223ebbe4f89b3e",
    "as GPEN 512, drawn at four times the size; an ONNX file",
)
RESTOREFORMER_PLUS_ONNX: Final = onnx_restorer(
    ModelFacts(
        name="restoreformer++-onnx",
        title="RestoreFormer++ (ONNX)",
        kind=Kind.RESTORER,
        licence="not stated",
        commercial=Commercial.ASK,
        file="RestoreFormer_PP.onnx",
        url=f"{_REACTOR}/RestoreFormer_PP.onnx",
        sha256="f4db5a89902b6a2d452446f5721245a6f7185f699b6aec7b77285adb4d504337",
        size=294264812,
        paper=RESTOREFORMER_PLUS.facts.paper,
        good_at="RestoreFormer++ as an ONNX file, for those who have it",
        work="not counted",
    ),
    FaceFormat(),
)
