"""What a page is made of: text, lines, boxes and polygons, in millimetres from the top left.

Floats begin here: a shape says where ink goes, and no dose is worked out from one. A renderer changes units
and flips an axis; everything else was decided before a shape was made. Later shapes lie over earlier ones.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

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


Shape: TypeAlias = Text | Line | Box | Polygon


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One page, or one label, at its true size."""

    width_mm: float
    height_mm: float
    shapes: tuple[Shape, ...]

    def named(self, name: str) -> list[Shape]:
        """The shapes of that name, in the order they are drawn."""
        return [shape for shape in self.shapes if shape.name == name]
