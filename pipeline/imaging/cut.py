"""Finds the missing area of a picture whose file is truncated."""

from dataclasses import dataclass

from magicmemory.core.report import Box


@dataclass(frozen=True, slots=True)
class Cut:
    """What is missing.

    Attributes:
        top: the first row that is not whole, before the picture is turned upright; the height where all are.
        share: of the picture that is missing, 0 to 1.
        coarse: details are missing all over: the later scans of a progressive JPEG.
    """

    top: int
    share: float
    coarse: bool

    def area(self, width: int, height: int, orientation: int) -> Box | None:
        """The rows that are not whole, in the upright picture of that size: left, top, right, bottom."""
        if not self.share:
            return None
        across = orientation >= 5
        rows = (width if across else height) - self.top
        if not across:
            return (0, 0, width, rows) if orientation in (3, 4) else (0, height - rows, width, height)
        return (0, 0, rows, height) if orientation in (6, 7) else (width - rows, 0, width, height)
