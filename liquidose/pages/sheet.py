"""Sheets of paper that go with a course: sizes of type, the head and foot of every page, blocks one under another.

A block is a small page of its own, as high as its words need. Blocks are never parted, and no text is cut: what is
higher than a whole page is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple, TypeAlias

from liquidose.devices.stocks import SHEETS
from liquidose.errors import DoesNotFit
from liquidose.pages.elements import Place, TextElement
from liquidose.pages.fonts import ASCENT, block_height_mm, drawable, width_mm
from liquidose.pages.pieces import line_width_mm, reach_of
from liquidose.pages.setting import set_text, wrap
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Placed, Shape, Text
from liquidose.quantities.writing import NO_BREAK

SheetPaper: TypeAlias = Literal["A4", "Letter"]

MARGIN_MM: Final = 12.0
HEAVY_MM: Final = 1.0
"""The frame that stands out without colour."""
THIN_MM: Final = 0.25
_FLOOR_PT: Final = 7.0


class Look(NamedTuple):
    """The paper, and how large the type is on it.

    What must not be misread is 12 pt without serifs (R97). Large print is 18 pt with half a line between lines (R107, which says so of labels), and nothing but the
    scale of a syringe is under 14 pt.
    """

    paper: SheetPaper
    large: bool = False
    further: tuple[str, ...] = ()
    """Faces for characters that the package's own lacks."""

    @property
    def big_pt(self) -> float:
        """The volume to draw up."""
        return 40.0 if self.large else 26.0

    @property
    def head_pt(self) -> float:
        """Titles."""
        return 20.0 if self.large else 14.0

    @property
    def body_pt(self) -> float:
        """What is read."""
        return 18.0 if self.large else 12.0

    @property
    def small_pt(self) -> float:
        """What is looked up."""
        return 14.0 if self.large else 10.0

    @property
    def spacing(self) -> float:
        """From baseline to baseline."""
        return 1.5 if self.large else 1.25

    @property
    def gap_mm(self) -> float:
        """Between one block and the next."""
        return 5.0 if self.large else 2.5

    @property
    def hand_mm(self) -> float:
        """The height of a row that is written in by hand."""
        return 10.0 if self.large else 7.0


class Head(NamedTuple):
    """The words that stand on every page of a document."""

    title: str
    only: str
    """Which bottle it is for."""
    manner: str
    ending: str
    """What comes after the course; empty where its last step says it."""
    made: str
    """What it was made with, and its id."""


def words_block(  # noqa: PLR0913  (words, and how they are set)
    lines: Sequence[str],
    width_mm: float,
    look: Look,
    size_pt: float,
    *,
    bold: bool = False,
    field: str,
) -> Page:
    """The lines as a block of that width, wrapped at spaces; a word that is wider sets all of them smaller.

    Raises:
        DoesNotFit: a word wider than the block at the smallest size.
        UnreadableText: a character that cannot be drawn.
    """
    told = [drawable(line, bold=bold, field=field, further=look.further) for line in lines]
    measure = partial(line_width_mm, size_pt=size_pt, bold=bold, further=look.further)
    rows = sum(len(wrap(line, width_mm, measure)) for line in told)
    reach = reach_of(" ".join(told), bold=bold, further=look.further)
    height = block_height_mm(rows, size_pt, look.spacing) * reach.part
    element = TextElement(
        field=field,
        box_mm=Place(0, 0, width_mm, height),
        size_pt=size_pt,
        floor_pt=min(size_pt, look.small_pt if look.large else _FLOOR_PT),
        bold=bold,
    )
    texts = set_text(tuple(told), element, spacing=look.spacing, further=look.further)
    return Page(width_mm=width_mm, height_mm=height, shapes=texts)


def stacked(blocks: Iterable[Page], gap_mm: float) -> Page:
    """Blocks one under another as a single one."""
    shapes: list[Shape] = []
    top = widest = 0.0
    for block in blocks:
        shapes.append(Placed(x_mm=0, y_mm=top, page=block))
        top += block.height_mm + gap_mm
        widest = max(widest, block.width_mm)
    return Page(width_mm=widest, height_mm=max(top - gap_mm, 0.0), shapes=tuple(shapes))


def framed(block: Page, *, heavy: bool = False, pad_mm: float = 2.0) -> Page:
    """A block with a frame around it; ``pad_mm`` wider on every side."""
    stroke = HEAVY_MM if heavy else THIN_MM
    wide, high = block.width_mm + 2 * pad_mm, block.height_mm + 2 * pad_mm
    frame = Box(
        x_mm=stroke / 2, y_mm=stroke / 2, width_mm=wide - stroke, height_mm=high - stroke, stroke_mm=stroke
    )
    return Page(width_mm=wide, height_mm=high, shapes=(frame, Placed(x_mm=pad_mm, y_mm=pad_mm, page=block)))


