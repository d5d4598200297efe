"""Which label stocks a design fits: the whole design on one label, upright, on rolls within what the printer reaches."""

from __future__ import annotations

import math
from collections.abc import Iterable

from liquidose.devices.stocks import Stock, stocks
from liquidose.errors import DoesNotFit
from liquidose.pages.templates import Template
from liquidose.quantities.writing import NO_BREAK

_ALMOST_MM = 1e-6
_NAMED = 8
"""So many stocks are named in a refusal."""


def room_mm(stock: Stock) -> tuple[float, float]:
    """The width and height that a design may have on a stock's label; a continuous roll is as long as it must be."""
    width = stock.print_width_mm or stock.label_width_mm
    height = stock.print_height_mm or stock.label_height_mm or stock.max_length_mm
    return float(width), math.inf if height is None else float(height)


def fits(template: Template, stock: Stock) -> bool:
    """Whether the whole design lies on a label of the stock."""
    width, height = room_mm(stock)
    if stock.shape == "round":
        return math.hypot(template.width_mm, template.height_mm) <= width + _ALMOST_MM
    return template.width_mm <= width + _ALMOST_MM and template.height_mm <= height + _ALMOST_MM


def stocks_for(template: Template, own: Iterable[Stock] = ()) -> tuple[Stock, ...]:
    """The stocks that a design fits, the smallest label first; a site's own go before the catalogue's of that id."""
    known = {stock.id: stock for stock in (*stocks(), *own)}
    return tuple(sorted((s for s in known.values() if fits(template, s)), key=lambda s: (_area(s), s.id)))


def check_fits(template: Template, stock: Stock, own: Iterable[Stock] = ()) -> None:
    """Nothing comes out; the design fits the stock.

    Raises:
        DoesNotFit: it does not, and type is never set below the design's floor to make it; the message gives the mm and the stocks that would do.
    """
    if fits(template, stock):
        return
    width, height = room_mm(stock)
    over = [
        f"{math.ceil((need - have) * 10 - _ALMOST_MM) / 10:.1f}".removesuffix(".0")
        + f"{NO_BREAK}mm too {way}"
        for need, have, way in ((template.width_mm, width, "wide"), (template.height_mm, height, "high"))
        if need > have + _ALMOST_MM
    ]
    beyond = " and ".join(over) or "larger than a round label holds"
    found = [s.id for s in stocks_for(template, own)]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    raise DoesNotFit(
        f"The label '{template.id}', {_size(template.width_mm, template.height_mm)}, does not fit {stock.id}, which has room for "
        f"{_size(width, height)}: it is {beyond}.",
        f"It fits {', '.join(found[:_NAMED])}{more}."
        if found
        else "No stock in the catalogue is large enough.",
        given=stock.id,
    )


def _area(stock: Stock) -> float:
    width, height = room_mm(stock)
    return width * height


def _size(width: float, height: float) -> str:
    high = "any length" if height == math.inf else f"{height:g}{NO_BREAK}mm"
    return f"{width:g} by {high}"
