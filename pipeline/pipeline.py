"""Restores a photo: takes a file's bytes, returns the restored file's bytes and a report."""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import FidelityUnsupported, NoFaceFound, NothingToRestore, PhotoTooLarge
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope, Step
from magicmemory.core.report import Report
from magicmemory.core.settings import Likeness, Settings
from magicmemory.core.units import MB
from magicmemory.pipeline.engines.base import Engine, OnBatch, ignore_batch
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.faces import strategies
from magicmemory.pipeline.faces.blend import RestoredFace
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.grain import with_grain
from magicmemory.pipeline.faces.likeness import Judged, gentled, hold, judge
from magicmemory.pipeline.faces.numbered import numbered
from magicmemory.pipeline.faces.occlusion import without_hidden
from magicmemory.pipeline.faces.orientation import Found, turned_along
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.faces.second_look import second_look
from magicmemory.pipeline.faces.selection import FaceSelection, by_size, choose_faces
from magicmemory.pipeline.faces.strategies import Cut, FaceStrategy
from magicmemory.pipeline.history import with_restoration
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import Encoded, encode
from magicmemory.pipeline.imaging.metadata import Keep
from magicmemory.pipeline.imaging.picture import Picture, rotated
from magicmemory.pipeline.imaging.plain import is_plain
from magicmemory.pipeline.imaging.sandboxed_decode import SandboxedDecoder
from magicmemory.pipeline.models import registry, upstream
from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model_cards import restorers_with, usable_cards
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.enlarge import enlarged, side_by_side
from magicmemory.pipeline.photo.print_quality import print_of, sized, with_resolution
from magicmemory.pipeline.photo.whole import Look, WholePhoto
from magicmemory.pipeline.restoration import Overview, ProgressCallback, Restoration
from magicmemory.pipeline.stopwatch import Stopwatch

Floats = NDArray[np.float32]

_NO_LIMITS: Final = DecodeLimits(sys.maxsize, sys.maxsize)  # for files that we made ourselves
MAX_FACES: Final = 100
_SMALLEST_REPORTED: Final = 0.75  # of the limit; searching smaller faces would cost much time


