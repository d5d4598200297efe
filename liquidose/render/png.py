"""Pages as PNG pictures, to look at before anything is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from liquidose.errors import CheckTheAmount
from liquidose.pages.shapes import Page
from liquidose.render.raster import demand_preview, pictures_of

PREVIEW_DPI: Final = 200
_MM_PER_INCH: Final = 25.4
_MOST_DPI: Final = 1200


def render_png(pages: Sequence[Page], *, dpi: int, about: Mapping[str, str]) -> list[bytes]:
    """One PNG file for each page, which says its own dpi, and of itself what is to be said, by PNG's keywords.

    Raises:
        BadOption: the ``preview`` extra is not installed.
        CheckTheAmount: a dpi that no picture of a label needs.
    """
    demand_preview("A PNG picture")
    if not 1 <= dpi <= _MOST_DPI:
        raise CheckTheAmount(
            f"A picture of {dpi} dpi is not drawn.", f"Choose from 1 to {_MOST_DPI}.", given=str(dpi)
        )
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415  (of the preview extra)

    said = PngInfo()
    for keyword, words in about.items():
        said.add_itxt(keyword, words)
    files = []
    for picture in pictures_of(pages, dpi / _MM_PER_INCH, smooth=True):
        file = BytesIO()
        picture.save(file, format="PNG", dpi=(dpi, dpi), pnginfo=said)
        files.append(file.getvalue())
    return files
