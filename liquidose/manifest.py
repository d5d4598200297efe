"""What a document of labels is, page by page: made from the layout, for whoever checks the file with other tools."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from liquidose.numbers import decimal_digits
from liquidose.pages.fonts import ASCENT, DESCENT, face_name
from liquidose.pages.pieces import Piece, piece_width_mm
from liquidose.pages.shapes import MM_PER_PT, Box, Ink, Line, Page, Polygon, Text

Rectangle = tuple[float, float, float, float]


class Printed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One element as it lies on the page: left, top, width and height in mm from the page's top left corner."""

    kind: str
    """``text``, ``line``, ``box`` or ``polygon``."""
    name: str
    """The field it shows, or the part of a drawing it is."""
    box_mm: Rectangle
    text: str = ""


class PrintedMark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dose marked on a scale; the mark lies ``ml × mm_per_ml`` from zero."""

    ml: str
    at_mm: tuple[float, float]
    zero_at_mm: tuple[float, float]
    mm_per_ml: float
    kind: str = "dose_mark"


class LabelEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label: whose, and where."""

    order: int
    """Which of the orders it is for, from 1; 0 for the check label."""
    id: str
    """From the label's words alone: the same words, the same id."""
    place: int
    """The place it takes on the sheet, numbered by rows from 1; 1 on a page of its own."""
    x_mm: float
    y_mm: float
    elements: tuple[Printed | PrintedMark, ...] = ()
    """Only where they were asked for."""
    reprint: str = ""
    """What it says of being a reprint: with the reason where it has room for it."""


class PageEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One page and the labels on it."""

    number: int
    width_mm: float
    height_mm: float
    labels: tuple[LabelEntry, ...]
    reprint: str = ""
    """What its margin says of being a reprint."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One document of labels."""

    title: str
    language: str
    version: str
    data_version: str
    profile: str
    template: str
    stock: str
    printer: str
    """Whose error the pages make up for, so that what is printed lands where the design means it."""
    id: str
    """From the content alone, without a clock."""
    pages: tuple[PageEntry, ...]
    reprint: str = ""
    """``REPRINT 2: jammed``, where it is one."""
    schema: str = "liquidose.manifest/1"

    @property
    def labels(self) -> int:
        """How many labels there are, check labels left out."""
        return sum(1 for page in self.pages for label in page.labels if label.order)

    @property
    def shortened(self) -> str:
        """What a label says that has no room for the reason of its reprint; empty where none lacks it."""
        said = (label.reprint for page in self.pages for label in page.labels if label.order)
        return next((short for short in said if short != self.reprint), "")

    @property
    def reason_stands_on(self) -> str:
        """What on the paper has the reason besides labels: the check label or the margin; empty where neither has it."""
        if any(page.reprint for page in self.pages):
            return "margin"
        checks = (label.reprint for page in self.pages for label in page.labels if not label.order)
        return "check label" if any(checks) else ""


def elements_of(page: Page, x_mm: float, y_mm: float) -> tuple[Printed | PrintedMark, ...]:
    """Everything on a label that lies at this corner, to a tenth of a micrometre; one text's lines are one element."""
    found: list[Printed] = []
    for shape in page.flat(x_mm, y_mm):
        box = _box(shape)
        if found and isinstance(shape, Text) and found[-1].kind == "text" and found[-1].name == shape.name:
            last = found.pop()
            found.append(
                Printed(
                    kind="text",
                    name=shape.name,
                    box_mm=_around(last.box_mm, box),
                    text=f"{last.text} {shape.text}",
                )
            )
        else:
            text = shape.text if isinstance(shape, Text) else ""
            found.append(Printed(kind=type(shape).__name__.lower(), name=shape.name, box_mm=box, text=text))
    return (*found, *_marks(page, x_mm, y_mm))


def _marks(page: Page, x_mm: float, y_mm: float) -> Iterator[PrintedMark]:
    for mark in page.all_marks(x_mm, y_mm):
        yield PrintedMark(
            ml=decimal_digits(mark.ml) or str(mark.ml),
            at_mm=(round(mark.at_mm[0], 4), round(mark.at_mm[1], 4)),
            zero_at_mm=(round(mark.zero_at_mm[0], 4), round(mark.zero_at_mm[1], 4)),
            mm_per_ml=round(mark.mm_per_ml, 6),
        )


def _box(shape: Ink) -> Rectangle:
    return _rounded(*_edges(shape))


def _rounded(left: float, top: float, wide: float, high: float) -> Rectangle:
    return round(left, 4), round(top, 4), round(wide, 4), round(high, 4)


def _edges(shape: Ink) -> Rectangle:
    match shape:
        case Text():
            high = shape.size_pt * MM_PER_PT
            piece = Piece(shape.text, shape.face or face_name(bold=shape.bold), shape.shaped)
            wide = piece_width_mm(piece, shape.size_pt)
            return shape.x_mm, shape.y_mm - high * ASCENT, wide, high * (ASCENT + DESCENT)
        case Line():
            return _spanning(((shape.x1_mm, shape.y1_mm), (shape.x2_mm, shape.y2_mm)))
        case Box():
            return shape.x_mm, shape.y_mm, shape.width_mm, shape.height_mm
        case Polygon():
            return _spanning(shape.points_mm)


def _spanning(points: tuple[tuple[float, float], ...]) -> Rectangle:
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top


def _around(one: Rectangle, other: Rectangle) -> Rectangle:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    foot = max(one[1] + one[3], other[1] + other[3])
    return _rounded(left, top, right - left, foot - top)
