"""Which models can be chosen, and how each is built; what is known of them stands in the catalogue."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

import torch
from torch import nn

from magicmemory.core.errors import ModelBroken, ModelNotAllowed, ModelNotInstalled, ModelUnknown
from magicmemory.core.options import AUTO
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.base import Engine, tidy_memory
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.faces.identity import Identity, NetworkIdentity
from magicmemory.pipeline.faces.parsing import FaceOnly, NetworkParser, Parser
from magicmemory.pipeline.faces.restore import NetworkRestorer, Restorer
from magicmemory.pipeline.faces.retinaface_detector import JoinedHeads, RetinaFaceDetector
from magicmemory.pipeline.models import (
    arcface,
    catalogue,
    codeformer,
    gfpgan,
    lite,
    mtcnn,
    parsenet,
    realesrgan,
    restoreformer,
    retinaface,
    vqfr,
)
from magicmemory.pipeline.models.catalogue import ModelFacts
from magicmemory.pipeline.models.checkpoint import Checkpoint, fill
from magicmemory.pipeline.models.weights import Weights, WeightsError
from magicmemory.pipeline.photo.clean import Cleaner, TiledCleaner
from magicmemory.pipeline.photo.enlarge import TILE, TiledUpscaler, Upscaler

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
        runner = engine.compile(loaded(facts, load, path), tuple(example), facts.name, half_ok=facts.half_ok)
        return NetworkRestorer(runner, engine.batching, facts.default_fidelity, partial(engine.on_batch, facts.name))

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


def filled(make: Callable[[], nn.Module], checkpoint: Checkpoint) -> Callable[[Path], nn.Module]:
    """How a network is built and filled from an official file."""

    def load(path: Path) -> nn.Module:
        network = make()
        fill(network, checkpoint.read(path), checkpoint.file)
        return network

    return load


def _retinaface(
    facts: ModelFacts, body: Callable[[], retinaface.ResNet50 | retinaface.MobileNet], checkpoint: Checkpoint
) -> Model[Detector]:
    def load(path: Path) -> nn.Module:
        network = retinaface.RetinaFace(body())
        fill(network, checkpoint.read(path), checkpoint.file)
        return JoinedHeads(network)

    def build(path: Path, engine: Engine) -> Detector:
        example = (torch.zeros(1, 3, 320, 320),)
        return RetinaFaceDetector(engine.compile(loaded(facts, load, path), example, facts.name, any_size=True))

    return Model(facts, build)


def parsers(side: int) -> tuple[Model[Parser], ...]:
    """The face parsers there are.

    Args:
        side: the size at which they look at a face, pixels: see `NetworkParser`.
    """

    def load(path: Path) -> nn.Module:
        return FaceOnly(filled(parsenet.ParseNet, parsenet.PARSENET)(path))

    def build(path: Path, engine: Engine) -> Parser:
        facts = catalogue.PARSENET
        example = (torch.zeros(1, 3, side, side),)
        runner = engine.compile(loaded(facts, load, path), example, facts.name, half_ok=facts.half_ok)
        return NetworkParser(runner, side, engine.batching, partial(engine.on_batch, facts.name))

    return (Model(catalogue.PARSENET, build),)


def _upscaler(facts: ModelFacts, scale: int, load: Callable[[Path], nn.Module]) -> Model[Upscaler]:
    def build(path: Path, engine: Engine) -> Upscaler:
        example = (torch.zeros(1, 3, TILE, TILE),)
        runner = engine.compile(loaded(facts, load, path), example, facts.name, half_ok=facts.half_ok)
        return TiledUpscaler(runner, scale)

    return Model(facts, build)


def upscalers(denoise: float, weights: Weights) -> tuple[Model[Upscaler], ...]:
    """The upscalers there are, the best for any machine first.

    Args:
        denoise: how much noise the general model removes, 0 to 1; less than 1 mixes its sibling's weights in, where
            they are installed.
        weights: where the sibling lies.
    """

    def mixed(path: Path) -> nn.Module:
        network = realesrgan.SRVGGNetCompact()
        state = realesrgan.GENERAL_X4V3.read(path)
        if denoise < 1 and weights.is_there(catalogue.REALESR_GENERAL_WDN):
            sibling = realesrgan.GENERAL_WDN_X4V3.read(weights.usable(catalogue.REALESR_GENERAL_WDN))
            state = realesrgan.mix_denoise(state, sibling, denoise)
        fill(network, state, path.name)
        return network

    compact = realesrgan.SRVGGNetCompact
    return (
        _upscaler(catalogue.REALESR_GENERAL, 4, mixed),
        _upscaler(catalogue.REALESRGAN_X2, 2, filled(lambda: realesrgan.RRDBNet(2), realesrgan.X2PLUS)),
        _upscaler(catalogue.REALESRGAN_X4, 4, filled(lambda: realesrgan.RRDBNet(4), realesrgan.X4PLUS)),
        _upscaler(catalogue.REALESR_GENERAL_WDN, 4, filled(compact, realesrgan.GENERAL_WDN_X4V3)),
    )


def _arcface() -> Model[Identity]:
    facts = catalogue.ARCFACE

    def build(path: Path, engine: Engine) -> Identity:
        network = loaded(facts, filled(arcface.ArcFace, arcface.IR_SE50), path)
        return NetworkIdentity(engine.compile(network, (torch.zeros(1, 3, arcface.SIZE, arcface.SIZE),), facts.name))

    return Model(facts, build)


def _cleaner() -> Model[Cleaner]:
    facts = catalogue.LITE

    def build(path: Path, engine: Engine) -> Cleaner:
        network = loaded(facts, lambda file: lite.WholePhoto(lite.load(file)), path)
        example = (torch.zeros(1, 3, lite.INNER, lite.INNER),)
        return TiledCleaner(engine.compile(network, example, f"{facts.name}-photo"))

    return Model(facts, build)


# The best first: `auto` takes the first that is installed and allowed. The last of each comes with the installation.
RESTORERS: Final[tuple[Model[Restorer], ...]] = (
    network(catalogue.GFPGAN_1_4, filled(gfpgan.GFPGAN, gfpgan.V1_4)),
    network(catalogue.CODEFORMER, filled(codeformer.CodeFormer, codeformer.CODEFORMER)),
    network(catalogue.GFPGAN_1_3, filled(gfpgan.GFPGAN, gfpgan.V1_3)),
    network(catalogue.RESTOREFORMER, filled(restoreformer.RestoreFormer, restoreformer.RESTOREFORMER)),
    network(catalogue.VQFR_2, filled(vqfr.VQFRv2, vqfr.V2)),
    network(catalogue.VQFR_1, filled(vqfr.VQFRv1, vqfr.V1)),
    network(catalogue.GFPGAN_1_2, filled(gfpgan.GFPGAN, gfpgan.V1_2)),
    network(catalogue.LITE, lite.load),
)
DETECTORS: Final[tuple[Model[Detector], ...]] = (
    _retinaface(catalogue.RETINAFACE_RESNET50, retinaface.ResNet50, retinaface.RESNET50),
    _retinaface(catalogue.RETINAFACE_MOBILE, retinaface.MobileNet, retinaface.MOBILENET025),
    Model(catalogue.MTCNN, lambda _, engine: mtcnn.Mtcnn(mtcnn.load_nets(), engine)),
)
# Of these there is none where none is installed: the pipeline does without.
PARSERS: Final = parsers(SIZE // 2)
IDENTITIES: Final = (_arcface(),)
CLEANERS: Final = (_cleaner(),)


class Models:
    """The models of one process: each is built once, when it is first asked for, and kept. Any thread may ask."""

    def __init__(
        self,
        engine: Engine,
        weights: Weights,
        *,
        restorer: str = AUTO,
        detector: str = AUTO,
        upscaler: str = AUTO,
        earning: bool = False,
        restorers: tuple[Model[Restorer], ...] = RESTORERS,
        detectors: tuple[Model[Detector], ...] = DETECTORS,
        parsers: tuple[Model[Parser], ...] = PARSERS,
        upscalers: tuple[Model[Upscaler], ...] = (),
        identities: tuple[Model[Identity], ...] = IDENTITIES,
        cleaners: tuple[Model[Cleaner], ...] = CLEANERS,
    ) -> None:
        """
        Args:
            engine: what runs the networks.
            weights: the downloaded checkpoints.
            restorer: taken when `auto` is asked for; `auto`: the best one installed.
            detector: the same for detectors.
            upscaler: the same for upscalers.
            earning: the operator earns money with it, which some licences forbid.
            restorers: the restorers there are, the best first.
            detectors: the detectors there are, the best first.
            parsers: the face parsers there are.
            upscalers: the upscalers there are, the best first.
            identities: the networks there are that compare faces.
            cleaners: the networks there are that clean a whole photo.
        """
        self.engine_name = engine.name  # for people
        context = _ModelContext(engine, weights, earning)
        self._restorers = _ModelCache(restorers, restorer, context)
        self._detectors = _ModelCache(detectors, detector, context)
        self._parsers = _ModelCache(parsers, AUTO, context)
        self._upscalers = _ModelCache(upscalers, upscaler, context)
        self._identities = _ModelCache(identities, AUTO, context)
        self._cleaners = _ModelCache(cleaners, AUTO, context)

    def restorer_facts(self, name: str = AUTO) -> ModelFacts:
        """What is known of the restorer that `name` (or `auto`) means. Raises as `restorer` does, but loads nothing."""
        return self._restorers.find(name).facts

    def detector_facts(self, name: str = AUTO) -> ModelFacts:
        """What is known of the detector that `name` (or `auto`) means. Raises as `detector` does, but loads nothing."""
        return self._detectors.find(name).facts

    def restorer(self, name: str = AUTO) -> Restorer:
        """The restorer of that name, ready to run.

        Raises:
            ModelUnknown: there is no such restorer.
            ModelNotInstalled: its checkpoint is not on this machine.
            ModelNotAllowed: its licence forbids the use that is made of it here.
            ModelBroken: its checkpoint cannot be used.
        """
        return self._restorers.get(name)

    def detector(self, name: str = AUTO) -> Detector:
        """The detector of that name, ready to run. Raises as `restorer` does."""
        return self._detectors.get(name)

    def parser(self) -> Parser | None:
        """The face parser, or None where none is installed.

        Raises:
            ModelBroken: its checkpoint cannot be used.
        """
        return self._parsers.get_any()

    def upscaler(self) -> Upscaler | None:
        """The upscaler, or None where none is installed. Raises as `restorer` does."""
        return self._upscalers.get_any()

    def identity(self) -> Identity | None:
        """What compares faces, or None where it is not installed. Raises as `parser` does."""
        return self._identities.get_any()

    def cleaner(self) -> Cleaner:
        """What cleans a whole photo. Raises as `parser` does."""
        return self._cleaners.get(AUTO)

    def unload_idle(self, seconds: float) -> list[str]:
        """Let go of the models that nobody asked for in so many seconds; returns their names. One that is still at
        work stays until it has finished.
        """
        caches = (
            self._restorers,
            self._detectors,
            self._parsers,
            self._upscalers,
            self._identities,
            self._cleaners,
        )
        names = [name for cache in caches for name in cache.unload_idle(seconds)]
        if names:
            tidy_memory()
        return names


@dataclass(frozen=True)
class _ModelContext:
    """What all caches share."""

    engine: Engine
    weights: Weights
    earning: bool

    def has(self, facts: ModelFacts) -> bool:
        return facts.bundled or self.weights.is_there(facts)

    def refuses(self, facts: ModelFacts) -> str | None:
        return catalogue.why_refused(facts, self.earning)

    def path(self, facts: ModelFacts) -> Path:
        """Where a model's file lies, once its hash was compared."""
        if facts.bundled:
            return _ASSETS / (facts.file or "")
        try:
            return self.weights.usable(facts)
        except WeightsError as error:
            raise ModelBroken(model=facts.name, reason=str(error)) from error


