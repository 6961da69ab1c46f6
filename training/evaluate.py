"""Measure `lite` on people outside its training set: `python -m training.evaluate FACES.npz [--json]`.

Every modern validation face is damaged with three seeds at three levels (`LEVELS`, about 32, 27 and 23.5 dB in the
face region) and once left clean, at the network's own 256 pixels, in colour. The tables "all" and "large" have the
damage of `training.damage`. "families" has the other recipes; training never sees those of `other_damage`. "groups" has
old portraits, and the same faces with glasses, turned aside or in other light and skin. Columns: the damaged input, the
tuned classical baseline (`training.baseline`), and `lite` faithful, at its default, and vivid.

Measures: PSNR and SSIM over the face region; gradient energy there as a ratio to the clean face's; specks, how many
more isolated dots than the clean face has; identity, the cosine of MobileFaceNet embeddings with the clean face
(`--identity CHECKPOINT`); NIQE of the first seed's pictures (`--niqe STATISTICS.npz`).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from magicmemory.pipeline.models.lite import DEFAULT_FIDELITY, Lite, load
from training.baseline import Setting, classical, tune
from training.damage import Level, spoil
from training.data import Faces, load_faces, middle, to_tensor
from training.identity import MobileFaceNet, embed, load_identity
from training.measures import FACE_REGION, Niqe, gradient_energy, psnr, specks, ssim
from training.more_damage import Recipe, out_of_focus, spoil_variously
from training.other_damage import spoil_otherwise
from training.rare_faces import CHANGES

Image = NDArray[np.uint8]
Row = dict[str, float]
Table = dict[str, dict[str, Row]]  # level, column, measure

LEVELS = (Level("mild", 0.15, 0.3), Level("medium", 0.45, 0.65), Level("heavy", 0.95, 1.15))
CLEAN = Level("clean", 0.0, 0.0)
ENDS = {"faithful": 1.0, "default": DEFAULT_FIDELITY, "vivid": 0.0}
SEEDS = (0, 1, 2)
FAMILIES: dict[str, Recipe] = {
    "trained": spoil_variously,
    "blur": out_of_focus,
    "held out": lambda image, rng, level: spoil_otherwise(image, rng, float(rng.uniform(level.low, level.high))),
}


@dataclass(frozen=True)
class Tools:
    """Networks and statistics for the measures; None skips a measure."""

    network: Lite
    identity: MobileFaceNet | None
    niqe: Niqe | None


@torch.no_grad()
def restore(network: Lite, images: list[Image]) -> dict[str, list[Image]]:
    """The faithful, default and vivid results for 256-pixel crops; each decoder runs once."""
    results: dict[str, list[Image]] = {name: [] for name in ENDS}
    for start in range(0, len(images), 4):
        small = to_tensor(np.stack(images[start : start + 4]))
        looks = network.faithful_looks(small)
        vivid = network.vivid(looks.features)
        for name, fidelity in ENDS.items():
            share = torch.full((len(small),), fidelity)
            restored = (small + network.mix(small, looks, vivid, share)).clamp(-1, 1)
            levels = torch.round((restored + 1) * 127.5).to(torch.uint8)
            results[name] += list(levels.permute(0, 2, 3, 1).numpy())
    return results


def damaged_with(clean: list[Image], level: Level, seed: int, recipe: Recipe = spoil) -> list[Image]:
    """The same damage for the same face number, level and seed; none at the level "clean"."""
    if level.high == 0:
        return clean
    return [recipe(image, np.random.default_rng((seed, number)), level) for number, image in enumerate(clean)]


def measure(images: list[Image], clean: list[Image], tools: Tools) -> dict[str, NDArray[np.float64]]:
    """All measures, one value per face."""
    found: dict[str, list[float]] = {
        "psnr": [psnr(a, b) for a, b in zip(images, clean, strict=True)],
        "ssim": [ssim(a, b) for a, b in zip(images, clean, strict=True)],
        "gradient": [gradient_energy(a) / gradient_energy(b) for a, b in zip(images, clean, strict=True)],
        "specks": [float(specks(a) - specks(b)) for a, b in zip(images, clean, strict=True)],
    }
    if tools.identity is not None:
        mine, theirs = embed(tools.identity, np.stack(images)), embed(tools.identity, np.stack(clean))
        found["identity"] = (mine * theirs).sum(dim=1).tolist()
    if tools.niqe is not None:
        found["niqe"] = [tools.niqe(image) for image in images]
    return {name: np.array(values) for name, values in found.items()}


def compare(
    faces: Faces, tools: Tools, settings: dict[str, Setting], seeds: tuple[int, ...], recipe: Recipe = spoil
) -> dict[str, dict[str, dict[str, NDArray[np.float64]]]]:
    """The table of levels, columns and measures; each value is `[seeds, faces]`."""
    clean = [middle(image) for image in faces.images]
    results: dict[str, dict[str, dict[str, NDArray[np.float64]]]] = {}
    for level in (CLEAN, *LEVELS):
        runs: list[dict[str, dict[str, NDArray[np.float64]]]] = []
        for seed in seeds if level.high else seeds[:1]:
            damaged = damaged_with(clean, level, seed, recipe)
            columns = {"input": damaged} | restore(tools.network, damaged)
            if level.name in settings:
                columns["baseline"] = [classical(image, settings[level.name]) for image in damaged]
            used = tools if seed == seeds[0] else replace(tools, niqe=None)  # slow
            runs.append({name: measure(images, clean, used) for name, images in columns.items()})
        results[level.name] = {
            column: {
                name: np.stack([run[column][name] for run in runs if name in run[column]]) for name in runs[0][column]
            }
            for column in runs[0]
        }
    return results


def summarise(results: dict[str, dict[str, dict[str, NDArray[np.float64]]]], pick: NDArray[np.bool_]) -> Table:
    """Means over the selected faces; for identity also one face's worst change against its input."""
    table: Table = {}
    for level, columns in results.items():
        table[level] = {}
        for column, measures in columns.items():
            row = {name: round(float(values[:, pick].mean()), 4) for name, values in measures.items()}
            if "identity" in measures and column != "input":
                change = measures["identity"] - columns["input"]["identity"]
                row["identity_worst"] = round(float(change[:, pick].mean(axis=0).min()), 4)
                row["identity_worst_single"] = round(float(change[:, pick].min()), 4)
            table[level][column] = row
    return table


