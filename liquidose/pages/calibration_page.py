"""The page that shows a printer's error: bars to measure, crosses in the corners and in the last row of labels.

The first cross stands a tenth of a bar from the left and top edges (a fifth, a quarter or a half of it where a label
cannot be printed so near its edge). So its distance from an edge, less that part of the bar as measured, is the
printer's shift exactly, whatever its scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple

from liquidose.devices.stocks import SHEETS, Stock
from liquidose.errors import DoesNotFit
from liquidose.pages.fonts import width_mm
from liquidose.pages.setting import wrap
from liquidose.pages.shapes import Box, Line, Page, Shape, Text
from liquidose.quantities.writing import NO_BREAK

_BARS_MM: Final = (100, 80, 50, 40, 20)
"""The lengths of bars; every measured length divided by one of them is a decimal."""
_PARTS: Final = {10: "a tenth", 5: "a fifth", 4: "a quarter", 2: "half"}
_NEAR_EDGE_MM: Final = 1
_THIN_MM: Final = 0.2
_BAR_THICK_MM: Final = 1.0
_ROW_ARM_MM: Final = 2.0
_SMALL_PT: Final = 7.0
_WORDS_PT: Final = 10.0
_ROOM_FOR_WORDS_MM: Final = 180.0


class Bar(NamedTuple):
    """The bar of one direction, and where the first cross stands in it."""

    mm: int
    part: int
    """The cross stands at the bar's length divided by this."""
    start_mm: float
    end_mm: float
    """Between these the page can be printed on."""
    side_mm: float

    @property
    def cross_mm(self) -> float:
        """From the edge of the paper to the first cross."""
        return self.mm / self.part

    @property
    def far_cross_mm(self) -> float:
        """From the same edge to the cross at the other end."""
        return min(self.side_mm - self.cross_mm, self.end_mm - _NEAR_EDGE_MM)


class Bars(NamedTuple):
    """The bars of a calibration page."""

    across: Bar
    down: Bar


def bars_of(stock: Stock | None, paper: str = "A4") -> Bars:
    """The bars that a page has room for: 100 mm on sheets, shorter on the labels of a roll.

    Raises:
        DoesNotFit: a label too small, or a roll of no length.
    """
    wide, high = SHEETS[paper] if stock is None else stock.page_mm
    if stock is None or stock.print_x0_mm is None or stock.print_y0_mm is None:
        across, down = _bar(wide, Fraction(0), wide), _bar(high, Fraction(0), high)
    else:
        across = _bar(wide, stock.print_x0_mm, stock.print_width_mm or wide)
        down = _bar(high, stock.print_y0_mm, stock.print_height_mm or high)
    if across is None or down is None:
        name = stock.id if stock else paper
        raise DoesNotFit(
            f"{name} has no room for bars of {_BARS_MM[-1]}{NO_BREAK}mm both ways.",
            "Calibrate the printer on a larger stock.",
            given=name,
        )
    return Bars(across, down)


def _bar(side: Fraction, start: Fraction, length: Fraction) -> Bar | None:
    """The longest bar between the printable edges, with its cross inside them."""
    for mm in _BARS_MM:
        for part in _PARTS:
            if mm + 2 <= length and start + _NEAR_EDGE_MM <= Fraction(mm, part) <= side / 2:
                return Bar(mm, part, float(start), float(start + length), float(side))
    return None


def instructions(name: str, bars: Bars, stock: Stock | None) -> tuple[str, ...]:
    """What to measure and what to type afterwards, one step a line."""
    x, y = bars
    on = f" --stock {stock.id}" if stock else ""
    return (
        "Print at 100 % (actual size). Measure in mm, as finely as the ruler allows.",
        f"1. bar-x: the length of the bar across, {x.mm}{NO_BREAK}mm if all is well.",
        f"2. bar-y: the length of the bar down, {y.mm}{NO_BREAK}mm if all is well.",
        f"3. shift-x: from the left edge of the paper to the middle of cross 1, less {_PARTS[x.part]} of bar-x (about {x.cross_mm:g}{NO_BREAK}mm).",
        f"4. shift-y: from the top edge of the paper to the middle of cross 1, less {_PARTS[y.part]} of bar-y (about {y.cross_mm:g}{NO_BREAK}mm).",
        "A shift to the left or up is written with a minus. Then type, with your numbers in place of the capitals:",
        f"liquidose printers set {name}{on} --bar-x MM --bar-y MM --shift-x MM --shift-y MM",
    )


def calibration_page(name: str, stock: Stock | None = None, *, paper: str = "A4") -> Page:
    """One page for one printer, uncorrected; the words are on it where there is room.

    Raises:
        DoesNotFit: a label too small for a bar, or a roll of no length.
    """
    bars = bars_of(stock, paper)
    shapes = [*_corners(bars), *_last_row(stock, bars), *_drawn(bars)]
    if _has_words(bars):
        shapes += _words(name, bars, stock)
    return Page(width_mm=bars.across.side_mm, height_mm=bars.down.side_mm, shapes=tuple(shapes))


