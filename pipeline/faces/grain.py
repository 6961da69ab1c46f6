"""Adds the photo's grain to restored faces, so that they do not look smoother than the photo around them.

The grain is measured in flat parts of the original photo near the face: its strength at each brightness and its
correlation from pixel to pixel. A pattern of dots or lines, as of a print or a weave, is no grain. The missing grain is
drawn from a random field with that spectrum (Newson, Delon and Galerne, "A Stochastic Film Grain Model for
Resolution-Independent Rendering", 2017, shows why strength depends on brightness). The field's seed comes from the
photo, so the same photo gives the same bytes.
"""

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import SIZE, Rectangle, region
from magicmemory.pipeline.faces.blend import LUMA, RestoredFace, mask_of, warped_mask
from magicmemory.pipeline.imaging.picture import Picture, Pixels

Floats = NDArray[np.float32]

_BLOCK: Final = 16  # pixels; side of the squares in which noise is measured
_WINDOW: Final = 32  # pixels; side of the squares whose spectrum is measured
_KERNEL: Final = 8  # pixels; radius of the filter kernel
_SMOOTH: Final = 3.0  # pixels; slower changes are picture, not grain
_FLAT_SHARE: Final = 0.35  # the share of the blocks that is used, flattest first
_FLATTEST: Final = 6.0  # levels; a block whose brightness changes more is not flat
_FEWEST: Final = 6  # blocks; fewer are not enough to measure
_FEWEST_IN_BIN: Final = 3  # blocks, of one brightness
_DARKEST: Final = 12.0  # mean levels of a block; in darker and lighter ones grain is clipped
_LIGHTEST: Final = 243.0
_TYPICAL: Final = 35  # percentile of the blocks' noise; higher ones include texture
_LEAST: Final = 1.2  # levels; compression and rounding cause as much
_MOST: Final = 30.0  # levels
# The share of a spectrum's power that is spread over all directions: 0.75 and more for grain, 0.5 and less for the
# dots of a halftone and for lines.
_LEAST_SPREAD: Final = 0.7
_BINS: Final = 8  # brightness steps
_TILE: Final = 512  # pixels


@dataclass(frozen=True, slots=True)
class Grain:
    """The grain near a face.

    Attributes:
        strength: `[10]`, the standard deviation at ten brightnesses from 0 to 255, in levels.
        kernel: `[17, 17]`, filters white noise to the grain's correlation; its squares add up to 1.
    """

    strength: Floats
    kernel: Floats

    def at(self, luma: Floats) -> Floats:
        """The standard deviation for brightnesses of 0 to 255, in levels."""
        knots = np.hstack([0, (np.arange(_BINS) + 0.5) * (256 / _BINS), 255])
        return np.interp(luma, knots, self.strength).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Measurements of the flat blocks of a picture: `[n]` each, in levels."""

    brightness: Floats
    noise: Floats


def with_grain(before: Picture, after: Picture, faces: Sequence[RestoredFace], strength: float) -> Picture:
    """Add the photo's grain to its restored faces.

    Args:
        before: the photo before its faces were restored.
        after: the photo with its restored faces.
        faces: the faces that were blended in.
        strength: the strength with which they were blended, 0 to 1.

    Returns:
        The photo with grain; `after` itself if the photo has no grain.
    """
    pixels: Pixels | None = None
    nearest_first = sorted(faces, key=lambda face: face.aligned.scale)  # as they cover each other in `blend`
    for number, face in enumerate(nearest_first):
        area = region(face.aligned.inverse, (0, 0, SIZE, SIZE), (before.width, before.height), margin=2)
        if min(area[2] - area[0], area[3] - area[1]) < 2 * _WINDOW:
            continue
        grain = measured(_luma(before, area))
        if grain is None:
            continue
        weight = _uncovered(face, nearest_first[:number], area)
        lacking = _lacking(_luma(after, area), weight, grain)
        if lacking <= 0:
            continue
        pixels = after.pixels.copy() if pixels is None else pixels
        _add(pixels, before, area, weight * np.float32(lacking * strength), grain)
    return after if pixels is None else replace(after, pixels=pixels)


def _uncovered(face: RestoredFace, nearer: Sequence[RestoredFace], area: Rectangle) -> Floats:
    """A face's mask in a rectangle of the photo, without what nearer faces cover: they have their own grain."""
    weight = warped_mask(mask_of(face), face.aligned.inverse, area)
    for other in nearer:
        left, top, right, bottom = region(other.aligned.inverse, (0, 0, SIZE, SIZE), area[2:], margin=2)
        if left < area[2] and right > area[0] and top < area[3] and bottom > area[1]:
            weight *= 1 - warped_mask(mask_of(other), other.aligned.inverse, area)
    return weight


