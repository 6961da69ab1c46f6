import numpy as np
import pytest

from magicmemory.pipeline.faces import align
from magicmemory.pipeline.faces.detect import Detection
from tests.support.faces import colourful, face_at

SIZES = [40, 300, 512, 1100]


def mapped(matrix: align.Matrix, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turned", [0, 17, -75, 180])
def test_landmarks_land_on_the_template(size: int, turned: float) -> None:
    detection = face_at(700, 650, size, turned)
    face = align.crop(np.zeros((1300, 1400, 3), np.uint8), detection)
    np.testing.assert_allclose(mapped(face.matrix, detection.landmarks), align.TEMPLATE, atol=0.05)
    np.testing.assert_allclose(mapped(face.inverse, np.array(align.TEMPLATE)), detection.landmarks, atol=0.05)
    assert face.scale == pytest.approx(512 / size, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turned", [0, 17, -75])
def test_crop_pixels_match_the_matrix(size: int, turned: float) -> None:
    y, x = np.mgrid[0:1300, 0:1400]
    ramps = np.stack([x / 1400, y / 1300, (x + y) / 2700], axis=-1) * 65535
    face = align.crop(ramps.astype(np.uint16), face_at(700, 650, size, turned))
    places = mapped(face.inverse, np.mgrid[0:512, 0:512][::-1].reshape(2, -1).T.astype(float))
    px, py = places.T
    expected = np.stack([px / 1400, py / 1300, (px + py) / 2700], axis=-1) * 255
    inside = (px > 4) & (px < 1395) & (py > 4) & (py < 1295)
    # A level is five pixels wide here, so the mean says more than the largest: 0.03 is a sixth of a pixel.
    off = (face.crop.reshape(-1, 3) - expected)[inside]
    assert np.abs(off).max() <= 1
    assert np.abs(off.mean(0)).max() < 0.03


def test_large_face_is_averaged_not_subsampled() -> None:
    checkers = np.indices((2000, 2000)).sum(0) % 2 * 255
    photo = np.repeat(checkers[..., None], 3, axis=-1).astype(np.uint8)
    crop = align.crop(photo, face_at(1000, 1000, 1900, 5)).crop
    assert np.abs(crop.astype(int) - 127).max() <= 25  # a plain warp gives 0 and 255


@pytest.mark.parametrize(("x", "y"), [(0, 0), (399, 150), (200, 299), (-30, 120)])
def test_crop_beyond_the_border_mirrors_the_photo(x: float, y: float) -> None:
    photo = np.full((300, 400, 3), (200, 40, 90), np.uint8)
    crop = align.crop(photo, face_at(x, y, 250, 10)).crop
    assert (crop == (200, 40, 90)).all()


def test_landmarks_in_one_point_still_give_a_crop() -> None:
    detection = Detection(np.array([40, 40, 60, 60], np.float32), np.full((5, 2), 50, np.float32), 0.9)
    face = align.crop(colourful(100, 100), detection)
    assert np.isfinite(face.matrix).all()
    assert face.crop.shape == (512, 512, 3)


def test_sixteen_bit_photo_gives_an_eight_bit_crop() -> None:
    photo = colourful(400, 400)
    face = face_at(200, 200, 300, 12)
    deep = align.crop(photo.astype(np.uint16) * 257, face)
    assert (deep.crop == align.crop(photo, face).crop).all()