@dataclass
class _Ready(Generic[T]):
    model: T
    asked_for: float  # when, by the monotonic clock


class _ModelCache(Generic[T]):
    """The models of one kind, built or not."""

    def __init__(self, models: tuple[Model[T], ...], default: str, context: _ModelContext) -> None:
        self._models = {model.facts.name: model for model in models}
        self._default = default
        self._context = context
        self._ready: dict[str, _Ready[T]] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Model[T]:
        name = self._default if name == AUTO else name
        if name == AUTO:
            found = self._best()
            if found is None:
                raise ModelNotInstalled(model=next(iter(self._models)))
            return found
        if name not in self._models:
            raise ModelUnknown(model=name, known=", ".join(self._models))
        model = self._models[name]
        if reason := self._context.refuses(model.facts):
            raise ModelNotAllowed(model=name, reason=f"{reason}.")
        if not self._context.has(model.facts):
            if self._context.weights.path(model.facts).is_file():
                self._context.path(model.facts)  # says why what is there is not used
            raise ModelNotInstalled(model=name)
        return model

    def get(self, name: str) -> T:
        model = self.find(name)
        name = model.facts.name
        # First without the lock, so that no photo waits while a model loads that it does not want.
        ready = self._ready.get(name)
        if ready is None:
            with self._lock:
                ready = self._ready.get(name)
                if ready is None:
                    made = model.build(self._context.path(model.facts), self._context.engine)
                    tidy_memory()
                    ready = self._ready[name] = _Ready(made, time.monotonic())
        ready.asked_for = time.monotonic()
        return ready.model

    def get_any(self) -> T | None:
        """The named model, or the best one there is, or None where none is named and none installed."""
        return None if self._default == AUTO and self._best() is None else self.get(AUTO)

    def unload_idle(self, seconds: float) -> list[str]:
        with self._lock:
            now = time.monotonic()
            idle = [name for name, ready in self._ready.items() if now - ready.asked_for >= seconds]
            for name in idle:
                del self._ready[name]
        return idle

    def _best(self) -> Model[T] | None:
        usable = (m for m in self._models.values() if self._context.has(m.facts) and not self._context.refuses(m.facts))
        return next(usable, None)
