"""Models of one kind, each built once, when it is first asked for."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from magicmemory.core.errors import ModelBroken, ModelNotAllowed, ModelNotInstalled, ModelUnknown
from magicmemory.core.options import AUTO
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.base import tidied_memory
from magicmemory.pipeline.models.facts import ModelFacts, why_refused
from magicmemory.pipeline.models.model import BuildContext, Model
from magicmemory.pipeline.models.weights import Weights, WeightsError

T = TypeVar("T")

_ASSETS: Final = Path(assets.__path__[0])  # checkpoints that come with the package


@dataclass(frozen=True)
class ModelContext:
    """What all caches share.

    Attributes:
        build: what models are built with.
        paid_use: the operator earns money with the models, which some licences forbid.
    """

    build: BuildContext
    paid_use: bool

    @property
    def weights(self) -> Weights:
        """The folder of downloaded checkpoints."""
        return self.build.weights

    def is_installed(self, facts: ModelFacts) -> bool:
        """Whether a model's file seems to be there; it is checked when it is loaded."""
        return facts.bundled or self.weights.is_there(facts)

    def why_refused(self, facts: ModelFacts) -> str | None:
        """See `facts.why_refused`."""
        return why_refused(facts, self.paid_use)

    def path(self, facts: ModelFacts) -> Path:
        """The path of a model's file, after its hash was compared.

        Raises:
            ModelBroken: the file is missing, or its hash is wrong or unknown.
        """
        if facts.bundled:
            return _ASSETS / (facts.file or "")
        try:
            return self.weights.usable(facts)
        except WeightsError as error:
            raise ModelBroken(model=facts.name, reason=str(error)) from error


@dataclass
class _BuiltModel(Generic[T]):
    model: T
    last_used_at: float  # by the monotonic clock, seconds


class ModelCache(Generic[T]):
    """The models of one kind. Any thread may ask."""

    def __init__(self, models: tuple[Model[T], ...], default: str, context: ModelContext) -> None:
        """
        Args:
            models: the models of this kind, the best first.
            default: the name that `auto` stands for; `auto`: the best that is installed and allowed.
            context: see `ModelContext`.
        """
        self._models = {model.facts.name: model for model in models}
        self._default = default
        self._context = context
        self._built: dict[str, _BuiltModel[T]] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Model[T]:
        """The model that `name` (or `auto`) means. Loads nothing.

        Raises:
            ModelUnknown: there is no such model.
            ModelNotAllowed: its licence forbids this use.
            ModelNotInstalled: its file is not there.
            ModelBroken: its file is there and must not be used.
        """
        name = self._default if name == AUTO else name
        if name == AUTO:
            found = self._best()
            if found is None:
                raise ModelNotInstalled(model=next(iter(self._models)))
            return found
        if name not in self._models:
            raise ModelUnknown(model=name, known=", ".join(self._models))
        model = self._models[name]
        if reason := self._context.why_refused(model.facts):
            raise ModelNotAllowed(model=name, reason=f"{reason}.")
        if not self._context.is_installed(model.facts):
            if self._context.weights.path(model.facts).is_file():
                self._context.path(model.facts)  # raises with the reason why the file is not used
            raise ModelNotInstalled(model=name)
        return model

    def get(self, name: str) -> T:
        """The model that `name` (or `auto`) means, ready to run. Raises as `find` does."""
        model = self.find(name)
        name = model.facts.name
        # First without the lock: a photo must not wait while a model loads that it does not use.
        built = self._built.get(name)
        if built is None:
            with self._lock:
                built = self._built.get(name)
                if built is None:
                    with tidied_memory():
                        made = model.build(self._context.path(model.facts), self._context.build)
                    built = self._built[name] = _BuiltModel(made, time.monotonic())
        built.last_used_at = time.monotonic()
        return built.model

    def get_any(self) -> T | None:
        """The default model, or the best one installed; None where no default is set and none is installed."""
        return None if self._default == AUTO and self._best() is None else self.get(AUTO)

    def unload_idle(self, seconds: float) -> list[str]:
        """Forget the models that nobody used for so many seconds; returns their names."""
        with self._lock:
            now = time.monotonic()
            idle = [name for name, built in self._built.items() if now - built.last_used_at >= seconds]
            for name in idle:
                del self._built[name]
        return idle

    def _best(self) -> Model[T] | None:
        usable = (
            model
            for model in self._models.values()
            if self._context.is_installed(model.facts) and not self._context.why_refused(model.facts)
        )
        return next(usable, None)
