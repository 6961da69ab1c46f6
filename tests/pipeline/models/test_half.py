"""The networks that are said to stand half precision do, with weights that keep signals at their size."""

import numpy as np
import pytest
import torch

from magicmemory.pipeline.engines.cuda_engine import halved
from magicmemory.pipeline.models import catalogue, parsenet
from tests.golden import ours, seeded

FACTS = {
    "gfpgan": catalogue.GFPGAN_1_4,
    "realesr_general_x4v3": catalogue.REALESR_GENERAL,
    "realesrgan_x2plus": catalogue.REALESRGAN_X2,
    "realesrgan_x4plus": catalogue.REALESRGAN_X4,
}
WANTED_DB = 45.0


@pytest.mark.timeout(900)  # seconds on a quiet machine, minutes on a busy one
@pytest.mark.parametrize("name", FACTS)
def test_half_precision_is_near_full_precision(name: str) -> None:
    assert FACTS[name].half_ok
    network = ours.network(name)
    image = torch.from_numpy(seeded.network_input(name))
    with torch.inference_mode():
        full, half = network(image).numpy(), halved(network)(image).numpy()
    decibels = 20 * np.log10(np.ptp(full)) - 10 * np.log10(np.square(half - full).mean())
    print(f"{name}: {decibels:.1f} dB")
    assert WANTED_DB <= decibels < 90


@pytest.mark.timeout(900)
def test_half_precision_labels_the_same_pixels() -> None:
    assert catalogue.PARSENET.half_ok
    network = ours.network("parsenet")
    image = torch.from_numpy(seeded.network_input("parsenet"))
    with torch.inference_mode():
        full, half = (parsenet.face_mask(run(image)) for run in (network, halved(network)))
    assert 0.1 < float(full.mean()) < 0.9
    assert float((full == half).float().mean()) > 0.98
