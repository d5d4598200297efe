"""Pages as pictures of dots, through the PDF: the only importer of pypdfium2."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from liquidose.errors import BadOption
from liquidose.pages.shapes import MM_PER_PT, Page
from liquidose.render.pdf import render_pdf

if TYPE_CHECKING:
    from PIL.Image import Image

_NEAR: Final = 1e-6


def demand_preview(what: str) -> None:
    """Nothing comes out; what the ``preview`` extra brings is installed.

    Raises:
        BadOption: it is not; the message says how to install it.
    """
    for module in ("pypdfium2", "zebrafy"):
        if importlib.util.find_spec(module) is None:
            raise BadOption(
                f"{what} needs libraries that are not installed.",
                "Install them with: pip install 'liquidose[preview]'",
                given=what,
            )


def dots(length_mm: float, per_mm: float) -> int:
    """The whole dots that a length needs."""
    return math.ceil(length_mm * per_mm - _NEAR)


def pictures_of(pages: Sequence[Page], per_mm: float, *, smooth: bool) -> Iterator[Image]:
    """Each page at so many dots a millimetre, exactly: its last dot may hang over its edge.

    With ``smooth`` in colour, for the eye. Without, in grey, and each dot lies inside a shape or outside it, as a
    thermal head prints.
    """
    import pypdfium2  # noqa: PLC0415  (of the preview extra)

    document = pypdfium2.PdfDocument(render_pdf(pages, title=""))
    try:
        for number, page in enumerate(pages):
            wide, high = dots(page.width_mm, per_mm), dots(page.height_mm, per_mm)
            # pdfium stretches a page to whole dots; so the page is cut larger, to whole dots, before
            sheet = document[number]
            foot = page.height_mm - high / per_mm
            sheet.set_mediabox(0, foot / MM_PER_PT, wide / per_mm / MM_PER_PT, page.height_mm / MM_PER_PT)
            yield sheet.render(
                scale=(wide - 0.01) / sheet.get_width(),
                grayscale=not smooth,
                rev_byteorder=smooth,
                no_smoothtext=not smooth,
                no_smoothpath=not smooth,
            ).to_pil()
    finally:
        document.close()
