"""A syringe lying on its side, tip to the left, drawn to a scale that fits a box; not in its true size.

The plunger's flat leading edge, where a dose is read, stands exactly on the dose. A volume lies at
``zero + ml × mm_per_ml``, each worked out from the volume itself and never by adding up steps. One filling
or several equal ones are one picture; full ones and a rest are two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Final, NamedTuple

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Syringe
from liquidose.errors import DoesNotFit
from liquidose.numbers import decimal_digits, write_number
from liquidose.pages.elements import Place, SyringeElement
from liquidose.pages.fonts import ASCENT, block_height_mm, drawable, width_mm
from liquidose.pages.shapes import MM_PER_PT, Box, Line, MarkPlace, Polygon, Shape, Text
from liquidose.quantities.writing import NO_BREAK

NUMBERS_PT: Final = 7.0
CLOSEST_MM: Final = 0.4
"""Lines nearer than this run together in print."""
DOSE_MARK_MM: Final = 0.5
TICK_MM: Final = 0.15
NUMBERED_TICK_MM: Final = 0.25
_OUTLINE_MM: Final = 0.3
_POINTER_MM: Final = 1.2
_BELOW_MM: Final = 0.5
_LEAST_BARREL_MM: Final = 4.0
_LEAST_WIDTH_MM: Final = 44.0
_BETWEEN_MM: Final = 4.0
_LIQUID, _STOPPER, _ROD = 0.85, 0.5, 1.0


class Picture(NamedTuple):
    """One syringe: where it is drawn, what it is set to, and the words over the mark."""

    place: Place
    ml: Fraction
    words: str


class Scale(NamedTuple):
    """Where a volume lies along the barrel."""

    zero_x_mm: float
    mm_per_ml: float

    def x_mm(self, ml: Fraction) -> float:
        """How far from the left edge of the page the line of this volume is."""
        return self.zero_x_mm + float(ml) * self.mm_per_ml


def scale_of(syringe: Syringe, place: Place) -> Scale:
    """The scale of a syringe drawn in this place: what the barrel leaves for nozzle and plunger."""
    nozzle = min(6.0, place.width_mm * 0.1)
    plunger = min(22.0, place.width_mm * 0.22)
    return Scale(place.left_mm + nozzle, (place.width_mm - nozzle - plunger) / float(syringe.capacity_ml))


def pictures(measured: Measured, element: SyringeElement) -> list[Picture]:
    """The one or two pictures that show how a dose is measured, and the place of each.

    Raises:
        DoesNotFit: the box is too small; the message gives the mm missing.
    """
    left, top, width, height = element.box_mm
    least = (
        block_height_mm(1, element.size_pt)
        + _POINTER_MM
        + _LEAST_BARREL_MM
        + _BELOW_MM
        + block_height_mm(1, NUMBERS_PT)
    )
    fillings = [(ml, len(list(same))) for ml, same in groupby(measured.draws_ml)]
    if len(fillings) == 1 or height >= 2 * least:
        share = height / len(fillings)
        places = [Place(left, top + share * k, width, share) for k in range(len(fillings))]
    else:
        share = (width - _BETWEEN_MM) / 2
        places = [Place(left + (share + _BETWEEN_MM) * k, top, share, height) for k in (0, 1)]
    for place in places:
        _room(place.width_mm, _LEAST_WIDTH_MM, "wide")
        _room(place.height_mm, least, "high")
    words = _words(measured.syringe, fillings)
    return [Picture(place, ml, said) for place, (ml, _), said in zip(places, fillings, words, strict=True)]


def _room(have: float, need: float, way: str) -> None:
    if need > have + 1e-9:
        raise DoesNotFit(
            f"The syringe does not fit: its picture needs {math.ceil((need - have) * 10) / 10:.1f}{NO_BREAK}mm more, "
            f"being {have:.1f}{NO_BREAK}mm {way}.",
            "Use a larger label, or a design with more room for the syringe.",
            given="syringe",
        )


def _words(syringe: Syringe, fillings: list[tuple[Fraction, int]]) -> Iterator[str]:
    for k, (ml, count) in enumerate(fillings):
        amount = f"{write_number(ml)}{NO_BREAK}mL"
        if syringe.units_per_ml is not None:
            amount = f"{write_number(ml * syringe.units_per_ml)}{NO_BREAK}units ({amount})"
        if len(fillings) == count == 1:
            yield amount
        else:
            yield ("Then fill " if k else "Fill ") + amount + f", then again {amount}" * (count - 1)


def draw_syringe(measured: Measured, element: SyringeElement) -> list[Shape]:
    """The shapes of the drawing, the dose mark among them as ``dose_mark``.

    Raises:
        DoesNotFit: the box is too small for the picture or for its words.
    """
    drawn = pictures(measured, element)
    shapes: list[Shape] = []
    left, top, width, _ = element.box_mm
    note = drawable(element.words, bold=False, field="syringe")
    free = left + width
    if note:
        free -= width_mm(note, size_pt=NUMBERS_PT, bold=False)
        baseline = top + ASCENT * element.size_pt * MM_PER_PT
        shapes.append(Text(x_mm=free, y_mm=baseline, text=note, size_pt=NUMBERS_PT, name="syringe:words"))
        free -= 2.0
    for picture in drawn:
        until = min(picture.place.left_mm + picture.place.width_mm, free)
        shapes += _one(measured.syringe, picture, element.size_pt, until)
    return shapes


def marks_of(measured: Measured, element: SyringeElement) -> tuple[MarkPlace, ...]:
    """Where the dose is marked in each picture of the drawing, on its scale and at the barrel's upper edge."""
    found = []
    for picture in pictures(measured, element):
        scale = scale_of(measured.syringe, picture.place)
        edge = _barrel_top(picture, element.size_pt)
        found.append(
            MarkPlace(
                ml=picture.ml,
                at_mm=(scale.x_mm(picture.ml), edge),
                zero_at_mm=(scale.zero_x_mm, edge),
                mm_per_ml=scale.mm_per_ml,
            )
        )
    return tuple(found)


