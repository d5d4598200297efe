"""The faces: how wide a text is, and whether every character of it can be drawn.

Two faces come with the package; a site may name further ones. reportlab draws an empty box for a character that a
face lacks, and says nothing; so every text goes through :func:`drawable` before it is placed.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from typing import Final

from font_source_sans_pro import font_files_ttf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from liquidose.errors import BadFile, UnreadableText
from liquidose.pages.shapes import MM_PER_PT
from liquidose.pages.shaping import checked_for_shaping, must_be_shaped
from liquidose.quantities.reading import character_named

MOST_BYTES: Final = 64_000_000
"""The largest files of typefaces, for Chinese, are a third of it."""
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


@cache
def face_name(*, bold: bool) -> str:
    """The name under which reportlab draws with this face."""
    return str(_of_weight(bold=bold).fontName)


def further_face(path: str) -> str:
    """The name of a face in a site's own TrueType file, read and made ready to embed.

    Raises:
        BadFile: no such file, or not a TrueType face whose outlines can be embedded.
    """
    name = f"liquidose-{path}"
    if name not in _FURTHER:
        if not os.path.isfile(path) or os.path.getsize(path) > MOST_BYTES:  # noqa: PTH113, PTH202
            raise BadFile(
                f"{path} is no typeface that can be embedded: it is not there, no plain file, or too large.",
                "Name a TrueType file (.ttf) with its own outlines.",
                given=path,
            )
        try:
            face = TTFont(name, path)
        except Exception as fault:  # noqa: BLE001  (a foreign reader of a foreign file raises whatever it likes)
            why = str(fault).split("\n")[0].strip(" .'\"")
            raise BadFile(
                f"{path} is no typeface that can be embedded: {why}.",
                "Name a TrueType file (.ttf) with its own outlines.",
                given=path,
            ) from None
        pdfmetrics.registerFont(face)
        _FURTHER[name] = face
    return name


_FURTHER: Final[dict[str, TTFont]] = {}


def face_of(name: str) -> TTFont:
    """The face of this name."""
    return _FURTHER[name] if name in _FURTHER else _of_weight(bold=name == face_name(bold=True))


def has_glyph(face: str, character: str) -> bool:
    """Whether the face has a shape for the character."""
    return bool(face_of(face).face.charToGlyph.get(ord(character)))


@cache
def _widths(face: str) -> _Widths:
    return _Widths(face_of(face))


class _Widths(dict[str, float]):
    """How wide each character is at 1 pt, in mm, looked up in the face once."""

    def __init__(self, face: TTFont) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> float:
        self[character] = found = float(self._face.stringWidth(character, 1)) * MM_PER_PT
        return found


def advance_mm(text: str, face: str) -> float:
    """How far a text reaches at 1 pt in the face of this name; the faces are set without kerning."""
    return sum(map(_widths(face).__getitem__, text))


def width_mm(text: str, *, size_pt: float, bold: bool) -> float:
    """How far a text in the package's own face reaches from where it starts."""
    return advance_mm(text, face_name(bold=bold)) * size_pt


def block_height_mm(lines: int, size_pt: float, spacing: float = LINE_SPACING) -> float:
    """The height of so many lines, from the top of the first to the foot of the last."""
    return size_pt * MM_PER_PT * (ASCENT + DESCENT + spacing * (lines - 1))


_ALONE: Final[dict[bool, set[str]]] = {False: set(), True: set()}
"""Characters found in the package's own face, plain or bold, that need no shaping; composing accents changes none."""


def drawn_alone(text: str, *, bold: bool) -> bool:
    """Whether the package's own face draws the text, character by character, for text found drawable before."""
    return _ALONE[bold].issuperset(text)


def drawable(text: str, *, bold: bool, field: str, further: tuple[str, ...] = ()) -> str:
    """The text with its accents composed, every character of which one of the faces has.

    Raises:
        UnreadableText: a character no face has, an invisible one, or one that must be shaped where the ``scripts``
            extra is missing; the message names it, its code point and the field.
    """
    if drawn_alone(text, bold=bold):
        return text
    composed = unicodedata.normalize("NFC", text)
    own = face_name(bold=bold)
    for character in composed:
        _check_visible(character, text, field)
        if not any(has_glyph(face, character) for face in (own, *further)):
            shown = repr(character) if unicodedata.category(character)[0] == "Z" else f"'{character}'"
            raise UnreadableText(
                f"The text of '{field}' has {shown} (U+{ord(character):04X}), which the label's typeface cannot draw.",
                "Write it in Latin, Greek or Cyrillic letters, or name a typeface that has it in 'fonts' of the site file.",
                given=text,
            )
        if must_be_shaped(character):
            checked_for_shaping(text, field=field)
        elif has_glyph(own, character):
            _ALONE[bold].add(character)
    return composed


def _check_visible(character: str, text: str, field: str) -> None:
    """Controls would vanish, and format characters turn a text round."""
    if unicodedata.category(character) in {"Cc", "Cf"}:
        raise UnreadableText(
            f"The text of '{field}' has a character that cannot be seen, {character_named(character)}.",
            "Type the text again without it.",
            given=text,
        )
