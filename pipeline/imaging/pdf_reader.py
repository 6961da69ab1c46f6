"""The pictures of a scanned PDF's pages, by PDFium, which Chromium reads PDFs with."""

import math
from typing import cast

import numpy as np
import pypdfium2
from pypdfium2 import raw

from magicmemory.core.errors import PageMissing, PdfLocked, PdfWithoutScan, PhotoUnreadable
from magicmemory.pipeline.imaging.picture import Pixels

_LEAST_COVERED = 0.25  # of the page, by pictures: less is a written page with a logo on it
_LEAST_OF_PICTURE = 0.02  # of the page: smaller ones do not decide the resolution
_MOST_OBJECTS = 5_000
_MOST_SCALE = 40.0  # pixels a point: 2,880 dpi


class PdfPage:
    """A page that was scanned: knows its size in pixels before anything is decoded."""

    def __init__(self, data: bytes, page: int) -> None:
        """
        Args:
            data: the file.
            page: from 1.

        Raises:
            PdfLocked: it wants a password.
            PdfWithoutScan: no picture covers a good part of the page.
            PhotoUnreadable: PDFium cannot open it.
            PageMissing: there is no such page.
        """
        self._document = _opened(data)
        self.pages = len(self._document)
        if page > self.pages:
            raise PageMissing(page=page, pages=self.pages)
        self._page = self._document[page - 1]
        width, height = self._page.get_size()
        self._scale = self._pixels_a_point(width * height)
        self.size = math.ceil(width * self._scale), math.ceil(height * self._scale)

    def pixels(self) -> Pixels:
        """The page as its largest picture's resolution shows it, `[height, width, 3]` RGB."""
        bitmap = self._page.render(scale=self._scale, rev_byteorder=True, draw_annots=False, may_draw_forms=False)
        shown = bitmap.to_numpy()
        if shown.ndim == 2 or shown.shape[2] == 1:
            return cast(Pixels, np.repeat(shown.reshape(*shown.shape[:2], 1), 3, axis=2))
        return cast(Pixels, np.ascontiguousarray(shown[..., :3]))

    def close(self) -> None:
        """Let go of the document."""
        self._page.close()
        self._document.close()

    def _pixels_a_point(self, page_area: float) -> float:
        covered, scale = 0.0, 0.0
        found = self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        for picture, _ in zip(found, range(_MOST_OBJECTS), strict=False):
            left, bottom, right, top = picture.get_bounds()
            share = max(0.0, right - left) * max(0.0, top - bottom) / max(page_area, 1e-6)
            covered += share
            if share >= _LEAST_OF_PICTURE:
                wide, high = picture.get_px_size()
                # The longer side against the longer side, because pages are turned.
                scale = max(scale, max(wide, high) / max(right - left, top - bottom))
        if covered < _LEAST_COVERED or not scale:
            raise PdfWithoutScan
        # PDFium rounds the sides up, and a page is seldom an exact number of points.
        return min(scale, _MOST_SCALE) * (1 - 1e-5)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise PdfLocked from None
        raise PhotoUnreadable from None
