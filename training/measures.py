"""Picture measures: PSNR, SSIM, gradient energy, specks and NIQE. All take RGB bytes `[height, width, 3]`.

PSNR, SSIM, gradient energy and specks look at the face region of the aligned 256-pixel crop, not at the background.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Rows and columns of the aligned 256-pixel crop from the brow to below the chin, and from ear to ear.
FACE_REGION = (slice(56, 224), slice(56, 200))
SPECK_CONTRAST = 16  # levels from the median of its surroundings, from which a dot is seen
SPECK_AREA = 6  # pixels at most
_LUMA = np.array([0.299, 0.587, 0.114])


def luma(image: Image) -> Floats:
    """Brightness, 0 to 255."""
    grey: Floats = image.astype(np.float64) @ _LUMA
    return grey


def psnr(image: Image, clean: Image) -> float:
    """PSNR over the face region, all three colours, at most 60 dB."""
    error = (image[FACE_REGION].astype(np.float64) - clean[FACE_REGION]) ** 2
    return min(60.0, 10 * math.log10(255**2 / max(float(error.mean()), 1e-9)))


def ssim(image: Image, clean: Image) -> float:
    """Structural similarity of the brightness of two faces."""
    return structural_similarity(luma(image)[FACE_REGION], luma(clean)[FACE_REGION])


def structural_similarity(a: Floats, b: Floats) -> float:
    """Of two pictures `[height, width]`, 0 to 255 (Wang et al. 2004: Gaussian window, sigma 1.5)."""

    def smooth(x: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(x, (11, 11), 1.5), np.float64)

    mean_a, mean_b = smooth(a), smooth(b)
    var_a, var_b = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2
    both = smooth(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ratio = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(ratio[5:-5, 5:-5].mean())


def gradient_energy(image: Image) -> float:
    """Mean squared brightness step between neighbours in the face region; higher means sharper or noisier."""
    grey = luma(image)[FACE_REGION]
    return float((np.diff(grey, axis=0) ** 2).mean() + (np.diff(grey, axis=1) ** 2).mean())


def specks(image: Image) -> int:
    """How many isolated dots the face region has: pixels that differ from the median of the 5x5 around, in groups of at
    most `SPECK_AREA`. A clean face has some too (catchlights, moles, stubble).
    """
    grey = np.rint(luma(image)[FACE_REGION]).astype(np.uint8)
    apart = cv2.absdiff(grey, cv2.medianBlur(grey, 5)) > SPECK_CONTRAST
    found = cv2.connectedComponentsWithStats(apart.astype(np.uint8), connectivity=8)[2]
    return int((found[1:, cv2.CC_STAT_AREA] <= SPECK_AREA).sum())


@dataclass(frozen=True)
class Niqe:
    """NIQE (Mittal et al. 2013): distance from the statistics of natural pictures; lower is better."""

    mean: Floats  # [36]
    covariance: Floats  # [36, 36]
    window: Floats  # [7, 7]

    @classmethod
    def read(cls, path: Path) -> Niqe:
        """The pristine statistics, as an npz with mu_pris_param, cov_pris_param and gaussian_window."""
        with np.load(path) as stored:
            return cls(stored["mu_pris_param"].ravel(), stored["cov_pris_param"], stored["gaussian_window"])

    def __call__(self, image: Image, block: int = 64) -> float:
        """The score of a picture.

        The published block of 96 pixels leaves four blocks in a face crop, too few for a covariance, so the
        blocks here are 64 pixels and half overlap. Only compare figures made this way.
        """
        grey = np.rint(luma(image)).astype(np.float64)
        rows = []
        for scale in (1, 2):
            plane = grey if scale == 1 else cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            mean = cv2.filter2D(plane, cv2.CV_64F, self.window, borderType=cv2.BORDER_REPLICATE)
            square = cv2.filter2D(plane**2, cv2.CV_64F, self.window, borderType=cv2.BORDER_REPLICATE)
            flat = (plane - mean) / (np.sqrt(np.abs(square - mean**2)) + 1)
            side, step = block // scale, block // scale // 2
            tops = range(0, flat.shape[0] - side + 1, step)
            lefts = range(0, flat.shape[1] - side + 1, step)
            rows.append([_features(flat[y : y + side, x : x + side]) for y in tops for x in lefts])
        features = np.concatenate([np.array(part) for part in rows], axis=1)  # [blocks, 36]
        apart = self.mean - np.nanmean(features, axis=0)
        spread = (self.covariance + np.cov(features[~np.isnan(features).any(axis=1)], rowvar=False)) / 2
        return float(np.sqrt(apart @ np.linalg.pinv(spread) @ apart))


_SHAPES = np.arange(0.2, 10.001, 0.001)
_RATIOS = np.array([math.gamma(2 / shape) ** 2 / (math.gamma(1 / shape) * math.gamma(3 / shape)) for shape in _SHAPES])


def _asymmetric(block: Floats) -> tuple[float, float, float]:
    """Shape and the two widths of an asymmetric generalised Gaussian."""
    left = np.sqrt((block[block < 0] ** 2).mean()) if (block < 0).any() else 1e-6
    right = np.sqrt((block[block > 0] ** 2).mean()) if (block > 0).any() else 1e-6
    skew = left / max(right, 1e-6)
    ratio = np.abs(block).mean() ** 2 / max((block**2).mean(), 1e-12)
    wanted = ratio * (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    shape = float(_SHAPES[min(int(np.searchsorted(_RATIOS, wanted)), len(_SHAPES) - 1)])  # the ratios increase
    scale = math.sqrt(math.gamma(1 / shape) / math.gamma(3 / shape))
    return shape, float(left * scale), float(right * scale)


def _features(block: Floats) -> list[float]:
    """NIQE's 18 features of a block."""
    shape, left, right = _asymmetric(block)
    found = [shape, (left + right) / 2]
    for shift in ((0, 1), (1, 0), (1, 1), (1, -1)):
        product = block * np.roll(block, shift, axis=(0, 1))
        shape, left, right = _asymmetric(product)
        mean = (right - left) * math.gamma(2 / shape) / math.gamma(1 / shape)
        found += [shape, mean, left, right]
    return found
