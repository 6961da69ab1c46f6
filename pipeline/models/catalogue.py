"""The facts of all models, derived from the registry. Importing it imports every network, and torch."""

from typing import Final

from magicmemory.pipeline.models import registry
from magicmemory.pipeline.models.facts import Kind, ModelFacts

# Of each kind the best first.
ALL: Final[tuple[ModelFacts, ...]] = tuple(
    model.facts
    for models in (
        registry.RESTORERS,
        registry.DETECTORS,
        registry.PARSERS,
        registry.UPSCALERS,
        registry.IDENTITIES,
        registry.MENDERS,
    )
    for model in models
)


def of_kind(kind: Kind) -> tuple[ModelFacts, ...]:
    """The models of a kind, the best first."""
    return tuple(facts for facts in ALL if facts.kind is kind)


def by_name(name: str) -> ModelFacts | None:
    """The model of that name; None: there is none."""
    return next((facts for facts in ALL if facts.name == name), None)
