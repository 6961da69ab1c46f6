"""The options of one restoration."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from magicmemory.core.print_size import LARGEST_TIMES, PrintSize

AUTO = "auto"
MAX_NAME_LENGTH = 64
MAX_CHOSEN_FACES: Final = 100
# Added after the first release, or with another default: an earlier version always wrote the scope, `faces` or `photo`.
_LATER: Final = ("scope", "upright", "faces", "texture", "gentle_faces", "repair", "clean", "tone", "print_size")


def _plain(name: str) -> str:
    """A name as typed by a person, shortened and without control characters."""
    return "".join(character for character in name if character.isprintable())[:MAX_NAME_LENGTH]


Name = Annotated[str, AfterValidator(_plain)]
"""A model's name. It may not exist, but it is safe to store and show."""


def _paper(text: str) -> str:
    return str(PrintSize.parse(text))


PaperName = Annotated[str, AfterValidator(_paper)]
"""The size of a print, `13x18cm`. Another one raises `PrintSizeUnusable`."""


class Scope(StrEnum):
    """The part of a photo that is restored."""

    AUTO = "auto"  # the faces, and of the whole photo what it needs: nothing where it is sound
    FACES = "faces"  # only faces change
    PHOTO = "photo"  # the whole photo is repaired and cleaned, whether it seems to need it or not


class Step(StrEnum):
    """What can be done to a whole photo, beside its faces."""

    REPAIR = "repair"  # fill what scratches, cracks, dust and stains hide
    CLEAN = "clean"  # remove grain, noise, halftone and compression artefacts
    TONE = "tone"  # bring back faded contrast and colours


class Texture(StrEnum):
    """What restored faces do with the photo's grain."""

    AUTO = "auto"  # match, unless the whole photo is cleaned
    MATCH = "match"  # they carry grain as the photo around them does
    CLEAN = "clean"  # they stay as the network draws them


class Options(BaseModel):
    """A person's choices for one restoration. `auto` leaves a choice to the worker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Name = AUTO
    detector: Name = AUTO
    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the photo's faces, 1 takes the network's")
    fidelity: float | None = Field(default=None, ge=0, le=1, description="0 vivid, 1 faithful; None: model's default")
    upscale: Literal[1, 2, 4] = 1
    scope: Scope = Scope.AUTO
    upright: bool = Field(default=False, description="turn a photo that lies on its side or stands on its head")
    faces: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(),
        max_length=MAX_CHOSEN_FACES,
        description="restore only these; 1 is the largest face, 2 the next; empty: all",
    )

    texture: Texture = Texture.AUTO
    gentle_faces: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(),
        max_length=MAX_CHOSEN_FACES,
        description="restore these with half of the change; numbers as in `faces`",
    )
    repair: bool | None = Field(default=None, description="fill scratches, dust, cracks; None: as the scope says")
    clean: bool | None = Field(default=None, description="remove grain and compression; None: as the scope says")
    tone: bool | None = Field(default=None, description="bring back faded contrast; None: as the scope says")
    print_size: PaperName | None = Field(
        default=None, description="enlarge as a print of this size needs, up to 4 times, instead of by `upscale`"
    )

    @model_serializer(mode="wrap")
    def _without_later_defaults(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a choice that an earlier version did not know, where it is not made.

        So a job keeps its identity over an update, and a worker of the previous version can run it.
        """
        written: dict[str, Any] = write(self)
        for name in _LATER:
            if getattr(self, name) == type(self).model_fields[name].default:
                written.pop(name, None)
        return written

    @property
    def most_upscale(self) -> int:
        """How many times the photo may get larger."""
        return self.upscale if self.print_size is None else LARGEST_TIMES

    def asks_for(self, step: Step) -> bool | None:
        """Whether a step is to be done; None: where the photo needs it."""
        asked: bool | None = getattr(self, step)
        if asked is not None:
            return asked
        if self.scope is Scope.AUTO:
            return None
        # Contrast is brought back only where it was lost: a sound photo would be harmed.
        return None if self.scope is Scope.PHOTO and step is Step.TONE else self.scope is Scope.PHOTO

    def grain_back(self, *, cleaned: bool) -> bool:
        """Whether restored faces get the photo's grain back; `cleaned`: it was taken from the rest of the photo."""
        return not cleaned if self.texture is Texture.AUTO else self.texture is Texture.MATCH

    def fingerprint(self) -> str:
        """Sixteen hexadecimal characters, equal for equal options: part of a job's identity."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
