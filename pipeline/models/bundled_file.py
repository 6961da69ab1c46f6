"""Reads the weights files that are in the package: safetensors with the name of their format in the metadata."""

from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError, safe_open
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def load_bundled(network: Network, path: Path, file_format: str) -> Network:
    """Fill a network with a file's weights.

    Args:
        network: with any weights.
        path: the file, in half or full precision.
        file_format: the `format` of its metadata, such as `magicmemory.lite/2`; changes with the architecture.

    Returns:
        The same network, in evaluation mode and full precision.

    Raises:
        ValueError: the file is damaged, has another format, or does not have exactly this network's tensors.
    """
    try:
        with safe_open(path, framework="pt") as file:
            said = (file.metadata() or {}).get("format")
            if said != file_format:
                raise ValueError(f"{path} is not a file of {file_format}: it says {said}")
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 (no iterator)
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {error}") from error
    return network.eval()
