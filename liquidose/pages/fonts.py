"""The two embedded faces: how wide a text is, and whether every character of it can be drawn.

reportlab draws an empty box for a character that a face lacks, and says nothing; so every text goes through
:func:`drawable` before it is placed.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from font_source_sans_pro import font_files_ttf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from liquidose.errors import UnreadableText
from liquidose.pages.shapes import MM_PER_PT

ASCENT: Final = 0.75
"""How far the face says it reaches above the baseline, as a part of the type size."""
DESCENT: Final = 0.25
LINE_SPACING: Final = 1.25
"""From baseline to baseline, as a part of the type size."""


@cache
def _face(key: str) -> TTFont:
    face = TTFont(f"liquidose-{key}", font_files_ttf[key])
    pdfmetrics.registerFont(face)
    return face


def _of_weight(*, bold: bool) -> TTFont:
    return _face("SourceSansProBold" if bold else "SourceSansPro")


def face_name(*, bold: bool) -> str:
    """The name under which reportlab draws with this face."""
    return str(_of_weight(bold=bold).fontName)


def width_mm(text: str, *, size_pt: float, bold: bool) -> float:
    """How far a text reaches from where it starts."""
    return float(_of_weight(bold=bold).stringWidth(text, size_pt)) * MM_PER_PT


def block_height_mm(lines: int, size_pt: float, spacing: float = LINE_SPACING) -> float:
    """The height of so many lines, from the top of the first to the foot of the last."""
    return size_pt * MM_PER_PT * (ASCENT + DESCENT + spacing * (lines - 1))


def drawable(text: str, *, bold: bool, field: str) -> str:
    """The text with its accents composed, every character of which the face has.

    Raises:
        UnreadableText: a character the face lacks, an invisible one, or an accent that stands alone; the
            message names it, its code point and the field.
    """
    composed = unicodedata.normalize("NFC", text)
    glyphs = _of_weight(bold=bold).face.charToGlyph
    for character in composed:
        # Controls and format characters would vanish, and a lone accent land beside its letter: no shaping here.
        category = unicodedata.category(character)
        shown = repr(character) if category[0] in "CZ" else f"'{character}'"
        point = f"U+{ord(character):04X}"
        if category in {"Cc", "Cf"}:
            raise UnreadableText(
                f"The text of '{field}' has a character that cannot be seen, {point}.",
                "Type the text again without it.",
                given=text,
            )
        if not glyphs.get(ord(character)) or category[0] == "M":
            raise UnreadableText(
                f"The text of '{field}' has {shown} ({point}), which the label's typeface cannot draw.",
                "Write it in letters that the typeface has: Latin, Greek or Cyrillic.",
                given=text,
            )
    return composed
