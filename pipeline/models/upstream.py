"""The packages `gfpgan` and `facexlib` behind our protocols: to compare with, and for who wants upstream's own code.

They come with the extra `reference` and are loaded by name, and only where `engine = upstream` is set. The lint
contract that keeps them out of the pipeline reads import statements: it holds for all that runs by default, and this
module is the one place that goes around it, on purpose.

Three things are put right on the way in. A module that torchvision removed in 0.17 and basicsr still imports is given
back. The noise is the stored one, so that the same photo gives the same bytes. And an error surfaces: `GFPGANer` prints
it and returns the damaged face as if it were restored.
"""

import importlib
import importlib.util
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken
from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.parsing import NetworkParser, Parser
from magicmemory.pipeline.faces.restore import Crop, Restored, Restorer
from magicmemory.pipeline.faces.retinaface_detector import THRESHOLD, looks_at_us
from magicmemory.pipeline.models import gfpgan, parsenet, restoreformer, retinaface
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model

PACKAGES: Final = ("gfpgan", "facexlib", "basicsr", "torchvision")
INSTALL: Final = 'pip install "magicmemory[worker,reference]"'

_SHIM: Final = "torchvision.transforms.functional_tensor"
_importing = threading.RLock()


class UpstreamFailed(Exception):
    """A network of the upstream packages failed; the message is theirs."""


class UpstreamEngine(TorchEngine):
    """torch, by the name of the packages whose code it runs."""

    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.name = f"gfpgan {version('gfpgan')} and facexlib {version('facexlib')} on {device}"


def why_not() -> str | None:
    """Why upstream's code cannot be run here, in one sentence; None: it can."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"The upstream packages are not installed (missing: {', '.join(missing)}): "
            f"run `{INSTALL}` in an environment of its own."
        )
    try:
        _load("gfpgan")
    # Whatever an old package trips over in a new environment, the operator must see it.
    except Exception as error:
        return f"The package gfpgan cannot be imported: {type(error).__name__}: {error}."
    return None


def engine(device: str) -> UpstreamEngine:
    """What runs upstream's code on a device.

    Raises:
        BadSettings: the packages are not there, or cannot be imported.
    """
    if reason := why_not():
        raise BadSettings(f"MAGIC_ENGINE=upstream cannot be used. {reason}")
    return UpstreamEngine(device)


def _load(name: str) -> Any:
    """A module of theirs, imported with what it needs and without its many warnings."""
    with _importing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _SHIM not in sys.modules:
            shim = types.ModuleType(_SHIM)
            functional = importlib.import_module("torchvision.transforms.functional")
            shim.rgb_to_grayscale = functional.rgb_to_grayscale  # type: ignore[attr-defined]
            sys.modules[_SHIM] = shim
        return importlib.import_module(name)


@contextmanager
def _without_helpers() -> Iterator[None]:
    """`GFPGANer` also builds a detector and a parser, and downloads them; here it is given faces and needs neither."""
    helper = _load("facexlib.utils.face_restoration_helper")
    with _importing:
        kept = helper.init_detection_model, helper.init_parsing_model
        helper.init_detection_model = helper.init_parsing_model = lambda *_, **__: None
        try:
            yield
        finally:
            helper.init_detection_model, helper.init_parsing_model = kept


class UpstreamRestorer:
    """`gfpgan.GFPGANer` behind the `Restorer` protocol."""

    def __init__(self, path: Path, arch: str, device: str) -> None:
        """
        Args:
            path: the checkpoint.
            arch: as `GFPGANer` calls it: `clean` or `RestoreFormer`.
            device: in torch's words.
        """
        with _without_helpers():
            self._restorer: Any = _load("gfpgan").GFPGANer(
                str(path), upscale=1, arch=arch, channel_multiplier=2, bg_upsampler=None, device=torch.device(device)
            )
        self._restorer.gfpgan.forward = _deterministic(self._restorer.gfpgan.forward)
        self._lock = threading.Lock()  # its helper keeps the face at hand in itself

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """See `Restorer`."""
        del fidelity
        restored: list[Restored] = []
        for crop in crops:  # it takes one face at a time
            with self._lock:
                _, faces, _ = self._restorer.enhance(
                    np.ascontiguousarray(crop[..., ::-1]), has_aligned=True, paste_back=False
                )
            restored.append(faces[0][..., ::-1].astype(np.float32))
            if progress is not None:
                progress(len(restored))
        return restored


def _deterministic(forward: Callable[..., Any]) -> Callable[..., Any]:
    """A network's forward with its stored noise, whose errors are not taken for something to be passed over."""

    def deterministic(*inputs: Any, **options: Any) -> Any:
        try:
            return forward(*inputs, **{**options, "randomize_noise": False})
        except RuntimeError as error:  # which `GFPGANer` would swallow
            raise UpstreamFailed(str(error)) from error

    return deterministic


