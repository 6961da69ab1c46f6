"""All models, once each. A new model is its own file in this folder and one line here.

Of each kind the best stands first: `auto` takes the first that is installed and allowed. The last restorer,
detector, parser and upscaler come with the package. Identities the pipeline does without where none is installed.
"""

from typing import Final

from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.faces.identity import Identity
from magicmemory.pipeline.faces.occlusion import OcclusionMask
from magicmemory.pipeline.faces.parsing import Parser
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.models import (
    arcface,
    arcface_resnet18,
    codeformer,
    elir,
    gfpgan,
    headmask,
    lite,
    mtcnn,
    onnx_restorer,
    parsenet,
    photo,
    photo_x2,
    realesrgan,
    restoreformer,
    retinaface,
    vqfr,
    yunet,
)
from magicmemory.pipeline.models.model import Model
from magicmemory.pipeline.photo.clean import Cleaner
from magicmemory.pipeline.photo.damage import DamageFinder
from magicmemory.pipeline.photo.enlarge import Upscaler
from magicmemory.pipeline.photo.repair import Mender

RESTORERS: Final[tuple[Model[Restorer], ...]] = (
    restoreformer.RESTOREFORMER_PLUS,
    gfpgan.GFPGAN_1_4,
    codeformer.CODEFORMER,
    elir.ELIR,
    gfpgan.GFPGAN_1_3,
    restoreformer.RESTOREFORMER,
    vqfr.VQFR_2,
    vqfr.VQFR_1,
    onnx_restorer.RESTOREFORMER_PLUS_ONNX,
    onnx_restorer.GPEN_512,
    onnx_restorer.GPEN_1024,
    onnx_restorer.GPEN_2048,
    onnx_restorer.GPEN_256,
    gfpgan.GFPGAN_1_2,
    lite.LITE,
)
DETECTORS: Final[tuple[Model[Detector], ...]] = (
    retinaface.RETINAFACE_RESNET50,
    retinaface.RETINAFACE_MOBILE,
    yunet.YUNET,
    mtcnn.MTCNN,
)
PARSERS: Final[tuple[Model[Parser], ...]] = (parsenet.PARSENET, headmask.HEADMASK)
UPSCALERS: Final[tuple[Model[Upscaler], ...]] = (
    realesrgan.REALESR_GENERAL,
    realesrgan.REALESRGAN_X2,
    realesrgan.REALESRGAN_X4,
    realesrgan.REALESR_GENERAL_WDN,
    photo_x2.PHOTO_X2,
)
IDENTITIES: Final[tuple[Model[Identity], ...]] = (arcface.ARCFACE, arcface_resnet18.ARCFACE_RESNET18)
OCCLUSIONS: Final[tuple[Model[OcclusionMask], ...]] = ()  # the operator brings one
FINDERS: Final[tuple[Model[DamageFinder], ...]] = (photo.PHOTO_FINDER,)  # the same checkpoint as the mender's
MENDERS: Final[tuple[Model[Mender], ...]] = (photo.PHOTO_MENDER,)
CLEANERS: Final[tuple[Model[Cleaner], ...]] = (lite.LITE_CLEANER,)  # the same checkpoint as the restorer's
