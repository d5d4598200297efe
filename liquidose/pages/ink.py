"""Where the ink of a shape lies: the corners around it, in millimetres."""

from __future__ import annotations

import math
from typing import TypeAlias

from liquidose.pages.fonts import ASCENT, DESCENT, face_name
from liquidose.pages.pieces import Piece, piece_width_mm
from liquidose.pages.shapes import MM_PER_PT, Box, Ink, Line, Page, Polygon, Text

Corners: TypeAlias = list[tuple[float, float]]


def corners_of(shape: Ink) -> Corners:
    """The corners in their order around the shape; of a text, those of the line it stands in.

    A stroke lies half outside a box. Of a polygon these are the points themselves, without its stroke.
    """
    match shape:
        case Text():
            high = shape.size_pt * MM_PER_PT
            piece = Piece(shape.text, shape.face or face_name(bold=shape.bold), shape.shaped)
            right = shape.x_mm + piece_width_mm(piece, shape.size_pt)
            return _upright(shape.x_mm, shape.y_mm - ASCENT * high, right, shape.y_mm + DESCENT * high)
        case Line():
            return _of_line(shape)
        case Box():
            grow = (shape.stroke_mm or 0) / 2
            right, foot = shape.x_mm + shape.width_mm, shape.y_mm + shape.height_mm
            return _upright(shape.x_mm - grow, shape.y_mm - grow, right + grow, foot + grow)
        case Polygon():
            return list(shape.points_mm)


def _upright(left: float, top: float, right: float, foot: float) -> Corners:
    return [(left, top), (right, top), (right, foot), (left, foot)]


def _of_line(line: Line) -> Corners:
    """A line with flat ends has its thickness to its sides only."""
    along, down = line.x2_mm - line.x1_mm, line.y2_mm - line.y1_mm
    aside = line.width_mm / 2 / (math.hypot(along, down) or 1.0)
    x, y = -down * aside, along * aside
    return [
        (line.x1_mm - x, line.y1_mm - y),
        (line.x2_mm - x, line.y2_mm - y),
        (line.x2_mm + x, line.y2_mm + y),
        (line.x1_mm + x, line.y1_mm + y),
    ]


def over_the_edges(shape: Ink, page: Page) -> dict[str, float]:
    """How far the shape reaches over each edge of its page, in mm; below zero it keeps that far from it."""
    across, down = zip(*corners_of(shape), strict=True)
    return {
        "left": -min(across),
        "top": -min(down),
        "right": max(across) - page.width_mm,
        "bottom": max(down) - page.height_mm,
    }
