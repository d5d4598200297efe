"""Pages for Zebra printers: each label as one picture in ZPL, dot for dot.

A picture and not ZPL's own text and lines, because then the label has the same faces and shapes as everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from liquidose.devices.printers import DOTS_PER_MM
from liquidose.errors import GiveWhatIsMissing
from liquidose.pages.shapes import Page
from liquidose.render.dot_check import check_marks
from liquidose.render.dot_grid import on_dots
from liquidose.render.raster import demand_preview, pictures_of

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIGIN: Final = "^XA\n^JMA^LH0,0^PMN\n"
"""Undoes what an earlier job may have left in the printer: half density, another origin, mirror writing."""
_THRESHOLDS: Final = bytes((8, 136, 40, 168, 200, 72, 232, 104, 56, 184, 24, 152, 248, 120, 216, 88))
"""How light a grey must be not to be inked, dot by dot of a square of four by four (ordered dither by Bayer)."""


def render_zpl(pages: Sequence[Page], *, dpi: int | None, about: str) -> bytes:
    """All labels, one after the other, at the dots of the printer; black stays black, grey becomes a pattern.

    What the file says of itself is a comment in the first label.

    Raises:
        BadOption: the ``preview`` extra is not installed.
        GiveWhatIsMissing: no dpi, or one that no Zebra printer has.
        DoesNotFit: a mark would stand more than half a dot from its place, or not at all.
    """
    demand_preview("ZPL")
    if dpi not in DOTS_PER_MM:
        raise GiveWhatIsMissing(
            "ZPL needs the dots of the printer.",
            "Give --dpi 203, 300 or 600, or store it with 'liquidose printers set'.",
            given="" if dpi is None else str(dpi),
        )
    per_mm = DOTS_PER_MM[dpi]
    labels = []
    fitted = [on_dots(page, per_mm) for page in pages]
    for page, grey in zip(pages, pictures_of(fitted, per_mm, smooth=False), strict=True):
        picture = _black_and_white(grey)
        check_marks(picture, page, per_mm, printer=f"{dpi} dpi")
        labels.append(_label(picture))
    return "".join(labels).replace(_ORIGIN, f"{_ORIGIN}^FX{_comment(about)}^FS\n", 1).encode("ascii")


def _comment(words: str) -> str:
    """The words in the letters of ZPL, without the two that begin a command."""
    return words.translate({ord("^"): " ", ord("~"): " "}).encode("ascii", "backslashreplace").decode()


def _black_and_white(grey: Image) -> Image:
    """Black and white as they are; other greys as a pattern that keeps a dot away from black, so that no mark grows."""
    from PIL import Image, ImageChops, ImageFilter  # noqa: PLC0415  (only here)

    tile = Image.frombytes("L", (4, 4), _THRESHOLDS)
    thresholds = Image.new("L", grey.size)
    for left in range(0, grey.width, 4):
        thresholds.paste(tile, (left, 0))
    for top in range(4, grey.height, 4):
        thresholds.paste(thresholds.crop((0, 0, grey.width, 4)), (0, top))
    pattern = ImageChops.subtract(grey, thresholds).point(lambda value: 255 if value else 0)
    solid = grey.point(lambda value: 255 if value else 0)
    beside = ImageChops.invert(solid.filter(ImageFilter.MinFilter(3)))
    return ImageChops.darker(solid, ImageChops.lighter(pattern, beside)).convert(
        "1", dither=Image.Dither.NONE
    )


def _label(picture: Image) -> str:
    from zebrafy.zebrafy_image import ZebrafyImage  # noqa: PLC0415  (of the preview extra)

    made: str = ZebrafyImage(picture, format="ASCII_COMPRESSED", dither=False, set_label_size=True).to_zpl()
    return made.replace("^XA\n", _ORIGIN, 1)
