"""Write the weights file of `photo`: `python -m training.photo_export FINDER MENDER --out photo.safetensors`.

`FINDER` and `MENDER` are runs, or files by `photo_train --export`.

Half precision, the averaged weights. With `--before` the finder is averaged with one that shipped before: the average
of two stages of a network can do well where the last one lost (Wortsman et al., "Model soups", ICML 2022).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from magicmemory.pipeline.models.bundled_file import load_bundled
from magicmemory.pipeline.models.photo import FORMAT, Photo
from training.export import State, read_average


def write(networks: Photo, out: Path) -> str:
    """Save in half precision; returns the file's SHA-256."""
    save_file(_halved(networks), out, metadata={"format": FORMAT, "licence": "Apache-2.0"})
    return hashlib.sha256(out.read_bytes()).hexdigest()


def write_part(part: str, network: nn.Module, out: Path) -> None:
    """Save one of the networks, `finder` or `mender`, in half precision."""
    new = out.with_name(out.name + ".new")
    save_file(_halved(network), new, metadata={"format": f"{FORMAT} {part}"})
    new.replace(out)


def part_of(part: str, path: Path) -> State:
    """The averaged weights of one of the networks: of a run's folder, of a file by `write_part`, or of a whole file.

    Raises:
        ValueError: the file is damaged, or is of another network or format.
    """
    if path.is_dir():
        return read_average(path)
    with safe_open(path, framework="pt") as file:
        alone = (file.metadata() or {}).get("format", "").startswith(f"{FORMAT} ")
    networks = Photo()
    network: nn.Module = networks.finder if part == "finder" else networks.mender
    if alone:
        load_bundled(network, path, f"{FORMAT} {part}")
    else:
        load_bundled(networks, path, FORMAT)
    return network.state_dict()


def _halved(network: nn.Module) -> State:
    state = network.state_dict()  # a count of batches is beyond what half precision holds
    return {
        name: (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in state.items()
    }


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("finder", type=Path, help="the finder's run, or its export")
    parser.add_argument("mender", type=Path, help="the mender's run, or its export")
    parser.add_argument("--before", type=Path, help="a photo.safetensors whose finder is averaged with the run's")
    parser.add_argument("--share", type=float, default=0.7, help="of the run's finder in that average")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    networks = Photo()
    finder = part_of("finder", arguments.finder)
    if arguments.before is not None:
        former = part_of("finder", arguments.before)
        finder = {
            name: torch.lerp(former[name], value, arguments.share) if value.is_floating_point() else value
            for name, value in finder.items()
        }
    networks.finder.load_state_dict(finder)
    networks.mender.load_state_dict(part_of("mender", arguments.mender))
    digest = write(networks.eval(), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
