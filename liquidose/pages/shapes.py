"""What a page is made of: text, lines, boxes and polygons, in millimetres from the top left.

Floats begin here: a shape says where ink goes, and no dose is worked out from one. A renderer changes units
and flips an axis; everything else was decided before a shape was made. Later shapes lie over earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

MM_PER_PT: Final = 25.4 / 72

Rgb: TypeAlias = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of text, starting at ``x_mm``."""

    x_mm: float
    y_mm: float
    """The baseline."""
    text: str
    size_pt: float
    bold: bool = False
    fill_rgb: Rgb | None = None
    """None for black."""
    name: str = ""
    """The field it came from, or which number of a scale it is."""
    face: str = ""
    """The name of a further face; empty for the package's own."""
    shaped: bool = False
    """Whether its letters join, stack or run from right to left."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A black line with flat ends, ``width_mm`` thick around its two points."""

    x1_mm: float
    y1_mm: float
    x2_mm: float
    y2_mm: float
    width_mm: float
    name: str = ""


class Box(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An upright rectangle; ``x_mm`` and ``y_mm`` are its top left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    stroke_mm: float | None = None
    """Thickness of its black outline, centred on its edges; None for no outline."""
    fill_grey: float | None = None
    """0 black to 1 white; None leaves what lies beneath."""
    fill_rgb: Rgb | None = None
    """A colour instead of a grey."""
    name: str = ""


class Polygon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed outline through its points."""

    points_mm: tuple[tuple[float, float], ...]
    stroke_mm: float | None = None
    fill_grey: float | None = None
    fill_rgb: Rgb | None = None
    name: str = ""


class Placed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page laid on another, its top left corner at ``x_mm``, ``y_mm``: a label on a sheet, or art on a label."""

    x_mm: float
    y_mm: float
    page: Page
    again: bool = False
    """Whether the same page is laid down many times, so that a renderer may keep it."""
    name: str = ""


Ink: TypeAlias = Text | Line | Box | Polygon
Shape: TypeAlias = Ink | Placed


class MarkPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a volume is marked on a scale: ``ml × mm_per_ml`` from the scale's zero."""

    ml: Fraction
    at_mm: tuple[float, float]
    zero_at_mm: tuple[float, float]
    mm_per_ml: float


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One page, or one label, at its true size."""

    width_mm: float
    height_mm: float
    shapes: tuple[Shape, ...]
    marks: tuple[MarkPlace, ...] = ()

    def flat(self, x_mm: float = 0, y_mm: float = 0) -> Iterator[Ink]:
        """Every shape in the order it is drawn, what lies on placed pages too, moved by so much."""
        for shape in self.shapes:
            if isinstance(shape, Placed):
                yield from shape.page.flat(x_mm + shape.x_mm, y_mm + shape.y_mm)
            else:
                yield moved(shape, x_mm, y_mm)

    def all_marks(self, x_mm: float = 0, y_mm: float = 0) -> Iterator[MarkPlace]:
        """The marks of this page and of every page placed on it, moved by so much."""
        for mark in self.marks:
            (x, y), (zero_x, zero_y) = mark.at_mm, mark.zero_at_mm
            yield replace(mark, at_mm=(x + x_mm, y + y_mm), zero_at_mm=(zero_x + x_mm, zero_y + y_mm))
        for shape in self.shapes:
            if isinstance(shape, Placed):
                yield from shape.page.all_marks(x_mm + shape.x_mm, y_mm + shape.y_mm)

    def named(self, name: str) -> list[Ink]:
        """The shapes of that name, in the order they are drawn."""
        return [shape for shape in self.flat() if shape.name == name]


def moved(shape: Ink, x_mm: float, y_mm: float) -> Ink:
    """The shape, so much further right and down."""
    if not x_mm and not y_mm:
        return shape
    match shape:
        case Line():
            return replace(
                shape,
                x1_mm=shape.x1_mm + x_mm,
                y1_mm=shape.y1_mm + y_mm,
                x2_mm=shape.x2_mm + x_mm,
                y2_mm=shape.y2_mm + y_mm,
            )
        case Polygon():
            return replace(shape, points_mm=tuple((x + x_mm, y + y_mm) for x, y in shape.points_mm))
        case _:
            return replace(shape, x_mm=shape.x_mm + x_mm, y_mm=shape.y_mm + y_mm)
