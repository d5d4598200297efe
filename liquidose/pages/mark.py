"""The true-scale strip: stuck along the barrel it marks one dose, and two ticks show whether it lies right.

The strip runs along the page's x axis with the syringe's tip to the left. Its upper edge is laid along the ends
of the syringe's own lines. A volume lies at ``zero + ml × mm_per_ml``, worked out from the volume itself. The
dose is the edge of a solid block, on the side of the tip, where the stopper's leading edge comes to stand; the
two ticks differ in shape and carry their lines' numbers, so that a strip the wrong way round agrees with nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from liquidose.errors import DoesNotFit
from liquidose.marking import Mark
from liquidose.numbers import write_number
from liquidose.pages.elements import MarkElement, Place
from liquidose.pages.fonts import width_mm
from liquidose.pages.shapes import MM_PER_PT, Box, MarkPlace, Polygon, Shape, Text
from liquidose.quantities.writing import NO_BREAK

MOST_HIGH_MM: Final = 9.0
TICK_MM: Final = 0.25
"""As thick as the syringe's own lines, which are 0.2 to 0.4 mm."""
BLOCK_MM: Final = 1.8
CUT_MM: Final = 0.1
_BEFORE_ZERO_MM: Final = 2.0
_AFTER_MM: Final = 1.0
_APART_MM: Final = 0.5
_CLEAR_MM: Final = 1.5
"""Between the amount and a line's number: nearer than a figure is wide, "1.5" and "2.5 mL" could be read as one."""
_TICK_SHARE: Final = 0.38
_FOOT_MM: Final = 0.8
_ARROW_MM: Final = 3.0
_NUMBER_PT: Final = 9.0
_AMOUNT_PT: Final = 12.0
_FIGURE: Final = 0.66
"""Height of a figure as a part of the type size."""
_LEAST_PT: Final = 5.5
_LONGEST_MM: Final = 400
_ALMOST_MM: Final = 1e-9


class Strip(NamedTuple):
    """A strip that fits: its place, where zero is, the second numbered line, and where the words start."""

    place: Place
    zero_x_mm: float
    witness_ml: Fraction
    amount_x_mm: float
    tip_x_mm: float
    tick_mm: float


def fit_strip(mark: Mark, box: Place) -> Strip:
    """The strip in the top left of a box, checked against the farthest numbered line there is room for.

    Raises:
        DoesNotFit: no such strip; the message gives the mm missing.
    """
    high = min(quarter_mm(mark), MOST_HIGH_MM, box.height_mm)
    tick = high * _TICK_SHARE
    if _points(high, _LEAST_PT) < _LEAST_PT:
        raise DoesNotFit(
            f"The mark does not fit: a strip {high:.1f}{NO_BREAK}mm wide has no room for its figures.",
            "Use a larger label.",
            given=mark.scale.called,
        )
    far = [ml for ml in mark.numbered_ml if ml * 2 >= mark.measured.syringe.capacity_ml]
    for spare, lines in ((False, far), (True, mark.numbered_ml)):
        for ml in lines:
            found = _words_placed(mark, ml, high, box.width_mm, spare=spare)
            if found is not None:
                length, amount, tip = found
                place = Place(box.left_mm, box.top_mm, length, high)
                zero = box.left_mm + _BEFORE_ZERO_MM
                return Strip(place, zero, ml, box.left_mm + amount, box.left_mm + tip, tick)
    need = next(
        (w for w in range(math.ceil(box.width_mm), _LONGEST_MM) if _fits(mark, high, float(w))), _LONGEST_MM
    )
    raise DoesNotFit(
        f"The mark does not fit: its strip is {need}{NO_BREAK}mm long, and there are "
        f"{math.floor(box.width_mm)}{NO_BREAK}mm.",
        "Use a larger label, or the plain page.",
        given=mark.scale.called,
    )


def quarter_mm(mark: Mark) -> float:
    """A quarter of the barrel's circumference, beyond which a strip would hide the syringe's own lines."""
    return math.pi * float(mark.scale.outer_mm) / 4


def _fits(mark: Mark, high: float, length: float) -> bool:
    return any(_words_placed(mark, ml, high, length, spare=True) for ml in mark.numbered_ml)


def _points(high: float, most: float) -> float:
    """The type size whose figures fit beneath the ticks."""
    return min(most, (high * (1 - _TICK_SHARE) - 0.8) / (_FIGURE * MM_PER_PT))


def _number_width(ml: Fraction, high: float) -> float:
    return width_mm(write_number(ml), size_pt=_points(high, _NUMBER_PT), bold=False)


def _amount(mark: Mark) -> str:
    return f"{write_number(mark.ml)}{NO_BREAK}mL"