class UpstreamDetector:
    """facexlib's RetinaFace behind the `Detector` protocol."""

    def __init__(self, path: Path, name: str, device: str) -> None:
        """
        Args:
            path: the checkpoint, under its official name.
            name: as facexlib calls the model.
            device: in torch's words.
        """
        # It looks for the file in this folder before it would download it.
        init = _load("facexlib.detection").init_detection_model
        self._network: Any = _quietly(init, name, device=torch.device(device), model_rootpath=str(path.parent))
        self._lock = threading.Lock()  # it keeps the photo's size in itself

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """See `Detector`."""
        with self._lock, torch.no_grad():
            rows = self._network.detect_faces(np.ascontiguousarray(pixels[..., ::-1]), THRESHOLD)  # [n, 15]
        faces = [
            Detection(row[:4].astype(np.float32), row[5:].reshape(5, 2).astype(np.float32), float(row[4]))
            for row in rows
        ]
        return [face for face in faces if face.short_side >= min_face_px and looks_at_us(face)]


class _Logits(nn.Module):
    """facexlib's ParseNet without its second output."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        logits: Tensor = self.network(faces)[0]
        return logits


def _quietly(build: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return build(*arguments, **options)


def _restorer(facts: ModelFacts, arch: str) -> Model[Restorer]:
    def build(path: Path, context: BuildContext) -> Restorer:
        with _broken_files_named(facts):
            return UpstreamRestorer(path, arch, context.engine.device)

    return Model(facts, build)


def _detector(facts: ModelFacts, name: str) -> Model[Detector]:
    def build(path: Path, context: BuildContext) -> Detector:
        with _broken_files_named(facts):
            return UpstreamDetector(path, name, context.engine.device)

    return Model(facts, build)


def _parser() -> Model[Parser]:
    facts = parsenet.PARSENET.facts

    def build(path: Path, context: BuildContext) -> Parser:
        init = _load("facexlib.parsing").init_parsing_model
        with _broken_files_named(facts):
            network = _quietly(
                init, "parsenet", device=torch.device(context.engine.device), model_rootpath=str(path.parent)
            )
        return NetworkParser(context.engine.compile(parsenet.FaceOnly(_Logits(network)), (), facts.name), SIZE)

    return Model(facts, build)


@contextmanager
def _broken_files_named(facts: ModelFacts) -> Iterator[None]:
    """Torch tells a checkpoint that does not fit by a RuntimeError of a thousand lines."""
    try:
        yield
    except (RuntimeError, KeyError, EOFError, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".:") if str(error) else type(error).__name__
        raise ModelBroken(model=facts.name, reason=f"Upstream cannot load {facts.file}: {reason}.") from error


RESTORERS: Final[tuple[Model[Restorer], ...]] = (
    _restorer(gfpgan.GFPGAN_1_4.facts, "clean"),
    _restorer(gfpgan.GFPGAN_1_3.facts, "clean"),
    _restorer(restoreformer.RESTOREFORMER.facts, "RestoreFormer"),
    _restorer(gfpgan.GFPGAN_1_2.facts, "clean"),
)
DETECTORS: Final[tuple[Model[Detector], ...]] = (
    _detector(retinaface.RETINAFACE_RESNET50.facts, "retinaface_resnet50"),
    _detector(retinaface.RETINAFACE_MOBILE.facts, "retinaface_mobile0.25"),
)
PARSERS: Final = (_parser(),)
