"""Pages as SVG: one file a page, in mm, every text as the outlines of its glyphs.

Outlines, because a file that names a typeface is drawn with another one where that is not installed, and then a
text no longer fits. The words stay in the file as the label of their outline, for those who search or listen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

from liquidose.pages.fonts import advance_mm, face_name, face_of
from liquidose.pages.pieces import glyphs_of
from liquidose.pages.shapes import MM_PER_PT, Box, Ink, Line, Page, Polygon, Text

_BLACK: Final = "#000000"


def render_svg(pages: Sequence[Page], *, title: str, language: str, made: str) -> list[bytes]:
    """One SVG file for each page, at its true size, described by how it was made; the same pages give the same bytes.

    Raises:
        ValueError: no page.
    """
    if not pages:
        raise ValueError("There is at least one page")
    return [_document(page, title, language, made).encode() for page in pages]


def _document(page: Page, title: str, language: str, made: str) -> str:
    wide, high = _number(page.width_mm), _number(page.height_mm)
    size = f'width="{wide}mm" height="{high}mm" viewBox="0 0 {wide} {high}"'
    texts = _Texts()
    drawn = [_drawn(shape, texts) for shape in page.flat()]
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}',
        f' xml:lang={quoteattr(language)} role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(made)}</desc>",
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
        "<defs>",
        *texts.kept(),
        "</defs>",
        *drawn,
        "</svg>",
    ]
    return "\n".join(rows) + "\n"


def _drawn(shape: Ink, texts: _Texts) -> str:
    name = f" data-name={quoteattr(shape.name)}" if shape.name else ""
    match shape:
        case Text():
            return texts.set(shape, name)
        case Line():
            return (
                f'<line{name} x1="{_number(shape.x1_mm)}" y1="{_number(shape.y1_mm)}" x2="{_number(shape.x2_mm)}" '
                f'y2="{_number(shape.y2_mm)}" stroke="{_BLACK}" stroke-width="{_number(shape.width_mm)}"/>'
            )
        case Box():
            return (
                f'<rect{name} x="{_number(shape.x_mm)}" y="{_number(shape.y_mm)}" width="{_number(shape.width_mm)}" '
                f'height="{_number(shape.height_mm)}"{_ink(shape)}/>'
            )
        case Polygon():
            points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points_mm)
            return f'<polygon{name} points="{points}"{_ink(shape)}/>'


def _ink(shape: Box | Polygon) -> str:
    fill = "none"
    if shape.fill_rgb is not None:
        fill = _colour(*shape.fill_rgb)
    elif shape.fill_grey is not None:
        fill = _colour(shape.fill_grey, shape.fill_grey, shape.fill_grey)
    if shape.stroke_mm is None:
        return f' fill="{fill}"'
    return f' fill="{fill}" stroke="{_BLACK}" stroke-width="{_number(shape.stroke_mm)}"'


def _colour(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in (red, green, blue))


def _number(value: float) -> str:
    """A coordinate to a ten-thousandth of a millimetre, without an exponent or zeros at its end."""
    digits = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


class _Face:
    """The glyphs of one face in its own units, their y axis upwards."""

    def __init__(self, name: str) -> None:
        found: Any = face_of(name)
        self._glyph_of: dict[int, int] = found.face.charToGlyph
        font = TTFont(found.face.filename, fontNumber=0)
        self._order: list[str] = font.getGlyphOrder()
        self._glyphs: Any = font.getGlyphSet()
        self.units: int = font["head"].unitsPerEm

    def glyph(self, character: str) -> int:
        """The number of a character's glyph, as the PDF finds it."""
        return self._glyph_of[ord(character)]

    def outline(self, glyph: int) -> str:
        pen = SVGPathPen(self._glyphs)
        self._glyphs[self._order[glyph]].draw(pen)
        commands: str = pen.getCommands()
        return commands


@cache
def _face(name: str) -> _Face:
    return _Face(name)


class _Texts:
    """Sets texts as the PDF does, and keeps the outline of each glyph that they need."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], str] = {}

    def set(self, text: Text, name: str) -> str:
        """The text as uses of its glyphs, in the face's units, scaled to its size."""
        key = text.face or face_name(bold=text.bold)
        face = _face(key)
        size = text.size_pt * MM_PER_PT / face.units
        uses = "".join(
            f'<use xlink:href="#{self._identity(key, glyph)}" x="{_number(x)}" y="{_number(y)}"/>'
            for glyph, x, y in _glyphs(text, key, face)
        )
        place = f"translate({_number(text.x_mm)} {_number(text.y_mm)}) scale({size:.8f} {-size:.8f})"
        fill = "" if text.fill_rgb is None else f' fill="{_colour(*text.fill_rgb)}"'
        return f'<g{name} role="text" aria-label={quoteattr(text.text)}{fill} transform="{place}">{uses}</g>'

    def _identity(self, key: str, glyph: int) -> str:
        return self._kept.setdefault((key, glyph), f"g{len(self._kept)}")

    def kept(self) -> Iterator[str]:
        """Each glyph that was used, once."""
        for (key, glyph), identity in self._kept.items():
            yield f'<path id="{identity}" d="{_face(key).outline(glyph)}"/>'


def _glyphs(text: Text, key: str, face: _Face) -> Iterator[tuple[int, float, float]]:
    """The glyphs of a text and where each stands, in units of the face from where the text starts."""
    along = 0.0
    if not text.shaped:
        for character in text.text:
            yield face.glyph(character), along, 0
            along += advance_mm(character, key) / MM_PER_PT * face.units
        return
    shaped = glyphs_of(text.text, key, text.size_pt)
    unit = face.units / 1000
    for character, data in zip(shaped, shaped.__shapeData__, strict=True):
        yield face.glyph(character), along + data.x_offset * unit, data.y_offset * unit
        along += data.x_advance * unit
