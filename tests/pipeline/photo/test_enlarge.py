"""Enlarging in tiles leaves no seam, in any size and depth."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.models import photo_x2, realesrgan
from magicmemory.pipeline.models.checkpoint import Checkpoint, fill
from magicmemory.pipeline.photo.enlarge import TILE, TILING, DoublingUpscaler, TiledUpscaler, enlarged
from tests.golden import ours
from tests.support.faces import colourful, grey, picture

Floats = NDArray[np.float32]

TRAINED = Path(__file__).parents[4] / "shared" / "data" / "weights" / "srvgg_compact_64x32_x4.pth"


def repeats(scale: int, seen: list[tuple[int, ...]] | None = None) -> TiledUpscaler:
    """An upscaler whose network repeats pixels, which is the same in every tile."""

    def run(*inputs: Floats) -> Floats:
        (tile,) = inputs
        if seen is not None:
            seen.append(tile.shape)
        assert 0 <= tile.min() <= tile.max() <= 1
        return tile.repeat(scale, axis=2).repeat(scale, axis=3)

    return TiledUpscaler(run, scale)


def half_blind() -> TiledUpscaler:
    """One whose network is wrong near its tile's edges, as every convolution is."""

    def run(*inputs: Floats) -> Floats:
        out: Floats = inputs[0].repeat(2, axis=2).repeat(2, axis=3).copy()
        for edge in (out[:, :, :16], out[:, :, -16:], out[..., :16], out[..., -16:]):
            edge[...] = 0
        return out

    return TiledUpscaler(run, 2)


@pytest.mark.parametrize("length", [*range(TILE, TILE + 400, 7), 1000, 4001])
def test_tile_weights_add_up_to_one(length: int) -> None:
    starts, weights = TILING._along(length)
    total = np.zeros(length)
    for start, weight in zip(starts, weights, strict=True):
        total[start : start + TILE] += weight
    np.testing.assert_allclose(total, 1, atol=1e-6)


@pytest.mark.parametrize("size", [(500, 333), (100, 700), (40, 30), (192, 192), (193, 337)])
def test_tiled_result_equals_the_whole(size: tuple[int, int]) -> None:
    pixels = colourful(*size)
    seen: list[tuple[int, ...]] = []
    result = repeats(2, seen)(pixels, 2)
    assert set(seen) == {(1, 3, TILE, TILE)}, "one size, so that an engine compiles once"
    np.testing.assert_array_equal(result, pixels.repeat(2, axis=0).repeat(2, axis=1))


def test_blind_tile_borders_come_from_the_neighbour() -> None:
    pixels = colourful(600, 450)
    expected = pixels.repeat(2, axis=0).repeat(2, axis=1)
    inner = (slice(16, -16), slice(16, -16))
    np.testing.assert_array_equal(half_blind()(pixels, 2)[inner], expected[inner])


def test_depth_is_kept() -> None:
    deep = colourful(210, 200).astype(np.uint16) * 257
    result = repeats(4)(deep, 4)
    assert result.dtype == np.uint16
    assert (result == deep.repeat(4, axis=0).repeat(4, axis=1)).all()


@pytest.mark.parametrize(("scale", "times"), [(4, 2), (2, 4)])
def test_factor_other_than_the_networks_is_resized(scale: int, times: int) -> None:
    pixels = cv2.GaussianBlur(colourful(260, 220), (0, 0), 3)
    result = repeats(scale)(np.asarray(pixels, np.uint8), times)
    assert result.shape == (220 * times, 260 * times, 3)
    plain = enlarged(picture(np.asarray(pixels, np.uint8)), times).pixels
    assert np.abs(result.astype(int) - plain).mean() < 2, "and nothing is shifted"


def test_monochrome_photo_stays_monochrome() -> None:
    def tints(*inputs: Floats) -> Floats:
        return np.repeat(np.repeat(inputs[0], 2, 2), 2, 3) * np.array([1, 0.9, 0.8], np.float32)[:, None, None]

    photo = Picture(grey(80, 60), "PNG", monochrome=True, alpha=grey(80, 60)[..., 0])
    result = enlarged(photo, 2, TiledUpscaler(tints, 2))
    assert (result.pixels[..., 0] == result.pixels[..., 2]).all()
    assert result.alpha is not None
    assert result.alpha.shape == (120, 160)
    assert enlarged(photo, 1, TiledUpscaler(tints, 2)) is photo


def doubles(*inputs: Floats) -> Floats:
    return inputs[0].repeat(2, axis=2).repeat(2, axis=3)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(("width", "height", "times"), [(1450, 37, 2), (401, 390, 4), (1, 5, 2)])
def test_doubling_in_parts_equals_the_whole(width: int, height: int, times: int, deep: bool) -> None:
    pixels = colourful(width, height)
    wide = pixels.astype(np.uint16) * 257 if deep else pixels
    result = DoublingUpscaler(doubles)(wide, times)
    assert result.dtype == wide.dtype
    np.testing.assert_array_equal(result, wide.repeat(times, axis=0).repeat(times, axis=1))


@pytest.mark.slow
def test_bundled_network_draws_a_photo_more_sharply_than_lanczos_and_without_seams() -> None:
    folder = Path(assets.__path__[0])
    run = TorchEngine("cpu").compile(photo_x2.load(folder / "photo_x2.safetensors"), (), "photo-x2")
    photo = decode((folder / "astronaut.png").read_bytes(), DecodeLimits(10**7, 10**7)).rgb8()[:256, 100:400]
    small = np.asarray(cv2.resize(photo, (150, 128), interpolation=cv2.INTER_AREA), np.uint8)
    errors = [
        float(np.square(made.astype(float) - photo).mean())
        for made in (enlarged(picture(small), 2).pixels, DoublingUpscaler(run)(small, 2))
    ]
    assert 10 * np.log10(errors[0] / errors[1]) > 0.8
    long = np.tile(small, (1, 8, 1))  # in two parts
    whole = run((long / np.float32(255)).transpose(2, 0, 1)[None])[0].transpose(1, 2, 0).clip(0, 1) * 255
    assert np.abs(DoublingUpscaler(run)(long, 2) - whole)[:, :-80].max() <= 0.51


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["seeded", "trained"])
@pytest.mark.timeout(600)
def test_real_network_shows_no_seam(weights: str) -> None:
    """The field of view depends on the architecture, so seeded weights show it as well as trained ones."""
    if weights == "seeded":
        network = ours.network("realesr_general_x4v3")
    else:
        if not TRAINED.is_file():
            pytest.skip(f"{TRAINED.name} may not be shipped: seeded weights stand in for it")
        network = realesrgan.SRVGGNetCompact()
        fill(network, Checkpoint(TRAINED.name, ("params",)).read(TRAINED), TRAINED.name)
    run = TorchEngine("cpu").compile(network, (), "trained")
    photo = decode((Path(assets.__path__[0]) / "astronaut.png").read_bytes(), DecodeLimits(10**7, 10**7)).rgb8()[
        40:120, 100:330
    ]
    whole = run((photo / np.float32(255)).transpose(2, 0, 1)[None])[0].transpose(1, 2, 0).clip(0, 1) * 255
    off = np.abs(TiledUpscaler(run, 4)(photo, 4) - whole)[:, 8:-8]
    inner = off[: off.shape[0] - 4 * 40]  # below, the tile was filled up with a mirror, and the whole with nothing
    assert inner.max() <= 1
