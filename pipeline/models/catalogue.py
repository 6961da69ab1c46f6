"""The facts of every model: where its file is published, what it weighs, under which licence, and whom to cite.

Hashes stand here only where two independent public sources agree on them. Where none does, the operator pins one
(`magicmemory models pin`) before the file is used.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_GFPGAN: Final = "https://github.com/TencentARC/GFPGAN/releases/download"
_FACEXLIB: Final = "https://github.com/xinntao/facexlib/releases/download"
_ESRGAN: Final = "https://github.com/xinntao/Real-ESRGAN/releases/download"
_GFPGAN_LICENCE: Final = "Apache-2.0, parts non-commercial"
_GFPGAN_PAPER: Final = "Wang et al., Towards Real-World Blind Face Restoration with Generative Facial Prior, CVPR 2021"
_VQFR_PAPER: Final = "Gu et al., VQFR: Blind Face Restoration with Vector-Quantized Dictionary, ECCV 2022"
_RETINA_PAPER: Final = "Deng et al., RetinaFace: Single-stage Dense Face Localisation in the Wild, CVPR 2020"
_ESRGAN_PAPER: Final = (
    "Wang et al., Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data, ICCVW 2021"
)


class Kind(StrEnum):
    """What a model does."""

    RESTORER = "restorer"
    DETECTOR = "detector"
    PARSER = "parser"
    UPSCALER = "upscaler"
    IDENTITY = "identity"


class Commercial(StrEnum):
    """Whether a model may be used where money is earned."""

    YES = "yes"
    NO = "no"
    ASK = "ask"  # the licence is unclear: the operator must ask its holder


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        name: as settings and options call it.
        title: as people call it.
        kind: what it does.
        licence: of the checkpoint.
        commercial: whether paid use is allowed.
        file: the checkpoint's name in its folder; None: it has no single file.
        bundled: it comes with the installation; otherwise its file is looked for in the weights folder.
        url: where the checkpoint is published; None: nowhere that a program could fetch it from.
        sha256: the checkpoint's hash; None: not known.
        size: the checkpoint's size, bytes; None: not known.
        paper: what to cite.
        default_fidelity: used where none is asked for; None: the model has no such choice.
        half_ok: half precision keeps its quality.
        good_at: what it is for, in a few words.
    """

    name: str
    title: str
    kind: Kind
    licence: str
    commercial: Commercial
    file: str | None = None
    bundled: bool = False
    url: str | None = None
    sha256: str | None = None
    size: int | None = None
    paper: str | None = None
    default_fidelity: float | None = None
    half_ok: bool = False
    good_at: str = ""

    @property
    def has_fidelity(self) -> bool:
        """Whether the model can choose between vivid and faithful."""
        return self.default_fidelity is not None


