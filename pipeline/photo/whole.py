"""Decides what a photo needs beside its faces, and does it: repair, tone, cleaning.

Damage is found on the photo as it was sent. What hides the picture is filled first, so that faces are found and
restored on the repaired photo, and contrast is measured without scratches and dust.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from magicmemory.core.options import Options, Step
from magicmemory.core.report import Damage
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.picture import Picture, rotated
from magicmemory.pipeline.imaging.plain import is_plain
from magicmemory.pipeline.photo.clean import cleaned, needs_cleaning
from magicmemory.pipeline.photo.damage import DamageFinder, Mask, damage_mask, is_damaged, shares, too_large
from magicmemory.pipeline.photo.repair import Mender, repaired
from magicmemory.pipeline.photo.tone import Fading, fading_of, with_contrast


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a photo.

    Attributes:
        damage: for the report; None: nothing was looked at.
        steps: what is to be done.
        mask: `[height, width]`, what is taken for damage; None: it was not searched.
        fading: None: it was not measured.
    """

    damage: Damage | None = None
    steps: frozenset[Step] = frozenset()
    mask: Mask | None = None
    fading: Fading | None = None

    def mask_file(self, rotation: int = 0) -> bytes:
        """What was taken for damage, as a PNG, turned clockwise by `rotation` degrees; empty: nothing."""
        if self.mask is None or not self.mask.any():
            return b""
        return encode(rotated(drawn(self.mask), rotation)).data


NOTHING: Final = Look()


class WholePhoto:
    """Looks at photos and restores what is not a face. Thread-safe."""

    def __init__(self, finder: Callable[[], DamageFinder], mender: Callable[[], Mender]) -> None:
        """
        Args:
            finder: gives the network that finds damage; called when it is needed.
            mender: the same for the network that fills and cleans. What it would change tells how much grain or
                compression there is.
        """
        self._finder = finder
        self._mender = mender

    def load(self, options: Options, *, judges: bool = True) -> None:
        """Load the networks that a look with these arguments needs, so that it does not wait for them."""
        wanted = _wanted(options, judges)
        if Step.REPAIR in wanted:
            self._finder()
        if Step.REPAIR in wanted or Step.CLEAN in wanted:
            self._mender()

    def look(self, picture: Picture, options: Options, *, judges: bool = True) -> Look:
        """See what a photo needs, as far as the options leave it open.

        Args:
            picture: the photo.
            options: the choices of the person.
            judges: a photo is judged where the options leave it open; False: nothing is done there.
        """
        # Of a file that ends too early, the person is asked for the whole one: its grey rest would mislead.
        judges = judges and picture.missing is None
        wanted = _wanted(options, judges)
        if not wanted or is_plain(picture.rgb8()):
            return NOTHING
        steps: set[Step] = set()
        seen = dict[str, float]()
        mask = fading = None
        if Step.REPAIR in wanted:
            mask = self._mask(picture, judged=not options.asks_for(Step.REPAIR))
            seen |= shares(mask)
            if (mask & ~too_large(mask)).any():
                steps.add(Step.REPAIR)
        if Step.CLEAN in wanted:
            needs = needs_cleaning(picture.pixels, self._mender())
            seen |= needs
            if options.asks_for(Step.CLEAN) or any(needs.values()):
                steps.add(Step.CLEAN)
        if Step.TONE in wanted:
            fading = fading_of(picture, mask)
            if fading.faded or options.asks_for(Step.TONE):
                seen["fading"] = fading.lost
                steps.add(Step.TONE)
        return Look(Damage(**seen), frozenset(steps), mask, fading)

    def repaired(self, picture: Picture, look: Look) -> Picture:
        """The photo with what is hidden filled and its contrast brought back; itself if neither is to be done."""
        if Step.REPAIR in look.steps and look.mask is not None:
            is_last = Step.CLEAN not in look.steps
            # Cleaning runs the network over the photo anyway: twice would take half as long again.
            picture = repaired(picture, look.mask, self._mender() if is_last else None, grain=is_last)
        if Step.TONE in look.steps and look.fading is not None:
            picture = with_contrast(picture, look.fading)
        return picture

    def cleaned(self, picture: Picture, strength: float) -> Picture:
        """The photo without grain, noise, halftone and compression artifacts, blended by `strength`, 0 to 1."""
        return cleaned(picture, self._mender(), strength)

    def _mask(self, picture: Picture, *, judged: bool) -> Mask:
        """What is taken for damage; with `judged`, nothing in a photo that does not look damaged as a whole."""
        probability = self._finder()(picture.pixels)
        if judged and not is_damaged(probability):
            return np.zeros(probability.shape, bool)
        mask = damage_mask(probability)
        if picture.alpha is not None:
            mask &= picture.alpha > 0
        if picture.missing is not None:
            left, top, right, bottom = (round(value) for value in picture.missing)
            mask[top:bottom, left:right] = False
        return mask


def _wanted(options: Options, judges: bool) -> set[Step]:
    """The steps that are to be done, or to be judged. At strength 0 nothing changes."""
    if not options.strength:
        return set()
    asked = {step: options.asks_for(step) for step in Step}
    return {step for step, does in asked.items() if does or (does is None and judges)}


def drawn(mask: Mask) -> Picture:
    """A mask as a picture: damage is white, the rest is black."""
    return Picture(np.repeat(mask.astype(np.uint8)[..., None] * np.uint8(255), 3, axis=2), "PNG", monochrome=True)


def empty_mask_file(width: int, height: int) -> bytes:
    """The mask of a photo without damage, as a PNG."""
    return encode(drawn(np.zeros((height, width), bool))).data