def _barrel_top(picture: Picture, size_pt: float) -> float:
    return picture.place.top_mm + block_height_mm(1, size_pt) + _POINTER_MM


def _one(syringe: Syringe, picture: Picture, size_pt: float, until_mm: float) -> Iterator[Shape]:
    left, top, _, height = picture.place
    scale = scale_of(syringe, picture.place)
    dose = scale.x_mm(picture.ml)
    barrel_top = _barrel_top(picture, size_pt)
    barrel_foot = top + height - block_height_mm(1, NUMBERS_PT) - _BELOW_MM
    yield from _body(scale, picture, scale.x_mm(syringe.capacity_ml), barrel_top, barrel_foot)
    deep = barrel_foot - barrel_top
    for ml in ticks(syringe, scale):
        x, long = scale.x_mm(ml), not ml % _numbered_every(syringe)
        tall = deep * (0.55 if long else 0.32)
        yield Line(
            x1_mm=x,
            y1_mm=barrel_foot - tall,
            x2_mm=x,
            y2_mm=barrel_foot,
            width_mm=NUMBERED_TICK_MM if long else TICK_MM,
            name=f"syringe:tick:{decimal_digits(ml)}" if ml else "zero",
        )
    baseline = barrel_foot + _BELOW_MM + ASCENT * NUMBERS_PT * MM_PER_PT
    reach = 0.0
    for ml, text in numbered(syringe, scale).items():
        wide = width_mm(text, size_pt=NUMBERS_PT, bold=False)
        reach = scale.x_mm(ml) + wide / 2
        name = f"syringe:number:{decimal_digits(ml)}"
        yield Text(x_mm=reach - wide, y_mm=baseline, text=text, size_pt=NUMBERS_PT, name=name)
    unit = "mL" if syringe.units_per_ml is None else "units"
    yield Text(x_mm=reach + 1.2, y_mm=baseline, text=unit, size_pt=NUMBERS_PT, name="syringe:unit")
    yield Line(
        x1_mm=dose, y1_mm=barrel_top, x2_mm=dose, y2_mm=barrel_foot, width_mm=DOSE_MARK_MM, name="dose_mark"
    )
    yield Polygon(
        points_mm=(
            (dose, barrel_top),
            (dose - _POINTER_MM * 0.7, barrel_top - _POINTER_MM),
            (dose + _POINTER_MM * 0.7, barrel_top - _POINTER_MM),
        ),
        fill_grey=0,
        name="syringe:pointer",
    )
    wide = width_mm(picture.words, size_pt=size_pt, bold=True)
    _room(until_mm - left, wide, "wide")
    yield Text(
        x_mm=min(max(dose - wide / 2, left), until_mm - wide),
        y_mm=top + ASCENT * size_pt * MM_PER_PT,
        text=picture.words,
        size_pt=size_pt,
        bold=True,
        name="syringe:target",
    )


