"""What a print needs of a photo: how many times it is enlarged, its resolution, and whether it prints sharp."""

import math
from dataclasses import replace

from magicmemory.core.options import Options
from magicmemory.core.print_size import PrintSize, prints_sharp, sharp_size, times_for
from magicmemory.core.report import Print
from magicmemory.pipeline.imaging.picture import Picture


def sized(options: Options, picture: Picture, most_pixels: int) -> Options:
    """The options with the enlargement that their print needs; themselves where no print is asked for.

    Args:
        options: the choices of the person.
        picture: the photo before it is enlarged.
        most_pixels: of the result; the print then gets less.
    """
    if options.print_size is None:
        return options
    times = times_for(PrintSize.parse(options.print_size), picture.width, picture.height, most_pixels)
    return options.model_copy(update={"upscale": times})


def print_of(options: Options, shown: Picture) -> Print | None:
    """How the result prints; None where no print is asked for.

    Args:
        options: from `sized`.
        shown: the result, `options.upscale` times larger than the photo.
    """
    if options.print_size is None:
        return None
    size, times = PrintSize.parse(options.print_size), options.upscale
    width, height = shown.width // times, shown.height // times
    return Print(
        size=str(size),
        dpi=math.ceil(size.dpi(shown.width, shown.height)),  # rounded up, so that it fits the paper
        sharp=prints_sharp(size, width, height, times),
        sharp_size=str(sharp_size(width, height, times, size.unit)),
    )


def with_resolution(picture: Picture, prints: Print | None) -> Picture:
    """The picture with the resolution of its print, if there is one."""
    return picture if prints is None else replace(picture, dpi=prints.dpi)