def everybody(results: dict[str, dict[str, dict[str, NDArray[np.float64]]]]) -> Table:
    """Means over all faces; see `summarise`."""
    return summarise(results, np.ones(results["clean"]["input"]["psnr"].shape[1], bool))


def tuned(faces: Faces, count: int = 24) -> dict[str, Setting]:
    """The baseline's best settings on training faces, for each level."""
    step = max(1, len(faces.images) // count)
    clean = [middle(image) for image in faces.images[::step][:count]]
    return {level.name: tune(damaged_with(clean, level, 99), clean) for level in LEVELS}


@torch.no_grad()
def consistency(faces: Faces, network: Lite, count: int = 20) -> dict[str, Row]:
    """PSNR between a restored face and the same face moved a little, restored, and moved back.

    "floor" is the same for the damaged input itself: what the moving alone costs.
    """
    step = max(1, len(faces.images) // count)
    clean = [middle(image) for image in faces.images[::step][:count]]
    damaged = damaged_with(clean, LEVELS[1], 7)
    moves = {"shift 0.5 px": (0.5, 1.0, 0.0), "shift 2 px": (2.0, 1.0, 0.0), "scale 2 %": (0.0, 1.02, 0.0)}
    moves["turn 2 degrees"] = (0.0, 1.0, 2.0)
    still = restore(network, damaged)
    rows: dict[str, Row] = {}
    for name, (shift, scale, angle) in moves.items():
        matrix = np.asarray(cv2.getRotationMatrix2D((128, 128), angle, scale), np.float64)
        matrix[:, 2] += shift
        moved = [_warp(image, matrix) for image in damaged]
        again = restore(network, moved)
        back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
        rows[name] = {"floor": _mean_psnr([_warp(image, back) for image in moved], damaged)}
        for end in ENDS:
            rows[name][end] = _mean_psnr([_warp(image, back) for image in again[end]], still[end])
    return rows


@torch.no_grad()
def at_full_size(faces_file: Path, network: Lite) -> dict[str, Row]:
    """PSNR over the face region at 512 pixels, as in the product, for the few faces with detail at that size."""
    with np.load(faces_file) as stored:
        clean = list(stored["fine"][stored["fine_validation"]])
    rows: dict[str, Row] = {}
    for level in (CLEAN, *LEVELS) if clean else ():
        damaged = damaged_with(clean, level, 0)
        rows[level.name] = {"faces": len(clean), "input": _whole_psnr(damaged, clean)}
        for end, fidelity in ENDS.items():
            restored = []
            for image in damaged:
                face = network(to_tensor(image[None]), torch.tensor([fidelity]))[0]
                restored.append(torch.round((face + 1) * 127.5).to(torch.uint8).permute(1, 2, 0).numpy())
            rows[level.name][end] = _whole_psnr(restored, clean)
    return rows


def _whole_psnr(images: list[Image], others: list[Image]) -> float:
    region = tuple(slice(2 * part.start, 2 * part.stop) for part in FACE_REGION)
    pairs = zip(images, others, strict=True)
    errors = [float(((a[region].astype(np.float64) - b[region]) ** 2).mean()) for a, b in pairs]
    return round(float(np.mean([min(60.0, 10 * np.log10(255**2 / max(error, 1e-9))) for error in errors])), 2)


def _warp(image: Image, matrix: NDArray[np.float64]) -> Image:
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101))


def _mean_psnr(images: list[Image], others: list[Image]) -> float:
    return round(float(np.mean([psnr(a, b) for a, b in zip(images, others, strict=True)])), 2)


