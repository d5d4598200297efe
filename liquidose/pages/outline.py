"""The empty grid of a label stock, to hold against the sheet before any label is wasted."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final

from liquidose.devices.stocks import Stock
from liquidose.errors import DoesNotFit
from liquidose.pages.fonts import width_mm
from liquidose.pages.shapes import Box, Page, Polygon, Shape, Text

_THIN_MM: Final = 0.1
_CORNERS: Final = 72
BAR_MM: Final = 50.0
_BAR_WORDS: Final = "This bar is 50\u00a0mm long. If not, print at 100\u00a0%."


def outline_page(stock: Stock) -> Page:
    """One page with the outline and the number of every label, and a check bar on sheets.

    Raises:
        DoesNotFit: a continuous roll has no grid.
    """
    if stock.shape == "continuous":
        raise DoesNotFit(
            f"{stock.id} is a continuous roll: it has no grid.", "Choose a stock with labels.", given=stock.id
        )
    width, height = (float(side) for side in stock.page_mm)
    shapes: list[Shape] = []
    for index in range(stock.columns * stock.rows):
        shapes += _label(stock, index)
    if width > BAR_MM * 2:
        shapes += _bar(stock, width)
    return Page(width_mm=width, height_mm=height, shapes=tuple(shapes))


def _label(stock: Stock, index: int) -> list[Shape]:
    place = stock.origin_mm(index)
    x, y = float(place.x_mm), float(place.y_mm)
    wide, high = float(stock.label_width_mm), float(stock.label_height_mm)
    number = Text(
        x_mm=x + wide / 2 - width_mm(str(index + 1), size_pt=8, bold=False) / 2,
        y_mm=y + high / 2,
        text=str(index + 1),
        size_pt=8,
        name=f"number:{index + 1}",
    )
    name = f"label:{index + 1}"
    if stock.shape == "round":
        points = tuple(
            (x + wide / 2 * (1 + cos(2 * pi * k / _CORNERS)), y + high / 2 * (1 + sin(2 * pi * k / _CORNERS)))
            for k in range(_CORNERS)
        )
        return [Polygon(points_mm=points, stroke_mm=_THIN_MM, name=name), number]
    box = Box(x_mm=x, y_mm=y, width_mm=wide, height_mm=high, stroke_mm=_THIN_MM, name=name)
    return [box, number]


def _bar(stock: Stock, width: float) -> list[Shape]:
    """The check bar and the stock's name, in the middle of the first label's row so that no margin cuts them."""
    y = float(stock.y0_mm) + float(stock.label_height_mm) * 0.75
    x = width / 2 - BAR_MM / 2
    words = f"{stock.id}. {_BAR_WORDS}"
    return [
        Box(x_mm=x, y_mm=y, width_mm=BAR_MM, height_mm=0.8, fill_grey=0, name="check_bar"),
        Text(
            x_mm=width / 2 - width_mm(words, size_pt=7, bold=False) / 2,
            y_mm=y - 1,
            text=words,
            size_pt=7,
            name="check_bar",
        ),
    ]
