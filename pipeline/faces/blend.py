"""Blends restored faces back into the photo without visible seams.

Only the restorer's change is put back, not its picture: the change is scaled to the photo's resolution and added to
the photo's own pixels. So a face that the restorer did not change keeps every byte, at any size, and no detail is lost
on the way to the crop and back.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import SIZE, AlignedFace, Matrix, Rectangle, at_scale, region, shift
from magicmemory.pipeline.imaging.picture import Picture, Pixels

Floats = NDArray[np.float32]

LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)

_TILE: Final = 256  # side of the squares in which a face is blended, photo pixels: fits into a core's cache
_AT_ONCE: Final = 8  # faces that are prepared ahead: bounds the memory
_FRAME: Final = 8  # crop pixels over which each mask fades to 0 at the crop's edge
_CELL: Final = 8  # crop pixels in a cell of the grid on which tone is compared
_SEAM_REACH: Final = 6.0  # cells over which a correction at the seam fades
_BINS: Final = 32  # brightness steps of a tone curve
_TONED_SPREAD: Final = 10.0  # levels; toned prints are below, colour photographs above


@dataclass(frozen=True, slots=True)
class RestoredFace:
    """A restored face to blend into the photo.

    Attributes:
        aligned: the crop and its place in the photo.
        restored: `[512, 512, 3]` RGB, 0 to 255, the restorer's result.
        mask: `[512, 512]`, 0 to 1, the weight of the result; None uses an oval around the face.
    """

    aligned: AlignedFace
    restored: Floats
    mask: Floats | None = None


@dataclass(frozen=True, slots=True)
class Tone:
    """The colour of a toned print at each brightness.

    Attributes:
        offsets: `[32, 3]`, colour minus brightness at 32 brightnesses from 4 to 252, levels.
    """

    offsets: Floats

    def at(self, luma: Floats) -> Floats:
        """Colour minus brightness, `[…, 3]`, for brightnesses `[…]` of 0 to 255."""
        knots = (np.arange(_BINS) + 0.5) * (256 / _BINS)
        return np.stack([np.interp(luma, knots, self.offsets[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def blend(picture: Picture, faces: Sequence[RestoredFace], strength: float = 1.0) -> Picture:
    """Blend restored faces into the photo from which they were cut.

    If faces overlap, the larger one covers the smaller: it is probably nearer to the camera.

    Args:
        picture: the photo.
        faces: the faces; their matrices are in this photo's coordinates.
        strength: 0 leaves the photo unchanged, 1 applies the restorer's whole change.

    Returns:
        A picture of the same size, depth and format. A monochrome photo stays monochrome; a toned one keeps its tone.
    """
    if not faces or strength == 0:
        return picture
    tone = None if picture.monochrome else tone_of(picture.pixels)
    pixels = picture.pixels.copy()
    usual = oval()
    ordered = sorted(faces, key=lambda face: -face.aligned.scale)

    def layers(face: RestoredFace) -> _Layers:
        return _layers(face, _framed(usual if face.mask is None else face.mask), picture)

    with ThreadPoolExecutor(cv2.getNumThreads()) as threads:
        for start in range(0, len(faces), _AT_ONCE):
            # Faces are prepared in parallel and painted in order, each in parallel tiles.
            for ready in list(threads.map(layers, ordered[start : start + _AT_ONCE])):
                paint = partial(_paint, pixels, picture, ready, strength, tone)
                list(threads.map(paint, _tiles(ready.support)))
    return replace(picture, pixels=pixels)


def mask_of(face: RestoredFace) -> Floats:
    """The weight of a restored face, `[512, 512]`, 0 to 1; 0 at the crop's edge."""
    return _framed(oval() if face.mask is None else face.mask)


