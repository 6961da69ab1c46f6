"""Compares our pipeline with GFPGAN's own: the same photo and checkpoints, in turn, on the same machine.

The peer is a folder with `gfpganer.py`, a program that runs GFPGANer over a photo and prints its times as JSON, and a
Python that has its packages; neither is part of this project.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from magicmemory.cli import peer_paste
from magicmemory.cli.bench_networks import product_tflops
from magicmemory.cli.bench_pipeline import Scene, draw
from magicmemory.core.errors import OperatorError
from magicmemory.core.options import Options, Scope
from magicmemory.core.settings import Settings
from magicmemory.pipeline.engines.base import Precision
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.faces import align
from magicmemory.pipeline.faces.blend import RestoredFace, blend
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.models.gfpgan import GFPGAN_1_4
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.registry import RESTORERS
from magicmemory.pipeline.models.retinaface import RETINAFACE_MOBILE
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline

FORWARD_GFLOP = 395.0  # of GFPGAN, one face
DETECTOR = RETINAFACE_MOBILE.facts
CROWD = Scene(40, 24)
_NO_LIMITS = DecodeLimits(1 << 40, 1 << 40)


class PeerFailed(OperatorError):
    """The peer's program cannot be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where the peer is.

    Attributes:
        folder: holds `gfpganer.py`.
        python: an interpreter with its packages.
        weights: the checkpoints under their official names; what is missing is made up at random there.
        device: `cpu` or `cuda`.
    """

    folder: Path
    python: Path
    weights: Path
    device: str = "cpu"

    def run(self, *arguments: str | Path) -> str:
        """Run a Python program with the peer's interpreter; what it printed last.

        Raises:
            PeerFailed: it ended with an error.
        """
        ended = subprocess.run([self.python, *arguments], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise PeerFailed(f"The peer failed: {(ended.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
        return ended.stdout.strip().splitlines()[-1]

    def restore(self, photo: Path, runs: int) -> dict[str, Any]:
        """Restore a photo; `total_s` are the seconds of each run, `faces` the faces found."""
        weights = "--weights", self.weights, "--make-random", "--detector", "mobile0.25", "--device", self.device
        printed: dict[str, Any] = json.loads(
            self.run(self.folder / "gfpganer.py", photo, *weights, "--runs", str(runs))
        )
        return printed


def compare(peer: Peer, photo: Path, settings: Settings, rounds: int) -> dict[str, float]:
    """The figures of both, by name, and their ratios; seconds."""
    peer.restore(photo, 1)  # makes the checkpoints that are missing, and warms the disk's cache
    settings = settings.model_copy(
        update={"weights_dir": str(peer.weights), "allow_unverified_weights": True, "device": peer.device}
    )
    return {**whole(peer, photo, settings, rounds), **forward(settings, rounds), **pasting(peer)}


def whole(peer: Peer, photo: Path, settings: Settings, rounds: int) -> dict[str, float]:
    """The photo through both pipelines in turn. From pixels to pixels: the peer decodes and encodes outside its time,
    so ours goes without these two stages too.
    """
    pipelines = {kind: Pipeline.of(settings.model_copy(update={"precision": kind})) for kind in ("auto", "full")}
    options = Options(model=GFPGAN_1_4.facts.name, detector=DETECTOR.name, scope=Scope.FACES)
    data = photo.read_bytes()
    times: dict[str, list[float]] = {"peer": [], "auto": [], "full": []}
    for pipeline in pipelines.values():
        pipeline.restore(data, options)
    for _ in range(rounds):
        theirs = peer.restore(photo, 1)
        times["peer"].append(theirs["total_s"][-1])
        for kind, pipeline in pipelines.items():
            report = pipeline.restore(data, options).report
            if report.restored != theirs["faces"]:
                raise PeerFailed(f"The peer found {theirs['faces']} faces where ours restored {report.restored}.")
            stages = report.stages_ms
            times[kind].append((report.total_ms - stages["decode"] - stages["encode"]) / 1000)
    middle = {name: statistics.median(seconds) for name, seconds in times.items()}
    return {
        "faces": theirs["faces"],
        "peer, whole photo, s": middle["peer"],
        "ours, whole photo, s": middle["auto"],
        "ours in full precision, s": middle["full"],
        "ours / peer": middle["auto"] / middle["peer"],
        "ours in full precision / peer": middle["full"] / middle["peer"],
    }


def forward(settings: Settings, rounds: int) -> dict[str, float]:
    """GFPGAN's forward of one face over the time of the machine's own matrix product for as many operations: in float32
    on a CPU, in bfloat16 on a GPU.
    """
    crop = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    restorers = {}
    kinds: tuple[Precision, ...] = ("auto", "full")
    for kind in kinds:
        engine = choose(settings.device, settings.data_dir / "cache", kind)
        restorers[kind] = Models(engine, Weights.of(settings), restorers=RESTORERS).restorer(GFPGAN_1_4.facts.name)
    times: dict[str, list[float]] = {"auto": [], "full": [], "product": []}
    for _ in range(2 * rounds):
        times["product"].append(FORWARD_GFLOP / 1000 / product_tflops(settings.device))
        for kind, restorer in restorers.items():
            began = time.perf_counter()
            restorer([crop], None)
            times[kind].append(time.perf_counter() - began)
    # The best of each: the machine's own speed, not its neighbours'.
    best = {name: min(seconds) for name, seconds in times.items()}
    return {
        "matrix product of 395 GFLOP, s": best["product"],
        "GFPGAN forward, s": best["auto"],
        "GFPGAN forward in full precision, s": best["full"],
        "forward / product": best["auto"] / best["product"],
        "forward in full precision / product": best["full"] / best["product"],
    }


def pasting(peer: Peer) -> dict[str, float]:
    """Forty faces put back into 24 megapixels: the peer's way without its parsing network, and ours."""
    picture = decode(draw(CROWD), _NO_LIMITS)
    cuts = [align.crop(picture.pixels, face) for face in _grid(CROWD, picture.width, picture.height)]
    better: NDArray[np.float32] = cuts[0].crop.astype(np.float32) * np.float32(0.9) + np.float32(20)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "faces.npz"
        matrices = np.stack([cut.matrix for cut in cuts])
        np.savez(file, photo=picture.pixels[..., ::-1], face=better[..., ::-1].astype(np.uint8), matrices=matrices)
        theirs = float(peer.run(peer_paste.__file__, peer.folder, file))
    mask = np.ones((align.SIZE, align.SIZE), np.float32)  # everything, as the peer is given
    times = []
    for _ in range(3):
        began = time.perf_counter()
        blend(picture, [RestoredFace(cut, better, mask) for cut in cuts])
        times.append(time.perf_counter() - began)
    ours = statistics.median(times)
    return {
        "peer, pasting 40 faces into 24 megapixels, s": theirs,
        "ours, blending them, s": ours,
        "blending / pasting": ours / theirs,
    }


def _grid(scene: Scene, width: int, height: int) -> list[Detection]:
    """Faces in a grid, as large as the scene's."""
    columns, rows = 8, scene.faces // 8
    template = np.array(align.TEMPLATE, np.float32)
    side = min(width // columns, height // rows) * 0.9
    faces = []
    for number in range(scene.faces):
        corner = np.array([number % columns * (width // columns), number // columns * (height // rows)], np.float32)
        landmarks = corner + template * np.float32(side / align.SIZE)
        faces.append(Detection(np.concatenate([corner, corner + np.float32(side)]), landmarks, 1.0))
    return faces


def table_of(figures: dict[str, float]) -> Table:
    """The figures for people."""
    table = Table("figure", "value", title=f"GFPGAN 1.4 with ParseNet and {DETECTOR.title}, {os.cpu_count()} cores")
    for name, value in figures.items():
        table.add_row(name, f"{value:.3g}")
    return table
