"""Cleaning a whole photo removes noise, keeps detail and format, and leaves no seam."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.models import lite
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.registry import MENDERS
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.clean import TILING, Cleaner, TiledCleaner, cleaned, needs_cleaning
from magicmemory.pipeline.sample import portrait
from tests.pipeline.test_pipeline import PHOTO, SMALL_FACE, TWO_FACES, pipeline, pixels_of
from tests.support.faces import grey
from tests.support.lite import restore_small

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return MENDERS[0].build(
        Path(assets.__path__[0]) / "photo.safetensors", BuildContext(TorchEngine("cpu"), Weights(Path("unused")))
    )


def psnr(one: Pixels, two: Pixels) -> float:
    return float(10 * np.log10(np.iinfo(one.dtype).max ** 2 / np.square(one.astype(float) - two).mean()))


def noisy(pixels: Pixels, sigma: float = 12) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).normal(0, sigma, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


def test_background_noise_is_removed(cleaner: Cleaner) -> None:
    clean = portrait()
    damaged = noisy(clean)
    result = cleaned(Picture(damaged, "PNG"), cleaner).pixels
    for part in (slice(0, 512), slice(300, 512)):  # the lower part shows no face
        assert psnr(result[part], clean[part]) > psnr(damaged[part], clean[part]) + 1


def test_clean_photo_is_kept(cleaner: Cleaner) -> None:
    assert psnr(cleaned(Picture(portrait(), "PNG"), cleaner).pixels, portrait()) > 40


def test_strength_blends_photo_and_result(cleaner: Cleaner) -> None:
    photo = Picture(noisy(portrait()[:256, :256]), "PNG")
    assert cleaned(photo, cleaner, 0) is photo
    half, whole = (cleaned(photo, cleaner, strength).pixels.astype(float) for strength in (0.5, 1))
    np.testing.assert_allclose(half, (photo.pixels + whole) / 2, atol=1)


def test_grey_stays_grey_and_16_bits_stay_16(cleaner: Cleaner) -> None:
    one_channel = noisy(np.asarray(grey(300, 280), np.uint8))[..., :1]
    three: NDArray[np.uint8] = np.concatenate([one_channel] * 3, axis=-1)
    result = cleaned(Picture(three, "PNG", monochrome=True), cleaner).pixels
    assert (result == result[..., :1]).all()
    deep = Picture(noisy(portrait()[:200, :300]).astype(np.uint16) * 257, "PNG")
    shallow = Picture((deep.pixels // 257).astype(np.uint8), "PNG")
    result = cleaned(deep, cleaner).pixels
    assert result.dtype == np.uint16
    apart = np.abs(result / 257.0 - cleaned(shallow, cleaner).pixels)
    assert apart.max() < 1.1  # 8 bits are rounded twice: what the cleaner makes, and what is taken of it
    assert apart.mean() < 0.3


def test_texture_keeps_what_grain_would_not_lose() -> None:
    """A cleaner that takes far more from one part than from the rest takes its texture."""
    texture = np.s_[64:192, 64:192]
    photo = np.full((400, 400, 3), 128, np.uint8)
    photo[texture] = np.random.default_rng(1).integers(78, 179, (128, 128, 1), np.uint8)

    def smooth(pixels: Pixels) -> Pixels:
        made = np.full(pixels.shape, 124, np.uint8)
        made[texture] = 128
        return made

    result = cleaned(Picture(photo, "PNG"), smooth).pixels
    assert (result[250:] == 124).all()  # the change of most places is taken
    inside = np.s_[80:176, 80:176]
    kept = (result[inside].astype(float) - 128).std() / (photo[inside].astype(float) - 128).std()
    assert kept > 0.8


def test_a_blank_border_says_nothing_of_the_grain() -> None:
    photo = np.full((400, 400, 3), 255, np.uint8)
    photo[100:300, 100:300] = noisy(np.full((200, 200, 3), 128, np.uint8))

    def smooth(pixels: Pixels) -> Pixels:
        made = pixels.copy()
        made[100:300, 100:300] = 128
        return made

    result = cleaned(Picture(photo, "PNG"), smooth).pixels[120:280, 120:280].astype(float)
    assert np.abs(result - 128).mean() < 2


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (256, 256), (257, 900)])
def test_any_size_has_no_seam(size: tuple[int, int]) -> None:
    height, width = size
    seen = []

    def darker(tile: np.ndarray) -> np.ndarray:
        seen.append(tile.shape)
        return tile - np.float32(0.1)

    runner: Runner = darker
    pixels = np.asarray(cv2.resize(portrait(), (width, height)), np.uint8)
    result = TiledCleaner(runner)(pixels)
    assert set(seen) == {(1, 3, TILING.side, TILING.side)}
    expected = (pixels.astype(float) - 0.05 * 255).clip(0, 255)
    np.testing.assert_allclose(result, expected, atol=0.51)


def test_the_pipeline_cleans_first_and_then_restores_the_faces() -> None:
    told: list[Stage] = []
    restoration = pipeline(*TWO_FACES, SMALL_FACE).restore(
        PHOTO, Options(scope=Scope.PHOTO), lambda stage, *_: told.append(stage)
    )
    report = restoration.report
    assert report.cleaned
    assert report.restored == 2
    assert list(report.stages_ms) == ["decode", "look", "detect", "clean", "align", "restore", "blend", "encode"]
    assert told.index(Stage.DETECT) < told.index(Stage.CLEAN) < told.index(Stage.RESTORE)
    assert not pipeline(*TWO_FACES).restore(PHOTO, Options()).report.cleaned


@pytest.mark.processes
@pytest.mark.parametrize("found", [(), (SMALL_FACE,)])
def test_a_photo_without_a_face_can_be_cleaned(found: tuple[object, ...]) -> None:
    restoration = pipeline(*found).restore(PHOTO, Options(scope=Scope.PHOTO))  # type: ignore[arg-type]
    assert restoration.report.restored == 0
    assert pixels_of(restoration).shape == (400, 600, 3)


def test_whole_photo_network_is_the_faithful_decoder() -> None:
    import torch

    network = lite.load(Path(assets.__path__[0]) / "lite.safetensors")
    whole = lite.WholePhoto(network)
    small = torch.rand(1, 3, lite.INNER, lite.INNER) - 0.5  # far from white and black, where both would be cut off
    with torch.inference_mode():
        straight, mirrored = (network.faithful(network.encoder(x)) for x in (small, small.flip(3)))
        torch.testing.assert_close(whole(small), small + lite.leave_large(straight))
        # a face is looked at twice and keeps some of its grain
        kept = small + lite.keep_grain((straight + mirrored.flip(3)) / 2)
        torch.testing.assert_close(kept, restore_small(network, small, torch.ones(1)), atol=1e-4, rtol=0)


def blurring(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2), np.uint8)


def test_grain_is_seen_beside_a_blank_border_and_detail_in_a_part_is_no_grain() -> None:
    plain = np.full((400, 400, 3), 128, np.uint8)
    print_ = noisy(plain)
    print_[:, :180] = 255  # paper
    assert needs_cleaning(print_, blurring)["grain"] > 0
    detailed = plain.copy()
    detailed[:220] = noisy(plain, 30)[:220]
    assert not any(needs_cleaning(detailed, blurring).values())


def test_dots_are_halftone_where_the_cleaner_removes_them_and_fabric_where_it_does_not() -> None:
    y, x = np.mgrid[0:420, 0:420]
    dots = 128 + 60 * np.cos(1.4 * x + 0.7 * y) * np.cos(1.4 * y - 0.7 * x)
    pixels = np.repeat(np.rint(dots)[..., None], 3, 2).astype(np.uint8)
    found = needs_cleaning(pixels, blurring)
    assert found["halftone"] > 0
    assert found["grain"] == found["jpeg"] == 0
    assert not any(needs_cleaning(pixels, lambda pixels: pixels).values())


def test_a_small_photo_is_judged_on_both_sides() -> None:
    y, x = np.mgrid[0:400, 0:400] // 2
    seen: list[NDArray[np.uint8]] = []

    def looking(pixels: Pixels) -> Pixels:
        seen.append(pixels.astype(np.uint8))
        return pixels

    needs_cleaning(np.dstack([x, y, x]).astype(np.uint8), looking)
    across, down = (sorted(float(window[..., channel].mean()) for window in seen) for channel in (0, 1))
    assert across[0] < 80 < 120 < across[-1]
    assert down[0] < 80 < 120 < down[-1]


def test_pearls_are_not_removed_as_dust(cleaner: Cleaner) -> None:
    clean = portrait().copy()
    pearls = [(row, column) for row in range(330, 500, 24) for column in range(40, 480, 31)]
    for row, column in pearls:
        cv2.circle(clean, (column, row), 2, (245, 245, 245), -1, cv2.LINE_AA)
    result = cleaned(Picture(noisy(clean), "PNG"), cleaner).pixels
    assert np.mean([result[place].mean() for place in pearls]) > 235
