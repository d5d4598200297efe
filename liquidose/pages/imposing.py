"""Labels on their stock: which place each takes, on sheets that may be part-used and on rolls.

Places are numbered from 1 by rows, as the printed outline of a stock numbers them, whatever the order of filling.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import Literal, NamedTuple

from liquidose.devices.stocks import SHEETS, Stock, stocks
from liquidose.errors import BadOption, DoesNotFit
from liquidose.pages.templates import Template
from liquidose.quantities.writing import NO_BREAK

Fill = Literal["rows", "columns"]
_ALMOST_MM = 1e-6
_NAMED = 6


class Rest(NamedTuple):
    """Where a design lies on a label: its top left corner, from the label's."""

    x_mm: float
    y_mm: float
    turned: bool = False
    """Whether the label of a roll lies on its side, its length across the page."""


class _Side(NamedTuple):
    """One side of a label: its length, and from where to where the printer reaches."""

    length: float
    start: float
    end: float

    def either_way(self) -> _Side:
        """The side with the wider unprinted strip kept free at both ends."""
        strip = max(self.start, self.length - self.end)
        return _Side(self.length, strip, self.length - strip)


def check_counted(
    stock: Stock | None, start_at: Sequence[int] = (), skip: Sequence[frozenset[int]] = ()
) -> None:
    """Nothing comes out if places are counted on a sheet only; the first label of all is never counted out.

    Raises:
        BadOption: no stock, or a roll.
    """
    if not skip and set(start_at) <= {1}:
        return
    if stock is None:
        raise BadOption("Places are counted on a stock.", "Name the stock.", given="start_at")
    if stock.paper not in SHEETS:
        raise BadOption(
            f"{stock.id} is a roll: its next label is the one that comes out.",
            "Places are counted on sheets only.",
            given=stock.id,
        )


def free_places(
    stock: Stock, *, start_at: Sequence[int] = (), skip: Sequence[frozenset[int]] = (), fill: Fill = "rows"
) -> Iterator[tuple[int, int]]:
    """Sheet and place of each label to come, both from 1, without end.

    The k-th of ``start_at`` and of ``skip`` is for the k-th sheet in the printer; the sheets after them are full.

    Raises:
        BadOption: a place the sheet does not have, or a sheet without a free place.
    """
    last = stock.columns * stock.rows
    order = list(range(1, last + 1))
    if fill == "columns":
        order = [
            row * stock.columns + column + 1 for column in range(stock.columns) for row in range(stock.rows)
        ]
    for place in (*start_at, *(place for used in skip for place in used)):
        if not 1 <= place <= last:
            raise BadOption(
                f"{stock.id} has no label {place}: it has {last}.",
                f"'liquidose stocks show {stock.id} --outline' prints their numbers.",
                given=str(place),
            )
    part_used = []
    for number in range(max(len(start_at), len(skip))):
        first = order.index(start_at[number]) if number < len(start_at) else 0
        used = skip[number] if number < len(skip) else frozenset()
        free = [place for place in order[first:] if place not in used]
        if not free:
            raise BadOption(
                f"Sheet {number + 1} has no free label left.", "Leave that sheet out.", given=str(number + 1)
            )
        part_used.append(free)
    for sheet in count(1):
        for place in part_used[sheet - 1] if sheet <= len(part_used) else order:
            yield sheet, place


def read_places(text: str) -> frozenset[int]:
    """The places in a list such as ``1,2,5-9``.

    Raises:
        BadOption: anything else.
    """
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,4})(?:\s*-\s*([0-9]{1,4}))?\s*", part, re.ASCII)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise BadOption(f"'{text}' is not a list of places.", "Write it like '1,2,5-9'.", given=text)
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return frozenset(found)


def rest_on(template: Template, stock: Stock, own: Iterable[Stock] = ()) -> Rest:
    """Where the design lies on a label of the stock: in its middle, all its ink inside what the printer reaches.

    Raises:
        DoesNotFit: the label is too small; the message names stocks that fit.
    """
    rest = _rest(template, stock)
    if rest is None:
        fitting = [other.id for other in stocks_for(template, own)]
        more = f" and {len(fitting) - _NAMED} more" if len(fitting) > _NAMED else ""
        raise DoesNotFit(
            f"The label '{template.id}', {template.width_mm:g} by {template.height_mm:g}{NO_BREAK}mm, does not "
            f"fit {stock.id}{_size(stock)}{_beyond(template, stock)}.",
            f"It fits {', '.join(fitting[:_NAMED])}{more}."
            if fitting
            else "No catalogued stock fits it: use a page of its own size.",
            given=stock.id,
        )
    return rest


