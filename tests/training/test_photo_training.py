"""The training of `photo` and `photo-x2`: their examples, exported networks, runs that resume."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from magicmemory.pipeline.models.photo import FinderNetwork
from training.enlarge_train import with_enlarged
from training.photo_export import part_of, write_part
from training.photo_train import FIRST_FLOOR, FLOOR, batch_of, floor_at, mender_loss, turned
from training.print_wear import PLAIN, Kind, even_lines, even_spots
from training.run import Run


def test_the_eight_examples_of_a_batch_are_turned_in_eight_ways() -> None:
    examples = torch.arange(25, dtype=torch.uint8).reshape(1, 1, 5, 5).expand(8, 1, 5, 5)

    assert len({tuple(example.flatten().tolist()) for example in turned(examples)}) == 8


def test_an_exported_network_is_read_again(tmp_path: Path) -> None:
    network, out = FinderNetwork(), tmp_path / "finder.safetensors"
    counts = [buffer for name, buffer in network.named_buffers() if name.endswith("num_batches_tracked")]
    counts[0].fill_(100_000)  # more than half precision holds

    write_part("finder", network, out)

    read = part_of("finder", out)
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(read[name], tensor, rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match="mender"):
        part_of("mender", out)


def test_the_floor_falls_once() -> None:
    assert floor_at(0.0, False) == pytest.approx(FIRST_FLOOR)
    assert floor_at(0.1, False) > floor_at(0.2, False) > FLOOR
    assert floor_at(0.5, False) == pytest.approx(FLOOR)
    assert floor_at(0.0, True) == FLOOR


class Scaled(nn.Module):
    """One weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))

    def forward(self, seen: Tensor) -> Tensor:
        """The first three planes, scaled."""
        return self.weight * seen[:, :3]


def test_a_run_stops_and_resumes(tmp_path: Path) -> None:
    batch = batch_of("mender", torch.full((2, 7, 16, 16), 128, dtype=torch.uint8))
    steps: list[int] = []
    for until, spent in ((0.3, 0.3), (9.0, 0.6)):
        network = Scaled()
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
        run = Run(tmp_path, network, mender_loss, optimiser, 0.6)
        steps.append(run.step)
        run.train(lambda: batch, [batch], until)
        assert run.clock.seconds >= spent
        weight = next(run.average.parameters())
    assert steps[1] > steps[0] == 0
    assert weight.item() > 0.5


def test_some_small_pictures_are_made_by_the_network_itself() -> None:
    small = torch.rand(4, 3, 16, 24)
    mixed = with_enlarged(nn.Upsample(scale_factor=2), small, 2)
    assert torch.equal(mixed[2:], small[2:])
    assert mixed.shape == small.shape
    assert torch.equal(mixed[:2, :, ::2, ::2], mixed[:2, :, 1::2, 1::2]), "two pixels each way come from one"
    assert (mixed[:2] - small[:2]).abs().mean() > 0.05


@pytest.mark.parametrize("kind", [even_lines, even_spots])
def test_even_wear_has_one_shade_and_stands_out_from_a_smooth_picture(kind: Kind) -> None:
    seen = 0
    for seed in range(40):
        picture = np.full((192, 192, 3), 120, np.float32)
        kind(picture, np.random.default_rng(seed), 4)
        change = np.abs(picture - 120).max(-1)
        seen += int((change > PLAIN).sum() > 100)
        assert np.ptp(picture[change > 0.95 * change.max()].mean(-1)) < 10
    assert seen > 20
