"""A label from its design, its texts and the measured dose. No text is ever cut.

A text is wrapped at ordinary spaces only, so that a no-break space keeps a number and its unit together and
no name is split; if it does not fit its box it is set smaller, half a point at a time, down to its floor;
and if it does not fit then, there is no label.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Final

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Syringe
from liquidose.errors import DoesNotFit, GiveWhatIsMissing
from liquidose.pages.fonts import LINE_SPACING, block_height_mm, drawable, face_name
from liquidose.pages.pieces import line_width_mm, piece_width_mm, pieces, reach_of
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Mark, Page, Placed, Shape, Text
from liquidose.pages.syringe_art import draw_syringe, marks_of
from liquidose.pages.templates import NEVER_LEFT_OUT, CheckBar, Place, SyringeElement, Template, TextElement
from liquidose.quantities.writing import NO_BREAK

_STEP_PT: Final = 0.5
_ALMOST_MM: Final = 1e-6
_KEPT: Final = 1024
"""Texts and drawings kept for the next labels: pharmacies, warnings and doses come again, patients do not."""


def lay_out(template: Template, texts: Mapping[str, Sequence[str]], measured: Measured | None = None) -> Page:
    """One label, as :meth:`Layout.label` makes it."""
    return Layout(template).label(texts, measured)


class Layout:
    """A design made ready to set many labels: what stands on every one of them is drawn once.

    ``further`` names faces for characters that the package's own lacks.

    Raises:
        DoesNotFit, UnreadableText: the design's own words have no room or cannot be drawn.
    """

    def __init__(self, template: Template, *, further: tuple[str, ...] = ()) -> None:
        self.template = template
        self._known = {element.field for element in template.text} | set(template.left_out)
        self._set = lru_cache(_KEPT)(partial(_set, further=further))
        self._pictures: dict[tuple[Syringe, tuple[Fraction, ...]], list[Placed]] = {}
        self._beneath = self._art(list(_ruled(template)), "ruled")
        fixed: list[Shape] = []
        for words in template.words:
            fixed += _set((words.words,), _fixed("words", words.box_mm, words.size_pt, bold=words.bold))
        if template.check_bar is not None:
            fixed += _bar(template.check_bar)
        self._last = self._art(fixed, "words")

    def label(self, texts: Mapping[str, Sequence[str]], measured: Measured | None = None) -> Page:
        """The label as shapes in mm: every text whole and inside its own box, the syringe set to the dose.

        ``texts`` maps the name of a field to its texts, each of which begins on a line of its own.

        Raises:
            GiveWhatIsMissing: a field the design demands has no text.
            DoesNotFit: a text has no room, or no place in the design; the message names it and the mm missing.
            UnreadableText: a character that cannot be drawn.
        """
        template = self.template
        given = {field: _told(field, lines) for field, lines in texts.items()}
        for field, lines in given.items():
            if lines and field not in self._known:
                raise DoesNotFit(
                    f"The label '{template.id}' has no place for the text of '{field}'.",
                    "Use another label design: every label shows it."
                    if field in NEVER_LEFT_OUT
                    else "Use another label design, or name it in the design's 'left_out' if it need not be there.",
                    given=" ".join(lines),
                )
        shapes: list[Shape] = [*self._beneath]
        for element in template.text:
            lines = given.get(element.field, ())
            if lines:
                shapes += self._set(tuple(element.prefix + line for line in lines), element)
            elif element.missing == "refuse":
                raise GiveWhatIsMissing(
                    f"The label '{template.id}' must show the {element.field}, and there is none.",
                    f"Give the {element.field}.",
                    given=element.field,
                )
        if template.syringe is not None and measured is not None:
            shapes += self._picture(template.syringe, measured)
        shapes += self._last  # read aloud after the patient, the drug and the dose
        return Page(width_mm=template.width_mm, height_mm=template.height_mm, shapes=tuple(shapes))

    def wanted(self, texts: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """Of texts that need not be shown, those the design has a place for."""
        return {field: lines for field, lines in texts.items() if field in self._known}

    def _picture(self, element: SyringeElement, measured: Measured) -> list[Placed]:
        """The drawing of a syringe set to a dose; few of them serve many labels."""
        key = (measured.syringe, measured.draws_ml)
        if key not in self._pictures:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            marks = marks_of(measured, element)
            self._pictures[key] = self._art(draw_syringe(measured, element), "syringe", marks)
        return self._pictures[key]

    def _art(self, shapes: list[Shape], name: str, marks: tuple[Mark, ...] = ()) -> list[Placed]:
        """What stands alike on many labels, to be laid down again and again; nothing where there are no shapes."""
        if not shapes:
            return []
        wide, high = self.template.width_mm, self.template.height_mm
        page = Page(width_mm=wide, height_mm=high, shapes=tuple(shapes), marks=marks)
        return [Placed(x_mm=0, y_mm=0, page=page, again=True, name=name)]


def _told(field: str, lines: Sequence[str]) -> tuple[str, ...]:
    if isinstance(lines, str):
        raise TypeError(f"The texts of '{field}' are given as a list, not as one text")
    return tuple(line for line in lines if line.strip())


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


def _set(lines: tuple[str, ...], element: TextElement, *, further: tuple[str, ...] = ()) -> tuple[Text, ...]:
    """The lines of a text in its box, as large as they fit."""
    whole = [drawable(line, bold=element.bold, field=element.field, further=further) for line in lines]
    measure = partial(line_width_mm, bold=element.bold, further=further)
    reach = reach_of(" ".join(whole), bold=element.bold, further=further)
    left, top, width, height = element.box_mm
    for size in _sizes(element):
        rows = [row for line in whole for row in wrap(line, width, partial(measure, size_pt=size))]
        too_wide = max(measure(row, size_pt=size) for row in rows) - width
        too_high = block_height_mm(len(rows), size) * reach.part - height
        if max(too_wide, too_high) <= _ALMOST_MM:
            break
    else:
        raise _no_room(element, whole, too_wide, too_high, measure)
    start = top if element.sits == "top" else top - too_high
    first, step = start + size * MM_PER_PT * reach.ascent, size * MM_PER_PT * LINE_SPACING * reach.part
    return tuple(
        text
        for k, row in enumerate(rows)
        for text in _row(row, element, left, first + step * k, size, further=further)
    )


def _row(  # noqa: PLR0913  (one line of text, its parts)
    row: str, element: TextElement, left: float, baseline: float, size: float, *, further: tuple[str, ...]
) -> Iterator[Text]:
    """The row as one text, or as several where it needs more than one face or direction."""
    own = face_name(bold=element.bold)
    x = left
    for piece in pieces(row, bold=element.bold, further=further):
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


def _sizes(element: TextElement) -> list[float]:
    """The type sizes that may be tried, largest first; the floor is the last of them."""
    steps = math.ceil((element.size_pt - element.floor_pt) / _STEP_PT)
    return [max(element.size_pt - _STEP_PT * k, element.floor_pt) for k in range(steps + 1)]


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    r"""The rows of a text that is at most ``width`` mm wide as ``measure`` tells, broken at ordinary spaces only.

    A word wider than that stands alone in its row, whole.

    >>> wrap("Give 5\u00a0mL at noon", 7, len)
    ['Give', '5\xa0mL at', 'noon']
    """
    rows: list[str] = []
    for word in filter(None, text.split(" ")):
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


def _bar(bar: CheckBar) -> Iterator[Shape]:
    yield Box(
        x_mm=bar.left_mm,
        y_mm=bar.top_mm,
        width_mm=bar.length_mm,
        height_mm=bar.thick_mm,
        fill_grey=0,
        name="check_bar",
    )
    yield from _set((bar.words,), _fixed("check_bar", bar.words_box_mm, bar.size_pt))