def _body(scale: Scale, picture: Picture, full: float, top: float, foot: float) -> Iterator[Shape]:
    """Nozzle, liquid, barrel and plunger; the stopper's left edge stands on the dose."""
    left, right = picture.place.left_mm, picture.place.left_mm + picture.place.width_mm
    deep, middle = foot - top, (top + foot) / 2
    shoulder, end = scale.zero_x_mm - 0.8, full + (right - full) * 0.35
    dose, stopper = scale.x_mm(picture.ml), min(0.4 * deep, (right - full) * 0.25)

    for x, until, part, grey, stroke, name in (
        (left + _OUTLINE_MM / 2, shoulder, 0.26, _LIQUID, _OUTLINE_MM, "nozzle"),
        (shoulder, dose, 1, _LIQUID, None, "liquid"),
        (dose + stopper, end, 0.3, _ROD, TICK_MM, "rod"),
        (dose, dose + stopper, 1, _STOPPER, None, "stopper"),
        (shoulder, end, 1, None, _OUTLINE_MM, "barrel"),
        (end, end + 0.9, 1.06, _ROD, _OUTLINE_MM, "flange"),
        (end + 0.9, right - 1.2, 0.3, _ROD, _OUTLINE_MM, "rod"),
        (right - 1.2, right - _OUTLINE_MM / 2, 0.9, _ROD, _OUTLINE_MM, "thumb_rest"),
    ):
        yield Box(
            x_mm=x,
            y_mm=middle - deep * part / 2,
            width_mm=until - x,
            height_mm=deep * part,
            stroke_mm=stroke,
            fill_grey=grey,
            name=f"syringe:{name}",
        )


def ticks(syringe: Syringe, scale: Scale) -> list[Fraction]:
    """The lines that are drawn, zero first: all of them, or fewer where they would run together.

    Fewer means every second, fifth or tenth, if the numbered ones are among them, or the numbered ones alone.
    """
    every = _numbered_every(syringe)
    if float(syringe.step_ml) * scale.mm_per_ml >= CLOSEST_MM:
        return [Fraction(0), *syringe.marks()]
    steps = (syringe.step_ml * k for k in (2, 5, 10))
    wide = (s for s in steps if not every % s and float(s) * scale.mm_per_ml >= CLOSEST_MM)
    step = next(wide, every)
    return [step * k for k in range(int(syringe.capacity_ml / step) + 1)]


def numbered(syringe: Syringe, scale: Scale) -> dict[Fraction, str]:
    """The lines that carry a number and what it is, in mL or, on an insulin syringe, in units.

    Numbers that would touch leave out every second, then more.
    """
    every = _numbered_every(syringe)
    per_ml = syringe.units_per_ml or Fraction(1)
    for stride in (1, 2, 5, 10, 20, 50, 100):
        step = every * stride
        count = int(syringe.capacity_ml / step)
        found = {step * k: write_number(step * k * per_ml) for k in range(count + 1)}
        widest = max(width_mm(text, size_pt=NUMBERS_PT, bold=False) for text in found.values())
        if float(step) * scale.mm_per_ml >= widest + 0.7:
            return found
    return {Fraction(0): write_number(Fraction(0))}


def _numbered_every(syringe: Syringe) -> Fraction:
    return syringe.numbered_every_ml or syringe.step_ml * 5