class Sheet:
    """The pages of one document that are alike: head and foot are drawn once, the body has the rest.

    Raises:
        DoesNotFit: head and foot leave no room.
        UnreadableText: a character of the head that cannot be drawn.
    """

    def __init__(self, look: Look, head: Head, *, sideways: bool = False) -> None:
        self.look = look
        short, long = (float(side) for side in SHEETS[look.paper])
        self.page_width_mm, self.page_height_mm = (long, short) if sideways else (short, long)
        self.width_mm = self.page_width_mm - 2 * MARGIN_MM
        top = stacked(_head(head, look, self.width_mm), 0.5)
        foot = stacked(_foot(head, look, self.width_mm), 1.5)
        self._foot_top_mm = self.page_height_mm - MARGIN_MM - foot.height_mm
        self.top_mm = MARGIN_MM + top.height_mm + 3.0
        self.room_mm = self._foot_top_mm - 2.0 - self.top_mm
        if self.room_mm < self.page_height_mm / 3:
            raise DoesNotFit(
                f"Head and foot of the sheet leave {self.room_mm:.0f}{NO_BREAK}mm of its {self.page_height_mm:.0f}{NO_BREAK}mm.",
                "Shorten the names and words of the order, or print it in normal type.",
                given=head.title,
            )
        rule = MARGIN_MM + top.height_mm + 1.2
        self._frame = Placed(
            x_mm=0,
            y_mm=0,
            again=True,
            name="frame",
            page=Page(
                width_mm=self.page_width_mm,
                height_mm=self.page_height_mm,
                shapes=(
                    Placed(x_mm=MARGIN_MM, y_mm=MARGIN_MM, page=top),
                    Line(
                        x1_mm=MARGIN_MM,
                        y1_mm=rule,
                        x2_mm=self.page_width_mm - MARGIN_MM,
                        y2_mm=rule,
                        width_mm=0.5,
                    ),
                    Placed(x_mm=MARGIN_MM, y_mm=self._foot_top_mm, page=foot),
                ),
            ),
        )

    def page(self, body: Iterable[Shape], number: int, total: int) -> Page:
        """One page with its head and foot; the body is in mm from the paper's corner."""
        words, size = f"Page {number} of {total}", self.look.small_pt
        right = self.page_width_mm - MARGIN_MM
        count = Text(
            x_mm=right - width_mm(words, size_pt=size, bold=True),
            y_mm=self.page_height_mm - MARGIN_MM - (1 - ASCENT) * size * MM_PER_PT,
            text=words,
            size_pt=size,
            bold=True,
            name="page",
        )
        return Page(
            width_mm=self.page_width_mm,
            height_mm=self.page_height_mm,
            shapes=(self._frame, *body, count),
        )

    def filled(self, blocks: Iterable[Page]) -> Iterator[tuple[Shape, ...]]:
        """The bodies of as many pages as the blocks need.

        Raises:
            DoesNotFit: a block higher than a page has room for.
        """
        body: list[Shape] = []
        used = 0.0
        for block in blocks:
            self.checked(block.height_mm)
            if body and used + block.height_mm > self.room_mm:
                yield tuple(body)
                body, used = [], 0.0
            body.append(Placed(x_mm=MARGIN_MM, y_mm=self.top_mm + used, page=block))
            used += block.height_mm + self.look.gap_mm
        if body:
            yield tuple(body)

    def told(self, lines: Iterable[str]) -> Iterator[Page]:
        """Each line as a block, warnings in bold; one that is higher than a page goes on on the next."""
        look, width, size = self.look, self.width_mm, self.look.body_pt
        for line in lines:
            bold = line.startswith("Warning: ")
            block = words_block([line], width, look, size, bold=bold, field="told")
            if block.height_mm <= self.room_mm:
                yield block
                continue
            measure = partial(line_width_mm, size_pt=size, bold=bold, further=look.further)
            rows = wrap(drawable(line, bold=bold, field="told", further=look.further), width, measure)
            most = max(int(self.room_mm / (block.height_mm / len(rows))), 1)
            for k in range(0, len(rows), most):
                yield words_block(rows[k : k + most], width, look, size, bold=bold, field="told")

    def checked(self, height_mm: float) -> float:
        """The same height, if a page has room for it.

        Raises:
            DoesNotFit: it has not; the message gives the mm missing.
        """
        if height_mm > self.room_mm:
            beyond = math.ceil((height_mm - self.room_mm) * 10) / 10
            raise DoesNotFit(
                f"A part of the sheet that must stay together is {beyond:.1f}{NO_BREAK}mm higher than the page has room for.",
                "Print it in normal type, or shorten the words of the order.",
                given=self.look.paper,
            )
        return height_mm


class Part(NamedTuple):
    """Pages of one kind: how many, and their bodies in turn."""

    sheet: Sheet
    pages: int
    bodies: Iterable[Sequence[Shape]]


def numbered(parts: Sequence[Part]) -> Iterator[Page]:
    """The pages of all parts, each with its number and how many there are."""
    total, number = sum(part.pages for part in parts), 0
    for part in parts:
        for body in part.bodies:
            number += 1
            yield part.sheet.page(body, number, total)


def _head(head: Head, look: Look, width: float) -> Iterator[Page]:
    yield words_block([head.title], width, look, look.head_pt, bold=True, field="title")
    yield words_block([head.only], width, look, look.body_pt, bold=True, field="strength")
    yield words_block([head.manner], width, look, look.small_pt, field="manner")


def _foot(head: Head, look: Look, width: float) -> Iterator[Page]:
    if head.ending:
        told = words_block([head.ending], width - 4, look, look.body_pt, bold=True, field="ending")
        yield framed(told, heavy=True)
    beside = width_mm("Page 0000 of 0000", size_pt=look.small_pt, bold=True) + 3
    yield words_block([head.made], width - beside, look, look.small_pt, field="document")
