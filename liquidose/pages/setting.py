"""Text set in its box. No text is ever cut.

A text is wrapped at ordinary spaces only, so that a no-break space keeps a number and its unit together and
no name is split; if it does not fit its box it is set smaller, half a point at a time, down to its floor;
and if it does not fit then, it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from liquidose.errors import DoesNotFit
from liquidose.pages.elements import TextElement
from liquidose.pages.fonts import LINE_SPACING, block_height_mm, drawable, face_name
from liquidose.pages.pieces import line_width_mm, piece_width_mm, pieces, reach_of
from liquidose.pages.shapes import MM_PER_PT, Text
from liquidose.quantities.writing import NO_BREAK

_STEP_PT: Final = 0.5
_ALMOST_MM: Final = 1e-6


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
    whole = [drawable(line, bold=element.bold, field=element.field, further=further) for line in lines]
    ways = [whole]
    if element.run_on and len(whole) > 1:
        kept = element.prefix.replace(" ", NO_BREAK)
        ways.append([" ".join(kept + line.removeprefix(element.prefix) for line in whole)])
    measure = partial(line_width_mm, bold=element.bold, further=further)
    reach = reach_of(" ".join(whole), bold=element.bold, further=further)
    left, top, width, height = element.box_mm
    for size in _sizes(element):
        at_size = partial(measure, size_pt=size)
        for told in ways:
            rows = [row for line in told for row in wrap(line, width, at_size)]
            too_wide = max(map(at_size, rows)) - width
            too_high = block_height_mm(len(rows), size, spacing) * reach.part - height
            if too_wide <= _ALMOST_MM and too_high <= _ALMOST_MM:
                start = top if element.sits == "top" else top - too_high
                first, step = start + size * MM_PER_PT * reach.ascent, size * MM_PER_PT * spacing * reach.part
                return tuple(
                    text
                    for k, row in enumerate(rows)
                    for text in _row(row, element, left, first + step * k, size, further=further)
                )
    raise _no_room(element, whole, too_wide, too_high, measure)


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


def _sizes(element: TextElement) -> Iterator[float]:
    """The type sizes that may be tried, largest first; the floor is the last of them."""
    steps = math.ceil((element.size_pt - element.floor_pt) / _STEP_PT)
    return (max(element.size_pt - _STEP_PT * k, element.floor_pt) for k in range(steps + 1))


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


def _no_room(
    element: TextElement,
    lines: Sequence[str],
    too_wide: float,
    too_high: float,
    measure: Callable[..., float],
) -> DoesNotFit:
    if too_wide > _ALMOST_MM:
        words = [word for line in lines for word in line.split(" ")]
        longest = max(words, key=lambda word: measure(word, size_pt=element.floor_pt))
        beyond, way = too_wide, f"wide, for '{longest}' is kept on one line"
    else:
        beyond, way = too_high, "high"
    return DoesNotFit(
        f"The text of '{element.field}' does not fit: at {element.floor_pt:g}{NO_BREAK}pt, the smallest allowed, "
        f"it is {math.ceil(beyond * 10) / 10:.1f}{NO_BREAK}mm too {way}.",
        "Shorten it, or use a larger label.",
        given=" ".join(lines),
    )