GFPGAN_1_4: Final = ModelFacts(
    name="gfpgan-1.4",
    title="GFPGAN 1.4",
    kind=Kind.RESTORER,
    licence=_GFPGAN_LICENCE,
    commercial=Commercial.ASK,
    file="GFPGANv1.4.pth",
    url=f"{_GFPGAN}/v1.3.0/GFPGANv1.4.pth",
    sha256="e2cd4703ab14f4d01fd1383a8a8b266f9a5833dacee8e6a79d3bf21a1b6be5ad",
    size=348632874,
    paper=_GFPGAN_PAPER,
    half_ok=True,
    good_at="most photos: detailed and close to the person",
)
GFPGAN_1_3: Final = ModelFacts(
    name="gfpgan-1.3",
    title="GFPGAN 1.3",
    kind=Kind.RESTORER,
    licence=_GFPGAN_LICENCE,
    commercial=Commercial.ASK,
    file="GFPGANv1.3.pth",
    url=f"{_GFPGAN}/v1.3.0/GFPGANv1.3.pth",
    sha256="c953a88f2727c85c3d9ae72e2bd4846bbaf59fe6972ad94130e23e7017524a70",
    size=348632874,
    paper=_GFPGAN_PAPER,
    half_ok=True,
    good_at="very low quality; looks natural",
)
GFPGAN_1_2: Final = ModelFacts(
    name="gfpgan-1.2",
    title="GFPGAN 1.2",
    kind=Kind.RESTORER,
    licence=_GFPGAN_LICENCE,
    commercial=Commercial.ASK,
    file="GFPGANCleanv1-NoCE-C2.pth",
    url=f"{_GFPGAN}/v0.2.0/GFPGANCleanv1-NoCE-C2.pth",
    sha256="29e25ee90c170f4231163f4c83df6b59c968b73f3ce00cb884015ae005db083c",
    paper=_GFPGAN_PAPER,
    half_ok=True,
    good_at="sharp, as if made up",
)
RESTOREFORMER: Final = ModelFacts(
    name="restoreformer",
    title="RestoreFormer",
    kind=Kind.RESTORER,
    licence="Apache-2.0",
    commercial=Commercial.ASK,
    file="RestoreFormer.pth",
    url=f"{_GFPGAN}/v1.3.4/RestoreFormer.pth",
    paper="Wang et al., RestoreFormer: High-Quality Blind Face Restoration from Undegraded Key-Value Pairs, CVPR 2022",
    good_at="much texture",
)
CODEFORMER: Final = ModelFacts(
    name="codeformer",
    title="CodeFormer",
    kind=Kind.RESTORER,
    licence="S-Lab 1.0",
    commercial=Commercial.NO,
    file="codeformer.pth",
    url="https://github.com/sczhou/CodeFormer/releases/download/v0.1.0/codeformer.pth",
    sha256="1009e537e0c2a07d4cabce6355f53cb66767cd4b4297ec7a4a64ca4b8a5684b7",
    size=376637898,
    paper="Zhou et al., Towards Robust Blind Face Restoration with Codebook Lookup Transformer, NeurIPS 2022",
    default_fidelity=0.5,
    good_at="heavy damage; its fidelity chooses between vivid and faithful",
)
VQFR_2: Final = ModelFacts(
    name="vqfr-2",
    title="VQFR 2",
    kind=Kind.RESTORER,
    licence="Apache-2.0 with exceptions",
    commercial=Commercial.ASK,
    file="VQFR_v2.pth",
    url="https://github.com/TencentARC/VQFR/releases/download/v2.0.0/VQFR_v2.pth",
    paper=_VQFR_PAPER,
    default_fidelity=0.0,
    good_at="fine texture of skin and hair; has a fidelity",
)
VQFR_1: Final = ModelFacts(
    name="vqfr-1",
    title="VQFR 1",
    kind=Kind.RESTORER,
    licence="Apache-2.0 with exceptions",
    commercial=Commercial.ASK,
    file="VQFR_v1-33a1fac5.pth",
    paper=_VQFR_PAPER,
    good_at="fine texture of skin and hair",
)
LITE: Final = ModelFacts(
    name="lite",
    title="Magic Memory lite",
    kind=Kind.RESTORER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="lite.safetensors",
    bundled=True,
    default_fidelity=0.5,
    good_at="always there, fast, free for paid use",
)

RETINAFACE_RESNET50: Final = ModelFacts(
    name="retinaface-resnet50",
    title="RetinaFace ResNet-50",
    kind=Kind.DETECTOR,
    licence="MIT",
    commercial=Commercial.YES,
    file="detection_Resnet50_Final.pth",
    url=f"{_FACEXLIB}/v0.1.0/detection_Resnet50_Final.pth",
    sha256="6d1de9c2944f2ccddca5f5e010ea5ae64a39845a86311af6fdf30841b0a5a16d",
    size=109497761,
    paper=_RETINA_PAPER,
    good_at="small, turned and covered faces",
)
RETINAFACE_MOBILE: Final = ModelFacts(
    name="retinaface-mobile0.25",
    title="RetinaFace MobileNet-0.25",
    kind=Kind.DETECTOR,
    licence="MIT",
    commercial=Commercial.YES,
    file="detection_mobilenet0.25_Final.pth",
    url=f"{_FACEXLIB}/v0.1.0/detection_mobilenet0.25_Final.pth",
    sha256="2979b33ffafda5d74b6948cd7a5b9a7a62f62b949cef24e95fd15d2883a65220",
    size=1789735,
    paper=_RETINA_PAPER,
    good_at="speed",
)
MTCNN: Final = ModelFacts(
    name="mtcnn",
    title="MTCNN",
    kind=Kind.DETECTOR,
    licence="MIT",
    commercial=Commercial.YES,
    bundled=True,
    paper="Zhang et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks, 2016",
    good_at="always there",
)

PARSENET: Final = ModelFacts(
    name="parsenet",
    title="ParseNet",
    kind=Kind.PARSER,
    licence="not stated",
    commercial=Commercial.ASK,
    file="parsing_parsenet.pth",
    url=f"{_FACEXLIB}/v0.2.2/parsing_parsenet.pth",
    sha256="3d558d8d0e42c20224f13cf5a29c79eba2d59913419f945545d8cf7b72920de2",
    size=85331193,
    paper="Chen et al., Progressive Semantic-Aware Style Transformation for Blind Face Restoration, CVPR 2021",
    half_ok=True,
    good_at="the mask follows the face's own outline instead of an oval",
)

