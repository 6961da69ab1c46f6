"""The way of a photo: bytes in, the restored photo's bytes and a report out."""

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import FacesTooSmall, FidelityUnsupported, NoFaceFound, PhotoTooLarge, PhotoTruncated
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope
from magicmemory.core.report import Face, FaceWarning, LeftAlone, Report
from magicmemory.core.settings import Settings
from magicmemory.core.units import MB
from magicmemory.pipeline.engines.base import OnBatch, ignore_batch
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.faces import strategies
from magicmemory.pipeline.faces.blend import RestoredFace
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.strategies import Cut, FaceStrategy
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import Encoded, encode
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.imaging.sandboxed_decode import SandboxedDecoder
from magicmemory.pipeline.models import registry, upstream
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.clean import cleaned
from magicmemory.pipeline.photo.enlarge import enlarged

Floats = NDArray[np.float32]

ProgressCallback = Callable[[Stage, int, int], None]
"""Told of each stage as it begins, with how many faces are restored and how many there are; 0 while not
known.
"""

_NO_LIMITS: Final = DecodeLimits(sys.maxsize, sys.maxsize)  # for what we made ourselves
MAX_FACES: Final = 100
_AROUND_FACE: Final = 0.2  # of a face's box on each side: what is restored with it
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

    def __init__(
        self,
        models: Models,
        limits: DecodeLimits,
        min_face_px: int,
        *,
        strategy: FaceStrategy = strategies.OWN,
        identity_warning: float = 0.0,
        sandboxed_decoder: SandboxedDecoder | None = None,
        max_faces: int = MAX_FACES,
    ) -> None:
        """
        Args:
            models: the networks.
            limits: the largest photo that is accepted.
            min_face_px: faces whose box is shorter are left alone, pixels of the photo as it was sent.
            strategy: how faces are found, cut out and put back.
            identity_warning: a restored face less like itself is marked in the report, -1 to 1.
            sandboxed_decoder: decodes uploads in child processes; None: decode in this process.
            max_faces: of one photo; where there are more, the smaller ones are left alone.
        """
        self._models = models
        self._limits = limits
        self._min_face_px = min_face_px
        self._strategy = strategy
        self._identity_warning = identity_warning
        self._sandboxed_decoder = sandboxed_decoder
        self._max_faces = max_faces
        self._decode = sandboxed_decoder or decode

    @classmethod
    def of(cls, settings: Settings, on_batch: OnBatch = ignore_batch) -> "Pipeline":
        """The pipeline that the settings ask for. Nothing is loaded before the first photo.

        Args:
            settings: the models, the device, the limits.
            on_batch: told of each batch that a network runs.

        Raises:
            BadSettings: the device or the engine is not there.
        """
        engine = choose(settings.device, settings.data_dir / "cache", settings.precision)
        weights = Weights.of(settings)
        strategy = strategies.FACEXLIB if settings.blend == "facexlib" else strategies.OWN
        restorers, detectors, parsers = registry.RESTORERS, registry.DETECTORS, registry.PARSERS
        if settings.engine == "upstream":
            engine = upstream.engine(engine.device)
            restorers, detectors, parsers = upstream.RESTORERS, upstream.DETECTORS, upstream.PARSERS
        models = Models(
            engine,
            weights,
            restorer=settings.model,
            detector=settings.detector,
            upscaler=settings.upscaler,
            paid_use=settings.commercial,
            parsing_px=strategy.parsing_px,
            upscale_denoise=settings.upscale_denoise,
            verdicts=settings.data_dir / "cache",
            restorers=restorers,
            detectors=detectors,
            parsers=parsers,
        )
        engine.on_batch = on_batch
        limits = DecodeLimits(int(settings.max_photo_mb * MB), int(settings.max_photo_megapixels * 1_000_000))
        sandboxed_decoder = SandboxedDecoder(limits, kept=settings.worker_photos)
        return cls(
            models,
            limits,
            settings.min_face_px,
            strategy=strategy,
            identity_warning=settings.identity_warning,
            sandboxed_decoder=sandboxed_decoder,
            max_faces=settings.max_faces,
        )

    @property
    def engine_name(self) -> str:
        """What runs the networks, for people: `OpenVINO on the CPU`."""
        return self._models.engine_name

    def warm_up(self) -> None:
        """Load the models that photos without wishes get, so that the first photo need not wait for it.

        Raises:
            ModelUnknown, ModelNotInstalled, ModelNotAllowed, ModelBroken: the settings name a model that cannot be
                used, or a file that is there is not what it should be.
        """
        if self._sandboxed_decoder is not None:
            self._sandboxed_decoder.start()
        self._models.detector()
        self._models.restorer()
        self._models.parser()
        self._models.upscaler()
        self._models.identity()

    def unload_idle(self, seconds: float) -> list[str]:
        """Let go of the models that no photo needed for so many seconds; returns their names."""
        return self._models.unload_idle(seconds)

    def restore(
        self,
        data: bytes,
        options: Options,
        progress: ProgressCallback | None = None,
        *,
        kind: str | None = None,
        max_megapixels: float = 0,
        page: int = 1,
    ) -> Restoration:
        """Restore every face in a photo. The same photo and options give the same bytes.

        Args:
            data: the photo's file.
            options: what is wished for.
            progress: see `ProgressCallback`.
            kind: the result's kind of file, see `encode`; None: the kind it came in.
            max_megapixels: a limit for this photo, below the one for all; 0: none.
            page: which page or picture of a file with several, from 1.

        Raises:
            UserError: the photo, or what is wished for, cannot be used, or no face is there to restore.
        """
        tell = progress or _no_one
        clock = _Stopwatch()
        restorer_facts, detector_facts = self.check(options)

        tell(Stage.DECODE, 0, 0)
        with clock("decode"):
            picture = self._decode(data, self._limits, page)
            self._check_size(picture, options.upscale, max_megapixels)
        tell(Stage.DETECT, 0, 0)
        detector = self._models.detector(detector_facts.name)  # outside of the stages, whose times shall compare
        with clock("detect"):
            found = self._detect(picture, detector)
        cleaning = options.scope is Scope.PHOTO
        if not cleaning:
            self._check_faces(found, picture)
        large = self._chosen(found, picture)
        upscaler = self._models.upscaler() if options.upscale > 1 else None
        with clock("align"):
            shown = enlarged(picture, options.upscale, upscaler)
        if cleaning:
            shown = self._cleaned(shown, options.strength, clock, tell)
        with clock("align"):
            # What one network has drawn is no photo to another: the face is restored as it was sent.
            redrawn = upscaler is not None or cleaning
            cuts = [self._strategy.cut(picture, shown, face, redrawn) for face in large]
        if large:
            tell(Stage.RESTORE, 0, len(large))
        restorer = self._models.restorer(restorer_facts.name)
        with clock("restore"):
            seen = [cut.seen for cut in cuts]
            better = restorer(seen, options.fidelity, lambda done: tell(Stage.RESTORE, done, len(seen)))
        tell(Stage.BLEND, len(large), len(large))
        with clock("blend"):
            shown = self._strategy.blend(shown, self._masked(cuts, better), options.strength)
            similarities = self._similarities(cuts, better, options.strength)
        tell(Stage.ENCODE, len(large), len(large))
        with clock("encode"):
            encoded = encode(shown, kind=kind)

        report = Report(
            width=shown.width,
            height=shown.height,
            faces=self._faces(found, large, similarities, picture),
            model=restorer_facts.name,
            detector=detector_facts.name,
            notes=picture.notes,
            page=page,
            pages=picture.pages,
            cleaned=cleaning,
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

    def compare(self, data: bytes, restored: bytes, page: int = 1) -> Encoded:
        """A page of a photo's file and its restored file, side by side in one picture."""
        return encode(side_by_side(self._decode(data, self._limits, page), decode(restored, _NO_LIMITS)))

    def _check_size(self, picture: Picture, upscale: int, max_megapixels: float) -> None:
        """The limit for all holds for the result too: four times enlarged is sixteen times the pixels."""
        own = int(max_megapixels * 1_000_000)
        if own and picture.width * picture.height > own:
            pixels, limit = picture.width * picture.height, own
        else:
            pixels, limit = picture.width * picture.height * upscale**2, self._limits.max_pixels
        if pixels > limit:
            # Rounded up, so that no sentence says that 64.0 is more than 64.
            megapixels = math.ceil(pixels / 1e5) / 10
            raise PhotoTooLarge(megapixels=megapixels, limit_megapixels=round(limit / 1e6, 1))

    def _detect(self, picture: Picture, detector: Detector) -> list[Detection]:
        # Faces somewhat under the limit are looked for too, so that a person is told why they stay as they
        # are.
        smallest = _SMALLEST_REPORTED * self._min_face_px
        return self._strategy.find(picture.rgb8(), detector, min_face_px=smallest)

    def _check_faces(self, found: list[Detection], picture: Picture) -> None:
        whole = [face for face in found if not _reaches_missing(face, picture)]
        if picture.missing is not None and not whole:
            raise PhotoTruncated
        if not found:
            raise NoFaceFound
        if all(face.short_side < self._min_face_px for face in found):
            raise FacesTooSmall(count=len(found), limit_px=self._min_face_px)

    def _chosen(self, found: list[Detection], picture: Picture) -> list[Detection]:
        """The faces to restore, in the order they were found: the large ones, and the largest where there are many.

        Faces of which a part is missing in the file are left as they are.
        """
        large = [face for face in found if face.short_side >= self._min_face_px and not _reaches_missing(face, picture)]
        kept = {id(face) for face in sorted(large, key=lambda face: -face.short_side)[: self._max_faces]}
        return [face for face in large if id(face) in kept]

    def _cleaned(self, picture: Picture, strength: float, clock: "_Stopwatch", tell: ProgressCallback) -> Picture:
        tell(Stage.CLEAN, 0, 0)
        cleaner = self._models.cleaner()
        with clock("clean"):
            return cleaned(picture, cleaner, strength)

    def _masked(self, cuts: Sequence[Cut], restored: Sequence[Floats]) -> list[RestoredFace]:
        """The faces on their way back, with the masks that the parser sees in them, where there is a parser."""
        parse = self._models.parser()
        faces = [np.rint(better) for better in restored] if self._strategy.whole_levels else restored
        masks = [None] * len(faces) if parse is None else parse(faces)
        return [RestoredFace(cut.aligned, face, mask) for cut, face, mask in zip(cuts, faces, masks, strict=True)]

    def _similarities(self, cuts: Sequence[Cut], restored: Sequence[Floats], strength: float) -> list[float | None]:
        """How much each face stayed itself; None where nothing can compare."""
        compare = self._models.identity()
        similarities: list[float | None] = []
        for cut, better in zip(cuts, restored, strict=True):
            before = cut.seen.astype(np.float32)
            after = before + np.float32(strength) * (better - before)
            similarities.append(None if compare is None else compare(before, after, cut.landmarks))
        return similarities

    def _faces(
        self,
        found: Sequence[Detection],
        restored: Sequence[Detection],
        similarities: Sequence[float | None],
        picture: Picture,
    ) -> tuple[Face, ...]:
        """What is reported of the faces; there is a similarity for each restored one, in the same order."""
        of = {id(face): similarity for face, similarity in zip(restored, similarities, strict=True)}
        return tuple(self._face(face, of.get(id(face)), picture, restored=id(face) in of) for face in found)

    def _face(self, detection: Detection, similarity: float | None, picture: Picture, *, restored: bool) -> Face:
        reason = LeftAlone.TOO_SMALL if detection.short_side < self._min_face_px else LeftAlone.TOO_MANY
        reason = LeftAlone.INCOMPLETE if _reaches_missing(detection, picture) else reason
        left, top, right, bottom = (float(value) for value in detection.box)
        one, two, three, four, five = ((float(x), float(y)) for x, y in detection.landmarks)
        unlike = similarity is not None and similarity < self._identity_warning
        return Face(
            box=(left, top, right, bottom),
            landmarks=(one, two, three, four, five),
            score=detection.score,
            restored=restored,
            reason=None if restored else reason,
            similarity=similarity,
            warning=FaceWarning.LESS_ALIKE if unlike else None,
        )


def _reaches_missing(face: Detection, picture: Picture) -> bool:
    """Whether a face, with the hair and chin around its box, reaches into what the file does not have."""
    if picture.missing is None:
        return False
    left, top, right, bottom = (float(value) for value in face.box)
    wide, high = _AROUND_FACE * (right - left), _AROUND_FACE * (bottom - top)
    from_left, from_top, to_right, to_bottom = picture.missing
    across = left - wide < to_right and right + wide > from_left
    return across and top - high < to_bottom and bottom + high > from_top


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The two pictures side by side, as a PNG. `before` is enlarged to `after`'s size where it is smaller."""
    before = enlarged(before, after.width // before.width)
    gap = np.full((after.height, max(4, after.width // 100), 3), after.peak, after.pixels.dtype)
    pixels = np.hstack([before.pixels, gap, after.pixels])
    return replace(after, pixels=pixels, alpha=None, format="PNG")


def _no_one(stage: Stage, done: int, faces: int) -> None:
    """ProgressCallback that nobody watches."""


class _Stopwatch:
    """Times named stages."""

    def __init__(self) -> None:
        self.stages_ms: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.stages_ms[stage] = round(self.stages_ms.get(stage, 0) + _since(start), 1)

    def total_ms(self) -> float:
        return _since(self._start)


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
