"""Adapters that run the packages `gfpgan` and `facexlib`, for comparison or instead of our own code.

The packages come with the extra `reference` and are loaded by name, only if `MAGIC_ENGINE=upstream` is set. The lint
contract that forbids them in the pipeline reads import statements; this module is the one deliberate exception.

Three things are corrected: basicsr imports a module that torchvision removed in 0.17, so we provide it. The noise is
the stored one, so that the same photo gives the same bytes. Errors are raised: `GFPGANer` prints them and returns the
damaged face as if it were restored.
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
    """A network of the upstream packages failed; the message is the package's own."""


class UpstreamEngine(TorchEngine):
    """torch, named after the upstream packages and their versions."""

    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.name = f"gfpgan {version('gfpgan')} and facexlib {version('facexlib')} on {device}"


def why_not() -> str | None:
    """The reason why the upstream packages cannot run here, in one sentence; None if they can."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"The upstream packages are not installed (missing: {', '.join(missing)}): "
            f"run `{INSTALL}` in an environment of its own."
        )
    try:
        _load("gfpgan")
    # An old package can fail in any way in a new environment; the operator must see the reason.
    except Exception as error:
        return f"The package gfpgan cannot be imported: {type(error).__name__}: {error}."
    return None


def engine(device: str) -> UpstreamEngine:
    """The engine that runs the upstream packages on a device.

    Raises:
        BadSettings: the packages are not installed, or cannot be imported.
    """
    if reason := why_not():
        raise BadSettings(f"MAGIC_ENGINE=upstream cannot be used. {reason}")
    return UpstreamEngine(device)


def _load(name: str) -> Any:
    """Import an upstream module, without its many warnings."""
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
    """Keep `GFPGANer` from downloading a detector and a parser: it gets aligned faces and needs neither."""
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
            arch: `GFPGANer`'s name for the network: `clean` or `RestoreFormer`.
            device: torch's name for it.
        """
        with _without_helpers():
            self._restorer: Any = _load("gfpgan").GFPGANer(
                str(path), upscale=1, arch=arch, channel_multiplier=2, bg_upsampler=None, device=torch.device(device)
            )
        self._restorer.gfpgan.forward = _deterministic(self._restorer.gfpgan.forward)
        self._lock = threading.Lock()  # `GFPGANer` stores the current face in its helper

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """See `Restorer`."""
        del fidelity
        restored: list[Restored] = []
        for crop in crops:  # `enhance` takes one face at a time
            with self._lock:
                _, faces, _ = self._restorer.enhance(
                    np.ascontiguousarray(crop[..., ::-1]), has_aligned=True, paste_back=False
                )
            restored.append(faces[0][..., ::-1].astype(np.float32))
            if progress is not None:
                progress(len(restored))
        return restored


def _deterministic(forward: Callable[..., Any]) -> Callable[..., Any]:
    """A network's forward with the stored noise; its errors become `UpstreamFailed`."""

    def deterministic(*inputs: Any, **options: Any) -> Any:
        try:
            return forward(*inputs, **{**options, "randomize_noise": False})
        except RuntimeError as error:  # `GFPGANer` would swallow it
            raise UpstreamFailed(str(error)) from error

    return deterministic


class UpstreamDetector:
    """facexlib's RetinaFace behind the `Detector` protocol."""

    def __init__(self, path: Path, name: str, device: str) -> None:
        """
        Args:
            path: the checkpoint, under its official name.
            name: facexlib's name for the model.
            device: torch's name for it.
        """
        # facexlib looks in this folder before it downloads the file.
        init = _load("facexlib.detection").init_detection_model
        self._network: Any = _quietly(init, name, device=torch.device(device), model_rootpath=str(path.parent))
        self._lock = threading.Lock()  # the detector stores the photo's size

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
    """Turn torch's long error about an unfitting checkpoint into `ModelBroken` with its first line."""
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
