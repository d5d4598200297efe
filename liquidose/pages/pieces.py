"""A line of text as pieces, each in one face and one direction, from left to right as they are seen.

Most lines are one piece in the embedded face. A character that face lacks is taken from the site's further faces,
in their order.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from reportlab.lib.abag import ABag
from reportlab.pdfbase.ttfonts import shapeFragWord

from liquidose.pages.fonts import (
    ASCENT,
    DESCENT,
    advance_mm,
    drawn_alone,
    face_name,
    face_of,
    has_glyph,
    width_mm,
)
from liquidose.pages.shapes import MM_PER_PT
from liquidose.pages.shaping import as_seen, levels_of, must_be_shaped

_KEPT: Final = 4096


class Piece(NamedTuple):
    """Some characters of a line, in reading order, all in one face."""

    text: str
    face: str
    shaped: bool


def pieces(text: str, *, bold: bool, further: tuple[str, ...] = ()) -> tuple[Piece, ...]:
    """The line as it is seen from left to right, for text that was found drawable in these faces."""
    first = face_name(bold=bold)
    if drawn_alone(text, bold=bold):
        return (Piece(text, first, shaped=False),)
    return _in_several(text, (first, *further))


@lru_cache(_KEPT)
def _in_several(text: str, faces: tuple[str, ...]) -> tuple[Piece, ...]:
    """The pieces of a line that the first face does not draw alone."""
    levels = levels_of(text) if any(map(must_be_shaped, text)) else [0] * len(text)
    of_face: list[str] = []
    for k, character in enumerate(text):
        # What belongs to no script, such as a space, stays in the face of what it follows, and so does an accent.
        follows = k and not character.isalpha() and levels[k] == levels[k - 1]
        tried = (of_face[-1], *faces) if follows else faces
        of_face.append(next(face for face in tried if has_glyph(face, character)))
    runs = []
    for (_, level), some in groupby(range(len(text)), key=lambda k: (of_face[k], levels[k])):
        places = list(some)
        run = text[places[0] : places[-1] + 1]
        runs.append((level, Piece(run, of_face[places[0]], shaped=any(map(must_be_shaped, run)))))
    return tuple(as_seen(runs))


def glyphs_of(text: str, face: str, size_pt: float) -> Any:
    """The text as reportlab draws it when its letters are shaped: a string of glyphs that carry their places.

    Ligatures are those the script needs, never the ornamental ones, which spell some names anew.
    """
    word = [0, (ABag(fontName=face, fontSize=size_pt), text)]
    return shapeFragWord(word, features={"kern": True, "liga": True, "dlig": False}, force=True)[1][1]


def piece_width_mm(piece: Piece, size_pt: float) -> float:
    """How far the piece reaches from where it starts."""
    return _shaped_width_mm(piece, size_pt) if piece.shaped else advance_mm(piece.text, piece.face) * size_pt


@lru_cache(_KEPT)
def _shaped_width_mm(piece: Piece, size_pt: float) -> float:
    glyphs = glyphs_of(piece.text, piece.face, size_pt).__shapeData__
    return float(sum(glyph.x_advance for glyph in glyphs)) / 1000 * size_pt * MM_PER_PT


def line_width_mm(text: str, *, size_pt: float, bold: bool, further: tuple[str, ...] = ()) -> float:
    """How far a line reaches from where it starts, in whatever faces it needs."""
    if drawn_alone(text, bold=bold):
        return width_mm(text, size_pt=size_pt, bold=bold)
    return sum(piece_width_mm(piece, size_pt) for piece in pieces(text, bold=bold, further=further))


class Reach(NamedTuple):
    """How far the faces of a text reach, as parts of the type size."""

    ascent: float
    descent: float

    @property
    def part(self) -> float:
        """The height of a line against one in the package's own face."""
        return (self.ascent + self.descent) / (ASCENT + DESCENT)


_OWN_REACH: Final = Reach(ASCENT, DESCENT)


def reach_of(text: str, *, bold: bool, further: tuple[str, ...] = ()) -> Reach:
    """How far the ink of a text reaches above and below its baseline: other scripts stand taller than Latin letters."""
    if drawn_alone(text, bold=bold):
        return _OWN_REACH
    inks = [_ink(p) for p in pieces(text, bold=bold, further=further)]
    return Reach(max(ASCENT, *(ink.ascent for ink in inks)), max(DESCENT, *(ink.descent for ink in inks)))


def _ink(piece: Piece) -> Reach:
    """From the outlines where HarfBuzz places them, else what the face says of itself."""
    face: Any = face_of(piece.face)
    if not piece.shaped:
        return Reach(face.face.ascent / 1000, -face.face.descent / 1000)
    font, units = face.hbFont(), face.hbFace.upem
    tops, feet = [0.0], [0.0]
    glyphs = glyphs_of(piece.text, piece.face, 1)
    for character, glyph in zip(glyphs, glyphs.__shapeData__, strict=True):
        box = font.get_glyph_extents(face.face.charToGlyph[ord(character)])
        tops.append(glyph.y_offset / 1000 + box.y_bearing / units)
        feet.append(glyph.y_offset / 1000 + (box.y_bearing + box.height) / units)
    return Reach(max(tops), -min(feet))
