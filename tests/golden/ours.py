"""Our networks under the names that the references have, with seeded weights in the official files' layout."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from magicmemory.pipeline.models import (
    arcface,
    arcface_resnet18,
    codeformer,
    elir,
    gfpgan,
    parsenet,
    realesrgan,
    restoreformer,
    retinaface,
    vqfr,
)
from magicmemory.pipeline.models.checkpoint import Checkpoint
from tests.golden import seeded

DATA = Path(__file__).parent / "data"

NETWORKS: dict[str, tuple[Callable[[], nn.Module], Checkpoint]] = {
    "gfpgan": (gfpgan.GFPGAN, gfpgan.V1_4),
    "restoreformer": (restoreformer.RestoreFormer, restoreformer.CHECKPOINT),
    "restoreformer_plus": (restoreformer.restoreformer_plus, restoreformer.CHECKPOINT_PLUS),
    "codeformer": (codeformer.CodeFormer, codeformer.CHECKPOINT),
    "elir": (elir.Elir, elir.CHECKPOINT),
    "vqfr_v1": (vqfr.VQFRv1, vqfr.V1),
    "vqfr_v2": (vqfr.VQFRv2, vqfr.V2),
    "retinaface_resnet50": (lambda: retinaface.RetinaFace(retinaface.ResNet50()), retinaface.RESNET50),
    "retinaface_mobile025": (lambda: retinaface.RetinaFace(retinaface.MobileNet()), retinaface.MOBILENET025),
    "parsenet": (parsenet.ParseNet, parsenet.CHECKPOINT),
    "realesrgan_x4plus": (lambda: realesrgan.RRDBNet(4), realesrgan.X4PLUS),
    "realesrgan_x2plus": (lambda: realesrgan.RRDBNet(2), realesrgan.X2PLUS),
    "realesr_general_x4v3": (realesrgan.SRVGGNetCompact, realesrgan.GENERAL_X4V3),
    "arcface": (arcface.ArcFace, arcface.IR_SE50),
    "arcface_resnet18": (arcface_resnet18.ArcFaceResNet18, arcface_resnet18.CHECKPOINT),
}


def golden(name: str) -> dict[str, Any]:
    """What `make.py` kept of one network."""
    with np.load(DATA / f"{name}.npz") as kept:
        return dict(kept)


def official_content(name: str) -> dict[str, object]:
    """A stand-in for the official file: the reference's names and shapes with seeded values."""
    shapes = {key: tuple(shape) for key, shape in json.loads(golden(name)["names"].tobytes()).items()}
    _, checkpoint = NETWORKS[name]
    state: dict[str, object] = {
        checkpoint.prefix + key: torch.from_numpy(np.array(value)) for key, value in seeded.state(shapes, name).items()
    }
    return {checkpoint.state_keys[0]: state} if checkpoint.state_keys else state


def network(name: str) -> nn.Module:
    """One of our networks, filled with the seeded official content."""
    build, checkpoint = NETWORKS[name]
    # Else torch would first draw random weights that are thrown away. To draw an embedding's where there are none, it
    # would load its compiler for two seconds.
    with torch.device("meta"), patch.object(nn.Embedding, "reset_parameters"):
        module = build()
    module.load_state_dict(checkpoint.state_for(official_content(name)), strict=True, assign=True)
    if isinstance(module, elir.Elir):  # its noise has the size of a face's latents, an eighth of the face's
        height, width = (side // 8 for side in seeded.INPUTS[name][0][2:])
        module.noise = module.noise[..., :height, :width]
    return module.eval().requires_grad_(False)


def run(module: nn.Module, name: str) -> dict[str, Tensor]:
    """Its outputs by the references' names. Fidelities are asked for together, one for each sample of a batch."""
    image = torch.from_numpy(seeded.network_input(name))
    fidelities = seeded.FIDELITIES.get(name)
    if fidelities is not None:
        batch = module(image.expand(len(fidelities), -1, -1, -1), torch.tensor(fidelities))
        return {f"out_{fidelity}": batch[index : index + 1] for index, fidelity in enumerate(fidelities)}
    out = module(image)
    return dict(zip(("boxes", "scores", "landmarks"), out, strict=True)) if isinstance(out, tuple) else {"out": out}
