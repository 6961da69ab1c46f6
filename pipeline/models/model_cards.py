"""Models that the operator brings: an ONNX file in the weights folder, and beside it a card, `NAME.toml`."""

import logging
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from magicmemory.core.options import AUTO, MAX_NAME_LENGTH
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.occlusion import OcclusionMask
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.models import catalogue, registry
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import Model
from magicmemory.pipeline.models.onnx_network import FaceFormat, Layout, Order
from magicmemory.pipeline.models.onnx_occlusion import onnx_occlusion
from magicmemory.pipeline.models.onnx_restorer import onnx_restorer

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]*")
_LARGEST_CARD: Final = 10_000  # bytes

Channels = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]


class ModelCard(BaseModel):
    """What a card says. `docs/models.md` explains each key."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal[Kind.RESTORER, Kind.OCCLUSION] = Kind.RESTORER
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*\.onnx$")  # in the same folder
    licence: str = Field(min_length=1, max_length=200)
    paid_use: Commercial
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    url: str | None = Field(default=None, pattern=r"^https://\S+$")
    title: str = Field(default="", max_length=100)
    good_at: str = Field(default="", max_length=200)
    size: Literal[256, 512, 1024, 2048] = SIZE
    range: tuple[float, float] = (-1.0, 1.0)
    order: Order = "rgb"
    mean: Channels = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (1.0, 1.0, 1.0)
    output_range: tuple[float, float] | None = None
    layout: Layout = "nchw"

    @property
    def face(self) -> FaceFormat:
        """How the network takes faces and gives faces or masks."""
        usual = (-1.0, 1.0) if self.kind is Kind.RESTORER else (0.0, 1.0)
        given = usual if self.output_range is None else self.output_range
        return FaceFormat(self.size, self.range, self.order, self.mean, self.std, given, self.layout)

    @model_validator(mode="after")
    def _ranges_rise(self) -> "ModelCard":
        if any(low >= high for low, high in (self.range, self.face.output_range)):
            raise ValueError("a range goes from a smaller to a larger number")
        return self


@dataclass(frozen=True)
class Brought:
    """What the cards of a folder give.

    Attributes:
        models: the restorers, by name.
        occlusions: the occlusion masks, by name.
        problems: a sentence for each card that cannot be used.
    """

    models: tuple[Model[Restorer], ...] = ()
    occlusions: tuple[Model[OcclusionMask], ...] = ()
    problems: tuple[str, ...] = ()


def read_cards(folder: Path) -> Brought:
    """The models whose cards lie in a folder. Their ONNX files are checked when they are built."""
    models, occlusions, problems = [], [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            card = _card(path)
            if card.kind is Kind.OCCLUSION:
                occlusions.append(onnx_occlusion(_facts(path.stem, card), card.face))
            else:
                models.append(onnx_restorer(_facts(path.stem, card), card.face))
        except (OSError, ValueError) as error:
            problems.append(f"{path.name} is not a usable card: {_reason(error)}")
    return Brought(tuple(models), tuple(occlusions), tuple(problems))


def restorers_with(brought: Brought) -> tuple[Model[Restorer], ...]:
    """All restorers, the best first. Those that were brought stand before the one that comes with the package."""
    return (*registry.RESTORERS[:-1], *brought.models, registry.RESTORERS[-1])


def usable_cards(folder: Path) -> Brought:
    """The models whose cards lie in a folder; the log tells of cards that cannot be used."""
    brought = read_cards(folder)
    for problem in brought.problems:
        log.warning("%s", problem)
    return brought


def _card(path: Path) -> ModelCard:
    name = path.stem
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise ValueError("its name, which is the model's, may have small letters, digits and . + _ - only.")
    if name == AUTO or catalogue.by_name(name) is not None:
        raise ValueError(f"{name} is the name of another model.")
    if path.stat().st_size > _LARGEST_CARD:
        raise ValueError("it is too large for a card.")
    return ModelCard.model_validate(tomllib.loads(path.read_text("utf-8")))


def _facts(name: str, card: ModelCard) -> ModelFacts:
    return ModelFacts(
        name=name,
        title=card.title or name,
        kind=card.kind,
        licence=card.licence,
        commercial=card.paid_use,
        file=card.file,
        url=card.url,
        sha256=card.sha256,
        good_at=card.good_at or "brought by its card",
    )


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        return f"{key + ': ' if key else ''}{first['msg']}."
    if isinstance(error, tomllib.TOMLDecodeError | UnicodeDecodeError):
        return f"it is no TOML: {error}."
    return str(error)
