"""Make the training set: `python -m training.prepare PORTRAITS --landmarks yunet:FILE.onnx --out FACES.npz`.

Every picture below PORTRAITS with exactly one clear face becomes one aligned crop. The first folder's name is
kept as the picture's set. The split is by person and fixed: the people whose name has the smallest SHA-256
are held out, so a new portrait of a known person always falls on that person's side.

A `manifest.csv` in a set's folder, with the columns `file`, `grade` and `noise_sigma`, says which pictures are sharp
and without grain: only those are targets. Real prints are left out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from pathlib import Path

import numpy as np

from training.align import Finder, crop, crop_whole, eye_distance, read_rgb, yunet_finder

# Two file names of the same person, found by comparing faces.
SAME_PERSON = {"drew-keller": "hs-headshots-102460"}
HELD_OUT = {"congress": 40, "large": 20, "historic": 40}  # people: plain official portraits, varied ones, old ones
FINE_EYES = 95.0  # pixels between the eyes; such a picture has detail finer than 256-pixel crops
MOST_NOISE = 1.3  # levels, of a target; a network that is trained to keep grain keeps it
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def person_of(path: Path) -> str:
    """The person's name in a file name: `house_X`, `senate_X` and `X` are the same person."""
    stem = path.stem
    for prefix in ("house_", "senate_", "pif_", "usdc_"):
        stem = stem.removeprefix(prefix)
    stem = stem.lower()
    return SAME_PERSON.get(stem, stem)


def held_out(people: dict[str, str]) -> set[str]:
    """The validation people, chosen from each person's group: a set named in `HELD_OUT`, else "congress"."""
    chosen: set[str] = set()
    for group, count in HELD_OUT.items():
        names = [name for name, its in people.items() if its == group]
        names.sort(key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        chosen.update(names[:count])
    return chosen


def unfit(folder: Path) -> set[str]:
    """The names of pictures that the sets' manifests do not call sharp and free of grain."""
    names: set[str] = set()
    for manifest in folder.glob("*/manifest.csv"):
        with manifest.open(newline="") as file:
            for row in csv.DictReader(file):
                if row["grade"] != "sharp" or float(row["noise_sigma"]) > MOST_NOISE:
                    names.add(Path(row["file"]).name)
    return names


def finder_of(choice: str) -> Finder:
    """The landmark finder named on the command line.

    Raises:
        ValueError: the choice is unknown.
    """
    kind, _, argument = choice.partition(":")
    if kind == "yunet":
        return yunet_finder(Path(argument))
    raise ValueError(f"unknown landmark finder {choice!r}: use yunet:FILE.onnx")


def prepare(folder: Path, find: Finder) -> dict[str, np.ndarray]:
    """Align every portrait below `folder`; returns the arrays to write."""
    left_out = unfit(folder)
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.name not in left_out)
    if not paths:
        raise ValueError(f"no pictures below {folder}")
    faces, names, people, sets, eyes = [], [], [], [], []
    fine, fine_people = [], []
    for path in paths:
        image = read_rgb(path)
        points = find(image)
        if points is None:
            print(f"left out, no single face: {path.name}", file=sys.stderr)
            continue
        faces.append(crop(image, points))
        names.append(path.name)
        people.append(person_of(path))
        sets.append(path.relative_to(folder).parts[0])
        eyes.append(eye_distance(points))
        if eyes[-1] >= FINE_EYES:
            fine.append(crop_whole(image, points))
            fine_people.append(people[-1])
    groups = {person: its if its in HELD_OUT else "congress" for person, its in zip(people, sets, strict=True)}
    outside = held_out(groups)
    return {
        "faces": np.stack(faces),  # [faces, 288, 288, 3], RGB
        "names": np.array(names),
        "people": np.array(people),
        "sets": np.array(sets),
        "eyes": np.array(eyes, np.float32),
        "validation": np.array([person in outside for person in people]),
        "fine": np.stack(fine) if fine else np.zeros((0, 512, 512, 3), np.uint8),  # those with detail at 512
        "fine_validation": np.array([person in outside for person in fine_people], bool),
    }


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--landmarks", required=True, help="yunet:FILE.onnx")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data = prepare(arguments.portraits, finder_of(arguments.landmarks))
    np.savez(arguments.out, **data)  # type: ignore[arg-type]
    kept = data["validation"]
    print(f"{len(kept)} faces of {len(set(data['people']))} people; validation: {kept.sum()} faces")
    for name in sorted(set(data["sets"])):
        here = data["sets"] == name
        print(f"  {name}: {here.sum()} faces, eyes {np.median(data['eyes'][here]):.0f} px apart (median)")


if __name__ == "__main__":
    main()
