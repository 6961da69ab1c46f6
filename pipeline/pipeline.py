"""The way of a photo: bytes in, the restored photo's bytes and a report out."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from magicmemory.core.errors import FacesTooSmall, FidelityUnsupported, NoFaceFound, PhotoTooLarge
from magicmemory.core.job import Stage
from magicmemory.core.options import Options
from magicmemory.core.report import Face, LeftAlone, Report
from magicmemory.core.settings import Settings
from magicmemory.pipeline import align, engines
from magicmemory.pipeline.blend import RestoredFace, blend
from magicmemory.pipeline.catalogue import ModelFacts
from magicmemory.pipeline.decode import Limits, decode
from magicmemory.pipeline.detect import find_faces
from magicmemory.pipeline.detection import Detection
from magicmemory.pipeline.encode import Encoded, encode
from magicmemory.pipeline.picture import Picture, Pixels
from magicmemory.pipeline.registry import Models
from magicmemory.pipeline.restore import restore_faces

Progress = Callable[[Stage, int, int], None]
"""Told of each stage as it begins, with how many faces are restored and how many there are; 0 while not
known.
"""

_NO_LIMITS: Final = Limits(sys.maxsize, sys.maxsize)  # for what we made ourselves
_SMALLEST_REPORTED: Final = 0.75  # of the limit: smaller ones are not looked for, which would cost much time


@dataclass(frozen=True, slots=True)
class Restoration:
    """A restored photo.

    Attributes:
        data: the file.
        extension: for its name, without the dot: `jpg`, `png`, …
        media_type: `image/jpeg`, `image/png`, …
        report: what was found and done.
    """

    data: bytes
    extension: str
    media_type: str
    report: Report


class Pipeline:
    """Restores photos, several at a time if it is called from several threads."""

    def __init__(self, models: Models, limits: Limits, min_face_px: int) -> None:
        """
        Args:
            models: the networks.
            limits: the largest photo that is accepted.
            min_face_px: faces whose box is shorter are left alone, pixels of the photo as it was sent.
        """
        self._models = models
        self._limits = limits
        self._min_face_px = min_face_px

    @classmethod
    def of(cls, settings: Settings) -> "Pipeline":
        """The pipeline that the settings ask for. Nothing is loaded before the first photo.

        Raises:
            BadSettings: the device is not there.
        """
        engine = engines.choose(settings.device, settings.data_dir / "cache")
        models = Models(engine, settings.weights, restorer=settings.model, detector=settings.detector)
        limits = Limits(int(settings.max_photo_mb * 1_000_000), int(settings.max_photo_megapixels * 1_000_000))
        return cls(models, limits, settings.min_face_px)

    @property
    def engine_name(self) -> str:
        """What runs the networks, for people: `OpenVINO on the CPU`."""
        return self._models.engine_name

    def warm_up(self) -> None:
        """Load the models that photos without wishes get, so that the first photo need not wait for it.

        Raises:
            ModelUnknown, ModelNotInstalled, ModelBroken: the settings name a model that cannot be used.
        """
        self._models.detector()
        self._models.restorer()

    def restore(self, data: bytes, options: Options, progress: Progress | None = None) -> Restoration:
        """Restore every face in a photo. The same photo and options give the same bytes.

        Args:
            data: the photo's file.
            options: what is wished for.
            progress: see `Progress`.

        Raises:
            UserError: the photo, or what is wished for, cannot be used, or no face is there to restore.
        """
        tell = progress or _no_one
        clock = _Stopwatch()
        restorer_facts, detector_facts = self.check(options)

        tell(Stage.DECODE, 0, 0)
        with clock("decode"):
            picture = decode(data, self._limits)
            self._check_size(picture, options.upscale)
        tell(Stage.DETECT, 0, 0)
        with clock("detect"):
            found = self._detect(picture, detector_facts.name)
        large = [face for face in found if face.short_side >= self._min_face_px]
        tell(Stage.RESTORE, 0, len(large))
        with clock("align"):
            picture = enlarged(picture, options.upscale)
            cut = [align.crop(picture.pixels, _scaled(face, options.upscale)) for face in large]
        with clock("restore"):
            restored = restore_faces(
                self._models.restorer(restorer_facts.name),
                [face.crop for face in cut],
                options.fidelity,
                lambda done, faces: tell(Stage.RESTORE, done, faces),
            )
        tell(Stage.BLEND, len(large), len(large))
        with clock("blend"):
            faces = [RestoredFace(face, better) for face, better in zip(cut, restored, strict=True)]
            picture = blend(picture, faces, options.strength)
        tell(Stage.ENCODE, len(large), len(large))
        with clock("encode"):
            encoded = encode(picture)

        report = Report(
            width=picture.width,
            height=picture.height,
            faces=tuple(self._face(face) for face in found),
            model=restorer_facts.name,
            detector=detector_facts.name,
            fidelity=restorer_facts.default_fidelity if options.fidelity is None else options.fidelity,
            stages_ms=clock.stages_ms,
            total_ms=clock.total_ms(),
        )
        return Restoration(encoded.data, encoded.extension.removeprefix("."), encoded.media_type, report)

    def check(self, options: Options) -> tuple[ModelFacts, ModelFacts]:
        """The restorer and the detector that the options ask for, without loading them.

        Raises:
            ModelUnknown, ModelNotInstalled: one of them is not here.
            FidelityUnsupported: a fidelity is asked of a restorer that has none.
        """
        restorer = self._models.restorer_facts(options.model)
        if options.fidelity is not None and not restorer.has_fidelity:
            raise FidelityUnsupported(model=restorer.name)
        return restorer, self._models.detector_facts(options.detector)

    def compare(self, data: bytes, restored: bytes) -> Encoded:
        """A photo's file and its restored file, side by side in one picture."""
        return encode(side_by_side(decode(data, self._limits), decode(restored, _NO_LIMITS)))

    def _check_size(self, picture: Picture, upscale: int) -> None:
        """The limit holds for the result too: four times enlarged is sixteen times the pixels."""
        pixels, limit = picture.width * picture.height * upscale**2, self._limits.max_pixels
        if pixels > limit:
            # Rounded up, so that no sentence says that 64.0 is more than 64.
            megapixels = math.ceil(pixels / 1e5) / 10
            raise PhotoTooLarge(megapixels=megapixels, limit_megapixels=round(limit / 1e6, 1))

    def _detect(self, picture: Picture, detector: str) -> list[Detection]:
        # Faces somewhat under the limit are looked for too, so that a person is told why they stay as they
        # are.
        smallest = _SMALLEST_REPORTED * self._min_face_px
        found = find_faces(picture.rgb8(), self._models.detector(detector), min_face_px=smallest)
        if not found:
            raise NoFaceFound
        if all(face.short_side < self._min_face_px for face in found):
            raise FacesTooSmall(count=len(found), limit_px=self._min_face_px)
        return found

    def _face(self, detection: Detection) -> Face:
        too_small = detection.short_side < self._min_face_px
        left, top, right, bottom = (float(value) for value in detection.box)
        one, two, three, four, five = ((float(x), float(y)) for x, y in detection.landmarks)
        return Face(
            box=(left, top, right, bottom),
            landmarks=(one, two, three, four, five),
            score=detection.score,
            restored=not too_small,
            reason=LeftAlone.TOO_SMALL if too_small else None,
        )


