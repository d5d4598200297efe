"""Text set in its box. No text is ever cut.

A text is wrapped at ordinary spaces only, so that a no-break space keeps a number and its unit together and
no name is split; if it does not fit its box it is set smaller, half a point at a time, down to its floor;
and if it does not fit then, it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from liquidose.directions import joined
from liquidose.errors import DoesNotFit
from liquidose.pages.elements import TextElement
from liquidose.pages.fonts import LINE_SPACING, block_height_mm, drawable, face_name
from liquidose.pages.pieces import line_width_mm, piece_width_mm, pieces, reach_of
from liquidose.pages.shapes import MM_PER_PT, Text
from liquidose.quantities.writing import NO_BREAK

_STEP_PT: Final = 0.5
_ALMOST_MM: Final = 1e-6
_APART: Final = 0.5
"""How far texts in one box stand apart where it has the room, as a part of the upper one's rows."""


def set_text(
    lines: tuple[str, ...],
    element: TextElement,
    *,
    spacing: float = LINE_SPACING,
    further: tuple[str, ...] = (),
) -> tuple[Text, ...]:
    """The lines of a text in its box, as large as they fit.

    Raises:
        DoesNotFit: at its smallest it is still too large; the message names the field and the mm missing.
        UnreadableText: a character that cannot be drawn.
    """
    return set_together((lines,), (element,), spacing=spacing, further=further)


def set_together(
    texts: tuple[tuple[str, ...], ...],
    elements: tuple[TextElement, ...],
    *,
    spacing: float = LINE_SPACING,
    further: tuple[str, ...] = (),
) -> tuple[Text, ...]:
    """The lines of each text, one text below the other in the box that all share, as large as they fit together.

    A text without lines takes no room.

    Raises:
        DoesNotFit: at their smallest they are still too large; the message names the fields and the mm missing.
        UnreadableText: a character that cannot be drawn.
    """
    told = [_Told(element, lines, further) for lines, element in zip(texts, elements, strict=True) if lines]
    left, top, width, height = elements[0].box_mm
    for step in range(max(_steps(one.element) for one in told) + 1):
        for running_on in (False, True) if any(len(one.ways) > 1 for one in told) else (False,):
            blocks = [one.block(step, width, spacing, running_on=running_on) for one in told]
            too_high = blocks[-1].height_mm + sum(block.next_mm for block in blocks[:-1]) - height
            if too_high <= _ALMOST_MM and all(block.too_wide_mm <= _ALMOST_MM for block in blocks):
                apart = -too_high / max(len(blocks) - 1, 1)
                down = top - too_high if len(blocks) == 1 and elements[0].sits == "bottom" else top
                found: list[Text] = []
                for block in blocks:
                    found += block.placed(left, down)
                    down += block.next_mm + min(apart, block.step_mm * _APART)
                return tuple(found)
    raise _no_room(told, blocks, too_high)


class _Told:
    """One text on its way into a box: whole or running on, in any of its sizes."""

    def __init__(self, element: TextElement, lines: tuple[str, ...], further: tuple[str, ...]) -> None:
        self.element, self._further = element, further
        self.lines = [
            drawable(line, bold=element.bold, field=element.field, further=further) for line in lines
        ]
        self.ways = [self.lines]
        if element.run_on and len(lines) > 1:
            kept = element.prefix.replace(" ", NO_BREAK)
            self.ways.append([" ".join(kept + line.removeprefix(element.prefix) for line in self.lines)])
        self.measure = partial(line_width_mm, bold=element.bold, further=further)
        self._reach = reach_of(" ".join(self.lines), bold=element.bold, further=further)

    def block(self, step: int, width: float, spacing: float, *, running_on: bool) -> _Block:
        """The text in rows of this width, so many steps smaller than its largest size."""
        size = max(self.element.size_pt - _STEP_PT * step, self.element.floor_pt)
        at_size = partial(self.measure, size_pt=size)
        rows = [row for line in self.ways[-1 if running_on else 0] for row in wrap(line, width, at_size)]
        part, one = self._reach.part, size * MM_PER_PT
        return _Block(
            rows,
            size,
            self.element,
            self._further,
            too_wide_mm=max(map(at_size, rows)) - width,
            height_mm=block_height_mm(len(rows), size, spacing) * part,
            first_mm=one * self._reach.ascent,
            step_mm=one * spacing * part,
        )


