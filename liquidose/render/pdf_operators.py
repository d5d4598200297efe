"""Shapes in the words of a PDF: its operators, and the characters of a face as codes.

They are written here and not by reportlab's canvas, which works out every length and every letter anew: the labels of
a run are alike but for a few words. Lengths are in points from the page's top left corner, with y upwards.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from liquidose.pages.fonts import face_of
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Polygon, Rgb

PT: Final = 1 / MM_PER_PT
_KEPT: Final = 4096
"""Places kept for the next labels: the lines of a design come again, and no word of anybody's is among them."""
_BLACK: Final = "0 g"


def number(value: float) -> str:
    """A number of points, or a part of a colour, to six decimals as reportlab writes it."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


@lru_cache(_KEPT)
def moved(x_mm: float, y_mm: float) -> str:
    """The operator that moves the origin so far right and down."""
    return f"1 0 0 1 {_point(x_mm, y_mm)} cm"


@lru_cache(_KEPT)
def text_at(x_mm: float, y_mm: float) -> str:
    """The operator that begins a line of text so far right and down."""
    return f"1 0 0 1 {_point(x_mm, y_mm)} Tm"


def in_colour(operators: str, colour: Rgb | None) -> str:
    """What the operators fill in this colour, black again after it; in black without one."""
    return operators if colour is None else f"{' '.join(map(number, colour))} rg {operators} {_BLACK}"


def outline(shape: Line | Box | Polygon) -> str:
    """The operators that draw the shape; a pen is black before and after."""
    match shape:
        case Line():
            start, end = _point(shape.x1_mm, shape.y1_mm), _point(shape.x2_mm, shape.y2_mm)
            return f"{number(shape.width_mm * PT)} w {start} m {end} l S"
        case Box():
            foot = _point(shape.x_mm, shape.y_mm + shape.height_mm)
            return _inked(f"{foot} {number(shape.width_mm * PT)} {number(shape.height_mm * PT)} re", shape)
        case Polygon():
            first, *others = (_point(x, y) for x, y in shape.points_mm)
            return _inked(" ".join((f"{first} m", *(f"{point} l" for point in others), "h")), shape)


def _inked(path: str, shape: Box | Polygon) -> str:
    """The path outlined, filled, both or neither."""
    filled = shape.fill_grey is not None or shape.fill_rgb is not None
    if shape.stroke_mm is None:
        drawn = f"{path} {'f*' if filled else 'n'}"
    else:
        drawn = f"{number(shape.stroke_mm * PT)} w {path} {'B*' if filled else 'S'}"
    if shape.fill_rgb is None and shape.fill_grey:
        return f"{number(shape.fill_grey)} g {drawn} {_BLACK}"
    return in_colour(drawn, shape.fill_rgb)


def _point(x_mm: float, y_mm: float) -> str:
    return f"{number(x_mm * PT)} {number(-y_mm * PT)}"


_ELSEWHERE: Final = "\n"
"""Stands for a character beyond the first part of a face, for no code is a line break."""
_ESCAPED: Final = {ord(character): f"\\{character}" for character in "\\()"}
_PRINTABLE: Final = range(32, 127)


class Codes:
    """The codes of one face in one document, which embeds the face in parts of 256 characters as they are needed.

    ``name`` is what the document calls the first part.
    """

    def __init__(self, face: str, document: Any) -> None:
        font: Any = face_of(face)
        self.name = str(font.getSubsetInternalName(0, document))
        self._table = _Table(font, document)

    def of(self, text: str) -> str | None:
        """The text as it stands between brackets; None where it needs a further part of the face."""
        coded = text.translate(self._table)
        return None if _ELSEWHERE in coded else coded


class _Table(dict[int, str]):
    """From a character's number to its code, each looked up once."""

    def __init__(self, font: Any, document: Any) -> None:
        super().__init__()
        self._font, self._document = font, document

    def __missing__(self, character: int) -> str:
        ((part, (code,)),) = self._font.splitString(chr(character), self._document)
        coded = _ESCAPED.get(code) or (chr(code) if code in _PRINTABLE else f"\\{code:03o}")
        self[character] = found = _ELSEWHERE if part else coded
        return found
