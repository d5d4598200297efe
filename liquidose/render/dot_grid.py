"""Filled shapes set on the dots of a printer: each edge on the nearest dot, so at most half a dot from its place.

pdfium inks every dot that a filled shape touches, so an edge between dots would move outwards by nearly a whole one.
"""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import replace

from liquidose.pages.shapes import Box, Ink, Page, Polygon

_INSIDE: Final = 0.05
"""How far within its dots an edge is drawn, in dots, so that the next ones stay free."""


def on_dots(page: Page, per_mm: float) -> Page:
    """The page with every filled shape that has no outline on whole dots; lines and texts stay where they are."""
    return replace(page, shapes=tuple(_set(shape, per_mm) for shape in page.flat()))


def _set(shape: Ink, per_mm: float) -> Ink:
    if isinstance(shape, Box) and shape.stroke_mm is None:
        left, right = _edges(shape.x_mm, shape.x_mm + shape.width_mm, per_mm)
        top, foot = _edges(shape.y_mm, shape.y_mm + shape.height_mm, per_mm)
        return replace(shape, x_mm=left, y_mm=top, width_mm=right - left, height_mm=foot - top)
    if isinstance(shape, Polygon) and shape.stroke_mm is None:
        across, down = ([*axis] for axis in zip(*shape.points_mm, strict=True))
        x, y = _corners(across, per_mm), _corners(down, per_mm)
        return replace(shape, points_mm=tuple(zip(x, y, strict=True)))
    return shape


def _edges(start_mm: float, end_mm: float, per_mm: float) -> tuple[float, float]:
    """Two edges on dots, at least one dot apart."""
    start, end = round(start_mm * per_mm), round(end_mm * per_mm)
    if start == end:
        start = math.floor((start_mm + end_mm) / 2 * per_mm)
        end = start + 1
    return (start + _INSIDE) / per_mm, (end - _INSIDE) / per_mm


def _corners(places_mm: list[float], per_mm: float) -> list[float]:
    """The corners of a polygon along one axis, each on a dot and just within the shape."""
    middle = (min(places_mm) + max(places_mm)) / 2
    return [(round(mm * per_mm) + math.copysign(_INSIDE, middle - mm)) / per_mm for mm in places_mm]