class _Block(NamedTuple):
    """A text broken into rows of one size."""

    rows: list[str]
    size_pt: float
    element: TextElement
    further: tuple[str, ...]
    too_wide_mm: float
    height_mm: float
    first_mm: float
    """From its top to its first baseline."""
    step_mm: float
    """From a baseline to the next."""

    @property
    def next_mm(self) -> float:
        """From its top to the top of a text below it."""
        return self.step_mm * len(self.rows)

    def placed(self, left: float, top: float) -> Iterator[Text]:
        """Its rows as shapes."""
        for k, row in enumerate(self.rows):
            baseline = top + self.first_mm + self.step_mm * k
            yield from _row(row, self.element, left, baseline, self.size_pt, further=self.further)


def _row(  # noqa: PLR0913  (one line of text, its parts)
    row: str, element: TextElement, left: float, baseline: float, size: float, *, further: tuple[str, ...]
) -> Iterator[Text]:
    """The row as one text, or as several where it needs more than one face or direction."""
    own = face_name(bold=element.bold)
    line = pieces(row, bold=element.bold, further=further)
    x = left
    if element.align == "centre":
        x += (element.box_mm.width_mm - sum(piece_width_mm(piece, size) for piece in line)) / 2
    for piece in line:
        yield Text(
            x_mm=x,
            y_mm=baseline,
            text=piece.text,
            size_pt=size,
            bold=element.bold,
            name=element.field,
            face="" if piece.face == own else piece.face,
            shaped=piece.shaped,
        )
        x += piece_width_mm(piece, size)


def _steps(element: TextElement) -> int:
    """How many times it may be made smaller; the floor is the last of its sizes."""
    return math.ceil((element.size_pt - element.floor_pt) / _STEP_PT)


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    r"""The rows of a text that is at most ``width`` mm wide as ``measure`` tells, broken at ordinary spaces only.

    A word wider than that stands alone in its row, whole.

    >>> wrap("Give 5\u00a0mL at noon", 7, len)
    ['Give', '5\xa0mL at', 'noon']
    """
    words = [word for word in text.split(" ") if word]
    whole = " ".join(words)
    if (
        words and measure(whole) <= width + _ALMOST_MM
    ):  # as most texts are: nothing to be measured word by word
        return [whole]
    rows: list[str] = []
    for word in words:
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and measure(longer) <= width + _ALMOST_MM:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _no_room(told: Sequence[_Told], blocks: Sequence[_Block], too_high: float) -> DoesNotFit:
    """The refusal of texts at their smallest: one that has too wide a word, else all that share the box."""
    widest, block = max(zip(told, blocks, strict=True), key=lambda one: one[1].too_wide_mm)
    if block.too_wide_mm > _ALMOST_MM:
        words = [word for line in widest.lines for word in line.split(" ")]
        longest = max(words, key=lambda word: widest.measure(word, size_pt=block.size_pt))
        beyond, way = block.too_wide_mm, f"wide, for '{longest}' is kept on one line"
        told, blocks = (widest,), (block,)
    else:
        beyond, way = too_high, "high"
    least = joined([f"{size:g}" for size in dict.fromkeys(one.size_pt for one in blocks)])
    at = f"at {least}{NO_BREAK}pt, the smallest allowed,"
    by = f"{math.ceil(beyond * 10) / 10:.1f}{NO_BREAK}mm too {way}."
    if len(told) == 1:
        problem = f"The text of '{told[0].element.field}' does not fit: {at} it is {by}"
        remedy = "Shorten it, or use a larger label."
    else:
        fields = [f"'{one.element.field}'" for one in told]
        longest_field = max(zip(blocks, fields, strict=True), key=lambda one: one[0].height_mm)[1]
        problem = f"The texts of {joined(fields)} do not fit together: {at} they are {by}"
        remedy = f"Shorten {longest_field}, the longest, or use a larger label."
    return DoesNotFit(problem, remedy, given=" ".join(line for one in told for line in one.lines))
