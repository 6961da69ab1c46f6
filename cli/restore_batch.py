"""A batch of photos at the terminal: skips those that are done, shows progress, and sums up the results."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import typer

# The suffixes of results, by the suffixes of photos that stay what they are.
RESULTS: Final = {
    ".jpg": ".jpg",
    ".jpeg": ".jpg",
    ".jfif": ".jpg",
    ".png": ".png",
    ".webp": ".webp",
    ".tif": ".tif",
    ".tiff": ".tif",
}


@dataclass(frozen=True)
class Photo:
    """A photo to restore.

    Attributes:
        path: the photo.
        folder: the folder for the result.
    """

    path: Path
    folder: Path


class Done:
    """Which photos have a result from an earlier call. In doubt a photo has none."""

    def __init__(self, photos: list[Photo]) -> None:
        """
        Raises:
            BadParameter: results would lie among the photos, where they cannot be told from them.
        """
        if any(photo.path.parent.resolve() == photo.folder.resolve() for photo in photos):
            raise typer.BadParameter("write another folder than the photos'.", param_hint="--out with --skip-existing")
        self._alike = Counter((photo.folder, photo.path.stem) for photo in photos)

    def has(self, photo: Photo, name: str, kind: str | None) -> bool:
        """Whether the result of that name, without suffix, is there."""
        if kind is not None:
            suffixes = {RESULTS[f".{kind}"]}
        elif self._alike[photo.folder, photo.path.stem] == 1:
            suffixes = set(RESULTS.values())
        else:  # of `a.jpg` and `a.png`, each has the result of its own kind
            suffixes = {RESULTS[suffix]} if (suffix := photo.path.suffix.lower()) in RESULTS else set()
        return any((photo.folder / f"{name}{suffix}").is_file() for suffix in suffixes)


@dataclass
class Tally:
    """What became of the photos.

    Attributes:
        restored: photos, all of whose pages were restored.
        failed: those that failed, wholly or on one page.
        skipped: photos whose result was there already.
        interrupted: Ctrl-C ended the work.
    """

    restored: int = 0
    failed: list[Path] = field(default_factory=list)
    skipped: int = 0
    interrupted: bool = False

    def sentence(self, photos: int) -> str:
        """What is said at the end."""
        parts = [f"{self.restored} restored"]
        parts += [f"{len(self.failed)} not restored"] if self.failed else []
        parts += [f"{self.skipped} skipped because their results are there"] if self.skipped else []
        told = f"{', '.join(parts)}, of {photos}."
        return f"Interrupted: {told} `--skip-existing` goes on from here." if self.interrupted else told


class Count:
    """How far the work is, for lines that go to a file or a pipe."""

    def __init__(self, photos: int) -> None:
        self._photos = photos
        self._done = self._skipped = 0
        self._began = time.monotonic()

    def begin(self) -> str:
        """What stands before a line: `[12/92] `."""
        return f"[{self._done + 1}/{self._photos}] "

    def left(self) -> str:
        """The end of a line: how long the rest takes at the speed so far."""
        photos = self._photos - self._done - 1
        seconds = (time.monotonic() - self._began) / (self._done + 1 - self._skipped) * photos
        return f"; about {_duration(seconds)} left" if photos else ""

    def end(self, *, skipped: bool) -> None:
        """One photo is done."""
        self._done += 1
        self._skipped += skipped


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"
