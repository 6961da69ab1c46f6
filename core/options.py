"""How a photo shall be restored."""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

AUTO = "auto"
MAX_NAME_LENGTH = 64


def _plain(name: str) -> str:
    """A name as a person may type one: what no model is called need not go further than its first letters."""
    return "".join(character for character in name if character.isprintable())[:MAX_NAME_LENGTH]


Name = Annotated[str, AfterValidator(_plain)]
"""A model's name, which may be wrong but can be stored and shown."""


class Scope(StrEnum):
    """What of a photo is restored."""

    FACES = "faces"  # nothing but the faces changes
    PHOTO = "photo"  # grain, noise and the traces of compression go from the whole picture first


class Options(BaseModel):
    """A person's choices for one restoration. `auto` leaves a choice to the worker that runs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Name = AUTO
    detector: Name = AUTO
    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the photo's faces, 1 takes the network's")
    fidelity: float | None = Field(default=None, ge=0, le=1, description="0 vivid, 1 faithful; None: model's default")
    upscale: Literal[1, 2, 4] = 1
    scope: Scope = Scope.FACES

    def fingerprint(self) -> str:
        """Sixteen hexadecimal characters, equal for equal options: part of a job's identity."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