def _cross(x: float, y: float, arm: float, name: str) -> Iterator[Shape]:
    yield Line(x1_mm=x - arm, y1_mm=y, x2_mm=x + arm, y2_mm=y, width_mm=_THIN_MM, name=name)
    yield Line(x1_mm=x, y1_mm=y - arm, x2_mm=x, y2_mm=y + arm, width_mm=_THIN_MM, name=name)


def _corners(bars: Bars) -> Iterator[Shape]:
    across, down = bars
    arm = min(across.cross_mm - across.start_mm, down.cross_mm - down.start_mm) / 2
    for number, (x, y) in enumerate(
        (
            (across.cross_mm, down.cross_mm),
            (across.far_cross_mm, down.cross_mm),
            (across.cross_mm, down.far_cross_mm),
            (across.far_cross_mm, down.far_cross_mm),
        ),
        start=1,
    ):
        yield from _cross(x, y, arm, f"corner:{number}")
        wide = width_mm(str(number), size_pt=_SMALL_PT, bold=False)
        inward = 1.0 if x == across.cross_mm else -1.0 - wide
        yield _text(str(number), x + inward, y + (2.6 if y == down.cross_mm else -0.8), _SMALL_PT, "corner")


def _last_row(stock: Stock | None, bars: Bars) -> Iterator[Shape]:
    """A cross on the top left corner of each label in the last row, else one in the middle of the foot."""
    across, down = bars
    if stock is None or stock.paper not in SHEETS:
        arm = min(_ROW_ARM_MM, (down.end_mm - down.far_cross_mm) / 2)
        yield from _cross(across.side_mm / 2, down.far_cross_mm, arm, "row:1")
        return
    first = stock.columns * (stock.rows - 1)
    for column in range(stock.columns):
        place = stock.origin_mm(first + column)
        yield from _cross(float(place.x_mm), float(place.y_mm), _ROW_ARM_MM, f"row:{column + 1}")


def _foot_of(bar: Bar) -> float:
    """Where a bar starts, so that it stands in the middle of what can be printed."""
    return (bar.start_mm + bar.end_mm - bar.mm) / 2


def _drawn(bars: Bars) -> Iterator[Shape]:
    """Both bars with their lengths: at a corner that they do not share on a sheet, crossing on a small label."""
    across, down = bars
    x, y, thick = _foot_of(across), _foot_of(down), _BAR_THICK_MM
    over, left = y - 2 * thick, x - 2 * thick
    words_x, words_y = x + 1.0, y + 2.6
    if not _has_words(bars):
        over, left = y + down.mm / 2 - thick / 2, x + across.mm / 2 - thick / 2
        words_x, words_y = left + 2.0, over + 4.0
    yield Box(x_mm=x, y_mm=over, width_mm=across.mm, height_mm=thick, fill_grey=0, name="bar:x")
    yield Box(x_mm=left, y_mm=y, width_mm=thick, height_mm=down.mm, fill_grey=0, name="bar:y")
    yield _text(f"bar-x: {across.mm}{NO_BREAK}mm", words_x, words_y, _SMALL_PT, "bars")
    yield _text(f"bar-y: {down.mm}{NO_BREAK}mm", words_x, words_y + 3.0, _SMALL_PT, "bars")


def _has_words(bars: Bars) -> bool:
    return min(bars.across.side_mm, bars.down.side_mm) >= _ROOM_FOR_WORDS_MM


def _words(name: str, bars: Bars, stock: Stock | None) -> Iterator[Shape]:
    where = f"{stock.brand} {stock.part} ({stock.id})" if stock else "plain paper"
    rows = [f"Calibration page for printer {name} on {where}", *instructions(name, bars, stock)]
    rows = [row.replace(" MM", f"{NO_BREAK}MM") for row in rows]
    if stock is not None and stock.paper in SHEETS:
        rows.append(_of_the_last_row(stock))
    left, top = _foot_of(bars.across), _foot_of(bars.down) + 14.0
    room = bars.across.side_mm - left - 12.0
    measure = partial(width_mm, size_pt=_WORDS_PT, bold=False)
    lines = [line for row in rows for line in (*wrap(row, room, measure), "")]
    for number, line in enumerate(lines):
        if line:
            yield _text(line, left, top + number * 4.2, _WORDS_PT, "words")


def _of_the_last_row(stock: Stock) -> str:
    if stock.columns == 1:
        return "Without an error, the small cross stands on the top left corner of the last label."
    return (
        f"Without an error, the {stock.columns} small crosses stand on the top left corners of the labels "
        "in the last row."
    )


def _text(text: str, x: float, y: float, size_pt: float, name: str) -> Text:
    return Text(x_mm=x, y_mm=y, text=text, size_pt=size_pt, name=name)
