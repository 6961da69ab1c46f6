"""Fills what damage hides, from its surroundings and with the photo's own grain.

Losses that are too large to be filled honestly are left; `too_large` says which.
"""

import zlib
from dataclasses import replace
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.blend import LUMA
from magicmemory.pipeline.faces.grain import Grain, measured
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.imaging.tiles import Patch, patches
from magicmemory.pipeline.photo.damage import Mask, look_scale, shrunk_to_look, small_mask, too_large
from magicmemory.pipeline.photo.network_patches import MARGIN, MOST, MULTIPLE, run_patches

Floats = NDArray[np.float32]

FEATHER: Final = 2  # pixels around the mask, over which the fill fades into the photo
_PART: Final = 256  # pixels; the largest side of a part that is filled: smaller ones leave out more of a sound photo
_KERNEL: Final = 8  # pixels; radius of the grain's filter
_LEAST_WEIGHT: Final = 1e-4


class Mender(Protocol):
    """Fills hidden places and cleans."""

    def __call__(self, pixels: Pixels, hidden: Mask | None = None) -> Pixels:
        """Clean all of a picture, and fill what is hidden.

        Args:
            pixels: `[height, width, 3]` RGB of 8 or 16 bits.
            hidden: `[height, width]`; None: nothing.

        Returns:
            The same size and depth.
        """

    def fill(self, pixels: Pixels, hidden: Mask) -> Floats:
        """Fill what is hidden; only there (and a few pixels around) the result may be used.

        Returns:
            `[height, width, 3]`, 0 to 1.
        """


