"""A chart on its pages: cells, rules, a header that comes back on every page, page n of m.

Nothing is ever cut or shrunk: a row is as high as its longest cell, columns that do not fit side by side go to
further pages with the first column repeated, and a word wider than its column is refused. All is black on white or
light grey, so that it reads the same without colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple

from liquidose.charts.tables import Table, Words
from liquidose.devices.stocks import SHEETS, Paper
from liquidose.errors import DoesNotFit
from liquidose.pages.elements import Place, TextElement
from liquidose.pages.fonts import LINE_SPACING, block_height_mm, drawable
from liquidose.pages.pieces import line_width_mm, reach_of
from liquidose.pages.setting import set_text, wrap
from liquidose.pages.shapes import MM_PER_PT, Box, Page, Shape, Text

REFUSED_GREY: Final = 0.86
"""Black on it has a contrast of about 15 to 1, far over the 7 to 1 of R174."""
_EDGE_MM: Final = 13.0
_PAD_MM: Final = 1.4
_RULE_MM: Final = 0.25
_GAP_MM: Final = 2.0
_FOOT_MM: Final = 15.0
_FOOT_PT: Final = 9.0
_ROOM_MM: Final = 0.05
"""A box is so much larger than its text, so that rounding never finds it too small."""


class Print(NamedTuple):
    """How large a chart is printed: 12 pt and over (R106), or 18 pt bold with wide lines (R107)."""

    title_pt: float
    body_pt: float
    strong_pt: float
    bold: bool
    spacing: float
    most_columns: int

    @property
    def between_mm(self) -> float:
        """From one part of a text to the next, so that their lines stand as far apart as all others."""
        return self.body_pt * MM_PER_PT * (self.spacing - 1)


NORMAL: Final = Print(15, 12, 14, bold=False, spacing=LINE_SPACING, most_columns=5)
LARGE: Final = Print(22, 18, 24, bold=True, spacing=1.5, most_columns=3)


class _Part(NamedTuple):
    """Lines of one size and weight."""

    lines: tuple[str, ...]
    size_pt: float
    bold: bool


class _Block(NamedTuple):
    """Parts beneath one another in a column of one width, with their heights."""

    parts: tuple[tuple[_Part, float], ...]
    width_mm: float
    between_mm: float

    @property
    def height_mm(self) -> float:
        return sum(high for _, high in self.parts) + self.between_mm * (len(self.parts) - 1)


class _Cell(NamedTuple):
    """One cell of a row: what stands in it, and whether it is grey."""

    block: _Block
    grey: float | None
    name: str


def chart_pages(
    table: Table, *, paper: Paper, foot: str, large_print: bool = False, further: tuple[str, ...] = ()
) -> list[Page]:
    """The pages of a chart.

    Raises:
        DoesNotFit: a word wider than its column, or a row higher than a page.
        UnreadableText: a character that cannot be drawn.
    """
    try:
        return _Sheets(table, paper, LARGE if large_print else NORMAL, foot, further).made()
    except DoesNotFit as refusal:
        remedy = "Shorten it" + (", or leave --large-print out." if large_print else ".")
        raise DoesNotFit(refusal.problem, remedy, given=refusal.given) from None


class _Sheets:
    """Pages as they fill up, from the top down."""

    def __init__(self, table: Table, paper: Paper, how: Print, foot: str, further: tuple[str, ...]) -> None:
        self._table, self._how, self._foot, self._further = table, how, foot, further
        self._width, self._height = (float(side) for side in SHEETS[paper])
        self._inside = self._width - 2 * _EDGE_MM
        self._pages: list[list[Shape]] = []
        self._y = 0.0
        self._end = self._height - _FOOT_MM

    def made(self) -> list[Page]:
        """All pages, each with its header and its number."""
        table = self._table
        self._new_page()
        for words in table.warned:
            self._paragraph(words, "warned", bold=True)
        for words in table.lead:
            self._paragraph(words, "lead")
        groups = _groups(len(table.columns), self._how.most_columns)
        for number, columns in enumerate(groups):
            if number:
                self._new_page()
            self._rows(columns)
        for words in table.notes:
            self._paragraph(words, "note")
        return [
            Page(
                width_mm=self._width,
                height_mm=self._height,
                shapes=(*shapes, *self._feet(number, len(self._pages))),
            )
            for number, shapes in enumerate(self._pages, 1)
        ]

    def _new_page(self) -> None:
        self._pages.append([])
        self._y = _EDGE_MM
        for words, part in (
            (self._table.title, partial(_Part, size_pt=self._how.title_pt, bold=True)),
            (self._table.only, partial(_Part, size_pt=self._how.body_pt, bold=True)),
        ):
            block = self._block([part((words,))], self._inside)
            self._draw(block, _EDGE_MM, self._y, "title")
            self._y += block.height_mm + self._how.between_mm + _GAP_MM / 2

    def _paragraph(self, words: str, name: str, *, bold: bool = False) -> None:
        """One paragraph over the whole width, on a new page if it does not fit beneath."""
        block = self._block([_Part((words,), self._how.body_pt, bold or self._how.bold)], self._inside)
        if self._y + block.height_mm > self._end:
            self._new_page()
            self._need_room(block.height_mm, words)
        self._draw(block, _EDGE_MM, self._y, name)
        self._y += block.height_mm + self._how.between_mm + _GAP_MM / 2

    def _rows(self, columns: Sequence[int]) -> None:
        """The rows with these columns, the head of the columns once a page."""
        wide = self._inside / len(columns)
        part = partial(_Part, size_pt=self._how.body_pt, bold=True)
        words = ((self._table.columns[k],) for k in columns)
        head = [_Cell(self._block([part(text)], wide - 2 * _PAD_MM), None, "head") for text in words]
        rows = ([self._cell(row[k], wide) for k in columns] for row in self._table.rows)
        high = _high(head)
        begun = False
        for row in rows:
            below = _high(row)
            if self._y + below + (0 if begun else high) > self._end:
                self._new_page()
                self._need_room(high + below, row[0].block.parts[0][0].lines[0])
                begun = False
            if not begun:
                self._draw_row(head, wide, high)
                begun = True
            self._draw_row(row, wide, below)
        self._y += _GAP_MM

    def _need_room(self, height: float, words: str) -> None:
        if self._y + height > self._end:
            raise DoesNotFit(f"'{words[:40]}' is higher than a page.", "Shorten it.", given=words)

    def _cell(self, words: Words, wide: float) -> _Cell:
        how = self._how
        # The words of a grey cell stand at the size of its reasons, so that nobody takes them for a volume.
        size = how.body_pt if words.refused else self._strong_pt(words.strong, wide - 2 * _PAD_MM)
        strong = _Part(words.strong, size, bold=True)
        parts = [part for part in (strong, _Part(words.plain, how.body_pt, how.bold)) if part.lines]
        return _Cell(
            self._block(parts, wide - 2 * _PAD_MM),
            REFUSED_GREY if words.refused else None,
            "refused" if words.refused else "cell",
        )

    def _strong_pt(self, lines: tuple[str, ...], width: float) -> float:
        """The larger type, where every word of the lines is narrow enough for it; else that of the text."""
        size = self._how.strong_pt
        measure = partial(line_width_mm, size_pt=size, bold=True, further=self._further)
        words = (word for line in lines for word in line.split(" "))
        return size if all(measure(word) <= width for word in words) else self._how.body_pt

    def _block(self, parts: Iterable[_Part], width: float) -> _Block:
        """The parts with their heights in a column of that width."""
        heights = tuple((part, self._height_of(part, width)) for part in map(self._drawable, parts))
        return _Block(heights, width, self._how.between_mm)

    def _drawable(self, part: _Part) -> _Part:
        lines = (drawable(line, bold=part.bold, field="chart", further=self._further) for line in part.lines)
        return part._replace(lines=tuple(lines))

    def _height_of(self, part: _Part, width: float) -> float:
        measure: Callable[[str], float] = partial(
            line_width_mm, size_pt=part.size_pt, bold=part.bold, further=self._further
        )
        rows = sum(len(wrap(line, width, measure)) for line in part.lines)
        reach = reach_of(" ".join(part.lines), bold=part.bold, further=self._further)
        return block_height_mm(rows, part.size_pt, self._how.spacing) * reach.part + _ROOM_MM

    def _draw_row(self, row: Sequence[_Cell], wide: float, high: float) -> None:
        for k, cell in enumerate(row):
            left = _EDGE_MM + k * wide
            self._pages[-1].append(
                Box(
                    x_mm=left,
                    y_mm=self._y,
                    width_mm=wide,
                    height_mm=high,
                    stroke_mm=_RULE_MM,
                    fill_grey=cell.grey,
                    name=cell.name,
                )
            )
            self._draw(cell.block, left + _PAD_MM, self._y + _PAD_MM, cell.name)
        self._y += high

    def _draw(self, block: _Block, left: float, top: float, name: str) -> None:
        for part, high in block.parts:
            element = TextElement(
                field=name,
                box_mm=Place(left, top, block.width_mm, high),
                size_pt=part.size_pt,
                floor_pt=part.size_pt,
                bold=part.bold,
            )
            self._pages[-1] += set_text(part.lines, element, spacing=self._how.spacing, further=self._further)
            top += high + block.between_mm

    def _feet(self, number: int, of: int) -> tuple[Text, ...]:
        """Page n of m, and what made the sheet."""
        top = self._height - _FOOT_MM + _GAP_MM
        size = self._how.body_pt
        page = TextElement(
            field="page", box_mm=Place(_EDGE_MM, top, self._inside / 4, 9), size_pt=size, floor_pt=_FOOT_PT
        )
        made = TextElement(
            field="document",
            box_mm=Place(_EDGE_MM + self._inside / 4, top, self._inside * 3 / 4, 9),
            size_pt=_FOOT_PT,
            floor_pt=7,
        )
        return set_text((f"Page {number} of {of}",), page) + set_text((self._foot,), made)


def _groups(columns: int, most: int) -> list[list[int]]:
    """Which columns stand side by side: the first in every group, the others shared out evenly."""
    others = list(range(1, columns))
    many = -(-len(others) // (most - 1))
    size = -(-len(others) // many)
    return [[0, *others[k : k + size]] for k in range(0, len(others), size)]


def _high(row: Sequence[_Cell]) -> float:
    return max(cell.block.height_mm for cell in row) + 2 * _PAD_MM
