"""Facts about a model: its published file, its licence, its speed. This module imports no torch.

Each model's own file states its facts; `registry` lists the models, and `catalogue` answers questions about them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a model does."""

    RESTORER = "restorer"
    DETECTOR = "detector"
    PARSER = "parser"
    UPSCALER = "upscaler"
    IDENTITY = "identity"
    MENDER = "mender"
    OCCLUSION = "occlusion mask"


class Commercial(StrEnum):
    """Whether a model may be used where money is earned."""

    YES = "yes"
    NO = "no"
    ASK = "ask"  # the licence is unclear: the operator must ask its holder


@dataclass(frozen=True, slots=True)
class Speed:
    """A measured speed, for the table in docs/models.md, which tells how it was measured.

    Attributes:
        input: what was given to the network: `a face`, `192x192 pixels`.
        runs_on: the engine.
        seconds: for that input, on two cores.
        ratio: those seconds over the seconds of an fp32 matrix product of as many operations; None: not measured.
    """

    input: str
    runs_on: str
    seconds: float
    ratio: float | None = None


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model.

    A hash is stated only where two independent public sources agree on it. Where none is stated, the operator pins
    one (`magicmemory models pin`) before the file is used.

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
        default_fidelity: used where none is asked for, 0 to 1; None: the model has no such choice.
        supports_half: half precision keeps its quality.
        good_at: what it is for, in a few words.
        work: multiplications and additions for one input, for the table in docs/models.md.
        speed: a measured speed; None: not measured.
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
    supports_half: bool = False
    good_at: str = ""
    work: str = ""
    speed: Speed | None = None

    @property
    def has_fidelity(self) -> bool:
        """Whether the model can choose between vivid and faithful."""
        return self.default_fidelity is not None


def why_refused(facts: ModelFacts, paid_use: bool) -> str | None:
    """Why a model may not be used, in one sentence; None: it may.

    Args:
        facts: the model.
        paid_use: the operator earns money with it.
    """
    if not paid_use or facts.commercial is Commercial.YES:
        return None
    if facts.commercial is Commercial.NO:
        return f"MAGIC_COMMERCIAL is set, and the licence of {facts.name} ({facts.licence}) forbids paid use"
    return (
        f"MAGIC_COMMERCIAL is set, and the licence of {facts.name} ({facts.licence}) leaves paid use unclear: "
        "until you have asked its holders, it counts as forbidden"
    )