REALESR_GENERAL: Final = ModelFacts(
    name="realesr-general-x4v3",
    title="Real-ESRGAN general x4 v3",
    kind=Kind.UPSCALER,
    licence="BSD-3-Clause",
    commercial=Commercial.YES,
    file="realesr-general-x4v3.pth",
    url=f"{_ESRGAN}/v0.2.5.0/realesr-general-x4v3.pth",
    sha256="8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292",
    size=4885111,
    paper=_ESRGAN_PAPER,
    half_ok=True,
    good_at="enlarging on any machine",
)
REALESR_GENERAL_WDN: Final = ModelFacts(
    name="realesr-general-wdn-x4v3",
    title="Real-ESRGAN general x4 v3, noise kept",
    kind=Kind.UPSCALER,
    licence="BSD-3-Clause",
    commercial=Commercial.YES,
    file="realesr-general-wdn-x4v3.pth",
    url=f"{_ESRGAN}/v0.2.5.0/realesr-general-wdn-x4v3.pth",
    sha256="1641f8c4464b9f097c9fdda5589273713f67cf59f3d909e0bd688f0cee269dca",
    size=4885111,
    paper=_ESRGAN_PAPER,
    half_ok=True,
    good_at="mixed with the one above, it lets that one keep grain",
)
REALESRGAN_X2: Final = ModelFacts(
    name="realesrgan-x2plus",
    title="Real-ESRGAN x2+",
    kind=Kind.UPSCALER,
    licence="BSD-3-Clause",
    commercial=Commercial.YES,
    file="RealESRGAN_x2plus.pth",
    url=f"{_ESRGAN}/v0.2.1/RealESRGAN_x2plus.pth",
    sha256="49fafd45f8fd7aa8d31ab2a22d14d91b536c34494a5cfe31eb5d89c2fa266abb",
    size=67061725,
    paper=_ESRGAN_PAPER,
    half_ok=True,
    good_at="enlarging twice, on a GPU",
)
REALESRGAN_X4: Final = ModelFacts(
    name="realesrgan-x4plus",
    title="Real-ESRGAN x4+",
    kind=Kind.UPSCALER,
    licence="BSD-3-Clause",
    commercial=Commercial.YES,
    file="RealESRGAN_x4plus.pth",
    url=f"{_ESRGAN}/v0.1.0/RealESRGAN_x4plus.pth",
    sha256="4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
    size=67040989,
    paper=_ESRGAN_PAPER,
    half_ok=True,
    good_at="enlarging four times, on a GPU",
)

ARCFACE: Final = ModelFacts(
    name="arcface",
    title="ArcFace IR-SE50",
    kind=Kind.IDENTITY,
    licence="not stated",
    commercial=Commercial.ASK,
    file="recognition_arcface_ir_se50.pth",
    url=f"{_FACEXLIB}/v0.1.0/recognition_arcface_ir_se50.pth",
    sha256="a035c768259b98ab1ce0e646312f48b9e1e218197a0f80ac6765e88f8b6ddf28",
    paper="Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019",
    good_at="says how much a restored face still is the same person",
)

# Of each kind the best first.
ALL: Final = (
    GFPGAN_1_4,
    CODEFORMER,
    GFPGAN_1_3,
    RESTOREFORMER,
    VQFR_2,
    VQFR_1,
    GFPGAN_1_2,
    LITE,
    RETINAFACE_RESNET50,
    RETINAFACE_MOBILE,
    MTCNN,
    PARSENET,
    REALESR_GENERAL,
    REALESRGAN_X2,
    REALESRGAN_X4,
    REALESR_GENERAL_WDN,
    ARCFACE,
)


def of_kind(kind: Kind) -> tuple[ModelFacts, ...]:
    """The models of a kind, the best first."""
    return tuple(facts for facts in ALL if facts.kind is kind)


def why_refused(facts: ModelFacts, earning: bool) -> str | None:
    """Why a model may not be used, in one sentence; None: it may.

    Args:
        facts: the model.
        earning: the operator earns money with it.
    """
    if not earning or facts.commercial is Commercial.YES:
        return None
    if facts.commercial is Commercial.NO:
        return f"MAGIC_COMMERCIAL is set, and the licence of {facts.name} ({facts.licence}) forbids paid use"
    return (
        f"MAGIC_COMMERCIAL is set, and the licence of {facts.name} ({facts.licence}) leaves paid use unclear: "
        "until you have asked its holders, it counts as forbidden"
    )
