"""A person's preferences for all their photos."""

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from magicmemory.core.options import AUTO, Name, Options, Scope

_SINCE: Final = 2  # the present generation of defaults


class Preferences(BaseModel):
    """A person's preferences. An empty language means the platform's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: str = ""
    model: Name = AUTO
    strength: float = Field(default=1.0, ge=0, le=1)
    fidelity: float | None = Field(default=None, ge=0, le=1)
    upscale: Literal[1, 2, 4] = 1
    scope: Scope = Scope.AUTO
    reply_as_file: bool = False
    defaults: int = _SINCE  # the generation of defaults under which they were stored

    @classmethod
    def stored(cls, kept: dict[str, Any]) -> Self:
        """The preferences as stored. The first version stored every field, chosen or not, and no generation; there
        `faces` was the default scope, so it counts as not chosen.
        """
        if "defaults" not in kept and kept.get("scope") == Scope.FACES:
            kept = {name: value for name, value in kept.items() if name != "scope"}
        return cls.model_validate({**kept, "defaults": _SINCE})

    def changed(self, **choices: Any) -> Self:
        """The preferences with other choices, by field name.

        Raises:
            ValueError: a choice is not valid.
        """
        return self.model_validate({**self.model_dump(), **choices})

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