def _beyond(template: Template, stock: Stock) -> str:
    """How much too wide and too high the design is, as it lies; nothing for a round label."""
    if stock.shape == "round":
        return ""
    over = []
    sides = _sides(stock, template.height_mm)
    for size, side, way in zip((template.width_mm, template.height_mm), sides, ("wide", "high"), strict=True):
        ink = size - 2 * template.margin_mm
        beyond = max(size - side.length, ink - (side.end - side.start))
        if beyond > _ALMOST_MM:
            over.append(f"{math.ceil(beyond * 10 - _ALMOST_MM) / 10:g}{NO_BREAK}mm too {way}")
    return f": it is {' and '.join(over)}" if over else ""


def stocks_for(template: Template, own: Iterable[Stock] = ()) -> tuple[Stock, ...]:
    """The stocks whose labels take the design, the smallest labels first; a site's own go before the catalogue's."""
    known = {stock.id: stock for stock in (*stocks(), *own)}
    return tuple(sorted((s for s in known.values() if _rest(template, s) is not None), key=_by_size))


def _by_size(stock: Stock) -> tuple[bool, Fraction, str]:
    return stock.shape == "continuous", stock.label_width_mm * stock.label_height_mm, stock.id


def page_size(template: Template, stock: Stock, rest: Rest) -> tuple[float, float]:
    """Width and height of a page in mm: the sheet, one label of a roll, or what a continuous roll is cut to."""
    if stock.shape != "continuous":
        width, height = (float(side) for side in stock.page_mm)
        return (height, width) if rest.turned else (width, height)
    least = float(stock.min_length_mm or 0)
    if rest.turned:
        return max(template.width_mm, least), float(stock.label_width_mm)
    return float(stock.label_width_mm), max(template.height_mm, least)


def _rest(template: Template, stock: Stock) -> Rest | None:
    wide, high = template.width_mm, template.height_mm
    if stock.shape == "round":
        diameter = float(stock.label_width_mm)
        inside = math.hypot(wide, high) <= diameter + _ALMOST_MM
        return Rest((diameter - wide) / 2, (diameter - high) / 2) if inside else None
    for turned in (False, True) if stock.paper == "roll" else (False,):
        across, along = _sides(stock, wide if turned else high)
        if turned:
            across, along = along.either_way(), across.either_way()
        x = _start(wide, template.margin_mm, across)
        y = _start(high, template.margin_mm, along)
        if x is not None and y is not None:
            return Rest(x, y, turned)
    return None


def _sides(stock: Stock, length: float) -> tuple[_Side, _Side]:
    """Across and along a label; a continuous roll is cut as long as the design, within its limits."""
    wide = float(stock.label_width_mm)
    high = float(stock.label_height_mm)
    if stock.shape == "continuous":
        longest = float(stock.max_length_mm or math.inf)
        high = min(max(length, float(stock.min_length_mm or 0)), longest)
    left, top = float(stock.print_x0_mm or 0), float(stock.print_y0_mm or 0)
    right = left + float(stock.print_width_mm or wide - left)
    foot = top + float(stock.print_height_mm or high - top)
    return _Side(wide, left, right), _Side(high, top, foot)


def _start(size: float, margin: float, side: _Side) -> float | None:
    """Where a design starts along a side, in the middle if it may; nothing where its ink would not be reached."""
    least = max(0.0, side.start - margin)
    most = min(side.length - size, side.end - (size - margin))
    if least > most + _ALMOST_MM:
        return None
    return max(least, min((side.length - size) / 2, most))


def _size(stock: Stock) -> str:
    if stock.shape == "continuous":
        return f", which is {float(stock.label_width_mm):g}{NO_BREAK}mm wide"
    reach = ""
    if stock.paper not in SHEETS and stock.print_width_mm and stock.print_height_mm:
        printed = f"{float(stock.print_width_mm):g} by {float(stock.print_height_mm):g}{NO_BREAK}mm"
        reach = f", of which a printer reaches {printed}"
    label = f"{float(stock.label_width_mm):g} by {float(stock.label_height_mm):g}{NO_BREAK}mm"
    return f", whose labels are {label}{reach}"
