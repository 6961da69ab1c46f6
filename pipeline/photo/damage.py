"""Finds what hides parts of a photo: scratches, cracks, folds, dust, hairs, flakes, stains, tears.

A network says for each pixel how certain it is. `damage_mask` follows lines and spots from certain pixels to likely
ones. `is_damaged` says whether the photo as a whole looks damaged, because a sound photo must stay as it is.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.imaging.picture import Pixels
from magicmemory.pipeline.imaging.tiles import Floats, Patch, patches
from magicmemory.pipeline.photo.network_patches import MARGIN, MOST, MULTIPLE, run_patches

Mask = NDArray[np.bool_]
Samples = TypeVar("Samples", Pixels, Floats)

LARGEST_LOOK: Final = 3_000_000  # pixels; a larger photo is looked at in a smaller copy: its damage is larger too


# A region of damage is likely everywhere and certain somewhere.
LIKELY: Final = 0.4
CERTAIN: Final = 0.6
# Wear comes in numbers: a photo counts as damaged where so many places of it look sure on the whole, or hold a very
# certain pixel, or where so much of it is quite certain, as broad cracks are. What the network takes for damage in a
# sound photo (joints of bricks, glints) are few places, or unsure ones.
PERHAPS: Final = 0.3  # a place is so likely everywhere
SURE_PLACE: Final = 0.65  # the mean over a place
LEAST_SURE_PLACES: Final = 6.0  # in a photo, and for each megapixel of a larger one
VERY_CERTAIN: Final = 0.98
LEAST_CERTAIN_PLACES: Final = 3.0
QUITE_CERTAIN: Final = 0.7
LEAST_SHARE: Final = 0.01  # of the photo
LEAST_PIXELS: Final = 6  # of a region, at the size of the look
RIM: Final = 1  # pixels around a region that belong to it: damage has soft rims
LONG: Final = 4.0  # a line is so many times longer than wide
LARGEST_WIDTH: Final = 0.042  # of the root of the photo's pixels: 42 pixels of a megapixel
MOST_DUST: Final = 0.012  # of the root of the photo's pixels; a wider spot is a loss


class DamageFinder(Protocol):
    """Finds damage."""

    def __call__(self, pixels: Pixels) -> Floats:
        """How certain it is that damage hides the picture.

        Args:
            pixels: `[height, width, 3]` RGB of 8 or 16 bits.

        Returns:
            `[height, width]`, 0 to 1.
        """


class TiledDamageFinder:
    """A network behind the `DamageFinder` protocol."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled network: `[n, 3, height, width]` RGB in 0..1 to `[n, 1, height, width]`, any size.
        """
        self._runner = runner

    def __call__(self, pixels: Pixels) -> Floats:
        """See `DamageFinder`."""
        height, width = pixels.shape[:2]
        small = shrunk_to_look(pixels)
        down, across = small.shape[:2]
        found = np.empty((down, across), np.float32)
        peak = np.float32(np.iinfo(pixels.dtype).max)

        def planes(part: Patch) -> Floats:
            return np.asarray(small[part.seen].astype(np.float32) / peak, np.float32)

        for part, made in run_patches(self._runner, patches(down, across, MOST, MARGIN, MULTIPLE), planes):
            found[part.kept] = made[..., 0]
        if (down, across) != (height, width):
            found = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        return found.clip(0, 1)


def look_scale(height: int, width: int) -> float:
    """How many times smaller than the photo the look at it is, at most 1."""
    return min(1.0, math.sqrt(LARGEST_LOOK / max(1, height * width)))


def shrunk_to_look(pixels: Samples) -> Samples:
    """A photo or a map `[height, width, …]` at the size of the look; itself where it is small."""
    height, width = pixels.shape[:2]
    scale = look_scale(height, width)
    if scale == 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cast(Samples, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def small_mask(mask: Mask, least: float) -> Mask:
    """A mask at the size of the look: where more than `least` of a pixel, 0 to 1, is masked."""
    if look_scale(*mask.shape) == 1:
        return mask
    return np.asarray(shrunk_to_look(mask.astype(np.float32)) > least, bool)


def too_large(mask: Mask) -> Mask:
    """The parts of a mask that are too wide to be filled. A line that ends in such a part is not one of them."""
    if not mask.any():
        return np.zeros(mask.shape, bool)
    small = small_mask(mask, least=0.5)
    reach = (LARGEST_WIDTH * math.sqrt(small.size) + 1) / 2
    inside = np.pad(small.astype(np.uint8), 1)  # beyond the border is outside
    core = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1] > reach
    if not core.any():
        return np.zeros(mask.shape, bool)
    large = small & (cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 3) <= 1.5 * reach)  # corners too
    if large.shape != mask.shape:
        wide = cv2.resize(large.astype(np.uint8), mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
        large = cv2.dilate(wide, np.ones((5, 5), np.uint8)) > 0
    return np.asarray(large & mask, bool)


def is_damaged(probability: Floats) -> bool:
    """Whether so much of a photo looks damaged, for certain, that it is no sound photo.

    What is too wide to be filled does not count.

    Args:
        probability: `[height, width]`, from a `DamageFinder`.
    """
    small = shrunk_to_look(probability)
    small = np.where(too_large(damage_mask(small)), np.float32(0), small)  # buttons look like losses
    if np.count_nonzero(small >= QUITE_CERTAIN) >= LEAST_SHARE * small.size:
        return True
    places = _places(small, PERHAPS)
    megapixels = max(1.0, small.size / 1e6)
    sure = np.count_nonzero(places.mean >= SURE_PLACE)
    very_certain = np.count_nonzero(places.highest >= VERY_CERTAIN)
    return bool(sure >= LEAST_SURE_PLACES * megapixels or very_certain >= LEAST_CERTAIN_PLACES * megapixels)


def damage_mask(probability: Floats) -> Mask:
    """What is taken for damage.

    Args:
        probability: `[height, width]`, from a `DamageFinder`.

    Returns:
        `[height, width]`.
    """
    height, width = probability.shape
    small = shrunk_to_look(probability)
    kept = _regions(small)
    side = 2 * RIM + 1
    wide = cv2.dilate(kept.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    if wide.shape == (height, width):
        return np.asarray(wide > 0, bool)
    shown = cv2.resize(np.asarray(wide * 255, np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(shown > 127, bool)


def _regions(probability: Floats) -> Mask:
    """Connected likely pixels, where one of them is certain."""
    places = _places(probability, LIKELY)
    return np.asarray((places.highest >= CERTAIN)[places.labels], bool)


@dataclass(frozen=True)
class Places:
    """The connected pixels of a map that are likely enough.

    Attributes:
        labels: `[height, width]`, the number of the place; 0: none.
        highest: for each number, how certain its most certain pixel is; 0 for none, and for places that are too small.
        mean: for each number, the mean over the place; 0 as before.
    """

    labels: NDArray[np.int32]
    highest: Floats
    mean: Floats


def _places(probability: Floats, least: float) -> Places:
    count, labels = cv2.connectedComponents((probability >= least).astype(np.uint8), connectivity=8)
    numbers = np.asarray(labels[labels > 0], np.int32)
    values = np.asarray(probability[labels > 0], np.float32)
    highest = np.zeros(count, np.float32)
    np.maximum.at(highest, numbers, values)
    sizes = np.bincount(numbers, minlength=count)
    mean = (np.bincount(numbers, values, count) / np.maximum(sizes, 1)).astype(np.float32)
    highest[sizes < LEAST_PIXELS] = mean[sizes < LEAST_PIXELS] = 0
    return Places(np.asarray(labels, np.int32), highest, mean)


@dataclass(frozen=True)
class Region:
    """A connected part of a mask.

    Attributes:
        label: its number, from 1.
        area: pixels.
        width: at its widest place, pixels.
        length: its area over its mean width, or its longest side, whichever is more; pixels.
    """

    label: int
    area: int
    width: float
    length: float


def regions_of(mask: Mask) -> tuple[NDArray[np.int32], list[Region]]:
    """The connected parts of a mask: their labels `[height, width]`, 0 outside, and their shapes."""
    drawn = mask.astype(np.uint8)
    count, numbered, boxes, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    labels = np.asarray(numbered, np.int32)
    inside = np.pad(drawn, 1)  # beyond the border is outside
    far = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels[mask], far[mask])
    found = []
    for label in range(1, count):
        _, _, wide, high, area = (int(value) for value in boxes[label])
        width = max(1.0, 2 * float(deepest[label]) - 1)
        found.append(Region(label, area, width, max(math.hypot(wide, high), area / width)))
    return labels, found


def shares(mask: Mask) -> dict[str, float]:
    """The shares of the photo that are hidden, 0 to 1, by the shape of what hides it.

    Returns:
        `scratches` (also cracks, folds, hairs: whatever is long), `dust` (small spots), `losses` (larger ones).
    """
    totals = {"scratches": 0, "dust": 0, "losses": 0}
    if mask.any():
        mask = small_mask(mask, least=0.5)
        unit = MOST_DUST * math.sqrt(mask.size)
        for region in regions_of(mask)[1]:
            totals[_kind(region, unit)] += region.area
    return {kind: total / max(1, mask.size) for kind, total in totals.items()}


def _kind(region: Region, unit: float) -> str:
    if region.length >= LONG * region.width and region.length > unit / 2:
        return "scratches"
    return "dust" if region.width <= unit else "losses"
