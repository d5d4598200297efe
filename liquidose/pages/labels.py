"""A label from its design, its texts and the measured dose. No text is ever cut.

A text is wrapped at ordinary spaces only, so that a no-break space keeps a number and its unit together and
no name is split; if it does not fit its box it is set smaller, half a point at a time, down to its floor;
and if it does not fit then, there is no label.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from liquidose.devices.measuring import Measured
from liquidose.errors import DoesNotFit
from liquidose.pages.fonts import ASCENT, LINE_SPACING, block_height_mm, drawable, width_mm
from liquidose.pages.places import check_places
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Shape, Text
from liquidose.pages.syringe_art import draw_syringe
from liquidose.pages.templates import CheckBar, Place, Template, TextElement
from liquidose.quantities.writing import NO_BREAK

_STEP_PT = 0.5
_ALMOST_MM = 1e-6


def lay_out(template: Template, texts: Mapping[str, Sequence[str]], measured: Measured | None = None) -> Page:
    """The label as shapes in mm: every text whole and inside its own box, the syringe set to the dose.

    ``texts`` maps the name of a field to its texts, each of which begins on a line of its own.

    Raises:
        GiveWhatIsMissing: a field the design demands has no text.
        DoesNotFit: a text has no room, or no place in the design; the message names it and the mm missing.
        UnreadableText: a character that cannot be drawn.
    """
    given = {field: _told(field, lines) for field, lines in texts.items()}
    check_places(template, given)
    shapes: list[Shape] = list(_ruled(template))
    for element in template.text:
        lines = given.get(element.field, [])
        if lines:
            shapes += _set([element.prefix + line for line in lines], element, template.line_spacing)
    for words in template.words:
        shapes += _set(
            [words.words],
            _fixed("words", words.box_mm, words.size_pt, bold=words.bold),
            template.line_spacing,
        )
    if template.syringe is not None and measured is not None:
        shapes += draw_syringe(measured, template.syringe)
    if template.check_bar is not None:
        shapes += _bar(template.check_bar)
    return Page(width_mm=template.width_mm, height_mm=template.height_mm, shapes=tuple(shapes))


def _told(field: str, lines: Sequence[str]) -> list[str]:
    if isinstance(lines, str):
        raise TypeError(f"The texts of '{field}' are given as a list, not as one text")
    return [line for line in lines if line.strip()]


def _fixed(name: str, place: Place, size_pt: float, *, bold: bool = False) -> TextElement:
    return TextElement(field=name, box_mm=place, size_pt=size_pt, floor_pt=size_pt, bold=bold)


def _ruled(template: Template) -> Iterator[Shape]:
    for box in template.box:
        left, top, width, height = box.box_mm
        yield Box(
            x_mm=left,
            y_mm=top,
            width_mm=width,
            height_mm=height,
            stroke_mm=box.thick_mm,
            fill_grey=box.fill_grey,
            name="box",
        )
    for line in template.line:
        (x1, y1), (x2, y2) = line.from_mm, line.to_mm
        yield Line(x1_mm=x1, y1_mm=y1, x2_mm=x2, y2_mm=y2, width_mm=line.thick_mm, name="line")


def _set(lines: Sequence[str], element: TextElement, spacing: float = LINE_SPACING) -> Iterator[Text]:
    """The lines of a text in its box, as large as they fit."""
    whole = [drawable(line, bold=element.bold, field=element.field) for line in lines]
    ways = [whole]
    if element.run_on and len(whole) > 1:
        kept = element.prefix.replace(" ", NO_BREAK)
        ways.append([" ".join(kept + line.removeprefix(element.prefix) for line in whole)])
    left, top, width, height = element.box_mm
    for size, told in product(_sizes(element), ways):
        rows = [row for line in told for row in wrap(line, width, size_pt=size, bold=element.bold)]
        too_wide = max(width_mm(row, size_pt=size, bold=element.bold) for row in rows) - width
        too_high = block_height_mm(len(rows), size, spacing) - height
        if max(too_wide, too_high) <= _ALMOST_MM:
            break
    else:
        raise _no_room(element, whole, too_wide, too_high)
    start = top if element.sits == "top" else top - too_high
    for k, row in enumerate(rows):
        baseline = start + size * MM_PER_PT * (ASCENT + spacing * k)
        yield Text(x_mm=left, y_mm=baseline, text=row, size_pt=size, bold=element.bold, name=element.field)


def _sizes(element: TextElement) -> list[float]:
    """The type sizes that may be tried, largest first; the floor is the last of them."""
    steps = math.ceil((element.size_pt - element.floor_pt) / _STEP_PT)
    return [max(element.size_pt - _STEP_PT * k, element.floor_pt) for k in range(steps + 1)]


def wrap(text: str, width: float, *, size_pt: float, bold: bool) -> list[str]:
    r"""The rows of a text that is at most ``width`` mm wide, broken at ordinary spaces only.

    A word wider than that stands alone in its row, whole.

    >>> wrap("Give 5\u00a0mL at noon", 14, size_pt=12, bold=False)
    ['Give', '5\xa0mL at', 'noon']
    """
    rows: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width_mm(longer, size_pt=size_pt, bold=bold) <= width + _ALMOST_MM:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _no_room(element: TextElement, lines: Sequence[str], too_wide: float, too_high: float) -> DoesNotFit:
    if too_wide > _ALMOST_MM:
        words = [word for line in lines for word in line.split(" ")]
        longest = max(words, key=lambda word: width_mm(word, size_pt=element.floor_pt, bold=element.bold))
        beyond, way = too_wide, f"wide, for '{longest}' is kept on one line"
    else:
        beyond, way = too_high, "high"
    return DoesNotFit(
        f"The text of '{element.field}' does not fit: at {element.floor_pt:g}{NO_BREAK}pt, the smallest allowed, "
        f"it is {math.ceil(beyond * 10) / 10:.1f}{NO_BREAK}mm too {way}.",
        "Shorten it, or use a larger label.",
        given=" ".join(lines),
    )


def _bar(bar: CheckBar) -> Iterator[Shape]:
    yield Box(
        x_mm=bar.left_mm,
        y_mm=bar.top_mm,
        width_mm=bar.length_mm,
        height_mm=bar.thick_mm,
        fill_grey=0,
        name="check_bar",
    )
    yield from _set([bar.words], _fixed("check_bar", bar.words_box_mm, bar.size_pt))