def _words_placed(
    mark: Mark, witness: Fraction, high: float, most: float, *, spare: bool
) -> tuple[float, float, float] | None:
    """How long the strip is, and where amount and TIP start on it; None if they have no room.

    With ``spare`` the strip may be longer than its marks need, for the words. All is measured from the strip's left end.
    """
    along = float(mark.scale.mm_per_ml)
    zero, dose = _BEFORE_ZERO_MM, _BEFORE_ZERO_MM + float(mark.ml) * along
    second = zero + float(witness) * along
    half = max(_number_width(witness, high) / 2, _FOOT_MM)
    first_end = zero + max(_number_width(Fraction(), high) / 2, _FOOT_MM) + _APART_MM
    block = (dose - _APART_MM, dose + BLOCK_MM + _APART_MM)
    number = (second - half - _APART_MM, second + half + _APART_MM)
    if number[0] < first_end or block[0] < first_end or (number[0] < block[1] and block[0] < number[1]):
        return None
    length = max(block[1], number[1]) - _APART_MM + _AFTER_MM
    if length > most + _ALMOST_MM:
        return None
    if spare:
        length = most
    taken = sorted([block, number])
    gaps = [
        (first_end, taken[0][0]), (taken[0][1], taken[1][0]), (taken[1][1], length - _AFTER_MM)
    ]  # fmt: skip
    beside = 1 + taken.index(block)
    amount_wide = width_mm(_amount(mark), size_pt=_points(high, _AMOUNT_PT), bold=True)
    tip_wide = _ARROW_MM + _APART_MM + width_mm("TIP", size_pt=_points(high, _NUMBER_PT), bold=True)
    amount = tip = None
    for k, at_end in ((beside, False), (beside - 1, True)):  # after the block, else before it
        start, end = gaps[k]
        clear = 0 if k == len(gaps) - 1 else _CLEAR_MM - _APART_MM  # else a number stands at its other side
        if amount is None and end - start >= amount_wide + clear:
            amount = end - amount_wide if at_end else start
            gaps[k] = (
                (start, amount - _APART_MM * 2) if at_end else (amount + amount_wide + _APART_MM * 2, end)
            )
    for start, end in gaps:
        if tip is None and end - start >= tip_wide:
            tip = start
    if amount is None or tip is None:
        return None
    end = max(block[1] - _APART_MM, number[1] - _APART_MM, amount + amount_wide, tip + tip_wide)
    return end + _AFTER_MM, amount, tip


def mark_place(mark: Mark, element: MarkElement) -> MarkPlace:
    """Where the mark lies when it is drawn in this element.

    Raises:
        DoesNotFit: as drawing does.
    """
    strip = fit_strip(mark, element.box_mm)
    top = strip.place.top_mm
    at = strip.zero_x_mm + float(mark.ml) * float(mark.scale.mm_per_ml)
    return MarkPlace(
        ml=mark.ml, at_mm=(at, top), zero_at_mm=(strip.zero_x_mm, top), mm_per_ml=float(mark.scale.mm_per_ml)
    )


def draw_mark(mark: Mark, element: MarkElement) -> Iterator[Shape]:
    """The shapes of the strip, among them ``dose_mark``, ``zero`` and ``witness``.

    Raises:
        DoesNotFit: the box is too short or too narrow; the message gives the mm missing.
    """
    strip = fit_strip(mark, element.box_mm)
    left, top, length, high = strip.place
    along, foot = float(mark.scale.mm_per_ml), top + high - 0.45
    yield Box(x_mm=left, y_mm=top, width_mm=length, height_mm=high, stroke_mm=CUT_MM, name="cut")
    dose = strip.zero_x_mm + float(mark.ml) * along
    yield Box(x_mm=dose, y_mm=top, width_mm=BLOCK_MM, height_mm=high, fill_grey=0, name="dose_mark")
    witness = strip.zero_x_mm + float(strip.witness_ml) * along
    yield _tick(strip.zero_x_mm, top, strip.tick_mm, name="zero", tapered=False)
    yield _tick(witness, top, strip.tick_mm, name="witness", tapered=True)
    size = _points(high, _NUMBER_PT)
    for x, ml, name in ((strip.zero_x_mm, Fraction(), "zero"), (witness, strip.witness_ml, "witness")):
        wide = _number_width(ml, high)
        yield Text(x_mm=x - wide / 2, y_mm=foot, text=write_number(ml), size_pt=size, name=f"{name}_number")
    yield Text(
        x_mm=strip.amount_x_mm, y_mm=foot, text=_amount(mark), size_pt=_points(high, _AMOUNT_PT), bold=True,
        name="amount",
    )  # fmt: skip
    yield _arrow(strip.tip_x_mm, foot - size * _FIGURE * MM_PER_PT / 2)
    yield Text(
        x_mm=strip.tip_x_mm + _ARROW_MM + _APART_MM,
        y_mm=foot,
        text="TIP",
        size_pt=size,
        bold=True,
        name="tip",
    )


def _tick(x: float, top: float, long: float, *, name: str, tapered: bool) -> Polygon:
    """A tick centred on its line: the zero's stands on a square foot, the other's on an arrowhead."""
    thin, neck, foot = TICK_MM / 2, top + long * 0.5, top + long
    shoulder = thin if tapered else _FOOT_MM * 0.7
    base = _FOOT_MM if tapered else _FOOT_MM * 0.7
    right = ((x + thin, top), (x + thin, neck), (x + shoulder, neck), (x + base, foot))
    return Polygon(points_mm=(*right, *((2 * x - a, b) for a, b in reversed(right))), fill_grey=0, name=name)


def _arrow(x: float, y: float) -> Polygon:
    """An arrow to the left, at the tip."""
    half, neck, end = 0.75, x + 1.3, x + _ARROW_MM
    points = (
        (x, y), (neck, y - half), (neck, y - half / 3), (end, y - half / 3),
        (end, y + half / 3), (neck, y + half / 3), (neck, y + half),
    )  # fmt: skip
    return Polygon(points_mm=points, fill_grey=0, name="tip_arrow")
