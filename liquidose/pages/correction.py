"""A page as one printer has to be given it, so that its ink lands where the page says."""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import replace

from liquidose.devices.printers import Printer
from liquidose.errors import DoesNotFit
from liquidose.pages.ink import over_the_edges
from liquidose.pages.shapes import Box, Ink, Line, MarkPlace, Page, Placed, Polygon, Shape, Text
from liquidose.quantities.writing import NO_BREAK

_NEAR_MM: Final = 0.001


def corrected(page: Page, printer: Printer) -> Page:
    """One page as :class:`Correction` maps it."""
    return Correction(printer)(page)


class Correction:
    """Maps pages by the inverse of a printer's error; the paper keeps its size.

    Every point lands true. Type is set by the scale across, so that a text keeps its true width and stays in its
    box; its height is then out by the ratio of the two scales. Lines keep their thickness on average. A page that
    is placed again and again stays one page. Marks are mapped like ink: they say where the ink is drawn.
    """

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self._wide, self._high = 1 / float(printer.scale_x), 1 / float(printer.scale_y)
        self._thick = (self._wide + self._high) / 2
        self._right, self._down = float(printer.offset_x_mm), float(printer.offset_y_mm)
        self._kept: dict[int, tuple[Page, Page]] = {}
        """By identity: the page is held beside what became of it, so that no other takes its place."""

    def __call__(self, page: Page) -> Page:
        """The page to be drawn for the printer.

        Raises:
            DoesNotFit: a shape that lay on the paper would be drawn over its edge, where no printer has ink.
        """
        drawn = self._mapped(page, self._right, self._down)
        for before, after in zip(page.flat(), drawn.flat(), strict=True):
            if max(over_the_edges(before, page).values()) <= _NEAR_MM:
                _check_stays(after, page, self.printer)
        return drawn

    def _mapped(self, page: Page, right: float, down: float) -> Page:
        """The page, after its ink was moved back by the shift; what is placed on it only needs scaling."""
        shapes = tuple(self._shape(shape, right, down) for shape in page.shapes)
        return replace(page, shapes=shapes, marks=tuple(self._mark(mark, right, down) for mark in page.marks))

    def _placed(self, page: Page) -> Page:
        if id(page) not in self._kept:
            self._kept[id(page)] = page, self._mapped(page, 0, 0)
        return self._kept[id(page)][1]

    def _shape(self, shape: Shape, right: float, down: float) -> Shape:
        if not isinstance(shape, Placed):
            return self._ink(shape, right, down)
        return replace(
            shape,
            x_mm=(shape.x_mm - right) * self._wide,
            y_mm=(shape.y_mm - down) * self._high,
            page=self._placed(shape.page) if shape.again else self._mapped(shape.page, 0, 0),
        )

    def _ink(self, shape: Ink, right: float, down: float) -> Ink:
        def x(x_mm: float) -> float:
            return (x_mm - right) * self._wide

        def y(y_mm: float) -> float:
            return (y_mm - down) * self._high

        match shape:
            case Text():
                size = shape.size_pt * self._wide
                return replace(shape, x_mm=x(shape.x_mm), y_mm=y(shape.y_mm), size_pt=size)
            case Line():
                return replace(
                    shape,
                    x1_mm=x(shape.x1_mm),
                    y1_mm=y(shape.y1_mm),
                    x2_mm=x(shape.x2_mm),
                    y2_mm=y(shape.y2_mm),
                    width_mm=shape.width_mm * self._thick,
                )
            case Box():
                return replace(
                    shape,
                    x_mm=x(shape.x_mm),
                    y_mm=y(shape.y_mm),
                    width_mm=shape.width_mm * self._wide,
                    height_mm=shape.height_mm * self._high,
                    stroke_mm=self._stroke(shape),
                )
            case Polygon():
                points = tuple((x(one), y(other)) for one, other in shape.points_mm)
                return replace(shape, points_mm=points, stroke_mm=self._stroke(shape))

    def _stroke(self, shape: Box | Polygon) -> float | None:
        return None if shape.stroke_mm is None else shape.stroke_mm * self._thick

    def _mark(self, mark: MarkPlace, right: float, down: float) -> MarkPlace:
        at, zero = (
            ((x - right) * self._wide, (y - down) * self._high) for x, y in (mark.at_mm, mark.zero_at_mm)
        )
        before = math.dist(mark.at_mm, mark.zero_at_mm)
        longer = math.dist(at, zero) / before if before else self._wide
        return replace(mark, at_mm=at, zero_at_mm=zero, mm_per_ml=mark.mm_per_ml * longer)


def _check_stays(shape: Ink, page: Page, printer: Printer) -> None:
    edge, over = max(over_the_edges(shape, page).items(), key=lambda item: item[1])
    if over <= _NEAR_MM:
        return
    what = f"'{shape.name}'" if shape.name else "a part of the page"
    raise DoesNotFit(
        f"To make up for its error, printer '{printer.name}' would have to print {what} "
        f"{math.ceil(over * 10) / 10:.1f}{NO_BREAK}mm over the {edge} edge of the paper.",
        "Move the paper in the printer so that its shift is smaller and calibrate again, or use a larger label.",
        given=printer.name,
    )
