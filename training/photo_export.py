"""Write the weights file of `photo`: `python -m training.photo_export FINDER_RUN MENDER_RUN --out photo.safetensors`.

Half precision, the averaged weights.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from safetensors.torch import save_file

from magicmemory.pipeline.models.photo import FORMAT, Photo
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
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    networks = Photo()
    networks.finder.load_state_dict(read_average(arguments.finder))
    networks.mender.load_state_dict(read_average(arguments.mender))
    digest = write(networks.eval(), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
