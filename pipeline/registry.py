"""Which models can be chosen, and how each is built; what is known of them stands in the catalogue."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import torch
from torch import nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled, ModelUnknown
from magicmemory.core.options import AUTO
from magicmemory.pipeline import assets, catalogue
from magicmemory.pipeline.align import SIZE
from magicmemory.pipeline.catalogue import ModelFacts
from magicmemory.pipeline.detection import Detector
from magicmemory.pipeline.engines import Engine
from magicmemory.pipeline.models import lite, mtcnn
from magicmemory.pipeline.restore import NetworkRestorer, Restorer

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_ASSETS: Final = Path(assets.__path__[0])  # checkpoints that come with the package


@dataclass(frozen=True)
class Model(Generic[T_co]):
    """A model: what is known of it, and how it is built from its checkpoint on an engine."""

    facts: ModelFacts
    build: Callable[[Path, Engine], T_co]


def network(facts: ModelFacts, load: Callable[[Path], nn.Module]) -> Model[Restorer]:
    """A restorer that is one network: faces `[n, 3, size, size]`, RGB in [-1, 1], in and out.

    A model with a fidelity takes it as second input, `[n]`. `load` builds the network and fills it from the
    checkpoint.
    """

    def build(path: Path, engine: Engine) -> Restorer:
        example = [torch.zeros(1, 3, SIZE, SIZE)]
        if facts.has_fidelity:
            example.append(torch.ones(1))
        runner = engine.compile(loaded(facts, load, path), tuple(example), facts.name)
        return NetworkRestorer(runner, engine.batch, facts.default_fidelity)

    return Model(facts, build)


def loaded(facts: ModelFacts, load: Callable[[Path], nn.Module], path: Path) -> nn.Module:
    """A network filled from its checkpoint.

    Raises:
        ModelNotInstalled: the file is not there.
        ModelBroken: the file is not what it should be.
    """
    try:
        return load(path)
    except FileNotFoundError as error:
        raise ModelNotInstalled(model=facts.name) from error
    except ValueError as error:  # `CheckpointError`, and what other readers say of a file that does not fit
        raise ModelBroken(model=facts.name, reason=str(error)) from error


# The best first: `auto` takes the first that is installed. The last of each comes with the installation.
RESTORERS: Final = (network(catalogue.LITE, lite.load),)
DETECTORS: Final[tuple[Model[Detector], ...]] = (
    Model(catalogue.MTCNN, lambda _, engine: mtcnn.Mtcnn(mtcnn.load_nets(), engine.device)),
)


class Models:
    """The models of one process: each is built once, when it is first asked for, and kept. Any thread may
    ask.
    """

    def __init__(
        self,
        engine: Engine,
        weights_dir: Path,
        *,
        restorer: str = AUTO,
        detector: str = AUTO,
        restorers: tuple[Model[Restorer], ...] = RESTORERS,
        detectors: tuple[Model[Detector], ...] = DETECTORS,
    ) -> None:
        """
        Args:
            engine: what runs the networks.
            weights_dir: where downloaded checkpoints lie.
            restorer: taken when `auto` is asked for; `auto`: the best one installed.
            detector: the same for detectors.
            restorers: the restorers there are, the best first.
            detectors: the detectors there are, the best first.
        """
        self.engine_name = engine.name  # for people
        self._weights_dir = weights_dir
        self._restorers = _Shelf(restorers, restorer, engine, weights_dir)
        self._detectors = _Shelf(detectors, detector, engine, weights_dir)

    def restorer_facts(self, name: str = AUTO) -> ModelFacts:
        """What is known of the restorer that `name` (or `auto`) means. Raises as `restorer` does, but loads
        nothing.
        """
        return self._restorers.find(name).facts

    def detector_facts(self, name: str = AUTO) -> ModelFacts:
        """What is known of the detector that `name` (or `auto`) means. Raises as `detector` does, but loads
        nothing.
        """
        return self._detectors.find(name).facts

    def restorer(self, name: str = AUTO) -> Restorer:
        """The restorer of that name, ready to run.

        Raises:
            ModelUnknown: there is no such restorer.
            ModelNotInstalled: its checkpoint is not on this machine.
            ModelBroken: its checkpoint cannot be used.
        """
        return self._restorers.get(name)

    def detector(self, name: str = AUTO) -> Detector:
        """The detector of that name, ready to run. Raises as `restorer` does."""
        return self._detectors.get(name)

    def installed(self, facts: ModelFacts) -> bool:
        """Whether a model's checkpoint is on this machine."""
        return _is_there(facts, self._weights_dir)


class _Shelf(Generic[T]):
    """The models of one kind, built or not."""

    def __init__(self, models: tuple[Model[T], ...], default: str, engine: Engine, weights_dir: Path) -> None:
        self._models = {model.facts.name: model for model in models}
        self._default = default
        self._engine = engine
        self._weights_dir = weights_dir
        self._ready: dict[str, T] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Model[T]:
        name = self._default if name == AUTO else name
        if name == AUTO:
            return next(model for model in self._models.values() if _is_there(model.facts, self._weights_dir))
        if name not in self._models:
            raise ModelUnknown(model=name, known=", ".join(self._models))
        if not _is_there(self._models[name].facts, self._weights_dir):
            raise ModelNotInstalled(model=name)
        return self._models[name]

    def get(self, name: str) -> T:
        model = self.find(name)
        name = model.facts.name
        # First without the lock, so that no photo waits while a model loads that it does not want.
        if name not in self._ready:
            with self._lock:
                if name not in self._ready:
                    self._ready[name] = model.build(_path(model.facts, self._weights_dir), self._engine)
        return self._ready[name]


def _path(facts: ModelFacts, weights_dir: Path) -> Path:
    return (_ASSETS if facts.bundled else weights_dir) / (facts.file or "")


def _is_there(facts: ModelFacts, weights_dir: Path) -> bool:
    return facts.bundled or _path(facts, weights_dir).is_file()
