"""Text set in its box. No text is ever cut.

A text is wrapped at ordinary spaces only, so that a no-break space keeps a number and its unit together and
no name is split; if it does not fit its box it is set smaller, half a point at a time, down to its floor;
and if it does not fit then, it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Final

from liquidose.directions import joined
from liquidose.errors import DoesNotFit
from liquidose.pages.elements import TextElement
from liquidose.pages.fonts import LINE_SPACING, block_height_mm, drawable, face_name
from liquidose.pages.pieces import Reach, line_width_mm, piece_width_mm, pieces, reach_of
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
    return TextBox((element,), spacing=spacing, further=further).lay((lines,))


class TextBox:
    """The box of one text, or of several that stand below one another in it, made ready to set many."""

    def __init__(
        self,
        elements: tuple[TextElement, ...],
        *,
        spacing: float = LINE_SPACING,
        further: tuple[str, ...] = (),
        kept: int = 0,
    ) -> None:
        """``kept`` is how many texts of each are remembered, for those that share a box with one that is new."""
        self._sits, self._place = elements[0].sits, elements[0].box_mm
        self._steps = max(math.ceil((one.size_pt - one.floor_pt) / _STEP_PT) for one in elements)
        told = [partial(_Told, element, spacing=spacing, further=further) for element in elements]
        self._told: list[Callable[[tuple[str, ...]], _Told]] = [*told]
        if kept and len(told) > 1:
            self._told = [lru_cache(kept)(one) for one in told]

    def lay(self, texts: tuple[tuple[str, ...], ...]) -> tuple[Text, ...]:
        """The lines of each text, one text below the other, as large as they fit together; one without lines takes no room.

        Raises:
            DoesNotFit: at their smallest they are still too large; the message names the fields and the mm missing.
            UnreadableText: a character that cannot be drawn.
        """
        told = [made(lines) for made, lines in zip(self._told, texts, strict=True) if lines]
        height = self._place.height_mm
        ways = (False, True) if any(one.runs_on for one in told) else (False,)
        for step in range(self._steps + 1):
            for running_on in ways:
                blocks = [one.block(step, running_on) for one in told]
                high = blocks[-1].height_mm
                for block in blocks[:-1]:
                    high += block.next_mm
                if high - height <= _ALMOST_MM and max([block.too_wide_mm for block in blocks]) <= _ALMOST_MM:
                    return self._placed(blocks, height - high)
        raise _no_room(told, blocks, high - height)

    def _placed(self, blocks: list[_Block], free: float) -> tuple[Text, ...]:
        """The blocks as shapes; what is free stands between them, up to a part of a row, or over the only one."""
        down = self._place.top_mm
        if len(blocks) == 1:
            return blocks[0].placed(down + free if self._sits == "bottom" else down)
        found: tuple[Text, ...] = ()
        for block in blocks:
            found += block.placed(down)
            down += block.next_mm + min(free / (len(blocks) - 1), block.step_mm * _APART)
        return found


class _Told:
    """One text on its way into a box: whole or running on, in any of its sizes."""

    __slots__ = ("_blocks", "_reach", "_spacing", "element", "further", "lines", "runs_on")

    def __init__(
        self, element: TextElement, lines: tuple[str, ...], *, spacing: float, further: tuple[str, ...]
    ) -> None:
        self.element, self.further, self._spacing = element, further, spacing
        self.lines = [
            drawable(line, bold=element.bold, field=element.field, further=further) for line in lines
        ]
        self.runs_on = element.run_on and len(lines) > 1
        self._reach = reach_of(" ".join(self.lines), bold=element.bold, further=further)
        self._blocks: dict[tuple[int, bool], _Block] = {}

    def measure(self, size_pt: float) -> Callable[[str], float]:
        """How wide a row of it is in this size."""
        return partial(line_width_mm, bold=self.element.bold, further=self.further, size_pt=size_pt)

    def block(self, step: int, running_on: bool) -> _Block:  # noqa: FBT001  (one of two ways, thousands of times)
        """The text in rows of its box's width, so many steps smaller than its largest size."""
        if (step, running_on) not in self._blocks:
            element, lines = self.element, self.lines
            if running_on and self.runs_on:
                kept = element.prefix.replace(" ", NO_BREAK)
                lines = [" ".join(kept + line.removeprefix(element.prefix) for line in lines)]
            size = max(element.size_pt - _STEP_PT * step, element.floor_pt)
            at_size = self.measure(size)
            width = element.box_mm.width_mm
            rows = [row for line in lines for row in wrap(line, width, at_size)]
            widest = max(map(at_size, rows))
            self._blocks[step, running_on] = _Block(
                element, self.further, rows, size, widest - width, self._spacing, self._reach
            )
        return self._blocks[step, running_on]


class _Block:
    """A text broken into rows of one size."""

    __slots__ = (
        "_element", "_first_mm", "_found", "_further", "_rows",
        "height_mm", "next_mm", "size_pt", "step_mm", "too_wide_mm",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917  (what its place depends on)
        self,
        element: TextElement,
        further: tuple[str, ...],
        rows: list[str],
        size_pt: float,
        too_wide_mm: float,
        spacing: float,
        reach: Reach,
    ) -> None:
        self._element, self._further, self._rows = element, further, rows
        self.size_pt, self.too_wide_mm = size_pt, too_wide_mm
        self.height_mm = block_height_mm(len(rows), size_pt, spacing) * reach.part
        self._first_mm = size_pt * MM_PER_PT * reach.ascent
        self.step_mm = size_pt * MM_PER_PT * spacing * reach.part
        """From a baseline to the next."""
        self.next_mm = self.step_mm * len(rows)
        """From its top to the top of a text below it."""
        self._found: dict[float, tuple[Text, ...]] = {}

    def placed(self, top: float) -> tuple[Text, ...]:
        """Its rows as shapes, from this far down."""
        if top not in self._found:
            first = top + self._first_mm
            self._found[top] = tuple(
                text
                for k, row in enumerate(self._rows)
                for text in _row(
                    row, self._element, first + self.step_mm * k, self.size_pt, further=self._further
                )
            )
        return self._found[top]


def _row(
    row: str, element: TextElement, baseline: float, size: float, *, further: tuple[str, ...]
) -> Iterator[Text]:
    """The row as one text, or as several where it needs more than one face or direction."""
    own = face_name(bold=element.bold)
    line = pieces(row, bold=element.bold, further=further)
    x = element.box_mm.left_mm
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
        longest = max(words, key=widest.measure(block.size_pt))
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
