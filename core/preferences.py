"""A person's preferences for all their photos."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from magicmemory.core.options import AUTO, Name, Options, Scope


class Preferences(BaseModel):
    """A person's preferences. An empty language means the platform's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: str = ""
    model: Name = AUTO
    strength: float = Field(default=1.0, ge=0, le=1)
    fidelity: float | None = Field(default=None, ge=0, le=1)
    upscale: Literal[1, 2, 4] = 1
    scope: Scope = Scope.FACES
    reply_as_file: bool = False

    @property
    def options(self) -> Options:
        """The preferences as options."""
        return Options(
            model=self.model,
            strength=self.strength,
            fidelity=self.fidelity,
            upscale=self.upscale,
            scope=self.scope,
        )
