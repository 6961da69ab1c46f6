"""A name for a network as an engine compiles it: it changes with everything that changes the result."""

import hashlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

_FORMAT: Final = 4  # of what is kept on disk: raise it when what is written changes


def fingerprint(network: nn.Module, example: Iterable[Tensor], version: str) -> str:
    """Sixteen characters that change with a network's structure, weights or source, its inputs' shapes or `version`."""
    digest = hashlib.sha256(f"{_FORMAT} {version} {[tuple(x.shape[1:]) for x in example]} {network}".encode())
    for source in sorted({path for module in network.modules() if (path := _source(type(module)))}):
        digest.update(Path(source).read_bytes())
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:16]


def _source(kind: type) -> str | None:
    """The file that defines a layer; None for torch's own layers, whose meaning does not change."""
    if kind.__module__.startswith("torch."):
        return None
    try:
        return inspect.getsourcefile(kind)
    except TypeError:
        return None
