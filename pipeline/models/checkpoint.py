"""Reads other projects' checkpoint files: numbers only, with one clear sentence for each kind of invalid file."""

import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

# How the two formats of torch.save begin: a zip archive since torch 1.6, a pickled magic number before.
_ZIP_START = b"PK\x03\x04"
_LEGACY_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"

# What torch's weights-only reader says of a name that it does not allow, as against a broken stream.
_FORBIDDEN = ("GLOBAL", "Unsupported global", "Unsupported class", "blocked")


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used; its message is one sentence for the operator."""


class NotACheckpoint(CheckpointError):
    """The file is something else than a torch checkpoint."""


class TruncatedCheckpoint(CheckpointError):
    """The file begins like a torch checkpoint and is damaged or ends too early."""


class UnsafeCheckpoint(CheckpointError):
    """The file holds something else than numbers, which could run code when it is read."""


class WrongArchitecture(CheckpointError):
    """The file is a sound checkpoint of another network."""


@dataclass(frozen=True)
class Checkpoint:
    """Where an official file keeps a network's state.

    Attributes:
        file: the official file name.
        state_keys: the top-level keys that may hold the state, the preferred one first; empty where the file is the
            state itself.
        unused: prefixes of names that only training needs. The network here does not have these layers, so they are
            dropped while reading and everything else must fit exactly.
        prefix: stands before every name of this network, and is taken off. Other names belong to networks that only
            training needs, and are dropped.
    """

    file: str
    state_keys: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    prefix: str = ""

    def read(self, path: Path) -> dict[str, Tensor]:
        """The file's state, ready for `load_state_dict(strict=True)`.

        Raises:
            OSError: the file is absent or unreadable.
            CheckpointError: one of its kinds, where the file is there and cannot be used.
        """
        content = _load(path)
        if not isinstance(content, Mapping):
            raise NotACheckpoint(f"{path.name} holds no named weights.")
        return self.state_for(content)

    def state_for(self, content: Mapping[str, object]) -> dict[str, Tensor]:
        """What the network here needs of a loaded file's content.

        Data-parallel training leaves `module.` before every name; it is taken off.

        Raises:
            WrongArchitecture: the content lacks the keys that this checkpoint has.
        """
        state: object = content
        if self.state_keys:
            found = [content[key] for key in self.state_keys if key in content]
            if not found:
                raise WrongArchitecture(f"{self.file} should keep its weights under {' or '.join(self.state_keys)}.")
            state = found[0]
        if not isinstance(state, Mapping) or not state:
            raise WrongArchitecture(f"{self.file} holds no named weights.")
        tensors: dict[str, Tensor] = {}
        for key, value in state.items():
            name = str(key).removeprefix("module.")
            if not name.startswith(self.prefix):
                continue
            name = name.removeprefix(self.prefix)
            if not isinstance(value, Tensor):
                raise WrongArchitecture(f"{self.file} holds {name}, which is not a tensor.")
            if not name.startswith(self.unused or ("\0",)):
                tensors[name] = value
        if not tensors:
            raise WrongArchitecture(f"{self.file} should hold weights whose names start with {self.prefix}.")
        return tensors


def fill(network: nn.Module, state: Mapping[str, Tensor], file: str) -> None:
    """Load `state` into `network`, exactly; `file` is named in the error.

    Raises:
        WrongArchitecture: a layer is missing, unexpected or of another shape.
    """
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        expected = network.state_dict()
        missing = [name for name in expected if name not in state]
        extra = [name for name in state if name not in expected]
        shapes = [name for name in expected if name in state and state[name].shape != expected[name].shape]
        raise WrongArchitecture(
            f"{file} is not a checkpoint of {type(network).__name__}: {len(missing)} layers missing,"
            f" {len(extra)} unexpected, {len(shapes)} of another shape"
            f" (the first: {(missing + extra + shapes + ['unknown'])[0]})."
        ) from error


def _load(path: Path) -> object:
    """torch.load that allows nothing but tensors and containers, with its many errors sorted into ours."""
    with path.open("rb") as stream:
        start = stream.read(len(_LEGACY_START))
    if start.startswith(_ZIP_START):
        _check_archive(path)
    elif start != _LEGACY_START:
        raise NotACheckpoint(f"{path.name} is not a torch checkpoint.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # torch reports a forbidden name and a broken stream through the same type.
        if any(word in str(error) for word in _FORBIDDEN):
            raise UnsafeCheckpoint(
                f"{path.name} holds more than weights and could run code when read, so it was refused."
            ) from error
        raise TruncatedCheckpoint(f"{path.name} is damaged; fetch it again.") from error
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        # A cut legacy file fails wherever the reader happens to be.
        raise TruncatedCheckpoint(f"{path.name} is damaged or ends too early; fetch it again.") from error


def _check_archive(path: Path) -> None:
    """Tell a cut archive and a foreign one apart, which torch reports alike. The index of a zip stands at its end."""
    if not zipfile.is_zipfile(path):
        raise TruncatedCheckpoint(f"{path.name} ends too early; fetch it again.")
    with zipfile.ZipFile(path) as archive:
        if not any(name.rsplit("/", 1)[-1] == "data.pkl" for name in archive.namelist()):
            raise NotACheckpoint(f"{path.name} is an archive, but not a torch checkpoint.")
