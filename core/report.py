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
    INCOMPLETE = "incomplete"  # a part of it is missing in the file


class FaceWarning(StrEnum):
    """What somebody should look at twice."""

    LESS_ALIKE = "less_alike"  # restored, the face looks less like itself than the operator's limit


class NoteKind(StrEnum):
    """What is told of how a file was read."""

    TONE_MAPPED = "tone_mapped"  # it had a high dynamic range (PQ, HLG), and now has the standard one
    GAIN_MAP = "gain_map"  # its second picture, which brightens the first one on some screens, is left out
    PREVIEW = "preview"  # a camera's raw file: the JPEG in it was restored
    INCOMPLETE = "incomplete"  # the file ends too early; the count is the percentage that is missing
    COARSE = "coarse"  # the file ends too early, and lacks details all over


class Note(BaseModel):
    """Something to know of a file, beside what was restored."""

    model_config = ConfigDict(frozen=True)

    kind: NoteKind
    count: int = 0  # how many, where the kind counts something


class Face(BaseModel):
    """A face in the photo as it was sent, upright. Coordinates are pixels from the top left corner."""

    model_config = ConfigDict(frozen=True)

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
    notes: tuple[Note, ...] = ()  # of how the file was read
    page: int = 1  # which page or picture of the file this is
    pages: int = 1  # how many it has
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
    def incomplete(self) -> int:
        """How many faces were left alone because a part of them is missing in the file."""
        return sum(face.reason is LeftAlone.INCOMPLETE for face in self.faces)

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