def warped_mask(mask: Floats, inverse: Matrix, area: Rectangle) -> Floats:
    """A crop's mask `[512, 512]` warped to a rectangle of the photo; 0 outside the crop."""
    small, matrix = at_scale(mask, inverse)
    left, top, right, bottom = area
    placed = (shift(-left, -top) @ np.vstack([matrix, (0, 0, 1)]))[:2]
    warped = cv2.warpAffine(small, placed, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    return np.asarray(warped.clip(0, 1), np.float32)


@cache
def oval() -> Floats:
    """A mask `[512, 512]` for any aligned face: 1 on the face, falling softly to 0 before the crop's edge.

    All callers get the same array, which cannot be written to.
    """
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    # A rounded oval from above the hairline to below the chin of FFHQ's mean face.
    radius = (np.abs((x - 256) / 204) ** 2.5 + np.abs((y - 264) / 236) ** 2.5) ** (1 / 2.5)
    mask = _smooth_step((1 - radius) / 0.3)
    mask.flags.writeable = False
    return mask


def tone_of(pixels: Pixels) -> Tone | None:
    """The tone of a sepia, faded or otherwise toned print; None for a colour photograph.

    In a toned print the brightness of a pixel determines its colour. A photo counts as toned if 90 % of its pixels are
    within ten levels of the median colour of their brightness. (Nineteenth-century prints, even stained ones, measured
    0 to 10 levels; 95 of 100 colour portraits measured above 14.)
    """
    small = _thumbnail(pixels).reshape(-1, 3)
    luma = small @ LUMA
    colour = small - luma[:, None]
    bins = np.minimum((luma * (_BINS / 256)).astype(int), _BINS - 1)
    order = np.argsort(bins.astype(np.uint8), kind="stable")  # bytes are sorted in one pass
    used, starts = np.unique(bins[order], return_index=True)
    # In rows, one a channel, of which each brightness is one piece: numpy reads them several times as fast.
    rows = np.ascontiguousarray(colour[order].T)
    medians = np.array([np.median(piece, axis=1) for piece in np.split(rows, starts[1:], axis=1)], np.float32)
    offsets = np.stack([np.interp(np.arange(_BINS), used, medians[:, c]) for c in range(3)], axis=1)
    spread = np.abs(colour - offsets[bins])
    spread = np.maximum(np.maximum(spread[:, 0], spread[:, 1]), spread[:, 2])
    if np.percentile(spread, 90) > _TONED_SPREAD:
        return None
    smooth = cv2.GaussianBlur(offsets.astype(np.float32), (1, 9), 1.5, borderType=cv2.BORDER_REPLICATE)
    return Tone(smooth.reshape(_BINS, 3).astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Layers:
    """A face prepared for painting, in crop coordinates or, if it is small, at the photo's own scale.

    Attributes:
        layer: `[h, w, 4]`, the restorer's change plus the crop's share of the detail to remove, levels; and the mask.
        unseen: `[h, w]`, the share of the photo's fine detail to remove, 0 to 1; None if the crop contains all detail.
        matrix: from these pixels to the photo's.
        support: the photo's rectangle outside which the mask is 0.
    """

    layer: Floats
    unseen: Floats | None
    matrix: Matrix
    support: Rectangle


def _layers(face: RestoredFace, mask: Floats, picture: Picture) -> _Layers:
    aligned = face.aligned
    change = _in_key(face.restored - aligned.crop, aligned.crop, mask)
    unseen = None
    # If the crop is smaller than the face, the restorer has not seen the photo's finest detail.
    if aligned.scale < 1:
        unseen = 1 - _kept_detail(aligned.crop, face.restored)
        # That detail is the photo minus the crop. `unseen` is smooth, so the crop's part can be added to the change.
        change += unseen[..., None] * aligned.crop
    layer, matrix = at_scale(np.dstack([change, mask]), aligned.inverse)
    return _Layers(layer, unseen, matrix, _support(mask, aligned.inverse, picture))


def _paint(
    pixels: Pixels, original: Picture, layers: _Layers, strength: float, tone: Tone | None, tile: Rectangle
) -> None:
    """Blend one tile of a face into `pixels`, over earlier faces."""
    left, top, right, bottom = tile
    area = slice(top, bottom), slice(left, right)
    peak = np.float32(original.peak / 255)  # 1, or 257 in a 16-bit photo
    matrix = (shift(-left, -top) @ np.vstack([layers.matrix, (0, 0, 1)]))[:2]
    warped = _warped(layers.layer, matrix, tile, cv2.INTER_CUBIC)
    *difference, weight = (np.asarray(plane, np.float32) for plane in cv2.split(warped))
    weight = weight.clip(0, 1)
    photo = [plane.astype(np.float32) / peak for plane in cv2.split(original.pixels[area])]
    if layers.unseen is not None:
        unseen = _warped(layers.unseen, matrix, tile, cv2.INTER_LINEAR)
        difference = [there - unseen * here for there, here in zip(difference, photo, strict=True)]
    difference = _in_tone(photo, difference, original.monochrome, tone)
    results = []
    for below, before, change in zip(cv2.split(pixels[area]), photo, difference, strict=True):
        # Where the weight is 0, this reproduces the pixel exactly.
        level = below.astype(np.float32) / peak
        level += weight * (before + np.float32(strength) * change - level)
        results.append(np.rint(level.clip(0, 255) * peak).astype(below.dtype))
    pixels[area] = cv2.merge(results)


def _warped(image: Floats, matrix: Matrix, tile: Rectangle, flags: int) -> Floats:
    """An image warped to a tile of the photo."""
    size = tile[2] - tile[0], tile[3] - tile[1]
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _in_tone(photo: list[Floats], difference: list[Floats], monochrome: bool, tone: Tone | None) -> list[Floats]:
    """A change limited to the photo's colours: grey stays grey, and sepia stays on its own tone curve."""
    if not monochrome and tone is None:
        return difference
    light = _luma(difference)
    if tone is None:
        return [light] * 3
    luma = _luma(photo)
    colour = tone.at(luma + light) - tone.at(luma)
    return [light + colour[..., channel] for channel in range(3)]


def _luma(planes: list[Floats]) -> Floats:
    """The brightness of red, green and blue planes."""
    red, green, blue = planes
    luma: Floats = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return luma


def _in_key(change: Floats, crop: NDArray[np.uint8], mask: Floats) -> Floats:
    """Remove the part of a change that would make the face lighter, warmer or harder than the photo around it.

    Restorers shift the tone of faces, and the rest of the photo does not follow. Two smooth parts are removed: a shift
    and a contrast for each channel, fitted over the mask; then the remaining change on the ring where the mask falls
    from 1 to 0, fading inwards. Detail and local light and shade stay. A change of 0 stays 0.
    """
    weight, ring = _coarse(mask), _coarse(4 * mask * (1 - mask))
    if weight.sum() < 1:
        return change
    here, there = _coarse(change), _coarse(crop.astype(np.float32))

    def mean(values: Floats) -> Floats:
        return np.asarray((weight[..., None] * values).sum((0, 1)) / weight.sum(), np.float32)

    shift, middle = mean(here), mean(there)
    steadier = np.float32(100)  # squared levels: an even surface does not show its contrast
    contrast = mean((here - shift) * (there - middle)) / (mean((there - middle) ** 2) + steadier)
    taste = shift + contrast * (there - middle)

    near = cv2.GaussianBlur(ring, (0, 0), _SEAM_REACH)
    usual = max(float((near * ring).sum() / max(float(ring.sum()), 1.0)), 1e-3)  # the mean of `near` on the ring
    left_over = cv2.GaussianBlur(ring[..., None] * (here - taste), (0, 0), _SEAM_REACH)
    seam = left_over / np.maximum(near, usual)[..., None]
    offset = cv2.resize(taste + seam, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(change - offset, np.float32)


def _coarse(image: Floats) -> Floats:
    """A crop's tone without its detail, on a grid of `_CELL` pixels."""
    small = cv2.resize(image, (SIZE // _CELL, SIZE // _CELL), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 2.0), np.float32)


def _kept_detail(crop: NDArray[np.uint8], restored: Floats) -> Floats:
    """How much of the crop's finest detail the restorer kept, `[512, 512]`, 0 (replaced) to 1 (kept).

    A face larger than the crop has detail that the restorer never saw. If we always kept it, a damaged scan would keep
    fine grain and scratches over a clean face; if we always dropped it, a sharp portrait would lose its skin texture
    and lashes. So unseen detail is kept in the same share as the finest seen detail: the regression, in each
    neighbourhood, of the restored face's finest detail on the crop's. An unchanged crop gives exactly 1.
    """
    before, after = crop.astype(np.float32) @ LUMA, restored @ LUMA
    before -= cv2.GaussianBlur(before, (0, 0), 1.5)
    after -= cv2.GaussianBlur(after, (0, 0), 1.5)
    floor = np.float32(0.1)  # squared levels: without detail to compare, it is kept
    share = (_around(before * after) + floor) / (_around(before * before) + floor)
    return np.asarray(cv2.resize(share.clip(0, 1), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.float32)


def _around(image: Floats) -> Floats:
    """The mean over a soft neighbourhood of 8 pixels, at a quarter of the size, which costs a sixteenth."""
    small = cv2.resize(image, (SIZE // 4, SIZE // 4), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 2), np.float32)


def _framed(mask: Floats) -> Floats:
    """`mask`, falling to 0 at the crop's edge: nothing is known outside it."""
    ramp = np.minimum(np.arange(SIZE), np.arange(SIZE)[::-1]).astype(np.float32) / _FRAME
    edge = _smooth_step(ramp.astype(np.float32))
    return mask * edge[:, None] * edge[None, :]


def _smooth_step(x: Floats) -> Floats:
    """Smoothstep: 0 below 0, 1 above 1, smooth between."""
    x = x.clip(0, 1)
    return x * x * (3 - 2 * x)


def _support(mask: Floats, inverse: Matrix, picture: Picture) -> Rectangle:
    """The photo's rectangle outside which the mask is 0."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, 0, 0
    box = int(columns[0]) - 1, int(rows[0]) - 1, int(columns[-1]) + 1, int(rows[-1]) + 1
    return region(inverse, box, (picture.width, picture.height), margin=2)


def _tiles(area: Rectangle) -> Iterator[Rectangle]:
    """The rectangle in tiles of at most `_TILE` pixels; none if it is empty."""
    left, top, right, bottom = area
    for y in range(top, bottom, _TILE):
        for x in range(left, right, _TILE):
            yield x, y, min(x + _TILE, right), min(y + _TILE, bottom)


def _thumbnail(pixels: Pixels) -> Floats:
    """The photo at 256 pixels or less, `[height, width, 3]`, 0 to 255: shrinking averages out JPEG's colour noise."""
    height, width = pixels.shape[:2]
    scale = min(1.0, 256 / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max / 255)
