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

_SPLIT: Final = re.compile(r"\s*([^A-Za-zµμ%\[]*?)\s*([A-Za-zµμ%\[].*?)\s*", re.DOTALL).fullmatch
# Compiled by `re` when first needed, which is seldom.
_EXPONENT: Final = r"\s*([0-9.,]+[eE][-+]?[0-9]+)"
_RANGE: Final = r"\s*[0-9.,]+[^0-9]*?(?:-|–|—|\bto\b|\bor\b)\s*[0-9.,]+"
_VISIBLE: Final = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*"


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
    if not (text.isascii() and text.isprintable()) and not re.fullmatch(_VISIBLE, text):
        place = f"{field}: " if field else ""
        raise UnreadableText(
            f"{place}{text!a} holds characters that cannot be seen.", "Type it afresh.", given=text
        )
    return text


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
    match = _SPLIT(checked_text(text))
    if match is None or not match[1]:
        raise _no_amount(text, match)
    number, written = match.groups()
    if written[0] in "eE" and (exponent := re.match(_EXPONENT, text)):
        read_number(exponent[1], locale=locale)
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


def _no_amount(text: str, match: re.Match[str] | None) -> UnreadableText:
    if not text.strip():
        return UnreadableText("There is no amount.", "Write one, such as '5 mg'.", given=text)
    if match is None:
        return UnreadableText(f"'{text}' has no unit.", "Write one, such as '5 mg'.", given=text)
    return UnreadableText(f"'{text}' has no number.", "Write one, such as '5 mg'.", given=text)