def enlarged(picture: Picture, times: int) -> Picture:
    """The picture, so many times wider and higher; the same picture for once."""
    if times == 1:
        return picture
    size = picture.width * times, picture.height * times

    def enlarge(pixels: Pixels) -> Pixels:
        wide = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
        return wide.astype(np.uint8, copy=False) if picture.peak == 255 else wide.astype(np.uint16, copy=False)

    alpha = None if picture.alpha is None else enlarge(picture.alpha)
    return replace(picture, pixels=enlarge(picture.pixels), alpha=alpha)


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The two pictures side by side, as a PNG. `before` is enlarged to `after`'s size where it is smaller."""
    before = enlarged(before, after.width // before.width)
    gap = np.full((after.height, max(4, after.width // 100), 3), after.peak, after.pixels.dtype)
    pixels = np.hstack([before.pixels, gap, after.pixels])
    return replace(after, pixels=pixels, alpha=None, format="PNG")


def _scaled(face: Detection, times: int) -> Detection:
    """A detection in the coordinates of the enlarged picture; pixel centres lie at whole numbers in both."""
    shift = np.float32((times - 1) / 2)
    return replace(face, box=face.box * np.float32(times) + shift, landmarks=face.landmarks * np.float32(times) + shift)


def _no_one(stage: Stage, done: int, faces: int) -> None:
    """Progress that nobody watches."""


class _Stopwatch:
    """Times named stages."""

    def __init__(self) -> None:
        self.stages_ms: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.stages_ms[stage] = _since(start)

    def total_ms(self) -> float:
        return _since(self._start)


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
