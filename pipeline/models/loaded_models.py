"""The models of one process, by what they do."""

from pathlib import Path
from typing import Any

from magicmemory.core.errors import ModelNotInstalled
from magicmemory.core.options import AUTO
from magicmemory.pipeline.engines.base import Engine, tidy_memory
from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.faces.identity import Identity
from magicmemory.pipeline.faces.occlusion import OcclusionMask
from magicmemory.pipeline.faces.parsing import Parser
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.models.facts import Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model
from magicmemory.pipeline.models.model_cache import ModelCache, ModelContext
from magicmemory.pipeline.models.registry import (
    CLEANERS,
    DETECTORS,
    FINDERS,
    IDENTITIES,
    MENDERS,
    OCCLUSIONS,
    PARSERS,
    RESTORERS,
    UPSCALERS,
)
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.clean import Cleaner
from magicmemory.pipeline.photo.damage import DamageFinder
from magicmemory.pipeline.photo.enlarge import Upscaler
from magicmemory.pipeline.photo.repair import Mender


class Models:
    """The models of one process: each is built once, when it is first asked for, and kept. Any thread may ask."""

    def __init__(
        self,
        engine: Engine,
        weights: Weights,
        *,
        restorer: str = AUTO,
        detector: str = AUTO,
        upscaler: str = AUTO,
        paid_use: bool = False,
        parsing_px: int = SIZE // 2,
        upscale_denoise: float = 1.0,
        verdicts: Path | None = None,
        restorers: tuple[Model[Restorer], ...] = RESTORERS,
        detectors: tuple[Model[Detector], ...] = DETECTORS,
        parsers: tuple[Model[Parser], ...] = PARSERS,
        upscalers: tuple[Model[Upscaler], ...] = UPSCALERS,
        identities: tuple[Model[Identity], ...] = IDENTITIES,
        occlusions: tuple[Model[OcclusionMask], ...] = OCCLUSIONS,
        cleaners: tuple[Model[Cleaner], ...] = CLEANERS,
        finders: tuple[Model[DamageFinder], ...] = FINDERS,
        menders: tuple[Model[Mender], ...] = MENDERS,
    ) -> None:
        """
        Args:
            engine: what runs the networks.
            weights: the downloaded checkpoints.
            restorer: taken when `auto` is asked for; `auto`: the best one installed.
            detector: the same for detectors.
            upscaler: the same for upscalers.
            paid_use: the operator earns money with it, which some licences forbid.
            parsing_px: see `BuildContext`.
            upscale_denoise: see `BuildContext`.
            verdicts: see `BuildContext`.
            restorers: all restorers, the best first.
            detectors: all detectors, the best first.
            parsers: all face parsers.
            upscalers: all upscalers, the best first.
            identities: all networks that compare faces.
            occlusions: all networks that find what hides faces.
            cleaners: all networks that clean a whole photo.
            finders: all networks that find damage.
            menders: all networks that fill what damage hides.
        """
        self.engine_name = engine.name  # for people
        context = ModelContext(BuildContext(engine, weights, parsing_px, upscale_denoise, verdicts), paid_use)
        self._restorers = ModelCache(restorers, restorer, context)
        self._detectors = ModelCache(detectors, detector, context)
        self._parsers = ModelCache(parsers, AUTO, context)
        self._upscalers = ModelCache(upscalers, upscaler, context)
        self._identities = ModelCache(identities, AUTO, context)
        self._occlusions = ModelCache(occlusions, AUTO, context)
        self._cleaners = ModelCache(cleaners, AUTO, context)
        self._finders = ModelCache(finders, AUTO, context)
        self._menders = ModelCache(menders, AUTO, context)

    def restorer_facts(self, name: str = AUTO) -> ModelFacts:
        """The facts of the restorer that `name` (or `auto`) means. Loads nothing; raises as `restorer` does."""
        return self._restorers.find(name).facts

    def detector_facts(self, name: str = AUTO) -> ModelFacts:
        """The facts of the detector that `name` (or `auto`) means. Loads nothing; raises as `detector` does."""
        return self._detectors.find(name).facts

    def restorer(self, name: str = AUTO) -> Restorer:
        """The restorer of that name, ready to run.

        Raises:
            ModelUnknown: there is no such restorer.
            ModelNotInstalled: its checkpoint is not on this machine.
            ModelNotAllowed: its licence forbids this use.
            ModelBroken: its checkpoint cannot be used.
        """
        return self._restorers.get(name)

    def detector(self, name: str = AUTO) -> Detector:
        """The detector of that name, ready to run. Raises as `restorer` does."""
        return self._detectors.get(name)

    def parser(self) -> Parser | None:
        """The face parser, or None where none is installed.

        Raises:
            ModelBroken: its checkpoint cannot be used.
        """
        return self._parsers.get_any()

    def upscaler(self) -> Upscaler | None:
        """The upscaler, or None where none is installed. Raises as `restorer` does."""
        return self._upscalers.get_any()

    def identity(self) -> Identity | None:
        """The network that compares faces, or None where none is installed. Raises as `parser` does."""
        return self._identities.get_any()

    def identity_facts(self) -> ModelFacts:
        """The facts of the network that compares faces. Loads nothing; raises as `restorer` does."""
        try:
            return self._identities.find(AUTO).facts
        except ModelNotInstalled as error:
            # By its name, the reason is said where it is here and must not be used.
            return self._identities.find(str(error.parameters["model"])).facts

    def occlusion(self) -> OcclusionMask | None:
        """The network that finds what hides faces, or None where none is installed. Raises as `parser` does."""
        return self._occlusions.get_any()

    def cleaner(self) -> Cleaner:
        """The network that cleans a whole photo. Raises as `parser` does."""
        return self._cleaners.get(AUTO)

    def damage_finder(self) -> DamageFinder:
        """The network that finds damage. Raises as `parser` does."""
        return self._finders.get(AUTO)

    def mender(self) -> Mender:
        """The network that fills what damage hides, and cleans. Raises as `parser` does."""
        return self._menders.get(AUTO)

    def load(self, facts: ModelFacts) -> None:
        """Build a model, so that its errors are raised and its verdict is kept. Raises as `restorer` does."""
        caches: dict[Kind, ModelCache[Any]] = {
            Kind.RESTORER: self._restorers,
            Kind.DETECTOR: self._detectors,
            Kind.PARSER: self._parsers,
            Kind.UPSCALER: self._upscalers,
            Kind.IDENTITY: self._identities,
            Kind.MENDER: self._menders,
            Kind.OCCLUSION: self._occlusions,
        }
        caches[facts.kind].get(facts.name)

    def unload_idle(self, seconds: float) -> list[str]:
        """Forget the models that nobody used for so many seconds; returns their names. A model that is running is
        freed when it has finished.
        """
        caches = (
            self._restorers,
            self._detectors,
            self._parsers,
            self._upscalers,
            self._identities,
            self._occlusions,
            self._cleaners,
            self._finders,
            self._menders,
        )
        names = [name for cache in caches for name in cache.unload_idle(seconds)]
        if names:
            tidy_memory()
        return names
