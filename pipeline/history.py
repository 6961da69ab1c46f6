"""Writes into a photo's XMP what was done to it."""

from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Final

from magicmemory.core.options import Options, Step
from magicmemory.pipeline.imaging.metadata import Metadata, with_history

_IN_WORDS: Final = {
    Step.REPAIR: "scratches and dust repaired",
    Step.CLEAN: "whole photo cleaned",
    Step.TONE: "faded contrast brought back",
}


def with_restoration(metadata: Metadata, model: str, faces: int, options: Options, steps: frozenset[Step]) -> Metadata:
    """The metadata with a further entry in the history.

    Args:
        metadata: the photo's.
        model: the restorer's name.
        faces: how many it restored.
        options: how.
        steps: what was done beside the faces.
    """
    parts = [f"{faces} {'face' if faces == 1 else 'faces'} restored by {model}, strength {options.strength:g}"]
    if options.fidelity is not None:
        parts.append(f"fidelity {options.fidelity:g}")
    parts += [_IN_WORDS[step] for step in Step if step in steps]
    if options.upscale > 1:
        parts.append(f"enlarged {options.upscale} times")
    if options.print_size is not None:
        parts.append(f"for a print of {options.print_size}")
    return replace(metadata, xmp=with_history(metadata.xmp, _program(), ", ".join(parts)))


@cache  # reading the version takes 10 ms
def _program() -> str:
    return f"Magic Memory {version('magicmemory')}"
