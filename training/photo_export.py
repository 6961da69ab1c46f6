"""Write the weights file of `photo`: `python -m training.photo_export FINDER_RUN MENDER_RUN --out photo.safetensors`.

Half precision, the averaged weights. With `--before` the finder is averaged with one that shipped before: the average
of two stages of a network can do well where the last one lost (Wortsman et al., "Model soups", ICML 2022).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors.torch import save_file

from magicmemory.pipeline.models.photo import FORMAT, Photo, load
from training.export import read_average


def write(networks: Photo, out: Path) -> str:
    """Save in half precision; returns the file's SHA-256."""
    state = {name: tensor.half().contiguous() for name, tensor in networks.state_dict().items()}
    save_file(state, out, metadata={"format": FORMAT, "licence": "Apache-2.0"})
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("finder", type=Path, help="the finder's run")
    parser.add_argument("mender", type=Path, help="the mender's run")
    parser.add_argument("--before", type=Path, help="a photo.safetensors whose finder is averaged with the run's")
    parser.add_argument("--share", type=float, default=0.7, help="of the run's finder in that average")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    networks = Photo()
    finder = read_average(arguments.finder)
    if arguments.before is not None:
        former = load(arguments.before).finder.state_dict()
        finder = {
            name: torch.lerp(former[name], value, arguments.share) if value.is_floating_point() else value
            for name, value in finder.items()
        }
    networks.finder.load_state_dict(finder)
    networks.mender.load_state_dict(read_average(arguments.mender))
    digest = write(networks.eval(), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
