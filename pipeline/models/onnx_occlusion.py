"""Occlusion masks that come as an ONNX file: aligned faces in, the visible part of each face out."""

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.blend import oval
from magicmemory.pipeline.faces.occlusion import NetworkOcclusion, OcclusionMask
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model
from magicmemory.pipeline.models.onnx_network import FaceFormat, onnx_runner, resized
from magicmemory.pipeline.models.onnx_restorer import refuse
from magicmemory.pipeline.sample import aligned_face

Floats = NDArray[np.float32]

_LEAST_VISIBLE: Final = 0.7  # of the sample face's oval, which nothing hides


def onnx_occlusion(facts: ModelFacts, face: FaceFormat) -> Model[OcclusionMask]:
    """An occlusion mask that is an ONNX file with one input and a mask of one channel as its first output.

    The sample face goes through it each time it is built.

    Args:
        facts: what is known of it.
        face: how it takes faces and gives masks.
    """

    def build(path: Path, context: BuildContext) -> OcclusionMask:
        run = partial(_mask, onnx_runner(facts, path, context, face, channels=1), face)
        refuse(_problem(run(aligned_face())), facts, context)
        return NetworkOcclusion(run)

    return Model(facts, build)


def _mask(runner: Runner, face: FaceFormat, crop: NDArray[np.uint8]) -> Floats:
    picture = resized(crop.astype(np.float32) / np.float32(255), face.size)
    return resized(face.shown(runner(face.given(picture)))[..., 0], SIZE)


def _problem(visible: Floats) -> str:
    if not np.isfinite(visible).all():
        return "its mask has values that are no numbers"
    if visible.clip(0, 1)[oval() > 0.5].mean() < _LEAST_VISIBLE:
        return "its mask hides most of it, and nothing stands before it"
    return ""
