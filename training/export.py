"""Write the weights file of the package: `python -m training.export RUN --out lite.safetensors [--vivid RUN] [--gate
RUN]`.

Half precision, the averaged weights. Without `--vivid` both ends of the slider are the faithful one; without
`--gate` all fine detail is kept. With `--rest FILE` the vivid end and the gate for which no run is named are those
of a file that shipped before.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from magicmemory.pipeline.models.lite import FORMAT, Lite, LiteCore, load

State = dict[str, Tensor]


def read_average(run: Path) -> State:
    """The averaged weights of a run."""
    state: State = torch.load(run / "state.pt", weights_only=True, map_location="cpu")["average"]
    return state


def assemble(core: State, vivid: State | None = None, gate: State | None = None, rest: Lite | None = None) -> Lite:
    """Assemble the restorer; a missing part comes from `rest`, or else is initialised to change nothing."""
    if rest is not None:
        vivid, gate = vivid or rest.vivid.state_dict(), gate or rest.gate.state_dict()
    faithful = LiteCore()
    faithful.load_state_dict(core)
    network = Lite()
    network.encoder.load_state_dict(faithful.encoder.state_dict())
    network.faithful.load_state_dict(faithful.decoder.state_dict())
    network.vivid.load_state_dict(vivid if vivid is not None else faithful.decoder.state_dict())
    if gate is not None:
        network.gate.load_state_dict(gate)
    return network.eval()


def write(network: Lite, out: Path) -> str:
    """Save in half precision; returns the file's SHA-256."""
    state = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, out, metadata={"format": FORMAT, "licence": "Apache-2.0"})
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="the faithful decoder's run")
    parser.add_argument("--vivid", type=Path)
    parser.add_argument("--gate", type=Path)
    parser.add_argument("--rest", type=Path, help="a lite.safetensors that provides the missing parts")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    vivid, gate = (run and read_average(run) for run in (arguments.vivid, arguments.gate))
    rest = load(arguments.rest) if arguments.rest else None
    digest = write(assemble(read_average(arguments.run), vivid, gate, rest), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