class TiledMender:
    """A network behind the `Mender` protocol, which is a `Cleaner` too."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled network: `[n, 4, height, width]` (RGB in 0..1, filled smoothly where something is
                hidden; 1 there) to `[n, 3, height, width]`, any size.
        """
        self._runner = runner

    def __call__(self, pixels: Pixels, hidden: Mask | None = None) -> Pixels:
        """See `Mender`."""
        result = np.empty_like(pixels)
        peak = np.float32(np.iinfo(pixels.dtype).max)
        parts = patches(pixels.shape[0], pixels.shape[1], MOST, MARGIN, MULTIPLE)
        for part, made in run_patches(self._runner, parts, lambda part: _planes(pixels, hidden, part)):
            result[part.kept] = np.rint(made.clip(0, 1) * peak)
        return result

    def fill(self, pixels: Pixels, hidden: Mask) -> Floats:
        """See `Mender`."""
        result = pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
        reach = 2 * FEATHER + 3
        near = cv2.dilate(hidden.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
        all_parts = patches(pixels.shape[0], pixels.shape[1], _PART, MARGIN, MULTIPLE)
        parts = [part for part in all_parts if near[part.kept].any()]
        for part, made in run_patches(self._runner, parts, lambda part: _planes(pixels, hidden, part)):
            result[part.kept] = made
        return result.clip(0, 1)


def _planes(pixels: Pixels, hidden: Mask | None, part: Patch) -> Floats:
    """A part as the network takes it, `[height, width, 4]`."""
    seen = pixels[part.seen].astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    if hidden is None:
        return np.dstack([seen, np.zeros(seen.shape[:2], np.float32)])
    holes = hidden[part.seen]
    if holes.any():
        seen = smooth_fill(seen, holes)
    return np.dstack([seen, holes.astype(np.float32)])


def repaired(picture: Picture, mask: Mask, mender: Mender | None = None, *, grain: bool = True) -> Picture:
    """The photo with what is hidden filled. Pixels farther than `FEATHER` from the filled mask stay as they are.

    Args:
        picture: the photo.
        mask: `[height, width]`: what is hidden. Places that are too wide are left: see `too_large`.
        mender: fills; None: Telea's fast marching, which needs no network and measures 0.5 dB worse.
        grain: give what is filled the photo's grain. Not needed where the photo is cleaned afterwards.

    Returns:
        The photo itself where there is nothing to fill.
    """
    mask = mask & ~too_large(mask)
    if not mask.any():
        return picture
    scale = look_scale(picture.height, picture.width)
    small = shrunk_to_look(picture.pixels)  # what was found in a smaller copy is filled in it
    hidden = small_mask(mask, least=0.0)
    filled = _telea(small, hidden) if mender is None else mender.fill(small, hidden)
    found = _grain_of(picture) if grain else None
    feather = max(FEATHER, round(FEATHER / scale))
    pixels = picture.pixels.copy()
    for rows, columns in _boxes(mask, feather):
        _paste(picture, pixels, filled, mask, (rows, columns), feather, found)
    return replace(picture, pixels=pixels)


def _boxes(mask: Mask, margin: int, side: int = 512) -> list[tuple[slice, slice]]:
    """The squares of a grid that the mask touches or nearly touches."""
    height, width = mask.shape
    boxes = []
    for top in range(0, height, side):
        for left in range(0, width, side):
            around = mask[max(0, top - margin) : top + side + margin, max(0, left - margin) : left + side + margin]
            if around.any():
                boxes.append((slice(top, min(height, top + side)), slice(left, min(width, left + side))))
    return boxes


def _paste(
    picture: Picture,
    pixels: Pixels,
    filled: Floats,
    mask: Mask,
    box: tuple[slice, slice],
    feather: int,
    grain: Grain | None,
) -> None:
    """Put the fill into one square of the photo, in place."""
    rows, columns = box
    above, left = min(feather, rows.start), min(feather, columns.start)
    around = mask[rows.start - above : rows.stop + feather, columns.start - left : columns.stop + feather]
    far = cv2.distanceTransform((~around).astype(np.uint8), cv2.DIST_L2, 3)
    share = (1 - far / np.float32(feather + 0.5)).clip(0, 1)
    share = share[above : above + rows.stop - rows.start, left : left + columns.stop - columns.start]
    part = pixels[box]
    peak = np.float32(picture.peak)
    if filled.shape[:2] == mask.shape:
        made = filled[box] * np.float32(255)
    else:
        made = _enlarged(filled, mask.shape, box) * np.float32(255)
    if picture.monochrome:
        made = np.repeat((made @ LUMA)[..., None], 3, axis=-1)
    if grain is not None:
        luma = np.asarray(made @ LUMA, np.float32)
        seed = zlib.crc32(np.ascontiguousarray(picture.pixels[box]).tobytes()), rows.start, columns.start
        size = part.shape[0] + 2 * _KERNEL, part.shape[1] + 2 * _KERNEL
        field = cv2.filter2D(np.random.default_rng(seed).standard_normal(size, np.float32), -1, grain.kernel)
        made = made + (grain.at(luma) * field[_KERNEL:-_KERNEL, _KERNEL:-_KERNEL])[..., None]
    levels = part.astype(np.float32)
    mixed = levels + share[..., None] * (made.clip(0, 255) * (peak / np.float32(255)) - levels)
    part[...] = np.where((share > 0)[..., None], np.rint(mixed), levels).astype(part.dtype)


def _enlarged(filled: Floats, shape: tuple[int, int], box: tuple[slice, slice]) -> Floats:
    """One square of the fill at the photo's own size."""
    rows, columns = box
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    y, x = filled.shape[0] / shape[0], filled.shape[1] / shape[1]
    move = np.array([[x, 0, (columns.start + 0.5) * x - 0.5], [0, y, (rows.start + 0.5) * y - 0.5]])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(filled, move, (wide, high), flags=how, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _grain_of(picture: Picture, side: int = 1024) -> Grain | None:
    """The photo's grain, measured in its middle."""
    top, left = max(0, (picture.height - side) // 2), max(0, (picture.width - side) // 2)
    part = picture.pixels[top : top + side, left : left + side].astype(np.float32)
    if min(part.shape[:2]) < 64:
        return None
    return measured(np.asarray(part @ LUMA / np.float32(picture.peak / 255), np.float32))


def _telea(pixels: Pixels, hidden: Mask) -> Floats:
    eight = pixels if pixels.dtype == np.uint8 else (pixels // 257).astype(np.uint8)
    filled = cv2.inpaint(np.ascontiguousarray(eight), hidden.astype(np.uint8), 3, cv2.INPAINT_TELEA)
    return np.asarray(filled.astype(np.float32) / np.float32(255), np.float32)


def smooth_fill(picture: Floats, hidden: Mask) -> Floats:
    """Fill smoothly from the surroundings, in a pyramid (Gortler et al., "The Lumigraph", 1996: push and pull).

    Args:
        picture: `[height, width, 3]`.
        hidden: `[height, width]`.

    Returns:
        A copy; outside `hidden` unchanged. Where all is hidden, black.
    """
    known = (~hidden).astype(np.float32)
    filled = _pull(np.dstack([picture * known[..., None], known]))
    result = picture.copy()
    result[hidden] = filled[hidden]
    return result


def _pull(weighted: Floats) -> Floats:
    """Colours weighted by how much is known `[height, width, 4]` to colours `[height, width, 3]`."""
    height, width = weighted.shape[:2]
    colours, weight = weighted[..., :3], weighted[..., 3:]
    if min(height, width) <= 2 or float(weight.min()) > 0:
        total = np.float32(max(float(weight.sum()), _LEAST_WEIGHT))
        mean = colours.sum((0, 1)) / total
        known = weight > _LEAST_WEIGHT
        return np.asarray(np.where(known, colours / np.maximum(weight, _LEAST_WEIGHT), mean), np.float32)
    small = _pull(np.asarray(cv2.pyrDown(weighted, borderType=cv2.BORDER_REFLECT_101), np.float32))
    coarse = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    share = np.minimum(weight, 1)
    return np.asarray(colours + (1 - share) * coarse, np.float32)