class Pipeline:
    """Restores photos. Thread-safe: several threads restore several photos at a time."""

    def __init__(
        self,
        models: Models,
        limits: DecodeLimits,
        min_face_px: int,
        *,
        strategy: FaceStrategy = strategies.OWN,
        identity_warning: float | None = None,
        likeness: Likeness | None = None,
        sandboxed_decoder: SandboxedDecoder | None = None,
        max_faces: int = MAX_FACES,
        stopwatch: Callable[[], Stopwatch] = Stopwatch,
    ) -> None:
        """
        Args:
            models: the networks.
            limits: the largest photo that is accepted.
            min_face_px: faces whose box has a shorter side under this are left alone, pixels of the original photo.
            strategy: how to find, crop and blend faces.
            identity_warning: the lowest similarity that is accepted, -1 to 1; None: see
                `likeness.least_similarity`.
            likeness: what happens to a restored face below it: nothing; the report marks it; or it is restored more
                gently. None: more gently if an identity model is installed.
            sandboxed_decoder: decodes uploads in child processes; None: decode in this process.
            max_faces: the most faces restored in one photo, largest first.
            stopwatch: makes what times the stages of one photo.
        """
        self._models = models
        self._whole = WholePhoto(models.damage_finder, models.mender)
        self._limits = limits
        self._min_face_px = min_face_px
        self._strategy = strategy
        self._identity_warning = identity_warning
        self._likeness = likeness
        self._stopwatch = stopwatch
        self._sandboxed_decoder = sandboxed_decoder
        self._selection = FaceSelection(min_face_px, max_faces, likeness)
        self._decode = sandboxed_decoder or decode

    @classmethod
    def of(
        cls,
        settings: Settings,
        on_batch: OnBatch = ignore_batch,
        engine: Engine | None = None,
        stopwatch: Callable[[], Stopwatch] = Stopwatch,
    ) -> "Pipeline":
        """The pipeline for the settings. Nothing is loaded before the first photo.

        Args:
            settings: the models, the device, the limits.
            on_batch: called for each batch that a network runs.
            engine: runs the networks; None: the one that the settings name.
            stopwatch: makes what times the stages of one photo.

        Raises:
            BadSettings: the device or the engine is not available.
        """
        engine = engine or choose(settings.device, settings.data_dir / "cache", settings.precision)
        weights = Weights.of(settings)
        strategy = strategies.FACEXLIB if settings.blend == "facexlib" else strategies.OWN
        brought = usable_cards(weights.folder)
        restorers, detectors, parsers = restorers_with(brought), registry.DETECTORS, registry.PARSERS
        upscalers = registry.UPSCALERS
        if strategy is strategies.FACEXLIB:  # upstream enlarges with Lanczos where no network is installed
            upscalers = tuple(model for model in upscalers if not model.facts.bundled)
            parsers = tuple(model for model in parsers if not model.facts.bundled)
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
            upscalers=upscalers,
            occlusions=brought.occlusions,
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
            likeness=settings.likeness,
            sandboxed_decoder=sandboxed_decoder,
            max_faces=settings.max_faces,
            stopwatch=stopwatch,
        )

    @property
    def engine_name(self) -> str:
        """The engine's name for people: `OpenVINO on the CPU`."""
        return self._models.engine_name

    def warm_up(self) -> None:
        """Load the default models, so that the first photo does not wait for them.

        Raises:
            ModelUnknown, ModelNotInstalled, ModelNotAllowed, ModelBroken: the settings name a model that cannot be
                used, or a model's file is broken.
        """
        if self._sandboxed_decoder is not None:
            self._sandboxed_decoder.start()
        self._models.detector()
        self._models.restorer()
        self._models.parser()
        self._models.upscaler()
        self._models.identity()
        self._models.occlusion()
        self._models.cleaner()
        self._models.damage_finder()
        self._models.mender()

    def close(self) -> None:
        """End the idle decoding processes now. Otherwise they end when this object is collected."""
        if self._sandboxed_decoder is not None:
            self._sandboxed_decoder.close()

    def unload_idle(self, seconds: float) -> list[str]:
        """Unload the models that no photo needed for `seconds`; returns their names."""
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
        keep: Keep = Keep.SHARED,
    ) -> Restoration:
        """Restore every face in a photo, and of the whole photo what the options ask for or it needs. The same photo
        and options give the same bytes.

        Args:
            data: the photo's file.
            options: what to do.
            progress: see `ProgressCallback`.
            kind: the result's file format, see `encode`; None: the original's format.
            max_megapixels: a limit for this photo, below the general one; 0: none.
            page: the page or picture of a file with several, from 1.
            keep: how much of the file's EXIF, XMP and IPTC the result gets. Unless it is nothing, the XMP records what
                was done.

        Raises:
            UserError: the photo or the options cannot be used, or there is no face to restore.
        """
        tell = progress or _no_one
        clock = self._stopwatch()
        restorer_facts, detector_facts = self.check(options)

        tell(Stage.DECODE, 0, 0)
        with clock("decode"):
            picture = self._decode(data, self._limits, page, keep)
            options = sized(options, picture, self._limits.max_pixels)
            self._check_size(picture, options.upscale, max_megapixels)
        look, sent = self._looked(picture, options, clock), picture
        picture = self._repaired(picture, look, clock, tell)
        tell(Stage.DETECT, 0, 0)
        detector = self._models.detector(detector_facts.name)  # not timed: loading is no stage
        with clock("detect"):
            found = self._detect(picture, detector)
        chosen = choose_faces(by_size(found.faces), options.faces)
        if not look.steps and options.scope is not Scope.PHOTO:
            self._check_faces(chosen, picture, options.scope)
        restored = self._selection.to_restore(chosen, picture)
        # A turned photo is restored upright, so that the result equals that of the upright photo.
        picture, large = _upright(picture, found, restored)
        upscaler = self._models.upscaler() if options.upscale > 1 else None
        cleaning = Step.CLEAN in look.steps
        shown = self._cleaned(picture, options.strength, clock, tell) if cleaning else picture
        with clock("align"):
            shown = enlarged(shown, options.upscale, upscaler)
            # Restorers expect photos, not the output of another network, so they get the face as it was.
            redrawn = upscaler is not None or cleaning
            cuts = [self._strategy.cut(picture, shown, face, redrawn) for face in large]
        if large:
            tell(Stage.RESTORE, 0, len(large))
        restorer = self._models.restorer(restorer_facts.name)
        with clock("restore"):
            seen = [cut.seen for cut in cuts]
            better = restorer(seen, options.fidelity, lambda done: tell(Stage.RESTORE, done, len(seen)))
            if options.gentle_faces:
                gentle = choose_faces(by_size(found.faces), options.gentle_faces)
                better = gentled(cuts, better, [any(face is one for one in gentle) for face in restored])
        tell(Stage.BLEND, len(large), len(large))
        with clock("blend"):
            judged = self._judged(cuts, better, options, restorer_facts, restorer)
            shown = self._blended(shown, cuts, judged, options, cleaned=cleaning)
        tell(Stage.ENCODE, len(large), len(large))
        with clock("encode"):
            shown = shown if options.upright else rotated(shown, -found.rotation)
            if keep is not Keep.NOTHING:
                done = with_restoration(picture.metadata, restorer_facts.name, len(large), options, look.steps)
                shown = replace(shown, metadata=done)
            prints = print_of(options, shown)
            encoded = encode(with_resolution(shown, prints), kind=kind)
        report = Report(
            width=shown.width,
            height=shown.height,
            faces=self._selection.report(found.faces, chosen, restored, judged, sent),
            rotation=found.rotation,
            turned=options.upright and found.rotation != 0,
            model=restorer_facts.name,
            detector=detector_facts.name,
            notes=picture.notes,
            page=page,
            pages=picture.pages,
            upscale=options.upscale,
            print=prints,
            cleaned=cleaning,
            damage=look.damage,
            done=tuple(step for step in Step if step in look.steps),
            fidelity=restorer_facts.default_fidelity if options.fidelity is None else options.fidelity,
            stages_ms=clock.stages_ms,
            total_ms=clock.total_ms(),
        )
        mask = look.mask_file(found.rotation if options.upright else 0)
        return Restoration(encoded.data, encoded.extension.removeprefix("."), encoded.media_type, report, mask)

    def check(self, options: Options) -> tuple[ModelFacts, ModelFacts]:
        """The facts of the restorer and detector that the options name, without loading them.

        Raises:
            ModelUnknown, ModelNotInstalled, ModelNotAllowed: one of them cannot be used.
            FidelityUnsupported: the options set a fidelity, but the restorer has none.
            ModelNotInstalled, ModelNotAllowed, ModelBroken: likeness must be kept, but no identity model can be used.
        """
        if self._likeness == "hold":
            self._models.identity_facts()
        restorer = self._models.restorer_facts(options.model)
        if options.fidelity is not None and not restorer.has_fidelity:
            raise FidelityUnsupported(model=restorer.name)
        return restorer, self._models.detector_facts(options.detector)

    def pages(self, data: bytes) -> int:
        """The number of pages or pictures in a file.

        Raises:
            UserError: the file cannot be read.
        """
        return self._decode(data, self._limits).pages

    def faces(self, data: bytes, page: int = 1) -> list[Detection]:
        """The faces in a photo, found by the default detector, without restoring them.

        Raises:
            UserError: the photo or the detector cannot be used.
        """
        return self._detect(self._decode(data, self._limits, page), self._models.detector()).faces

    def overview(self, data: bytes, options: Options) -> Overview:
        """The faces in a photo and their numbers.

        Raises:
            UserError: the photo cannot be used, or has no face.
        """
        detector = self._models.detector(self._models.detector_facts(options.detector).name)
        picture = self._decode(data, self._limits)
        self._check_size(picture, 1, 0)
        found = self._detect(picture, detector)
        if not found.faces:
            raise NoFaceFound
        by_number = by_size(found.faces)
        restored = self._selection.to_restore(by_number, picture)
        shown, faces = _upright(picture, found, by_number)
        reported = self._selection.report(found.faces, by_number, restored, [None] * len(restored), picture)
        return Overview(reported, found.rotation, encode(numbered(shown, faces)))

    def compare(self, data: bytes, restored: bytes, page: int = 1) -> Encoded:
        """The original page and the restored file, side by side in one picture."""
        return encode(side_by_side(self._decode(data, self._limits, page), decode(restored, _NO_LIMITS)))

    def _check_size(self, picture: Picture, upscale: int, max_megapixels: float) -> None:
        """Refuse too large photos; the general limit applies to the enlarged result, with `upscale**2` the pixels."""
        own = int(max_megapixels * 1_000_000)
        if own and picture.width * picture.height > own:
            pixels, limit = picture.width * picture.height, own
        else:
            pixels, limit = picture.width * picture.height * upscale**2, self._limits.max_pixels
        if pixels > limit:
            # Rounded up, so that no message says that 64.0 is more than 64.
            megapixels = math.ceil(pixels / 1e5) / 10
            raise PhotoTooLarge(megapixels=megapixels, limit_megapixels=round(limit / 1e6, 1))

    def _detect(self, picture: Picture, detector: Detector) -> Found:
        # Faces slightly under the limit are searched too, so that the report can tell why they stay unchanged.
        smallest = _SMALLEST_REPORTED * self._min_face_px
        pixels = picture.rgb8()
        if is_plain(pixels):  # a few bytes of a file can hold 64 megapixels of nothing
            return Found([])
        found = self._strategy.find(pixels, detector, min_face_px=smallest)
        if found.faces or not self._strategy.looks_twice:
            return found
        return second_look(picture, detector, smallest, self._models.cleaner())

    def _check_faces(self, chosen: Sequence[Detection], picture: Picture, scope: Scope) -> None:
        try:
            self._selection.check(chosen, picture)
        except NoFaceFound:
            raise NothingToRestore if scope is Scope.AUTO else NoFaceFound from None

    def _looked(self, picture: Picture, options: Options, clock: Stopwatch) -> Look:
        judges = self._strategy.judges_photo
        self._whole.load(options, judges=judges)  # not timed: loading is no stage
        with clock("look"):
            return self._whole.look(picture, options, judges=judges)

    def _repaired(self, picture: Picture, look: Look, clock: Stopwatch, tell: ProgressCallback) -> Picture:
        if not look.steps & {Step.REPAIR, Step.TONE}:
            return picture
        tell(Stage.REPAIR, 0, 0)
        with clock("repair"):
            return self._whole.repaired(picture, look)

    def _cleaned(self, picture: Picture, strength: float, clock: Stopwatch, tell: ProgressCallback) -> Picture:
        tell(Stage.CLEAN, 0, 0)
        with clock("clean"):
            return self._whole.cleaned(picture, strength)

    def _blended(
        self, shown: Picture, cuts: Sequence[Cut], judged: Sequence[Judged], options: Options, *, cleaned: bool
    ) -> Picture:
        faces = self._masked(cuts, [face.restored for face in judged])
        blended = self._strategy.blend(shown, faces, options.strength)
        if options.grain_back(cleaned=cleaned) and self._strategy.matches_grain and options.strength:
            return with_grain(shown, blended, faces, options.strength)
        return blended

    def _masked(self, cuts: Sequence[Cut], restored: Sequence[Floats]) -> list[RestoredFace]:
        """The restored faces with their masks, if a parser or an occlusion mask is installed."""
        parse = self._models.parser()
        faces = [np.rint(better) for better in restored] if self._strategy.whole_levels else restored
        masks = [None] * len(faces) if parse is None else parse(faces)
        made = [RestoredFace(cut.aligned, face, mask) for cut, face, mask in zip(cuts, faces, masks, strict=True)]
        # What hides a face is seen in the photo only: restorers draw it as skin.
        hides = self._models.occlusion() if self._strategy.keeps_hidden else None
        return made if hides is None else without_hidden(made, hides([cut.seen for cut in cuts]))

    def _judged(
        self, cuts: Sequence[Cut], restored: Sequence[Floats], options: Options, facts: ModelFacts, restorer: Restorer
    ) -> list[Judged]:
        """The similarity of each face before and after. Faces that changed too much are restored more gently, unless
        the operator switched that off.
        """
        compare = self._models.identity()
        judged = judge(cuts, restored, compare, options.strength, self._identity_warning)
        if self._likeness not in ("hold", None) or compare is None:
            return judged
        used = facts.default_fidelity if options.fidelity is None else options.fidelity
        gentler = None if used is None or used >= 1 else partial(restorer, fidelity=1.0)
        return hold(cuts, judged, compare, options.strength, gentler)


def _upright(picture: Picture, found: Found, faces: Sequence[Detection]) -> tuple[Picture, list[Detection]]:
    """The photo and its faces, turned upright."""
    if not found.rotation:
        return picture, list(faces)
    upright = rotated(picture, found.rotation)
    return upright, [turned_along(face, found.rotation, picture.width, picture.height) for face in faces]


def _no_one(stage: Stage, done: int, faces: int) -> None:
    """A `ProgressCallback` that does nothing."""
