"""The report of a restoration."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from magicmemory.core.errors import UserError
from magicmemory.core.options import Step

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class LeftAlone(StrEnum):
    """The reason why a face was not restored."""

    TOO_SMALL = "too_small"
    TOO_MANY = "too_many"  # larger ones were restored in its place
    INCOMPLETE = "incomplete"  # a part of it is missing in the file
    NOT_CHOSEN = "not_chosen"  # the person named other faces


class FaceWarning(StrEnum):
    """A reason to check a restored face."""

    LESS_ALIKE = "less_alike"  # the similarity before and after is below the operator's limit


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
    """A face in the original photo, turned as its file says. Coordinates are pixels from the top left corner."""

    model_config = ConfigDict(frozen=True)

    number: int = 0  # 1 is the largest face of the photo, 2 the next; 0: an earlier version did not say
    box: Box  # left, top, right, bottom
    landmarks: tuple[Point, Point, Point, Point, Point]  # left eye, right eye, nose, left and right mouth corner
    score: float  # 0 to 1
    restored: bool
    reason: LeftAlone | None = None
    similarity: float | None = None  # before and after, -1 to 1; None: arcface is not installed
    warning: FaceWarning | None = None
    held: float | None = None  # restored more gently to keep the likeness, with this share of the change; None: not


class Damage(BaseModel):
    """What was found on the whole photo before it was restored; all 0: it is sound, or was not looked at."""

    model_config = ConfigDict(frozen=True)

    scratches: float = 0.0  # the share of the photo that scratches, cracks, folds and hairs hide, 0 to 1
    dust: float = 0.0  # and small spots
    losses: float = 0.0  # and larger ones: flakes, stains, torn places
    grain: float = 0.0  # grain and noise, 0 (none that matters) to 1 (strong)
    jpeg: float = 0.0  # traces of compression, 0 to 1
    halftone: float = 0.0  # the dots of a printed picture, 0 to 1
    fading: float = 0.0  # the share of the contrast that is lost, 0 to 1


class Print(BaseModel):
    """How a photo prints that was enlarged for a print."""

    model_config = ConfigDict(frozen=True)

    size: str  # as asked for: `13x18cm`
    dpi: int  # dots an inch at that size, as written into the file
    sharp: bool  # at that size
    sharp_size: str  # the largest paper on which it prints sharp


class Report(BaseModel):
    """The report of one restoration; travels from the worker to the chat and into the ledger."""

    model_config = ConfigDict(frozen=True)

    width: int  # of the result, pixels
    height: int
    faces: tuple[Face, ...]
    model: str
    detector: str
    notes: tuple[Note, ...] = ()  # how the file was read
    page: int = 1  # the page or picture of the file, from 1
    pages: int = 1  # how many the file has
    rotation: int = 0  # degrees clockwise by which the original photo must be turned to stand upright
    turned: bool = False  # the result was turned so
    upscale: int = 0  # how many times larger than the original; 0: an earlier version did not say
    print: Print | None = None  # None: no print was asked for
    cleaned: bool = False  # the whole photo, not only the faces
    damage: Damage | None = None  # None: the photo was not looked at
    done: tuple[Step, ...] = ()  # what was done to the whole photo
    fidelity: float | None = None  # as used; None: the model has no such option
    stages_ms: dict[str, float]
    total_ms: float

    @property
    def restored(self) -> int:
        """Restored faces."""
        return sum(face.restored for face in self.faces)

    @property
    def too_small(self) -> int:
        """Faces that were not restored because they are too small."""
        return sum(face.reason is LeftAlone.TOO_SMALL for face in self.faces)

    @property
    def incomplete(self) -> int:
        """How many faces were left alone because a part of them is missing in the file."""
        return sum(face.reason is LeftAlone.INCOMPLETE for face in self.faces)

    @property
    def too_many(self) -> int:
        """Faces that were not restored because there are too many."""
        return sum(face.reason is LeftAlone.TOO_MANY for face in self.faces)

    @property
    def held(self) -> int:
        """Faces that took less of the change, because they would have become too unlike themselves."""
        return sum(face.held is not None for face in self.faces)


class Failure(BaseModel):
    """A `UserError` on its way to the person: the message's key and parameters."""

    model_config = ConfigDict(frozen=True)

    key: str
    parameters: dict[str, Any] = {}

    @classmethod
    def of(cls, error: UserError) -> "Failure":
        """The failure of an error."""
        return cls(key=error.key, parameters=error.parameters)