def measured(luma: Floats) -> Grain | None:
    """The grain of a part of a photo `[height, width]`, 0 to 255; None without grain, or without flat parts."""
    fine, smooth = _residual(luma)
    blocks = _flat_blocks(fine, smooth)
    if len(blocks.noise) < _FEWEST:
        return None
    bins = np.minimum((blocks.brightness * (_BINS / 256)).astype(int), _BINS - 1)
    used = [b for b in range(_BINS) if (bins == b).sum() >= _FEWEST_IN_BIN]
    if not used:
        return None
    typical = np.array([np.percentile(blocks.noise[bins == b], _TYPICAL) for b in used], np.float32)
    ends = _clipped_noise(fine, smooth)
    strength = np.interp(np.arange(-1, _BINS + 1), used, typical)
    strength[[0, -1]] = [between if end is None else end for end, between in zip(ends, strength[[0, -1]], strict=True)]
    shaped = _kernel(fine, smooth)
    if shaped is None:
        return None
    kernel, part = shaped
    counts = np.array([(bins == b).sum() for b in used])
    if part * float((typical * counts).sum() / counts.sum()) < _LEAST:
        return None
    return Grain((part * strength).clip(0, _MOST).astype(np.float32), kernel)


def _clipped_noise(fine: Floats, smooth: Floats) -> tuple[float | None, float | None]:
    """The noise where a photo is black and where it is white, in levels; None where it has no such part.

    Paper that was exposed or printed to its end shows no grain, however strong it is in the tones between.
    """
    brightness, noise = _in_squares(smooth, _BLOCK).mean(1), _in_squares(fine, _BLOCK).std(1)
    ends = noise[brightness <= _DARKEST], noise[brightness >= _LIGHTEST]
    black, white = (float(np.percentile(end, _TYPICAL)) if len(end) >= _FEWEST_IN_BIN else None for end in ends)
    return black, white


def noise_of(luma: Floats) -> float:
    """The standard deviation of the noise in the flat parts of a picture, in levels; 0 if no part is flat."""
    blocks = _flat_blocks(*_residual(luma))
    return float(np.percentile(blocks.noise, _TYPICAL)) if len(blocks.noise) >= _FEWEST else 0.0


def _luma(picture: Picture, area: Rectangle) -> Floats:
    left, top, right, bottom = area
    part = picture.pixels[top:bottom, left:right].astype(np.float32)
    return np.asarray(part @ LUMA / np.float32(picture.peak / 255), np.float32)


def _residual(luma: Floats) -> tuple[Floats, Floats]:
    """A picture split into its fine part and the smooth rest."""
    smooth = np.asarray(cv2.GaussianBlur(luma, (0, 0), _SMOOTH, borderType=cv2.BORDER_REFLECT_101), np.float32)
    return luma - smooth, smooth