def evaluate(arguments: argparse.Namespace) -> dict[str, object]:
    """All results, ready for JSON."""
    faces = load_faces(arguments.faces)
    outside, seen = faces.only(True).without(arguments.without), faces.only(False)
    old, held = outside.of("historic"), outside.without(outside.of("historic").people.tolist())
    tools = Tools(
        load(arguments.weights),
        load_identity(arguments.identity) if arguments.identity else None,
        Niqe.read(arguments.niqe) if arguments.niqe else None,
    )
    settings = {} if arguments.quick else tuned(seen)
    results = compare(held, tools, settings, SEEDS[:1] if arguments.quick else SEEDS)
    report: dict[str, object] = {
        "faces": len(held.images),
        "people": len(set(held.people)),
        "levels": {level.name: [level.low, level.high] for level in LEVELS},
        "baseline": {name: vars(setting) for name, setting in settings.items()},
        "all": everybody(results),
        "large": summarise(results, held.sets == "large"),
    }
    seeds, plain = SEEDS[:1] if arguments.quick else SEEDS, replace(tools, niqe=None)
    report["families"] = {name: everybody(compare(held, plain, {}, seeds, recipe)) for name, recipe in FAMILIES.items()}
    groups = {"old portraits": old} | {name: held.changed(name) for name in CHANGES}
    report["groups"] = {name: everybody(compare(its, plain, {}, SEEDS[:1])) for name, its in groups.items()}
    if not arguments.quick:
        report["gap"] = gap(seen, results, tools)
        report["full size"] = at_full_size(arguments.faces, tools.network)
        report["consistency"] = consistency(held, tools.network)
    return report


def gap(seen: Faces, results: dict[str, dict[str, dict[str, NDArray[np.float64]]]], tools: Tools) -> dict[str, Row]:
    """The PSNR gain on training faces and on as many validation faces, with the same seed."""
    count = next(iter(results["mild"]["input"].values())).shape[1]
    rng = np.random.default_rng(3)
    pick = rng.choice(len(seen.images), min(count, len(seen.images)), replace=False)
    some = Faces(seen.images[pick], seen.people[pick], seen.sets[pick], seen.validation[pick])
    theirs = compare(some, Tools(tools.network, None, None), {}, SEEDS[:1])
    rows = {}
    for level in LEVELS:
        gains = [
            float((its[level.name]["faithful"]["psnr"] - its[level.name]["input"]["psnr"])[:1].mean())
            for its in (theirs, results)
        ]
        rows[level.name] = {"training": round(gains[0], 3), "validation": round(gains[1], 3)}
    return rows


def as_text(report: dict[str, object]) -> str:
    """The report as Markdown tables."""
    lines = []
    for part in ("all", "large"):
        table = report[part]
        assert isinstance(table, dict)
        lines += ["", f"### {part}", "| level | column | " + " | ".join(table["mild"]["faithful"]) + " |"]
        lines.append("|---" * (2 + len(table["mild"]["faithful"])) + "|")
        for level, columns in table.items():
            for column, row in columns.items():
                cells = [f"{row[name]:.4g}" if name in row else "" for name in table["mild"]["faithful"]]
                lines.append(f"| {level} | {column} | " + " | ".join(cells) + " |")
    for part in ("families", "groups"):
        tables = report[part]
        assert isinstance(tables, dict)
        lines += ["", f"### {part}", *compact(tables)]
    rest = {name: value for name, value in report.items() if name not in ("all", "large", "families", "groups")}
    return "\n".join([*lines, "", json.dumps(rest, indent=1)])


def compact(tables: dict[str, Table]) -> list[str]:
    """One line for each table and level: what the faithful end and the default gain, and the vivid end's detail."""
    measures = ("input", "faithful", "default", "identity", "worst face", "gradients", "specks", "vivid gradients")
    lines = [f"| | level | {' | '.join(measures)} |", "|---" * (2 + len(measures)) + "|"]
    for name, table in tables.items():
        for level, columns in table.items():
            before, default = columns["input"], columns["default"]
            cells = [f"{before['psnr']:.2f}"]
            cells += [f"{columns[end]['psnr'] - before['psnr']:+.2f}" for end in ("faithful", "default")]
            known = "identity" in default
            cells += [f"{before['identity']:.3f} to {default['identity']:.3f}" if known else ""]
            cells += [f"{default['identity_worst']:.3f}, {default['identity_worst_single']:.3f}" if known else ""]
            cells += [f"{default['gradient']:.2f}", f"{default['specks']:+.1f}", f"{columns['vivid']['gradient']:.2f}"]
            lines.append(f"| {name} | {level} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="the file written by training.prepare")
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("lite.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    parser.add_argument("--identity", type=Path, help="MobileFaceNet checkpoint")
    parser.add_argument("--niqe", type=Path, help="NIQE statistics, npz")
    parser.add_argument("--without", nargs="*", default=[], help="people to leave out, by name")
    parser.add_argument("--quick", action="store_true", help="one seed, no baseline, no gap, no consistency")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    report = evaluate(arguments)
    print(json.dumps(report, indent=1) if arguments.json else as_text(report))


if __name__ == "__main__":
    main()
