"""Finds what hides parts of a photo: scratches, cracks, folds, dust, hairs, flakes, stains, tears.

A network looks at a smaller and a larger copy, and says for each pixel how certain it is. Then the tones of the surest
damage speak for places that have them too. `damage_mask` takes whole lines and spots. `is_damaged` says whether the
photo as a whole looks damaged, because a sound photo must stay as it is.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.blend import LUMA
from magicmemory.pipeline.imaging.picture import Pixels
from magicmemory.pipeline.imaging.tiles import Floats, patches
from magicmemory.pipeline.photo.network_patches import MARGIN, MOST, MULTIPLE, run_patches

Mask = NDArray[np.bool_]
Samples = TypeVar("Samples", Pixels, Floats)

LARGEST_LOOK: Final = 3_000_000  # pixels; a larger photo is looked at in a smaller copy: its damage is larger too
SCALES: Final = (0.75, 4 / 3)  # of the copies: texture is seldom taken for damage at both sizes
_SUREST: Final = 0.996  # what the network says is not trusted beyond this

# Wear of one print has few tones: its paper's, and dirt's.
_TONES: Final = 32
_TONES_APART: Final = 1.2  # in tones; standard deviation of the filter over the counts
_SURE_POWER: Final = 8  # certain damage counts for its tone, doubtful damage hardly
_PRIOR_PIXELS: Final = 1500.0  # so much certain damage counts as much as knowing nothing
_TONE_WEIGHT: Final = 0.3  # of the logarithm of the odds by tone
_MOST_TONE: Final = 3.0  # the largest such logarithm
_TINY: Final = 1e-9

LIKELY: Final = 0.45  # everywhere in a place
WIDTH_COST: Final = 0.4  # a wide place must be surer: what is wide is more often a thing than damage
LEAST_EVIDENCE: Final = 0.0  # of a place that is taken for damage
# Wear comes in numbers. What is taken for damage in a sound photo (joints of bricks, glints) are few places, or unsure.
SURE_EVIDENCE: Final = 0.6
LEAST_SURE_PLACES: Final = 3.0  # in a photo of a megapixel
LEAST_SHARE: Final = 0.005  # of the photo, or so much of it is sure: cracks that meet are one place
ROUND: Final = 1.35  # a disc has at most so many times the area of the largest circle in it
LEAST_PIXELS: Final = 6  # of a place, at the size of the look
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
        small = shrunk_to_look(pixels).astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
        logits = np.asarray(np.mean([self._look(small, scale) for scale in SCALES], axis=0), np.float32)
        return _resized(with_tones(probability_of(logits), small), pixels.shape[:2], cv2.INTER_LINEAR)

    def _look(self, picture: Floats, scale: float) -> Floats:
        """What the network says of a copy, as logits at the size of the picture."""
        down, across = (max(1, round(scale * length)) for length in picture.shape[:2])
        copy = _resized(picture, (down, across), cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        found = np.empty((down, across), np.float32)
        parts = patches(down, across, MOST, MARGIN, MULTIPLE)
        for part, made in run_patches(self._runner, parts, lambda part: copy[part.seen]):
            found[part.kept] = made[..., 0]
        return logits_of(_resized(found, picture.shape[:2], cv2.INTER_LINEAR if scale < 1 else cv2.INTER_AREA))


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


def with_tones(probability: Floats, picture: Floats) -> Floats:
    """Let the tones of the surest damage speak: places that have them become likelier, others less likely.

    By Bayes' rule, with histograms of the lightness of damaged and of sound pixels.

    Args:
        probability: `[height, width]`.
        picture: `[height, width, 3]` RGB, 0 to 1.

    Returns:
        `[height, width]`, 0 to 1.
    """
    tones = np.rint(picture @ (LUMA * np.float32(_TONES - 1))).astype(np.int32)
    certain = probability**_SURE_POWER
    damaged, sound, photo = (_histogram(tones, weights) for weights in (certain, 1 - probability, None))
    damaged = (damaged + _PRIOR_PIXELS * photo / photo.sum()) / (damaged.sum() + _PRIOR_PIXELS)
    odds = np.log((damaged + _TINY) / (sound / (sound.sum() + _TINY) + _TINY)).clip(-_MOST_TONE, _MOST_TONE)
    return probability_of(logits_of(probability) + (_TONE_WEIGHT * odds).astype(np.float32)[tones])


def _histogram(tones: NDArray[np.int32], weights: Floats | None) -> NDArray[np.float64]:
    """How many pixels have each tone, smoothed."""
    counts = np.bincount(tones.ravel(), None if weights is None else weights.ravel(), _TONES).astype(np.float64)
    smooth = cv2.GaussianBlur(counts[None], (0, 0), _TONES_APART, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth[0], np.float64)


def logits_of(probability: Floats) -> Floats:
    """The logarithms of the odds, within those of `_SUREST`."""
    inside = probability.clip(1 - _SUREST, _SUREST)
    return np.asarray(np.log(inside / (1 - inside)), np.float32)


def probability_of(logits: Floats) -> Floats:
    """Back from `logits_of`."""
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def is_damaged(probability: Floats) -> bool:
    """Whether so many places of a photo are surely damaged, or so much of it, that it is no sound photo.

    What is too wide to be filled does not count, nor do discs larger than dust, for buttons look so. A larger photo
    needs more places, for it has more that may look like damage: with its pixels, and below a megapixel, where lines
    and cracks make few places, with their root.

    Args:
        probability: `[height, width]`, from a `DamageFinder`.
    """
    small = shrunk_to_look(probability)
    places = _places(small)
    is_large = 2 * places.half_width - 1 > MOST_DUST * math.sqrt(small.size)
    is_disc = places.area < ROUND * np.pi * places.half_width**2
    sure = (places.evidence >= SURE_EVIDENCE) & ~(is_large & is_disc)
    damaged = places.labels[sure[places.labels] & ~too_large(places.mask)]
    megapixels = small.size / 1e6
    least = LEAST_SURE_PLACES * max(megapixels, math.sqrt(megapixels))
    return bool(len(np.unique(damaged)) >= least or len(damaged) >= LEAST_SHARE * small.size)


def damage_mask(probability: Floats) -> Mask:
    """What is taken for damage.

    Args:
        probability: `[height, width]`, from a `DamageFinder`.

    Returns:
        `[height, width]`.
    """
    side = 2 * RIM + 1
    rim = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.dilate(_places(shrunk_to_look(probability)).mask.astype(np.uint8), rim)
    return np.asarray(_resized(np.asarray(wide * 255, np.uint8), probability.shape, cv2.INTER_LINEAR) > 127, bool)


@dataclass(frozen=True)
class Places:
    """The connected likely pixels of a map.

    Attributes:
        labels: `[height, width]`, the number of the place; 0: none.
        area: of each number, pixels.
        half_width: of each number, pixels from its middle to what is outside; at least half a pixel.
        evidence: of each number, that it is damage: the mean of its logits, less the more the wider it is;
            minus infinity for none, and for places that are too small.
    """

    labels: NDArray[np.int32]
    area: NDArray[np.int64]
    half_width: Floats
    evidence: Floats

    @property
    def mask(self) -> Mask:
        """Those with enough evidence."""
        return np.asarray((self.evidence >= LEAST_EVIDENCE)[self.labels], bool)


def _places(probability: Floats) -> Places:
    likely = (probability >= LIKELY).astype(np.uint8)
    count, numbered = cv2.connectedComponents(likely, connectivity=8)
    labels = np.asarray(numbered, np.int32)
    where = labels > 0
    numbers = labels[where]
    area = np.bincount(numbers, minlength=count)
    half_width = _half_widths(labels, count)
    means = np.bincount(numbers, logits_of(probability[where]), count) / np.maximum(area, 1)
    evidence = np.asarray(means - WIDTH_COST * np.log(half_width), np.float32)
    evidence[area < LEAST_PIXELS] = -np.inf
    return Places(labels, area, half_width, evidence)


def _half_widths(labels: NDArray[np.int32], count: int) -> Floats:
    """See `Places`, for so many labelled places."""
    where = labels > 0
    inside = np.pad(where.astype(np.uint8), 1)  # beyond the border is outside
    far = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    deepest = np.full(count, 0.5, np.float32)
    np.maximum.at(deepest, labels[where], far[where])
    return deepest


def _resized(samples: Samples, size: tuple[int, ...], how: int) -> Samples:
    """At another height and width; itself if it has these."""
    if samples.shape[:2] == size:
        return samples
    return cast(Samples, cv2.resize(samples, size[::-1], interpolation=how))


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
    half_widths = _half_widths(labels, count)
    found = []
    for label in range(1, count):
        _, _, wide, high, area = (int(value) for value in boxes[label])
        width = max(1.0, 2 * float(half_widths[label]) - 1)
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
