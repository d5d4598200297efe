"""Printers: by how much each one misses, measured on its calibration page, apart from designs and stock.

What is meant for ``x`` comes out of the printer at ``scale * x + offset``, in mm from the paper's left
(and top) edge. A page is drawn the other way round, so that its ink lands where it was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing, UnreadableText
from liquidose.files import Signed, nearest
from liquidose.numbers import write_number

LEAST_SCALE: Final = Fraction(9, 10)
GREATEST_SCALE: Final = Fraction(11, 10)
FARTHEST_OFFSET_MM: Final = Fraction(20)
"""Beyond these the page was fitted to the paper, or the bar misread: nothing that a profile should hide."""

DOTS_PER_MM: Final = {203: 8, 300: 12, 600: 24}
"""Dots in a millimetre of a Zebra print head, by the dpi it is sold as (Zebra, ZPL II Programming Guide 45541L-004,
^LL: 203.2, 304.8 and 609.6 dots an inch)."""

_LONGEST_NAME: Final = 60


class Printer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One printer's error, for one stock or for every stock that has no row of its own.

    Raises:
        UnreadableText: a name that could not be typed again.
        CheckTheAmount: a scale or an offset that no printer in order has, or a dpi that no Zebra printer has.
    """

    name: str
    stock: str | None = None
    """Id of the stock it was measured on; None for every other stock."""
    offset_x_mm: Signed = Signed(0)
    """How far right of its place everything lands; below zero it lands left."""
    offset_y_mm: Signed = Signed(0)
    """How far below its place everything lands."""
    scale_x: Fraction = Fraction(1)
    scale_y: Fraction = Fraction(1)
    dpi: int | None = None
    """Of a Zebra printer, as it is sold: 203, 300 or 600."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s/#'\"\x00-\x1f\x7f-\x9f]+", self.name) or len(self.name) > _LONGEST_NAME:
            raise UnreadableText(
                f"'{self.name}' cannot be the name of a printer.",
                f"Write up to {_LONGEST_NAME} letters, digits, hyphens and points, without a space.",
                given=self.name,
            )
        for way, scale in (("across", self.scale_x), ("down", self.scale_y)):
            if not LEAST_SCALE <= scale <= GREATEST_SCALE:
                raise CheckTheAmount(
                    f"The scale {way} of printer '{self.name}' would be {write_number(scale)}, more than a tenth out.",
                    "Print the calibration page at 100 % (actual size), not fitted to the paper, and measure again.",
                    given=str(scale),
                )
        for way, offset in (("across", self.offset_x_mm), ("down", self.offset_y_mm)):
            if abs(offset) > FARTHEST_OFFSET_MM:
                raise CheckTheAmount(
                    f"The shift {way} of printer '{self.name}' would be {shift_text(offset)} mm, "
                    f"more than {write_number(FARTHEST_OFFSET_MM)} mm.",
                    "Check the paper size in the printer's settings, print the calibration page and measure again.",
                    given=shift_text(offset),
                )
        if self.dpi is not None and self.dpi not in DOTS_PER_MM:
            raise CheckTheAmount(
                f"No Zebra printer has {self.dpi} dpi, as printer '{self.name}' would.",
                "Write 203, 300 or 600, as its type plate says.",
                given=str(self.dpi),
            )


def shift_text(offset: Fraction) -> str:
    """An offset in words that a terminal shows: digits, with a minus before them where it is below zero."""
    return ("-" if offset < 0 else "") + write_number(abs(offset))


def each_once(printers: Iterable[Printer]) -> None:
    """Nothing comes out; no printer has two rows for the same stock.

    Raises:
        BadFile: one has; which of them holds could not be told.
    """
    seen = set()
    for printer in printers:
        key = (printer.name, printer.stock)
        if key in seen:
            raise BadFile(
                f"Printer '{printer.name}' has two rows for {stock_text(printer)}.",
                "Keep the row that was measured last.",
                given=printer.name,
            )
        seen.add(key)


def stock_text(printer: Printer) -> str:
    """The stock a row holds for, in words."""
    return f"stock '{printer.stock}'" if printer.stock else "every stock without a row of its own"


def printer_of(name: str, stock: str | None, known: Iterable[Printer]) -> Printer:
    """The row of this printer for this stock, else the printer's general row.

    Raises:
        UnreadableText: no printer has that name; the message names the nearest.
        GiveWhatIsMissing: the printer was measured on other stocks only.
    """
    rows = [printer for printer in known if printer.name == name]
    if not rows:
        close = nearest(name, {printer.name for printer in known})
        raise UnreadableText(
            f"There is no printer '{name}' in the site file.",
            f"Did you mean '{close}'?" if close else f"'liquidose printers calibrate {name}' begins one.",
            given=name,
        )
    for wanted in (stock, None):
        for row in rows:
            if row.stock == wanted:
                return row
    measured = ", ".join(f"'{row.stock}'" for row in rows)
    missing, option = (f"'{stock}'", f" --stock {stock}") if stock else ("plain paper", "")
    raise GiveWhatIsMissing(
        f"Printer '{name}' was measured on {measured}, and not on {missing}.",
        f"Print 'liquidose printers calibrate {name}{option}' and measure it.",
        given=name,
    )
