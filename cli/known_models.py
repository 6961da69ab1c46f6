"""The models that the commands know."""

import importlib.util

from magicmemory.core.settings import Settings
from magicmemory.pipeline.models.facts import Kind, ModelFacts, why_refused
from magicmemory.pipeline.models.weights import Weights, WeightsError


def all_models(weights: Weights) -> tuple[ModelFacts, ...]:
    """The catalogue with the models whose cards lie in the weights folder.

    It comes from the networks' own files, so it is imported only by the commands that need it.

    Raises:
        WeightsError: the worker's packages are not installed.
    """
    if importlib.util.find_spec("torch") is None:
        raise WeightsError("Models need the packages of a worker: install the extra `worker` on this machine.")
    from magicmemory.pipeline.models import catalogue
    from magicmemory.pipeline.models.model_cards import read_cards, restorers_with

    brought = read_cards(weights.folder)
    others = (facts for facts in catalogue.ALL if facts.kind is not Kind.RESTORER)
    masks = (model.facts for model in brought.occlusions)
    return (*(model.facts for model in restorers_with(brought)), *others, *masks)


def card_problems(weights: Weights) -> tuple[str, ...]:
    """A sentence for each card in the weights folder that cannot be used."""
    from magicmemory.pipeline.models.model_cards import read_cards

    return read_cards(weights.folder).problems


def known_model(weights: Weights, name: str) -> ModelFacts:
    """The model of that name.

    Raises:
        WeightsError: there is none.
    """
    models = all_models(weights)
    for facts in models:
        if facts.name == name:
            return facts
    known = ", ".join(facts.name for facts in models)
    raise WeightsError(f"There is no model {name!r}. Models: {known}.")


def usable_models(settings: Settings, kind: Kind) -> list[ModelFacts]:
    """The models of a kind that are here and allowed, the best first."""
    weights = Weights.of(settings)
    return [
        facts
        for facts in all_models(weights)
        if facts.kind is kind
        and (facts.bundled or weights.is_there(facts))
        and why_refused(facts, settings.commercial) is None
    ]
