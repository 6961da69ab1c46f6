"""Measure whether moles stay: `python -m training.moles PORTRAITS/large --landmarks yunet:FILE.onnx`.

Sixteen moles of CC0 portraits, found by eye. A mole's contrast is its difference of Gaussians, in levels of lightness.
The first table has the share of it that is left after the portrait was restored as in the product: as it is, and
damaged. The second one compares moles with specks of dirt drawn on the same skin: the contrast at twice the scale over
the contrast, which would have to differ if scale could tell one from the other.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.options import Options, Scope, Texture
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from training.align import TEMPLATE, Image, Points, crop_whole, eye_distance, read_rgb
from training.damage import resaved
from training.prepare import finder_of

Plane = NDArray[np.float32]

# The portrait, and the mole's place in its aligned crop of 512 pixels.
MOLES: Final = (
    ("cc0_029", 381, 287),
    ("cc0_039", 264, 440),
    ("pif_ai-james-pavur", 161, 372),
    ("pif_ankita-dhussa", 171, 284),
    ("pif_annie-callahan", 334, 353),
    ("pif_bradley-wintersteen", 174, 393),
    ("pif_diana-lam", 156, 312),
    ("pif_eboni-freeman", 140, 333),
    ("pif_eboni-freeman", 364, 308),
    ("pif_jordan-eccles", 256, 458),
    ("pif_michael-kreisel", 185, 356),
    ("pif_olivia-zhu", 160, 390),
    ("pif_scott-gorman", 174, 286),
    ("usdc_austin-du", 360, 385),
    ("usdc_dhan-gurung", 265, 179),
    ("usdc_jamie-oh", 165, 345),
)
DAMAGE: Final = {"none": (0.0, 0.0, 0.0), "mild": (1.0, 6.0, 0.3), "medium": (1.8, 14.0, 0.6)}  # blur, noise, JPEG
SCALE: Final = 2.5  # crop pixels
SPECKS: Final = (1, 2, 3)  # pixels of the portrait, radius
_AWAY: Final = 24  # crop pixels between specks
SKIN: Final = ((140, 290), (220, 350)), ((300, 290), (370, 350)), ((190, 120), (320, 180))  # cheeks and forehead


def lightness(crop: Image) -> Plane:
    """L of Lab in OpenCV's 8-bit scale, `[512, 512]`."""
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)[..., 0], np.float32)


def contrast(light: Plane, x: int, y: int, scale: float, surround: float) -> float:
    """How much darker a spot is than its surroundings, levels; the highest value within four pixels."""
    near, far = (cv2.GaussianBlur(light, (0, 0), sigma) for sigma in (scale, surround * scale))
    return float((far - near)[y - 4 : y + 5, x - 4 : x + 5].max())


def damaged(portrait: Image, points: Points, kind: str, seed: int) -> Image:
    """A blurred, noisy, compressed portrait; the blur's size follows the face's."""
    blur, noise, jpeg = DAMAGE[kind]
    if not blur:
        return portrait
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(portrait.astype(np.float32), (0, 0), blur * eye_distance(points) / 126)
    noisy = soft + rng.normal(0, noise, portrait.shape[:2])[..., None]
    return resaved(np.asarray(noisy, np.float32), rng, jpeg, grey=False).clip(0, 255).astype(np.uint8)


def with_specks(portrait: Image, points: Points, radius: int, seed: int) -> tuple[Image, list[tuple[int, int]]]:
    """A portrait with dark specks on cheeks and forehead, and their places in the crop."""
    rng = np.random.default_rng(seed)
    matrix, _ = cv2.estimateAffinePartial2D(points, TEMPLATE, method=cv2.LMEDS)
    inverse = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2]
    drawn, places = portrait.copy(), []
    for (left, top), (right, bottom) in SKIN:
        for y in range(top, bottom, _AWAY):
            for x in range(left, right, _AWAY):
                at = inverse @ (x + rng.uniform(-4, 4), y + rng.uniform(-4, 4), 1)
                centre = round(at[0]), round(at[1])
                cv2.circle(drawn, centre, radius, (40, 40, 40), -1, cv2.LINE_AA)
                back = matrix @ (*centre, 1)
                places.append((round(back[0]), round(back[1])))
    return drawn, places


def at_two_scales(light: Plane, x: int, y: int) -> float:
    """The contrast at twice the scale over the contrast."""
    return contrast(light, x, y, 4, 1.6) / max(contrast(light, x, y, 2, 1.6), 0.1)


def main() -> None:
    """Read the command line, measure and print two tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--landmarks", required=True, help="yunet:FILE.onnx")
    arguments = parser.parse_args()
    find = finder_of(arguments.landmarks)
    faces = []
    for name, x, y in MOLES:
        portrait = read_rgb(arguments.portraits / f"{name}.jpg")
        points = find(portrait)
        assert points is not None  # chosen so
        faces.append((portrait, points, x, y))
    print("| damage | fidelity | contrast left, median | worst |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.of(Settings(data_dir=Path(folder)))
        for kind in DAMAGE:
            for fidelity in (None, 1.0, 0.0):
                options = Options(scope=Scope.FACES, texture=Texture.CLEAN, fidelity=fidelity)
                left = []
                for number, (portrait, points, x, y) in enumerate(faces):
                    before = damaged(portrait, points, kind, number)
                    data = cv2.imencode(".png", before[..., ::-1])[1].tobytes()
                    result = cv2.imdecode(np.frombuffer(pipeline.restore(data, options).data, np.uint8), 1)
                    assert result is not None
                    after = np.ascontiguousarray(result[..., ::-1]).astype(np.uint8, copy=False)
                    was, stays = (
                        contrast(lightness(crop_whole(shown, points)), x, y, SCALE, 3) for shown in (before, after)
                    )
                    left.append(stays / was)
                name = "default" if fidelity is None else f"{fidelity:g}"
                print(f"| {kind} | {name} | {np.median(left):.0%} | {min(left):.0%} |", flush=True)
        pipeline.close()
    print("\n| mildly damaged | quartile | median | quartile |\n|---|---|---|---|")
    rows: dict[str, list[float]] = {"moles": [], **{f"specks of radius {radius}": [] for radius in SPECKS}}
    for number, (portrait, points, x, y) in enumerate(faces):
        light = lightness(crop_whole(damaged(portrait, points, "mild", number), points))
        rows["moles"].append(at_two_scales(light, x, y))
        for radius in SPECKS:
            dirty, places = with_specks(damaged(portrait, points, "mild", number), points, radius, number)
            light = lightness(crop_whole(dirty, points))
            rows[f"specks of radius {radius}"] += [at_two_scales(light, *place) for place in places]
    for name, shares in rows.items():
        low, middle, high = np.percentile(shares, (25, 50, 75))
        print(f"| {name} | {low:.2f} | {middle:.2f} | {high:.2f} |")


if __name__ == "__main__":
    main()
