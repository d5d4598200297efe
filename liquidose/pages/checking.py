"""The check bar: a bar of known length, by which anybody sees whether the printer changed the size.

A design may carry its own. Where it does not, the bar stands in the margin of each sheet, or, on rolls and on
sheets without such a margin, on a first label of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from liquidose.devices.stocks import SHEETS, Stock
from liquidose.errors import DoesNotFit
from liquidose.pages.fonts import ASCENT, block_height_mm, width_mm
from liquidose.pages.setting import wrap
from liquidose.pages.shapes import MM_PER_PT, Box, Page, Shape, Text
from liquidose.quantities.writing import NO_BREAK

_THICK_MM: Final = 0.8
_WORDS_PT: Final = 6.0
_EDGE_MM: Final = 5.0
"""What office printers leave white along the edge of a sheet (general knowledge)."""
_CLEAR_MM: Final = 1.5
"""Between the bar and the nearest label."""
_LENGTHS_MM: Final = (100, 50, 30, 20, 10)


def words_of(length_mm: int) -> str:
    """What stands beside a bar of that length."""
    return f"This bar is {length_mm}{NO_BREAK}mm long. If not, print at 100{NO_BREAK}%."


def margin_bar(stock: Stock, *words: str) -> tuple[Shape, ...]:
    """The bar and the words of a document in the margin of a sheet; nothing where no margin has room for a bar.

    The words stand in one line, as many of them as it holds.
    """
    if stock.paper not in SHEETS:
        return ()
    wide, high = (float(side) for side in stock.page_mm)
    need = _EDGE_MM + block_height_mm(1, _WORDS_PT) + _CLEAR_MM
    above = float(stock.y0_mm)
    foot = float(stock.origin_mm(stock.columns * stock.rows - 1).y_mm + stock.label_height_mm)
    if above >= need:
        middle = (_EDGE_MM + above - _CLEAR_MM) / 2
    elif high - foot >= need:
        middle = (foot + _CLEAR_MM + high - _EDGE_MM) / 2
    else:
        return ()
    x = 2 * _EDGE_MM
    text = words_of(50)
    for more in filter(None, words):
        longer = f"{text} {more}"
        if x + 52 + width_mm(longer, size_pt=_WORDS_PT, bold=False) <= wide - _EDGE_MM:
            text = longer
    return tuple(_bar(x, middle, 50, ((x + 52, middle, text),)))


def check_label(width: float, height: float, margin: float, words: tuple[str, ...]) -> Page:
    """A label with nothing but the bar, the longest that fits, and the words of the document.

    Raises:
        DoesNotFit: the label is shorter than the shortest bar.
    """
    room = width - 2 * margin
    lengths = [length for length in _LENGTHS_MM if length <= room]
    if not lengths:
        raise DoesNotFit(
            f"A label {width:g}{NO_BREAK}mm wide has no room for a check bar.",
            "Use a wider label.",
            given="check bar",
        )
    step = block_height_mm(1, _WORDS_PT)
    top = margin + _THICK_MM + _CLEAR_MM
    rows: list[str] = []
    for text in filter(None, (f"Check label. {words_of(lengths[0])}", *words)):
        more = wrap(text, room, partial(width_mm, size_pt=_WORDS_PT, bold=False))
        if (
            top + step * (len(rows) + len(more)) <= height - margin
        ):  # words that do not fit are for larger labels
            rows += more
    texts = tuple((margin, top + step * (k + 0.5), row) for k, row in enumerate(rows))
    shapes = tuple(_bar(margin, margin + _THICK_MM / 2, lengths[0], texts))
    return Page(width_mm=width, height_mm=height, shapes=shapes)


def _bar(
    x: float, middle: float, length: int, texts: tuple[tuple[float, float, str], ...]
) -> Iterator[Shape]:
    yield Box(
        x_mm=x,
        y_mm=middle - _THICK_MM / 2,
        width_mm=length,
        height_mm=_THICK_MM,
        fill_grey=0,
        name="check_bar",
    )
    for left, centre, text in texts:
        baseline = centre + (ASCENT - 0.5) * _WORDS_PT * MM_PER_PT
        yield Text(x_mm=left, y_mm=baseline, text=text, size_pt=_WORDS_PT, name="check_bar")
