"""What is taken for damage: by the rules alone, and by the network of the package."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.registry import FINDERS
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.damage import (
    LARGEST_LOOK,
    SCALES,
    DamageFinder,
    TiledDamageFinder,
    damage_mask,
    is_damaged,
    shares,
    with_tones,
)
from tests.support.old_prints import landscape, sample, scratched

FILE = Path(assets.__path__[0]) / "photo.safetensors"
OLD_PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "photos"
PHOTO = np.full((300, 400, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def finder() -> DamageFinder:
    return FINDERS[0].build(FILE, BuildContext(TorchEngine("cpu"), Weights(Path("unused"))))


def read(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    assert image is not None
    return image.astype(np.uint8)


def lines(count: int, certainty: float = 1.0, height: int = 300, width: int = 400) -> NDArray[np.float32]:
    drawn = np.zeros((height, width), np.uint8)
    for number in range(count):
        cv2.line(drawn, (40 + 45 * number, 20), (40 + 45 * number, height - 20), 255, 3)
    return (drawn > 0).astype(np.float32) * np.float32(certainty)


def test_a_photo_with_few_isolated_hits_is_sound() -> None:
    probability = np.zeros((300, 400), np.float32)
    probability[100:103, 200:203] = 1
    assert not is_damaged(probability)


def test_a_photo_with_some_sure_lines_is_damaged() -> None:
    assert is_damaged(lines(3, certainty=0.8, width=1600))
    assert not is_damaged(lines(1, certainty=0.8, width=1600))
    assert not is_damaged(lines(5, certainty=0.65))


def test_cracks_that_meet_are_one_place_and_damage() -> None:
    crossed = np.maximum(lines(1), lines(1, height=400, width=300).T)
    assert cv2.connectedComponents((crossed > 0).astype(np.uint8))[0] == 2
    assert is_damaged(crossed)


def specks(count: int) -> NDArray[np.float32]:
    probability = np.zeros((1000, 1000), np.float32)
    for number in range(count):
        probability[100 + 50 * number :, 500][:5] = 1
        probability[100 + 50 * number :, 501:504][:5] = 1
    return probability


def test_small_places_count_too_and_a_larger_photo_needs_more() -> None:
    assert specks(3).mean() < 0.0005
    assert is_damaged(0.8 * specks(3))
    assert not is_damaged(0.8 * specks(2))
    assert not is_damaged(0.6 * specks(12))
    larger = np.pad(specks(3), ((0, 0), (0, 800)))
    assert not is_damaged(0.8 * larger)


@pytest.mark.parametrize("radius", [9, 32])  # of the second size, too wide to be filled
def test_buttons_make_no_photo_damaged(radius: int) -> None:
    buttons = np.zeros((1000, 1000), np.float32)
    for number in range(6):
        cv2.circle(buttons, (400 + 200 * (number % 2), 200 + 150 * number), radius, 1, -1)
    assert not is_damaged(buttons)
    assert is_damaged(np.maximum(buttons, specks(3)))


def test_certain_lines_are_damage_and_unsure_ones_are_not() -> None:
    assert damage_mask(lines(5))[lines(5) > 0].all()
    assert not damage_mask(lines(5, certainty=0.55)).any()


def test_a_line_is_taken_as_a_whole() -> None:
    probability = lines(5, certainty=0.5)
    probability[100:200] = np.where(probability[100:200] > 0, 0.8, 0)
    mask = damage_mask(probability)
    assert mask[probability > 0].all()
    assert mask.mean() < 2.5 * (probability > 0).mean()


def test_a_wide_place_must_be_surer_than_a_line() -> None:
    assert damage_mask(lines(1, certainty=0.65)).any()
    blot = np.zeros((300, 400), np.float32)
    blot[100:118, 200:218] = 1
    assert not damage_mask(0.65 * blot).any()
    assert damage_mask(0.9 * blot).any()


def test_the_tones_of_sure_damage_speak_for_other_places() -> None:
    """On a dark photo with white scratches a white line is likelier than a grey one."""
    white, grey, sure = np.s_[20:280, 300:303], np.s_[20:280, 340:343], np.s_[20:280, 40:60]
    picture, probability = np.full((300, 400, 3), 0.25, np.float32), np.full((300, 400), 0.01, np.float32)
    picture[white] = picture[sure] = 0.95
    picture[grey] = 0.5
    probability[white] = probability[grey] = 0.45
    assert np.abs(with_tones(probability, picture) - probability).max() < 0.1  # nothing is sure: nothing is learnt
    probability[sure] = 0.99
    found = with_tones(probability, picture)
    assert found[white].min() > 0.55
    assert found[grey].max() < 0.45


def test_shares_tell_lines_from_specks_and_losses() -> None:
    mask = np.zeros((1000, 1000), np.uint8)
    assert shares(mask > 0) == {"scratches": 0.0, "dust": 0.0, "losses": 0.0}
    cv2.line(mask, (100, 100), (900, 500), 255, 3)
    cv2.circle(mask, (300, 800), 3, 255, -1)
    cv2.circle(mask, (700, 800), 60, 255, -1)
    found = shares(mask > 0)
    assert 0.002 < found["scratches"] < 0.005
    assert 0.00001 < found["dust"] < 0.0001
    assert found["losses"] == pytest.approx(np.pi * 60**2 / 1e6, rel=0.05)


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (700, 3), (33, 47), (1300, 700)])
def test_the_finder_takes_any_size(size: tuple[int, int]) -> None:
    seen = []

    def darkness(tiles: np.ndarray) -> np.ndarray:
        seen.append(tiles.shape)
        return 1 - tiles[:, :1]

    pixels = np.full((*size, 3), 250, np.uint8)
    long = int(np.argmax(size))
    dark = np.s_[: size[long] // 2] if long == 0 else np.s_[:, : size[long] // 2]
    pixels[dark] = 5
    found = TiledDamageFinder(darkness)(pixels)
    assert found.dtype == np.float32
    assert found.shape == size
    is_dark = pixels[..., 0] == 5
    edge = cv2.dilate(cv2.morphologyEx(is_dark.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3))), np.ones((5, 5)))
    assert (found[is_dark & (edge == 0)] > 0.9).all()
    assert (found[~is_dark & (edge == 0)] < 0.1).all()
    assert all(side % 16 == 0 for shape in seen for side in shape[2:])


def test_what_looks_like_damage_at_one_size_only_is_doubtful() -> None:
    sizes: list[int] = []

    def at_the_first_size(tiles: np.ndarray) -> np.ndarray:
        sizes.append(tiles.shape[3])
        return np.full_like(tiles[:, :1], float(tiles.shape[3] == sizes[0]))

    found = TiledDamageFinder(at_the_first_size)(PHOTO)
    assert len(set(sizes)) == 2
    np.testing.assert_allclose(found, 0.5, atol=0.01)


def test_a_large_photo_is_looked_at_in_a_smaller_copy() -> None:
    seen = []

    def nothing(tiles: np.ndarray) -> np.ndarray:
        seen.append(tiles.size / 3)
        return np.zeros_like(tiles[:, :1])

    pixels = np.zeros((3000, 4000, 3), np.uint16)
    assert TiledDamageFinder(nothing)(pixels).shape == (3000, 4000)
    assert sum(seen) < 1.5 * sum(scale**2 for scale in SCALES) * LARGEST_LOOK
    probability = cv2.resize(lines(5), (4000, 3000), interpolation=cv2.INTER_NEAREST)
    mask = damage_mask(np.asarray(probability, np.float32))
    assert mask.shape == (3000, 4000)
    assert mask[probability > 0].mean() > 0.95


@pytest.mark.slow
def test_scratches_are_found(finder: DamageFinder) -> None:
    for image, least in ((landscape(), 0.9), (sample(), 0.1)):  # the portrait is full of bright lines of its own
        worn, truth = scratched(image, 255)
        assert is_damaged(finder(worn))
        mask = damage_mask(finder(worn))
        near = cv2.dilate(truth.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        assert mask[truth].mean() > least
        assert near[mask].mean() > 0.7


@pytest.mark.slow
@pytest.mark.skipif(not OLD_PHOTOS.is_dir(), reason="the old photos may not be shipped")
def test_of_real_old_prints_the_cracked_and_the_scratched_one_count_as_damaged(finder: DamageFinder) -> None:
    expected = {"old_scratched_a": True, "old_scratched_b": True, "old_a": False, "old_c": False}
    assert {name: is_damaged(finder(read(OLD_PHOTOS / f"{name}.png"))) for name in expected} == expected


@pytest.mark.slow
def test_sound_photos_are_left_alone(finder: DamageFinder) -> None:
    for image in (landscape(), sample(), np.ascontiguousarray(sample()[:, ::-1])):
        assert not is_damaged(finder(image))


@pytest.mark.slow
def test_writing_is_no_damage(finder: DamageFinder) -> None:
    written = landscape()
    for row in range(4):
        cv2.putText(written, "Anno 1911, Berlin", (40, 120 + 90 * row), 3, 1.4, (250, 250, 245), 2, cv2.LINE_AA)
    inked = np.abs(written.astype(int) - landscape()).max(2) > 40
    assert damage_mask(finder(written))[inked].mean() < 0.2


@pytest.mark.slow
def test_16_bits_and_8_bits_look_alike_and_twice_the_same(finder: DamageFinder) -> None:
    worn = scratched(landscape(200, 260))[0]
    shallow, deep = finder(worn), finder(worn.astype(np.uint16) * 257)
    np.testing.assert_allclose(shallow, deep, atol=1e-4)
    assert np.array_equal(finder(worn), shallow)
