"""What a model's file exports: a `Model`, which holds its facts and builds it from its checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.base import Engine, Runner, TwoStageNetwork
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.restore import NetworkRestorer, Restorer
from magicmemory.pipeline.models.checkpoint import Checkpoint, fill
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.self_test import Sample, face_problem, tested_runner
from magicmemory.pipeline.models.weights import Weights, WeightsError
from magicmemory.pipeline.photo.enlarge import TILE, TiledUpscaler, Upscaler
from magicmemory.pipeline.sample import aligned_face

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class BuildContext:
    """What a model may need to be built, besides its own checkpoint.

    Attributes:
        engine: runs the networks.
        weights: the folder of downloaded checkpoints.
        parsing_px: the size at which a face parser looks at a face, pixels: see `NetworkParser`.
        upscale_denoise: how much noise the general upscaler removes, 0 to 1.
        verdicts: the folder where the verdicts of `self_test` are kept; None: they are not kept.
    """

    engine: Engine
    weights: Weights
    parsing_px: int = SIZE // 2
    upscale_denoise: float = 1.0
    verdicts: Path | None = None

    def tested_runner(
        self, network: nn.Module, example: tuple[Tensor, ...], facts: ModelFacts, sample: Sample
    ) -> Runner:
        """See `self_test.tested_runner`. Where weights may be unverified, a problem is only logged."""
        return tested_runner(
            self.engine,
            network,
            example,
            facts,
            sample,
            folder=self.verdicts,
            enforce=not self.weights.allows_unverified,
        )


@dataclass(frozen=True)
class Model(Generic[T_co]):
    """A model.

    Attributes:
        facts: what is known of it.
        build: makes it from its checkpoint's path. It raises `ModelNotInstalled` where the file is absent, and
            `ModelBroken` where the file cannot be used.
    """

    facts: ModelFacts
    build: Callable[[Path, BuildContext], T_co]


class OnCrops(nn.Module):
    """A restorer's network for crops `[n, 512, 512, 3]`, RGB, 0 to 255, in and out. They come as bytes."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor, *fidelity: Tensor) -> Tensor:
        """Restore crops; see `restorer_model`."""
        return to_levels(self.network(to_planes(crops, self.network), *fidelity))


class TwoStageOnCrops(OnCrops):
    """`OnCrops` of a `TwoStageNetwork`, and one itself."""

    network: Any  # a `TwoStageNetwork` that is a module

    def encode(self, crops: Tensor) -> Tensor:
        """See `TwoStageNetwork`."""
        code: Tensor = self.network.encode(to_planes(crops, self.network))
        return code

    def decode(self, code: Tensor) -> Tensor:
        """See `TwoStageNetwork`."""
        return to_levels(self.network.decode(code))


def on_crops(network: nn.Module) -> OnCrops:
    """A restorer's network that takes and gives crops."""
    return TwoStageOnCrops(network) if isinstance(network, TwoStageNetwork) else OnCrops(network)


def to_planes(crops: Tensor, network: nn.Module) -> Tensor:
    """Crops `[n, h, w, 3]`, 0 to 255, as planes `[n, 3, h, w]` in [-1, 1] of the network's type."""
    planes = crops.permute(0, 3, 1, 2).float() / 127.5 - 1
    first = next(network.parameters(), None)
    return planes if first is None else planes.to(first.dtype)


def to_levels(planes: Tensor) -> Tensor:
    """Planes `[n, 3, h, w]` in [-1, 1] as faces `[n, h, w, 3]`, 0 to 255, float32; what is outside stays outside."""
    return (planes.float() * 127.5 + 127.5).permute(0, 2, 3, 1)


def restorer_model(facts: ModelFacts, load: Callable[[Path], nn.Module]) -> Model[Restorer]:
    """A restorer that is one network: faces `[n, 3, 512, 512]`, RGB in [-1, 1], in and out.

    The conversion from bytes and back belongs to the compiled network: on a GPU it would take the CPU longer than the
    GPU needs for the faces.

    Args:
        facts: what is known of it. A model with a fidelity takes it as second input, `[n]`, 0 to 1.
        load: builds the network and fills it from the checkpoint; see `load_network` for its errors.
    """

    def build(path: Path, context: BuildContext) -> Restorer:
        engine = context.engine
        example = [torch.zeros(1, SIZE, SIZE, 3, dtype=torch.uint8)]
        if facts.has_fidelity:
            example.append(torch.ones(1))
        network = on_crops(load_network(facts, load, path))
        runner = context.tested_runner(network, tuple(example), facts, _face_sample(facts))
        return NetworkRestorer(runner, engine.batching, facts.default_fidelity, partial(engine.on_batch, facts.name))

    return Model(facts, build)


def upscaler_model(facts: ModelFacts, scale: int, load: Callable[[Path, BuildContext], nn.Module]) -> Model[Upscaler]:
    """An upscaler that is one network: pictures `[n, 3, h, w]`, RGB in [0, 1], to `scale` times their size."""

    def build(path: Path, context: BuildContext) -> Upscaler:
        network = load_network(facts, lambda file: load(file, context), path)
        example = (torch.zeros(1, 3, TILE, TILE),)
        runner = context.tested_runner(network, example, facts, _tile_sample())
        return TiledUpscaler(runner, scale)

    return Model(facts, build)


def sample_planes(side: int) -> NDArray[np.float32]:
    """The sample face as most networks take it: `[1, 3, side, side]`, RGB in [-1, 1]."""
    face = cv2.resize(aligned_face(), (side, side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(face.transpose(2, 0, 1)[None], np.float32) / np.float32(127.5) - np.float32(1)


def _face_sample(facts: ModelFacts) -> Sample:
    face = aligned_face()[None]
    inputs = (face,) if facts.default_fidelity is None else (face, np.array([facts.default_fidelity], np.float32))
    return Sample(inputs, lambda restored: face_problem(face, restored, span=255))


def _tile_sample() -> Sample:
    face = (sample_planes(TILE) + np.float32(1)) / np.float32(2)
    seen = face.transpose(0, 2, 3, 1)
    return Sample((face,), lambda enlarged: face_problem(seen, enlarged.transpose(0, 2, 3, 1), span=1))


def load_network(facts: ModelFacts, load: Callable[[Path], nn.Module], path: Path) -> nn.Module:
    """A network filled from its checkpoint.

    Raises:
        ModelNotInstalled: the file is not there.
        ModelBroken: the file is not what it should be.
    """
    try:
        return load(path)
    except FileNotFoundError as error:
        raise ModelNotInstalled(model=facts.name) from error
    # `CheckpointError`, what other readers say of a file that does not fit, and a second file that must not be used.
    except (ValueError, WeightsError) as error:
        raise ModelBroken(model=facts.name, reason=str(error)) from error


def from_checkpoint(make: Callable[[], nn.Module], checkpoint: Checkpoint) -> Callable[[Path], nn.Module]:
    """A function that builds a network with `make` and fills it from an official file."""

    def load(path: Path) -> nn.Module:
        network = make()
        fill(network, checkpoint.read(path), checkpoint.file)
        return network

    return load
