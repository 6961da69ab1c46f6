"""The models that suit most operators. Each has a published hash, so it can be used as soon as it is here."""

from enum import StrEnum
from typing import Final

from magicmemory.pipeline.models import arcface, gfpgan, parsenet, realesrgan, retinaface
from magicmemory.pipeline.models.facts import ModelFacts, why_refused


class Hardware(StrEnum):
    """What runs the networks."""

    CPU = "cpu"
    GPU = "gpu"


_EVERYWHERE: Final = (
    gfpgan.GFPGAN_1_4.facts,
    parsenet.PARSENET.facts,
    realesrgan.REALESR_GENERAL.facts,
    arcface.ARCFACE.facts,
)
# On a CPU the large RetinaFace takes as long as a restored face, for faces that are small or turned.
_DETECTORS: Final = {
    Hardware.CPU: retinaface.RETINAFACE_MOBILE.facts,
    Hardware.GPU: retinaface.RETINAFACE_RESNET50.facts,
}


def recommended(hardware: Hardware, *, paid_use: bool) -> tuple[ModelFacts, ...]:
    """The recommended models.

    Args:
        hardware: what runs them.
        paid_use: the operator earns money with them: only models whose licence allows that.
    """
    return tuple(facts for facts in (*_EVERYWHERE, _DETECTORS[hardware]) if why_refused(facts, paid_use) is None)