def _in_squares(image: Floats, side: int) -> Floats:
    """`[height, width]` as `[n, side * side]`."""
    rows, columns = image.shape[0] // side, image.shape[1] // side
    squares = image[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return squares.transpose(0, 2, 1, 3).reshape(rows * columns, side * side)


def _flat_blocks(fine: Floats, smooth: Floats, where: Floats | None = None) -> _Blocks:
    """The noise of the flattest blocks, where `where` is above 0.9 throughout."""
    structure, brightness = _in_squares(smooth, _BLOCK).std(1), _in_squares(smooth, _BLOCK).mean(1)
    usable = (brightness > _DARKEST) & (brightness < _LIGHTEST) & (structure < _FLATTEST)
    if where is not None:
        usable &= _in_squares(where, _BLOCK).min(1) > 0.9
    if not usable.any():
        return _Blocks(np.zeros(0, np.float32), np.zeros(0, np.float32))
    usable &= structure <= np.quantile(structure[usable], _FLAT_SHARE)
    noise = _in_squares(fine, _BLOCK)[usable].std(1)
    return _Blocks(brightness[usable].astype(np.float32), noise.astype(np.float32))


def _kernel(fine: Floats, smooth: Floats) -> tuple[Floats, float] | None:
    """The filter that gives white noise the spectrum of the flattest windows; None without noise.

    Grain has no direction: power is averaged over all directions, and of the windows the median is taken. Otherwise
    a few scratches or a weave in the background would lie on the face as hatching. A regular pattern has its power in
    few waves. Drawn as grain it would lie on the face as mottles, so then only what lies below these waves counts.

    Returns:
        The filter, and the part of the noise that is grain, 0 to 1: a ratio of standard deviations.
    """
    squares = _in_squares(smooth, _WINDOW)
    brightness = squares.mean(1)
    usable = np.flatnonzero((brightness > _DARKEST) & (brightness < _LIGHTEST))
    if not len(usable):
        return None
    windows = _in_squares(fine, _WINDOW).reshape(-1, _WINDOW, _WINDOW)
    flattest = usable[np.argsort(squares[usable].std(1), kind="stable")][: max(4, len(usable) // 6)]
    hann = np.hanning(_WINDOW)[:, None] * np.hanning(_WINDOW)[None, :]
    power = np.median(np.abs(np.fft.fft2(windows[flattest] * hann)) ** 2, axis=0)
    waves = np.fft.fftfreq(_WINDOW, 1 / _WINDOW)
    ring = np.rint(np.hypot(waves[:, None], waves)).astype(int)
    mean = np.bincount(ring.ravel(), power.ravel()) / np.bincount(ring.ravel())
    below = np.array([np.median(power[ring == number]) for number in range(len(mean))])
    spread = float(np.minimum(below, mean)[ring].sum() / max(mean[ring].sum(), 1e-9))
    grainy = spread >= _LEAST_SPREAD
    kernel = np.fft.fftshift(np.fft.ifft2(np.sqrt((mean if grainy else below)[ring])).real)
    middle = _WINDOW // 2
    kernel = kernel[middle - _KERNEL : middle + _KERNEL + 1, middle - _KERNEL : middle + _KERNEL + 1]
    size = float(np.sqrt((kernel**2).sum()))
    return None if size < 1e-6 else (np.asarray(kernel / size, np.float32), 1.0 if grainy else math.sqrt(spread))


def _lacking(luma: Floats, weight: Floats, grain: Grain) -> float:
    """The share of the grain that the restored face lacks, 0 to 1; independent noises add up in squares."""
    blocks = _flat_blocks(*_residual(luma), weight)
    if len(blocks.noise) < _FEWEST:
        return 1.0
    there = float(np.percentile(blocks.noise, _TYPICAL))
    wanted = float(grain.at(blocks.brightness).mean())
    return float(np.sqrt(max(0.0, 1 - (there / max(wanted, 1e-3)) ** 2)))


def _add(pixels: Pixels, before: Picture, area: Rectangle, amount: Floats, grain: Grain) -> None:
    """Add grain to a part of the photo, in place; pixels with an `amount` of 0 stay unchanged."""
    scale = np.float32(before.peak / 255)
    for tile in _tiles(area, before):
        left, top = max(tile[0], area[0]), max(tile[1], area[1])
        right, bottom = min(tile[2], area[2]), min(tile[3], area[3])
        here = amount[top - area[1] : bottom - area[1], left - area[0] : right - area[0]]
        if not here.any():
            continue
        field = _field(before, tile, grain.kernel)[top - tile[1] : bottom - tile[1], left - tile[0] : right - tile[0]]
        part = pixels[top:bottom, left:right]
        levels = part.astype(np.float32) / scale
        luma = np.asarray(levels @ LUMA, np.float32)
        levels += (here * grain.at(luma) * field)[..., None]
        changed = np.rint(levels.clip(0, 255) * scale).astype(part.dtype)
        part[...] = np.where((here > 0)[..., None], changed, part)


def _field(photo: Picture, tile: Rectangle, kernel: Floats) -> Floats:
    """A random field of standard deviation 1 for a tile, correlated like the grain.

    The seed comes from the original photo, so a restored face that differs by one level gets the same grain.
    """
    left, top, right, bottom = tile
    seed = zlib.crc32(np.ascontiguousarray(photo.pixels[top:bottom, left:right]).tobytes()), left, top
    size = bottom - top + 2 * _KERNEL, right - left + 2 * _KERNEL
    field = cv2.filter2D(np.random.default_rng(seed).standard_normal(size, np.float32), -1, kernel)
    return np.asarray(field[_KERNEL:-_KERNEL, _KERNEL:-_KERNEL], np.float32)


def _tiles(area: Rectangle, photo: Picture) -> Iterator[Rectangle]:
    """The tiles of the photo's own grid that a rectangle touches."""
    left, top, right, bottom = area
    for y in range(top // _TILE * _TILE, bottom, _TILE):
        for x in range(left // _TILE * _TILE, right, _TILE):
            yield x, y, min(x + _TILE, photo.width), min(y + _TILE, photo.height)
