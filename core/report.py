"""What a restoration found and did."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from magicmemory.core.errors import UserError

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class LeftAlone(StrEnum):
    """Why a face was not restored."""

    TOO_SMALL = "too_small"
    TOO_MANY = "too_many"  # larger ones were restored in its place
    NOT_CHOSEN = "not_chosen"  # the person named other faces


class FaceWarning(StrEnum):
    """What somebody should look at twice."""

    LESS_ALIKE = "less_alike"  # restored, the face looks less like itself than the operator's limit


class Face(BaseModel):
    """A face in the photo as it was sent, turned as its file says. Coordinates are pixels from the top left corner."""

    model_config = ConfigDict(frozen=True)

    number: int = 0  # 1 is the largest face of the photo, 2 the next; 0: an earlier version did not say
    box: Box  # left, top, right, bottom
    landmarks: tuple[Point, Point, Point, Point, Point]  # left eye, right eye, nose, left and right mouth corner
    score: float  # 0 to 1
    restored: bool
    reason: LeftAlone | None = None
    similarity: float | None = None  # before and after, -1 to 1; None: nothing here can compare
    warning: FaceWarning | None = None


class Report(BaseModel):
    """What one restoration found and did; travels from the worker to the chat and into the ledger."""

    model_config = ConfigDict(frozen=True)

    width: int  # of the result, pixels
    height: int
    faces: tuple[Face, ...]
    model: str
    detector: str
    rotation: int = 0  # degrees clockwise by which the photo as it was sent must be turned to stand upright
    turned: bool = False  # the result was turned so
    cleaned: bool = False  # the whole photo was, not only the faces
    fidelity: float | None = None  # as it was restored; None: the model has no such choice
    stages_ms: dict[str, float]
    total_ms: float

    @property
    def restored(self) -> int:
        """How many faces were restored."""
        return sum(face.restored for face in self.faces)

    @property
    def too_small(self) -> int:
        """How many faces were left alone because they are too small."""
        return sum(face.reason is LeftAlone.TOO_SMALL for face in self.faces)

    @property
    def too_many(self) -> int:
        """How many faces were left alone because there are too many."""
        return sum(face.reason is LeftAlone.TOO_MANY for face in self.faces)


class Failure(BaseModel):
    """A `UserError` on its way to the person: the sentence's key and what fills it."""

    model_config = ConfigDict(frozen=True)

    key: str
    parameters: dict[str, Any] = {}

    @classmethod
    def of(cls, error: UserError) -> "Failure":
        """The failure that says what `error` says."""
        return cls(key=error.key, parameters=error.parameters)
