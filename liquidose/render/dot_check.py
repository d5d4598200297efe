"""Whether the marks that claim a true place stand there in a picture of dots: measured in the picture itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from liquidose.errors import DoesNotFit
from liquidose.pages.ink import Corners, corners_of
from liquidose.pages.shapes import Ink, Line, Page

if TYPE_CHECKING:
    from PIL.Image import Image

FARTHEST_DOTS: Final = 0.5
_NEAR: Final = 1e-3
_MARKS: Final = ("dose_mark", "zero", "witness")


def claims_its_place(shape: Ink) -> bool:
    """Whether a dose is set by this shape: by its name, or the part of it before a colon."""
    return shape.name.partition(":")[0] in _MARKS


def check_marks(picture: Image, page: Page, per_mm: float, *, printer: str) -> None:
    """Nothing comes out; every mark of the page is in the picture, within half a dot of its place.

    Raises:
        DoesNotFit: one is not, or is so near to other ink that nobody could tell.
    """
    for shape in page.flat():
        if claims_its_place(shape) and not _stands(picture, shape, per_mm):
            raise DoesNotFit(
                f"'{shape.name}' would not stand within half a dot of its place at {printer}.",
                "Print it as a PDF, on a printer with finer dots, or with a design that keeps its marks apart.",
                given=shape.name,
            )


def _stands(picture: Image, shape: Ink, per_mm: float) -> bool:
    """Whether some row across the mark shows it alone: the middle of a line, both edges of anything else."""
    lined = isinstance(shape, Line)
    points = [(x * per_mm, y * per_mm) for x, y in corners_of(shape)]
    wide, high = (max(axis) - min(axis) for axis in zip(*points, strict=True))
    upright = high >= wide
    if not upright:
        points = [(y, x) for x, y in points]
    first, last = (math.floor(edge(y for _, y in points)) for edge in (min, max))
    rows, columns = (picture.height, picture.width) if upright else (picture.width, picture.height)
    for row in range(max(first, 0), min(last + 1, rows)):
        crossings = list(_crossings(points, row + 0.5))
        if not crossings:
            continue
        left, right = min(crossings), max(crossings)
        run = _run(picture, row, (left + right) / 2, columns, upright=upright)
        if run is None:
            continue
        start, end = run
        if lined and end - start > max(right - left, 1) + 1 + _NEAR:
            continue
        off = (
            (abs((start + end) / 2 - (left + right) / 2),) if lined else (abs(start - left), abs(end - right))
        )
        if max(off) <= FARTHEST_DOTS + _NEAR:
            return True
    return False


def _crossings(points: Corners, level: float) -> Iterator[float]:
    """Where the outline crosses a level."""
    for (x1, y1), (x2, y2) in pairwise([*points, points[0]]):
        if (y1 <= level) != (y2 <= level):
            yield x1 + (level - y1) * (x2 - x1) / (y2 - y1)


def _run(picture: Image, row: int, middle: float, columns: int, *, upright: bool) -> tuple[int, int] | None:
    """The unbroken black dots at or beside a place: the first, and the one after the last."""

    def black(column: int) -> bool:
        at = (column, row) if upright else (row, column)
        return 0 <= column < columns and not picture.getpixel(at)

    at = math.floor(middle)
    for seed in (at, at - 1, at + 1):
        if black(seed):
            start, end = seed, seed + 1
            while black(start - 1):
                start -= 1
            while black(end):
                end += 1
            return start, end
    return None
