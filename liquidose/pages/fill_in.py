"""Rows that are ticked and written in by hand: words, boxes and blank lines, wrapped to the width of a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from liquidose.pages.elements import Place, TextElement
from liquidose.pages.fonts import DESCENT, drawable
from liquidose.pages.pieces import line_width_mm
from liquidose.pages.setting import set_text
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Shape
from liquidose.pages.sheet import THIN_MM, Look

_BETWEEN_MM: Final = 3.0
_AFTER_BOX_MM: Final = 1.2
_HAIR_MM: Final = 0.01


class Item(NamedTuple):
    """A box to tick, words, and a line to write on; each may be left out."""

    words: str = ""
    tick: bool = False
    bold: bool = False
    least_mm: float = 0.0
    """Room for the words at least, so that columns stand under one another."""
    blank_mm: float = 0.0
    """The shortest line to write on; it takes what is left of its row."""


def words_mm(words: str, look: Look, size_pt: float, *, bold: bool) -> float:
    """How far words reach, once every character of them is found drawable."""
    told = drawable(words, bold=bold, field="sheet", further=look.further)
    return line_width_mm(told, size_pt=size_pt, bold=bold, further=look.further)


def fill_in(
    items: Sequence[Item], width_mm: float, look: Look, size_pt: float, *, high_mm: float | None = None
) -> Page:
    """The items in rows of one height; ``high_mm`` is that of a line of type where nothing is written by hand.

    Raises:
        DoesNotFit: an item wider than a row.
        UnreadableText: a character that cannot be drawn.
    """
    high = look.hand_mm if high_mm is None else high_mm
    shapes: list[Shape] = []
    rows = list(_rows(items, width_mm, look, size_pt))
    for place, row in enumerate(rows):
        shapes += _row(row, width_mm, high * (place + 1), look, size_pt)
    return Page(width_mm=width_mm, height_mm=high * len(rows), shapes=tuple(shapes))


def _rows(items: Sequence[Item], width: float, look: Look, size: float) -> Iterator[list[tuple[Item, float]]]:
    row: list[tuple[Item, float]] = []
    used = 0.0
    for item in items:
        wide = _wide(item, look, size)
        if row and used + _BETWEEN_MM + wide > width:
            yield row
            row, used = [], 0.0
        used += wide + (_BETWEEN_MM if row else 0.0)
        row.append((item, wide))
    if row:
        yield row


def _wide(item: Item, look: Look, size: float) -> float:
    wide = max(words_mm(item.words, look, size, bold=item.bold), item.least_mm) if item.words else 0.0
    if item.tick:
        wide += box_mm(size) + _AFTER_BOX_MM
    return wide + (item.blank_mm + _AFTER_BOX_MM if item.blank_mm else 0.0)


def box_mm(size_pt: float) -> float:
    """The side of a box to tick beside words of this size."""
    return size_pt * MM_PER_PT * 0.8


def _row(
    row: list[tuple[Item, float]], width: float, foot: float, look: Look, size: float
) -> Iterator[Shape]:
    """One row standing on ``foot``; what is left of it goes to its blank lines in equal parts."""
    high = size * MM_PER_PT
    spare = width - sum(wide for _, wide in row) - _BETWEEN_MM * (len(row) - 1)
    blanks = sum(1 for item, _ in row if item.blank_mm)
    x, baseline = 0.0, foot - DESCENT * high
    for item, wide in row:
        at, end = x, x + wide
        if item.tick:
            side = box_mm(size)
            yield Box(
                x_mm=at,
                y_mm=baseline - side + 0.08 * high,
                width_mm=side,
                height_mm=side,
                stroke_mm=0.3,
                name="tick",
            )
            at += side + _AFTER_BOX_MM
        if item.words:
            measured = words_mm(item.words, look, size, bold=item.bold)
            element = TextElement(
                field="sheet",
                box_mm=Place(at, foot - high, max(measured, item.least_mm) + _HAIR_MM, high + _HAIR_MM),
                size_pt=size,
                floor_pt=size,
                bold=item.bold,
            )
            yield from set_text((item.words,), element, further=look.further)
            at += max(measured, item.least_mm)
        if item.blank_mm:
            end += spare / blanks
            start = at + (_AFTER_BOX_MM if item.words else 0.0)
            yield Line(
                x1_mm=start, y1_mm=foot - 0.6, x2_mm=end, y2_mm=foot - 0.6, width_mm=THIN_MM, name="blank"
            )
        x = end + _BETWEEN_MM
