"""How a photo shall be restored."""

import hashlib
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AUTO = "auto"


class Scope(StrEnum):
    """What of a photo is restored."""

    FACES = "faces"  # nothing but the faces changes
    PHOTO = "photo"  # grain, noise and the traces of compression go from the whole picture first


class Options(BaseModel):
    """A person's choices for one restoration. `auto` leaves a choice to the worker that runs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = AUTO
    detector: str = AUTO
    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the photo's faces, 1 takes the network's")
    fidelity: float | None = Field(default=None, ge=0, le=1, description="0 vivid, 1 faithful; None: model's default")
    upscale: Literal[1, 2, 4] = 1
    scope: Scope = Scope.FACES

    def fingerprint(self) -> str:
        """Sixteen hexadecimal characters, equal for equal options: part of a job's identity."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
