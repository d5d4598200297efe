"""Text to one Quantity; whatever could be read two ways is refused.

The number is read by :mod:`liquidose.numbers`, the unit by the closed list in ``data/units.toml``.
"""

from __future__ import annotations

import re
from typing import Final

from liquidose import cautions
from liquidose.errors import CannotRead, UnreadableText
from liquidose.numbers import MOST_CHARACTERS, read_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import Spelling, spelt

_USUAL: Final = re.compile(r"([0-9.]{1,24}) ?([A-Za-z]{1,24})").fullmatch
"""A number and a unit in one word: most amounts are written so, and hold nothing that cannot be seen."""
_UNIT_BEGINS: Final = re.compile(r"[A-Za-zµμ%\[]").search
# Compiled by `re` when first needed, which is seldom.
_EXPONENT: Final = r"\s*([0-9.,]+[eE][-+]?[0-9]+)"
_RANGE: Final = r"\s*[0-9.,]+[^0-9]*?(?:-|–|—|\bto\b|\bor\b)\s*[0-9.,]+"
_UNSEEN: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"


def checked_text(text: str, *, field: str = "") -> str:
    """The same text, if it is short, visible text; a refusal names the field of a file, where the text is of one.

    Raises:
        TypeError: it is not text.
        UnreadableText: longer than 200 characters, or with characters that cannot be seen.
    """
    if not isinstance(text, str):
        raise TypeError(f"Amounts are read from text, got {text!r}")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableText(
            f"{field or 'The text'} is longer than {MOST_CHARACTERS} characters: '{text[:40]}…'.",
            "Shorten it." if field else "Give the amount alone.",
            given=text[:MOST_CHARACTERS],
        )
    if not (text.isascii() and text.isprintable()) and (unseen := re.search(_UNSEEN, text)):
        place = f"{field}: " if field else ""
        raise UnreadableText(
            f"{place}{text!a} holds a character that cannot be seen, {character_named(unseen[0])}.",
            "Type it afresh.",
            given=text,
        )
    return text


def character_named(character: str) -> str:
    """What to call a character that may not show itself; a control has no name.

    >>> character_named(chr(0x202E)), character_named(chr(7))
    ('U+202E (right-to-left override)', 'U+0007')
    """
    import unicodedata  # noqa: PLC0415  (for refusals only)

    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def note_spelling(spelling: Spelling, written: str, notes: cautions.Notes) -> None:
    """Nothing comes out; a doubtful spelling leaves its warning."""
    if spelling.doubtful:
        cautions.add(
            notes,
            "doubtful-unit",
            f"'{written}' was read as {spelling.unit.name}; write '{spelling.unit.name}'.",
        )


def read_quantity(text: str, *, locale: str | None = None, notes: cautions.Notes = None) -> Quantity:
    """The exact amount that a text such as ``5 mg`` states.

    Raises:
        UnreadableText: no number, or one that could be read two ways.
        UnknownUnit: no unit, or one that is not on the closed list.
        TypeError: not text.

    >>> read_quantity("2.5 million units").value
    Fraction(2500000, 1)
    """
    if isinstance(text, str) and (usual := _USUAL(text)):
        number, written = usual.groups()
    else:
        number, written = _number_and_unit(checked_text(text), locale)
    try:
        value = read_number(number, locale=locale)
        spelling = spelt(written)
    except CannotRead:
        if re.match(_RANGE, text):
            raise UnreadableText(
                f"'{text}' is a range.", "Choose one amount, with the prescriber, and write that.", given=text
            ) from None
        raise
    if spelling.times != 1:
        value *= spelling.times
    note_spelling(spelling, written, notes)
    return Quantity(value=value, unit=spelling.unit)


def _number_and_unit(text: str, locale: str | None) -> tuple[str, str]:
    begins = _UNIT_BEGINS(text)
    at = begins.start() if begins else len(text)
    number, written = text[:at].strip(), text[at:].strip()
    if not (number and written):
        raise _no_amount(text, written)
    if written[0] in "eE" and (exponent := re.match(_EXPONENT, text)):
        read_number(exponent[1], locale=locale)
    return number, written


def _no_amount(text: str, written: str) -> UnreadableText:
    if not text.strip():
        return UnreadableText("There is no amount.", "Write one, such as '5 mg'.", given=text)
    if not written:
        return UnreadableText(f"'{text}' has no unit.", "Write one, such as '5 mg'.", given=text)
    return UnreadableText(f"'{text}' has no number.", "Write one, such as '5 mg'.", given=text)
